// The assertion: a JWT (RFC 7519) by Ed25519, of one fixed shape, for this method and this URL.
//
// What the token says of itself chooses nothing: one algorithm, one type, keys from the given set alone. A header
// with anything more is refused (`crit` among it), and nothing is read that was not signed.

import { verify } from "node:crypto";
import { Refused, demand } from "./refused.mjs";
import { demandTimely } from "./times.mjs";

const wholeNumber = (value) => Number.isInteger(value) && value >= 0 && value <= 999_999_999_999;
const text = (value) => typeof value === "string";
const texts = (value) => Array.isArray(value) && value.every(text);
const name = (value) => text(value) && /^[A-Za-z0-9_-]{1,64}$/.test(value);
const absent = (value) => value === undefined;

/**
 * What was asserted for this request: `{ identity, link, digest, nonce, expires }`. `headers`: what `received` gave.
 * `issuer`: the origin of Edgeward's `PUBLIC_URL`.
 */
export async function assertedFor({ method }, headers, { keys, issuer, now }) {
  demand(headers.has("edgeward-assertion"), "missing_header");
  const claims = await claimed(headers.get("edgeward-assertion"), keys, now);
  const read = (member, kind) => {
    demand(kind(claims[member]), "malformed_identity");
    return claims[member];
  };
  const [iss, htm, htu, iat, exp, nonce] = [
    ...["iss", "htm", "htu"].map((member) => read(member, text)),
    ...["iat", "exp"].map((member) => read(member, wholeNumber)),
    read("jti", name),
  ];
  const audience = read("aud", text);
  const who = whoOf(claims, read);
  const link = claims.link === undefined ? null : linkOf(claims.link);
  const digest = read("content_digest", (value) => absent(value) || text(value)) ?? null;
  demandTimely({ created: iat, expires: exp }, now);
  demand(iss === issuer, "wrong_issuer");
  demand(htm === method, "wrong_method");
  demand(htu.startsWith(issuer), "wrong_target");
  const target = htu.slice(issuer.length);
  return { identity: { ...who, audience, target, request: nonce }, link, digest, nonce, expires: exp };
}

/** The claims of a token that one of the keys signed. */
async function claimed(token, keys, now) {
  const parts = token.split(".");
  demand(parts.length === 3, "malformed_assertion");
  const [header, claims] = parts.slice(0, 2).map((part) => bytesOf(part, "malformed_assertion"));
  const { alg, typ, kid, ...more } = objectOf(header, "malformed_assertion");
  demand(alg === "EdDSA", "wrong_algorithm");
  demand(typ === "edgeward+jwt", "wrong_type");
  demand(name(kid) && Object.keys(more).length === 0, "malformed_assertion");
  const signature = bytesOf(parts[2], "malformed_signature");
  demand(signature.length === 64, "malformed_signature");
  const key = await keys.find(kid, now);
  demand(verify(null, Buffer.from(`${parts[0]}.${parts[1]}`), key, signature), "wrong_signature");
  return objectOf(claims, "malformed_identity");
}

/** Who has no `sub` is nobody, and then nothing else is said of them. */
function whoOf(claims, read) {
  if (claims.sub === undefined) {
    for (const member of ["sid", "roles", "methods", "auth_time", "email"]) read(member, absent);
    return { account: null, session: null, roles: [], methods: [], authenticatedAt: null, email: null };
  }
  return {
    account: read("sub", text),
    session: read("sid", text),
    roles: read("roles", texts),
    methods: read("methods", texts),
    authenticatedAt: read("auth_time", wholeNumber),
    email: read("email", (value) => absent(value) || text(value)) ?? null,
  };
}

function linkOf(link) {
  const { id, path, claims } = link ?? {};
  demand(text(id) && /^lnk_[a-z2-7]{26}$/.test(id), "malformed_link");
  demand(text(path) && path.startsWith("/"), "malformed_link");
  demand(isObject(claims), "malformed_link");
  const plain = (value) => text(value) || typeof value === "boolean" || (typeof value === "number" && Math.abs(value) < 1e15);
  demand(Object.values(claims).every(plain), "malformed_link");
  return { id, path, claims };
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Base64url as every encoder writes it: without padding, and the loose bits zero. */
function bytesOf(part, reason) {
  const bytes = Buffer.from(part, "base64url");
  demand(bytes.toString("base64url") === part, reason);
  return bytes;
}

function objectOf(bytes, reason) {
  try {
    const read = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    demand(isObject(read), reason);
    return read;
  } catch {
    throw new Refused(reason);
  }
}
