// Streams end with what let them in: a WebSocket and server-sent events do not outlive their session, nor
// the smart link they were opened by. The tests wait for the end itself, however long it takes.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { createGzip } from "node:zlib";
import { echoSocket } from "../../demo/socket.mjs";
import { root } from "../../scripts/steps.mjs";
import { forward, seconds, startClockwork } from "./clock.mjs";
import { startEdgeward } from "./harness.mjs";
import { operator } from "./operator.mjs";
import { startOwnOrigin } from "./own_origin.mjs";
import { told } from "./visitor.mjs";

const timeout = 60_000;
const over = [1008, "auth.session.ended"];
const unknown = [1013, "auth.busy"];

/**
 * An origin of events, one every 20 ms, and of sockets that echo. It knows which are open, by path, and how
 * the last socket at a path was closed. `before(path)` is waited for before it answers. Events below
 * `/private/packed` are compressed; at `/private/flood` it says as much as is taken, in either way.
 */
async function startSource(t, { before = () => {} } = {}) {
  const open = new Map();
  const closings = new Map();
  const begins = (path, connection) => {
    open.set(path, connection);
    connection.once("close", () => open.delete(path));
  };
  const talks = async ({ method, url }, response) => {
    if (!url.includes("/events?")) return response.end();
    await before(url);
    const packed = url.includes("/packed");
    response.writeHead(200, { "Content-Type": "Text/Event-Stream; charset=utf-8", ...(packed && { "Content-Encoding": "gzip" }) });
    if (method === "HEAD") return response.end();
    begins(url, response);
    if (url.includes("/flood")) return floods(response, Buffer.alloc(65_536, "data: more\n\n"));
    const out = packed ? createGzip() : response;
    if (packed) out.pipe(response);
    const talking = setInterval(() => out.write("data: more\n\n", () => packed && out.flush()), 20);
    response.once("close", () => clearInterval(talking));
  };
  const upgrades = async (request, socket) => {
    await before(request.url);
    begins(request.url, socket);
    socket.on("data", (frame) => frame[0] === 0x88 && closings.set(request.url, closing(frame)));
    echoSocket(request, socket);
    if (request.url.includes("/flood")) floods(socket, frameOf64K);
  };
  const url = await startOwnOrigin(t, talks, upgrades);
  const isDone = async (path) => {
    if (open.has(path)) await once(open.get(path), "close");
  };
  return { url, open, closings, isDone };
}

/** A binary message of 64 KB, as a server sends it. */
const frameOf64K = Buffer.concat([Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]), Buffer.alloc(65_536)]);

function floods(connection, bytes) {
  const more = () => {
    while (!connection.destroyed && connection.write(bytes));
  };
  connection.on("drain", more).on("error", () => {});
  more();
}

/** Code and reason of a short, masked close frame (RFC 6455 §5.5.1). */
function closing(frame) {
  const payload = frame.subarray(6).map((byte, i) => byte ^ frame[2 + (i % 4)]);
  return payload.length < 2 ? [] : [payload[0] * 256 + payload[1], Buffer.from(payload.subarray(2)).toString()];
}

/** A WebSocket that a page of ours opens in this visitor's browser. */
function socketOf(visitor, path) {
  const { house } = visitor;
  const headers = { Origin: house.url, Cookie: visitor.jar.header(path) };
  const socket = new WebSocket(`${house.url.replace("http", "ws")}${path}`, { headers });
  const closed = once(socket, "close").then(([{ code, reason }]) => [code, reason]);
  const says = async (text) => {
    socket.send(text);
    return (await once(socket, "message"))[0].data;
  };
  return { socket, closed, says, opened: once(socket, "open") };
}

/** Events that a page of ours listens to. `ended` tells how they end: `cleanly`, or with an error. */
async function eventsOf(visitor, path, more = {}) {
  const { house } = visitor;
  const headers = { ...more, Host: new URL(house.url).host, Cookie: visitor.jar.header(path), Accept: "text/event-stream", "Sec-Fetch-Site": "same-origin" };
  const sent = httpRequest({ host: "127.0.0.1", port: house.port, path, headers, agent: false }).end();
  const [answer] = await once(sent, "response");
  const ended = new Promise((resolve) => answer.once("end", () => resolve("cleanly")).once("error", ({ code }) => resolve(code)));
  return { answer, ended, comes: () => once(answer, "data"), leaves: () => sent.destroy() };
}

