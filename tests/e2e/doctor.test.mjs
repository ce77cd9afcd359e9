// The doctor at a real Edgeward with the demo origin: nothing to say when all is well, and when it is not, what.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { examine } from "../../doctor/doctor.mjs";
import { statusOf } from "../../doctor/report.mjs";
import { varLine } from "../../scripts/secrets.mjs";
import { startEdgeward } from "./harness.mjs";

const timeout = 60_000;

/** What it finds, with the secrets of the house, and `vars` over them, at hand. */
async function looks(t, house, vars = {}, given = {}) {
  const dir = mkdtempSync(join(tmpdir(), "edgeward-doctor-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, "vars");
  writeFileSync(file, Object.entries({ PUBLIC_URL: house.url, ...house.secrets, ...vars }).map(varLine).join(""));
  const found = await examine({ url: house.url, origin: [house.origin.url], vars: file, ...given }, { environment: {} });
  const checks = found.sections.flatMap((section) => section.checks);
  const by = (wanted) => checks.filter(({ state }) => state === wanted).map(({ id }) => id);
  return { status: statusOf(found.sections, found), wrong: by("wrong"), ok: by("ok"), untried: by("untried") };
}

test("all is well", { timeout }, async (t) => {
  const house = await startEdgeward(t);
  const { status, wrong, ok, untried } = await looks(t, house);
  assert.deepEqual([status, wrong], [0, []]);
  // http on a loopback host, and workerd alone adds no Date.
  assert.deepEqual(untried, ["deployment.clock", "deployment.https", "deployment.workers_dev"]);
  for (const id of ["deployment.health", "deployment.cookies", "deployment.hash", "deployment.shut", "origin.right_signature", "signature.replayed"]) assert.ok(ok.includes(id), id);
  assert.deepEqual(house.mailbox.mails(), [], "it sends nobody a mail");
});

test("rules that leave open what is below /admin, a key of two rings, and one that the origin was not told of", { timeout }, async (t) => {
  const ACCESS_RULES = [{ path: "/admin", access: { roles: ["admin"] } }, { path: "/private/*", access: "required" }, { path: "/*", access: "public" }];
  const house = await startEdgeward(t, { settings: { ACCESS_RULES } });
  const seen = await looks(t, house, {
    ACCESS_RULES: JSON.stringify(ACCESS_RULES),
    IDENTITY_KEYS: `i2:${randomBytes(32).toString("base64url")},${house.secrets.IDENTITY_KEYS}`,
    ADMIN_KEYS: house.secrets.ADMIN_KEYS.replace(/[^:]*$/, house.secrets.NAME_KEY),
  });
  assert.deepEqual(seen.wrong, ["settings.rules/admin", "settings.keys_apart", "origin.ring_signature"]);
});

test("what is open below /admin is found at the door", { timeout }, async (t) => {
  // The demo origin itself refuses there, so this one does not.
  const ACCESS_RULES = [{ path: "/public", access: "required" }, { path: "/public/*", access: "public" }];
  const house = await startEdgeward(t, { settings: { ACCESS_RULES } });
  const seen = await looks(t, house, { ACCESS_RULES: JSON.stringify(ACCESS_RULES) }, { path: "/private" });
  assert.deepEqual(seen.wrong, ["settings.rules/public", "deployment.shut"]);
});

test("wrong settings, and an address that nobody guards", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings: { REGISTRATION: "perhaps" }, waitFor: 503 });
  assert.deepEqual((await looks(t, house, {}, { origin: [] })).wrong, ["deployment.health"]);
  await house.restart({ settings: {} });
  const other = house.url.replace("localhost", "127.0.0.1");
  assert.deepEqual((await looks(t, house, {}, { origin: [], "workers-dev": other })).wrong, ["deployment.workers_dev"]);
});

test("assertions are checked against the published keys", { timeout }, async (t) => {
  const ring = (...ids) => ids.map((id) => `${id}:${randomBytes(32).toString("base64url")}`).join(",");
  const ASSERTION_KEYS = ring("a1");
  const house = await startEdgeward(t, { settings: { ASSERTION_KEYS } });
  const right = await looks(t, house, { ASSERTION_KEYS });
  assert.deepEqual(right.wrong, []);
  assert.ok(right.ok.includes("deployment.jwks"));
  assert.ok(right.untried.includes("origin.right_assertion"), "the demo origin goes by signatures");
  const promoted = `${ring("a2")},${ASSERTION_KEYS}`;
  assert.deepEqual((await looks(t, house, { ASSERTION_KEYS: promoted })).wrong, ["deployment.jwks"]);
});
