// What was acknowledged is there afterwards: after a restart, after `kill -9`, after a dead notifier.

import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";

const kills = isFull ? 10 : 3;

/** Counts what was told and whether it holds; the test fails when it does not. */
async function holds(what, isTrue) {
  const isSo = Boolean(await isTrue);
  figure("survival", { tried: 1, survived: isSo ? 1 : 0 });
  assert.ok(isSo, what);
}
const isOpen = (answer, code) => answer.then(({ json }) => json.authMessageCode === code);

test("accounts and sessions outlive a restart", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  await house.restart();
  await holds("the session lives", ann.isSignedIn());
  const laptop = ann.elsewhere();
  await laptop.signsIn({ next: "/private/" });
  await holds("the password opens", laptop.page.path === "/private/");
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
      const answer = house.visitor().calls("/auth/login", { email, password });
      await holds(`${email} after ${n + 1} rounds`, isOpen(answer, "auth.login.success"));
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
  await holds("the letter came, and its link works", ann.isSignedIn());
});
