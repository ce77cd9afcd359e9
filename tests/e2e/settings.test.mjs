// Settings on the real runtime: as text or as tables, wrong ones, changed secrets. What is wrong is said all
// at once and by name; values are never told; and nothing is served that was not decided.

import assert from "node:assert/strict";
import { test } from "node:test";
import { freshSecrets } from "../../scripts/secrets.mjs";
import { startEdgeward } from "./harness.mjs";

const timeout = 60_000;

const wrong = {
  PUBLIC_URL: "http://not-on-loopback.example",
  COOKIE_KEYS: undefined,
  PEPPERS: "p1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  NAME_KEY: "c2hvcnQtdmFsdWU",
  REGISTRATION: "perhaps-value",
  LIFETIMES: { window: "soon-value" },
  LIMITS: { adress: { unmarked: ["5/15m"] } },
  ACCESS_RULES: [{ path: "/x/*", access: "sometimes-value" }],
  CLIENT_IP: "guess-value",
  PASSWORD_MIN_LENGTH: "7",
  HOME_REGION: "moon-value",
  ACCESS_RULES_3: "[]",
  FAVOURITE_COLOUR: "blue-value",
};

test("everything that is wrong is named at once, to who may know it, and no value with it", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings: wrong, waitFor: 503 });
  const named = ["PUBLIC_URL", "COOKIE_KEYS", "PEPPERS", "NAME_KEY", "REGISTRATION", "LIFETIMES", "LIMITS", "adress", "ACCESS_RULES rule 1", "CLIENT_IP", "PASSWORD_MIN_LENGTH", "HOME_REGION", "ACCESS_RULES_2"];
  const values = [...Object.values(house.secrets), "not-on-loopback", "AAAAAAAA", "c2hvcnQtdmFsdWU", "-value"];
  const eve = house.visitor();

  for (const path of ["/", "/public/", "/private/x", "/login", "/login/nothing", "/auth/health"]) {
    const page = await eve.visits(path);
    assert.equal(page.status, 503, path);
    for (const name of named) assert.ok(page.text.includes(name), `the page says ${name}: ${page.text}`);
    assert.equal(page.headers["cache-control"], "no-store");
    assert.equal(page.headers["x-content-type-options"], "nosniff");
    assert.match(page.headers["content-security-policy"], /^default-src 'none'; style-src 'nonce-[\w-]+'; form-action 'self'; frame-ancestors 'none'/);
    assert.ok(page.html.includes(`<style nonce="${/nonce-([\w-]+)/.exec(page.headers["content-security-policy"])[1]}">`), "its style is let in");
  }
  const program = await eve.calls("/auth/login", { email: "a@example.com", password: "x" });
  assert.equal(program.status, 503);
  assert.match(program.json.authMessageCode, /^auth\./);

  const abroad = await eve.fetch("/", { headers: { Host: "app.example.com", Accept: "text/html", "Sec-Fetch-Mode": "navigate" } });
  assert.equal(abroad.status, 503);
  for (const name of named.slice(0, 6)) assert.ok(!abroad.text.includes(name), `${name} is nobody's business elsewhere`);

  for (const name of named) await house.says(name);
  const shown = [(await eve.visits("/")).html, program.text, abroad.text, house.log].join("\n");
  for (const value of values) assert.ok(!shown.includes(value), `told: ${value}`);
  assert.deepEqual(house.origin.requests, [], "nothing was served");
});

test("what is not ours is ignored with a warning", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings: { FAVOURITE_COLOUR: "blue-value", MAIL_SERVER: "smtp" } });
  await house.says("FAVOURITE_COLOUR");
  assert.ok(!house.log.includes("blue-value"));
});

