// docs/openapi.yaml says what the JSON routes are. Here: it is well-formed, it has the routes and codes of the
// program and no others, and the running Worker keeps to it whatever it is sent by a program that reads it.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { pythonBin } from "../../scripts/python.mjs";
import { quietEnv, run } from "../../scripts/steps.mjs";
import { codes, operatorsKey, readDocument, routes } from "./document.mjs";
import { startEdgeward } from "./harness.mjs";

const timeout = 180_000;

/** Room for every case: this is about shapes, not about budgets. */
const settings = {
  LIMITS: {
    address: { unmarked: ["1000000/1m"], marked: ["1000000/1m"] },
    network: Object.fromEntries(["signin", "signup", "mail", "link", "admin"].map((name) => [name, ["1000000/1m"]])),
    mail: { strangers: ["1000000/1m"], known: ["1000000/1m"] },
  },
};

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
  const env = { ...quietEnv, EDGEWARD_SESSION: as.session ?? "none", EDGEWARD_OPERATOR: as.operator ?? "none" };
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
});

/** What makes a request an operator's program's, and no browser's. */
const asProgram = (house) => ({ Authorization: `Bearer ${operatorsKey(house)}`, Origin: null, "Sec-Fetch-Site": null, "Sec-Fetch-Mode": null });

