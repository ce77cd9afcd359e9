// Signing up: what a stranger may learn (nothing), and whose password an account gets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";

test("in another browser the link asks for a password, and that one is the account's", async (t) => {
  const house = await startEdgeward(t);
  const mallory = house.visitor({ email: "ann@example.com", password: "planted by somebody else" });
  await mallory.signsUp();

  const ann = house.visitor({ email: "ann@example.com", password: "what ann really wants it to be" });
  const page = await ann.opensMail();
  assert.ok(page.forms.some(({ fields }) => "password" in fields), "the page asks for a password");
  await ann.confirms({ password: ann.password });
  assert.equal((await ann.visits("/private/")).status, 200);

  await mallory.signsIn();
  assert.equal(mallory.jar.value("__Host-edgeward"), undefined, "the planted password opens nothing");
  const bob = ann.elsewhere();
  await bob.signsIn({ next: "/private/" });
  assert.equal(bob.page.path, "/private/");
});

test("the browser that signed up is not asked for the password again", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.signsUp();
  const page = await ann.opensMail();
  assert.ok(!page.forms.some(({ fields }) => "password" in fields));
});

test("a taken address is answered like a free one, and its owner is told", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();

  const free = house.visitor();
  const freePage = await free.signsUp();
  const taken = house.visitor({ email: ann.email });
  const takenPage = await taken.signsUp();

  const bare = (page, { email }) => page.text.replaceAll(email, "(address)");
  assert.equal(takenPage.status, freePage.status);
  assert.deepEqual(takenPage.trail, freePage.trail);
  assert.equal(bare(takenPage, taken), bare(freePage, free));
  assert.deepEqual(taken.jar.names().sort(), free.jar.names().sort());

  await free.receives("auth.verify");
  const notice = await ann.receives("auth.notice.already_registered");
  assert.equal(notice.to, ann.email);
});

test("JSON says the same as the pages", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  const { email, password } = ann;

  const asked = await ann.calls("/auth/register", { email, password });
  assert.equal(asked.status, 202);
  assert.equal(asked.json.authMessageCode, "auth.register.check_email");

  const mail = await ann.receives("auth.verify");
  const token = new URL(mail.link).searchParams.get("token");
  assert.match(token, /^verify\.[a-z0-9_]+\.[A-Za-z0-9_-]{43}$/);
  const verified = await ann.calls("/auth/verify", { token });
  assert.equal(verified.status, 200);
  assert.equal(verified.json.authMessageCode, "auth.verify.success");
  assert.equal(verified.json.account.email, email);
  assert.match(verified.json.account.id, /^acc_[a-z2-7]+$/);

  const session = await ann.calls("/auth/session");
  assert.equal(session.json.account.id, verified.json.account.id);
  assert.deepEqual(session.json.session.methods, verified.json.session.methods);

  const again = await ann.calls("/auth/verify", { token });
  assert.equal(again.json.authMessageCode, "auth.token.used");
});

test("JSON in another browser is told that a password is needed, and the link stays good", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.calls("/auth/register", { email: ann.email, password: ann.password });
  const token = new URL((await ann.receives("auth.verify")).link).searchParams.get("token");

  const phone = ann.elsewhere();
  assert.equal((await phone.calls("/auth/verify", { token })).json.authMessageCode, "auth.verify.password_needed");
  const verified = await phone.calls("/auth/verify", { token, password: "chosen on the telephone today" });
  assert.equal(verified.json.authMessageCode, "auth.verify.success");
  assert.ok(phone.jar.value("__Host-edgeward"));
});

test("GET and HEAD of a link consume nothing, whoever asks", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.signsUp();
  const link = (await ann.receives("auth.verify")).link.slice(house.url.length);
  const scanner = house.visitor();
  for (const method of ["HEAD", "GET", "GET"]) {
    const answer = await scanner.fetch(link, { method, headers: { "Sec-Fetch-Site": null, "Sec-Fetch-Mode": null } });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers["referrer-policy"], "no-referrer");
    assert.ok(!answer.headers.location.includes("token"));
  }
  await ann.opensMail();
  await ann.confirms();
  assert.ok(ann.jar.value("__Host-edgeward"));
});

test("a password that will not do is refused with its reason, and the address stays in the form", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  for (const [password, code] of [["short", "auth.password.too_short"], ["aaaaaaaaaaaaaaaaaaaa", "auth.password.too_common"], [`${ann.email}!`, "auth.password.too_weak"]]) {
    const answer = await ann.calls("/auth/register", { email: ann.email, password });
    assert.equal(answer.status, 422);
    assert.equal(answer.json.authMessageCode, "auth.field.invalid");
    assert.equal(answer.json.fields.password, code);
  }
  const page = await ann.signsUp({ password: "short" });
  assert.ok(page.html.includes(ann.email));
  assert.ok(!page.html.includes("short\""), "a password is never sent back");
});
