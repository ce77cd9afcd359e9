// `npm start` itself, as people run it: wrangler, the demo application and the mailbox, data on disk.
// What was acknowledged outlives the kill of any part of it, and what was killed keeps no port.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { root } from "../../scripts/steps.mjs";
import { Visitor } from "./visitor.mjs";

const patience = 60_000;

test("kill -9 of workerd, and of npm start: it answers again, and lost nothing", async (t) => {
  const port = await threeFreePorts();
  const data = join(root, ".data", `port-${port}`);
  let running = await start(port);
  t.after(async () => {
    await running.dies();
    await eventually("the ports are free", () => areFree(port));
    rmSync(data, { recursive: true, force: true });
  });
  const house = { url: `http://localhost:${port}`, port, mailbox: new Mailbox(port + 2), opened: new Set() };
  const ann = new Visitor(house, { email: "ann@example.com", password: "seven lazy herons over Bergen", address: "198.18.0.1" });
  await ann.settlesIn();

  for (const process of descendants(running.pid).filter(({ name }) => name === "workerd")) kill(process.pid);
  await eventually("it says that it started again", () => running.printed.split("\n").some((line) => /^. Starting it again .* s$/.test(line)));
  assert.equal((await ann.calls("/auth/session")).status, 200, "the session outlived workerd");

  await running.dies();
  await eventually("the ports are free", () => areFree(port));
  running = await start(port);
  assert.equal((await ann.calls("/auth/session")).status, 200, "and npm start");
  assert.equal((await ann.fetch("/private/")).status, 200, "for the application too");
});

async function start(port) {
  const child = spawn(process.execPath, ["scripts/start.mjs", "--port", String(port)], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const running = { pid: child.pid, printed: "", dies: () => (child.kill("SIGKILL"), ended) };
  const ended = new Promise((resolve) => child.once("exit", resolve));
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (running.printed += text));
  await eventually("the banner", () => {
    assert.equal(child.exitCode, null, running.printed);
    return running.printed.includes("Ctrl-C ends everything");
  });
  return running;
}

/** The demo's mailbox in its own process. */
class Mailbox {
  constructor(port) {
    this.url = `http://127.0.0.1:${port}`;
  }

  async received({ to, type }) {
    let mail;
    await eventually(`${type} for ${to}`, async () => {
      const { mails } = await (await fetch(`${this.url}/mails?to=${to}`)).json();
      mail = mails.find((one) => one.type === type);
      return mail !== undefined;
    });
    return mail;
  }
}

async function eventually(what, holds) {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `not within ${patience / 1000} s: ${what}`);
    await pause(50);
  }
}

/** All processes below one, as Linux lists them. */
function descendants(ancestor) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap(status);
  const below = (pid) => all.filter(({ parent }) => parent === pid).flatMap((one) => [one, ...below(one.pid)]);
  return below(ancestor);
}

function status(pid) {
  try {
    const [, name, parent] = /\((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, "latin1"));
    return [{ pid: Number(pid), name, parent: Number(parent) }];
  } catch {
    // It has ended since it was listed.
    return [];
  }
}

/** A child that wrangler killed itself meanwhile needs no second kill. */
function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/** A port with two free ones behind it, where neither other tests nor outgoing connections take them. */
async function threeFreePorts() {
  const port = 30_000 + 3 * Math.floor(Math.random() * 900);
  return (await areFree(port)) ? port : threeFreePorts();
}

async function areFree(port) {
  const free = await Promise.all([port, port + 1, port + 2].map(isFree));
  return free.every(Boolean);
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
