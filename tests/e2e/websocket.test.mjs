// WebSockets pass through the gate. Browsers send them across sites with cookies and without asking, so
// the page that opens one must be ours, and the session is asked about each time.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";

/** A WebSocket as a page of `origin` would open it in this visitor's browser. */
function socket(house, visitor, path, { protocols = [], origin = house.url } = {}) {
  const headers = { Origin: origin };
  const cookie = visitor.jar.header(path);
  if (cookie) headers.Cookie = cookie;
  const opened = new WebSocket(`${house.url.replace("http", "ws")}${path}`, { protocols, headers });
  opened.binaryType = "arraybuffer";
  return opened;
}

/** The answer to an upgrade that should be refused. */
const upgrade = (visitor, path, headers = {}) =>
  visitor.fetch(path, {
    headers: { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13", "Sec-Fetch-Mode": "websocket", ...headers },
  });

const timeout = 20_000;
const said = async (ws) => (await once(ws, "message"))[0].data;

test("a WebSocket speaks through the gate: texts, bytes, subprotocol and the code it is closed with", { timeout }, async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  for (const path of ["/private/socket", "/public/socket"]) {
    const ws = socket(house, ann, path, { protocols: ["chat.v2", "chat.v1"] });
    await once(ws, "open");
    assert.equal(ws.protocol, "chat.v2", path);
    ws.send("grüß dich");
    assert.equal(await said(ws), "grüß dich");
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256);
    ws.send(bytes);
    assert.deepEqual(new Uint8Array(await said(ws)), bytes);
    ws.close(4321, "enough");
    const [closed] = await once(ws, "close");
    assert.deepEqual([closed.code, closed.reason], [4321, "enough"], path);
  }
});

test("an upgrade on a private path needs a session and a page of ours", { timeout }, async (t) => {
  const settings = { ACCESS_RULES: [{ path: "/private/socket", access: "required", origins: ["https://friend.example"] }, { path: "/private/*", access: "required" }] };
  const house = await startEdgeward(t, { settings });
  const ann = house.visitor();
  await ann.settlesIn();
  const Origin = house.url;

  for (const [who, visitor, headers] of [
    ["nobody", house.visitor(), { Origin }],
    ["a page that does not say where it is from", ann, {}],
    ["a foreign page", ann, { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }],
    ["a foreign page that leaves that out", ann, { Origin: "https://evil.example", "Sec-Fetch-Site": null }],
    ["a page without an origin", ann, { Origin: "null" }],
    ["a page of another port", ann, { Origin: `${house.url}0` }],
  ]) {
    const answer = await upgrade(visitor, "/private/echo", headers);
    assert.deepEqual([answer.status, answer.json?.authMessageCode], [401, "auth.session.required"], who);
    assert.equal(answer.headers["edgeward-window"], "0");
  }
  assert.ok(!house.origin.requests.some(({ url }) => url.startsWith("/private")), "none of them reached the origin");

  const befriended = socket(house, ann, "/private/socket", { origin: "https://friend.example" });
  await once(befriended, "open");
  befriended.close();

  const thief = ann.thief();
  await ann.signsOut();
  assert.equal((await upgrade(thief, "/private/echo", { Origin })).status, 401, "a session that was ended opens none");
});