test("each route succeeds once, and every answer on the way there is described", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings, unopenedMail: true });
  const answers = [];
  const program = asProgram(house);

  /** Calls an operation and writes its answer down. `code` is what it must be. */
  async function calls(who, operation, code, body, { id, query = "", ...options } = {}) {
    const [method, path] = operation.split(" ");
    const answer = await who.calls(path.replace("{id}", id) + query, body, { method, ...options });
    answers.push({ operation, status: answer.status, headers: answer.headers, body: answer.json });
    assert.equal(answer.json.authMessageCode, code, `${operation}: ${answer.text}`);
    return answer.json;
  }
  const operates = (operation, code, body, options) => calls(house.visitor(), operation, code, body, { ...options, headers: program });
  const token = async (to, type) => new URL((await house.mailbox.received({ to, type })).link).searchParams.get("token");

  const ann = house.visitor();
  const { email, password } = ann;
  await calls(ann, "GET /auth/health", "auth.health.ok");
  await calls(ann, "GET /auth/feedback", "auth.feedback.none");
  await calls(ann, "POST /auth/register", "auth.field.invalid", { email, password: "too short" });
  await calls(ann, "POST /auth/register", "auth.register.check_email", { email, password, next: "/private/" });
  await calls(ann, "POST /auth/login", "auth.login.not_verified", { email, password });
  await calls(ann, "POST /auth/resend", "auth.resend.accepted", { email });
  const verification = await token(email, "auth.verify");
  await calls(ann.elsewhere(), "POST /auth/verify", "auth.verify.password_needed", { token: verification });
  await calls(ann, "POST /auth/verify", "auth.verify.success", { token: verification });
  await calls(ann, "POST /auth/verify", "auth.token.used", { token: verification });
  await calls(ann, "GET /auth/session", "auth.session.active");

  const other = ann.elsewhere();
  const { session } = await calls(other, "POST /auth/login", "auth.login.success", { email, password });
  await calls(ann, "GET /auth/sessions", "auth.session.active");
  await calls(ann, "DELETE /auth/sessions/{id}", "auth.session.revoked", undefined, { id: session.id });
  await calls(ann, "DELETE /auth/sessions/{id}", "auth.request.not_found", undefined, { id: session.id });
  await calls(other, "GET /auth/session", "auth.session.ended");
  await calls(ann, "POST /auth/end-sessions", "auth.session.others_revoked", { which: "others" });
  await calls(ann, "POST /auth/logout", "auth.logout.success");
  await calls(ann, "POST /auth/logout", "auth.request.cross_site", {}, { headers: { "Sec-Fetch-Site": "cross-site" } });
  await calls(ann, "GET /auth/session", "auth.session.required");

  const chosen = "a sentence that is quite another one";
  await calls(ann, "POST /auth/forgot", "auth.forgot.accepted", { email });
  await calls(ann, "POST /auth/reset", "auth.reset.success", { token: await token(email, "auth.reset"), password: chosen });
  await calls(ann, "POST /auth/magic-request", "auth.magic.accepted", { email });
  await calls(ann, "POST /auth/magic", "auth.magic.success", { token: await token(email, "auth.magic") });
  await calls(ann, "POST /auth/change-password", "auth.login.invalid", { password, newPassword: password });
  await calls(ann, "POST /auth/change-password", "auth.password.changed", { password: chosen, newPassword: password });
  await calls(ann, "GET /auth/export", "auth.export.ready");

  const moved = "ann-moved@example.com";
  await calls(ann, "POST /auth/change-email", "auth.email.change_accepted", { email: moved });
  await calls(ann, "POST /auth/change-email", "auth.email.changed", { token: await token(moved, "auth.email_change") });
  await calls(ann, "POST /auth/undo", "auth.undo.email", { token: await token(email, "auth.notice.email_changed") });
  await calls(ann, "POST /auth/forgot", "auth.forgot.accepted", { email });
  await house.mailbox.received({ to: email, type: "auth.reset" });

  const ben = house.visitor();
  await ben.settlesIn();
  await calls(ben, "POST /auth/delete-account", "auth.account.deletion_started", {});
  await calls(ben, "POST /auth/undo", "auth.undo.deletion", { token: await token(ben.email, "auth.notice.deletion") });
  await calls(ben, "POST /auth/login", "auth.login.success", { email: ben.email, password: ben.password });
  await calls(ben, "POST /auth/end-sessions", "auth.session.all_revoked", { which: "all" });

  const cleo = house.visitor();
  const { invitation } = await operates("POST /auth/admin/invitations", "auth.invite.sent", { email: cleo.email, roles: ["billing"] });
  await operates("GET /auth/admin/invitations", "auth.invite.list");
  await operates("POST /auth/admin/invitations/{id}/resend", "auth.invite.sent", undefined, { id: invitation.id });
  await calls(cleo, "POST /auth/invite-complete", "auth.invite.success", { token: await token(cleo.email, "auth.invite"), password: cleo.password });
  const second = await operates("POST /auth/admin/invitations", "auth.invite.sent", { email: "dora@example.com" });
  await operates("DELETE /auth/admin/invitations/{id}", "auth.invite.revoked", undefined, { id: second.invitation.id });
  const { account } = await operates("GET /auth/admin/accounts", "auth.admin.account", undefined, { query: `?email=${cleo.email}` });
  await operates("GET /auth/admin/accounts/{id}", "auth.admin.account", undefined, { id: account.id });
  await operates("POST /auth/admin/accounts/{id}/reset", "auth.admin.reset_sent", undefined, { id: account.id });
  await operates("PATCH /auth/admin/accounts/{id}", "auth.admin.updated", { forcePasswordChange: true, roles: [] }, { id: account.id });
  await calls(cleo, "POST /auth/login", "auth.login.password_change_required", { email: cleo.email, password: cleo.password });
  await operates("PATCH /auth/admin/accounts/{id}", "auth.admin.updated", { enabled: false }, { id: account.id });
  await calls(cleo, "POST /auth/login", "auth.login.disabled", { email: cleo.email, password: cleo.password });
  await calls(house.visitor(), "GET /auth/admin/accounts/{id}", "auth.admin.browser", undefined, { id: account.id });
  await calls(house.visitor(), "GET /auth/admin/accounts/{id}", "auth.admin.unauthorized", undefined, { id: account.id, headers: { ...program, Authorization: "Bearer AAAA" } });

  const eve = house.visitor();
  await eve.settlesIn();
  await calls(eve, "GET /auth/opened/{id}", "auth.request.not_found", undefined, { id: "reset" });
  await calls(eve, "POST /auth/forgot", "auth.forgot.accepted", { email: eve.email });
  await eve.opensMail("auth.reset");
  await calls(eve, "GET /auth/opened/{id}", "auth.link.waiting", undefined, { id: "reset" });

  const { id } = await operates("POST /auth/admin/links", "auth.link.created", { path: "/private", expiresIn: 60 });
  await operates("GET /auth/admin/links/{id}", "auth.link.created", undefined, { id });
  await operates("DELETE /auth/admin/links/{id}", "auth.link.revoked", undefined, { id });

  const file = strictFile();
  const judged = spawnSync(pythonBin("python"), ["tests/openapi/document.py", "answers", file], { cwd: root, input: JSON.stringify(answers), encoding: "utf8" });
  assert.equal(judged.status, 0, judged.stderr);
  const succeeded = new Set(answers.filter(({ status }) => status < 300).map(({ operation }) => operation));
  const files = ["GET /auth/client.js", "GET /auth/client.d.ts"];
  for (const file of files) assert.equal((await fetch(house.url + file.slice("GET ".length))).status, 200, file);
  assert.deepEqual(routes().filter((operation) => !succeeded.has(operation) && !files.includes(operation)), [], "these routes are in no story");
});

