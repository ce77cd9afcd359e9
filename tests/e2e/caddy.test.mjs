// examples/caddy as written: a real Caddy asks a real Edgeward about each request, and an application of Express
// behind it believes the signature alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { asksUntil, forged, startCaddy, startTown, told, values } from "./own_proxy.mjs";
import { proxyKey } from "./operator.mjs";

test("behind Caddy a person is led to sign in and back, and the application knows them by a signature", async (t) => {
  const { heads, visitor } = await startTown(t, startCaddy, { settings: { LIFETIMES: { window: "1s" } } });
  const ann = visitor();
  const out = await ann.fetch("/private/hello?tab=2", { headers: { "Sec-Fetch-Mode": "navigate" } });
  assert.deepEqual([out.status, out.headers.location], [303, "/login?next=%2Fprivate%2Fhello%3Ftab%3D2"]);
  assert.equal((await ann.fetch("/private/hello")).json.authMessageCode, "auth.session.required", "a script is told");
  assert.equal(heads.length, 0, "the application heard of none of it");

  await ann.settlesIn();
  const { account } = (await ann.calls("/auth/session")).json;
  const hello = `200 Hello, ${account.id}`;
  for (const path of ["/private/hello?tab=2", "/private/a%20b/%C3%BC?", "/private/x?a=%20b&&c=%C3%BC"]) {
    assert.equal(told(await ann.fetch(path)), hello, path);
    assert.equal(heads.at(-1).url, path);
  }
  assert.equal(told(await visitor("eve").fetch("/maybe/hello")), "200 Hello, whoever you are");
  assert.equal((await ann.fetch("/admin/x")).json.authMessageCode, "auth.access.denied");
  for (let n = 0; n < 2; n += 1) assert.equal(told(await ann.fetch("/private/orders", { method: "POST", body: "one", headers: { "Content-Length": 3 } })), hello);

  const first = ann.jar.value("__Host-edgeward");
  const answer = await asksUntil(ann, "/private/x", ({ headers }) => headers["set-cookie"]);
  assert.notEqual(ann.jar.value("__Host-edgeward"), first, "the renewed session arrives");
  assert.equal(answer.headers["cache-control"], "private, no-store");
});

test("whatever a visitor says of themselves goes no further than Caddy", async (t) => {
  const changed = (text) => text.replace(/# (@user |request_header @user|request_header -X)/g, "$1");
  const { house, heads, visitor } = await startTown(t, startCaddy, { settings: { IDENTITY_HEADERS: { "X-Forwarded-User": "account" } }, changed });
  const ann = visitor();
  await ann.settlesIn();
  const { account } = (await ann.calls("/auth/session")).json;
  const headers = { ...forged(), "X-Forwarded-User": "forged", X_Forwarded_User: "forged", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher" };
  for (const [who, path, known] of [[ann, "/private/x", true], [ann, "/public/x", false], [visitor("eve"), "/maybe/x", false]]) {
    const Cookie = ["theme=dark", who.jar.header("/")].filter(Boolean).join("; ");
    assert.equal((await who.fetch(path, { headers: { ...headers, Cookie } })).status, 200, path);
    const head = heads.at(-1);
    assert.deepEqual(head.rawHeaders.filter((text) => text.includes("forged")), [], path);
    assert.deepEqual(values(head, "cookie"), ["theme=dark"], "no cookie of ours");
    assert.deepEqual(values(head, "x-forwarded-user"), known ? [account.id] : []);
    assert.deepEqual([values(head, "edgeward-link"), values(head, "edgeward-assertion"), values(head, "edgeward-proxy-key")], [[], [], []]);
  }
  const before = heads.length;
  const eve = visitor("eve");
  assert.equal((await eve.fetch("/private/x", { headers })).status, 401);
  assert.equal((await eve.fetch("/auth/check", { headers: { ...headers, "Edgeward-Proxy-Key": proxyKey } })).status, 404, "there is no way to it through Caddy");
  for (const path of ["/%00", "/x/%252561", "/%6cogin"]) assert.equal((await eve.fetch(path)).status, 400, path);
  for (const path of ["/private/..%2fpublic/x", "//private/x", "/public/../private/x", "/%70rivate/x"]) assert.equal((await eve.fetch(path)).status, 401, path);
  const foreign = { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
  assert.equal((await ann.fetch("/private/x", { method: "POST", headers: foreign })).status, 401, "a foreign page posts");
  const handshake = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13" };
  assert.equal((await ann.fetch("/private/x", { headers: handshake })).status, 403, "no sockets");
  await house.kill9();
  assert.equal((await ann.fetch("/public/x")).status, 502, "without Edgeward nobody comes in");
  assert.equal(heads.length, before);
});
