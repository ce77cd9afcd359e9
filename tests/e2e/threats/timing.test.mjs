// Who has an account here? Asked by the clock, on real workerd. For every flow, known and unknown addresses are asked
// for in a random order, and the answers compared: status, names of headers and length must be equal, and the times
// must not be told apart by a rank test over all flows together.
//
// A test of time that finds nothing may just be blind. So each statistic must also find, at the same number of
// samples, a difference that is there: an answer that leaves a beat later, and a neighbour who waits for a hash. Samples
// are added until an answer that is late by one short hash is found too, as far as the machine lets one see that.
//
// False alarms come once in ten thousand runs, by choice of the level.

import assert from "node:assert/strict";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { root } from "../../../scripts/steps.mjs";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { mannWhitney, standsOut } from "../mann_whitney.mjs";

/** How likely a false alarm is, over all comparisons of a test. */
const level = 1e-4;
/** Answers for each kind of address and flow. Full separation of 20 and 20 has p = 6e-8. */
const samples = isFull ? 150 : 20;
/** So many times as many at most, while the machine is too restless to see what is late by a hash. */
const patience = isFull ? 2 : 3;
/** Between the beginnings of two flows of a round, so that none hashes while another one's answer leaves. */
const stagger = 60;
/** The same where each sample has the process to itself. */
const neighbours = isFull ? 60 : 14;
/** The flow in which answers are held back, to show that it would be seen. */
const lateFlow = "a link to a new password";
/** By how much: one hash of the default kind, about, and the beat on which answers leave. */
const lateness = { "late by a hash": 40, "late by a beat": 250 };

const guess = "a wrong sentence that was guessed";
const chosen = "another sentence that somebody chose";
const endless = ["1000000/1m"];
const settings = {
  LIMITS: {
    address: { unmarked: endless, marked: endless },
    network: { signin: endless, signup: endless, mail: endless, link: endless },
    mail: { strangers: endless, known: endless },
  },
};

/** Everybody asks from a browser of their own; an account that wants another address has one. */
function flows(house, asker) {
  const asks = (route, fields = {}) => (email, extra) => house.visitor().calls(route, { email, ...fields }, extra);
  return {
    "a wrong password": asks("/auth/login", { password: guess }),
    "a sign-up": asks("/auth/register", { password: chosen }),
    "a letter once more": asks("/auth/resend"),
    "a link to a new password": asks("/auth/forgot"),
    "a link to sign in": asks("/auth/magic-request"),
    "an address for one's own": (email) => asker.calls("/auth/change-email", { email }),
  };
}

test("the rank test gives the textbook's values", () => {
  const close = (p, expected) => assert.ok(Math.abs(p - expected) < expected * 1e-6, `${p}, not ${expected}`);
  close(mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12]), 0.0864107329737);
  close(mannWhitney([1, 2, 2, 3, 4, 4, 5], [2, 4, 5, 6, 6, 7]), 0.05050976565);
  assert.equal(mannWhitney([1, 1, 1], [1, 1]), 1);
  assert.deepEqual(standsOut({ a: 0.01, b: 0.03, c: 0.04 }, 0.05), ["a"]);
});

test("answers for known and unknown addresses are alike, and take the same time", async (t) => {
  const house = await startEdgeward(t, { settings, unopenedMail: true, entry: join(root, "tests", "e2e", "late.mjs") });
  const [asker] = await members(house, 1);
  const asks = flows(house, asker);
  // To want another address takes a sign-in of the last five minutes.
  const signsInAnew = () => asker.calls("/auth/login", { email: asker.email, password: asker.password });
  const { times, shapes } = await answers(house, asks, await pools(house, Object.keys(asks)), signsInAnew);

  for (const [name, seen] of Object.entries(shapes)) {
    assert.deepEqual([...seen.known], [...seen.unknown], name);
    assert.equal(seen.known.size, 1, `${name}: ${[...seen.known]}`);
  }
  const found = apart(t, times);
  const told = found.filter((name) => name in asks);
  const isSeen = found.includes("late by a beat") && (!isFull || found.includes("late by a hash"));
  figure("timing", { tried: Object.keys(asks).length, survived: isSeen ? Object.keys(asks).length - told.length : 0 });
  assert.ok(isSeen, `answers that are late are noticed: ${found}`);
  assert.deepEqual(told, [], "flows in which time tells");
});

test("whoever asks beside a sign-in cannot tell whether it hashed for somebody", async (t) => {
  // A hash that takes long enough to be felt by whoever asks meanwhile.
  const house = await startEdgeward(t, { settings: { ...settings, PASSWORD_HASH: "pbkdf2-sha256" }, unopenedMail: true });
  const all = flows(house);
  const hashing = isFull ? ["a wrong password", "a sign-up"] : ["a wrong password"];
  const asks = Object.fromEntries(hashing.map((name) => [name, all[name]]));
  const times = await waits(house, asks, all["a link to a new password"], await pools(house, Object.keys(asks)));
  const found = apart(t, times);
  const isSeen = found.includes("no hash");
  const told = found.filter((name) => name !== "no hash");
  figure("timing", { tried: Object.keys(asks).length, survived: isSeen ? Object.keys(asks).length - told.length : 0 });
  assert.ok(isSeen, "a flow that hashes is told from one that does not");
  assert.deepEqual(told, [], "flows in which a neighbour's wait tells");
});

