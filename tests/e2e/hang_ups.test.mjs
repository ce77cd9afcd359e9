// Whoever leaves in the middle takes nothing along: places to hash, and the turn, come back.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startEdgeward } from "./harness.mjs";

/** Sends a sign-in and hangs up so many milliseconds later, whatever has come by then. */
async function leaves(house, { email, password }, after) {
  const body = JSON.stringify({ email, password });
  const socket = connect(house.port, "127.0.0.1").on("error", () => {});
  await once(socket, "connect");
  const head = ["POST /auth/login HTTP/1.1", `Host: ${new URL(house.url).host}`, "Content-Type: application/json", `Content-Length: ${body.length}`, "CF-Connecting-IP: 198.18.7.1"];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  await pause(after);
  socket.destroy();
}

test("who hangs up in the middle of a sign-in leaves the place to hash to others", async (t) => {
  const limits = { network: { signin: ["1000/1h"] } };
  const house = await startEdgeward(t, { settings: { LIMITS: limits } });
  const people = ["ann", "bob", "carl", "dora", "emil", "fred"].map((name) => house.visitor({ email: `${name}@leaves.example` }));
  for (const one of people) await one.settlesIn();
  for (let after = 0; after <= 120; after += 6) {
    await Promise.all(people.map((one, n) => leaves(house, one, after + n)));
  }
  const [ann] = people;
  // Those that were about to hash when they were left may be at it still.
  let answer;
  for (let tries = 0; tries < 8; tries += 1) {
    answer = await ann.calls("/auth/login", { email: ann.email, password: ann.password });
    if (answer.status !== 503) break;
  }
  assert.equal(answer.status, 200, answer.text);
  const stranger = await ann.elsewhere().calls("/auth/login", { email: ann.email, password: ann.password });
  assert.equal(stranger.status, 200, stranger.text);
});
