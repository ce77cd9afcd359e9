// The other form of identity: a JWT that whoever has the published keys can check, and nobody but Edgeward can make.

import assert from "node:assert/strict";
import { createPublicKey, randomBytes, verify } from "node:crypto";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { startOwnOrigin } from "./own_origin.mjs";

const ring = (...ids) => ids.map((id) => `${id}:${randomBytes(32).toString("base64url")}`).join(",");
const parsed = (part) => JSON.parse(Buffer.from(part, "base64url"));

/** An Edgeward whose origin keeps the headers it was sent. */
async function startAsserting(t, settings) {
  const seen = [];
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    seen.push({ method: request.method, url: request.url, headers: request.headersDistinct });
    request.resume().on("end", () => response.end("{}"));
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL, ...settings } });
  const ann = house.visitor();
  await ann.settlesIn();
  const arrives = async (path, options) => {
    assert.equal((await ann.fetch(path, options)).status, 200);
    return seen.at(-1);
  };
  return { house, ann, arrives };
}

/** The published keys by id, as a program in front of nobody's account gets them. */
async function publishedKeys(house) {
  const answer = await house.visitor().fetch("/auth/jwks.json");
  assert.equal(answer.status, 200);
  const { keys } = JSON.parse(answer.text);
  for (const key of keys) assert.deepEqual(Object.keys(key).sort(), ["alg", "crv", "kid", "kty", "use", "x"], "public members only");
  return { keys: new Map(keys.map((key) => [key.kid, createPublicKey({ key, format: "jwk" })])), answer };
}

/** What the assertion claims, after Node's own crypto has checked it. */
function claimed({ headers }, keys) {
  assert.equal(headers["edgeward-assertion"].length, 1);
  const [header, claims, signature] = headers["edgeward-assertion"][0].split(".");
  const { alg, typ, kid } = parsed(header);
  assert.deepEqual({ alg, typ }, { alg: "EdDSA", typ: "edgeward+jwt" });
  assert.ok(verify(null, Buffer.from(`${header}.${claims}`), keys.get(kid), Buffer.from(signature, "base64url")), "the signature is right");
  return { kid, ...parsed(claims) };
}

test("an assertion is checked by the published keys, and says who asks for what", async (t) => {
  const { house, ann, arrives } = await startAsserting(t, { ASSERTION_KEYS: ring("a2", "a1"), AUDIENCE: "shop", IDENTITY_EMAIL: "on" });
  const { keys, answer } = await publishedKeys(house);
  assert.deepEqual([...keys.keys()], ["a2", "a1"], "the next key is published before it signs");
  assert.equal(answer.headers["content-type"], "application/json");
  assert.equal(answer.headers["cache-control"], "public, max-age=300");
  assert.equal(answer.headers["set-cookie"], undefined);

  const { account, session } = (await ann.calls("/auth/session")).json;
  const claims = claimed(await arrives("/private/report?year=2026&x=%20"), keys);
  const { iat, exp, jti, auth_time, ...rest } = claims;
  assert.deepEqual(rest, {
    kid: "a2", iss: house.url, aud: "shop", sub: account.id, sid: session.id, htm: "GET",
    htu: `${house.url}/private/report?year=2026&x=%20`, roles: [], methods: session.methods, email: ann.email,
  });
  assert.equal(exp - iat, 60);
  assert.match(jti, /^req_[a-z2-7]{26}$/);
  assert.ok(auth_time <= iat && Math.abs(iat - Date.now() / 1000) < 60);

  const posted = claimed(await arrives("/private/report", { method: "POST", body: "x" }), keys);
  assert.deepEqual([posted.htm, posted.exp - posted.iat], ["POST", 15]);
  assert.notEqual(posted.jti, jti);

  const nobody = claimed(await arrives("/public/page"), keys);
  for (const name of ["sub", "sid", "roles", "methods", "auth_time", "email"]) assert.ok(!(name in nobody), `${name} of nobody`);
});

test("each form is sent where it has keys", async (t) => {
  const forms = async (settings) => {
    const { house, arrives } = await startAsserting(t, settings);
    const { headers } = await arrives("/private/x", { headers: { "Edgeward-Assertion": "forged", "edgeward-identity": "forged", Signature: "forged" } });
    for (const [name, values] of Object.entries(headers)) assert.ok(!values.includes("forged"), name);
    const { keys } = await publishedKeys(house);
    const sent = ["edgeward-identity", "signature-input", "signature", "edgeward-assertion"].filter((name) => name in headers);
    return { sent: sent.join(" "), published: keys.size };
  };
  const signature = "edgeward-identity signature-input signature";
  const ASSERTION_KEYS = ring("a1");
  assert.deepEqual(await forms({}), { sent: signature, published: 0 });
  assert.deepEqual(await forms({ ASSERTION_KEYS }), { sent: `${signature} edgeward-assertion`, published: 1 });
  assert.deepEqual(await forms({ ASSERTION_KEYS, IDENTITY_KEYS: undefined }), { sent: "edgeward-assertion", published: 1 });
});

test("with neither form nothing is served", async (t) => {
  const house = await startEdgeward(t, { settings: { IDENTITY_KEYS: undefined }, waitFor: 503 });
  assert.match(house.log, /IDENTITY_KEYS is missing, and so is ASSERTION_KEYS/);
});
