// kill -9 in the middle of sign-ups and verifications. What was acknowledged before is there afterwards:
// the mail of every sign-up, the account and the session of every verification. What was used stays used.
//
// `npm run faults` is the long form.

import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { Death } from "./death.mjs";

const kills = isFull ? 200 : 10;

/** As many as can sign up at once without one being sent away for want of a place to hash. */
const atOnce = 4;
/** After a kill a letter that was on its way waits for its next try: five seconds, and more if it is hit again. */
const mailDeadline = 60_000;

test(`${kills} times kill -9 under sign-ups and verifications lose nothing that was acknowledged`, async (t) => {
  const house = await startEdgeward(t, { unopenedMail: true });
  const everybody = [];
  const figures = { signedUp: 0, mailAfterKill: 0, verified: 0, inDoubt: 0, neverAcknowledged: 0, signIns: 0, reposts: 0 };

  for (let n = 1; n <= kills; n += 1) {
    // Every third time the notifier takes what it gets and says nothing: no mail comes before the kill.
    const mailComes = n % 3 > 0;
    if (!mailComes) house.mailbox.hang();
    const crowd = await stormUntilKilled(house, mailComes ? [1, 30] : [atOnce + 1, 2 * atOnce]);
    house.mailbox.work();
    await house.start();
    for (const person of crowd) await survives(() => audit(house, person, figures));
    const accounts = crowd.filter((person) => person.account);
    everybody.push(...accounts);
    for (const person of sample(everybody, 3)) await survives(() => signsInElsewhere(house, person, figures));
    console.log(`kill ${n} of ${kills}: ${accounts.length} accounts of ${crowd.length} sign-ups, ${everybody.length} in all`);
  }

  const queue = [...everybody];
  await Promise.all(Array.from({ length: 3 }, async () => {
    for (let person = queue.pop(); person; person = queue.pop()) {
      await survives(() => signsInElsewhere(house, person, figures));
      await survives(() => isUsed(person, figures));
    }
  }));
  assert.equal(await house.stored("AccountObject"), everybody.length, "as many accounts as people");
  console.log(`${kills} kills, nothing lost: ${JSON.stringify(figures)}`);
});

/** Looks whether what was acknowledged to somebody is there, and counts it. */
async function survives(look) {
  figure("kill9", { tried: 1, survived: 0 });
  await look();
  figure("kill9", { tried: 0, survived: 1 });
}

/**
 * People sign up and verify, one after the other and side by side, until the process is killed after some of
 * their steps, between `least` and `most`. Gives all of them, with what had been acknowledged to each.
 */
async function stormUntilKilled(house, [least, most]) {
  const crowd = [];
  const death = new Death(house, least + Math.floor(Math.random() * (most - least + 1)));

  async function lives(person) {
    const { visitor } = person;
    const { email, password } = visitor;
    const taken = await death.asks(() => visitor.calls("/auth/register", { email, password }));
    if (taken?.status !== 202) return assert.ok(!taken || taken.status === 503, `register: ${taken?.status}`);
    person.signedUp = true;
    person.mail = await Promise.race([house.mailbox.received({ to: email, type: "auth.verify" }), death.comes]);
    if (!person.mail) return;
    death.nears();
    person.verifies = true;
    const proved = await death.asks(() => verify(person));
    if (!proved) return;
    assert.equal(proved.json.authMessageCode, "auth.verify.success");
    person.account = proved.json.account.id;
  }

  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (!death.isHere) {
      const person = { visitor: house.visitor() };
      crowd.push(person);
      await lives(person);
    }
  }));
  await death.comes;
  return crowd;
}

const tokenOf = (mail) => new URL(mail.link).searchParams.get("token");
const verify = ({ visitor, mail }) => visitor.calls("/auth/verify", { token: tokenOf(mail) });

/** After a restart: is what this person was told still true? Whoever was interrupted goes on. */
async function audit(house, person, figures) {
  const { visitor } = person;
  if (!person.signedUp) {
    figures.neverAcknowledged += 1;
    return;
  }
  figures.signedUp += 1;
  if (!person.mail) figures.mailAfterKill += 1;
  const before = person.mail;
  person.mail = await house.mailbox.received({ to: visitor.email, type: "auth.verify" }, mailDeadline);

  if (person.account) {
    const { status, json } = await visitor.calls("/auth/session");
    assert.equal(status, 200, `${visitor.email}: the session of a verification that was acknowledged`);
    assert.equal(json.account.id, person.account);
  } else {
    const { json } = await verify(person);
    const goesOn = person.verifies ? /^auth\.(verify\.success|token\.used)$/ : /^auth\.verify\.success$/;
    assert.match(json.authMessageCode, goesOn, `${visitor.email}: ${JSON.stringify(json)}`);
    if (person.verifies) figures.inDoubt += 1;
    person.account = json.account?.id ?? "proved before the kill, the answer was lost";
  }
  figures.verified += 1;
  await isUsed(person, figures);
  if (before && before.link !== person.mail.link) await isUsed({ ...person, mail: before }, figures);
}

async function isUsed(person, figures) {
  const { json } = await verify(person);
  assert.equal(json.authMessageCode, "auth.token.used", `${person.visitor.email}: redeemed twice`);
  figures.reposts += 1;
}

async function signsInElsewhere(house, { visitor }, figures) {
  const { email, password } = visitor;
  const { json } = await house.visitor().calls("/auth/login", { email, password });
  assert.equal(json.authMessageCode, "auth.login.success", email);
  figures.signIns += 1;
}

function sample(items, n) {
  const left = [...items];
  return Array.from({ length: Math.min(n, left.length) }, () => left.splice(Math.floor(Math.random() * left.length), 1)[0]);
}
