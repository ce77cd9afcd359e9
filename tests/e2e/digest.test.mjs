// A rule with `digest`: the body is read, and its digest signed with the rest. It arrives as it was sent.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { test } from "node:test";
import { isDigestOf, Verifier } from "../../origin/node/index.mjs";
import { forward, startClockwork } from "./clock.mjs";
import { startEdgeward } from "./harness.mjs";
import { startOwnOrigin } from "./own_origin.mjs";

const ACCESS_RULES = [{ path: "/pay/*", access: "required", digest: true }, { path: "/form/*", access: "public", digest: true }];
const digestOf = (body) => `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;

/** An Edgeward whose origin judges each request, and keeps its body. */
async function startWeighing(t) {
  const seen = [];
  const ORIGIN_URL = await startOwnOrigin(t, async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const verifier = new Verifier({ keys: house.secrets.IDENTITY_KEYS, audience: house.url });
    seen.push({ headers: request.headersDistinct, body, verdict: await verifier.verify(request) });
    response.end("{}");
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL, ACCESS_RULES } });
  const ann = house.visitor();
  await ann.settlesIn();
  seen.length = 0;
  return { house, ann, seen };
}

test("the digest of the body is signed, and the body arrives as it was sent", async (t) => {
  const { ann, seen } = await startWeighing(t);
  const megabyte = Buffer.alloc(1024 * 1024, "abc");
  for (const [method, path, body] of [
    ["POST", "/pay/now?to=ben", "amount=1"], ["PUT", "/pay/now", Buffer.from([0, 255, 10, 128])], ["DELETE", "/pay/1", "why"], ["GET", "/pay/1", "a body of a GET"],
    ["POST", "/pay/now", megabyte], ["GET", "/pay/1", ""], ["POST", "/pay/now", ""], ["POST", "/form/x", "a=1"],
  ]) {
    const forged = { "Content-Digest": digestOf("another"), Content_Digest: "forged", "Content-Encoding": "x-own" };
    const answer = await ann.fetch(path, { method, headers: forged, body: body.length > 0 ? body : undefined });
    const name = `${method} ${path}, ${body.length} bytes`;
    assert.equal(answer.status, 200, `${name}: ${answer.text}`);
    const { headers, body: arrived, verdict } = seen.at(-1);
    assert.ok(verdict.ok, `${name}: ${verdict.reason}`);
    assert.deepEqual(headers["content-digest"], [digestOf(body)], name);
    assert.ok(isDigestOf(verdict.digest, body), name);
    assert.equal(headers.content_digest, undefined, name);
    assert.ok(arrived.equals(Buffer.from(body)), name);
    if (body.length > 0) assert.deepEqual(headers["content-length"], [String(body.length)], `${name}: not chunked on the way`);
  }
});

test("a body that comes in pieces is put together to be weighed", async (t) => {
  const { house, ann, seen } = await startWeighing(t);
  const headers = { Host: new URL(house.url).host, Cookie: ann.jar.header("/"), Origin: house.url, "CF-Connecting-IP": ann.address };
  const sends = (pieces) =>
    new Promise((resolve, reject) => {
      const request = httpRequest({ host: "127.0.0.1", port: house.port, path: "/pay/now", method: "POST", headers, agent: false });
      request.once("error", reject).once("response", async (response) => resolve({ status: response.statusCode, text: await textOf(response) }));
      for (const piece of pieces) request.write(piece);
      request.end();
    });
  assert.equal((await sends(["one ", "two ", "three"])).status, 200);
  assert.equal(seen.at(-1).verdict.digest, digestOf("one two three"));
  assert.equal(seen.at(-1).body.toString(), "one two three");
  const large = await sends(Array.from({ length: 17 }, () => Buffer.alloc(64 * 1024)));
  assert.equal(large.status, 413, "no length was told");
  assert.equal(seen.length, 1);
});

test("more than a megabyte is refused, and without the rule it streams", async (t) => {
  const { ann, seen } = await startWeighing(t);
  const body = Buffer.alloc(1024 * 1024 + 1);
  const refused = await ann.fetch("/pay/now", { method: "POST", body });
  assert.equal(refused.status, 413);
  assert.equal(refused.json.authMessageCode, "auth.request.too_large");
  assert.equal(seen.length, 0);
  assert.equal((await ann.fetch("/private/x", { method: "POST", body })).status, 200);
  assert.equal(seen.at(-1).verdict.digest, null);
  assert.equal(seen.at(-1).body.length, body.length);
});

test("a body that comes long after its head was judged goes no further", async (t) => {
  const seen = [];
  const ORIGIN_URL = await startOwnOrigin(t, async (request, response) => {
    seen.push(request.url);
    request.resume().on("end", () => response.end("{}"));
  });
  const house = await startClockwork(t, { settings: { ORIGIN_URL, ACCESS_RULES } });
  const ann = house.visitor();
  await ann.settlesIn();
  const pays = (path, hold) => ann.fetch(path, { method: "POST", body: "amount=1", hold });

  let release;
  const held = pays("/pay/late", () => new Promise((resolve) => (release = resolve)));
  assert.equal((await pays("/pay/meanwhile")).status, 200);
  await forward(house, 16_000);
  release();
  const { status, json } = await held;
  assert.equal(`${status} ${json?.authMessageCode}`, "503 auth.busy");
  assert.equal((await pays("/pay/now")).status, 200);
  assert.deepEqual(seen.filter((url) => url.startsWith("/pay")), ["/pay/meanwhile", "/pay/now"]);
});
