// A panic takes its wasm instance along, and what the instance had promised to others. Nothing in Edgeward
// panics; if something does all the same, nobody hangs, and the next request finds everything as it was.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { root } from "../../../scripts/steps.mjs";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";

const entry = join(root, "tests", "e2e", "faults", "trapping.mjs");
const timeout = 60_000;

/** Counts a request that met a panic, or came after one, and fails the test when its answer is not this. */
function served(is, wanted, why) {
  figure("panic", { tried: 1, survived: is === wanted ? 1 : 0 });
  assert.equal(is, wanted, why);
}

const traps = [
  { where: "gate", path: "/private/echo", title: "in the gate" },
  { where: "serve", path: "/auth/health", title: "in the future of a request" },
  { where: "account", path: "/auth/session", title: "in an object while it answers" },
];

for (const { where, path, title } of traps) {
  test(`after a panic ${title} the next request is served`, { timeout }, async (t) => {
    const house = await startEdgeward(t, { entry });
    const ann = house.visitor();
    await ann.settlesIn();
    const instances = async () => Number((await ann.fetch("/", { headers: { "X-Trap": "instance" } })).text);
    const before = await instances();

    const struck = await ann.fetch(path, { headers: { "X-Trap": where } });
    served(struck.status, 500, "whom it hits learns so, and soon");
    await house.says("RuntimeError: unreachable");

    served((await ann.fetch("/public/echo")).status, 200);
    assert.ok((await instances()) > before, "by another instance");
    served((await ann.fetch("/private/echo")).json.identity.account.slice(0, 4), "acc_");
    served((await ann.calls("/auth/session")).status, 200, "objects that were awake answer too");
    await ann.signsOut();
    await ann.signsIn({ next: "/private/" });
    served(ann.page.path, "/private/");
    const ben = house.visitor();
    await ben.settlesIn();
    assert.ok(ben.jar.value("__Host-edgeward"), "and new ones, with their alarms");
  });
}

test("a panic cuts off no request that the origin is answering", { timeout }, async (t) => {
  const house = await startEdgeward(t, { entry });
  const eve = house.visitor();
  const slow = house.visitor().fetch("/public/slow?ms=1500");
  while (!house.origin.requests.some(({ url }) => url.startsWith("/public/slow"))) await pause(5);
  assert.equal((await eve.fetch("/public/", { headers: { "X-Trap": "gate" } })).status, 500);
  served((await eve.fetch("/public/")).status, 200);
  const { status, text } = await slow;
  served(`${status} ${text}`, "200 at last\n");
});

test("who waits for an instance that dies is told, and does not hang", { timeout }, async (t) => {
  const house = await startEdgeward(t, { entry });
  const eve = house.visitor();
  // The wrong password waits for its beat, half a second. On a busy machine that may be over before the trap is
  // sprung; then somebody else waits.
  for (let n = 1, struck; struck !== 500; n += 1) {
    const bystander = house.visitor();
    const { email, password } = bystander;
    const waiting = bystander.calls("/auth/login", { email, password });
    await house.says("password_wrong", n);
    assert.equal((await eve.fetch("/public/", { headers: { "X-Trap": "gate" } })).status, 500);
    struck = (await waiting).status;
    if (struck === 401) continue;
    served(struck, 500, "the beat dies");
    served((await bystander.calls("/auth/login", { email, password })).status, 401);
  }
});
