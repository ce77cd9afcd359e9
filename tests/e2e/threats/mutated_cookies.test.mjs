// Altered cookies at the real runtime, where headers are bytes and not texts: what of them is left when they get to
// the gate is still no cookie of ours. Many more are tried against the same rules in tests/threats/mutated_cookies.rs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { operator } from "../operator.mjs";
import { startOwnOrigin } from "../own_origin.mjs";
import { dice as diceOf, sends } from "./raw.mjs";

const timeout = 300_000;
const count = isFull ? 5_000 : 500;
const seed = Number(process.env.EDGEWARD_SEED ?? 20_261_126);

/** Ways to spoil a value; each gives bytes as latin1 text. */
const spoils = {
  "a bit flipped": (value, { below }) => spliced(value, below(value.length), (letter) => String.fromCharCode(letter.charCodeAt(0) ^ (1 << below(8)))),
  "a letter doubled": (value, { below }) => spliced(value, below(value.length), (letter) => letter + letter),
  "a letter gone": (value, { below }) => spliced(value, below(value.length), () => ""),
  "cut": (value, { below }) => value.slice(0, below(value.length)),
  "a letter percent-encoded": (value, { below }) => spliced(value, below(value.length), (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  "a byte above ASCII": (value, { below }) => spliced(value, below(value.length), (letter) => String.fromCharCode(letter.charCodeAt(0) + 128)),
  "a byte among others": (value, dice) => spliced(value, dice.below(value.length), (letter) => letter + dice.pick(["\xa0", "\xff", "\x0c", "\xc2\xad", "\t", " ", "\"", "\\", "="])),
  "quoted": (value) => `"${value}"`,
  "padded": (value) => `${value}=`,
  "the other alphabet": (value, { below }) => spliced(value, below(value.length), () => "+").replace("-", "/"),
  "another key's name": (value) => value.replace(".k1.", ".k2."),
  "its segments turned": (value) => value.split(".").reverse().join("."),
  "without its MAC": (value) => value.slice(0, value.lastIndexOf(".") + 1),
};

const spliced = (text, at, change) => text.slice(0, at) + change(text[at]) + text.slice(at + 1);

test(`${count} altered cookies sign nobody in`, { timeout }, async (t) => {
  console.log(`altered cookies: ${count}, from seed ${seed}`);
  const arrived = [];
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    arrived.push(request.url);
    request.resume().on("end", () => response.end("ok"));
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });
  const ann = house.visitor();
  await ann.settlesIn();
  const { json } = await operator(house).calls("POST", "/links", { path: "/private/shared", expiresIn: 600 });
  await ann.visits(json.link.slice(house.url.length));
  await ann.confirms();
  const host = new URL(house.url).host;
  const asks = async (path, cookie) => {
    const head = [`GET ${path} HTTP/1.1`, `Host: ${host}`, "Connection: close", `Cookie: ${cookie}`, "", ""].join("\r\n");
    const { answers: [answer] } = await sends(house.port, Buffer.from(head, "latin1"));
    return answer?.status;
  };
  const good = { "__Host-edgeward": "/private/a", "__Host-edgeward-link": "/private/shared" };
  for (const [name, path] of Object.entries(good)) assert.equal(await asks(path, `${name}=${ann.jar.value(name)}`), 200, `${name} is good to start from`);
  arrived.length = 0;

  const dice = diceOf(seed);
  const believed = [];
  const values = ann.jar.names().map((name) => ann.jar.value(name));
  for (let tried = 0; tried < count; ) {
    const [name, path] = dice.pick(Object.entries(good));
    const kind = dice.pick(Object.keys(spoils));
    const value = spoils[kind](dice.chance(0.2) ? dice.pick(values) : ann.jar.value(name), dice);
    // White space around a value, and what follows a separator, is not part of it.
    if (/[\r\n\0]/.test(value) || value.split(/[;,]/).some((part) => values.includes(part.replace(/^[ \t]+|[ \t]+$/g, "")))) continue;
    tried += 1;
    const status = await asks(`${path}?${tried}`, `${name}=${value}`);
    if (![303, 401, 400].includes(status) || arrived.length > 0) believed.push({ name, kind, value, status, arrived: arrived.splice(0) });
  }
  figure("mutated_cookies", { tried: count, survived: count - believed.length });
  assert.deepEqual(believed.slice(0, 5), []);
  assert.ok(await ann.isSignedIn(), "and the good one still does");
});
