// The demo origin trusts the signature and nothing else; and its echoes are exact.

import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { startOrigin } from "./origin.mjs";

const key = Buffer.alloc(32, 7);
const audience = "http://localhost:8787";

async function open(t) {
  const origin = await startOrigin({ keys: new Map([["i1", key]]), audience });
  t.after(() => origin.close());
  return origin;
}

function signedHeaders(target, { method = "GET", secret = key } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const [path, query] = target.split("?");
  const identity = `account="acc_ann", session="ses_1", roles=("admin"), at=${now}, methods=(password), aud="${audience}", target="${target}", id="r1"`;
  const parameters = `("@method" "@path" "@query" "edgeward-identity");created=${now};expires=${now + 60};nonce="n";keyid="i1";tag="edgeward"`;
  const base = `"@method": ${method}\n"@path": ${path}\n"@query": ?${query ?? ""}\n"edgeward-identity": ${identity}\n"@signature-params": ${parameters}`;
  const signature = createHmac("sha256", secret).update(base).digest("base64");
  return { "Edgeward-Identity": identity, "Signature-Input": `edgeward=${parameters}`, Signature: `edgeward=:${signature}:` };
}

test("the private page shows who you are after the signature was verified", async (t) => {
  const { url } = await open(t);
  const answer = await fetch(`${url}/private/x?a=1`, { headers: signedHeaders("/private/x?a=1") });
  const page = await answer.text();
  assert.equal(answer.status, 200);
  assert.match(page, /acc_ann/);
  assert.match(page, /The signature is right/);
});

test("without a right signature restricted pages show nothing, whatever is asked of them", async (t) => {
  const { url } = await open(t);
  const forged = signedHeaders("/private/x", { secret: Buffer.alloc(32, 8) });
  for (const path of ["/private/x", "/private/echo", "/private/stream", "/admin/", "/admin/echo"]) {
    for (const headers of [{}, forged, { "Edgeward-Identity": forged["Edgeward-Identity"] }]) {
      const answer = await fetch(url + path, { headers });
      assert.equal(answer.status, 403, path);
      assert.doesNotMatch(await answer.text(), /acc_ann/);
    }
  }
});

test("a wrong signature on an optional page is nobody", async (t) => {
  const { url } = await open(t);
  const page = await (await fetch(`${url}/maybe/`, { headers: signedHeaders("/maybe/", { secret: Buffer.alloc(32, 8) }) })).text();
  assert.doesNotMatch(page, /acc_ann/);
});

test("the echo tells method, target, headers and body as they came", async (t) => {
  const { url } = await open(t);
  const body = Buffer.alloc(300_000, "x");
  const answer = await fetch(`${url}/public/echo?a=%2f`, { method: "PUT", body, headers: { "X-One": "1" } });
  const seen = await answer.json();
  assert.equal(seen.method, "PUT");
  assert.equal(seen.url, "/public/echo?a=%2f");
  assert.deepEqual(seen.body, { length: body.length, sha256: createHash("sha256").update(body).digest("hex") });
  assert.ok(seen.headers.some(([name, value]) => name.toLowerCase() === "x-one" && value === "1"));
});

test("the socket echoes text and binary, and closes with the code it is closed with", async (t) => {
  const { url } = await open(t);
  const socket = new WebSocket(`${url.replace("http", "ws")}/public/socket`, ["chat"]);
  socket.binaryType = "arraybuffer";
  const next = (name) => new Promise((resolve) => socket.addEventListener(name, resolve, { once: true }));
  await next("open");
  assert.equal(socket.protocol, "chat");
  for (const text of ["hello", "ü".repeat(40_000)]) {
    socket.send(text);
    assert.equal((await next("message")).data, text);
  }
  socket.send(new Uint8Array([0, 255, 1]));
  assert.deepEqual(new Uint8Array((await next("message")).data), new Uint8Array([0, 255, 1]));
  socket.close(4001, "enough");
  assert.equal((await next("close")).code, 4001);
});

test("the private socket opens for nobody without a signature", async (t) => {
  const { url } = await open(t);
  const status = await new Promise((resolve, reject) => {
    const headers = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version": "13" };
    const asked = httpRequest(`${url}/private/socket`, { headers });
    asked.on("response", (answer) => resolve(answer.statusCode)).on("upgrade", () => resolve(101)).on("error", reject).end();
  });
  assert.equal(status, 403);
});