test("tables and their text mean the same", { timeout }, async (t) => {
  const tables = {
    ACCESS_RULES: [{ path: "/public/*", access: "public" }, { path: "/maybe/*", access: "optional" }, { path: "/admin/*", access: { roles: ["admin"] } }],
    ACCESS_RULES_2: [{ path: "/private/strict/*", access: "required", strict: true }],
    LIMITS: { address: { unmarked: ["2/15m"] }, network: { signup: ["3/1h"] } },
    LIFETIMES: { window: "7s", idle: "10m" },
    PASSWORD_MIN_LENGTH: 20,
    IDENTITY_EMAIL: false,
    BRAND: { name: "Ærø & Co" },
    PASS_HEADERS: ["x-real-ip"],
  };
  const texts = Object.fromEntries(Object.entries(tables).map(([name, value]) => [name, JSON.stringify(value)]));

  async function behaviour(settings) {
    const house = await startEdgeward(t, { settings });
    const ann = house.visitor({ password: "a sentence of twenty-one" });
    await ann.settlesIn();
    const eve = house.visitor();
    const status = async (path, headers) => (await eve.fetch(path, { headers })).status;
    const login = async () => (await eve.calls("/auth/login", { email: ann.email, password: "not what she chose" })).json.authMessageCode;
    const register = async () => (await eve.calls("/auth/register", { email: "eve@example.com", password: "no twenty letters" })).json.fields;
    const seen = {
      paths: [await status("/public/echo"), await status("/maybe/echo"), await status("/admin/echo"), await status("/elsewhere")],
      strict: (await ann.fetch("/private/strict/echo")).headers["edgeward-window"],
      window: (await ann.fetch("/private/echo")).headers["edgeward-window"],
      logins: [await login(), await login(), await login()],
      life: ann.jar.attributes("__Host-edgeward").get("max-age"),
      short: await register(),
      brand: (await eve.visits("/login")).text.includes("Ærø & Co"),
      passed: (await eve.fetch("/public/echo", { headers: { "X-Real-IP": "told" } })).text.includes("told"),
    };
    return seen;
  }

  const [asTables, asTexts] = [await behaviour(tables), await behaviour(texts)];
  assert.deepEqual(asTexts, asTables);
  assert.deepEqual(asTables, {
    paths: [200, 200, 401, 401],
    strict: "0",
    window: "7",
    logins: ["auth.login.invalid", "auth.login.invalid", "auth.throttled"],
    life: "600",
    short: { password: "auth.password.too_short" },
    brand: true,
    passed: true,
  });
});

test("under another NAME_KEY nothing is served and nothing is lost", { timeout }, async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();

  await house.restart({ settings: { NAME_KEY: freshSecrets().NAME_KEY }, waitFor: 503 });
  const { email, password } = ann;
  assert.equal((await house.visitor().calls("/auth/login", { email, password })).status, 503);
  assert.equal((await house.visitor().calls("/auth/register", { email, password })).status, 503, "nobody takes an address that only seems to be free");
  const page = await ann.visits("/login");
  assert.match(page.text, /NAME_KEY/, "on a loopback host the page says which secret");
  assert.match(page.headers["content-security-policy"], /^default-src 'none'/);
  await house.says("NAME_KEY was changed");

  await house.restart({ settings: {} });
  assert.equal((await ann.calls("/auth/session")).status, 200);
  assert.equal((await house.visitor().calls("/auth/login", { email, password })).json.authMessageCode, "auth.login.success");
});

test("keys are changed without signing anybody out: the first makes, all verify", { timeout }, async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const { email, password } = ann;
  const before = house.secrets;
  const fresh = freshSecrets();
  const added = (name, id) => fresh[name].replace(/^\w+:/, `${id}:`);
  const signsIn = async () => (await house.visitor().calls("/auth/login", { email, password })).json.authMessageCode;

  const both = { COOKIE_KEYS: `${added("COOKIE_KEYS", "k2")},${before.COOKIE_KEYS}`, PEPPERS: `${added("PEPPERS", "p2")},${before.PEPPERS}` };
  await house.restart({ settings: both });
  const late = ann.thief();
  assert.equal((await ann.calls("/auth/session")).status, 200, "a cookie by the old key holds, and a new one is made");
  assert.equal(await signsIn(), "auth.login.success", "a password by the old pepper is right, and hashed anew");

  const onlyNew = { COOKIE_KEYS: added("COOKIE_KEYS", "k2"), PEPPERS: added("PEPPERS", "p2") };
  await house.restart({ settings: onlyNew });
  assert.equal((await ann.calls("/auth/session")).status, 200);
  assert.equal((await late.calls("/auth/session")).status, 401, "the old cookie is worth nothing without its key");
  assert.equal(await signsIn(), "auth.login.success");
});
