// examples/nginx as written: a real nginx asks a real Edgeward about each request, and an application of Express
// behind it believes the signature alone.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { asks } from "./example_apps.mjs";
import { proxyKey } from "./operator.mjs";
import { startOwnOrigin } from "./own_origin.mjs";
import { asksUntil, forged, startNginx, startTown, told, values } from "./own_proxy.mjs";
import { Visitor } from "./visitor.mjs";

test("a person is led to sign in and back, and the application knows them by a signature", async (t) => {
  const { house, heads, app, visitor } = await startTown(t, startNginx);
  const ann = visitor();
  const out = await ann.fetch("/private/hello?tab=2", { headers: { "Sec-Fetch-Mode": "navigate" } });
  assert.deepEqual([out.status, out.headers.location], [303, "/login?next=%2Fprivate%2Fhello%3Ftab%3D2"]);
  assert.equal((await ann.fetch("/private/hello")).status, 401, "a script is told");
  assert.equal((await ann.fetch("/private/hello")).headers.location, undefined);
  for (const path of ["/private/hello", "/x/%252561"]) assert.equal((await ann.fetch(path)).headers["cache-control"], "no-store", path);
  assert.equal(heads.length, 0, "the application heard of none of it");

  await ann.settlesIn();
  const { account } = (await ann.calls("/auth/session")).json;
  const hello = `200 Hello, ${account.id}`;
  for (const path of ["/private/hello?tab=2", "/private/a%20b/%C3%BC?", "/private/x?a=%20b&&c=%C3%BC", "/private/x/./y", "/private/%2F|x"]) {
    assert.equal(told(await ann.fetch(path)), hello, path);
    assert.equal(heads.at(-1).url, path);
  }
  assert.equal(told(await ann.fetch("/maybe/hello")), hello);
  assert.equal(told(await ann.fetch("/public/hello")), "200 Hello, whoever you are");
  assert.equal(told(await visitor("eve").fetch("/maybe/hello")), "200 Hello, whoever you are");
  assert.equal((await ann.fetch("/admin/x")).status, 403, "without the role");
  await house.says(`"account":"${account.id}","event":"access_denied"`);
  assert.equal(house.said("access_denied"), 1);

  for (let n = 0; n < 2; n += 1) assert.equal(told(await ann.fetch("/private/orders", { method: "POST" })), hello);
  const unsafe = heads.at(-1);
  assert.equal(await asks(app, unsafe), "403 Forbidden", "replayed");
  const safe = heads.findLast(({ method }) => method === "GET");
  assert.equal(await asks(app, { ...safe, url: "/private/other" }), "403 Forbidden", "elsewhere");
});

