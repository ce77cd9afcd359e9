// What operators get wrong in wrangler.toml, in rules and in secrets: each is named, and a sound one is let be.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { examinePlatform } from "../../doctor/platform.mjs";
import { examineRules } from "../../doctor/rules.mjs";
import { examineSecrets } from "../../doctor/secrets.mjs";
import { knownOf, settingsOf } from "../../doctor/settings.mjs";
import { freshSecrets, varLine } from "../../scripts/secrets.mjs";
import { root } from "../../scripts/steps.mjs";

const wrongOf = (checks) => checks.filter(({ state }) => state === "wrong").map(({ id }) => id);
const sound = { workers_dev: false, preview_urls: false, limits: { cpu_ms: 2000 }, observability: { enabled: true, logs: { invocation_logs: false } } };
const https = { PUBLIC_URL: "https://app.example.com" };

test("what is shipped is sound", async () => {
  const { config, vars } = await settingsOf({}, { root, environment: {} });
  assert.deepEqual(wrongOf(examinePlatform(config, vars)), []);
  assert.deepEqual(wrongOf(examineRules(vars)), []);
});

const platforms = [
  [{ workers_dev: true }, {}, ["workers_dev"]],
  [{ workers_dev: undefined }, {}, ["workers_dev"]],
  [{ preview_urls: true }, {}, ["preview_urls"]],
  [{ preview_urls: undefined }, {}, ["preview_urls"]],
  [{ observability: { enabled: true } }, {}, ["invocation_logs"]],
  [{ observability: { enabled: true, logs: { invocation_logs: true } } }, {}, ["invocation_logs"]],
  [{ observability: { logs: { enabled: true } } }, {}, ["invocation_logs"]],
  [{ observability: { enabled: false } }, {}, []],
  [{ observability: { ...sound.observability, head_sampling_rate: 0.1 } }, {}, ["sampling"]],
  [{ observability: { ...sound.observability, traces: { enabled: true } } }, {}, ["traces"]],
  [{ logpush: true }, {}, ["logpush"]],
  [{ tail_consumers: [{ service: "tail" }] }, {}, ["tail_consumers"]],
  [{ limits: { cpu_ms: 50 } }, {}, ["cpu"]],
  [{ limits: { cpu_ms: 1000 } }, {}, []],
  [{ limits: { cpu_ms: 1000 } }, { PASSWORD_HASH: "pbkdf2-sha256" }, ["cpu"]],
  [{}, { PUBLIC_URL: "http://app.example.com" }, ["public_url"]],
  [{}, { PUBLIC_URL: "http://localhost:8787" }, []],
  [{}, { PUBLIC_URL: "app.example.com" }, ["public_url"]],
];

for (const [config, vars, named] of platforms) {
  test(`${JSON.stringify(config)} ${JSON.stringify(vars)}: ${named.join() || "sound"}`, () => {
    const checks = examinePlatform({ ...sound, ...config }, { ...https, ...vars });
    assert.deepEqual(wrongOf(checks), named);
    for (const { state, todo } of checks) assert.ok(state !== "wrong" || todo);
  });
}

const admin = { roles: ["admin"] };
const rules = [
  [[{ path: "/admin", access: admin }], ["/admin"]],
  [[{ path: "/admin/", access: admin }], ["/admin/"]],
  [[{ path: "/admin/*", access: admin }], []],
  [[{ path: "/admin", access: admin }, { path: "/admin/*", access: admin }], []],
  [[{ path: "/admin", access: "required" }], []],
  [[{ path: "/account", access: "required" }, { path: "/*", access: "public" }], ["/account"]],
  [[{ path: "/account", access: "required" }, { path: "/account/*", access: "required" }, { path: "/*", access: "public" }], []],
  [[{ path: "/pay", access: "required", methods: ["POST"] }, { path: "/pay/*", access: "optional", methods: ["GET"] }], []],
  [[{ path: "/", access: "required" }, { path: "/*", access: "public" }], []],
];

for (const [list, named] of rules) {
  test(`rules ${list.map(({ path }) => path).join(" ")}: ${named.join() || "sound"}`, () => {
    assert.deepEqual(wrongOf(examineRules({ ACCESS_RULES: list })), named.map((path) => `rules${path}`));
    assert.deepEqual(wrongOf(examineRules({ ACCESS_RULES: JSON.stringify(list) })), named.map((path) => `rules${path}`), "as text");
  });
}

