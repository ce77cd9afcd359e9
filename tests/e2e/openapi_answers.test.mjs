// What docs/openapi.yaml says of answers, held against the Worker where a program that makes up requests does not
// get: successes, which need a link from a mail, and refusals before a field is read. And each route's fields.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { asProgram, readDocument } from "./document.mjs";
import { startEdgeward } from "./harness.mjs";
import { proxied, proxyKey } from "./operator.mjs";

const timeout = 120_000;

let document;
before(async () => (document = await readDocument()));

test("each route succeeds once, and every answer on the way there is described", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings: proxied({ LIMITS: { mail: { strangers: ["100/1h"] } } }), unopenedMail: true });
  const program = asProgram(house);
  const answers = [];

  /** Calls an operation and writes its answer down. `code` is what it must be. */
  async function calls(who, operation, code, body, { id, query = "", ...options } = {}) {
    const [method, path] = operation.split(" ");
    const answer = await who.calls(path.replace("{id}", id) + query, body, { method, ...options });
    answers.push({ operation, status: answer.status, headers: answer.headers, body: answer.json ?? answer.text });
    assert.equal(answer.json?.authMessageCode, code, `${operation}: ${answer.text}`);
    return answer.json;
  }
  const operates = (operation, code, body, options) => calls(house.visitor(), operation, code, body, { ...options, headers: program });
  const token = async (to, type) => new URL((await house.mailbox.received({ to, type })).link).searchParams.get("token");

  const ann = house.visitor();
  const { email, password } = ann;
  await calls(ann, "GET /auth/health", "auth.health.ok");
  await calls(ann, "GET /auth/feedback", "auth.feedback.none");
  await calls(ann, "GET /auth/jwks.json", undefined);
  await calls(ann, "GET /auth/client.js", undefined);
  await calls(ann, "GET /auth/client.d.ts", undefined);
  await calls(ann, "POST /auth/register", "auth.field.invalid", { email, password: "too short" });
  await calls(ann, "POST /auth/register", "auth.register.check_email", { email, password, next: "/private/" });
  await calls(ann, "POST /auth/login", "auth.login.not_verified", { email, password });
  await calls(ann, "POST /auth/resend", "auth.resend.accepted", { email });
  const verification = await token(email, "auth.verify");
  await calls(ann.elsewhere(), "POST /auth/verify", "auth.verify.password_needed", { token: verification });
  await calls(ann, "POST /auth/verify", "auth.verify.success", { token: verification });
  await calls(ann, "POST /auth/verify", "auth.token.used", { token: verification });
  await calls(ann, "GET /auth/session", "auth.session.active");
  const asks = (who, code, headers) =>
    calls(who, "GET /auth/check", code, undefined, { headers: { "Edgeward-Proxy-Key": proxyKey, "X-Original-Method": "GET", "X-Original-URI": "/private/x", ...headers } });
  await asks(ann, "auth.check.passed");
  await asks(ann, "auth.access.denied", { "X-Original-URI": "/admin/x" });
  await asks(ann, "auth.check.malformed", { "X-Original-URI": "/login" });
  await asks(ann, "auth.request.malformed", { "X-Original-URI": "/%00" });
  await asks(ann, "auth.check.unauthorized", { "Edgeward-Proxy-Key": null });
  await asks(house.visitor(), "auth.session.required", { "Sec-Fetch-Mode": "navigate" });

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
  const magic = await token(email, "auth.magic");
  await calls(ann, "GET /auth/opened/{id}", "auth.request.not_found", undefined, { id: "magic" });
  await ann.visits(`/login/magic?token=${magic}`);
  const { link } = await calls(ann, "GET /auth/opened/{id}", "auth.link.waiting", undefined, { id: "magic" });
  await calls(ann, "POST /auth/magic", "auth.magic.success", { visit: link.visit });
  await calls(ann, "POST /auth/change-password", "auth.login.invalid", { password, newPassword: password });
  await calls(ann, "POST /auth/change-password", "auth.password.changed", { password: chosen, newPassword: password });
  await calls(ann, "GET /auth/export", "auth.export.ready");

  const moved = "ann-moved@example.com";
  await calls(ann, "POST /auth/change-email", "auth.email.change_accepted", { email: moved });
  await calls(ann, "POST /auth/change-email", "auth.email.changed", { token: await token(moved, "auth.email_change") });
  await calls(ann, "POST /auth/undo", "auth.undo.email", { token: await token(email, "auth.notice.email_changed") });
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
  await operates("GET /auth/admin/accounts/{id}/journal", "auth.admin.journal", undefined, { id: account.id });
  await operates("POST /auth/admin/accounts/{id}/reset", "auth.admin.reset_sent", undefined, { id: account.id });
  await operates("PATCH /auth/admin/accounts/{id}", "auth.admin.updated", { forcePasswordChange: true, roles: [] }, { id: account.id });
  await calls(cleo, "POST /auth/login", "auth.login.password_change_required", { email: cleo.email, password: cleo.password });
  await operates("PATCH /auth/admin/accounts/{id}", "auth.admin.updated", { enabled: false }, { id: account.id });
  await calls(cleo, "POST /auth/login", "auth.login.disabled", { email: cleo.email, password: cleo.password });
  const made = await operates("POST /auth/admin/links", "auth.link.created", { path: "/reports", expiresIn: 60, uses: 2, claims: { report: 7, draft: true, name: "Ann" }, account: account.id });
  await operates("GET /auth/admin/links/{id}", "auth.link.created", undefined, { id: made.id });
  await operates("DELETE /auth/admin/links/{id}", "auth.link.revoked", undefined, { id: made.id });
  await operates("GET /auth/admin/links/{id}", "auth.link.revoked", undefined, { id: made.id });
  const open = await operates("POST /auth/admin/links", "auth.link.created", { path: "/reports", expiresIn: 60, uses: "until expiry", skipPage: true });
  await operates("GET /auth/admin/links/{id}", "auth.link.created", undefined, { id: open.id });
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

  document.judges(t, answers);
  const succeeded = new Set(answers.filter(({ status }) => status < 300).map(({ operation }) => operation));
  // Files, which have no answer to be described.
  for (const path of ["/auth/client.js", "/auth/client.d.ts"]) {
    assert.equal((await fetch(house.url + path)).status, 200, path);
    succeeded.add(`GET ${path}`);
  }
  const untold = document.real.map(({ name }) => name).filter((name) => !succeeded.has(name));
  assert.deepEqual(untold, [], "these routes are in no story");
});

