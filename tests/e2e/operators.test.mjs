// What an operator's program may do to accounts, and who is not an operator.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { adminKey, operator } from "./operator.mjs";
import { told } from "./visitor.mjs";

test("an operator finds an account, gives it roles, and takes them away", async (t) => {
  const house = await startEdgeward(t);
  const ops = operator(house);
  const ann = house.visitor();
  await ann.settlesIn();
  const account = await ops.finds(ann.email.toUpperCase());
  assert.equal(account.email, ann.email);
  assert.equal(account.sessions, 1);
  assert.deepEqual((await ops.calls("GET", `/accounts/${account.id}`)).json.account, account);
  assert.equal((await ann.fetch("/admin/echo")).status, 403);

  const before = (await ann.calls("/auth/session")).json.session.id;
  await ops.changes(account.id, { roles: ["admin"] });
  const { session, account: { roles } } = (await ann.calls("/auth/session")).json;
  assert.deepEqual(roles, ["admin"]);
  assert.notEqual(session.id, before, "with other roles a session has another id");
  assert.equal((await ann.fetch("/admin/echo")).status, 200);
  await ops.changes(account.id, { roles: [] });
  assert.equal((await ann.fetch("/admin/echo")).status, 403, "at once, since this rule asks each time");

  for (const path of ["/accounts/acc_aaaaaaaaaaaaaaaaaaaaaaaaaa", "/accounts/x", "/accounts?email=nobody@example.com"]) {
    assert.equal(told(await ops.calls("GET", path)), "404 auth.request.not_found", path);
  }
});

test("an account that is switched off has no session and no way in, and a reset changes nothing about that", async (t) => {
  const house = await startEdgeward(t);
  const ops = operator(house);
  const ann = house.visitor();
  await ann.settlesIn();
  const { email, password } = ann;
  const { id } = await ops.finds(email);
  await ops.changes(id, { enabled: false });
  assert.equal((await ann.fetch("/private/echo", { method: "POST" })).status, 401);
  assert.equal(told(await ann.calls("/auth/login", { email, password })), "403 auth.login.disabled");
  assert.equal(told(await ann.calls("/auth/login", { email, password: "a wrong one, at length" })), "401 auth.login.invalid", "who does not know the password is told nothing");

  assert.equal(told(await ops.calls("POST", `/accounts/${id}/reset`)), "202 auth.admin.reset_sent");
  const chosen = "four patient clocks in Riga";
  assert.equal(told(await ann.calls("/auth/reset", { token: await ann.tokenOf("auth.reset"), password: chosen })), "200 auth.reset.success");
  await ann.receives("auth.notice.password_changed");
  assert.equal(told(await ann.calls("/auth/login", { email, password: chosen })), "403 auth.login.disabled");
  await ann.calls("/auth/magic-request", { email });
  const token = await ann.tokenOf("auth.magic");
  assert.equal(told(await ann.calls("/auth/magic", { token })), "403 auth.login.disabled");

  await ops.changes(id, { enabled: true });
  assert.equal(told(await ann.calls("/auth/login", { email, password: chosen })), "200 auth.login.success");
});

test("an operator ends every session of an account", async (t) => {
  const house = await startEdgeward(t);
  const ops = operator(house);
  const ann = house.visitor();
  await ann.settlesIn();
  const { id } = await ops.finds(ann.email);
  assert.equal((await ops.changes(id, { endSessions: true })).sessions, 0);
  assert.ok(!(await ann.isSignedIn()));
});

test("a key opens what it is for, and no browser opens anything", async (t) => {
  const keys = [adminKey("reader", "read"), adminKey("host", "invitations")];
  const house = await startEdgeward(t, { settings: { ADMIN_KEYS: keys.join(",") } });
  const ann = house.visitor();
  await ann.settlesIn();
  const [reader, host, stranger] = [...keys, adminKey("nobody", "read+accounts")].map((key) => operator(house, key));
  const { id } = await reader.finds(ann.email);
  const email = "guest@example.com";

  const refused = "401 auth.admin.unauthorized";
  assert.equal(told(await reader.calls("PATCH", `/accounts/${id}`, { enabled: false })), refused);
  assert.equal(told(await reader.calls("POST", `/accounts/${id}/reset`)), refused);
  assert.equal(told(await reader.calls("POST", "/invitations", { email })), refused);
  assert.equal(told(await host.calls("GET", `/accounts/${id}`)), refused);
  assert.equal(told(await stranger.calls("GET", `/accounts/${id}`)), refused);
  for (const headers of [{ Origin: house.url }, { Cookie: "a=b" }, { "Sec-Fetch-Site": "same-origin" }, { "Sec-Fetch-Mode": "cors" }]) {
    assert.equal(told(await reader.calls("GET", `/accounts/${id}`, undefined, headers)), "403 auth.admin.browser", JSON.stringify(headers));
  }
  assert.ok(await ann.isSignedIn(), "nothing has happened");

  const answers = [];
  for (let n = 0; n < 12; n += 1) answers.push(told(await stranger.calls("GET", `/accounts/${id}`)));
  assert.equal(answers.at(-1), "429 auth.throttled", "guessing is paid for by the network");
  assert.equal(told(await reader.calls("GET", `/accounts/${id}`)), "200 auth.admin.account", "and by no other");
});

test("what is no change changes nothing", async (t) => {
  const house = await startEdgeward(t);
  const ops = operator(house);
  const ann = house.visitor();
  await ann.settlesIn();
  const before = await ops.finds(ann.email);
  const wrong = {
    roles: [["Admin"], ["a", 7], "admin", Array.from({ length: 17 }, (_, i) => `role${i}`), null],
    enabled: ["false", 0, null],
    forcePasswordChange: ["yes"],
    password: ["a new one, set by hand"],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const { status, json } = await ops.calls("PATCH", `/accounts/${before.id}`, { enabled: false, [name]: value });
      assert.equal(status, 422, `${name}: ${JSON.stringify(value)}`);
      assert.ok(json.fields[name], name);
    }
  }
  assert.deepEqual(await ops.finds(ann.email), before);
});
