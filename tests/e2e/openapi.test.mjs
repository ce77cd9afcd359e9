// docs/openapi.yaml says what the JSON routes are: it is well-formed, it has the routes and codes of the
// program and no others, and the running Worker keeps to it, whatever it is sent.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ensurePythonPackages, pythonBin } from "../../scripts/python.mjs";
import { quietEnv, root, run } from "../../scripts/steps.mjs";
import { startEdgeward } from "./harness.mjs";

/** What the document has and the program has not yet. To be emptied; what came to be must be taken out. */
const notYet = {
  routes: [
    "POST /auth/forgot",
    "POST /auth/reset",
    "POST /auth/magic-request",
    "POST /auth/magic",
    "POST /auth/invite-complete",
    "POST /auth/undo",
    "POST /auth/change-password",
    "POST /auth/change-email",
    "POST /auth/delete-account",
    "GET /auth/export",
    "POST /auth/end-sessions",
    "GET /auth/client.js",
    "POST /auth/admin/invitations",
    "GET /auth/admin/invitations",
    "POST /auth/admin/invitations/{id}/resend",
    "DELETE /auth/admin/invitations/{id}",
    "GET /auth/admin/accounts",
    "GET /auth/admin/accounts/{id}",
    "PATCH /auth/admin/accounts/{id}",
    "POST /auth/admin/accounts/{id}/reset",
    "POST /auth/admin/links",
    "GET /auth/admin/links/{id}",
    "DELETE /auth/admin/links/{id}",
  ],
  codes: [
    "auth.magic.closed",
    "auth.invite.sent",
    "auth.invite.revoked",
    "auth.invite.list",
    "auth.email.taken",
    "auth.session.all_revoked",
    "auth.session.reauth",
    "auth.account.deletion_started",
    "auth.undo.email",
    "auth.undo.deletion",
    "auth.export.ready",
    "auth.link.opened",
    "auth.link.created",
    "auth.link.revoked",
    "auth.admin.account",
    "auth.admin.updated",
    "auth.admin.reset_sent",
    "auth.admin.unauthorized",
    "auth.admin.browser",
  ],
};

const timeout = 180_000;
const folder = mkdtempSync(join(tmpdir(), "edgeward-openapi-"));
after(() => rmSync(folder, { recursive: true }));

let document;

before(async () => {
  await ensurePythonPackages();
  document = JSON.parse(await run(pythonBin("python"), ["tests/openapi/document.py", "lint", "docs/openapi.yaml"], { show: "none" }));
});

const methods = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/** Each operation of the document, as `POST /auth/login`. */
const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => `${method.toUpperCase()} ${path}`),
  );

