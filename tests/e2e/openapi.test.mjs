// docs/openapi.yaml says what the JSON routes are. Here: it is well-formed, it has the routes and codes of the
// program and no others, and the running Worker keeps to it whatever it is sent by a program that reads it.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { pythonBin } from "../../scripts/python.mjs";
import { quietEnv, run } from "../../scripts/steps.mjs";
import { codes, operatorsKey, readDocument, routes } from "./document.mjs";
import { startEdgeward } from "./harness.mjs";
import { proxied, proxyKey } from "./operator.mjs";

const timeout = 180_000;

/** Room for every case: this is about shapes, not about budgets. */
const settings = proxied({
  LIMITS: {
    address: { unmarked: ["1000000/1m"], marked: ["1000000/1m"] },
    network: Object.fromEntries(["signin", "signup", "mail", "link", "admin"].map((name) => [name, ["1000000/1m"]])),
    mail: { strangers: ["1000000/1m"], known: ["1000000/1m"] },
  },
});

let document;
before(async () => (document = await readDocument()));

/** Compares what the document has with what the program has. */
function compare(what, documented, real) {
  const lacks = (list, other) => list.filter((one) => !other.includes(one));
  assert.ok(real.length >= 10, `the program's ${what} are found`);
  assert.deepEqual(lacks(real, documented), [], `docs/openapi.yaml lacks these ${what} of the program`);
  assert.deepEqual(lacks(documented, real), [], `docs/openapi.yaml has these ${what}, and the program has not`);
}

test("the document has the routes of the program, and no others", () => compare("routes", document.operations.map(({ name }) => name), routes()));

test("the document has the codes of the program, and no others", () => compare("codes", document.codes, codes()));

/** Tries operations with schemathesis, which makes up what to send. `as`: credentials that the document names. */
async function conforms(t, house, { operations, as = {}, headers = [] }) {
  const schemathesis = ["--config-file", "tests/openapi/schemathesis.toml", "--no-color", "run", document.writeStrict(t), "--url", house.url];
  const env = { ...quietEnv, EDGEWARD_SESSION: as.session ?? "none", EDGEWARD_OPERATOR: as.operator ?? "none", EDGEWARD_PROXY: as.proxy ?? "none" };
  try {
    const printed = await run(pythonBin("schemathesis"), [...schemathesis, ...operations, ...headers.flatMap((line) => ["--header", line])], { env, show: "none" });
    t.diagnostic(/\d+ generated, .*/.exec(printed)[0]);
  } catch (error) {
    assert.fail(error.printed?.replace(/^.*?(?==+ (ERRORS|FAILURES) =)/s, "") ?? error);
  }
}

// All at once: most of the time they wait, since answers that must not tell by their time leave on the beat.
describe("the Worker keeps to the document", { concurrency: true }, () => {
  const strangers = {
    "to sign in": ["--include-tag", "sign in"],
    "to sign up": ["--include-tag", "sign up"],
    otherwise: ["sign in", "sign up", "operators"].flatMap((tag) => ["--exclude-tag", tag]),
  };
  for (const [what, operations] of Object.entries(strangers)) {
    test(`whatever strangers send ${what}`, { timeout }, async (t) => {
      const house = await startEdgeward(t, { settings, unopenedMail: true });
      await conforms(t, house, { operations });
    });
  }

  test("whatever somebody sends who is signed in", { timeout }, async (t) => {
    const house = await startEdgeward(t, { settings, unopenedMail: true });
    const ann = house.visitor();
    await ann.settlesIn();
    // Those would end the session that the others need.
    const ends = ["logout", "endSessions", "deleteAccount"];
    const wanted = document.real.map(({ about }) => about).filter(({ security, operationId }) => security?.some(({ session }) => session) && !ends.includes(operationId));
    const operations = wanted.flatMap(({ operationId }) => ["--include-operation-id", operationId]);
    await conforms(t, house, { operations, as: { session: ann.jar.value("__Host-edgeward") }, headers: [`Origin: ${house.url}`] });
    assert.equal((await ann.calls("/auth/session")).status, 200, "the session outlived it");
  });

  test("whatever an operator's program sends", { timeout }, async (t) => {
    const house = await startEdgeward(t, { settings, unopenedMail: true });
    await conforms(t, house, { operations: ["--include-tag", "operators"], as: { operator: operatorsKey(house) } });
  });

  test("whatever a proxy asks", { timeout }, async (t) => {
    const house = await startEdgeward(t, { settings, unopenedMail: true });
    await conforms(t, house, { operations: ["--include-tag", "proxies"], as: { proxy: proxyKey } });
  });
});