test("what is refused before a field is read is described, for each route", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings: proxied() });
  const answers = [];
  for (const { name, method, path, target, about, isOperators } of document.real) {
    const visitor = house.visitor();
    const own = isOperators ? asProgram(house) : {};
    const refused = async (status, options) => {
      const answer = await visitor.fetch(target, { method, ...options, headers: { ...own, ...options.headers } });
      assert.equal(answer.status, status, `${name}: ${answer.text}`);
      answers.push({ operation: name, status, headers: answer.headers, body: answer.json });
    };
    await refused(421, { headers: { Host: "elsewhere.example" } });
    if (isOperators) await refused(403, { headers: { Origin: house.url } });
    if (method !== "GET") {
      if (!isOperators) await refused(403, { headers: { "Sec-Fetch-Site": "cross-site" } });
      await refused(413, { headers: { "Content-Type": "application/json" }, body: `{"email":"${"x".repeat(64 * 1024)}"}` });
    }
    if (about.requestBody) {
      await refused(415, { headers: { "Content-Type": "text/plain" }, body: "{}" });
      await refused(400, { headers: { "Content-Type": "application/json" }, body: "[" });
    }
    const other = await visitor.fetch(target, { method: "PROPFIND", headers: own });
    assert.equal(other.status, 405, name);
    const documented = document.real.filter((one) => one.path === path).map((one) => one.method);
    const allowed = documented.includes("GET") ? [...documented, "HEAD"] : documented;
    assert.deepEqual(other.headers.allow.split(", ").sort(), allowed.sort(), `Allow of ${path}`);
  }
  document.judges(t, answers);
});

