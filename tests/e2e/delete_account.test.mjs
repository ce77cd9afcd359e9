// The end of an account: at once for its sessions, and a mail that takes it back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { told } from "./visitor.mjs";

test("whoever deletes their account is signed out everywhere, and can change their mind", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const { email, password } = ann;
  const phone = ann.elsewhere();
  await phone.calls("/auth/login", { email, password });

  await t.test("it asks for its button, and every session ends", async () => {
    await ann.manages("delete-account");
    assert.equal(ann.page.path, "/login");
    assert.match(ann.page.text, /Your account will be deleted/);
    assert.equal(ann.jar.value("__Host-edgeward"), undefined);
    assert.equal((await phone.fetch("/private/echo", { method: "POST" })).status, 401);
    assert.equal(told(await ann.calls("/auth/login", { email, password })), "403 auth.login.disabled");
  });

  await t.test("asking for a way in brings the way back, and nothing else", async () => {
    const first = await ann.receives("auth.notice.deletion");
    await ann.calls("/auth/forgot", { email });
    const again = await ann.receives("auth.notice.deletion", { another: true });
    assert.notEqual(again.link, first.link);
    assert.deepEqual(house.mailbox.mails({ to: email, type: "auth.reset" }), []);
    assert.equal(Date.parse(again.expiresAt), Date.parse(first.expiresAt), "within the same three days");
  });

  await t.test("the address is not free", async () => {
    const eve = house.visitor({ email });
    assert.equal(told(await eve.calls("/auth/register", { email, password: "a stranger's own sentence" })), "202 auth.register.check_email");
    assert.equal(house.mailbox.mails({ to: email, type: "auth.verify" }).length, 1, "the one of the sign-up");
  });

  await t.test("the link of the mail keeps the account", async () => {
    await ann.opensMail("auth.notice.deletion");
    assert.equal(ann.page.path, "/login/undo");
    assert.match(ann.page.text, /Keep your account/);
    await ann.confirms();
    assert.equal(ann.page.path, "/login");
    assert.equal(ann.jar.value("__Host-edgeward"), undefined, "it signs nobody in");
    assert.equal(told(await ann.calls("/auth/login", { email, password })), "200 auth.login.success");
  });
});

test("by JSON: deleting needs a session, and a foreign page has none", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  assert.equal(told(await house.visitor().calls("/auth/delete-account", {})), "401 auth.session.required");
  assert.equal(told(await ann.calls("/auth/delete-account", {}, { headers: { "Sec-Fetch-Site": "cross-site" } })), "403 auth.request.cross_site");
  assert.equal(told(await ann.calls("/auth/delete-account", { sure: "yes" })), "422 auth.field.invalid");
  assert.ok(await ann.isSignedIn());
  assert.equal(told(await ann.calls("/auth/delete-account", {})), "200 auth.account.deletion_started");
  await ann.receives("auth.notice.deletion");
});
