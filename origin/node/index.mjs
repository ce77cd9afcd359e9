// Verifies who Edgeward says is asking. No dependencies, and no way to get half an identity: whatever is
// missing, doubled, stale, meant for another request or another application, or not understood, is refused.

import { createHash } from "node:crypto";
import { assertedFor } from "./assertion.mjs";
import { isBelow } from "./identity.mjs";
import { keySetOf } from "./keyset.mjs";
import { MemoryNonces } from "./nonces.mjs";
import { received } from "./received.mjs";
import { Refused, demand } from "./refused.mjs";
import { signedFor } from "./signature.mjs";
import { clockDifference } from "./times.mjs";

export { MemoryNonces };

const safe = new Set(["GET", "HEAD", "OPTIONS"]);

export class Verifier {
  #saidFor;
  #audience;
  #nonces;
  #now;

  /**
   * One of the two: `keys`, to check the signature: `IDENTITY_KEYS` as Edgeward has it, or a Map of id to bytes; or
   * `jwks`, to check assertions: the URL of Edgeward's `/auth/jwks.json`, or such a set as text or object.
   *
   * `audience`: Edgeward's `AUDIENCE`, which is the origin of its `PUBLIC_URL` unless set. `issuer`: the origin of
   * `PUBLIC_URL`, where that is not the audience; assertions alone have it. `nonces`: where nonces are remembered; in
   * this process unless given. `now`: the time in seconds since 1970.
   */
  constructor({ keys, jwks, audience, issuer = audience, nonces = new MemoryNonces(), now = () => Math.floor(Date.now() / 1000) }) {
    if (typeof audience !== "string" || audience === "") throw new TypeError("audience: say whom identities are for");
    this.#saidFor = formOf(keys, jwks, issuer);
    this.#audience = audience;
    this.#nonces = nonces;
    this.#now = now;
  }

  /** Judges a request of `node:http`, or of a framework that keeps it: Express, Connect, Koa's `ctx.req`. */
  verify(request) {
    const target = request.originalUrl ?? request.url;
    const { rawHeaders } = request;
    const headers = rawHeaders.flatMap((name, at) => (at % 2 ? [] : [[name, rawHeaders[at + 1]]]));
    return this.check({ method: request.method, target, headers, routed: routedOf(request) });
  }

  /** Judges a `Request` of fetch: Hono's `c.req.raw`, a route of Next.js, Deno, Bun. */
  verifyFetch(request) {
    const { url } = request;
    const target = url.slice(url.indexOf("/", url.indexOf("://") + 3)).split("#")[0];
    return this.check({ method: request.method, target, headers: [...request.headers] });
  }

  /**
   * Judges any request. `target`: path and query as they were received, undecoded. `headers`: every pair, doubles
   * too. `routed`: the target that the application routes on, where that may be another.
   *
   * Gives `{ ok: true, identity, link, digest }` or `{ ok: false, reason }`; the reason is for the log. Where the
   * store of nonces or the fetching of keys failed, `cause` is its error. `digest` is null, or what `isDigestOf` holds against the body.
   */
  async check({ method, target, headers, routed = target }) {
    try {
      const now = this.#now();
      const { identity, link, digest, nonce, expires } = await this.#saidFor({ method, target }, received([...headers]), now);
      demand(identity.audience === this.#audience, "wrong_audience");
      demand(identity.target === target, "wrong_target");
      demand(routed === target, "routed_elsewhere");
      demand(link === null || isBelow(target, link.path), "link_elsewhere");
      if (!safe.has(method)) await this.#takeOnce(nonce, expires + clockDifference, now);
      return { ok: true, identity, link, digest };
    } catch (error) {
      if (error instanceof Refused) return { ok: false, reason: error.reason, ...(error.cause && { cause: error.cause }) };
      throw error;
    }
  }

  async #takeOnce(nonce, until, now) {
    let first;
    try {
      first = await this.#nonces.take(nonce, until, now);
    } catch (cause) {
      throw new Refused("nonce_store_failed", { cause });
    }
    demand(first === true, "replayed");
  }
}

/**
 * Whether these are the bytes whose digest was signed. False where none was: for paths whose access rule does not
 * say `digest`. RFC 9530, `sha-256`.
 */
export function isDigestOf(digest, body) {
  return digest !== null && digest === `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
}

/** The one form of identity that is believed. What the other one says is not read. */
function formOf(keys, jwks, issuer) {
  if ((keys === undefined) === (jwks === undefined)) throw new TypeError("give keys (IDENTITY_KEYS) or jwks (the URL of /auth/jwks.json), not both");
  if (keys !== undefined) {
    const ring = keysOf(keys);
    return (request, headers, now) => signedFor(request, headers, { keys: ring, now });
  }
  if (!/^https?:\/\/[a-z0-9.:[\]-]+$/.test(issuer)) throw new TypeError("issuer: the origin of Edgeward's PUBLIC_URL, as in https://app.example.com");
  const set = keySetOf(jwks);
  return (request, headers, now) => assertedFor(request, headers, { keys: set, issuer, now });
}

/** A key that is short, or written in a way that reads as other bytes, is a mistake to be seen at once. */
function keysOf(keys) {
  const bytes = (id, text) => {
    const key = Buffer.from(text, "base64url");
    if (key.toString("base64url") !== text) throw new TypeError(`the key ${id} is not base64url`);
    return key;
  };
  const read = (entry) => {
    const at = entry.indexOf(":");
    if (at < 1) throw new TypeError("keys: id:base64url,id:base64url");
    return [entry.slice(0, at).trim(), bytes(entry.slice(0, at), entry.slice(at + 1).trim())];
  };
  if (typeof keys !== "string" && !(keys instanceof Map)) throw new TypeError("keys: give IDENTITY_KEYS, or a Map of id to bytes");
  const map = new Map(typeof keys === "string" ? keys.split(",").map(read) : keys);
  for (const [id, key] of map) if (!(key.length >= 32)) throw new TypeError(`the key ${id} is shorter than 32 bytes`);
  return map;
}

/** What a framework routes on: it may have rewritten the URL, or cut off where an application is mounted. */
function routedOf({ url, originalUrl, baseUrl = "" }) {
  if (originalUrl === undefined || baseUrl === "") return url;
  const joined = baseUrl + url;
  // Below a mount point, `/mount` and `/mount?x` are told as `/` and `/?x`.
  return joined === originalUrl || !/^\/(\?|$)/.test(url) ? joined : baseUrl + url.slice(1);
}