test("answers that ask for patience say how long", { timeout }, async (t) => {
  const settings = { LIMITS: { network: { link: ["1/1h"] } }, ON_BEFORE_REGISTRATION_URL: "http://127.0.0.1:9/" };
  const house = await startEdgeward(t, { settings });
  const answers = [];
  async function waits(who, status, operation, body) {
    const [method, path] = operation.split(" ");
    const answer = await who.calls(path, body, { method });
    assert.equal(answer.status, status, answer.text);
    answers.push({ operation, status, headers: answer.headers, body: answer.json });
  }
  const ann = house.visitor();
  const token = `verify.mfrggzdfmztwq2lknnwg23tpoa.${"A".repeat(43)}`;
  await waits(ann, 400, "POST /auth/verify", { token });
  await waits(ann, 429, "POST /auth/verify", { token });
  await waits(ann, 503, "POST /auth/register", { email: ann.email, password: ann.password });
  document.judges(t, answers);
});

/** Each body that a route is shown with: the form it has, all forms there are, and the body itself. */
function* bodies() {
  for (const { about, ...operation } of document.real.filter(({ about }) => about.requestBody)) {
    const { schema, example, examples } = document.resolved(about.requestBody).content["application/json"];
    const whole = document.resolved(schema);
    const forms = (whole.properties ? [whole] : (whole.oneOf ?? [whole])).map((one) => document.resolved(one));
    for (const body of examples ? Object.values(examples).map(({ value }) => value) : [example]) {
      const fits = ({ required = [], properties = {} }) => required.every((name) => name in body) && Object.keys(body).every((name) => name in properties);
      yield { ...operation, body, form: forms.find(fits), forms };
    }
  }
}

test("each route takes the fields of the document, and no others", { timeout }, async (t) => {
  const house = await startEdgeward(t);
  const every = [...bodies()];
  const names = (form) => Object.keys(form.properties ?? {});
  const all = [...new Set(every.flatMap(({ forms }) => forms.flatMap(names)))];
  for (const { name: operation, method, target, body, form, forms, isOperators } of every) {
    const asks = async (sent) => {
      const answer = await house.visitor().calls(target, sent, { method, headers: isOperators ? asProgram(house) : {} });
      return answer.status === 422 ? answer.json.fields : answer.text;
    };
    const foreign = all.filter((name) => !forms.flatMap(names).includes(name));
    // Of unknown fields four are told.
    for (let at = 0; at < foreign.length; at += 4) {
      const unknown = foreign.slice(at, at + 4);
      const given = Object.fromEntries(unknown.map((name) => [name, "x"]));
      const refused = Object.fromEntries(unknown.map((name) => [name, "auth.field.unknown"]));
      assert.deepEqual(await asks({ ...body, ...given }), refused, `${operation} with fields of other routes`);
    }
    // An empty text counts as missing, but where more than texts are taken.
    const empty = isOperators ? {} : Object.fromEntries(names(form).filter((name) => !(name in body)).map((name) => [name, ""]));
    assert.deepEqual(await asks({ ...body, ...empty, x: "x" }), { x: "auth.field.unknown" }, `${operation} with all its fields`);
    for (const name of form.required ?? []) {
      const { [name]: missing, ...rest } = body;
      const fields = await asks(rest);
      const required = forms.some((one) => one.required.some((other) => fields[other] === "auth.field.required"));
      assert.ok(required, `${operation} without ${name}: ${JSON.stringify(fields)}`);
    }
  }
});
