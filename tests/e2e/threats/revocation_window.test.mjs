// How long an ended session is still let through: measured on workerd, by asking with a copy of its cookie from
// another client until it is refused. Never longer than `Edgeward-Window` promised on the answer, and not at
// all for whatever changes something, for rules with roles and for strict ones.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forward, minutes, seconds, startClockwork } from "../clock.mjs";
import { figure, isFull } from "../figures.mjs";
import { operator } from "../operator.mjs";
import { told } from "../visitor.mjs";

const row = "revocation_window";
const ACCESS_RULES = [
  { path: "/strict/*", access: "required", strict: true },
  { path: "/admin/*", access: { roles: ["admin"] } },
  { path: "/maybe/*", access: "optional" },
];
const LIMITS = { network: { signin: ["1000/1m"], signup: ["1000/1h"], mail: ["1000/1h"] } };
const another = "eleven borrowed ladders in Graz";

/** What ends Ann's session. `phone` is another browser of hers. */
const ends = {
  "signing out": ({ ann }) => ann.signsOut(),
  "signing out by JSON": ({ ann }) => said("auth.logout.success", ann.calls("/auth/logout", {})),
  "signing out everywhere, elsewhere": ({ phone }) => said("auth.session.all_revoked", phone.calls("/auth/end-sessions", { which: "all" })),
  "ending it from another browser": async ({ ann, phone }) => {
    const { session } = (await ann.calls("/auth/session")).json;
    await said("auth.session.revoked", phone.calls(`/auth/sessions/${session.id}`, undefined, { method: "DELETE" }));
  },
  "ending all others": ({ phone }) => said("auth.session.others_revoked", phone.calls("/auth/end-sessions", { which: "others" })),
  "a new password, elsewhere": ({ phone, password }) =>
    said("auth.password.changed", phone.calls("/auth/change-password", { password, newPassword: another })),
  "a reset": async ({ phone }) => {
    await phone.asksFor("forgot");
    await said("auth.reset.success", phone.calls("/auth/reset", { token: await phone.tokenOf("auth.reset"), password: another }));
  },
  "being switched off": ({ ops, id }) => ops.changes(id, { enabled: false }),
  "an operator who ends sessions": ({ ops, id }) => ops.changes(id, { endSessions: true }),
  "a password that must be replaced": ({ ops, id }) => ops.changes(id, { forcePasswordChange: true }),
  "the end of the account": ({ phone }) => said("auth.account.deletion_started", phone.calls("/auth/delete-account", {})),
};

async function said(code, answer) {
  const { json } = await answer;
  assert.equal(json.authMessageCode, code);
}

/** What asks, and what is promised for it. `window` is that of the settings. */
const asks = (window) => [
  { path: "/private", method: "GET", promised: window },
  { path: "/private", method: "HEAD", promised: window },
  { path: "/private", method: "OPTIONS", promised: window },
  { path: "/private", method: "POST", promised: 0 },
  { path: "/private", method: "PUT", promised: 0 },
  { path: "/private", method: "DELETE", promised: 0 },
  { path: "/private", method: "PURGE", promised: 0 },
  { path: "/private", method: "GET", headers: { Accept: "text/event-stream" }, promised: 0 },
  { path: "/strict/page", method: "GET", promised: 0 },
  { path: "/strict/page", method: "HEAD", promised: 0 },
  { path: "/admin/page", method: "GET", promised: 0 },
  { path: "/admin/page", method: "OPTIONS", promised: 0 },
];

/** A person with two browsers and a role, and a copy of the first one's cookies, a moment old. */
async function scene(house) {
  const ops = operator(house);
  const ann = house.visitor();
  await ann.settlesIn();
  const { email, password } = ann;
  const { id } = await ops.finds(email);
  await ops.changes(id, { roles: ["admin"] });
  const phone = ann.elsewhere();
  await said("auth.login.success", phone.calls("/auth/login", { email, password }));
  return { ops, ann, phone, id, email, password };
}

