// A limit on wrong passwords, met by everybody at once. Attempts are counted before any password is looked
// at, so guesses side by side cannot outrun the limit; and whom strangers shut out is other strangers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { counted, race } from "../race.mjs";

const guesses = 200;
const settings = {
  LIMITS: { address: { unmarked: ["5/15m"] }, network: { signin: ["1000000/1m"] } },
  HASH_PAUSE: "0ms",
};

/**
 * Wrong passwords for an address, all at once, from ten networks. Where no place to hash is free nothing is
 * counted and the guesser comes again, until every one of them was really heard. Gives the answers that
 * came of it, and how often guessers were sent away.
 */
async function guess(house, email) {
  let sentAway = 0;
  const guessers = Array.from({ length: guesses }, (_, i) => house.visitor({ email, address: `198.19.1.${i % 10}` }));
  const answers = await race(guesses, async (hold, i) => {
    const tries = (extra) => guessers[i].calls("/auth/login", { email, password: `the wrong sentence number ${i}` }, extra);
    let answer = await tries({ hold });
    while (answer.status === 503) {
      assert.equal(answer.json.authMessageCode, "auth.busy");
      assert.match(answer.headers["retry-after"], /^[1-9]\d*$/);
      sentAway += 1;
      answer = await tries();
    }
    return answer;
  });
  return { answers, sentAway };
}

const hashed = '"event":"password_wrong"';

test("200 wrong passwords at once against a limit of 5: five are checked", async (t) => {
  const house = await startEdgeward(t, { settings });
  const ann = house.visitor();
  await ann.settlesIn();

  await t.test("the rest is told to wait, and for how long", async (t) => {
    const { answers, sentAway } = await guess(house, ann.email);
    const told = answers.map(({ status, json }) => `${status} ${json.authMessageCode}`);
    figure("parallel_guesses", { tried: guesses - 5, survived: counted(told)["429 auth.throttled"] });
    assert.deepEqual(counted(told), { "401 auth.login.invalid": 5, "429 auth.throttled": guesses - 5 });
    await house.says(hashed, 5);
    for (const { headers } of answers.filter(({ status }) => status === 429)) {
      const wait = Number(headers["retry-after"]);
      assert.ok(wait > 0 && wait <= 15 * 60, `Retry-After: ${headers["retry-after"]}`);
    }
    t.diagnostic(`${guesses} guesses heard, ${sentAway} times no place to hash`);
  });

  await t.test("a stranger with the right password waits like the rest", async () => {
    const { email, password } = ann;
    const answer = await house.visitor().calls("/auth/login", { email, password });
    assert.equal(answer.status, 429);
    assert.equal(answer.json.authMessageCode, "auth.throttled");
  });

  await t.test("the owner's own browser signs in all the same", async () => {
    await ann.signsOut();
    await ann.signsIn({ next: "/private/" });
    assert.equal(ann.page.path, "/private/");
    assert.equal(ann.page.status, 200);
  });

  await t.test("a mark for another address opens nothing", async () => {
    const eve = house.visitor();
    await eve.settlesIn();
    const { email, password } = ann;
    assert.equal((await eve.calls("/auth/login", { email, password })).status, 429);
    assert.equal(house.said(hashed), 5, "in all this no more than five were hashed in vain");
  });
});

test("an address without an account answers 200 guesses in the same way", async (t) => {
  const house = await startEdgeward(t, { settings });
  const { answers } = await guess(house, "nobody@example.com");
  const told = answers.map(({ status, json }) => `${status} ${json.authMessageCode}`);
  assert.deepEqual(counted(told), { "401 auth.login.invalid": 5, "429 auth.throttled": guesses - 5 });
});
