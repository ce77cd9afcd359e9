// Signing in and out: what is answered, what a cookie is worth, and for how long.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";

test("sign-in by JSON gives a session, and the session reaches the origin", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const laptop = ann.elsewhere();

  const answer = await laptop.calls("/auth/login", { email: ann.email, password: ann.password });
  assert.equal(answer.status, 200);
  assert.equal(answer.json.authMessageCode, "auth.login.success");
  assert.equal(answer.json.authMessageType, "success");

  const echo = await laptop.calls("/private/echo?a=1");
  assert.equal(echo.status, 200);
  assert.equal(echo.json.identity.account, answer.json.account.id);
  assert.equal(echo.json.identity.session, answer.json.session.id);
  assert.deepEqual(echo.json.identity.methods, ["password"]);
});

test("a sign-in from a browser that was not known is told to the owner, and one from a known browser is not", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  await ann.signsOut();
  const signsIn = (visitor) => visitor.calls("/auth/login", { email: ann.email, password: ann.password });
  await signsIn(ann);
  await ann.calls("/auth/forgot", { email: ann.email });
  await ann.receives("auth.reset");
  assert.deepEqual(house.mailbox.mails({ type: "auth.notice.new_device" }), []);
  await signsIn(ann.elsewhere());
  await ann.receives("auth.notice.new_device");
});

test("a wrong password and an unknown address are told apart by nothing", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const password = "not at all what she chose";

  const wrong = await ann.elsewhere().calls("/auth/login", { email: ann.email, password });
  const unknown = await house.visitor().calls("/auth/login", { email: "nobody@example.com", password });
  assert.equal(wrong.status, 401);
  assert.equal(wrong.json.authMessageCode, "auth.login.invalid");
  assert.equal(wrong.text, unknown.text);
  const comparable = ({ rawHeaders }) => rawHeaders.filter((text, i) => i % 2 === 0).map((name) => name.toLowerCase()).sort();
  assert.deepEqual(comparable(wrong), comparable(unknown));
});

test("before the address is proved only the right password is told so", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.signsUp();
  await ann.receives("auth.verify");
  const right = await ann.calls("/auth/login", { email: ann.email, password: ann.password });
  assert.equal(right.status, 403);
  assert.equal(right.json.authMessageCode, "auth.login.not_verified");
  const wrong = await ann.calls("/auth/login", { email: ann.email, password: "not at all what she chose" });
  assert.equal(wrong.status, 401);
  assert.equal(wrong.json.authMessageCode, "auth.login.invalid");
});

test("required fields are named before anything is tried", async (t) => {
  const house = await startEdgeward(t);
  const answer = await house.visitor().calls("/auth/login", { email: "ann@example.com", password: "" });
  assert.equal(answer.status, 422);
  assert.deepEqual(answer.json.fields, { password: "auth.field.required" });
  const unknown = await house.visitor().calls("/auth/login", { email: "ann@example.com", password: "x", admin: "true" });
  assert.equal(unknown.status, 422);
  assert.equal(unknown.json.fields.admin, "auth.field.unknown");
});

test("next leads to pages of ours and nowhere else", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example", "/login", "javascript:alert(1)"]) {
    const answer = await ann.elsewhere().fetch("/login", {
      method: "POST",
      form: { email: ann.email, password: ann.password, next },
      headers: { "Sec-Fetch-Mode": "navigate", Accept: "text/html" },
    });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, "/", next);
  }
});

test("after signing out a copied cookie changes nothing any more, and reads no longer than the window", async (t) => {
  const house = await startEdgeward(t, { settings: { LIFETIMES: { window: "1s" } } });
  const ann = house.visitor();
  await ann.settlesIn();
  const thief = ann.thief();
  const before = await thief.fetch("/private/echo", { method: "POST", body: "x" });
  assert.equal(before.status, 200);
  assert.equal(before.headers["edgeward-window"], "0");

  await ann.signsOut();
  assert.equal((await thief.fetch("/private/echo", { method: "POST", body: "x" })).status, 401);
  const deadline = Date.now() + 10_000;
  let read;
  do read = await thief.fetch("/private/echo"); while (read.status === 200 && Date.now() < deadline);
  assert.equal(read.status, 401);
  assert.match(read.json.authMessageCode, /^auth\.session\.(required|ended)$/);
});

test("signing out is for posts of our own pages", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const get = await ann.fetch("/login/logout");
  assert.equal(get.status, 405);
  assert.equal(get.headers.allow, "POST");
  const cross = await ann.fetch("/login/logout", { method: "POST", form: {}, headers: { "Sec-Fetch-Site": "cross-site" } });
  assert.equal(cross.status, 403);
  assert.equal((await ann.calls("/private/echo")).status, 200, "still signed in");

  const out = await ann.calls("/auth/logout", {});
  assert.equal(out.json.authMessageCode, "auth.logout.success");
  assert.equal(ann.jar.value("__Host-edgeward"), undefined);
  assert.ok(ann.jar.value("__Host-edgeward-device"), "the browser stays known");
});

test("feedback is shown once", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.fetch("/login", {
    method: "POST",
    form: { email: ann.email, password: "not at all what she chose" },
    headers: { "Sec-Fetch-Mode": "navigate", Accept: "text/html" },
  });
  const first = await ann.calls("/auth/feedback");
  assert.equal(first.json.authMessageCode, "auth.login.invalid");
  const second = await ann.calls("/auth/feedback");
  assert.notEqual(second.json.authMessageCode, "auth.login.invalid");
});
