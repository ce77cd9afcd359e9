// The command that changes keys: what it says to set is what each step is for, and it does nothing by halves.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { freshSecrets, readVars, varLine } from "../secrets.mjs";
import { root } from "../steps.mjs";
import { fixed, idleOf, inWords, seconds } from "./lifetimes.mjs";
import { entriesOf, rings } from "./rings.mjs";
import { isAbout, stepDue, stepOf, wayOf } from "./steps.mjs";

const settings = { idle: seconds("12h") };
const fresh = () => ({ ...freshSecrets(), ASSERTION_KEYS: freshSecrets().IDENTITY_KEYS.replace("i1", "a1") });
const idsOf = (name, value) => entriesOf(name, value).map(({ id }) => id);

/** What Edgeward is given after a step, beginning from `value`. */
function after(name, step, value, wanted = {}) {
  const change = stepOf(name, step, entriesOf(name, value), { ...settings, ...wanted });
  return { change, value: change.set.find(({ where }) => where === "Edgeward")?.value ?? value };
}

for (const name of ["COOKIE_KEYS", "IDENTITY_KEYS", "ASSERTION_KEYS", "PEPPERS"]) {
  test(`${name}: the new key verifies, then makes, then is alone`, () => {
    const before = fresh()[name];
    const [id] = idsOf(name, before);
    const next = id.replace("1", "2");
    assert.equal(stepDue(name, entriesOf(name, before)), "add");

    const added = after(name, "add", before);
    assert.ok(added.value.startsWith(`${before},${next}:`), "the old one still makes");
    assert.equal(stepDue(name, entriesOf(name, added.value)), "promote");

    const promoted = after(name, "promote", added.value);
    assert.deepEqual(idsOf(name, promoted.value), [next, id]);
    assert.deepEqual(new Set(promoted.value.split(",")), new Set(added.value.split(",")), "the same keys, in another order");
    assert.throws(() => after(name, "promote", promoted.value), /makes already/);

    const removed = after(name, "remove", promoted.value, { lose: true });
    assert.equal(removed.value, promoted.value.split(",")[0]);
    assert.deepEqual(idsOf(name, after(name, "add", removed.value).value), [next, id.replace("1", "3")]);
  });

  test(`${name}: no step is skipped`, () => {
    const before = fresh()[name];
    const added = after(name, "add", before).value;
    assert.throws(() => after(name, "promote", before), /--step add first/);
    assert.throws(() => after(name, "remove", before), /one key only/);
    assert.throws(() => after(name, "remove", added, { lose: true }), /still makes\. --step promote first/);
  });
}

test("a change under way is not begun anew", () => {
  const added = after("COOKIE_KEYS", "add", fresh().COOKIE_KEYS).value;
  assert.throws(() => after("COOKIE_KEYS", "add", added), /under way. Go on with --step promote/);
});

test("every draw is another", () => {
  const { COOKIE_KEYS } = fresh();
  assert.notEqual(after("COOKIE_KEYS", "add", COOKIE_KEYS).value, after("COOKIE_KEYS", "add", COOKIE_KEYS).value);
});

test("the origin is told of an identity key before Edgeward, and forgets the old one after it", () => {
  const places = (step, value) => after("IDENTITY_KEYS", step, value).change.set.map(({ where, name }) => [where.slice(0, 10), name]);
  const before = fresh().IDENTITY_KEYS;
  assert.deepEqual(places("add", before), [["the origin", "EDGEWARD_KEYS"], ["Edgeward", "IDENTITY_KEYS"]]);
  const added = after("IDENTITY_KEYS", "add", before).value;
  assert.deepEqual(places("promote", added), [["Edgeward", "IDENTITY_KEYS"]]);
  assert.deepEqual(places("remove", after("IDENTITY_KEYS", "promote", added).value), [["Edgeward", "IDENTITY_KEYS"], ["the origin", "EDGEWARD_KEYS"]]);
});

test("a pepper goes only when somebody says that passwords may be lost", () => {
  const promoted = after("PEPPERS", "promote", after("PEPPERS", "add", fresh().PEPPERS).value).value;
  assert.throws(() => after("PEPPERS", "remove", promoted), /--lose-passwords/);
  assert.deepEqual(idsOf("PEPPERS", after("PEPPERS", "add", promoted).value), ["p2", "p1", "p3"]);
});

test("webhooks are signed by both, checked by the new one, then signed by it alone", () => {
  const before = fresh().WEBHOOK_SECRET;
  const added = after("WEBHOOK_SECRET", "add", before).value;
  const [old, next] = added.split(" ");
  assert.equal(old, before);
  const { change, value } = after("WEBHOOK_SECRET", "promote", added);
  assert.equal(value, added, "nothing changes in Edgeward");
  assert.deepEqual(change.set.map((place) => place.value), [next]);
  assert.equal(after("WEBHOOK_SECRET", "remove", added).value, next);
});

