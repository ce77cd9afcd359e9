// Another address: nothing moves before it is proved, and the old one can take everything back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { counted, race } from "./race.mjs";
import { tokenIn, told } from "./visitor.mjs";

const to = "ann@elsewhere.example";
const password = "three striped kettles in Oulu";

async function settled(t, options) {
  const house = await startEdgeward(t, options);
  const ann = house.visitor({ password });
  await ann.settlesIn();
  return { house, ann, email: ann.email };
}

/** Asks for the new address and confirms it. */
async function moves(ann) {
  assert.equal(told(await ann.calls("/auth/change-email", { email: to })), "202 auth.email.change_accepted");
  const token = await ann.tokenOf("auth.email_change", { to });
  assert.equal(told(await ann.calls("/auth/change-email", { token })), "200 auth.email.changed");
}

test("a new address is asked for, proved, and then signs in", async (t) => {
  const { house, ann, email } = await settled(t);
  await ann.manages("change-email", { email: to });
  assert.equal(ann.page.path, "/login/account");
  assert.ok(ann.page.text.includes(`Waiting for confirmation: ${to}`));
  assert.equal((await ann.calls("/auth/session")).json.account.email, email, "so far nothing has moved");

  await ann.follows(await ann.receives("auth.email_change", { to }));
  assert.equal(ann.page.path, "/login/email");
  assert.ok(!ann.page.html.includes(to), "the page masks the address");
  await ann.confirms();
  assert.equal(ann.page.path, "/login/account");
  assert.equal((await ann.calls("/auth/session")).json.account.email, to);
  await ann.receives("auth.notice.email_changed");

  const signsIn = (address) => house.visitor().calls("/auth/login", { email: address, password });
  assert.equal(told(await signsIn(email)), "401 auth.login.invalid");
  assert.equal(told(await signsIn(to)), "200 auth.login.success");
});

test("the undo link brings the old address back, ends every session and voids the password", async (t) => {
  const { house, ann, email } = await settled(t);
  const eve = ann.thief();
  await moves(eve);

  await ann.opensMail("auth.notice.email_changed");
  assert.equal(ann.page.path, "/login/undo");
  assert.match(ann.page.text, /Every session ends/);
  await ann.confirms();
  assert.equal(ann.page.path, "/login/forgot");
  assert.ok(!(await eve.isSignedIn()));
  for (const address of [email, to]) {
    assert.equal(told(await house.visitor().calls("/auth/login", { email: address, password })), "401 auth.login.invalid");
  }

  await ann.submits({ email });
  await ann.opensMail("auth.reset");
  const chosen = "one patient heron on the wharf";
  await ann.confirms({ password: chosen });
  await ann.receives("auth.notice.password_changed");
  assert.equal(told(await ann.calls("/auth/login", { email, password: chosen })), "200 auth.login.success");

  const bob = house.visitor({ email: to });
  await bob.settlesIn();
  assert.equal((await bob.calls("/auth/session")).json.account.email, to, "the other address is free again");
});

test("the old address is kept back: nobody registers it, and whoever asks there for a way in gets the way back", async (t) => {
  const { house, ann, email } = await settled(t);
  await moves(ann);
  const undo = await ann.tokenOf("auth.notice.email_changed");

  const eve = house.visitor({ email });
  assert.equal(told(await eve.calls("/auth/register", { email, password: "a stranger's own sentence" })), "202 auth.register.check_email");
  assert.equal(told(await eve.calls("/auth/forgot", { email })), "202 auth.forgot.accepted");
  const again = await ann.tokenOf("auth.notice.email_changed", { another: true });
  assert.notEqual(again, undo);
  assert.deepEqual(house.mailbox.mails({ to: email }).map(({ type }) => type).filter((type) => type === "auth.reset"), []);
  assert.equal(house.mailbox.mails({ to: email, type: "auth.verify" }).length, 1, "the one of the sign-up");

  assert.equal(told(await ann.calls("/auth/undo", { token: undo })), "200 auth.undo.email");
  assert.equal(told(await ann.calls("/auth/undo", { token: again })), "400 auth.token.used");
});

test("a taken address is asked for like a free one, and its owner is told", async (t) => {
  const { house, ann, email } = await settled(t);
  const bob = house.visitor({ email: to });
  await bob.settlesIn();
  const free = await ann.calls("/auth/change-email", { email: "nobody@elsewhere.example" });
  const taken = await ann.calls("/auth/change-email", { email: to });
  assert.equal(told(free), "202 auth.email.change_accepted");
  assert.equal(free.text, taken.text);
  await bob.receives("auth.notice.already_registered");
  assert.deepEqual(house.mailbox.mails({ to, type: "auth.email_change" }), []);
  assert.equal((await ann.calls("/auth/session")).json.account.email, email);

  const token = await ann.tokenOf("auth.email_change", { to: "nobody@elsewhere.example" });
  assert.equal(told(await ann.calls("/auth/change-email", { token })), "400 auth.token.invalid", "the later wish took its place");
});