/** What a `$ref` stands for, with what stands beside it. */
function resolved(schema) {
  if (!schema.$ref) return schema;
  const { $ref, ...beside } = schema;
  const target = resolved($ref.slice(2).split("/").reduce((node, part) => node[part], document));
  const both = { ...target, ...beside };
  return Array.isArray(both.required) ? { ...both, required: [...(target.required ?? []), ...(beside.required ?? [])] } : both;
}

/** Each body that a route is shown with: its forms, the one this is, and the example itself. */
function* bodies() {
  for (const operation of operations().filter((one) => routes().includes(one))) {
    const [method, path] = operation.split(" ");
    const item = document.paths[path];
    const { requestBody, parameters = [], tags } = item[method.toLowerCase()];
    if (!requestBody) continue;
    const { schema, example, examples } = resolved(requestBody).content["application/json"];
    const forms = (resolved(schema).properties ? [schema] : (schema.oneOf ?? [schema])).map(resolved);
    const ids = [...parameters, ...(item.parameters ?? [])].map(resolved).filter((one) => one.in === "path");
    const target = ids.reduce((text, { name, example: id }) => text.replace(`{${name}}`, id), path);
    const shown = examples ? Object.values(examples).map(({ value }) => value) : [example];
    for (const body of shown) {
      const form = forms.find(({ required = [], properties = {} }) => required.every((name) => name in body) && Object.keys(body).every((name) => name in properties));
      yield { operation, method, target, body, form, forms, isOperators: tags.includes("operators") };
    }
  }
}

test("each route takes the fields of the document, and no others", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings });
  const every = [...bodies()];
  const names = (form) => Object.keys(form.properties ?? {});
  const all = [...new Set(every.flatMap(({ forms }) => forms.flatMap(names)))];
  for (const { operation, method, target, body, form, forms, isOperators } of every) {
    const asks = async (sent) => {
      const answer = await house.visitor().calls(target, sent, { method, headers: isOperators ? asProgram(house) : {} });
      return answer.status === 422 ? answer.json.fields : answer.text;
    };
    const foreign = all.filter((name) => !forms.flatMap(names).includes(name));
    // Of unknown fields four are told.
    for (let at = 0; at < foreign.length; at += 4) {
      const unknown = foreign.slice(at, at + 4);
      const refused = Object.fromEntries(unknown.map((name) => [name, "auth.field.unknown"]));
      const given = Object.fromEntries(unknown.map((name) => [name, "x"]));
      assert.deepEqual(await asks({ ...body, ...given }), refused, `${operation} with fields of other routes`);
    }
    const empty = Object.fromEntries(names(form).filter((name) => !(name in body)).map((name) => [name, ""]));
    assert.deepEqual(await asks({ ...body, ...empty, x: "x" }), { x: "auth.field.unknown" }, `${operation} with all its fields`);
    for (const name of form.required ?? []) {
      const { [name]: missing, ...rest } = body;
      const fields = await asks(rest);
      const required = forms.some((one) => one.required.some((other) => fields[other] === "auth.field.required"));
      assert.ok(required, `${operation} without ${name}: ${JSON.stringify(fields)}`);
    }
  }
});
