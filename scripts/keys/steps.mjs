// What is set in each step of a change of keys, where, and how long to wait after it.
//
// A new key is first added where it only verifies, then promoted, then the old one is removed. In between
// old and new Workers, and old and new processes of the origin, run side by side: each must understand
// what the other makes. tests/e2e/rotation.test.mjs changes every ring so, under load.

import { Failed } from "../steps.mjs";
import { fixed, inWords, spread } from "./lifetimes.mjs";
import { nextId, numbered, rings } from "./rings.mjs";

export const steps = ["add", "promote", "remove"];

const here = (name) => ({ where: "Edgeward", name });
const origin = { where: "the origin, wherever it has its copy of IDENTITY_KEYS (our verifiers: EDGEWARD_KEYS)", name: "EDGEWARD_KEYS" };
const notifier = { where: "the notifier, and the server of your hooks", name: "WEBHOOK_SECRET" };

/** What is said of a ring: what it is, and of each step why, where to set what, and the wait after it. */
const about = {
  COOKIE_KEYS: {
    is: "signs and seals every cookie",
    add: { why: "It verifies only: cookies are still made by the old one.", at: [here], wait: () => [spread, "until every place of the network has it"] },
    promote: {
      why: "Cookies are made by it from now on, and the old ones hold.",
      at: [here],
      wait: ({ idle }) => [spread + idle, `no cookie of a session is older than LIFETIMES.idle (${inWords(idle)})`],
      also: [`Devices not seen since lose their mark when the old key goes, and a smart link opened before has to be opened again. After ${inWords(fixed.device)} nothing at all is lost.`],
    },
    remove: { why: "Nobody who came by since is signed out.", at: [here] },
  },
  IDENTITY_KEYS: {
    is: "signs identity for the origin, which holds the same bytes",
    add: {
      why: "The origin learns it before anything is signed by it. Set it there first.",
      at: [() => origin, here],
      wait: () => [spread, "until every process of the origin has started with it: look, do not guess"],
    },
    promote: { why: "Identity is signed by it from now on.", at: [here], wait: () => [spread + fixed.identity + fixed.clocks, `what the old one signed is good for ${fixed.identity} s, and clocks differ by ${fixed.clocks} s`] },
    remove: { why: "Nothing that the old one signed is good any more.", at: [here, () => origin] },
  },
  ASSERTION_KEYS: {
    is: "signs assertions; origins fetch its public half from /auth/jwks.json",
    add: { why: "Its public half is published; assertions are still signed by the old one.", at: [here], wait: () => [spread + fixed.keySet, `origins may keep the set of keys for ${inWords(fixed.keySet)}`] },
    promote: { why: "Assertions are signed by it from now on.", at: [here], wait: () => [spread + fixed.identity + fixed.clocks, `what the old one signed is good for ${fixed.identity} s, and clocks differ by ${fixed.clocks} s`] },
    remove: { why: "Its public half is published no more.", at: [here] },
  },
  PEPPERS: {
    is: "keys passwords before they are hashed",
    add: { why: "It verifies only: passwords are still hashed with the old one.", at: [here], wait: () => [spread, "until every place of the network has it"] },
    promote: {
      why: "Passwords move to it when their owners sign in. This is where it ends: the old one stays.",
      at: [here],
      also: ["Who does not sign in cannot be moved. Without the old one their right password is wrong, and they need a reset."],
    },
    remove: { why: "Whoever has not signed in since cannot sign in by password; a reset helps them.", at: [here] },
  },
  WEBHOOK_SECRET: {
    is: "signs what is sent to the notifier and asked of hooks; all that are there sign",
    add: { why: "Everything is signed by both from now on; who receives it still checks the old one.", at: [here], wait: () => [spread, "until every place of the network signs with both"] },
    promote: { why: "Who receives webhooks checks the new one. Nothing changes in Edgeward.", at: [() => notifier], wait: () => [spread, "until every process of the receivers has started with it: look, do not guess"] },
    remove: { why: "Nobody checks the old one any more.", at: [here] },
  },
  ADMIN_KEYS: {
    is: "opens the operators' routes for a program",
    add: { why: "Both open for now. The new key has the same scopes, and an id of its own.", at: [here], wait: () => [spread, "until every place of the network has it"] },
    promote: { why: "The program shows the new one. Nothing changes in Edgeward.", at: [], wait: () => [0, "until every copy of the program or proxy shows it; the log names the id beside what it changes"] },
    remove: { why: "The old one opens nothing. Links it made stay.", at: [here] },
  },
};

export const isAbout = (name) => about[name].is;

/** What every step of a ring does, without its values: for people who want to see the whole way first. */
export const wayOf = (name, settings) =>
  steps.map((step) => ({ step, why: about[name][step].why, wait: waitOf(name, step, settings), also: about[name][step].also ?? [] }));

/** The step that is due: from how many keys there are, and which of them makes. */
export function stepDue(name, entries, wanted = {}) {
  if (name === "ADMIN_KEYS") return familyOf(entries, wanted.key).length > 1 ? "promote" : "add";
  if (entries.length === 1) return "add";
  if (name === "WEBHOOK_SECRET") return "promote";
  return newest(entries, wanted.key) === entries[0] ? (name === "PEPPERS" ? "add" : "remove") : "promote";
}

