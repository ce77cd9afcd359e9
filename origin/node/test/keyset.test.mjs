// The fetched set of keys: how often it is fetched, and what holds when it cannot be.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { Verifier } from "@edgeward/origin";
import { asserted, audience, keyPair } from "./signing.mjs";

/**
 * A verifier that fetches its keys from a server of ours. `world` has the clock, the keys that are published, what
 * the server does instead, and how often it was asked.
 */
async function start(t, first) {
  const world = { now: 1_800_000_000, keys: [first], instead: undefined, asked: 0 };
  const server = createServer((request, response) => {
    world.asked += 1;
    assert.equal(request.url, "/auth/jwks.json");
    if (world.instead) return world.instead(response);
    response.end(JSON.stringify({ keys: world.keys.map(({ published }) => published) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.close(), server.closeAllConnections()));
  const jwks = `http://127.0.0.1:${server.address().port}/auth/jwks.json`;
  const verifier = new Verifier({ jwks, audience, now: () => world.now });
  world.ask = async (pair) => {
    const headers = Object.entries(asserted("/", { pair, now: world.now }));
    const { ok, identity, reason, cause } = await verifier.check({ method: "GET", target: "/", headers });
    world.cause = cause;
    return ok ? identity.account : reason;
  };
  return world;
}

test("a set is fetched once for many, and kept for five minutes", async (t) => {
  const pair = keyPair("a1");
  const world = await start(t, pair);
  assert.deepEqual(new Set(await Promise.all(Array.from({ length: 50 }, () => world.ask(pair)))), new Set(["acc_ann"]));
  world.now += 299;
  await world.ask(pair);
  assert.equal(world.asked, 1);
  world.now += 1;
  await Promise.all([world.ask(pair), world.ask(pair)]);
  assert.equal(world.asked, 2);
});

test("a key that is taken away is believed for five minutes at most", async (t) => {
  const [old, next] = [keyPair("a1"), keyPair("a2")];
  const world = await start(t, old);
  await world.ask(old);
  world.keys = [next];
  world.now += 299;
  assert.equal(await world.ask(old), "acc_ann");
  world.now += 1;
  assert.deepEqual(await Promise.all([world.ask(old), world.ask(old), world.ask(next)]), ["unknown_key", "unknown_key", "acc_ann"]);
});

test("a new key is found at once, and made-up ones cause few fetches", async (t) => {
  const [old, next] = [keyPair("a1"), keyPair("a2")];
  const world = await start(t, old);
  await world.ask(old);
  world.keys = [next, old];
  assert.deepEqual(new Set(await Promise.all(Array.from({ length: 20 }, () => world.ask(next)))), new Set(["acc_ann"]));
  assert.equal(world.asked, 2);
  for (let n = 0; n < 20; n += 1) assert.equal(await world.ask(keyPair(`made-up-${n}`)), "unknown_key");
  assert.equal(world.asked, 2);
  world.now += 5;
  for (let n = 0; n < 20; n += 1) assert.equal(await world.ask(keyPair(`made-up-${n}`)), "unknown_key");
  assert.equal(world.asked, 3);
});

const failures = {
  "an error": (response) => response.writeHead(503).end(JSON.stringify({ keys: [] })),
  "a redirect": (response) => response.writeHead(302, { Location: "/elsewhere" }).end(),
  "no JSON": (response) => response.end("<html>"),
  "no set": (response) => response.end("[]"),
  "no list": (response) => response.end('{"keys":{}}'),
  "an id twice": (response) => response.end(JSON.stringify({ keys: [keyPair("a1").published, keyPair("a1").published] })),
  "too much": (response) => response.end(" ".repeat(64 * 1024) + JSON.stringify({ keys: [] })),
  "an end too early": (response) => response.write('{"keys":[', () => response.destroy()),
  "no end": (response) => response.write('{"keys":['),
};

for (const [what, instead] of Object.entries(failures)) {
  test(`where ${what} comes instead of a set, what is known holds for an hour, and nothing without it`, async (t) => {
    const pair = keyPair("a1");
    const world = await start(t, pair);
    world.instead = instead;
    assert.equal(await world.ask(pair), "keys_unavailable");
    assert.ok(world.cause instanceof Error, "the log can say why");
    assert.equal(await world.ask(pair), "keys_unavailable");
    assert.equal(world.asked, 1, "not again at once");

    world.instead = undefined;
    world.now += 5;
    assert.equal(await world.ask(pair), "acc_ann");
    world.instead = instead;
    world.now += 3599;
    assert.equal(await world.ask(pair), "acc_ann");
    assert.equal(await world.ask(keyPair("a2")), "keys_unavailable");
    assert.equal(world.asked, 3);
    if (what === "no end") return; // Each try takes three seconds.
    world.now += 1;
    assert.equal(await world.ask(pair), "keys_unavailable");
    world.now += 5;
    world.instead = undefined;
    assert.equal(await world.ask(pair), "acc_ann");
  });
}