/** The JSON routes of the program: every entry of ROUTES that is no page. */
function routes() {
  const source = readFileSync(join(root, "src/web/routes.rs"), "utf8");
  const [, table] = /pub const ROUTES: &\[Route\] = &\[\n(.*?)\n\];/s.exec(source);
  const entries = [...table.matchAll(/^ {4}(\w+)\(\s*"([^"]*)",\s*&\[([^\]]*)\]/gm)];
  assert.equal(entries.length, table.match(/^ {4}\w+\(/gm).length, "every entry of ROUTES was understood");
  return entries
    .filter(([, surface]) => surface !== "page")
    .flatMap(([, , path, list]) => [...list.matchAll(/"([A-Z]+)"/g)].map(([, method]) => `${method} /auth${path}`));
}

/** The codes of the program. */
const codes = () => [...readFileSync(join(root, "src/pages/code.rs"), "utf8").matchAll(/^ {4}\w+ = "(auth\.[a-z._]+)" \w+,$/gm)].map(([, code]) => code);

/** Compares what the document has with what the program has, and what is said to be to come. */
function compare(what, documented, real, toCome) {
  const lacks = (list, other) => list.filter((one) => !other.includes(one));
  assert.ok(real.length >= 10, `the program's ${what} are found`);
  assert.deepEqual(lacks(real, documented), [], `docs/openapi.yaml lacks these ${what} of the program`);
  assert.deepEqual(lacks(lacks(documented, real), toCome), [], `docs/openapi.yaml has these ${what}, and the program has not`);
  assert.deepEqual(lacks(toCome, lacks(documented, real)), [], `these ${what} are no longer to come: take them out of notYet`);
}

test("the document has the routes of the program, and no others", () => compare("routes", operations(), routes(), notYet.routes));

test("the document has the codes of the program, and no others", () => compare("codes", document.components.schemas.Code.enum, codes(), notYet.codes));

test("every answer that asks for patience says how long", () => {
  for (const name of ["Throttled", "Busy"]) assert.ok(document.components.responses[name].headers["Retry-After"], name);
});

/**
 * The document as the program must keep to it: the routes there are, and no member in an answer that is not
 * described. People who read it are told to expect more, so the document itself does not say so.
 */
function strict() {
  const known = routes();
  const copy = structuredClone(document);
  for (const [path, item] of Object.entries(copy.paths)) {
    for (const method of methods.filter((method) => item[method])) {
      if (!known.includes(`${method.toUpperCase()} ${path}`)) delete item[method];
      else Object.values(item[method].responses).forEach(close);
    }
    if (!methods.some((method) => item[method])) delete copy.paths[path];
  }
  const { responses, schemas } = copy.components;
  Object.values(responses).forEach(close);
  for (const schema of [schemas.Account, schemas.Session, schemas.Sessions.items, schemas.Export, schemas.Invitation]) schema.unevaluatedProperties = false;
  return copy;
}

const close = ({ content = {} }) => {
  if (content["application/json"]) content["application/json"].schema.unevaluatedProperties = false;
};

/** Room for every case: this is about shapes, not about budgets. */
const settings = {
  LIMITS: {
    address: { unmarked: ["1000000/1m"], marked: ["1000000/1m"] },
    network: { signin: ["1000000/1m"], signup: ["1000000/1m"], mail: ["1000000/1m"], link: ["1000000/1m"] },
  },
};

const strictFile = () => {
  const file = join(folder, "strict.json");
  writeFileSync(file, JSON.stringify(strict()));
  return file;
};

/** Tries these operations with schemathesis; `as` are the credentials that the document names. */
async function conforms(t, house, { operations, as = {}, args = [] }) {
  const schemathesis = ["--config-file", "tests/openapi/schemathesis.toml", "--no-color", "run", strictFile(), "--url", house.url];
  const env = { ...quietEnv, EDGEWARD_SESSION: as.session ?? "none", EDGEWARD_OPERATOR: as.operator ?? "none" };
  const printed = await run(pythonBin("schemathesis"), [...schemathesis, ...operations, ...args], { env, show: "none" });
  t.diagnostic(/\d+ generated, .*/.exec(printed)?.[0] ?? printed);
}

test("the Worker keeps to the document, whatever strangers send", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings, unopenedMail: true });
  await conforms(t, house, { operations: ["--exclude-tag", "operators"] });
});

test("the Worker keeps to the document, whatever somebody sends who is signed in", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings, unopenedMail: true });
  const ann = house.visitor();
  await ann.settlesIn();
  const known = routes();
  // Those that end the session which the others need are told in the story below.
  const ends = ["logout", "endSessions", "deleteAccount"];
  const asks = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]?.security?.some((one) => one.session) && known.includes(`${method.toUpperCase()} ${path}`)).map((method) => item[method].operationId),
  );
  const operations = asks.filter((id) => !ends.includes(id)).flatMap((id) => ["--include-operation-id", id]);
  await conforms(t, house, { operations, as: { session: ann.jar.value("__Host-edgeward") }, args: ["--header", `Origin: ${house.url}`] });
  assert.equal((await ann.calls("/auth/session")).status, 200, "the session outlived it");
});
