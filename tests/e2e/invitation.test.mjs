// Invitations: for someone new, for someone who has an account, and how they are taken back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { operator } from "./operator.mjs";
import { counted, race } from "./race.mjs";
import { told } from "./visitor.mjs";

const chosen = "seventeen wooden spoons in Tromso";

test("someone new takes up an invitation: a password, an account, the roles it brings", async (t) => {
  const house = await startEdgeward(t, { settings: { REGISTRATION: "invite" } });
  const ops = operator(house);
  const ann = house.visitor();
  assert.equal(told(await ann.calls("/auth/register", { email: ann.email, password: chosen })), "403 auth.register.closed");

  const invitation = await ops.invites(ann.email, ["admin"]);
  assert.deepEqual(invitation.roles, ["admin"]);
  assert.equal(Date.parse(invitation.expiresAt) - Date.parse(invitation.createdAt), 7 * 24 * 3600_000);
  await ann.opensMail("auth.invite");
  assert.equal(ann.page.path, "/login/invite");
  assert.match(ann.page.text, /It comes with these roles: admin/);
  assert.deepEqual((await ops.calls("GET", "/invitations")).json.invitations, [invitation]);

  await ann.confirms({ password: "aaaaaaaaaaaaaaaaaaaa" });
  assert.match(ann.page.text, /first that attackers try/);
  await ann.confirms({ password: chosen });
  assert.equal((await ann.calls("/auth/session")).json.account.email, ann.email);
  assert.equal((await ann.fetch("/admin/echo")).status, 200);
  assert.equal(told(await ann.calls("/auth/login", { email: ann.email, password: chosen })), "200 auth.login.success");
  assert.deepEqual((await ops.calls("GET", "/invitations")).json.invitations, [], "it is open no longer");
});

test("someone who has an account signs in on the way, and comes back to say yes", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  await ann.signsOut();
  await operator(house).invites(ann.email, ["admin"]);

  await ann.opensMail("auth.invite");
  assert.match(ann.page.text, /This address has an account. Sign in with it/);
  const [, detour] = /<a class="button" href="([^"]+)"/.exec(ann.page.html);
  await ann.visits(detour, { from: "same-origin" });
  await ann.submits({ email: ann.email, password: "not at all what she chose" });
  assert.match(ann.page.text, /wrong/);
  await ann.submits({ email: ann.email, password: ann.password });
  assert.equal(ann.page.path, "/login/invite", "back at the invitation, after an error too");
  assert.equal((await ann.fetch("/admin/echo")).status, 403, "signing in alone takes up nothing");

  const before = (await ann.calls("/auth/session")).json.session.id;
  await ann.confirms();
  assert.equal((await ann.fetch("/admin/echo")).status, 200);
  assert.notEqual((await ann.calls("/auth/session")).json.session.id, before);
});

test("nobody takes up somebody else's invitation to an account", async (t) => {
  const house = await startEdgeward(t);
  const [ann, eve] = [house.visitor(), house.visitor()];
  await ann.settlesIn();
  await eve.settlesIn();
  await operator(house).invites(ann.email, ["admin"]);
  const token = await ann.tokenOf("auth.invite");

  await eve.visits(`/login/invite?token=${token}`, { from: "cross-site" });
  assert.match(eve.page.text, /This address has an account/);
  assert.doesNotMatch(eve.page.text, /Your address is confirmed/, "nothing of what went before");
  assert.equal(told(await eve.calls("/auth/invite-complete", { token })), "401 auth.session.required");
  assert.equal(told(await eve.calls("/auth/invite-complete", { token, password: chosen })), "401 auth.session.required");
  assert.equal((await eve.fetch("/admin/echo")).status, 403);
  assert.equal(told(await ann.calls("/auth/invite-complete", { token })), "200 auth.invite.success");
});

test("an invitation is sent again, renewed and taken back", async (t) => {
  const house = await startEdgeward(t);
  const ops = operator(house);
  const ann = house.visitor();
  const { id, expiresAt } = await ops.invites(ann.email);
  const first = await ann.tokenOf("auth.invite");
  const resent = (await ops.calls("POST", `/invitations/${id}/resend`)).json.invitation;
  assert.equal(resent.expiresAt, expiresAt, "a letter again is no longer life");
  const second = await ann.tokenOf("auth.invite", { another: true });
  assert.notEqual(second, first);
  assert.equal((await ops.invites(ann.email, ["staff"])).id, id, "an address has one invitation");
  const third = await ann.tokenOf("auth.invite", { another: true });

  assert.equal(told(await ops.calls("DELETE", `/invitations/${id}`)), "200 auth.invite.revoked");
  for (const token of [first, second, third]) {
    assert.equal(told(await ann.calls("/auth/invite-complete", { token, password: chosen })), "400 auth.token.invalid");
  }
  assert.equal(told(await ops.calls("DELETE", `/invitations/${id}`)), "404 auth.request.not_found");
  assert.equal(told(await ops.calls("POST", `/invitations/${id}/resend`)), "404 auth.request.not_found");
});

test("100 post one invitation at once: one account, one session", async (t) => {
  const house = await startEdgeward(t, { settings: { LIMITS: { network: { link: ["10000/1m"] } }, HASH_PAUSE: "0ms" } });
  const ann = house.visitor();
  await operator(house).invites(ann.email, ["staff"]);
  const token = await ann.tokenOf("auth.invite");
  const runners = Array.from({ length: 100 }, (_, i) => house.visitor({ address: `198.19.4.${i % 10}` }));
  const answers = await race(100, async (hold, i) => {
    const posts = (extra) => runners[i].calls("/auth/invite-complete", { token, password: `${chosen}, said number ${i}` }, extra);
    let answer = await posts({ hold });
    while (answer.status === 503) answer = await posts();
    return answer;
  });
  const { "200 auth.invite.success": won, ...lost } = counted(answers.map(told));
  assert.equal(won, 1, JSON.stringify(lost));
  for (const outcome of Object.keys(lost)) assert.match(outcome, /^(400 auth\.token\.used|401 auth\.session\.required)$/);
  const winner = answers.findIndex(({ status }) => status === 200);
  assert.equal((await runners[winner].calls("/auth/sessions")).json.sessions.length, 1);
  assert.equal(await house.stored("AccountObject"), 1);
});
