// A town in which everything that is said is written down: what people type and get, what mails, hooks and the
// origin are told, what the log says and the disk holds. And a long story over all flows, for the search after it.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { startEdgeward } from "../harness.mjs";
import { says, allow, deny, startHooks } from "../hook_server.mjs";
import { adminKey, operator, proxyKey } from "../operator.mjs";
import { startOwnOrigin } from "../own_origin.mjs";
import { tokenIn, told } from "../visitor.mjs";
import { Canaries, diskOf } from "./canaries.mjs";

const rules = [{ path: "/public/*", access: "public" }, { path: "/maybe/*", access: "optional" }, { path: "/admin/*", access: { roles: ["admin"] } }];
const ASSERTION_KEYS = `a1:${randomBytes(32).toString("base64url")}`;

/** Starts a town. `canaries` are its secrets, `addresses` the people's addresses; `places()` is all that was said. */
export async function startTown(t) {
  const [canaries, addresses] = [new Canaries(), new Canaries()];
  const [letters, arrived, answers] = [[], [], []];
  const hooks = await startHooks(t);
  const ORIGIN_URL = await startOwnOrigin(t, async (request, response) => {
    const body = await request.toArray();
    arrived.push(Buffer.concat([Buffer.from(`${request.method} ${request.url}\n${request.rawHeaders.join("\n")}\n`, "latin1"), ...body]));
    response.writeHead(200, { "Set-Cookie": "own=1" }).end("the origin's page\n");
  });
  const town = { canaries, addresses, hooks, letters, arrived, answers, failLetters: 0 };
  const NOTIFIER_URL = await startOwnOrigin(t, async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    letters.push({ head: Buffer.from(request.rawHeaders.join("\n"), "latin1"), body, mail: JSON.parse(body) });
    canaries.add("a token of a mail", secretOf(JSON.parse(body).data.link));
    if (town.failLetters > 0) return response.writeHead(500).end(void (town.failLetters -= 1));
    const own = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, request.headers[name]]);
    response.writeHead((await fetch(town.house.mailbox.url, { method: "POST", headers: Object.fromEntries(own), body })).status).end();
  });
  town.settings = (house) => ({
    ...hooks.settings, ORIGIN_URL, NOTIFIER_URL, ACCESS_RULES: rules, AUTH_CHECK: "x-original", ASSERTION_KEYS, HASH_PAUSE: "0ms", LIMITS: { mail: { strangers: ["100/1d"], known: ["100/1d"] } },
    ADMIN_KEYS: `${house.secrets.ADMIN_KEYS},${adminKey("proxy", "check")}`,
  });
  const house = (town.house = await startEdgeward(t, { settings: town.settings, unopenedMail: true }));
  for (const [name, value] of Object.entries({ ...house.secrets, ...town.settings(house) })) {
    if (/KEY|PEPPER|SECRET/.test(name)) keysIn(value).forEach((key) => [key, Buffer.from(key, "base64url")].forEach((form) => canaries.add(name, form)));
  }
  const visitor = house.visitor.bind(house);
  house.visitor = (who) => writesDown(visitor(who), town);
  town.ops = operator(house);
  town.places = () => [
    ["the log", Buffer.from(house.log)],
    ...letters.map(({ head, body, mail }) => [`a letter ${mail.type} to ${mail.data.to}`, Buffer.concat([head, body])]),
    ...hooks.asked.map(({ headers, body, type }) => [`a question ${type}`, Buffer.from(`${JSON.stringify(headers)}\n${body}`)]),
    ...arrived.map((bytes) => ["what the origin got", bytes]),
    ...answers,
  ];
  town.disk = () => diskOf(house.disk);
  return town;
}

/** The written keys of a setting. */
const keysIn = (value) => value.split(/[\s,]+/).map((entry) => entry.replace(/^whsec_/, "").split(":").at(-1));

/** What a link's token keeps to itself. */
const secretOf = (link) => (link ? new URL(link).searchParams.get("token")?.split(".").at(-1) : undefined);