/** Both, open and alive. `name` tells them apart at the origin. */
async function listens(visitor, name, below = "/private") {
  const paths = { socket: `${below}/socket?${name}`, events: `${below}/events?${name}` };
  const one = { paths, ...socketOf(visitor, paths.socket) };
  await one.opened;
  const events = await eventsOf(visitor, paths.events);
  assert.equal(events.answer.statusCode, 200, name);
  Object.assign(one, { events });
  await goesOn(one, name);
  return one;
}

async function goesOn({ says, events }, what) {
  assert.equal(await says("still there?"), "still there?", what);
  await events.comes();
}

async function isOver({ closed, events, paths }, source, what, how = over) {
  events.answer.resume();
  assert.deepEqual(await closed, how, what);
  assert.equal(await events.ended, "cleanly", what);
  await Promise.all([source.isDone(paths.socket), source.isDone(paths.events)]);
  assert.deepEqual(source.closings.get(paths.socket), [1001, how[1]], `${what}: what the origin hears`);
}

async function signedInElsewhere(visitor) {
  const other = visitor.elsewhere();
  const { email, password } = visitor;
  assert.equal(told(await other.calls("/auth/login", { email, password })), "200 auth.login.success");
  return other;
}

const endings = {
  "signing out": async ({ ann }) => ann.signsOut(),
  "ending it from another browser": async ({ ann, phone }) => {
    const { sessions } = (await ann.calls("/auth/sessions")).json;
    const { id } = sessions.find(({ current }) => current);
    assert.equal(told(await phone.calls(`/auth/sessions/${id}`, undefined, { method: "DELETE" })), "200 auth.session.revoked");
  },
  "ending all others": async ({ phone }) => phone.calls("/auth/end-sessions", { which: "others" }),
  "signing in again": async ({ ann: { email, password }, ann }) => ann.calls("/auth/login", { email, password }),
  "ending all": async ({ phone }) => phone.calls("/auth/end-sessions", { which: "all" }),
  "an operator who disables the account": async ({ ops, account }) => ops.changes(account, { enabled: false }),
  "other roles": async ({ ops, account }) => ops.changes(account, { roles: ["admin"] }),
  "a deletion": async ({ ann, phone }) => {
    assert.equal(told(await phone.calls("/auth/delete-account", {})), "200 auth.account.deletion_started");
    await ann.receives("auth.notice.deletion");
  },
  "a reset": async ({ ann }) => {
    const stranger = ann.elsewhere();
    await stranger.calls("/auth/forgot", { email: ann.email });
    const token = await stranger.tokenOf("auth.reset");
    assert.equal(told(await stranger.calls("/auth/reset", { token, password: "four patient clocks in Riga" })), "200 auth.reset.success");
    await ann.receives("auth.notice.password_changed");
  },
  "another password": async ({ ann, phone: { password }, phone }) => {
    assert.equal(told(await phone.calls("/auth/change-password", { password, newPassword: "four patient clocks in Riga" })), "200 auth.password.changed");
    await ann.receives("auth.notice.password_changed");
  },
};
/** What ends the session of one browser alone. */
const alone = ["signing out", "ending it from another browser", "ending all others", "signing in again"];

test("a WebSocket and server-sent events end with their session, whatever ends it", { timeout: 120_000 }, async (t) => {
  const source = await startSource(t);
  const house = await startEdgeward(t, { settings: { ORIGIN_URL: source.url } });
  const ops = operator(house);
  const bob = house.visitor();
  await bob.settlesIn();
  const bobs = await listens(bob, "bob");

  for (const [what, end] of Object.entries(endings)) {
    await t.test(what, async () => {
      const ann = house.visitor();
      await ann.settlesIn();
      const phone = await signedInElsewhere(ann);
      const { id: account } = await ops.finds(ann.email);
      const [name, other] = [`${account}-desk`, `${account}-phone`];
      const [onDesk, onPhone] = [await listens(ann, name), await listens(phone, other)];

      await end({ ann, phone, ops, account });
      await isOver(onDesk, source, what);
      if (alone.includes(what)) await goesOn(onPhone, "the other browser's go on");
      else await isOver(onPhone, source, `${what}, in the other browser`);
      await goesOn(bobs, "and so do somebody else's");
      onPhone.events.leaves();
      onPhone.socket.close();
    });
  }

  await t.test("who is still signed in comes again at once, who is not is told so", async () => {
    const thief = bob.thief();
    const { email, password } = bob;
    await bob.calls("/auth/login", { email, password });
    await isOver(bobs, source, "signing in again");
    const again = await listens(bob, "again");
    await bob.signsOut();
    await isOver(again, source, "signing out");
    const refused = await eventsOf(thief, "/private/events?thief");
    assert.equal(refused.answer.statusCode, 401, "though its cookie is trusted by itself for a minute else");
    refused.answer.resume();
  });
});

