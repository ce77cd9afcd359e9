// A real Edgeward for a test: workerd with its objects on disk, the demo origin, the mailbox.
//
// It runs `workerd serve` on the bundle of `src/edge/entry.mjs`, with the bindings and variables of
// wrangler.toml, and not `wrangler dev`: that starts in a third of a second instead of several, needs no
// inspector port, and is one process, so `kill9` kills the thing itself. What wrangler adds (its own
// bundling, `.dev.vars`) `npm start` shows.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, copyFileSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import esbuild from "esbuild";
import { startMailbox } from "../../demo/mailbox.mjs";
import { startOrigin } from "../../demo/origin.mjs";
import { freshSecrets, readRing } from "../../scripts/secrets.mjs";
import { root } from "../../scripts/steps.mjs";
import { Visitor } from "./visitor.mjs";

const require = createRequire(import.meta.url);
const workerd = require("workerd").default;

/**
 * Starts Edgeward for the test `t` and ends it with the test. `settings` are variables over those of
 * wrangler.toml; `undefined` takes one away. A function makes them of the house and its secrets. `entry` is a main module in the place of wrangler.toml's, for
 * tests that must get between Edgeward and the runtime. `checkout` is a folder with another version, built. A test that leaves a mail unopened fails, unless it
 * says `unopenedMail: true`; the notice of a new device need not be opened, as most second browsers cause
 * one. Of a test that failed, the log is shown.
 */
export async function startEdgeward(t, { settings = {}, entry, checkout = root, unopenedMail = false, waitFor = 200 } = {}) {
  const house = new House(entry, checkout);
  t.after(async () => {
    await house.stop();
    if (t.passed === false) console.error(`--- log of Edgeward ---\n${house.log}-----------------------`);
    const unopened = (house.mailbox?.mails() ?? []).filter(({ id, type }) => !house.opened.has(id) && type !== "auth.notice.new_device");
    assert.ok(unopenedMail || unopened.length === 0, `mail left unopened: ${unopened.map(({ type, to }) => `${type} to ${to}`)}`);
  });
  await house.build(settings);
  await house.start(waitFor);
  return house;
}

class House {
  log = "";
  /** The webhook-ids of the mails that visitors opened. */
  opened = new Set();
  /** Every cookie that visitors were ever given: `name=value`. */
  cookiesSet = new Set();
  #dir = mkdtempSync(join(tmpdir(), "edgeward-"));
  #entry;
  #checkout;
  #settings;
  #process;
  #visitors = 0;
  #ports = [];
  #turn = 0;

  constructor(entry, checkout) {
    this.#entry = entry;
    this.#checkout = checkout;
  }

