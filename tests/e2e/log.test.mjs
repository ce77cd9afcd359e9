// What operators see of what goes on: a line of JSON for each event, and a point for each line where a dataset
// is bound.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/steps.mjs";
import { startEdgeward } from "./harness.mjs";

const entry = join(root, "tests", "e2e", "counted.mjs");

test("each event is a line that says who, what, how it ended and where from, and is counted", async (t) => {
  const house = await startEdgeward(t, { entry });
  const ann = house.visitor();
  await ann.settlesIn();
  const { id: account } = (await ann.calls("/auth/session")).json.account;
  await ann.signsOut();
  await house.visitor().calls("/auth/login", { email: ann.email, password: "not the sentence that was chosen" });
  await ann.signsIn({ next: "/private/" });
  await house.says('"event":"signed_in"', 2);

  const lines = house.log.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const line = (event) => lines.find((line) => line.event === event);
  const network = ann.address.replace(/\d+$/, "0/24");
  const { request, ...signedIn } = line("signed_in");
  assert.match(request, /^req_[a-z2-7]{26}$/);
  assert.deepEqual(signedIn, { account, event: "signed_in", network, outcome: "done" });
  const { request: other, ...wrong } = line("password_wrong");
  assert.notEqual(other, request);
  assert.deepEqual({ ...wrong, network }, { account: null, event: "password_wrong", network, outcome: "refused" });

  const journal = lines.filter(({ event }) => event === "journal");
  assert.ok(journal.every((line) => line.account === account && /^\d+:[\w-]{43}$/.test(line.end)));
  assert.deepEqual(journal.map(({ what }) => what.event), ["created", "signed_in", "session_ended", "signed_in"]);
  assert.deepEqual(journal.map(({ end }) => Number(end.split(":")[0])), [1, 2, 3, 4]);

  const points = (await house.visitor().fetch("/.test/points")).json;
  const counted = points.map(({ indexes, blobs, doubles }) => [...indexes, ...blobs, ...doubles]);
  assert.deepEqual(
    counted.map((point) => point.join()).sort(),
    lines.map(({ event, outcome }) => [event, event, outcome, 1].join()).sort(),
    "as many points as lines, and nothing in them that says who",
  );
});
