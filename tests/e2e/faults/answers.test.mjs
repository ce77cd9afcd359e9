// An origin and hooks that fail in each of the ways a real server does: whoever asks gets a clear 502, 503 or 504
// and no session, nobody waits without an end, nothing is passed on that was not allowed, and the next request is
// served. More lies of hooks: tests/e2e/hooks.test.mjs.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { root } from "../../../scripts/steps.mjs";
import { figure, isFull } from "../figures.mjs";
import { freePort, startEdgeward } from "../harness.mjs";
import { lies, says, allow, startHooks } from "../hook_server.mjs";
import { told } from "../visitor.mjs";

const timeout = 180_000;
const entry = join(root, "tests", "e2e", "faults", "hurrying.mjs");
/** With a deadline that is a hundred times sooner than it is; the rest is a busy machine. */
const patience = 15_000;

const [dead, late] = ["502 auth.origin.unreachable", "504 auth.origin.unreachable"];

async function drip(socket, text) {
  for (const byte of Buffer.from(text)) {
    await pause(100, undefined, { ref: false });
    if (socket.destroyed) return;
    socket.write(Buffer.of(byte));
  }
}

/** What an origin does with a request, by hand on its socket, and what the visitor gets of it. */
const origins = {
  "refuses the connection": [undefined, dead],
  "hangs up": [(socket) => socket.destroy(), dead],
  "hangs": [() => {}, late],
  "dies in its head": [(socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Le", () => socket.destroy()), dead],
  "talks nonsense": [(socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"), dead],
  "says two lengths": [(socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"), dead],
  "drips its head": [(socket) => drip(socket, `HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(400)}\r\n\r\n`), late],
  "answers 500": [(socket) => socket.end("HTTP/1.1 500 Oh no\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"), "500"],
  "answers 503": [(socket) => socket.end("HTTP/1.1 503 Busy\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"), "503"],
  "answers 302": [(socket) => socket.end("HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), "302"],
  "dies in its body": [(socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of", () => socket.destroy()), "broken off"],
  "drips its body": [(socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n", () => drip(socket, "nothing but a moment\n")), "200"],
};

/** An origin that answers by hand. `behaves` says how; `over` tells when nobody listens any more. */
async function startBareOrigin(t) {
  const port = await freePort();
  const sockets = new Set();
  const origin = { url: `http://127.0.0.1:${port}`, heard: 0, over: Promise.resolve() };
  const well = (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nwell");
  let server;
  origin.behaves = async (how) => {
    server?.close();
    for (const socket of sockets) socket.destroy();
    if (server?.listening) await once(server, "close");
    server = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      origin.over = new Promise((resolve) => socket.once("close", resolve));
      let read = "";
      socket.on("data", (bytes) => {
        if (read.includes("\r\n\r\n")) return;
        read += bytes;
        if (!read.includes("\r\n\r\n")) return;
        origin.heard += 1;
        (how ?? well)(socket);
      });
    });
    await once(server.listen(port, "127.0.0.1"), "listening");
  };
  origin.goes = async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  await origin.behaves();
  t.after(origin.goes);
  return origin;
}

test("an origin that fails is a clear answer, no visitor hangs, and the next request is served", { timeout }, async (t) => {
  const origin = await startBareOrigin(t);
  const house = await startEdgeward(t, { entry, settings: { ORIGIN_URL: origin.url } });
  const [ann, eve] = [house.visitor(), house.visitor()];
  await ann.settlesIn();
  const misses = [];
  let tried = 0;
  const sees = (what, is, wanted) => {
    tried += 1;
    if (is !== wanted) misses.push(`${what}: ${is}, not ${wanted}`);
  };
  for (const [kind, [how, wanted]] of Object.entries(origins)) {
    const posts = isFull || kind.startsWith("hangs");
    for (const request of [{}, ...(posts ? [{ method: "POST", body: "a=1" }] : [])]) {
      if (how) await origin.behaves(how);
      else await origin.goes();
      const what = `${request.method ?? "GET"}, ${kind}`;
      const heard = origin.heard;
      const begun = performance.now();
      const answer = await ann.fetch("/private/page", request).catch((error) => ({ status: /aborted|hang up|ECONNRESET/.test(`${error.message} ${error.code}`) ? "broken off" : error.message }));
      sees(what, told(answer), wanted);
      sees(`${what}, in time`, performance.now() - begun < patience, true);
      if (wanted === late) sees(`${what}, hung up on`, await Promise.race([origin.over.then(() => true), pause(5000, false)]), true);
      if (wanted === "302") sees(what, answer.headers.location, "https://elsewhere.example/");
      if (how) sees(`${what}, asked once`, origin.heard - heard, 1);
      sees(`${what}, a stranger`, told(await eve.fetch("/private/page", request)), "401 auth.session.required");
      if (how) sees(`${what}, no word of the stranger`, origin.heard - heard, 1);
      sees(`${what}, the session`, told(await ann.calls("/auth/session")), "200 auth.session.active");
      await origin.behaves();
      sees(`${what}, the next request`, (await ann.fetch("/private/page")).text, "well");
    }
  }
  figure("answers", { tried, survived: tried - misses.length });
  assert.deepEqual(misses, []);
});

const nobody = "refuses the connection";
const hookFailures = [nobody, "never answers", "says 500, and yes"];
if (isFull) hookFailures.push("redirects", "breaks off after a whole yes", "says it wrong", "drips", "drips its head");

test("hooks that fail let nobody in, nobody hangs, and the next request is served", { timeout }, async (t) => {
  const hooks = await startHooks(t);
  const settings = hooks.settings;
  const house = await startEdgeward(t, { settings, unopenedMail: true });
  const named = ["login", "registration", "before"];
  const misses = [];
  let tried = 0;
  const sees = (what, is, wanted) => {
    tried += 1;
    if (is !== wanted) misses.push(`${what}: ${is}, not ${wanted}`);
  };
  const credentials = ({ email, password }) => ({ email, password });
  for (const kind of hookFailures) {
    const [ann, bob, zoe] = [house.visitor(), house.visitor(), house.visitor()];
    await ann.settlesIn();
    await bob.calls("/auth/register", credentials(bob));
    const token = await bob.tokenOf("auth.verify");
    if (kind === nobody) await house.restart({ settings: Object.fromEntries(Object.keys(settings).map((name) => [name, "http://127.0.0.1:1/hook"])) });
    else named.forEach((hook) => (hooks.answers[hook] = lies[kind][1]));
    const begun = performance.now();
    const acts = [
      ann.elsewhere().calls("/auth/login", credentials(ann)),
      bob.calls("/auth/verify", { token }),
      zoe.calls("/auth/register", credentials(zoe)),
    ];
    for (const [at, answer] of (await Promise.all(acts)).entries()) {
      sees(`${named[at]} ${kind}`, told(answer), "503 auth.hook.unavailable");
      sees(`${named[at]} ${kind}, a cookie`, answer.headers["set-cookie"], undefined);
    }
    sees(`${kind}, in time`, performance.now() - begun < patience, true);
    sees(`${kind}, who is signed in`, (await ann.fetch("/private/echo", { method: "POST", body: "x" })).status, 200);
    if (kind === nobody) await house.restart({ settings });
    named.forEach((hook) => (hooks.answers[hook] = says(allow())));
    sees(`${kind}, signing in next`, told(await ann.elsewhere().calls("/auth/login", credentials(ann))), "200 auth.login.success");
    sees(`${kind}, the same link next`, told(await bob.calls("/auth/verify", { token })), "200 auth.verify.success");
    sees(`${kind}, signing up next`, told(await zoe.calls("/auth/register", credentials(zoe))), "202 auth.register.check_email");
  }
  figure("answers", { tried, survived: tried - misses.length });
  assert.deepEqual(misses, []);
});