for (const window of isFull ? [60, 7] : [60]) {
  test(`of a window of ${window} s nothing is let through longer, whatever ends the session`, async (t) => {
    const house = await startClockwork(t, { settings: { ACCESS_RULES, LIMITS, LIFETIMES: { window: `${window}s` } }, unopenedMail: true });
    // The clock as the test moves it, beside the real one, which goes on meanwhile.
    let ahead = 0;
    const passes = async (by) => {
      await forward(house, by);
      ahead += by;
    };
    const clock = () => Date.now() + ahead;

    const cases = [];
    const left = Object.entries(ends);
    // Two at a time: more would wait for places to hash, and some in vain.
    const settles = async () => {
      for (let next; (next = left.shift()); ) cases.push({ name: next[0], end: next[1], ...(await scene(house)) });
    };
    await Promise.all([settles(), settles()]);
    // As fresh a cookie as can be: it is renewed now, and copied.
    await passes(2 * minutes);
    for (const one of cases) {
      assert.equal((await one.ann.fetch("/private")).status, 200);
      one.jar = one.ann.jar.copy();
    }
    for (const one of cases) {
      await one.end(one);
      one.endedAt = clock();
    }

    const measured = {};
    const tally = { tried: 0, survived: 0 };
    const late = [];
    const step = (isFull ? 1 : 7.5) * seconds;
    for (let passed = 0; passed <= (window + 2) * seconds; passed += step) {
      for (const { name, jar, endedAt } of cases) {
        for (const { path, method, headers, promised } of asks(window)) {
          // Those that are asked about each time need not be asked at every tick.
          if (promised === 0 && passed > 0 && !isFull) continue;
          const sent = clock() - endedAt;
          const answer = await house.visitor({ jar: jar.copy() }).fetch(path, { method, headers });
          assert.equal(answer.headers["edgeward-window"], String(promised), `${method} ${path}`);
          const through = answer.status < 300;
          const isLate = through && sent >= promised * seconds;
          tally.tried += 1;
          tally.survived += isLate ? 0 : 1;
          if (isLate) late.push(`${name}: ${method} ${path} ${sent} ms after`);
          if (through) measured[name] = Math.max(measured[name] ?? 0, Math.round(sent / 100) / 10);
          if (!through && method !== "HEAD") assert.match(told(answer), /^401 auth\.session\.(ended|required|stale)$/, `${name}: ${method} ${path}`);
        }
      }
      await passes(step);
    }
    t.diagnostic(`let through until, in seconds of ${window}: ${JSON.stringify(measured)}`);
    figure(row, tally);
    assert.deepEqual(late, []);
    // Something was measured: the window is used, not always shut.
    assert.ok(Object.keys(measured).length === cases.length && Object.values(measured).some((most) => most > window / 2), JSON.stringify(measured));
  });
}

test("by the real clock too: a window of 2 s is over in time, and a renewal beside the end prolongs nothing", async (t) => {
  const house = await startClockwork(t, { settings: { ACCESS_RULES, LIMITS, LIFETIMES: { window: "2s" } }, unopenedMail: true });
  const names = ["signing out", "being switched off", "signing out everywhere, elsewhere"];
  const scenes = {};
  for (const name of names) scenes[name] = await scene(house);
  const figures = await Promise.all(
    names.map(async (name) => {
      const one = scenes[name];
      // Ten tabs of the thief's ask all the time, so that one renews in the very moment of the end.
      const tabs = Array.from({ length: isFull ? 10 : 4 }, () => one.ann.thief());
      let ended = Infinity;
      let last = 0;
      let tried = 0;
      const polls = Promise.all(
        tabs.map(async (tab) => {
          for (;;) {
            const sent = Date.now();
            const { status, headers } = await tab.fetch("/private");
            tried += 1;
            if (status !== 200) return;
            assert.equal(headers["edgeward-window"], "2");
            // A renewal keeps the tab on, until the end: the newest cookie there is.
            if (sent > ended) last = Math.max(last, sent - ended);
            assert.ok(sent < ended + 30_000, "it never ends");
          }
        }),
      );
      await ends[name](one);
      ended = Date.now();
      await polls;
      return { name, tried, last };
    }),
  );
  const isLate = ({ last }) => last >= 2 * seconds;
  t.diagnostic(JSON.stringify(figures));
  for (const one of figures) figure(row, { tried: one.tried, survived: one.tried - (isLate(one) ? 1 : 0) });
  assert.deepEqual(figures.filter(isLate), []);
});