  async build(settings) {
    this.#ports = [await freePort()];
    this.url = `http://localhost:${this.port}`;
    this.secrets = freshSecrets();
    this.origin = await startOrigin({ keys: readRing(this.secrets.IDENTITY_KEYS), audience: this.url });
    this.mailbox = await startMailbox({ secret: this.secrets.WEBHOOK_SECRET });
    mkdirSync(join(this.#dir, "data"));
    await this.#configure(settings);
  }

  /** Where the next request goes: to the one gate, or to each in its turn. */
  get port() {
    this.#turn += 1;
    return this.#ports[this.#turn % this.#ports.length];
  }

  /** Where the objects are kept, a folder for each class. */
  get disk() {
    return join(this.#dir, "data");
  }

  /** How many gates run. */
  get gates() {
    return this.#ports.length;
  }

  async #configure(settings, beside) {
    this.#settings = settings;
    const { config, files } = await bundled(this.#entry, this.#checkout);
    for (const file of files) copyFileSync(file.from, join(this.#dir, file.name));
    const variables = (settings) => ({
      ...config.vars,
      ...this.secrets,
      PUBLIC_URL: this.url,
      ORIGIN_URL: this.origin.url,
      NOTIFIER_URL: this.mailbox.url,
      CLIENT_IP: "header:CF-Connecting-IP",
      ...(typeof settings === "function" ? settings(this) : settings),
    });
    const gates = [settings, ...(beside ? [beside] : [])].map(variables);
    this.#ports = [this.#ports[0], ...(beside ? [this.#ports[1] ?? (await freePort())] : [])];
    const ports = this.#ports;
    writeFileSync(join(this.#dir, "config.capnp"), capnp({ config, gates, files, ports, data: join(this.#dir, "data") }));
  }

  /** Starts the process, and waits until its health page answers with `status`. */
  async start(status = 200, host = undefined) {
    const child = spawn(workerd, ["serve", "config.capnp", "--verbose"], { cwd: this.#dir, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (this.log += text));
    living.add(child);
    const ended = new Promise((resolve) => child.once("exit", resolve)).then(() => living.delete(child));
    this.#process = { child, ended };
    await this.#answers(status, host === undefined ? {} : { Host: host });
  }

  async #answers(status, headers) {
    const deadline = Date.now() + 20_000;
    const { child } = this.#process;
    const doorman = new Visitor(this, { address: "198.51.100.1" });
    let last;
    for (let healthy = 0; Date.now() < deadline; ) {
      assert.equal(child.exitCode, null, `workerd ended:\n${this.log}`);
      last = await doorman.fetch("/auth/health", { headers }).catch((error) => error);
      healthy = last.status === status ? healthy + 1 : 0;
      if (healthy === this.gates) return;
      if (healthy === 0) await pause(25);
    }
    assert.fail(`no health within 20 s; last: ${last.status ?? last} ${last.text ?? ""}\n${this.log}`);
  }

  /** As a power cut: nothing gets to say goodbye. */
  kill9() {
    return this.#end("SIGKILL");
  }

  /**
   * Ends the process and starts it again, on the same disk; with other `settings` when they are given. With `beside`,
   * a second gate with those settings runs beside the first, on the same objects, as while a deployment spreads:
   * requests go to them in turn. With `checkout`, it is another version that starts. With `host`, the first requests it
   * ever gets are for that one.
   */
  async restart({ settings, beside, checkout, waitFor = 200, host } = {}) {
    await this.#end("SIGTERM");
    this.#checkout = checkout ?? this.#checkout;
    if (settings || checkout) await this.#configure(settings ?? this.#settings, beside);
    await this.start(waitFor, host);
  }

  /** Waits until the log says something, so many times; it comes a moment after the answer. */
  async says(pattern, times = 1) {
    const deadline = Date.now() + 15_000;
    while (this.said(pattern) < times) {
      assert.ok(Date.now() < deadline, `the log says ${pattern} ${this.said(pattern)} times, not ${times}`);
      await pause(10);
    }
  }

  /** How often the log says something. */
  said(pattern) {
    return this.log.split(pattern).length - 1;
  }

  /** Ends the process, and tells how many objects of a class hold something. One that was only asked does not. */
  async stored(className) {
    const counts = await this.opens(className, (database) =>
      database.prepare("SELECT count(*) AS tables FROM sqlite_master WHERE name = 'state'").get().tables,
    );
    return counts.filter((tables) => tables > 0).length;
  }

  /** Ends the process, and does something with the database of each object of a class. Gives what came of each. */
  async opens(className, work) {
    await this.kill9();
    const { DatabaseSync } = await import("node:sqlite");
    const dir = join(this.#dir, "data", className);
    const names = readdirSync(dir).filter((name) => /^[0-9a-f]+\.sqlite$/.test(name));
    return names.map((name) => {
      const database = new DatabaseSync(join(dir, name));
      try {
        return work(database);
      } finally {
        database.close();
      }
    });
  }

  async stop() {
    await this.#end("SIGKILL");
    await Promise.all([this.origin?.close(), this.mailbox?.close()]);
    rmSync(this.#dir, { recursive: true, force: true });
  }

  async #end(signal) {
    this.#process?.child.kill(signal);
    await this.#process?.ended;
  }

  /** A program of the operator's asks, with the key of `.dev.vars` unless another is given. It adds nothing that browsers do. */
  operator(path, { method = "POST", json, key = this.secrets.ADMIN_KEYS.split(":").at(-1), headers = {}, address = "192.0.2.1" } = {}) {
    const none = { Origin: null, Cookie: null, "Sec-Fetch-Site": null, "Sec-Fetch-Mode": null, "User-Agent": null };
    return new Visitor(this, { address }).fetch(path, { method, json, headers: { ...none, Authorization: `Bearer ${key}`, ...headers } });
  }

  /** A person with a browser and a network of their own. */
  visitor(who = {}) {
    this.#visitors += 1;
    const n = this.#visitors;
    return new Visitor(this, {
      email: `visitor${n}@example.com`,
      password: `a quite unusual sentence ${n} of mine`,
      address: `198.18.${n >> 8}.${n & 255}`,
      ...who,
    });
  }
}

const living = new Set();
process.on("exit", () => living.forEach((child) => child.kill("SIGKILL")));

/** A free port below those the system gives to outgoing connections, which come and go while we restart. */
export async function freePort() {
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  const server = createServer();
  const isFree = await new Promise((resolve) => {
    server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
  return isFree ? port : freePort();
}

/** The Worker's modules and wrangler.toml, made once per test process, main module and version. */
const bundles = new Map();

function bundled(entry, checkout) {
  const key = `${checkout} ${entry}`;
  if (!bundles.has(key)) bundles.set(key, bundle(entry, checkout));
  return bundles.get(key);
}

async function bundle(entry, checkout) {
  assert.ok(existsSync(join(checkout, "build", "index.js")), "build/ is empty: run `npm run build` first");
  const config = await wranglerConfig();
  const dir = mkdtempSync(join(tmpdir(), "edgeward-bundle-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  await esbuild.build({
    entryPoints: [entry ?? join(checkout, relative(root, config.main))],
    outfile: join(dir, "entry.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*", "*.wasm"],
    logLevel: "silent",
  });
  return {
    config,
    files: [
      { name: "entry.js", from: join(dir, "entry.js"), kind: "esModule" },
      { name: "index_bg.wasm", from: join(checkout, "build", "index_bg.wasm"), kind: "wasm" },
    ],
  };
}

/** wrangler.toml as wrangler reads it. Loading wrangler takes seconds, so what it read is kept. */
async function wranglerConfig() {
  const file = join(root, "wrangler.toml");
  const kept = join(root, ".tools", "wrangler.json");
  const toml = readFileSync(file, "utf8");
  const known = existsSync(kept) && JSON.parse(readFileSync(kept, "utf8"));
  if (known?.toml === toml && known.file === file) return known.config;
  const { unstable_readConfig } = await import("wrangler");
  const config = unstable_readConfig({ config: file }, { hideWarnings: true });
  mkdirSync(join(root, ".tools"), { recursive: true });
  writeFileSync(`${kept}.${process.pid}`, JSON.stringify({ toml, file, config }));
  renameSync(`${kept}.${process.pid}`, kept);
  return config;
}

/** workerd's configuration. Text literals of capnp and JSON agree for everything that settings hold. */
function capnp({ config, gates, files, ports, data }) {
  const text = JSON.stringify;
  const list = (items) => `[\n    ${items.join(",\n    ")},\n  ]`;
  const modules = files.map(({ name, kind }) => `(name = ${text(name)}, ${kind} = embed ${text(name)})`);
  const objects = config.durable_objects.bindings;
  const namespaces = objects.map((o) => `(className = ${text(o.class_name)}, uniqueKey = ${text(o.class_name)}, enableSql = true)`);
  const names = ["edgeward", "beside"].slice(0, gates.length);
  const sockets = names.map((name, at) => `(name = ${text(name)}, address = "127.0.0.1:${ports[at]}", http = (), service = ${text(name)})`);
  const worker = (variables, at) => {
    const given = Object.entries(variables).filter(([, value]) => value !== undefined);
    const settings = given.map(([name, value]) =>
      typeof value === "string" ? `(name = ${text(name)}, text = ${text(value)})` : `(name = ${text(name)}, json = ${text(text(value))})`,
    );
    // The objects are the first gate's; another one beside it asks the same.
    const of = (o) => (at === 0 ? text(o.class_name) : `(className = ${text(o.class_name)}, serviceName = "edgeward")`);
    const bindings = objects.map((o) => `(name = ${text(o.name)}, durableObjectNamespace = ${of(o)})`);
    return `const ${names[at]} :Workerd.Worker = (
  modules = ${list(modules)},
  compatibilityDate = ${text(config.compatibility_date)},
  compatibilityFlags = ${text(config.compatibility_flags)},
  bindings = ${list([...settings, ...bindings])},${at === 0 ? `
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "disk"),` : ""}
);
`;
  };
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ${names.map((name) => `(name = ${text(name)}, worker = .${name}),`).join("\n    ")}
    (name = "internet", network = (allow = ["private"])),
    (name = "disk", disk = (path = ${text(data)}, writable = true)),
  ],
  sockets = ${list(sockets)},
);

${gates.map(worker).join("\n")}`;
}
