// A forgotten password: the letter, the page, and what ends when another password is chosen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { counted, race } from "./race.mjs";
import { tokenIn, told } from "./visitor.mjs";

const chosen = "nine green umbrellas over Lisbon";

test("someone who forgot their password chooses another one by mail, and signs in with it", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const phone = ann.elsewhere();

  await t.test("asking is answered without a word about the account", async () => {
    await phone.asksFor("forgot");
    assert.equal(phone.page.path, "/login/forgot");
    assert.match(phone.page.text, /Check your mail/);
    assert.ok(!phone.page.trail[0].path.includes("@"), "the address is in no URL");
  });

  await t.test("the link leads to a page that names the act and the masked address", async () => {
    await phone.opensMail("auth.reset");
    assert.deepEqual(phone.page.trail.map(({ status }) => status), [303, 200]);
    assert.equal(phone.page.path, "/login/reset");
    assert.match(phone.page.text, /Choose a new password/);
    assert.ok(!phone.page.html.includes(ann.email), "whoever finds an open page learns no address");
    assert.ok(!phone.page.html.includes("reset.acc_"), "nor the token");
    assert.ok(await ann.isSignedIn(), "so far nothing has happened");
  });

  await t.test("a weak password is refused, and the link is as good as before", async () => {
    await phone.confirms({ password: "aaaaaaaaaaaaaaaaaaaa" });
    assert.equal(phone.page.path, "/login/reset");
    assert.match(phone.page.text, /first that attackers try/);
  });

  await t.test("the new password is set, nobody is signed in by it, and every session has ended", async () => {
    await phone.confirms({ password: chosen });
    assert.equal(phone.page.path, "/login");
    assert.match(phone.page.text, /Your password is changed/);
    assert.equal(phone.jar.value("__Host-edgeward"), undefined);
    assert.ok(!(await ann.isSignedIn()));
    await ann.receives("auth.notice.password_changed");
  });

  await t.test("the new password signs in, the old one does not", async () => {
    const old = await ann.calls("/auth/login", { email: ann.email, password: ann.password });
    assert.equal(told(old), "401 auth.login.invalid");
    await phone.signsIn({ password: chosen, next: "/private/" });
    assert.equal(phone.page.path, "/private/");
  });
});

test("a known address and an unknown one are answered alike, and one of them gets mail", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  for (const path of ["/auth/forgot", "/auth/magic-request", "/auth/resend"]) {
    const [known, unknown] = await Promise.all(
      [ann.email, "nobody@example.com"].map((email) => house.visitor().calls(path, { email })),
    );
    assert.equal(known.status, 202, path);
    assert.equal(known.text, unknown.text, path);
    const names = ({ rawHeaders }) => rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()).sort();
    assert.deepEqual(names(known), names(unknown), path);
  }
  for (const type of ["auth.reset", "auth.magic"]) await ann.receives(type);
  assert.deepEqual(house.mailbox.mails({ to: "nobody@example.com" }), []);
});

test("a reset reopens a lane that strangers shut, and ends every link that was on its way", async (t) => {
  const house = await startEdgeward(t, { settings: { LIMITS: { address: { unmarked: ["1/15m"] } } } });
  const ann = house.visitor();
  await ann.settlesIn();
  const { email } = ann;
  const guess = () => house.visitor().calls("/auth/login", { email, password: "what a stranger makes up" });
  assert.deepEqual([told(await guess()), told(await guess())], ["401 auth.login.invalid", "429 auth.throttled"]);

  const phone = ann.elsewhere();
  await phone.calls("/auth/forgot", { email });
  const first = await phone.tokenOf("auth.reset");
  await phone.calls("/auth/forgot", { email });
  const second = await phone.tokenOf("auth.reset", { another: true });
  await ann.calls("/auth/magic-request", { email });
  const magic = await phone.tokenOf("auth.magic");

  assert.equal(told(await phone.calls("/auth/reset", { token: second, password: chosen })), "200 auth.reset.success");
  await ann.receives("auth.notice.password_changed");
  for (const token of [second, first]) assert.equal(told(await phone.calls("/auth/reset", { token, password: chosen })), "400 auth.token.used");
  assert.equal(told(await phone.calls("/auth/magic", { token: magic })), "400 auth.token.invalid");
  assert.equal(told(await house.visitor().calls("/auth/login", { email, password: chosen })), "200 auth.login.success", "the lane is open again");
});