/** Whoever this is: what they type, the cookies they get, and every answer are written down. */
function writesDown(visitor, town) {
  const plain = visitor.fetch.bind(visitor);
  visitor.fetch = async (path, options = {}) => {
    for (const [name, value] of Object.entries({ ...options.form, ...options.json })) {
      if (/password/i.test(name) && typeof value === "string") town.canaries.add("a password", value);
      if (name === "email") town.addresses.add("an address", value);
    }
    const answer = await plain(path, options);
    for (const line of answer.headers["set-cookie"] ?? []) {
      const value = line.slice(line.indexOf("=") + 1).split(";")[0];
      if (/^__Host-edgeward/.test(line)) [value, value.split(".").at(-1)].forEach((part) => town.canaries.add("a cookie", part));
    }
    const { "set-cookie": _, ...headers } = answer.headers;
    const makesLink = options.method === "POST" && path === "/auth/admin/links";
    if (makesLink) town.canaries.add("a token of an operator's link", secretOf(answer.json?.link));
    else town.answers.push([`the answer ${answer.status} to ${options.method ?? "GET"} ${path.split("?")[0]}`, Buffer.concat([Buffer.from(JSON.stringify(headers)), answer.bytes])]);
    return answer;
  };
  // The visitor's own methods send by `fetch`, and a second browser is somebody else of the same town.
  return visitor;
}

let sentences = 0;
/** A password of a person: long, and nowhere else. Not all are ASCII, nor in their normal form. */
const sentence = () => `violet ${(sentences += 1)} herons & "e\u0301clairs" <${Math.random().toString(36).slice(2)}> hum`;

/** Every flow there is, by pages and by JSON, with what goes wrong on the way. */
export async function tellsTheStory({ house, hooks, ops, ...town }) {
  const ann = house.visitor({ password: sentence() });
  await signsUp(house, ann);
  await looksAround(house, ann);
  await signsInAndOut(ann);
  await forgets(ann, town);
  await entersByLink(house, ann);
  await changesPassword(ann, ops);
  await movesAndComesBack(house, ann);
  await invites(house, ops);
  await sharesLink(house, ops, ann);
  await isRefused(house, hooks, ann);
  await leaves(ann);
}

async function signsUp(house, ann) {
  await ann.signsUp({ password: "0123456789012345678901234" });
  await ann.signsUp();
  await ann.signsIn();
  await ann.asksFor("resend");
  await ann.opensMail();
  await ann.confirms();
  const eve = house.visitor({ email: ann.email, password: sentence() });
  await eve.signsUp();
  await ann.receives("auth.notice.already_registered");
  const ben = house.visitor({ password: sentence() });
  await ben.calls("/auth/register", { email: ben.email, password: ben.password });
  const token = await ben.tokenOf("auth.verify");
  assert.equal(told(await house.visitor().calls("/auth/verify", { token, password: "too short" })), "422 auth.field.invalid");
  assert.equal(told(await ben.calls("/auth/verify", { token })), "200 auth.verify.success");
  assert.equal(told(await ben.calls("/auth/verify", { token: `${token.slice(0, -2)}AA` })), "400 auth.token.invalid");
}

async function looksAround(house, ann) {
  for (const path of ["/", "/private/a?b=c", "/public/a", "/maybe/a", "/admin/a", "/auth/session", "/auth/sessions", "/auth/feedback", "/auth/jwks.json", "/auth/nothing"]) await ann.fetch(path);
  await ann.fetch("/private/form", { method: "POST", form: { a: "b" } });
  await ann.visits("/login/account");
  const asks = { "Edgeward-Proxy-Key": proxyKey, "X-Original-Method": "GET", "X-Original-URI": "/private/a", Origin: null, "Sec-Fetch-Site": null, "Sec-Fetch-Mode": null };
  assert.equal((await house.visitor({ jar: ann.jar.copy() }).fetch("/auth/check", { headers: asks })).status, 200);
}

async function signsInAndOut(ann) {
  await ann.signsOut();
  await ann.signsIn({ password: sentence() });
  await ann.signsIn({ next: "/private/a" });
  const phone = ann.house.visitor({ email: ann.email, password: ann.password });
  await phone.calls("/auth/login", { email: ann.email, password: sentence() });
  assert.equal(told(await phone.calls("/auth/login", { email: ann.email, password: ann.password })), "200 auth.login.success");
  await ann.receives("auth.notice.new_device");
  const { sessions } = (await phone.calls("/auth/sessions")).json;
  await phone.calls(`/auth/sessions/${sessions.find(({ current }) => !current).id}`, undefined, { method: "DELETE" });
  await phone.calls("/auth/end-sessions", { all: true });
}

/** And the notifier is away at first, so the letter comes again with another link. */
async function forgets(ann, town) {
  town.failNext();
  await ann.asksFor("forgot");
  await ann.opensMail("auth.reset");
  await ann.confirms({ password: "1234567890123456" });
  ann.password = sentence();
  await ann.confirms({ password: ann.password });
  await ann.receives("auth.notice.password_changed");
}

