// Every ring of keys is changed while people come and go: the steps that `npm run keys -- rotate` prints lose no request and
// sign nobody out, and each left out is seen to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { idleOf } from "../../scripts/keys/lifetimes.mjs";
import { entriesOf, rings } from "../../scripts/keys/rings.mjs";
import { stepOf, steps } from "../../scripts/keys/steps.mjs";
import { freshSecrets } from "../../scripts/secrets.mjs";
import { startFleet } from "./fleet.mjs";

const timeout = 300_000;

/** What the command says to do from where the fleet is now. */
const told = (fleet, ring, step, value = fleet.rings[ring]) => stepOf(ring, step, entriesOf(ring, value), { idle: idleOf(), lose: true });
const toSet = (change) => ({ [change.ring]: change.set.find(({ where }) => where === "Edgeward").value });

for (const ring of Object.keys(rings)) {
  test(`${ring} is changed under load, and nobody notices`, { timeout }, async (t) => {
    const fleet = await startFleet(t);
    const before = fleet.rings[ring];
    await fleet.works();
    // Peppers stay. What their loss costs is below.
    for (const step of ring === "PEPPERS" ? ["add", "promote"] : steps) {
      await fleet.follows(told(fleet, ring, step));
      assert.deepEqual(fleet.failures, [], `after ${step}`);
    }
    assert.notEqual(fleet.rings[ring], before);
    if (ring !== "PEPPERS") assert.equal(entriesOf(ring, fleet.rings[ring]).length, 1);
    if (ring !== "COOKIE_KEYS") assert.equal((await fleet.away.calls("/auth/session")).json.session.id, fleet.away.session, "also who did not come by");
  });
}

/** In one step: what is first in the ring was never added. */
const atOnce = {
  COOKIE_KEYS: /^\w+ reads: .*401/,
  IDENTITY_KEYS: /^origin: signature unknown_key/,
  ASSERTION_KEYS: /^origin: assertion unknown_key/,
  PEPPERS: /^cora signs in: /,
  WEBHOOK_SECRET: /^notifier: No matching signature/,
  ADMIN_KEYS: /^operates: .*401/,
};

for (const [ring, failure] of Object.entries(atOnce)) {
  test(`${ring} promoted in one step is seen to fail`, { timeout }, async (t) => {
    const fleet = await startFleet(t);
    await fleet.works();
    assert.deepEqual(fleet.failures, []);
    const { value } = told(fleet, ring, "add").set.find(({ where }) => where === "Edgeward");
    const entries = entriesOf(ring, value);
    // Where nothing is promoted in Edgeward, one step is to put the new key in the old one's place.
    const after = ["WEBHOOK_SECRET", "ADMIN_KEYS"].includes(ring) ? [entries.at(-1)] : entries.toReversed();
    const changed = { ...fleet.rings, [ring]: rings[ring].written(after) };
    await fleet.mixes(changed, fleet.rings);
    await fleet.fails(failure);
  });
}

/** Removed before the wait is over, or before everybody has the new one. */
const tooEarly = {
  COOKIE_KEYS: [/^who was away: 401 auth.session.required/, async (fleet) => {
    await fleet.follows(told(fleet, "COOKIE_KEYS", "promote"), { waits: false });
    await fleet.mixes({ ...fleet.rings, ...toSet(told(fleet, "COOKIE_KEYS", "remove")) });
    const { status, json } = await fleet.away.calls("/auth/session");
    fleet.failures.push(`who was away: ${status} ${json.authMessageCode}`);
  }],
  IDENTITY_KEYS: [/^origin: signature unknown_key/, async (fleet) => {
    const promoted = { ...fleet.rings, ...toSet(told(fleet, "IDENTITY_KEYS", "promote")) };
    await fleet.mixes(promoted, fleet.rings);
    fleet.origin.run(promoted.IDENTITY_KEYS.split(",")[0]);
  }],
  ASSERTION_KEYS: [/^origin: assertion unknown_key/, async (fleet) => {
    const [old, next] = fleet.rings.ASSERTION_KEYS.split(",");
    await fleet.mixes({ ...fleet.rings, ASSERTION_KEYS: next }, { ...fleet.rings, ASSERTION_KEYS: old });
    await fleet.passes(301);
  }],
  PEPPERS: [/^who was away: (?!.*success)/, async (fleet) => {
    await fleet.follows(told(fleet, "PEPPERS", "promote"), { waits: false });
    await fleet.mixes({ ...fleet.rings, ...toSet(told(fleet, "PEPPERS", "remove")) });
    const { email, password } = fleet.away;
    const { json } = await fleet.house.visitor().calls("/auth/login", { email, password });
    fleet.failures.push(`who was away: ${json.authMessageCode}`);
  }],
  WEBHOOK_SECRET: [/^notifier: No matching signature/, async (fleet) => {
    await fleet.mixes({ ...fleet.rings, ...toSet(told(fleet, "WEBHOOK_SECRET", "remove")) });
  }],
  ADMIN_KEYS: [/^operates: .*401/, async (fleet) => {
    await fleet.mixes({ ...fleet.rings, ...toSet(told(fleet, "ADMIN_KEYS", "remove")) });
  }],
};

/** A ring after its first step. */
function added(ring) {
  const fresh = { ...freshSecrets(), ASSERTION_KEYS: freshSecrets().IDENTITY_KEYS.replace("i1", "a1") };
  return toSet(stepOf(ring, "add", entriesOf(ring, fresh[ring]), {}));
}

for (const [ring, [failure, hurry]] of Object.entries(tooEarly)) {
  test(`an old key of ${ring} removed too early is seen to fail`, { timeout }, async (t) => {
    const fleet = await startFleet(t, added(ring));
    await fleet.works();
    assert.deepEqual(fleet.failures, [], "until then nothing failed");
    await hurry(fleet);
    await fleet.fails(failure);
  });
}
