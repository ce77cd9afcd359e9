// A password that an operator wants replaced: the right one leads to the change, and nowhere else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { operator } from "./operator.mjs";
import { told } from "./visitor.mjs";

const chosen = "eleven borrowed ladders in Graz";

async function forced(t) {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const ops = operator(house);
  const { id } = await ops.finds(ann.email);
  assert.equal((await ops.changes(id, { forcePasswordChange: true })).forcePasswordChange, true);
  assert.ok(!(await ann.isSignedIn()), "a session from before would go around it");
  return { house, ann, ops, id };
}

test("by JSON: the right password is told so, and signs in with a new one beside it", async (t) => {
  const { ann, ops, id } = await forced(t);
  const { email, password } = ann;
  const signsIn = (fields) => ann.calls("/auth/login", { email, password, ...fields });
  assert.equal(told(await signsIn()), "403 auth.login.password_change_required");
  assert.equal(ann.jar.value("__Host-edgeward"), undefined);
  assert.equal(told(await signsIn({ password: "what someone else would try" })), "401 auth.login.invalid");
  assert.equal(told(await signsIn({ password: "what someone else would try", newPassword: chosen })), "401 auth.login.invalid");
  assert.equal((await signsIn({ newPassword: "aaaaaaaaaaaaaaaaaa" })).json.fields.newPassword, "auth.password.too_common");

  assert.equal(told(await signsIn({ newPassword: chosen })), "200 auth.login.success");
  await ann.receives("auth.notice.password_changed");
  assert.ok(await ann.isSignedIn());
  assert.equal((await ops.calls("GET", `/accounts/${id}`)).json.account.forcePasswordChange, false);
  assert.equal(told(await signsIn()), "401 auth.login.invalid", "the old one is gone");
});

test("by page: the change is a step of the sign-in, and leads on to where they wanted to go", async (t) => {
  const { house, ann } = await forced(t);
  await ann.signsIn({ next: "/private/?tab=5" });
  assert.equal(ann.page.path, "/login");
  assert.match(ann.page.text, /Replace your password/);
  assert.equal(ann.jar.value("__Host-edgeward"), undefined);
  assert.equal((await ann.visits("/private/")).path.split("?")[0], "/login", "nothing is open before it is done");

  await ann.visits("/login");
  await ann.submits({ newPassword: "aaaaaaaaaaaaaaaaaa" });
  assert.match(ann.page.text, /first that attackers try/);
  await ann.submits({ newPassword: chosen });
  assert.equal(ann.page.path, "/private/?tab=5");
  await ann.receives("auth.notice.password_changed");

  const { email } = ann;
  assert.equal(told(await house.visitor().calls("/auth/login", { email, password: ann.password })), "401 auth.login.invalid");
});

test("the waiting change is void when the password was replaced meanwhile", async (t) => {
  const { house, ann } = await forced(t);
  const eve = ann.elsewhere();
  await eve.signsIn();
  assert.match(eve.page.text, /Replace your password/);
  await ann.calls("/auth/forgot", { email: ann.email });
  assert.equal(told(await ann.calls("/auth/reset", { token: await ann.tokenOf("auth.reset"), password: chosen })), "200 auth.reset.success");
  await ann.receives("auth.notice.password_changed");

  await eve.submits({ newPassword: "the sentence of somebody who came too late" });
  assert.equal(eve.jar.value("__Host-edgeward"), undefined);
  const { email } = ann;
  assert.equal(told(await house.visitor().calls("/auth/login", { email, password: chosen })), "200 auth.login.success");
});

test("a sign-in link does not go around it", async (t) => {
  const { ann } = await forced(t);
  await ann.calls("/auth/magic-request", { email: ann.email });
  const token = await ann.tokenOf("auth.magic");
  assert.equal(told(await ann.calls("/auth/magic", { token })), "403 auth.login.password_change_required");
  assert.equal(ann.jar.value("__Host-edgeward"), undefined);
});