test("an address that somebody else proved meanwhile is theirs", async (t) => {
  const { house, ann, email } = await settled(t);
  await ann.calls("/auth/change-email", { email: to });
  const token = await ann.tokenOf("auth.email_change", { to });
  const bob = house.visitor({ email: to });
  await bob.settlesIn();
  assert.equal(told(await bob.calls("/auth/change-email", { token })), "403 auth.email.taken");
  assert.equal((await ann.calls("/auth/session")).json.account.email, email);
  assert.equal((await bob.calls("/auth/session")).json.account.email, to);
});

test("without undo the old address is free at once", async (t) => {
  const { house, ann, email } = await settled(t, { settings: { EMAIL_UNDO: "off" } });
  await moves(ann);
  const notice = await ann.receives("auth.notice.email_changed");
  assert.equal(notice.link ?? null, null);
  const bob = house.visitor({ email });
  await bob.signsUp();
  await bob.follows(await bob.receives("auth.verify", { another: true }));
  await bob.confirms();
  assert.equal((await bob.calls("/auth/session")).json.account.email, email);
});

test("100 confirm one change at once: it happens once", async (t) => {
  const { house, ann } = await settled(t, { settings: { LIMITS: { network: { link: ["10000/1m"] } } } });
  await ann.calls("/auth/change-email", { email: to });
  const token = await ann.tokenOf("auth.email_change", { to });
  const answers = await race(100, async (hold, i) => {
    const runner = house.visitor({ address: `198.19.5.${i % 10}` });
    let answer = await runner.calls("/auth/change-email", { token }, { hold });
    while (answer.status === 503) answer = await runner.calls("/auth/change-email", { token });
    return answer;
  });
  assert.deepEqual(counted(answers.map(told)), { "200 auth.email.changed": 1, "400 auth.token.used": 99 });
  await ann.receives("auth.notice.email_changed");
});

const kills = Number(process.env.KILLS ?? 4);

test(`${kills} times kill -9 while a change of address is confirmed or undone: it is whole, or not at all`, { timeout: 240_000 }, async (t) => {
  const house = await startEdgeward(t, { unopenedMail: true, settings: { LIMITS: { network: { link: ["10000/1m"] } } } });
  for (let n = 0; n < kills; n += 1) {
    const ann = house.visitor();
    await ann.settlesIn();
    const next = `ann${n}@elsewhere.example`;
    await ann.calls("/auth/change-email", { email: next });
    const token = tokenIn(await house.mailbox.received({ to: next, type: "auth.email_change" }));
    await dies(house, ann.calls("/auth/change-email", { token }), n);
    assert.match(told(await patiently(() => ann.calls("/auth/change-email", { token }))), /^(200 auth\.email\.changed|400 auth\.token\.used)$/);
    await moved(ann, next);
    await holdsOne(house, ann, [next, ann.email]);

    const undo = tokenIn(await house.mailbox.received({ to: ann.email, type: "auth.notice.email_changed" }, 60_000));
    await dies(house, ann.calls("/auth/undo", { token: undo }), n);
    assert.match(told(await patiently(() => ann.calls("/auth/undo", { token: undo }))), /^(200 auth\.undo\.email|400 auth\.token\.used)$/);
    const bob = house.visitor({ email: next });
    await becomesFree(house, bob);
  }
});

/** Kills the process while a request is on its way, a little later each time. */
async function dies(house, request, n) {
  const answered = request.catch(() => undefined);
  await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 1 + 6 * n))]);
  await house.kill9();
  await answered;
  await house.start();
}

async function patiently(ask) {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503) return answer;
  }
}

/** What was redeemed goes on by the account's alarm when its process died in between. */
async function moved(ann, email) {
  const deadline = Date.now() + 30_000;
  let now;
  do now = (await patiently(() => ann.calls("/auth/session"))).json.account.email; while (now !== email && Date.now() < deadline);
  assert.equal(now, email);
}

/** Of these addresses the first is the account's, and the other one signs nobody in. */
async function holdsOne(house, { password: secret }, [mine, other]) {
  const outcomes = [];
  for (const email of [mine, other]) outcomes.push(told(await patiently(() => house.visitor().calls("/auth/login", { email, password: secret }))));
  assert.deepEqual(outcomes, ["200 auth.login.success", "401 auth.login.invalid"]);
}

/** The account lets the address go, if not at once then by its alarm: somebody else can have it. */
async function becomesFree(house, bob) {
  const known = new Set(house.mailbox.mails({ to: bob.email }).map(({ id }) => id));
  const deadline = Date.now() + 30_000;
  let mail;
  while (!mail && Date.now() < deadline) {
    await patiently(() => bob.calls("/auth/register", { email: bob.email, password: bob.password }));
    mail = await house.mailbox.received({ to: bob.email, type: "auth.verify", id: (id) => !known.has(id) }, 3_000).catch(() => undefined);
  }
  assert.ok(mail, `${bob.email} is free again`);
  assert.equal(told(await patiently(() => bob.calls("/auth/verify", { token: tokenIn(mail) }))), "200 auth.verify.success");
}
