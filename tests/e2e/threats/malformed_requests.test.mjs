// Requests that no client of good will sends, at every route and at the origin behind them: nothing breaks, each
// has a well-formed answer that says whose fault it was, and nobody is signed in by one. All of them follow from
// a seed, which is printed; `EDGEWARD_SEED` gives another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { proxied, proxyKey } from "../operator.mjs";
import { startOwnOrigin } from "../own_origin.mjs";
import { bytesOf, families, places, wellFormed } from "./malformations.mjs";
import { dice as diceOf, sends } from "./raw.mjs";

const timeout = 1_200_000;
const count = isFull ? 5_000 : 600;
const seed = Number(process.env.EDGEWARD_SEED ?? 20_261_126);
const roomy = { network: { signin: ["1000000/1m"], signup: ["1000000/1m"], mail: ["1000000/1m"], link: ["1000000/1m"], admin: ["1000000/1m"] } };
const rules = [{ path: "/", access: "optional" }, { path: "/public/*", access: "public" }, { path: "/maybe/*", access: "optional" }, { path: "/admin/*", access: { roles: ["admin"] } }];

/** Gateways to attack: one that a proxy may ask, and one that reads bodies for the origin. They cannot be one. */
const gateways = {
  "a gateway that proxies ask": proxied({ ACCESS_RULES: rules }),
  "a gateway that signs bodies": () => ({ ACCESS_RULES: [{ path: "/maybe/*", access: "optional", digest: true }, { path: "/private/*", access: "required", digest: true }, ...rules] }),
};

/** Who an origin is told asks, by what it was told alone. */
const isSomebody = (identity) => /account="acc_/.test(identity ?? "");

for (const [gateway, given] of Object.entries(gateways)) {
  test(`${count} malformed requests at ${gateway} break nothing`, { timeout }, (t) => attacked(t, given));
}

async function attacked(t, given) {
  console.log(`malformed requests: ${count}, from seed ${seed}`);
  const arrived = [];
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    arrived.push({ url: request.url, headers: request.headers });
    request.resume().on("end", () => response.end("ok")).on("error", () => response.destroy());
  }, undefined, { maxHeaderSize: 2 ** 21 });
  const settings = (built) => ({ ORIGIN_URL, LIMITS: roomy, HASH_PAUSE: "0ms", ...given(built) });
  const house = await startEdgeward(t, { settings, unopenedMail: true });
  const ann = house.visitor();
  await ann.settlesIn();
  arrived.length = 0;
  const host = new URL(house.url).host;
  const all = places();
  const dice = diceOf(seed);
  const kinds = Object.keys(families);
  const attacks = Array.from({ length: count }, (_, number) => {
    const place = all[number % all.length];
    const knownAs = dice.chance(0.3) ? ann.jar.header("/") : undefined;
    const about = { host, key: house.secrets.ADMIN_KEYS.split(":").at(-1), proxyKey, address: `198.18.7.${dice.below(250)}`, cookie: knownAs, number };
    const request = wellFormed(dice, place, about);
    const spoils = Array.from({ length: 1 + dice.below(2) }, () => dice.pick(kinds));
    for (const kind of spoils) families[kind](dice, request, about);
    return { number, place, spoils, request, isAnn: knownAs !== undefined, bytes: bytesOf(dice, request) };
  });
  assert.equal(new Set(attacks.map(({ place }) => `${place.method} ${place.path}`)).size, all.length, "every route is attacked");
  assert.equal(new Set(attacks.flatMap(({ spoils }) => spoils)).size, kinds.length, "in every way");

  const outcomes = [];
  const queue = attacks.values();
  // A password may cost a hash, and of hashes few may wait: those requests stand in one line.
  const mayHash = ({ bytes }) => /password/i.test(bytes.toString("latin1"));
  let line = Promise.resolve();
  const strike = async (attack) => {
    const { bytes, request } = attack;
    const sent = () => sends(house.port, bytes, { ends: request.leavesOpen === true, method: request.method });
    if (mayHash(attack)) await (line = line.then(async () => outcomes.push({ ...attack, ...(await sent()) })));
    else outcomes.push({ ...attack, ...(await sent()) });
  };
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (const attack of queue) await strike(attack);
  }));

  const misses = outcomes.map((outcome) => [outcome, wrong(outcome)]).filter(([, why]) => why);
  const isAnns = (number) => attacks[Number(number)]?.isAnn;
  const impostors = arrived.filter(({ url, headers }) => isSomebody(headers["edgeward-identity"]) && !isAnns(/case=(\d+)/.exec(url)?.[1]) && !isAnns(headers["x-case"]));
  figure("malformed_requests", { tried: outcomes.length, survived: outcomes.length - misses.length - impostors.length });
  report(outcomes);
  assert.deepEqual(misses.slice(0, 10).map(([{ number, spoils, place, bytes }, why]) => ({ number, spoils, place, why, sent: bytes.subarray(0, 300).toString("latin1") })), []);
  assert.deepEqual(impostors.slice(0, 3), [], "nobody came to the origin as Ann but with her cookie");
  const trouble = house.log.split("\n").filter((said) => /panicked|RuntimeError|unreachable|critical|uncaught|exceeded/i.test(said) && !/connect\(\) function|"event":"origin_unreachable"/.test(said));
  assert.deepEqual(trouble.slice(0, 5), [], "the log knows of nothing that broke");
  const bob = house.visitor();
  await bob.settlesIn();
  assert.ok(await bob.isSignedIn(), "and Edgeward goes on");
}

