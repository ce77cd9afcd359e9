// Everything kept of a person, for that person.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forward, minutes, startClockwork } from "./clock.mjs";
import { startEdgeward } from "./harness.mjs";
import { told } from "./visitor.mjs";

test("the export holds what is kept, and no secret", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const answer = await ann.calls("/auth/export");
  assert.equal(told(answer), "200 auth.export.ready");
  assert.match(answer.headers["cache-control"], /no-store/);
  assert.equal(answer.headers["content-disposition"], 'attachment; filename="account.json"', "a browser saves it");
  const { export: data, account } = answer.json;
  assert.equal(data.id, account.id);
  assert.equal(data.email, ann.email);
  assert.equal(data.hasPassword, true);
  assert.equal(data.sessions.length, 1);
  assert.deepEqual(data.journal.map(({ what }) => what.event), ["created", "signed_in"]);
  assert.ok(!/argon2|pbkdf2/i.test(answer.text), "no hash of the password");
  assert.ok(!answer.text.includes(ann.password));

  assert.equal(told(await house.visitor().calls("/auth/export")), "401 auth.session.required");
  assert.equal((await ann.calls("/auth/export", {})).status, 405);
});

test("an older sign-in is asked for again first", async (t) => {
  const house = await startClockwork(t);
  const ann = house.visitor();
  await ann.settlesIn();
  await forward(house, 5 * minutes);
  assert.equal(told(await ann.calls("/auth/export")), "401 auth.session.reauth");
  const { email, password } = ann;
  assert.equal(told(await ann.calls("/auth/login", { email, password })), "200 auth.login.success");
  assert.equal(told(await ann.calls("/auth/export")), "200 auth.export.ready");
});