/**
 * One step: `{ set, wait, why, also, show }`. `set`: where which variable gets which value. `show`: for operators'
 * keys, what the program shows. `wanted`: `key`, the id that is meant where it cannot be told; `lose`, whether passwords may be lost.
 */
export function stepOf(name, step, entries, { idle, ...wanted }) {
  const { why, at, also = [] } = about[name][step];
  const after = { add: added, promote: promoted, remove: removed }[step](name, entries, wanted);
  const value = rings[name].written(after);
  const last = after.at(-1);
  const places = at.map((place) => place(name));
  return {
    ring: name,
    step,
    ids: after.map(({ id }) => id),
    why,
    also,
    set: places.map((place) => ({ ...place, value: place === notifier ? last.text : value })),
    show: name === "ADMIN_KEYS" && step !== "remove" ? showing(after, wanted) : undefined,
    wait: waitOf(name, step, { idle }),
  };
}

function waitOf(name, step, settings) {
  const wait = about[name][step].wait?.(settings);
  return wait && { seconds: wait[0], until: wait[1] };
}

function added(name, entries, { key }) {
  const like = name === "ADMIN_KEYS" ? familyOf(entries, key).at(-1) : byAge(kin(entries.at(-1), entries)).at(-1);
  if (name !== "ADMIN_KEYS" && name !== "PEPPERS" && entries.length > 1) {
    throw new Failed(`${name} has ${entries.length} keys already: a change is under way. Go on with --step ${stepDue(name, entries, { key })}, or take the unused one out by hand.`);
  }
  const id = nextId(like.id, entries.map((entry) => entry.id));
  return [...entries, rings[name].fresh(entries, id, like)];
}

function promoted(name, entries, { key }) {
  if (name === "ADMIN_KEYS") {
    if (familyOf(entries, key).length < 2) throw new Failed(`${name} has no second key for this program: --step add first.`);
    return entries;
  }
  if (entries.length < 2) throw new Failed(`${name} has one key only: --step add first.`);
  if (name === "WEBHOOK_SECRET") return entries;
  const next = newest(entries, key);
  if (next === entries[0]) throw new Failed(`${name}: ${next.id} makes already. ${name === "PEPPERS" ? "The old ones stay; nothing is left to do." : "After the wait comes --step remove."}`);
  return [next, ...entries.filter((entry) => entry !== next)];
}

function removed(name, entries, { key, lose = false }) {
  if (name === "ADMIN_KEYS") {
    const family = familyOf(entries, key);
    if (family.length < 2) throw new Failed(`${name} has no second key for this program: removing the only one shuts it out. --step add first.`);
    return entries.filter((entry) => !family.includes(entry) || entry === family.at(-1));
  }
  if (entries.length < 2) throw new Failed(`${name} has one key only: there is nothing to remove. --step add begins a change.`);
  if (name === "WEBHOOK_SECRET") return [{ ...entries.at(-1), id: "1" }];
  if (newest(entries, key) !== entries[0]) throw new Failed(`${name}: ${entries[0].id} still makes. --step promote first, then wait, then remove.`);
  if (name === "PEPPERS" && !lose) {
    throw new Failed("PEPPERS: whoever has not signed in since the change could not sign in by password any more. Keep the old ones; or add --lose-passwords if they are to reset theirs.");
  }
  return [entries[0]];
}

/** The key made last: the one named, else the highest number behind one and the same word. */
function newest(entries, key) {
  if (key !== undefined) {
    const named = entries.find(({ id }) => id === key);
    if (!named) throw new Failed(`--key ${key}: no key has this id; there are ${entries.map(({ id }) => id).join(", ")}.`);
    return named;
  }
  const stems = new Set(entries.map(({ id }) => numbered(id).stem));
  if (stems.size > 1) throw new Failed(`Which of ${entries.map(({ id }) => id).join(", ")} is the new key? Name it by --key ID.`);
  return byAge(entries).at(-1);
}

/** The keys of one program, oldest first: `desk`, `desk2`. */
function familyOf(entries, key) {
  if (key === undefined) {
    const stems = new Set(entries.map(({ id }) => numbered(id).stem));
    if (stems.size > 1) throw new Failed(`ADMIN_KEYS: which program's key? Name it by --key ID; there are ${entries.map(({ id }) => id).join(", ")}.`);
    return byAge(entries);
  }
  const named = entries.find(({ id }) => id === key);
  if (!named) throw new Failed(`--key ${key}: no key has this id; there are ${entries.map(({ id }) => id).join(", ")}.`);
  return byAge(kin(named, entries));
}

const kin = ({ id }, entries) => entries.filter((entry) => numbered(entry.id).stem === numbered(id).stem);
const byAge = (entries) => [...entries].sort((one, other) => (numbered(one.id).number ?? 1) - (numbered(other.id).number ?? 1));

function showing(entries, { key }) {
  const { id, text } = familyOf(entries, key).at(-1);
  return { id, key: text.split(":")[2] };
}