test("of several programs' keys the one that is named is changed, with its scopes", () => {
  const key = () => freshSecrets().NAME_KEY;
  const before = `desk:read+accounts:${key()},crm:invitations+links:${key()},proxy:check:${key()}`;
  assert.throws(() => after("ADMIN_KEYS", "add", before), /which program's key\? Name it by --key/);
  assert.throws(() => after("ADMIN_KEYS", "add", before, { key: "till" }), /no key has this id; there are desk, crm, proxy/);

  const { change, value } = after("ADMIN_KEYS", "add", before, { key: "desk" });
  assert.ok(value.startsWith(before));
  const [id, scopes, secret] = value.split(",").at(-1).split(":");
  assert.deepEqual([id, scopes], ["desk2", "read+accounts"]);
  assert.deepEqual(change.show, { id, key: secret });

  assert.deepEqual(after("ADMIN_KEYS", "promote", value, { key: "desk" }).change.show, { id, key: secret });
  assert.deepEqual(idsOf("ADMIN_KEYS", after("ADMIN_KEYS", "remove", value, { key: "desk" }).value), ["crm", "proxy", "desk2"]);
  assert.throws(() => after("ADMIN_KEYS", "remove", value, { key: "crm" }), /removing the only one shuts it out/);
});

test("ids without an order have to be named", () => {
  const key = () => freshSecrets().NAME_KEY;
  const ring = `blue:${key()},green:${key()}`;
  assert.throws(() => after("COOKIE_KEYS", "promote", ring), /Name it by --key/);
  assert.deepEqual(idsOf("COOKIE_KEYS", after("COOKIE_KEYS", "promote", ring, { key: "green" }).value), ["green", "blue"]);
});

test("what is no ring is refused, by the number of its entry and without its value", () => {
  const good = fresh();
  const wrong = [
    ["COOKIE_KEYS", "", /it is empty/],
    ["COOKIE_KEYS", good.NAME_KEY, /entry 1 is not id:base64url/],
    ["COOKIE_KEYS", `${good.COOKIE_KEYS},k2:${"A".repeat(20)}`, /the key of entry 2 is shorter than 32 bytes/],
    ["COOKIE_KEYS", `${good.COOKIE_KEYS}=`, /entry 1 is not base64url/],
    ["COOKIE_KEYS", `${good.COOKIE_KEYS},${good.COOKIE_KEYS}`, /entry 2 has the id of an earlier/],
    ["COOKIE_KEYS", `${good.COOKIE_KEYS},k2:${good.COOKIE_KEYS.slice(3)}`, /entry 2 has the key of an earlier/],
    ["COOKIE_KEYS", good.COOKIE_KEYS.toUpperCase(), /the id of entry 1/],
    ["ASSERTION_KEYS", `a1:${Buffer.alloc(48, 7).toString("base64url")}`, /not an Ed25519 seed/],
    ["WEBHOOK_SECRET", good.NAME_KEY, /entry 1 is not whsec_/],
    ["ADMIN_KEYS", `op1:everything:${good.NAME_KEY}`, /entry 1 has a scope/],
  ];
  for (const [name, text, message] of wrong) {
    assert.throws(() => entriesOf(name, text), (error) => message.test(error.message) && !error.message.includes(good.NAME_KEY), `${name}: ${message}`);
  }
});

test("waits follow from the program's own lifetimes", () => {
  const source = (file) => readFileSync(join(root, file), "utf8");
  const has = (file, pattern) => assert.match(source(file), pattern, file);
  has("src/web/identity.rs", new RegExp(`SAFE_LIFE: Span = Span::seconds\\(${fixed.identity}\\)`));
  has("src/web/assertion.rs", new RegExp(`max-age=${fixed.keySet}"`));
  has("src/web/cookie.rs", new RegExp(`DEVICE_LIFE: Span = Span::days\\(${fixed.device / 86_400}\\)`));
  has("origin/node/times.mjs", new RegExp(`clockDifference = ${fixed.clocks};`));
  assert.ok(source("src/config/list.rs").includes('"idle": "12h"'));
  assert.equal(idleOf(undefined), seconds("12h"));
  assert.equal(idleOf({ idle: "2h" }), seconds("2h"));
  assert.equal(idleOf('{"idle": "90d"}'), seconds("90d"));
  assert.equal(idleOf("nonsense"), seconds("12h"));

  const [, promote] = wayOf("COOKIE_KEYS", { idle: seconds("2h") });
  assert.ok(promote.wait.seconds > seconds("2h"));
  assert.deepEqual([inWords(59), inWords(185), inWords(seconds("12h")), inWords(seconds("180d"))], ["59 seconds", "4 minutes", "12 hours", "180 days"]);
});

test("the steps of every ring stand in the documents", () => {
  const text = readFileSync(join(root, "docs", "operations.md"), "utf8");
  for (const name of Object.keys(rings)) {
    const section = text.split(`\n#### \`${name}\``)[1]?.split("\n#### ")[0] ?? "";
    for (const { step, wait } of wayOf(name, settings)) {
      assert.match(section, new RegExp(`^\\d\\. \\*\\*${step[0].toUpperCase()}${step.slice(1)}\\.\\*\\*`, "m"), `${name}: ${step}`);
      if (wait?.seconds > 0) assert.ok(section.includes(inWords(wait.seconds)), `${name}, ${step}: ${inWords(wait.seconds)}`);
    }
    assert.ok(isAbout(name));
  }
});

// The program

function program(t, vars) {
  const dir = mkdtempSync(join(tmpdir(), "edgeward-keys-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, "vars");
  writeFileSync(file, Object.entries(vars).map(varLine).join(""), { mode: 0o600 });
  const runs = (args, { env = {}, input = "" } = {}) => {
    const ended = spawnSync(process.execPath, [join(root, "scripts", "keys.mjs"), "rotate", ...args], { env: { PATH: process.env.PATH, ...env }, input, encoding: "utf8" });
    return { ...ended, json: ended.status === 0 && args.includes("--json") ? JSON.parse(ended.stdout) : undefined };
  };
  return { file, runs };
}

test("a whole change in a file: nothing else in it is touched", (t) => {
  const vars = { PUBLIC_URL: "http://localhost:8787", ...fresh(), LIMITS: '{"a": "$&"}' };
  const { file, runs } = program(t, vars);
  for (const step of ["add", "promote", "remove"]) {
    const { status, stderr } = runs(["--vars", file, "--ring", "COOKIE_KEYS", "--step", step, "--write"]);
    assert.equal(status, 0, stderr);
    const { COOKIE_KEYS, ...rest } = readVars(file);
    const { COOKIE_KEYS: before, ...others } = vars;
    assert.deepEqual(rest, others);
    assert.notEqual(COOKIE_KEYS, before);
  }
  assert.match(readVars(file).COOKIE_KEYS, /^k2:[A-Za-z0-9_-]{43}$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("without --write no file is touched, and the step that is due is shown with the whole way", (t) => {
  const { file, runs } = program(t, fresh());
  const before = readFileSync(file, "utf8");
  const { stdout, status } = runs(["--vars", file, "--ring", "COOKIE_KEYS"]);
  assert.equal(status, 0);
  for (const words of ["▸ 1. add", "2. promote", "3. remove", "13 hours", "wrangler secret put COOKIE_KEYS", "--step promote"]) assert.ok(stdout.includes(words), words);
  assert.equal(readFileSync(file, "utf8"), before);
});

test("a value is pasted, or in the environment, and the session's own lifetime counts", (t) => {
  const { runs } = program(t, {});
  const { COOKIE_KEYS } = fresh();
  const pasted = runs(["--paste", "--ring", "COOKIE_KEYS", "--json"], { input: `COOKIE_KEYS=${COOKIE_KEYS}\n` });
  assert.deepEqual(pasted.json.ids, ["k1", "k2"], pasted.stderr);
  const told = runs(["--ring", "COOKIE_KEYS", "--step", "promote", "--json"], { env: { COOKIE_KEYS: pasted.json.set[0].value, LIFETIMES: '{"idle": "2h"}' } });
  assert.deepEqual(told.json.ids, ["k2", "k1"], told.stderr);
  assert.equal(told.json.wait.seconds, 2 * 3600 + 120);
});

test("the overview tells ids and steps, and no secret", (t) => {
  const vars = fresh();
  const { file, runs } = program(t, vars);
  const { stdout } = runs(["--vars", file]);
  for (const name of Object.keys(rings)) assert.ok(stdout.includes(name), name);
  for (const value of Object.values(vars)) assert.ok(!stdout.includes(value.split(":").at(-1)));
});

test("what cannot be done is refused, and says what to do", (t) => {
  const { file, runs } = program(t, { COOKIE_KEYS: fresh().COOKIE_KEYS });
  const refused = [
    [["--ring", "NAME_KEY"], /cannot be changed/],
    [["--ring", "SESSION_KEYS"], /Choose one of COOKIE_KEYS/],
    [["--ring", "COOKIE_KEYS", "--vars", `${file}.not`], /there is no such file/],
    [["--ring", "PEPPERS", "--vars", file], /take the present value from your vault/],
    [["--ring", "COOKIE_KEYS", "--vars", file, "--step", "swap"], /choose one of add, promote, remove/],
    [["--step", "add"], /Say which ring/],
    [["--rings", "COOKIE_KEYS"], /Unknown option '--rings'/],
    [["--ring", "COOKIE_KEYS", "--vars", file, "--paste", "--write"], /--write changes/],
  ];
  for (const [args, message] of refused) {
    const { status, stderr, stdout } = runs(args, { input: `${fresh().COOKIE_KEYS}\n` });
    assert.equal(status, 1, args.join(" "));
    assert.match(stderr, message, args.join(" "));
    assert.equal(stdout, "");
  }
});
