// Headers that could pass for ours or that an origin might believe, as only a socket sends them: in several spellings
// at once, twice, empty between two lines, in a case of their own, and named in `Connection`. Real workerd joins,
// folds and drops headers in its own way before Edgeward sees them, and on the way to the origin again.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../../scripts/steps.mjs";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { rawRequest } from "../raw_request.mjs";

/** What is removed, from the list itself; a family is tried by some of its members. */
const source = readFileSync(join(root, "src/web/forward.rs"), "utf8");
const listed = (name) => [...new RegExp(`const ${name}: [^=]*= \\[([^\\]]*)\\]`).exec(source)[1].matchAll(/"([^"]+)"/g)].map(([, text]) => text);
const names = [...listed("REMOVED"), ...listed("REMOVED_FAMILIES").flatMap((start) => ["x", "user", "url", "for", "host"].map((end) => `${start.replace(/-$/, "")}-${end}`))];

const spell = [
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.replaceAll("-", "_"),
  (name) => name.replaceAll("-", "."),
  (name) => name.replace("-", "_"),
  (name) => name.replaceAll("-", "!"),
  (name) => name.replace(/(^|-)([a-z])/g, (_, dash, letter) => dash + letter.toUpperCase()),
];
const folded = (name) => name.toLowerCase().replace(/[^a-z0-9]/g, "-");

/** Ways to send the spellings of a name. */
const ways = {
  "each alone": (name) => spell.map((of) => [`${of(name)}: forged`]),
  "each twice": (name) => spell.map((of) => [`${of(name)}: forged`, `${of(name)}: forged`]),
  "all together": (name) => [spell.map((of) => `${of(name)}: forged`)],
  "first empty": (name) => [[`${name}:`, `${name}: forged`, `${spell[2](name)}:`, `${spell[2](name)}: forged`]],
  "named in Connection": (name) => [[`Connection: ${name}, keep-alive`, `${name}: forged`], [`Connection: ${spell[2](name)}`, `${spell[2](name)}: forged`]],
};

test("no header in no spelling and no way reaches the origin as forged", async (t) => {
  assert.ok(names.length > 60, `${names.length} names`);
  const house = await startEdgeward(t);
  const host = new URL(house.url).host;
  const ann = house.visitor();
  await ann.settlesIn();
  const people = { "/public/echo": [], "/maybe/echo": [], "/private/echo": [`Cookie: ${ann.jar.header("/")}`] };
  const [tally, believed] = [{ tried: 0, survived: 0 }, []];
  for (const name of names) {
    for (const [way, sends] of Object.entries(ways)) {
      for (const lines of sends(name)) {
        const [path, cookie] = Object.entries(people)[tally.tried % 3];
        const answer = await rawRequest(house.port, [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...cookie, ...lines]);
        const got = answer.status === 200 ? JSON.parse(unchunked(answer)).headers : undefined;
        // What workerd itself refuses was not believed either.
        const isFine = answer.status === 400 || (got && got.every(([given, value]) => folded(given) !== folded(name) || !/forged/.test(value)));
        const isUs = answer.status === 400 || isSigned(got);
        tally.tried += 1;
        tally.survived += isFine && isUs ? 1 : 0;
        if (!isFine || !isUs) believed.push(`${way}: ${JSON.stringify(lines)} → ${answer.status}`);
      }
    }
  }
  figure("header_games", tally);
  assert.deepEqual(believed, []);
});

/** Whatever was sent, the origin gets our own three, once each. */
const isSigned = (headers) => ["edgeward-identity", "signature", "signature-input"].every((name) => headers.filter(([given]) => given.toLowerCase() === name).length === 1);

function unchunked({ headers, body }) {
  if (!headers["transfer-encoding"]) return body;
  let [rest, whole] = [body, ""];
  for (;;) {
    const [, size, after] = /^([0-9a-f]+)\r\n([^]*)$/i.exec(rest) ?? [];
    if (!size || Number.parseInt(size, 16) === 0) return whole;
    whole += after.slice(0, Number.parseInt(size, 16));
    rest = after.slice(Number.parseInt(size, 16) + 2);
  }
}