test("at the absolute limit of the session a timer ends them, to the moment", { timeout }, async (t) => {
  const source = await startSource(t);
  const house = await startClockwork(t, { settings: { LIFETIMES: { idle: "7d", session: "7d" }, ORIGIN_URL: source.url } });
  const ann = house.visitor();
  await ann.settlesIn();
  const { session } = (await ann.calls("/auth/session")).json;
  // The alarm was set before the clock moved, so it rings in a week.
  const left = Date.parse(session.expiresAt) - Date.now();
  await forward(house, left - 8 * seconds);
  await isOver(await listens(ann, "late"), source, "the limit");
  assert.equal(told(await ann.calls("/auth/session")), "401 auth.session.ended");
});

test("when the session was not used for too long its alarm ends them: listening is no use", { timeout }, async (t) => {
  const source = await startSource(t);
  const house = await startEdgeward(t, { settings: { LIFETIMES: { idle: "8s" }, ORIGIN_URL: source.url } });
  const ann = house.visitor();
  await ann.settlesIn();
  await isOver(await listens(ann, "idle"), source, "idle");
});

test("a session that ends while the origin thinks opens no stream", { timeout }, async (t) => {
  const asked = new Map();
  const before = (path) => new Promise((answer) => asked.get(path)(answer));
  const source = await startSource(t, { before });
  const arrives = (path) => new Promise((resolve) => asked.set(path, resolve));
  const house = await startEdgeward(t, { settings: { ORIGIN_URL: source.url } });
  const ann = house.visitor();
  await ann.settlesIn();

  const [atSocket, atEvents] = [arrives("/private/socket?late"), arrives("/private/events?late")];
  const { closed } = socketOf(ann, "/private/socket?late");
  const listening = eventsOf(ann, "/private/events?late");
  const answers = [await atSocket, await atEvents];
  await ann.signsOut();
  answers.forEach((answer) => answer());
  assert.deepEqual(await closed, over);
  const events = await listening;
  assert.equal((await events.answer.toArray()).length, 0, "not one event");
  await Promise.all([...source.open.keys()].map(source.isDone));
});

test("a watch that breaks or never begins ends the stream, and whoever comes again is judged anew", { timeout }, async (t) => {
  const source = await startSource(t);
  const house = await startEdgeward(t, { settings: { ORIGIN_URL: source.url }, entry: join(root, "tests", "e2e", "breaking.mjs") });
  const ann = house.visitor();
  await ann.settlesIn();
  const { account } = (await ann.calls("/auth/session")).json;
  const breaks = (how) => ann.fetch("/", { headers: { "X-Break": how, "X-Object": account.id } });

  const first = await listens(ann, "first");
  await breaks("restart");
  await isOver(first, source, "the object restarts", unknown);
  await goesOn(await listens(ann, "second"), "and the browser comes again");

  for (const how of ["mute", "deaf"]) {
    await breaks(how);
    const { closed } = socketOf(ann, `/private/socket?${how}`);
    assert.deepEqual(await closed, unknown, how);
    const events = await eventsOf(ann, `/private/events?${how}`);
    assert.equal((await events.answer.toArray()).length, 0, how);
    await Promise.all([source.isDone(`/private/socket?${how}`), source.isDone(`/private/events?${how}`)]);
  }
  await breaks("no more");
  await goesOn(await listens(ann, "third"), "the object is well again");
});

test("streams by a smart link end when it is revoked, and at its expiry", { timeout }, async (t) => {
  const source = await startSource(t);
  const house = await startEdgeward(t, { settings: { ORIGIN_URL: source.url } });
  const holder = async (expiresIn) => {
    const terms = { path: "/private", uses: "until expiry", expiresIn };
    const { json } = await house.operator("/auth/admin/links", { json: terms });
    const eve = house.visitor();
    await eve.visits(json.link.slice(house.url.length));
    const { hidden } = eve.page.forms.find((form) => form.hidden.visit);
    await eve.fetch("/login/link", { method: "POST", form: hidden });
    return { eve, id: json.id };
  };
  const [kept, revoked] = [await holder(3600), await holder(3600)];
  const [keptStreams, revokedStreams] = [await listens(kept.eve, "kept"), await listens(revoked.eve, "revoked")];
  assert.equal((await house.operator(`/auth/admin/links/${revoked.id}`, { method: "DELETE" })).status, 200);
  await isOver(revokedStreams, source, "revoked");
  await goesOn(keptStreams, "another link's go on");

  const { eve } = await holder(5);
  await isOver(await listens(eve, "brief"), source, "expired");
  await goesOn(keptStreams, "another link's go on");
});

