// Changing the password from a session: what it needs, and what it ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { told } from "./visitor.mjs";

const newPassword = "six quiet tractors near Utrecht";

async function withTwoBrowsers(t, settings) {
  const house = await startEdgeward(t, { settings });
  const ann = house.visitor();
  await ann.settlesIn();
  const phone = ann.elsewhere();
  const { email, password } = ann;
  await phone.calls("/auth/login", { email, password });
  return { house, ann, phone, email, password };
}

test("on the account page: other browsers are signed out, this one goes on in another session", async (t) => {
  const { ann, phone, email, password } = await withTwoBrowsers(t);
  const before = (await ann.calls("/auth/session")).json.session.id;
  await ann.manages("change-password", { password, newPassword });
  assert.equal(ann.page.path, "/login/account");
  assert.match(ann.page.text, /Your password is changed/);
  await ann.receives("auth.notice.password_changed");

  const { session } = (await ann.calls("/auth/session")).json;
  assert.notEqual(session.id, before);
  assert.equal((await phone.fetch("/private/echo", { method: "POST" })).status, 401);
  assert.equal(told(await phone.calls("/auth/login", { email, password })), "401 auth.login.invalid");
  assert.equal(told(await phone.calls("/auth/login", { email, password: newPassword })), "200 auth.login.success");
});

test("a wrong current password is refused, and counted like one at the sign-in page", async (t) => {
  const { ann, phone, email, password } = await withTwoBrowsers(t, { LIMITS: { address: { marked: ["2/15m"] } } });
  const wrong = () => ann.calls("/auth/change-password", { password: "not at all what she chose", newPassword });
  const first = await wrong();
  assert.equal(told(first), "401 auth.login.invalid");
  assert.deepEqual(first.json.fields, { password: "auth.login.invalid" });
  await wrong();
  assert.equal(told(await wrong()), "429 auth.throttled");
  assert.equal(told(await ann.calls("/auth/change-password", { password, newPassword })), "429 auth.throttled", "the right one waits too");
  assert.ok(await phone.isSignedIn(), "nothing has happened");
  assert.equal(told(await ann.elsewhere().calls("/auth/login", { email, password })), "200 auth.login.success");
});

test("what is missing or weak is named before the current password is looked at", async (t) => {
  const { house, ann, password } = await withTwoBrowsers(t);
  const changes = (fields) => ann.calls("/auth/change-password", fields);
  assert.deepEqual((await changes({ password })).json.fields, { newPassword: "auth.field.required" });
  assert.deepEqual((await changes({ newPassword })).json.fields, { password: "auth.field.required" });
  assert.deepEqual((await changes({ password: "wrong, by far", newPassword: "short" })).json.fields, { newPassword: "auth.password.too_short" });
  assert.deepEqual((await changes({ password, newPassword, email: "eve@example.com" })).json.fields, { email: "auth.field.unknown" });
  assert.equal(told(await house.visitor().calls("/auth/change-password", { password, newPassword })), "401 auth.session.required");
});
