// An operator's hooks: a real server that believes nothing but a right signature, writes down what it is
// asked, and answers right, wrong, slowly, or never.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { Webhook } from "standardwebhooks";
import { startOwnOrigin } from "./own_origin.mjs";

const JSON_TYPE = { "content-type": "application/json" };

export const allow = (more) => JSON.stringify({ decision: "allow", ...more });
export const deny = (message) => JSON.stringify({ decision: "deny", message });

/** An answer as it should be. */
export const says = (body) => (response) => response.writeHead(200, JSON_TYPE).end(body);

const raw = (status, headers, body) => (response) => response.writeHead(status, headers).end(body);

/** Byte after byte, until it is through or nobody listens. */
async function drip(socket, bytes) {
  for (const byte of bytes) {
    await pause(500, undefined, { ref: false });
    if (socket.destroyed) return;
    socket.write(Buffer.of(byte));
  }
  socket.end();
}

/** What is no answer: what the log calls it, and how it is given. */
export const lies = {
  "never answers": ["late", () => {}],
  "never says more than that it will": ["late", (response) => response.writeHead(200, JSON_TYPE).flushHeaders()],
  "drips": ["late", (response) => {
    response.writeHead(200, JSON_TYPE).flushHeaders();
    drip(response, Buffer.from(allow()));
  }],
  "drips its head": ["late", ({ socket }) => drip(socket, Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${allow()}`))],
  "hangs up": ["broken", ({ socket }) => socket.destroy()],
  "breaks off": ["broken", (response) => {
    response.writeHead(200, { ...JSON_TYPE, "content-length": 100 });
    response.write(allow(), () => response.socket.destroy());
  }],
  "breaks off after a whole yes": ["broken", (response) => {
    response.writeHead(200, JSON_TYPE);
    response.write(allow(), () => response.socket.destroy());
  }],
  "redirects": ["status_307", (response) => response.writeHead(307, { location: "/yes" }).end()],
  "says 201": ["status_201", raw(201, JSON_TYPE, allow())],
  "says 500, and yes": ["status_500", raw(500, JSON_TYPE, allow())],
  "says yes in HTML": ["not_json", raw(200, { "content-type": "text/html" }, allow())],
  "says nothing of the type": ["not_json", raw(200, {}, allow())],
  "says it wrong": ["not_json", says('{"decision": allow}')],
  "says nothing": ["not_json", says("")],
  "stammers": ["broken", says(Buffer.from([...Buffer.from('{"decision":"allow","x":"'), 0xff, 0x22, 0x7d]))],
  "is long-winded": ["too_large", says(allow({ more: "x".repeat(16 * 1024) }))],
  "has no end": ["too_large", (response) => {
    response.writeHead(200, JSON_TYPE);
    const more = () => response.destroyed || response.write(" ".repeat(4096), more);
    more();
  }],
  "blows up": ["too_large", raw(200, { ...JSON_TYPE, "content-encoding": "gzip" }, gzipSync(" ".repeat(8_000_000) + allow()))],
  "is undecided": ["wrong_decision", says('{"decision":"maybe"}')],
  "gives a role by name": ["wrong_roles", says(allow({ roles: "admin" }))],
  "gives 17 roles": ["wrong_roles", says(allow({ roles: Array.from({ length: 17 }, (_, n) => `role${n}`) }))],
  "gives a role of its own spelling": ["wrong_roles", says(allow({ roles: ["Admin"] }))],
  "leads away": ["wrong_redirect", says(allow({ redirect: "//evil" }))],
  "tells a story": ["wrong_message", says(deny("one\ntwo"))],
};

/**
 * Starts the hooks. `answers` says what each does, by the name in its path; all allow at first. `settings`
 * are those that make Edgeward ask them. `asked` is what they were asked; `over` when nobody listens any more.
 */
export async function startHooks(t) {
  const answers = { login: says(allow()), registration: says(allow()), before: says(allow()) };
  const asked = [];
  const elsewhere = [];
  const hooks = { answers, asked, elsewhere };
  const url = await startOwnOrigin(t, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const answer = answers[request.url.slice(1)];
    if (!answer) return raw(200, JSON_TYPE, allow())(response, elsewhere.push(request.url));
    const over = new Promise((resolve) => response.once("close", resolve));
    asked.push({ id: request.headers["webhook-id"], headers: request.headers, body, over, ...JSON.parse(body) });
    answer(response);
  });
  hooks.settings = {
    ON_LOGIN_URL: `${url}/login`,
    ON_REGISTRATION_URL: `${url}/registration`,
    ON_BEFORE_REGISTRATION_URL: `${url}/before`,
  };
  /** Each question was signed with this secret, and each is another one. */
  hooks.prove = (secret) => {
    for (const { headers, body } of asked) new Webhook(secret).verify(body, headers);
    assert.equal(new Set(asked.map(({ id }) => id)).size, asked.length, "no question comes twice");
    assert.deepEqual(elsewhere, [], "no redirect was followed");
  };
  return hooks;
}
