// A sign-in that is too old for what comes next: it is asked for again, and leads back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forward, minutes, seconds, startClockwork } from "./clock.mjs";
import { told } from "./visitor.mjs";

const settings = { ACCESS_RULES: [{ path: "/vault/*", access: "required", reauth: "5m" }] };

async function settled(t) {
  const house = await startClockwork(t, { settings });
  const ann = house.visitor();
  await ann.settlesIn();
  return { house, ann, email: ann.email, password: ann.password };
}

test("a rule asks for a fresh sign-in, and the person comes back in another session", async (t) => {
  const { house, ann, password } = await settled(t);
  assert.equal((await ann.fetch("/vault/gold?bars=2")).status, 200, "just signed in");
  await forward(house, 5 * minutes + 30 * seconds);
  const script = await ann.fetch("/vault/gold?bars=2");
  assert.equal(told(script), "401 auth.session.reauth");
  assert.equal((await ann.fetch("/private/echo")).status, 200, "elsewhere the session is as good as before");

  const before = (await ann.calls("/auth/session")).json.session.id;
  await ann.visits("/vault/gold?bars=2");
  assert.equal(ann.page.path.split("?")[0], "/login");
  assert.match(ann.page.text, /Confirm that it is you/);
  assert.ok(ann.page.html.includes(`value="${ann.email}"`), "whoever is signed in need not say who they are");
  await ann.submits({ password: "not at all what she chose" });
  assert.match(ann.page.text, /Confirm that it is you/, "an error does not lose the way");
  await ann.submits({ password });
  assert.equal(ann.page.path, "/vault/gold?bars=2");
  assert.equal(ann.page.status, 200);
  assert.notEqual((await ann.calls("/auth/session")).json.session.id, before);
  assert.equal((await ann.calls("/auth/sessions")).json.sessions.length, 1);
});

test("any way in counts: a sign-in link does too", async (t) => {
  const { house, ann } = await settled(t);
  await forward(house, 6 * minutes);
  await ann.visits("/vault/gold");
  const [, magic] = /href="(\/login\/magic[^"]*)"/.exec(ann.page.html);
  await ann.visits(magic.replaceAll("&amp;", "&"), { from: "same-origin" });
  await ann.submits({ email: ann.email });
  await ann.opensMail("auth.magic");
  await ann.confirms();
  assert.equal(ann.page.path, "/vault/gold");
  assert.equal(ann.page.status, 200);
});

test("the account page shows, and does what is sensitive after a fresh sign-in only", async (t) => {
  const { house, ann, email, password } = await settled(t);
  await forward(house, 5 * minutes);
  const stale = { "change-email": { email: "ann@elsewhere.example" }, "delete-account": {} };
  for (const [action, fields] of Object.entries(stale)) {
    await ann.visits("/login/account");
    assert.ok(!ann.page.html.includes(`value="${action}"`), action);
    const answer = await ann.fetch("/login/account", { method: "POST", form: { action, ...fields } });
    assert.equal(answer.headers.location, "/login?then=account", action);
  }
  assert.equal(told(await ann.calls("/auth/change-email", { email: "ann@elsewhere.example" })), "401 auth.session.reauth");
  assert.equal(told(await ann.calls("/auth/delete-account", {})), "401 auth.session.reauth");
  assert.equal(told(await ann.calls("/auth/delete-account", { password: "not at all what she chose" })), "401 auth.login.invalid");

  await ann.visits("/login?then=account");
  await ann.submits({ email, password });
  assert.equal(ann.page.path, "/login/account");
  await ann.manages("change-email", { email: "ann@elsewhere.example" });
  await ann.receives("auth.email_change", { to: "ann@elsewhere.example" });
});

test("the password beside an act is as good as a fresh sign-in", async (t) => {
  const { house, ann, password } = await settled(t);
  await forward(house, 6 * minutes);
  const to = "ann@elsewhere.example";
  assert.equal(told(await ann.calls("/auth/change-email", { email: to, password })), "202 auth.email.change_accepted");
  await ann.receives("auth.email_change", { to });
});