async function entersByLink(house, ann) {
  await ann.signsOut();
  await ann.asksFor("magic", { next: "/private/a" });
  await ann.opensMail("auth.magic");
  await ann.confirms();
  const other = house.visitor();
  await other.calls("/auth/magic-request", { email: ann.email });
  const token = await ann.tokenOf("auth.magic", { another: true });
  assert.equal(told(await other.calls("/auth/magic", { token })), "200 auth.magic.success");
  assert.equal(told(await house.visitor().calls("/auth/magic", { token })), "400 auth.token.used");
}

async function changesPassword(ann, ops) {
  await ann.signsIn();
  const [before, after] = [ann.password, sentence()];
  await ann.calls("/auth/change-password", { password: sentence(), newPassword: after });
  await ann.manages("change-password", { password: before, newPassword: after });
  const { id } = await ops.finds(ann.email);
  await ops.changes(id, { forcePasswordChange: true });
  await ann.signsIn({ password: after });
  ann.password = sentence();
  await ann.submits({ newPassword: ann.password });
  assert.ok(await ann.isSignedIn());
  await ops.calls("POST", `/accounts/${id}/reset`, {});
  await ann.receives("auth.reset", { another: true });
}

async function movesAndComesBack(house, ann) {
  const to = `moved.${ann.email}`;
  await ann.manages("change-email", { email: to });
  await ann.follows(await ann.receives("auth.email_change", { to }));
  await ann.confirms();
  await ann.opensMail("auth.notice.email_changed");
  await ann.confirms();
  await ann.calls("/auth/forgot", { email: ann.email });
  ann.password = sentence();
  const token = await ann.tokenOf("auth.reset", { another: true });
  assert.equal(told(await ann.calls("/auth/reset", { token, password: ann.password })), "200 auth.reset.success");
}

async function invites(house, ops) {
  const cy = house.visitor({ password: sentence() });
  const { id } = await ops.invites(cy.email, ["admin"]);
  await ops.calls("POST", `/invitations/${id}/resend`);
  await cy.opensMail("auth.invite");
  await cy.confirms({ password: "qwertyuiopasdfghjkl" });
  await cy.confirms({ password: cy.password });
  assert.equal((await cy.fetch("/admin/a")).status, 200);
}

async function sharesLink(house, ops, ann) {
  const { json } = await ops.calls("POST", "/links", { path: "/private/shared", expiresIn: 600, claims: { report: 1 } });
  const eve = house.visitor();
  await eve.visits(json.link.slice(house.url.length), { from: "cross-site" });
  await eve.confirms();
  assert.equal((await eve.fetch("/private/shared")).status, 200);
  await ops.calls("GET", `/links/${json.id}`);
  await ann.fetch(`/login/link?token=${tokenIn({ link: json.link })}`);
}

/** Every way to be sent away while a secret is in one's hands. */
async function isRefused(house, hooks, ann) {
  const { email, password } = ann;
  const body = JSON.stringify({ email, password });
  const sent = (type, body) => ({ method: "POST", body, headers: { "Content-Type": type, "Content-Length": Buffer.byteLength(body) } });
  for (const refused of [sent("text/plain", body), sent("application/json", `${body}x`), sent("application/json", body.replace("{", `{"password":"x",`)), sent("application/json", body + " ".repeat(70_000))]) {
    await ann.fetch("/auth/login", refused);
  }
  await ann.calls("/auth/login", { email, password, [`x${password}`]: password });
  await ann.calls("/auth/login", { email: password, password: sentence() });
  await ann.fetch("/login", { method: "POST", form: { email, password }, headers: { "Sec-Fetch-Site": "cross-site" } });
  await ann.fetch("/login", { method: "PUT", form: { email, password } });
  await ann.fetch("/login", { method: "POST", form: { email, password }, headers: { Host: "evil.example" } });
  hooks.answers.login = says(deny("Not today."));
  await ann.signsIn();
  hooks.answers.login = ({ socket }) => socket.destroy();
  await ann.signsIn();
  hooks.answers.login = says(allow());
  await ann.visits("/login/verify?token=verify.x.y");
}

async function leaves(ann) {
  await ann.signsIn();
  assert.equal((await ann.calls("/auth/export")).status, 200);
  await ann.manages("delete-account");
  await ann.opensMail("auth.notice.deletion");
  await ann.confirms();
  await ann.signsIn();
  assert.ok(await ann.isSignedIn(), "she changed her mind");
  for (let wrong = 0; wrong < 6; wrong += 1) await ann.house.visitor().calls("/auth/login", { email: ann.email, password: sentence() });
}