test("200 post one reset token at once: one sets the password, and it is that one's", async (t) => {
  const house = await startEdgeward(t, { settings: { LIMITS: { network: { link: ["10000/1m"] } }, HASH_PAUSE: "0ms" } });
  const ann = house.visitor();
  await ann.settlesIn();
  await ann.calls("/auth/forgot", { email: ann.email });
  const token = await ann.tokenOf("auth.reset");

  const passwordOf = (i) => `${chosen}, said number ${i}`;
  const answers = await race(200, async (hold, i) => {
    const runner = house.visitor({ address: `198.19.2.${i % 10}` });
    const posts = (extra) => runner.calls("/auth/reset", { token, password: passwordOf(i) }, extra);
    let answer = await posts({ hold });
    while (answer.status === 503) answer = await posts();
    return answer;
  });
  assert.deepEqual(counted(answers.map(told)), { "200 auth.reset.success": 1, "400 auth.token.used": 199 });
  await ann.receives("auth.notice.password_changed");
  const winner = answers.findIndex(({ status }) => status === 200);
  const { email } = ann;
  const signsIn = (password) => ann.calls("/auth/login", { email, password });
  assert.equal(told(await signsIn(passwordOf((winner + 1) % 200))), "401 auth.login.invalid");
  assert.equal(told(await signsIn(passwordOf(winner))), "200 auth.login.success");
});

test("a token is good for its own flow, letter by letter, and for no other", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  await ann.calls("/auth/forgot", { email: ann.email });
  const token = tokenIn(await ann.receives("auth.reset"));
  const [kind, object, secret] = token.split(".");
  const eve = house.visitor();
  const elsewhere = { verify: {}, magic: {}, "invite-complete": { password: chosen }, "change-email": {}, undo: {} };
  for (const [flow, fields] of Object.entries(elsewhere)) {
    for (const tried of [token, [flow.split("-")[0], object, secret].join(".")]) {
      assert.equal(told(await eve.calls(`/auth/${flow}`, { token: tried, ...fields })), "400 auth.token.invalid", flow);
    }
  }
  const another = (text) => (text[0] === "A" ? "B" : "A") + text.slice(1);
  for (const tried of [[kind, object, another(secret)], [kind, object, secret.slice(1)], [kind, "acc_".padEnd(30, "a"), secret], [kind, object]]) {
    assert.equal(told(await eve.calls("/auth/reset", { token: tried.join("."), password: chosen })), "400 auth.token.invalid", tried.join("."));
  }
  assert.ok(await ann.isSignedIn(), "nothing has happened");
  assert.equal(told(await ann.calls("/auth/reset", { token, password: chosen })), "200 auth.reset.success");
  await ann.receives("auth.notice.password_changed");
});

test("a reset of an address that waits for its proof proves it, and what was planted there is gone", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  const eve = house.visitor({ email: ann.email });
  await eve.signsUp();
  const planted = await eve.tokenOf("auth.verify");

  await ann.asksFor("forgot");
  await ann.opensMail("auth.reset");
  await ann.confirms({ password: chosen });
  assert.equal(ann.page.path, "/login");
  assert.match(told(await eve.calls("/auth/verify", { token: planted })), /^400 auth\.token\.(invalid|used)$/);
  assert.equal(told(await eve.calls("/auth/login", { email: ann.email, password: eve.password })), "401 auth.login.invalid");
  assert.equal(told(await ann.calls("/auth/login", { email: ann.email, password: chosen })), "200 auth.login.success");
});
