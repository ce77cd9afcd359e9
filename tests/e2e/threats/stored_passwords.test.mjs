// What is on disk of a password, by other programs' reckoning: Python's argon2-cffi and hashlib find the password
// that was typed, and no other, in the PHC strings that workerd stored, with the pepper and not without it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ensurePythonPackages, pythonBin } from "../../../scripts/python.mjs";
import { readRing } from "../../../scripts/secrets.mjs";
import { root } from "../../../scripts/steps.mjs";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { diskOf } from "./canaries.mjs";

const timeout = 120_000;
const passwords = ["nine violet ravens hum in Riga", "zwo\u0308lf tru\u0308be e\u0301clairs 北京", " spaces at both ends, and \u{1f986}\u{1f986} "];
const schemes = { argon2id: /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/, "pbkdf2-sha256": /^\$pbkdf2-sha256\$i=600000\$/ };

/** Whether each of these is right. */
function judged(cases) {
  const { status, stdout, stderr } = spawnSync(pythonBin("python", "passwords"), ["tests/e2e/threats/stored_passwords.py"], { cwd: root, input: JSON.stringify(cases), encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

for (const [scheme, shape] of Object.entries(schemes)) {
  test(`what is stored of a password as ${scheme} is that of the password, for other programs too`, { timeout }, async (t) => {
    await ensurePythonPackages("passwords");
    const house = await startEdgeward(t, { settings: { PASSWORD_HASH: scheme, HASH_PAUSE: "0ms" } });
    for (const password of passwords) await house.visitor({ password }).settlesIn();
    const pepper = [...readRing(house.secrets.PEPPERS).values()][0].toString("hex");
    await house.kill9();
    const rows = diskOf(house.disk).filter(([place]) => place.startsWith("the rows of AccountObject"));
    const stored = rows.map(([, bytes]) => /"phc":"([^"]+)","pepper":"p1"/.exec(bytes.toString())?.[1]).filter(Boolean);
    assert.equal(stored.length, passwords.length);
    for (const phc of stored) assert.match(phc, shape);

    const none = Buffer.alloc(32).toString("hex");
    const pairs = stored.flatMap((phc) => passwords.map((password) => ({ phc, password })));
    const found = judged(pairs.map((pair) => ({ ...pair, pepper })));
    const owners = stored.map((_, at) => found.slice(at * passwords.length, (at + 1) * passwords.length));
    const others = judged([...pairs.map((pair) => ({ ...pair, pepper: none })), ...pairs.map(({ phc, password }) => ({ phc, password: `${password}.`, pepper }))]);
    const right = owners.filter((row) => row.filter(Boolean).length === 1).length;
    figure("stored_passwords", { tried: stored.length + others.length, survived: right + others.filter((one) => !one).length });
    assert.deepEqual(owners.map((row) => row.filter(Boolean).length), stored.map(() => 1), "each is of one password");
    assert.deepEqual(passwords.map((_, at) => owners.filter((row) => row[at]).length), passwords.map(() => 1), "and each password is one's");
    assert.ok(!others.includes(true), "not without the pepper, and no other password");
  });
}
