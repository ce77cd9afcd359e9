// `npm start`: from a fresh clone to a running Edgeward with a demo application and a mailbox.
//
// Until npm's packages are there, this may use nothing but Node itself. What it starts ends with it, and
// what Edgeward stores stays in `.data/`.

import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { readRing, readVars, varLine } from "./secrets.mjs";
import { devSettings, devVars, setup } from "./setup.mjs";
import { bin, bold, dim, elapsed, Failed, green, main, quietEnv, root, say, step } from "./steps.mjs";
import { ensureNpmPackages } from "./tools.mjs";

async function start() {
  const { values } = parseArgs({ options: { port: { type: "string" }, verbose: { type: "boolean" } } });
  const place = placeFor(values.port);
  for (const port of place.ports) await demandFree(port);

  await ensureNpmPackages();
  await step("Preparing tools and .dev.vars", setup);
  await step("Building", build);
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => ending.abort());
  endWithParent(ending);
  const neighbours = await step("Starting the demo application and the mailbox", () => startNeighbours(place));
  try {
    await runGate(place, neighbours, { verbose: values.verbose, ending });
  } finally {
    await Promise.all(neighbours.map((neighbour) => neighbour.close()));
  }
}

/** Runs Edgeward until this ends. A workerd that died starts again: wrangler's own restart gives no answers. */
async function runGate(place, neighbours, options) {
  for (let starts = 1; ; starts += 1) {
    const gate = startGate(place, options);
    try {
      await step(starts === 1 ? "Starting Edgeward in workerd" : "Starting it again", () => gate.ready);
      if (starts === 1) banner(place, neighbours);
      await Promise.race([gate.ended, gate.crashed]);
    } finally {
      await gate.end();
    }
    if (options.ending.signal.aborted) return say("Ended.");
    if (!gate.hasCrashed()) throw new Failed("Edgeward ended by itself. What it last said is above.");
    say("workerd was killed, or crashed.");
  }
}

/** npm may be killed without a word; then this has lost its terminal, and would only hold the ports. */
function endWithParent(ending) {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || ending.abort(), 500).unref();
}

/** Where everything is: as .dev.vars says, or beside the port that was asked for. */
function placeFor(asked) {
  const settings = { ...devSettings, ...readVars(devVars) };
  const demoOrigin = settings.ORIGIN_URL === devSettings.ORIGIN_URL;
  const demoMailbox = settings.NOTIFIER_URL === devSettings.NOTIFIER_URL;
  const moved = {};
  if (asked !== undefined) {
    const port = Number(asked);
    if (!Number.isInteger(port) || port < 1 || port > 65_533) throw new Failed(`--port ${asked}: this is no port.`);
    moved.PUBLIC_URL = `http://localhost:${port}`;
    if (demoOrigin) moved.ORIGIN_URL = `http://127.0.0.1:${port + 1}`;
    if (demoMailbox) moved.NOTIFIER_URL = `http://127.0.0.1:${port + 2}`;
  }
  const urls = { ...settings, ...moved };
  const portOf = (url) => Number(new URL(url).port || 80);
  const port = portOf(urls.PUBLIC_URL);
  return {
    publicUrl: urls.PUBLIC_URL,
    port,
    originPort: demoOrigin ? portOf(urls.ORIGIN_URL) : undefined,
    mailboxPort: demoMailbox ? portOf(urls.NOTIFIER_URL) : undefined,
    ports: [port, ...(demoOrigin ? [portOf(urls.ORIGIN_URL)] : []), ...(demoMailbox ? [portOf(urls.NOTIFIER_URL)] : [])],
    // Two that run at once share no data.
    data: asked === undefined ? join(root, ".data") : join(root, ".data", `port-${port}`),
    moved,
  };
}

async function demandFree(port) {
  for (const host of ["127.0.0.1", "::1"]) {
    const error = await new Promise((resolve) => {
      const server = createServer().once("error", resolve);
      server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
    });
    if (error?.code === "EADDRINUSE") {
      throw new Failed(
        `Port ${port} is in use, perhaps by another \`npm start\`. End that one, or choose another port:\n` +
          `    npm start -- --port ${port < 9000 ? 9000 : port + 10}\n(the two ports after it are taken for the demo application and the mailbox).`,
      );
    }
    if (error?.code === "EACCES") throw new Failed(`Port ${port} needs more rights. Choose one above 1023: npm start -- --port 9000`);
  }
}