async function members(house, count) {
  const members = Array.from({ length: count }, () => house.visitor());
  for (const member of members) await member.settlesIn();
  return members;
}

/**
 * For each flow, how an address of either kind comes: known ones in their turn, unknown ones never seen before. No flow
 * meets what another left behind, and nobody's address is asked for more often than strangers ever may.
 */
async function pools(house, names) {
  const pools = {};
  for (const name of names) {
    const known = await members(house, Math.ceil((samples * patience) / 75));
    let asked = 0;
    pools[name] = (kind) => (kind === "known" ? known[(asked += 1) % known.length].email : `nobody${(asked += 1)}@${name.replaceAll(/\W+/g, "-")}.example`);
  }
  return pools;
}

/**
 * Rounds in which every flow is asked once, each for a known or an unknown address by lot. The two of a pair of rounds
 * are opposite, so that both kinds meet the machine in the same moods.
 */
async function answers(house, asks, address, signsInAnew) {
  const names = Object.keys(asks);
  const times = Object.fromEntries([...names, ...Object.keys(lateness)].map((name) => [name, { known: [], unknown: [] }]));
  const shapes = Object.fromEntries(names.map((name) => [name, { known: new Set(), unknown: new Set() }]));
  const once = (name, kind) => async () => {
    const { took, answer } = await timed(() => asks[name](address[name](kind)));
    times[name][kind].push(took);
    shapes[name][kind].add(JSON.stringify([answer.status, Object.keys(answer.headers).sort(), answer.bytes.length]));
  };
  const heldBack = (by) => timed(() => asks[lateFlow](address[lateFlow]("unknown"), { headers: { "X-Late": String(by) } }));
  const late = (name) => async () => times[name].known.push((await heldBack(lateness[name])).took);
  const prompt = async () => {
    const { took } = await heldBack(0);
    for (const name of Object.keys(lateness)) times[name].unknown.push(took);
  };
  // When to stop is decided by what is held back, and so favours none of the flows.
  const isSeen = () => Object.keys(lateness).every((name) => mannWhitney(times[name].known, times[name].unknown) < level / Object.keys(times).length);
  for (let round = 0; round < samples || (round < samples * patience && !isSeen()); round += 1) {
    if (round % 20 === 19) await signsInAnew();
    const lots = [...names, "late"].map(() => Math.random() < 0.5);
    for (const isSecond of [false, true]) {
      const kind = (at) => (lots[at] === isSecond ? "known" : "unknown");
      const controls = kind(names.length) === "known" ? Object.keys(lateness).map(late) : [prompt];
      const asked = [...names.map((name, at) => once(name, kind(at))), ...controls];
      await Promise.all(asked.map((ask, at) => pause(at * stagger).then(ask)));
    }
  }
  return { times, shapes };
}

/** How long at most others waited while a flow was asked, one flow after the other. */
async function waits(house, asks, noHash, address) {
  const times = Object.fromEntries([...Object.keys(asks), "no hash"].map((name) => [name, { known: [], unknown: [] }]));
  for (let round = 0; round < neighbours; round += 1) {
    for (const kind of Math.random() < 0.5 ? ["known", "unknown"] : ["unknown", "known"]) {
      for (const name of Object.keys(asks)) times[name][kind].push(await longestWait(house, () => asks[name](address[name](kind))));
    }
    times["no hash"].known.push(await longestWait(house, () => noHash(`nobody${round}@example.com`)));
  }
  // Compared with sign-ins of the same kind of address, which do hash.
  times["no hash"].unknown = times["a wrong password"].unknown;
  return times;
}

async function longestWait(house, work) {
  let isOver = false;
  const neighbour = house.visitor();
  const working = work().finally(() => (isOver = true));
  let longest = 0;
  while (!isOver) longest = Math.max(longest, (await timed(() => neighbour.fetch("/auth/health"))).took);
  await working;
  return longest;
}

async function timed(work) {
  const begun = performance.now();
  const answer = await work();
  return { took: performance.now() - begun, answer };
}

/** The comparisons in which the two kinds can be told apart. */
function apart(t, times) {
  const pValues = Object.fromEntries(Object.entries(times).map(([name, { known, unknown }]) => [name, mannWhitney(known, unknown)]));
  for (const [name, { known, unknown }] of Object.entries(times)) {
    t.diagnostic(`${name}: medians ${median(known)} and ${median(unknown)} ms of ${known.length} and ${unknown.length}, p = ${pValues[name].toPrecision(2)}`);
  }
  return standsOut(pValues, level);
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1].toFixed(1);