test("a host that is none takes nobody else's request along", { timeout: 60_000 }, async (t) => {
  const house = await startEdgeward(t);
  const host = new URL(house.url).host;
  const { email, password } = house.visitor();
  // A wrong password is answered half a second after it came: by the instance that took it in, or not at all.
  const waiting = house.visitor().calls("/auth/login", { email, password });
  await house.says('"event":"password_wrong"');
  for (const hosts of [[host, host], [host, "evil.example"], [`${host} x`], ["[::1"], ["a b"], ["%"], ["\xff"]]) {
    const lines = ["GET /public/ HTTP/1.1", "Connection: close", ...hosts.map((one) => `Host: ${one}`), "", ""];
    const { answers: [answer] } = await sends(house.port, Buffer.from(lines.join("\r\n"), "latin1"));
    assert.ok([400, 421].includes(answer.status), `${hosts} → ${answer.status}`);
  }
  assert.equal((await waiting).status, 401, "the instance lives");
});

/** What is wrong with how a request was answered, if anything is. */
function wrong({ answers, problem, request, bytes }) {
  if (problem) return problem;
  // Where a request leaves its end open, or is larger than a head may be, there need not be an answer.
  if (answers.length === 0) return request.leavesOpen || bytes.length > 60_000 ? undefined : "no answer";
  const [{ status, headers, body }] = answers;
  const named = Object.fromEntries(headers);
  // The runtime's own front door, before anything of ours: it says so in plain text, without our headers.
  const isOurs = "x-content-type-options" in named;
  // It knows few methods by name, and has no door for CONNECT in a Worker that listens to HTTP.
  const isRuntimes = !isOurs && (status === 501 || (request.method === "CONNECT" && status === 500));
  // A body that broke on its way to the origin: the runtime's word for that is the one for an origin that is away.
  const brokeOff = status === 502 && request.leavesOpen;
  if (status >= 500 && !isRuntimes && !brokeOff) return `${status} ${body.toString().slice(0, 200)}`;
  if (isOurs && /^application\/json/.test(named["content-type"] ?? "") && request.method !== "HEAD") {
    try {
      JSON.parse(body.toString());
    } catch {
      return `JSON that is none: ${body.toString().slice(0, 200)}`;
    }
  }
  return undefined;
}

/** How long answers took, and which there were: figures for people, on which no test hangs. */
function report(outcomes) {
  const statuses = {};
  for (const { answers } of outcomes) statuses[answers[0]?.status ?? "hung up"] = (statuses[answers[0]?.status ?? "hung up"] ?? 0) + 1;
  const at = (times, share) => Math.round(times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  const line = (what, times) => console.log(`${what}: p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms, longest ${at(times, 1)} ms, of ${times.length}`);
  console.log(`answers: ${JSON.stringify(statuses)}`);
  line("all answers", outcomes.map(({ took }) => took));
}
