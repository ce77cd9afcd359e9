// Which secrets can be changed while everything runs, how each is written, and how an old value is told from
// a broken one. What is wrong is told by the number of the entry: an entry may be all secret.

import { randomBytes } from "node:crypto";
import { Failed } from "../steps.mjs";

const keyId = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const scopes = ["read", "accounts", "invitations", "links", "check"];

/** Each: `entries(text)` reads the value as a list of `{ id, text, bytes }`, `fresh(entries, like)` draws one more, `written` joins. */
export const rings = {
  COOKIE_KEYS: ringOfKeys(),
  IDENTITY_KEYS: ringOfKeys(),
  ASSERTION_KEYS: ringOfKeys({ exactly: 32 }),
  PEPPERS: ringOfKeys(),
  WEBHOOK_SECRET: webhookSecrets(),
  ADMIN_KEYS: operatorsKeys(),
};

function ringOfKeys({ exactly } = {}) {
  return {
    shape: "id:base64url,id:base64url",
    entries: (text) =>
      distinct(
        text.split(",").map((entry, at) => {
          const [id, key, ...more] = entry.trim().split(":");
          demand(key !== undefined && more.length === 0, `entry ${at + 1} is not id:base64url`);
          return { id: goodId(id, at), text: entry.trim(), bytes: keyBytes(key, at, exactly) };
        }),
      ),
    fresh: (entries, id) => {
      const bytes = randomBytes(32);
      return { id, bytes, text: `${id}:${bytes.toString("base64url")}` };
    },
    written: (entries) => entries.map(({ text }) => text).join(","),
  };
}

/** No names: the order tells their age. The id given here is a number, for people. */
function webhookSecrets() {
  return {
    shape: "whsec_… and base64, several with spaces between",
    entries: (text) =>
      distinct(
        text.trim().split(/\s+/).map((entry, at) => {
          const bytes = Buffer.from(entry.slice("whsec_".length), "base64");
          const whole = entry === `whsec_${bytes.toString("base64")}` && bytes.length >= 24 && bytes.length <= 64;
          demand(whole, `entry ${at + 1} is not whsec_ and base64 of 24 to 64 bytes`);
          return { id: String(at + 1), text: entry, bytes };
        }),
      ),
    fresh: (entries) => {
      const bytes = randomBytes(32);
      return { id: String(entries.length + 1), bytes, text: `whsec_${bytes.toString("base64")}` };
    },
    written: (entries) => entries.map(({ text }) => text).join(" "),
  };
}

function operatorsKeys() {
  return {
    shape: "id:scopes:base64url, several with commas between",
    entries: (text) =>
      distinct(
        text.split(",").map((entry, at) => {
          const [id, may, key, ...more] = entry.trim().split(":");
          demand(key !== undefined && more.length === 0, `entry ${at + 1} is not id:scopes:base64url`);
          demand(may.split("+").every((scope) => scopes.includes(scope)), `entry ${at + 1} has a scope that is not one of ${scopes.join(", ")}`);
          return { id: goodId(id, at), scopes: may, text: entry.trim(), bytes: keyBytes(key, at) };
        }),
      ),
    fresh: (entries, id, like) => {
      const bytes = randomBytes(32);
      return { id, scopes: like.scopes, bytes, text: `${id}:${like.scopes}:${bytes.toString("base64url")}` };
    },
    written: (entries) => entries.map(({ text }) => text).join(","),
  };
}

/** Reads a ring, or says which entry of it is no good and what a good one looks like. */
export function entriesOf(name, text) {
  const ring = rings[name];
  try {
    demand(text.trim() !== "", "it is empty");
    return ring.entries(text);
  } catch (error) {
    if (error instanceof Failed) throw new Failed(`${name}: ${error.message}. It is written ${ring.shape}.`);
    throw error;
  }
}

/** `k2` after `k1`; of what has no number, the second. */
export function nextId(id, taken) {
  const { stem, number } = numbered(id);
  for (let next = (number ?? 1) + 1; ; next += 1) {
    const name = `${stem}${next}`;
    if (!keyId.test(name)) return nextId("k1", taken);
    if (!taken.includes(name)) return name;
  }
}

/** An id as its stem and its number, which tells ages. */
export function numbered(id) {
  const [, stem, digits] = /^(.*?)(\d*)$/.exec(id);
  return { stem, number: digits === "" ? undefined : Number(digits) };
}

function goodId(id, at) {
  demand(keyId.test(id), `the id of entry ${at + 1} is not made of a-z, 0-9, _ and -`);
  return id;
}

function keyBytes(text, at, exactly) {
  const bytes = Buffer.from(text, "base64url");
  demand(bytes.toString("base64url") === text, `the key of entry ${at + 1} is not base64url without padding`);
  demand(bytes.length >= 32, `the key of entry ${at + 1} is shorter than 32 bytes`);
  demand(exactly === undefined || bytes.length === exactly, `the key of entry ${at + 1} is not an Ed25519 seed of ${exactly} bytes`);
  return bytes;
}

function distinct(entries) {
  entries.forEach(({ id, bytes }, at) => {
    const before = entries.slice(0, at);
    demand(!before.some((other) => other.id === id), `entry ${at + 1} has the id of an earlier entry`);
    demand(!before.some((other) => other.bytes.equals(bytes)), `entry ${at + 1} has the key of an earlier entry`);
  });
  return entries;
}

function demand(condition, message) {
  if (!condition) throw new Failed(message);
}
