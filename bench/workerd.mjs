// A Worker in a workerd process of its own, so that what it costs can be read from the process.

import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import esbuild from "esbuild";
import { Failed } from "../scripts/steps.mjs";

const program = createRequire(import.meta.url)("workerd").default;

/** The classes and bindings of Edgeward's objects, as in wrangler.toml. */
export const objects = { ADDRESSES: "AddressObject", ACCOUNTS: "AccountObject", NETWORKS: "NetworkObject", LINKS: "LinkObject" };

export class Workerd {
  log = "";
  #dir = mkdtempSync(join(tmpdir(), "edgeward-bench-"));
  #child;
  #ended;

  /**
   * `main`: the main module. `wasm`: the module it may import. `variables`: what it finds in `env`.
   * `objects`: binding → class.
   */
  static async prepare({ main, wasm, compatibilityDate, port, variables = {}, objects = {} }) {
    const worker = new Workerd();
    worker.port = port ?? (await freePort());
    worker.url = `http://localhost:${worker.port}`;
    await esbuild.build({
      entryPoints: [main],
      outfile: join(worker.#dir, "entry.js"),
      bundle: true,
      format: "esm",
      target: "es2024",
      external: ["cloudflare:*", "node:*", "*.wasm"],
      logLevel: "silent",
    });
    if (wasm) copyFileSync(wasm, join(worker.#dir, "index_bg.wasm"));
    mkdirSync(join(worker.#dir, "data"));
    const config = capnp({ wasm, variables, objects, compatibilityDate, port: worker.port });
    writeFileSync(join(worker.#dir, "config.capnp"), config);
    return worker;
  }

  get bundle() {
    return join(this.#dir, "entry.js");
  }

  /** Starts the process; returns the milliseconds until the first answer to `path`, whatever it says. */
  async start(path = "/") {
    const begun = performance.now();
    this.#child = spawn(program, ["serve", "config.capnp"], { cwd: this.#dir, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.log += text));
    }
    living.add(this.#child);
    this.#ended = new Promise((resolve) => this.#child.once("exit", resolve)).then(() => living.delete(this.#child));
    while (performance.now() - begun < 20_000) {
      if (this.#child.exitCode !== null) throw new Failed(`workerd ended:\n${this.log}`);
      if (await answers(this.port, path)) return performance.now() - begun;
      await pause(1);
    }
    throw new Failed(`workerd gave no answer within 20 s:\n${this.log}`);
  }

  /** The CPU time the process has used so far, user and system, in microseconds: what Linux keeps of its threads. */
  cpu() {
    const tasks = `/proc/${this.#child.pid}/task`;
    const spent = readdirSync(tasks).map((task) => readFileSync(`${tasks}/${task}/schedstat`, "latin1").split(" ")[0]);
    return spent.reduce((sum, nanoseconds) => sum + Number(nanoseconds), 0) / 1000;
  }

  async stop() {
    this.#child?.kill("SIGKILL");
    await this.#ended;
  }

  async remove() {
    await this.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

const living = new Set();
process.on("exit", () => living.forEach((child) => child.kill("SIGKILL")));

function answers(port, path) {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path, headers: { host: `localhost:${port}` }, agent: false }, (answer) => {
      answer.resume().on("end", () => resolve(true));
    });
    asked.on("error", () => resolve(false)).end();
  });
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** workerd's configuration. Text literals of capnp and JSON agree for everything that is given here. */
function capnp({ wasm, variables, objects, compatibilityDate, port }) {
  const text = JSON.stringify;
  const list = (items) => `[${items.join(", ")}]`;
  const modules = [`(name = "entry.js", esModule = embed "entry.js")`];
  if (wasm) modules.push(`(name = "index_bg.wasm", wasm = embed "index_bg.wasm")`);
  const settings = Object.entries(variables).map(([name, value]) =>
    typeof value === "string" ? `(name = ${text(name)}, text = ${text(value)})` : `(name = ${text(name)}, json = ${text(text(value))})`,
  );
  const bindings = Object.entries(objects).map(([name, of]) => `(name = ${text(name)}, durableObjectNamespace = ${text(of)})`);
  const namespaces = Object.values(objects).map((of) => `(className = ${text(of)}, uniqueKey = ${text(of)}, enableSql = true)`);
  const storage = namespaces.length > 0 ? `durableObjectStorage = (localDisk = "disk"),` : "";
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["private"])),
    (name = "disk", disk = (path = "data", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = ${list(modules)},
  compatibilityDate = ${text(compatibilityDate)},
  bindings = ${list([...settings, ...bindings])},
  durableObjectNamespaces = ${list(namespaces)},
  ${storage}
);
`;
}