test("what is public is nobody's, and goes on when they sign out", { timeout }, async (t) => {
  const source = await startSource(t);
  const house = await startEdgeward(t, { settings: { ORIGIN_URL: source.url } });
  const ann = house.visitor();
  await ann.settlesIn();
  const [open, own] = [await listens(ann, "open", "/public"), await listens(ann, "own")];
  await ann.signsOut();
  await isOver(own, source, "her own");
  await goesOn(open, "the public ones");
});

test("until then everything passes as it would without a watch", { timeout }, async (t) => {
  const source = await startSource(t);
  const house = await startEdgeward(t, { settings: { ORIGIN_URL: source.url } });
  const ann = house.visitor();
  await ann.settlesIn();

  await t.test("a thousand messages in order, and one of a megabyte", async () => {
    const { socket, opened, says, closed } = socketOf(ann, "/private/socket?many");
    await opened;
    const back = [];
    const all = new Promise((resolve) => socket.addEventListener("message", ({ data }) => back.push(data) === 1000 && resolve()));
    for (let n = 0; n < 1000; n += 1) socket.send(`${n}`);
    await all;
    assert.deepEqual(back, Array.from({ length: 1000 }, (_, n) => `${n}`));
    const large = "é".repeat(500_000);
    assert.equal(await says(large), large);
    socket.close();
    assert.deepEqual(await closed, [1005, ""], "closed without a code");
    await source.isDone("/private/socket?many");
    assert.deepEqual(source.closings.get("/private/socket?many"), []);
  });

  await t.test("who leaves without a word leaves the origin too", async () => {
    const here = await listens(ann, "leaving");
    here.events.answer.once("error", () => {});
    here.events.leaves();
    await source.isDone(here.paths.events);
    here.socket.close(4000, "bye");
    assert.deepEqual(await here.closed, [4000, "bye"]);
    await source.isDone(here.paths.socket);
    assert.deepEqual(source.closings.get(here.paths.socket), [4000, "bye"]);
  });

  await t.test("compressed events come one by one too", async () => {
    const events = await eventsOf(ann, "/private/packed/events?gzip", { "Accept-Encoding": "gzip" });
    assert.equal(events.answer.headers["content-encoding"], "gzip");
    for (let n = 0; n < 3; n += 1) await events.comes();
    events.answer.once("error", () => {});
    events.leaves();
    await source.isDone("/private/packed/events?gzip");
  });

  await t.test("HEAD has a head and no stream", async () => {
    const answer = await ann.fetch("/private/events?head", { method: "HEAD" });
    assert.deepEqual([answer.status, answer.headers["content-type"]], [200, "Text/Event-Stream; charset=utf-8"]);
  });

  await t.test("an origin that breaks off breaks off here too", async () => {
    const here = await listens(ann, "breaking");
    here.events.answer.resume();
    for (const path of Object.values(here.paths)) source.open.get(path).destroy();
    assert.equal(await here.events.ended, "ECONNRESET");
    assert.deepEqual(await here.closed, [1014, ""], "bad gateway");
  });
});

test("who does not read holds nobody up: events wait at the origin, and of a WebSocket not all can wait", { timeout }, async (t) => {
  const source = await startSource(t);
  const house = await startEdgeward(t, { settings: { ORIGIN_URL: source.url } });
  const ann = house.visitor();
  await ann.settlesIn();
  const [paths, Host] = [{ socket: "/private/flood/socket?slow", events: "/private/flood/events?slow" }, new URL(house.url).host];

  const events = await eventsOf(ann, paths.events);
  await ann.signsOut();
  await source.isDone(paths.events);
  events.answer.resume();
  assert.equal(await events.ended, "cleanly", "ended all the same");

  await ann.signsIn();
  const handshake = { Host, Origin: house.url, Cookie: ann.jar.header(paths.socket), Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" };
  const idle = connect(house.port, "127.0.0.1").pause();
  t.after(() => idle.destroy());
  idle.write(`GET ${paths.socket} HTTP/1.1\r\n${Object.entries(handshake).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  while (!source.closings.has(paths.socket)) await once(idle, "data", { signal: AbortSignal.timeout(20) }).catch(() => {});
  assert.deepEqual(source.closings.get(paths.socket), [1001, "auth.busy"]);
});
