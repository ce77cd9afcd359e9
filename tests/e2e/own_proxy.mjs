// A proxy of the operator's before an application, as in examples/: real ones, with the configurations that are there.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { debianProgram } from "../../scripts/debian.mjs";
import { root } from "../../scripts/steps.mjs";
import { apps, startApp, startRecorder } from "./example_apps.mjs";
import { freePort, startEdgeward } from "./harness.mjs";
import { proxied, proxyKey } from "./operator.mjs";
import { Visitor } from "./visitor.mjs";

const IDENTITY_KEYS = `n1:${randomBytes(32).toString("base64url")}`;
const AUDIENCE = "hello";

/**
 * A proxy at `url`, before the application and Edgeward; it starts by `startProxy`. `heads`: what the application was
 * sent. `settings` are Edgeward's, `values` go into the proxy's configuration, and `changed` changes that.
 */
export async function startTown(t, startProxy, { settings, application, values, changed = (text) => text } = {}) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { mode } = startProxy;
  const edgeward = proxied({ AUTH_CHECK: mode, PUBLIC_URL: url, AUDIENCE, IDENTITY_KEYS, CLIENT_IP: "header:X-Real-IP", ...settings });
  // Its own host is that of the proxy, so to who comes around the proxy it says 421.
  const house = await startEdgeward(t, { settings: edgeward, waitFor: 421 });
  const app = application ?? (await startApp(t, apps.Express, { EDGEWARD_KEYS: IDENTITY_KEYS, EDGEWARD_AUDIENCE: AUDIENCE }));
  const recorder = await startRecorder(t, app);
  const own = { PUBLIC_HOST: `localhost:${port}`, EDGEWARD: `http://127.0.0.1:${house.port}`, APPLICATION: recorder.url, CHECK_KEY: proxyKey, ...values };
  await startProxy(t, port, own, changed);
  const front = { port, url, mailbox: house.mailbox, opened: house.opened };
  const visitor = (name = "ann") => new Visitor(front, { email: `${name}@example.com`, password: `a quite unusual sentence of ${name}`, address: "198.18.7.1" });
  return { house, app, heads: recorder.heads, url, visitor };
}

/** nginx with its example. */
export async function startNginx(t, port, values, changed) {
  const template = readFileSync(join(root, "examples/nginx/edgeward.conf.template"), "utf8");
  const own = { LISTEN: `127.0.0.1:${port}`, PUBLIC_NAME: "localhost", ...values };
  const dir = folder(t);
  mkdirSync(join(dir, "logs"));
  writeFileSync(join(dir, "edgeward.conf"), changed(template.replace(/\$\{(\w+)\}/g, (whole, name) => own[name] ?? whole)));
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${dir}/${name};`);
  const main = `daemon off; master_process off; pid ${dir}/pid; error_log stderr notice; events {}\nhttp { access_log off; ${places.join(" ")} include ${dir}/edgeward.conf; }\n`;
  writeFileSync(join(dir, "nginx.conf"), main);
  await runs(t, "nginx", ["-p", dir, "-c", join(dir, "nginx.conf"), "-e", "stderr"], "event method");
}
startNginx.mode = "x-original";

/** Caddy with its example. */
export async function startCaddy(t, port, values, changed) {
  const dir = folder(t);
  const file = readFileSync(join(root, "examples/caddy/Caddyfile"), "utf8");
  writeFileSync(join(dir, "Caddyfile"), `{\n\tadmin off\n\tauto_https off\n}\n\n${changed(file)}`);
  const env = { SITE: `http://localhost:${port}`, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir, ...values };
  await runs(t, "caddy", ["run", "--config", join(dir, "Caddyfile")], "serving initial configuration", env);
}
startCaddy.mode = "x-forwarded";

function folder(t) {
  const dir = mkdtempSync(join(tmpdir(), "edgeward-proxy-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Runs a program until the test ends; waits until it says that it is ready. */
async function runs(t, name, args, ready, env = {}) {
  const child = spawn(await debianProgram(name), args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...env } });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
    if (t.passed === false) console.error(`--- ${name} said ---\n${said}------------------`);
  });
  while (!said.includes(ready)) {
    assert.equal(child.exitCode, null, `${name} ended:\n${said}`);
    await pause(10);
  }
}

/** What a visitor might say of themselves, in spellings that some server takes for the same. */
export function forged(...more) {
  const names = ["Edgeward-Identity", "Signature", "Signature-Input", "Edgeward-Assertion", "Edgeward-Link", "Edgeward-Proxy-Key", ...more];
  const spellings = [(name) => name, (name) => name.toUpperCase(), (name) => name.replaceAll("-", "_"), (name) => name.replaceAll("-", "."), (name) => name.replace("-", "~")];
  const headers = Object.fromEntries(names.flatMap((name) => spellings.map((spell) => [spell(name), "forged"])));
  // What would make the question another one, were it believed.
  return { ...headers, "X-Original-URI": "/public/x", "X-Original-Method": "OPTIONS", "X-Forwarded-Uri": "/public/x", "X-Forwarded-Method": "OPTIONS" };
}

/** Asks again and again until `holds` says so of the answer, which it must soon. */
export async function asksUntil(visitor, path, holds) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await visitor.fetch(path);
    if (holds(answer)) return answer;
    assert.ok(Date.now() < deadline, `${path}: ${answer.status} ${JSON.stringify(answer.headers)}`);
  }
}

/** The values of a header among raw ones. */
export const values = ({ rawHeaders }, name) => rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1].toLowerCase() === name);

export const told = ({ status, text }) => `${status} ${text}`.trim();
