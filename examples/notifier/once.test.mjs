// What is remembered of letters that left, for how long, and how many of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { rememberSent } from "./once.mjs";

const day = 24 * 60 * 60 * 1000;
const sends = async () => "sent";
const fails = async () => "down";

test("what was sent is remembered for a day", async () => {
  let now = 0;
  const once = rememberSent({ now: () => now });
  assert.equal(await once("a", sends), "sent");
  now = day - 1;
  assert.equal(await once("a", sends), "again");
  now = day;
  assert.equal(await once("a", sends), "sent");
  now = day + 1;
  assert.equal(await once("a", sends), "again", "and then for another");
});

test("what failed is not remembered", async () => {
  const once = rememberSent();
  assert.equal(await once("a", fails), "down");
  await assert.rejects(once("a", async () => assert.fail("broken")), /broken/);
  assert.equal(await once("a", sends), "sent");
});

test("only so many are remembered, the newest", async () => {
  const once = rememberSent({ remembered: 2 });
  for (const id of ["a", "b", "c"]) await once(id, sends);
  assert.deepEqual([await once("b", sends), await once("c", sends)], ["again", "again"]);
  assert.equal(await once("a", sends), "sent");
});

test("of two tries at once one sends", async () => {
  const once = rememberSent();
  let sent = 0;
  const send = async () => (sent++, "sent");
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => once("a", send)));
  assert.equal(sent, 1);
  assert.deepEqual([...new Set(outcomes)], ["sent", "again"]);
});
