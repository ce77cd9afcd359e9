// A notifier that fails in each of the ways a real server does, on the real runtime: letters come when it is back,
// under the names they had, and their links work. Long outages and deadlines: tests/threats/notifier_outage.rs.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { figure } from "../figures.mjs";
import { freePort, startEdgeward } from "../harness.mjs";
import { told } from "../visitor.mjs";

const timeout = 180_000;
/** A try takes 15 s at most, and the next comes within half a minute and a fifth. */
const back = 90_000;

const head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n";

/** What it does with a delivery instead of taking it. */
const failures = {
  "answers 500": (response) => response.writeHead(500).end("no"),
  "answers 429, and when to come again": (response) => response.writeHead(429, { "Retry-After": "7" }).end(),
  "answers 302": (response) => response.writeHead(302, { Location: "/elsewhere" }).end(),
  "hangs": () => {},
  "hangs up": ({ socket }) => socket.destroy(),
  "dies in the head of its answer": ({ socket }) => socket.write(head, () => socket.destroy()),
  "talks nonsense": ({ socket }) => socket.end("550 No such user here\r\n\r\n"),
  "drips its head": async ({ socket }) => {
    for (const byte of Buffer.from(`${head}\r\n`)) {
      await pause(600, undefined, { ref: false });
      if (socket.destroyed) return;
      socket.write(Buffer.of(byte));
    }
  },
};

/** A notifier by name in its path: `/hangs` hangs until it works. It can be gone altogether. */
async function startNotifier(t) {
  const port = await freePort();
  const tries = [];
  const notifier = { url: `http://127.0.0.1:${port}/mail`, tries, fails: undefined, elsewhere: 0 };
  let server;
  notifier.begins = async () => {
    server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      if (request.url !== "/mail") return response.end(String((notifier.elsewhere += 1)));
      const { type, data } = JSON.parse(body);
      tries.push({ id: request.headers["webhook-id"], at: Date.now(), headers: request.headers, body, type, data, taken: !notifier.fails });
      if (notifier.fails) return notifier.fails(response);
      response.writeHead(204).end();
    }).listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  notifier.ends = async () => {
    server.close();
    server.closeAllConnections();
  };
  /** The tries that fit, as soon as there is one. */
  notifier.got = async (wanted) => {
    for (const deadline = Date.now() + back; ; await pause(20)) {
      const found = tries.filter(wanted);
      if (found.length > 0) return found;
      if (Date.now() > deadline) return [];
    }
  };
  await notifier.begins();
  t.after(notifier.ends);
  return notifier;
}

const token = ({ data }) => new URL(data.link).searchParams.get("token");

test("letters of every failure come when the notifier is back, under the same id, and their links work", { timeout }, async (t) => {
  const results = [];
  await Promise.all(Object.entries({ ...failures, "is not there": undefined }).map(async ([kind, fails]) => {
    const notifier = await startNotifier(t);
    const house = await startEdgeward(t, { settings: { NOTIFIER_URL: notifier.url }, unopenedMail: true });
    const ann = house.visitor();
    if (fails) notifier.fails = fails;
    else await notifier.ends();

    const taken = await ann.calls("/auth/register", { email: ann.email, password: ann.password });
    await (fails ? notifier.got(() => true) : house.says("letter_not_delivered"));
    if (fails) notifier.fails = undefined;
    else await notifier.begins();
    const [letter] = await notifier.got((one) => one.taken);
    const ids = new Set(notifier.tries.map(({ id }) => id));
    const proved = letter && (await ann.calls("/auth/verify", { token: token(letter) }));
    const patient = !kind.includes("429") || letter.at - notifier.tries[0].at >= 7000;
    if (letter) new Webhook(house.secrets.WEBHOOK_SECRET).verify(letter.body, letter.headers);
    results.push({ kind, told: told(taken), ids: ids.size, proved: proved && told(proved), patient, elsewhere: notifier.elsewhere });
  }));
  const right = ({ told, ids, proved, patient, elsewhere }) =>
    told === "202 auth.register.check_email" && ids === 1 && proved === "200 auth.verify.success" && patient && elsewhere === 0;
  figure("notifier_kinds", { tried: results.length, survived: results.filter(right).length });
  assert.equal(results.length, Object.keys(failures).length + 1);
  assert.deepEqual(results.filter((one) => !right(one)), []);
});

test("a letter that waited out a dead notifier and a dead process comes once both are back", { timeout }, async (t) => {
  const notifier = await startNotifier(t);
  const house = await startEdgeward(t, { settings: { NOTIFIER_URL: notifier.url }, unopenedMail: true });
  const ann = house.visitor();
  notifier.fails = failures["dies in the head of its answer"];
  await ann.calls("/auth/register", { email: ann.email, password: ann.password });
  const [first] = await notifier.got(() => true);
  await notifier.ends();
  await house.kill9();
  notifier.fails = undefined;
  await notifier.begins();
  await house.start();
  const [letter] = await notifier.got((one) => one.taken);
  figure("notifier_kinds", { tried: 1, survived: letter?.id === first.id ? 1 : 0 });
  assert.equal(letter?.id, first.id);
  assert.equal(told(await ann.calls("/auth/verify", { token: token(letter) })), "200 auth.verify.success");
});
