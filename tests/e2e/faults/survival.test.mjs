// What was acknowledged is there afterwards: after a restart, after `kill -9`, after a dead notifier.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "../harness.mjs";

const kills = Number(process.env.KILLS ?? 3);

test("accounts and sessions outlive a restart", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  await house.restart();
  assert.equal((await ann.calls("/private/echo")).status, 200, "the session holds");
  const laptop = ann.elsewhere();
  await laptop.signsIn({ next: "/private/" });
  assert.equal(laptop.page.path, "/private/");
});

test(`${kills} times kill -9 after what was acknowledged lose nothing`, async (t) => {
  const house = await startEdgeward(t);
  const settled = [];
  for (let n = 0; n < kills; n += 1) {
    const ann = house.visitor();
    await ann.signsUp();
    await house.kill9();
    await house.start();
    await ann.opensMail();
    await ann.confirms();
    await house.kill9();
    await house.start();
    settled.push(ann);
    for (const { email, password } of settled) {
      const answer = await house.visitor().calls("/auth/login", { email, password });
      assert.equal(answer.json.authMessageCode, "auth.login.success", `${email} after ${n + 1} rounds`);
    }
  }
});

test("a mail that could not be delivered comes when the notifier is back, also after kill -9", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  house.mailbox.fail(500);
  await ann.signsUp();
  await house.kill9();
  house.mailbox.work();
  await house.start();
  await ann.opensMail();
  await ann.confirms();
  assert.ok(ann.jar.value("__Host-edgeward"));
});
