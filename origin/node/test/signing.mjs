// Signs as Edgeward does, written by hand from docs/identity.md: the signer and the verifier cannot be wrong in
// the same way.

import { createHmac, generateKeyPairSync, randomBytes, randomUUID, sign } from "node:crypto";

export const key = randomBytes(32);
export const keys = `k1:${key.toString("base64url")}`;
export const audience = "https://app.example.com";

/** The headers for somebody who asks for a target now. */
export function signed(target, { method = "GET", account = '"acc_ann"' } = {}) {
  const created = Math.floor(Date.now() / 1000);
  const identity = `account=${account}, session="ses_1", roles=(), at=${created}, methods=(password), aud="${audience}", target="${target}", id="req_1"`;
  const [path, query = ""] = target.split("?");
  const parameters = `("@method" "@path" "@query" "edgeward-identity");created=${created};expires=${created + 15};nonce="${randomBytes(16).toString("base64url")}";keyid="k1";tag="edgeward"`;
  const base = `"@method": ${method}\n"@path": ${path}\n"@query": ?${query}\n"edgeward-identity": ${identity}\n"@signature-params": ${parameters}`;
  const signature = createHmac("sha256", key).update(base).digest("base64");
  return { "Edgeward-Identity": identity, "Signature-Input": `edgeward=${parameters}`, Signature: `edgeward=:${signature}:` };
}

/** An Ed25519 key: its private half, and the public one as a set has it. */
export function keyPair(kid) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { kid, privateKey, published: { ...publicKey.export({ format: "jwk" }), kid, alg: "EdDSA", use: "sig" } };
}

const own = keyPair("a1");
export const jwks = { keys: [own.published] };

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The header of an assertion for somebody who asks for a target now. */
export function asserted(target, { method = "GET", pair = own, now = Math.floor(Date.now() / 1000) } = {}) {
  const claims = {
    iss: audience, aud: audience, iat: now, exp: now + 15, jti: randomUUID(), htm: method, htu: `${audience}${target}`,
    sub: "acc_ann", sid: "ses_1", roles: [], methods: ["password"], auth_time: now,
  };
  const input = `${encoded({ alg: "EdDSA", typ: "edgeward+jwt", kid: pair.kid })}.${encoded(claims)}`;
  return { "Edgeward-Assertion": `${input}.${sign(null, Buffer.from(input), pair.privateKey).toString("base64url")}` };
}
