// Makes what Edgeward would send, and what it never would: each part can be another than the request's.
// The forms are those of docs/identity.md.

import { createHmac, createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";

const base32 = "abcdefghijklmnopqrstuvwxyz234567";
const id = (prefix) => prefix + [...randomBytes(26)].map((byte) => base32[byte % 32]).join("");

/** Somebody who does not exist, and whom no answer names by chance. */
export const nobody = () => ({ account: id("acc_"), session: id("ses_"), request: id("req_") });

/** What the signature covers. */
export const components = ["@method", "@path", "@query", "edgeward-identity"];
const lives = (method) => (["GET", "HEAD", "OPTIONS"].includes(method) ? 60 : 15);

/**
 * The headers of the signature, as pairs, for `{ method, target }`. `key`: `{ id, bytes }`. Everything after `who` is
 * as it should be unless given: `over` is the request that is signed, `named` the target that the identity names.
 */
export function signature({ method, target }, { key, audience, now, who, over = {}, named, created = now, expires, covered = components, tag = "edgeward", label = "edgeward", nonce = randomBytes(16).toString("base64url") }) {
  const signed = { method, target, ...over };
  const identity = [
    `account="${who.account}"`, `session="${who.session}"`, "roles=()", `at=${now - 60}`, "methods=(password)",
    `aud="${audience}"`, `target="${named ?? signed.target}"`, `id="${who.request}"`,
  ].join(", ");
  const [path, query] = signed.target.split(/\?(.*)/s);
  const values = { "@method": signed.method, "@path": path, "@query": `?${query ?? ""}`, "edgeward-identity": identity };
  const list = covered.map((name) => `"${name}"`).join(" ");
  const end = expires ?? created + lives(signed.method);
  const parameters = `(${list});created=${created};expires=${end};nonce="${nonce}";keyid="${key.id}"${tag === null ? "" : `;tag="${tag}"`}`;
  const base = [...covered.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${parameters}`].join("\n");
  const mac = createHmac("sha256", key.bytes).update(base).digest("base64");
  return [["Edgeward-Identity", identity], ["Signature-Input", `${label}=${parameters}`], ["Signature", `${label}=:${mac}:`]];
}

const json = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** What RFC 8410 has before the 32 bytes of a seed. */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");
const privateKey = (seed) => createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });

/** The public half of a seed, as `/auth/jwks.json` has it. */
export const publicHalf = (seed) => createPublicKey(privateKey(seed)).export({ format: "jwk" }).x;

/**
 * The assertion for `{ method, target }`. `key`: `{ id, bytes }`, a seed. `claims` and `header` stand over what is right;
 * `undefined` takes one away. `by`: another way to sign, given the bytes.
 */
export function assertion({ method, target }, { key, audience, issuer, now, who, claims = {}, header = {}, by = (bytes) => sign(null, bytes, privateKey(key.bytes)) }) {
  const claimed = {
    iss: issuer, aud: audience, sub: who.account, sid: who.session, iat: now, exp: now + lives(method), jti: who.request,
    htm: method, htu: issuer + target, roles: [], methods: ["password"], auth_time: now - 60, ...claims,
  };
  const text = `${json({ alg: "EdDSA", typ: "edgeward+jwt", kid: key.id, ...header })}.${json(claimed)}`;
  return [["Edgeward-Assertion", `${text}.${Buffer.from(by(Buffer.from(text))).toString("base64url")}`]];
}

/** HMAC by a secret that is none: for algorithms that must not be taken. */
export const hs256 = (secret) => (bytes) => createHmac("sha256", secret).update(bytes).digest();

/** The published half as a program may hold it, each of which has been taken for a secret somewhere. */
export function publicForms(x) {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return [Buffer.from(x, "base64url"), x, key.export({ format: "pem", type: "spki" })];
}
