// Deployments that each have one thing wrong, and the program itself: its table, its JSON and its status.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startOrigin } from "../../demo/origin.mjs";
import { examineDeployment, hstsOf } from "../../doctor/deployment.mjs";
import { publicHalf } from "../../doctor/forge.mjs";
import { freshSecrets, readRing, varLine } from "../../scripts/secrets.mjs";
import { root } from "../../scripts/steps.mjs";
import { startWrongOrigin } from "./wrong_origins.mjs";

const cookie = "__Host-edgeward-ticket-reset=x; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600";
const seed = { id: "a1", bytes: randomBytes(32) };
const half = { id: "a1", x: publicHalf(seed.bytes) };

/** Answers as Edgeward does where the doctor looks; `other` answers some routes otherwise, `[status, body, headers]`. */
async function startDeployment(t, other = {}) {
  const routes = {
    "GET /auth/health": [200, '{"status":"ok"}'],
    "GET /auth/jwks.json": [200, JSON.stringify({ keys: [{ kid: half.id, x: half.x }] })],
    "GET /login/reset": [303, "", { "Set-Cookie": cookie, Location: "/login/reset" }],
    "POST /auth/login": [401, '{"authMessageCode":"auth.login.invalid"}'],
    ...other,
  };
  const server = createServer((request, response) => {
    const [status, body, headers] = routes[`${request.method} ${request.url.split("?")[0]}`] ?? [401, '{"authMessageCode":"auth.session.required"}'];
    request.resume().on("end", () => response.writeHead(status, headers).end(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

async function looksAt(t, { other, vars = {}, halves = [], workersDev } = {}) {
  const url = await startDeployment(t, other);
  const seen = await examineDeployment(url, { vars, known: { halves }, path: "/private", workersDev });
  const { checks } = seen.section;
  return { checks, wrong: checks.filter(({ state }) => state === "wrong").map(({ id }) => id.replace("deployment.", "")) };
}

test("a sound deployment", async (t) => {
  const { wrong, checks } = await looksAt(t, { halves: [half] });
  assert.deepEqual(wrong, []);
  assert.deepEqual(checks.filter(({ state }) => state === "ok").map(({ id }) => id), ["health", "clock", "jwks", "cookies", "hash", "shut"].map((id) => `deployment.${id}`));
});

const guarded = { ACCESS_RULES: [{ path: "/admin", access: { roles: ["admin"] } }] };
const faults = [
  ["wrong settings", { other: { "GET /auth/health": [503, "PUBLIC_URL"] } }, ["health"]],
  ["something else", { other: { "GET /auth/health": [404, "no"] } }, ["health"]],
  ["a clock that is wrong", { other: { "GET /auth/health": [200, "ok", { Date: new Date(Date.now() - 60_000).toUTCString() }] } }, ["clock"]],
  ["a cookie without Secure", { other: { "GET /login/reset": [303, "", { "Set-Cookie": cookie.replace(" Secure;", "") }] } }, ["cookies"]],
  ["a cookie without its __Host-", { other: { "GET /login/reset": [303, "", { "Set-Cookie": cookie.slice(7) }] } }, ["cookies"]],
  ["a cookie with a Domain", { other: { "GET /login/reset": [303, "", { "Set-Cookie": `${cookie}; Domain=example.com` }] } }, ["cookies"]],
  ["a plan that cannot hash: busy", { other: { "POST /auth/login": [503, '{"authMessageCode":"auth.busy"}'] } }, ["hash"]],
  ["a plan that cannot hash: cut off", { other: { "POST /auth/login": [503, "error code: 1102"] } }, ["hash"]],
  ["a path that is open", { other: { "GET /private": [200, "hello"] } }, ["shut"]],
  ["/admin without /*", { other: { "GET /admin/doctor": [200, "users"] }, vars: guarded }, ["shut"]],
  ["a key that is not published", { halves: [{ id: "a2", x: publicHalf(randomBytes(32)) }, half] }, ["jwks"]],
  ["other bytes under the name of a published key", { halves: [{ id: "a1", x: publicHalf(randomBytes(32)) }] }, ["jwks"]],
];

for (const [what, deployment, named] of faults) {
  test(`a deployment with ${what}`, async (t) => {
    const { wrong, checks } = await looksAt(t, deployment);
    assert.deepEqual(wrong, named);
    for (const { state, todo } of checks) assert.ok(state !== "wrong" || todo);
  });
}

test("an address at workers.dev that is left on, and one that is off", async (t) => {
  const on = await startDeployment(t, { "GET /auth/health": [421, '{"authMessageCode":"auth.request.misdirected"}'] });
  assert.deepEqual((await looksAt(t, { workersDev: on })).wrong, ["workers_dev"]);
  const off = await startDeployment(t, { "GET /auth/health": [404, "There is nothing here yet"] });
  assert.deepEqual((await looksAt(t, { workersDev: off })).wrong, []);
});

test("HSTS that is missing, short or long enough", () => {
  const state = (value) => hstsOf({ "strict-transport-security": value }).state;
  assert.deepEqual([undefined, "max-age=60", "max-age=31536000", "max-age=31536000; includeSubDomains"].map(state), ["wrong", "wrong", "ok", "ok"]);
});

// The program

const audience = "http://localhost:8787";

function program(t, vars) {
  const dir = mkdtempSync(join(tmpdir(), "edgeward-doctor-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, "vars");
  writeFileSync(file, Object.entries({ PUBLIC_URL: audience, ...vars }).map(varLine).join(""));
  return async (...args) => {
    const child = spawn(process.execPath, [join(root, "doctor", "doctor.mjs"), "--vars", file, ...args], { env: { PATH: process.env.PATH }, stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, stderr, [status]] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), once(child, "exit")]);
    return { status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  };
}

test("0 for what is fine, 1 for what is wrong, 2 for what could not be looked at; and no key is shown", async (t) => {
  const secrets = freshSecrets();
  const runs = program(t, secrets);
  const keys = readRing(secrets.IDENTITY_KEYS);
  const good = await startOrigin({ keys, audience });
  t.after(() => good.close());
  const bad = await startWrongOrigin(t, { form: "signature", keys, audience, mistakes: ["does not look at the end"] });

  const fine = await runs("--origin", good.url);
  assert.deepEqual([fine.status, fine.stderr], [0, ""]);
  assert.match(fine.stdout, /✓ takes a rightly signed request \(key i1\)/);
  assert.match(fine.stdout, / 0 wrong, 0 not tried/);

  const wrong = await runs("--origin", bad);
  assert.equal(wrong.status, 1);
  assert.match(wrong.stdout, /✗ BELIEVES one that expired five minutes ago \(status 200\)\n +→ Refuse when/);

  const told = JSON.parse((await runs("--origin", bad, "--json")).stdout);
  assert.deepEqual([told.wrong, told.status], [1, 1]);
  assert.deepEqual(told.checks.filter(({ state }) => state === "wrong").map(({ id }) => id), ["signature.stale"]);

  assert.equal((await runs("--origin", "http://127.0.0.1:1")).status, 2);
  for (const { stdout } of [fine, wrong]) for (const value of Object.values(secrets)) assert.ok(!stdout.includes(value.split(":").at(-1)));
});

test("two origins on one HMAC key", async (t) => {
  const secrets = freshSecrets();
  const origins = await Promise.all([1, 2].map(() => startOrigin({ keys: readRing(secrets.IDENTITY_KEYS), audience })));
  t.after(() => Promise.all(origins.map((origin) => origin.close())));
  const { status, stdout } = await program(t, secrets)(...origins.flatMap(({ url }) => ["--origin", url]));
  assert.equal(status, 1);
  assert.match(stdout, /✗ .* take the same HMAC key/);
});

test("what was not tried for one reason is told in one line", async (t) => {
  const { IDENTITY_KEYS, ...secrets } = freshSecrets();
  const origin = await startOrigin({ keys: readRing(IDENTITY_KEYS), audience });
  t.after(() => origin.close());
  const { stdout } = await program(t, secrets)("--origin", origin.url);
  assert.equal(stdout.split("Give the key: IDENTITY_KEYS").length, 2);
});

test("what makes no sense is refused, and says what to do", async (t) => {
  const runs = program(t, freshSecrets());
  for (const [args, message] of [
    [["--origin", "localhost:8788"], /give a whole URL/],
    [["--url", "app"], /--url app: give a whole URL/],
    [["--path", "private"], /a path begins with \//],
    [["--orgin", "x"], /Unknown option '--orgin'[^]*--origin URL/],
    [["--config", "/none.toml"], /there is no such file/],
  ]) {
    const { status, stderr, stdout } = await runs(...args);
    assert.deepEqual([status, stdout], [2, ""], args.join(" "));
    assert.match(stderr, message);
  }
});
