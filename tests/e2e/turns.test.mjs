// A password hash lets nothing else run. Many sign-ins at once take turns, and requests for the application pass
// in between.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";

test("between two password hashes other requests pass", async (t) => {
  const house = await startEdgeward(t, { settings: { HASH_PAUSE: "300ms" } });
  const [ann, ...others] = ["ann", "bob", "carl", "dora", "emil"].map((name) => house.visitor({ email: `${name}@turns.example` }));
  for (const one of [ann, ...others]) await one.settlesIn();

  const events = [];
  const signIns = others.map(async (one) => {
    const { email, password } = one;
    const { status } = await one.calls("/auth/login", { email, password });
    events.push(`sign-in ${status}`);
  });
  const all = Promise.all(signIns).then(() => events.push("done"));
  while (events.at(-1) !== "done") {
    const { status } = await ann.fetch("/private/echo");
    if (events.at(-1) !== "done") events.push(`page ${status}`);
  }
  await all;

  const answered = events.flatMap((event, at) => (event === "sign-in 200" ? [at] : []));
  assert.equal(answered.length, others.length, events.join(", "));
  for (const [n, at] of answered.slice(1).entries()) {
    const between = events.slice(answered[n] + 1, at);
    assert.ok(between.includes("page 200"), `nothing passed between sign-in ${n + 1} and ${n + 2}: ${events.join(", ")}`);
  }
});
