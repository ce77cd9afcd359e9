// The public keys of assertions: a set (RFC 7517) that is given, or fetched and kept for five minutes.
//
// Who sends a made-up key id can cause a fetch, but not many: one at a time, and one in five seconds. A fetch that
// fails leaves what is known in use for an hour, so that a key taken away is not believed for ever; then, or where
// nothing is known, everything is refused.

import { createPublicKey } from "node:crypto";
import { Refused } from "./refused.mjs";

const freshFor = 300;
const keptFor = 3600;
const betweenFetches = 5;
const longestFetch = 3000;
const largestSet = 64 * 1024;

/** `jwks`: the URL of a set, or the set as text or object. What it gives has `find(kid, now)`. */
export function keySetOf(jwks) {
  if (jwks instanceof URL || /^https?:/.test(jwks)) return new FetchedKeys(urlOf(jwks));
  let keys;
  try {
    keys = keysIn(typeof jwks === "string" ? JSON.parse(jwks) : jwks);
  } catch (cause) {
    throw new TypeError("jwks: give the URL of /auth/jwks.json, or what is there", { cause });
  }
  if (keys.size === 0) throw new TypeError("jwks: there is no Ed25519 key in the set");
  return { find: (kid) => found(keys.get(kid), "unknown_key") };
}

/** Who can change the set on its way can be anybody, so it comes by https, or from this machine. */
function urlOf(text) {
  const url = new URL(text);
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !local) throw new TypeError("jwks: the URL must be https, except on loopback");
  if (url.username || url.password) throw new TypeError("jwks: the URL must not hold a password");
  return url;
}

/** The keys of a set that can be ours, by id. Other kinds may stand beside them; one id must not name two. */
function keysIn({ keys }) {
  const map = new Map();
  for (const key of keys) {
    const { kty, crv, alg = "EdDSA", use = "sig", kid, x } = key ?? {};
    if (kty !== "OKP" || crv !== "Ed25519" || alg !== "EdDSA" || use !== "sig") continue;
    if (typeof kid !== "string" || !/^[A-Za-z0-9_-]{1,64}$/.test(kid) || !isPublicKey(x)) continue;
    if (map.has(kid)) throw new Error("two keys have one id");
    map.set(kid, createPublicKey({ key: { kty, crv, x }, format: "jwk" }));
  }
  return map;
}

function isPublicKey(x) {
  const bytes = typeof x === "string" ? Buffer.from(x, "base64url") : "";
  return bytes.length === 32 && bytes.toString("base64url") === x;
}

function found(key, reason, options) {
  if (key === undefined) throw new Refused(reason, options);
  return key;
}

class FetchedKeys {
  #url;
  #keys = new Map();
  #fetchedAt = -Infinity;
  #failedAt = -Infinity;
  #failure;
  /** When an unknown id last made us look again. */
  #soughtAt = -Infinity;
  #flight;

  constructor(url) {
    this.#url = url;
  }

  /** The key of this id, or `Refused`. `now`: seconds since 1970. */
  async find(kid, now) {
    const known = this.#knownFor(freshFor, kid, now);
    if (known) return known;
    if (this.#flight || this.#mayFetch(now)) await (this.#flight ??= this.#fetch(now));
    const key = this.#knownFor(keptFor, kid, now);
    return this.#failure ? found(key, "keys_unavailable", { cause: this.#failure }) : found(key, "unknown_key");
  }

  #knownFor(span, kid, now) {
    return this.#isYounger(span, now) ? this.#keys.get(kid) : undefined;
  }

  // A clock that was set back makes old what is from later.
  #isYounger(span, now) {
    return this.#fetchedAt <= now && now < this.#fetchedAt + span;
  }

  #mayFetch(now) {
    const isLong = (since) => now < since || now >= since + betweenFetches;
    if (!this.#isYounger(freshFor, now)) return isLong(this.#failedAt);
    if (!isLong(this.#soughtAt)) return false;
    this.#soughtAt = now;
    return true;
  }

  async #fetch(now) {
    try {
      this.#keys = keysIn(JSON.parse(await this.#text()));
      this.#fetchedAt = now;
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
      this.#failedAt = now;
    } finally {
      this.#flight = undefined;
    }
  }

  async #text() {
    const answer = await fetch(this.#url, {
      headers: { Accept: "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(longestFetch),
    });
    if (answer.status !== 200) throw new Error(`${this.#url} answered ${answer.status}`);
    const chunks = [];
    let size = 0;
    for await (const chunk of answer.body) {
      size += chunk.length;
      if (size > largestSet) throw new Error(`${this.#url} is larger than ${largestSet} bytes`);
      chunks.push(chunk);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  }
}
