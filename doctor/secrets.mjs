// The secrets: whether each can be read, is long enough, and is nobody else's.

import { entriesOf, rings } from "../scripts/keys/rings.mjs";
import { Failed } from "../scripts/steps.mjs";
import { ok, untried, wrong } from "./checks.mjs";

const needed = ["COOKIE_KEYS", "PEPPERS", "WEBHOOK_SECRET", "NAME_KEY"];

/** Looks at those that are at hand. A deployment's own cannot be read back, so that none is there proves nothing. */
export function examineSecrets(vars) {
  const names = [...Object.keys(rings), "NAME_KEY"].filter((name) => typeof vars[name] === "string");
  if (names.length === 0) return [untried("secrets", "secrets: none is at hand", "Give them by --vars FILE, with what your vault has.")];
  const read = names.map((name) => ({ name, ...entriesOr(name, vars[name]) }));
  return [...read.filter(({ fault }) => fault).map(({ name, fault }) => wrong(`key_${name.toLowerCase()}`, fault, makeIt(name))), whole(read), apart(read), ...missing(names)];
}

function entriesOr(name, value) {
  try {
    return { entries: name === "NAME_KEY" ? nameKey(value) : entriesOf(name, value) };
  } catch (error) {
    if (error instanceof Failed) return { entries: [], fault: error.message };
    throw error;
  }
}

function nameKey(value) {
  const bytes = Buffer.from(value, "base64url");
  if (bytes.toString("base64url") !== value || bytes.length < 32) throw new Failed("NAME_KEY: it is not base64url of 32 bytes or more.");
  return [{ id: "NAME_KEY", bytes }];
}

const makeIt = (name) =>
  name === "NAME_KEY" ? "Before the first account: make one of 32 random bytes (docs/operations.md, Deploying). After it, put the old one back." : "Make a new key: docs/operations.md, Deploying; for one in use, npm run keys -- rotate.";

function whole(read) {
  const good = read.filter(({ fault }) => !fault);
  return good.length === read.length ? ok("keys_whole", "every key at hand is whole and long enough") : untried("keys_whole", "the other keys can be read");
}

function apart(read) {
  const shared = [];
  read.forEach(({ name, entries }, at) => {
    for (const earlier of read.slice(0, at)) {
      if (entries.some(({ bytes }) => earlier.entries.some((other) => other.bytes.equals(bytes)))) shared.push(`${earlier.name} and ${name}`);
    }
  });
  if (shared.length === 0) return ok("keys_apart", "no key is in two rings");
  return wrong("keys_apart", `one key is in ${shared.join(", and in ")}`, "Make a key of its own for one of them: who is given one could make what only the other should.");
}

function missing(names) {
  const lacking = needed.filter((name) => !names.includes(name));
  if (lacking.length > 0) return [untried("keys_there", `${lacking.join(", ")} ${lacking.length > 1 ? "are" : "is"} not at hand`)];
  if (names.includes("IDENTITY_KEYS") || names.includes("ASSERTION_KEYS")) return [];
  return [wrong("keys_there", "there is neither IDENTITY_KEYS nor ASSERTION_KEYS: the origin could trust nothing", "Make one of them: docs/settings.md, Keys.")];
}