test("whatever a visitor says of themselves goes no further than nginx", async (t) => {
  const IDENTITY_HEADERS = { "X-Forwarded-User": "account" };
  const changed = (conf) => conf.replace(/# (auth_request_set \$edgeward_user|proxy_set_header X-Forwarded-User)/g, "$1");
  const { heads, url, visitor } = await startTown(t, startNginx, { settings: { IDENTITY_HEADERS, ASSERTION_KEYS: `a1:${randomBytes(32).toString("base64url")}` }, changed });
  const ann = visitor();
  await ann.settlesIn();
  const { account } = (await ann.calls("/auth/session")).json;
  const headers = forged("X-Forwarded-User", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto");
  for (const [who, path, known] of [[ann, "/private/x", true], [ann, "/public/x", false], [visitor("eve"), "/maybe/x", false]]) {
    assert.equal((await who.fetch(path, { headers: { ...headers, Cookie: ["theme=dark", who.jar.header("/")].filter(Boolean).join("; ") } })).status, 200, path);
    const head = heads.at(-1);
    assert.deepEqual(head.rawHeaders.filter((text) => text.includes("forged")), [], path);
    assert.deepEqual(values(head, "cookie"), ["theme=dark"], "no cookie of ours");
    assert.deepEqual(values(head, "x-forwarded-user"), known ? [account.id] : []);
    assert.match(values(head, "edgeward-assertion").join(), /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    assert.deepEqual(values(head, "host"), [new URL(url).host]);
    for (const name of ["edgeward-identity", "signature", "signature-input"]) assert.equal(values(head, name).length, 1, `${name} on ${path}`);
    assert.deepEqual([values(head, "edgeward-link"), values(head, "edgeward-proxy-key")], [[], []]);
  }
  const before = heads.length;
  assert.equal((await visitor("eve").fetch("/private/x", { headers })).status, 401);
  assert.equal((await visitor("eve").fetch("/private/x", { headers: { Authorization: `Bearer ${proxyKey}` } })).status, 401, "and no key opens anything");
  const foreign = { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
  assert.equal((await ann.fetch("/private/x", { method: "POST", headers: foreign })).status, 401, "a foreign page posts");
  const handshake = { ...foreign, "Sec-Fetch-Site": null, "Sec-Fetch-Mode": "websocket", Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13" };
  assert.equal((await ann.fetch("/private/x", { headers: handshake })).status, 401, "a foreign page opens a socket");
  assert.equal(heads.length, before);
});

test("nobody but nginx asks, and what Edgeward does not answer lets nobody in", async (t) => {
  const { house, url, heads, visitor } = await startTown(t, startNginx);
  const eve = visitor("eve");
  const question = { "X-Original-Method": "GET", "X-Original-URI": "/public/x" };
  assert.equal((await eve.fetch("/auth/check", { headers: { ...question, "Edgeward-Proxy-Key": proxyKey } })).status, 404, "there is no way to it through nginx");
  const around = new Visitor(house, { address: "198.18.7.2" });
  const direct = (headers) => around.fetch("/auth/check", { headers: { Host: new URL(url).host, ...question, ...headers } });
  assert.equal((await direct()).json.authMessageCode, "auth.check.unauthorized");
  assert.equal((await direct({ "Edgeward-Proxy-Key": proxyKey })).status, 200);

  for (const path of ["/%00", "/x/%252561", "/%6cogin", "/x/..;/;/y"]) assert.equal((await eve.fetch(path)).status, 400, path);
  for (const path of ["/private/..%2fpublic/x", "//private/x", "/public/../private/x", "/%70rivate/x", "/PRIVATE/x"]) {
    assert.equal((await eve.fetch(path)).status, 401, path);
  }
  assert.equal((await eve.fetch("/public/x", { headers: { Host: "evil.example" } })).status, 421);
  assert.equal(heads.length, 0);
  await house.kill9();
  assert.equal((await eve.fetch("/public/x")).status, 503, "not even to what is public");
  assert.equal(heads.length, 0);
});

test("a wrong key lets nobody in", async (t) => {
  const { house, heads, visitor } = await startTown(t, startNginx, { values: { CHECK_KEY: randomBytes(32).toString("base64url") } });
  const headers = { "X-Real-IP": "203.0.113.9" };
  assert.equal((await visitor().fetch("/public/x", { headers })).status, 403);
  assert.equal((await visitor().fetch("/auth/admin/accounts", { headers: { ...headers, Authorization: "Bearer AAAA", Origin: null, "Sec-Fetch-Site": null, "Sec-Fetch-Mode": null } })).status, 401);
  for (const event of ["proxy_refused", "operator_refused"]) await house.says(`"event":"${event}","network":"127.0.0.0/24"`);
  assert.equal(heads.length, 0);
});

test("bodies pass as they come", async (t) => {
  const application = await startOwnOrigin(t, async (request, response) => {
    // Answers early, or says how much there was.
    if (request.url === "/private/early") return response.end("early");
    response.end(String(Buffer.concat(await request.toArray()).length));
  });
  const { heads, visitor } = await startTown(t, startNginx, { application });
  const ann = visitor();
  await ann.settlesIn();
  const body = "x".repeat(900_000);
  const posts = (path, hold) => ann.fetch(path, { method: "POST", body, hold, headers: { "Content-Length": body.length } });
  const begun = heads.length;
  // The last byte waits for what the application got of the request.
  const hold = async () => {
    const deadline = Date.now() + 5_000;
    while (heads.length === begun && Date.now() < deadline) await pause(5);
    assert.equal(heads.length, begun + 1, "the signature leaves before the last of the body has come");
  };
  assert.equal(told(await posts("/private/all", hold)), "200 900000");
  const near = await startTown(t, startNginx, { application, values: { APPLICATION: application } });
  const ben = near.visitor("ben");
  await ben.settlesIn();
  for (let n = 0; n < 50; n += 1) {
    const early = await ben.fetch("/private/early", { method: "POST", body, headers: { "Content-Length": body.length } });
    assert.equal(told(early), "200 early", `time ${n}`);
  }
});

test("a renewed session arrives at the browser, and what is one person's is kept by no shared cache", async (t) => {
  const said = { "/private/silent": undefined, "/private/public": "public, max-age=60, s-maxage=600", "/private/none": "no-store", "/private/late": "s-maxage=600" };
  const forCaches = Object.fromEntries(["CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Surrogate-Control"].map((name) => [name, "max-age=600"]));
  const application = await startOwnOrigin(t, (request, response) => {
    const control = said[request.url];
    request.resume().on("end", () => response.writeHead(200, { ...(control && { "Cache-Control": control }), ...forCaches, "Set-Cookie": "theme=dark" }).end());
  });
  const { visitor } = await startTown(t, startNginx, { application, settings: { LIFETIMES: { window: "1s" } } });
  const ann = visitor();
  await ann.settlesIn();
  const cookie = () => ann.jar.value("__Host-edgeward");
  const first = cookie();
  const answer = await asksUntil(ann, "/private/silent", ({ headers }) => headers["set-cookie"].length > 1);
  assert.deepEqual(answer.headers["set-cookie"].map((line) => line.split("=")[0]), ["theme", "__Host-edgeward"]);
  assert.notEqual(cookie(), first);
  const control = async (path) => {
    const { headers } = await ann.fetch(path);
    for (const name of Object.keys(forCaches)) assert.equal(headers[name.toLowerCase()], undefined, name);
    return headers["cache-control"];
  };
  assert.equal(await control("/private/silent"), "private, no-store");
  assert.equal(await control("/private/public"), "private, max-age=60");
  assert.equal(await control("/private/none"), "no-store");
  assert.equal(await control("/private/late"), "private, no-store");

  const copy = visitor();
  copy.jar.take(`__Host-edgeward=${cookie()}; Path=/; Max-Age=100; Secure; HttpOnly; SameSite=Lax`);
  await ann.fetch("/auth/logout", { method: "POST", json: {} });
  const ended = await copy.fetch("/private/silent", { method: "POST" });
  assert.equal(ended.status, 401, "at once for what changes something");
  assert.match(ended.headers["set-cookie"][0], /^__Host-edgeward=;/, "and the dead cookie is taken away");
});