test("rules in parts are one list", () => {
  const parts = { ACCESS_RULES: [{ path: "/admin", access: admin }], ACCESS_RULES_10: [{ path: "/admin/*", access: "public" }], ACCESS_RULES_2: [{ path: "/admin/*", access: admin }] };
  assert.deepEqual(wrongOf(examineRules(parts)), []);
  assert.deepEqual(wrongOf(examineRules({ ACCESS_RULES: "[" })), ["rules"]);
});

test("secrets that are short, broken, shared or missing are named, and never shown", () => {
  const fresh = freshSecrets();
  const examined = (changed) => examineSecrets(Object.fromEntries(Object.entries({ ...fresh, ...changed }).filter(([, value]) => value !== undefined)));
  assert.deepEqual(wrongOf(examined({})), []);
  const bytes = fresh.COOKIE_KEYS.slice(3);
  const cases = [
    [{ PEPPERS: "p1:AAAA" }, ["key_peppers"]],
    [{ NAME_KEY: "short" }, ["key_name_key"]],
    [{ WEBHOOK_SECRET: "secret" }, ["key_webhook_secret"]],
    [{ IDENTITY_KEYS: `i1:${bytes}` }, ["keys_apart"]],
    [{ NAME_KEY: bytes }, ["keys_apart"]],
    [{ ADMIN_KEYS: `op1:read:${bytes}` }, ["keys_apart"]],
    [{ COOKIE_KEYS: `k1:${bytes},k2:${bytes}` }, ["key_cookie_keys"]],
    [{ IDENTITY_KEYS: undefined }, ["keys_there"]],
  ];
  for (const [changed, named] of cases) {
    const checks = examined(changed);
    assert.deepEqual(wrongOf(checks), named, JSON.stringify(Object.keys(changed)));
    assert.ok(!JSON.stringify(checks).includes(bytes));
  }
  assert.deepEqual(examineSecrets({}).map(({ state }) => state), ["untried"]);
});

function folder(t, files) {
  const dir = mkdtempSync(join(tmpdir(), "edgeward-doctor-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

test("variables of .dev.vars stand over wrangler.toml, keys of a file over all; another deployment's are not read", async (t) => {
  const [local, theirs] = [freshSecrets(), freshSecrets()];
  const dir = folder(t, {
    "wrangler.toml": 'name = "x"\ncompatibility_date = "2026-01-01"\n[vars]\nPUBLIC_URL = "https://app.example.com"\nAUDIENCE = "shop"\n',
    ".dev.vars": [["PUBLIC_URL", "http://localhost:8787"], ["IDENTITY_KEYS", local.IDENTITY_KEYS]].map(varLine).join(""),
    keys: `IDENTITY_KEYS='${theirs.IDENTITY_KEYS}'\n`,
    ring: theirs.IDENTITY_KEYS,
    json: JSON.stringify({ IDENTITY_KEYS: theirs.IDENTITY_KEYS, OTHER: "x" }),
    broken: "{",
  });
  const read = async (given, environment = {}) => (await settingsOf(given, { root: dir, environment })).vars;
  assert.deepEqual(await read({}), { PUBLIC_URL: "http://localhost:8787", AUDIENCE: "shop", IDENTITY_KEYS: local.IDENTITY_KEYS });
  for (const name of ["keys", "ring", "json"]) assert.equal((await read({ keys: join(dir, name) })).IDENTITY_KEYS, theirs.IDENTITY_KEYS);
  assert.equal((await read({}, { EDGEWARD_KEYS: theirs.IDENTITY_KEYS })).IDENTITY_KEYS, theirs.IDENTITY_KEYS);

  const elsewhere = await settingsOf({ url: "https://app.example.com" }, { root: dir, environment: {} });
  assert.equal(elsewhere.vars.IDENTITY_KEYS, undefined);
  assert.match(elsewhere.notes[0], /\.dev\.vars is for http:\/\/localhost:8787/);
  await assert.rejects(settingsOf({ config: join(dir, "none.toml") }, { root: dir, environment: {} }), /there is no such file/);
  await assert.rejects(settingsOf({ keys: join(dir, "none") }, { root: dir, environment: {} }), /there is no such file/);

  await assert.rejects(settingsOf({ keys: join(dir, "broken") }, { root: dir, environment: {} }), /this is no JSON/);

  assert.equal(knownOf({ AUDIENCE: "shop", ...https }, {}).audience, "shop");
  assert.equal(knownOf(https, {}).audience, "https://app.example.com");
  assert.equal(knownOf(https, { url: "https://other.example.com/x" }).issuer, "https://other.example.com");
  assert.equal(knownOf({}, {}).audience, undefined);
});