async function startNeighbours({ originPort, mailboxPort, publicUrl, data }) {
  const settings = readVars(devVars);
  const note = (who) => (text) => say(dim(`${who.padEnd(8)} ${text}`));
  const started = [];
  if (originPort !== undefined) {
    const { startOrigin } = await import("../demo/origin.mjs");
    const keys = readRing(settings.IDENTITY_KEYS);
    started.push({ name: "origin", ...(await startOrigin({ port: originPort, keys, audience: publicUrl, log: note("origin") })) });
  }
  if (mailboxPort !== undefined) {
    const { startMailbox } = await import("../demo/mailbox.mjs");
    const file = join(data, "mails.jsonl");
    started.push({ name: "mailbox", ...(await startMailbox({ port: mailboxPort, secret: settings.WEBHOOK_SECRET, file, log: note("mailbox") })) });
  }
  return started;
}

/** `wrangler dev` as a child: `ready` when it answers, `ended` when it is gone. */
function startGate({ port, publicUrl, data, moved }, { verbose, ending }) {
  mkdirSync(data, { recursive: true });
  const overrides = join(data, "moved.vars");
  writeFileSync(overrides, Object.entries(moved).map(varLine).join(""));
  const args = [
    "dev", "--port", String(port), "--persist-to", join(data, "edgeward"),
    "--env-file", devVars, "--env-file", overrides, "--show-interactive-dev-session=false",
  ];
  const leash = join(root, "scripts", "leash.mjs");
  const child = spawn(process.execPath, [leash, join(bin, "wrangler"), ...args], {
    cwd: root,
    env: quietEnv,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const letGo = () => child.stdin.end();
  ending.signal.addEventListener("abort", letGo);

  const output = new Output(verbose);
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", (line) => output.take(line));
  const fell = ended.then(() => {
    if (ending.signal.aborted) return;
    throw new Failed(`${output.held.join("\n")}\nwrangler ended before Edgeward was ready.`);
  });
  const ready = Promise.race([fell, output.ready.then(() => healthy(publicUrl, ending.signal)).then(() => output.open())]);
  fell.catch(() => {});
  return { ready, ended, crashed: output.crashed, hasCrashed: () => output.hasCrashed, end: () => (letGo(), ended) };
}

/** What wrangler prints: held back while it starts, then without its frames. */
class Output {
  held = [];
  #open = false;
  #isReady;
  ready = new Promise((resolve) => (this.#isReady = resolve));
  hasCrashed = false;
  #crash;
  crashed = new Promise((resolve) => (this.#crash = resolve));

  constructor(verbose) {
    this.verbose = verbose;
  }

  open() {
    this.#open = true;
  }

  take(line) {
    const plain = line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").trimEnd();
    if (/Ready on http/.test(plain)) this.#isReady();
    if (/Workers runtime crashed/.test(plain)) this.#hasFallen();
    if (this.verbose) return say(line);
    if (!this.#open) return this.held.push(line);
    const request = /^\[wrangler:info\] ([A-Z]+ .*)$/.exec(plain);
    if (request) return say(dim(`gate     ${request[1]}`));
    if (plain !== "" && !/^[─-╿\s]+$/.test(plain)) say(line);
  }

  #hasFallen() {
    this.hasCrashed = true;
    this.#open = false;
    this.#crash();
  }
}

async function healthy(publicUrl, signal) {
  const deadline = Date.now() + 30_000;
  let last = "no answer";
  while (Date.now() < deadline && !signal.aborted) {
    try {
      const answer = await fetch(`${publicUrl}/auth/health`, { headers: { Accept: "text/plain, */*" } });
      if (answer.ok) return;
      last = `${answer.status}\n${await answer.text()}`;
      if (answer.status === 503) break;
    } catch (error) {
      last = error.cause?.message ?? error.message;
    }
    await pause(100);
  }
  if (!signal.aborted) throw new Failed(`${publicUrl}/auth/health does not answer 200 but: ${last}`);
}

function banner({ publicUrl, data }, neighbours) {
  const mailbox = neighbours.find(({ name }) => name === "mailbox");
  const lines = [
    ["The application", `${publicUrl}/`],
    ["A private page", `${publicUrl}/private/`],
    ["Sign up", `${publicUrl}/login/signup`],
    ...(mailbox ? [["Mailbox", `${mailbox.url}/`]] : []),
  ];
  process.stdout.write(`\n  ${green(bold("Edgeward is running"))} ${dim(`(after ${elapsed()})`)}\n\n`);
  for (const [name, url] of lines) say(`${name.padEnd(16)} ${bold(url)}`);
  process.stdout.write(`\n  ${dim(`Data stays in ${data.slice(root.length + 1)}/. Ctrl-C ends everything.`)}\n\n`);
}

await main(start);
