// Sessions: how soon an ended one is over, where one is signed in, and what becomes of a copied cookie.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forward, hours, minutes, seconds, startClockwork } from "./clock.mjs";
import { startEdgeward } from "./harness.mjs";
import { counted } from "./race.mjs";
import { told } from "./visitor.mjs";

const timeout = 60_000;
const session = "__Host-edgeward";
const device = "__Host-edgeward-device";

/** What a session cookie says: a(ccount), s(ession), g(eneration), i(ssued at). */
const carried = (visitor) => JSON.parse(Buffer.from(visitor.jar.value(session).split(".")[2], "base64url"));

async function settled(house, who) {
  const visitor = house.visitor(who);
  await visitor.settlesIn();
  return visitor;
}

async function signedInElsewhere(visitor, headers) {
  const other = visitor.elsewhere();
  const { email, password } = visitor;
  const { json } = await other.calls("/auth/login", { email, password }, { headers });
  assert.equal(json.authMessageCode, "auth.login.success");
  return other;
}

const sessionsOf = async (visitor) => (await visitor.calls("/auth/sessions")).json.sessions;

test("an ended session changes nothing from then on, and reads nothing after the window that was promised", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings: { LIFETIMES: { window: "2s" } } });
  const ann = await settled(house);
  const thief = ann.thief();
  const promised = (await thief.fetch("/private/echo")).headers["edgeward-window"];
  assert.equal(promised, "2");

  await ann.signsOut();
  const over = Date.now() + Number(promised) * seconds;
  for (const method of ["POST", "PUT", "DELETE", "PURGE"]) {
    const answer = await thief.fetch("/private/echo", { method, body: method === "DELETE" ? undefined : "x" });
    assert.match(told(answer), /^401 auth\.session\.(ended|required)$/, `${method}, at once`);
  }
  for (const path of ["/auth/session", "/auth/sessions", "/admin/echo"]) assert.equal((await thief.fetch(path)).status, 401, `${path}, at once`);
  assert.equal((await thief.visits("/login/account")).path.split("?")[0], "/login");

  const late = [];
  for (let sentAt = 0; sentAt < over; ) {
    sentAt = Date.now();
    const { status } = await thief.fetch("/private/echo");
    if (sentAt >= over) late.push(status);
  }
  assert.deepEqual(late, [401]);
});

test("people see where they are signed in, and end it from anywhere", { timeout }, async (t) => {
  const house = await startEdgeward(t, { settings: { LIMITS: { address: { unmarked: ["1/15m"] } } } });
  const ann = await settled(house);
  const phone = await signedInElsewhere(ann, { "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1" });
  const tablet = await signedInElsewhere(ann);
  const eve = await settled(house);

  const list = await sessionsOf(ann);
  assert.equal(list.length, 3);
  assert.deepEqual(list.filter(({ current }) => current).map(({ id }) => id), [carried(ann).s]);
  const phones = list.find(({ id }) => id === carried(phone).s);
  assert.equal(phones.device, "Safari on iPhone");
  assert.ok(Date.parse(phones.firstSeen) <= Date.parse(phones.lastSeen));

  await t.test("one of one's own, and no one else's", async () => {
    for (const id of [phones.id, "ses_aaaaaaaaaaaaaaaaaaaaaaaaaa", "nonsense"]) {
      assert.equal(told(await eve.calls(`/auth/sessions/${id}`, undefined, { method: "DELETE" })), "404 auth.request.not_found", id);
    }
    assert.equal((await phone.fetch("/private/echo", { method: "POST" })).status, 200, "still signed in");
    assert.equal(told(await ann.calls(`/auth/sessions/${phones.id}`, undefined, { method: "DELETE" })), "200 auth.session.revoked");
    assert.equal((await phone.fetch("/private/echo", { method: "POST" })).status, 401);
    assert.equal(told(await ann.calls(`/auth/sessions/${phones.id}`, undefined, { method: "DELETE" })), "404 auth.request.not_found", "and once only");
  });

  await t.test("all others at once, with what their browsers were trusted with", async () => {
    await ann.visits("/login/account");
    await ann.submits({ action: "end-others" }, { ...ann.page, forms: ann.page.forms.filter(({ fields }) => fields.action === "end-others") });
    assert.equal(ann.page.path, "/login/account");
    assert.deepEqual((await sessionsOf(ann)).map(({ id }) => id), [carried(ann).s]);
    assert.equal((await tablet.fetch("/private/echo", { method: "POST" })).status, 401);

    const { email, password } = ann;
    await house.visitor().calls("/auth/login", { email, password: "a stranger shuts the lane" });
    assert.equal((await tablet.calls("/auth/login", { email, password })).status, 429, "the tablet is a stranger now");
    await ann.signsOut();
    assert.equal(told(await ann.calls("/auth/login", { email, password })), "200 auth.login.success", "the browser that said so is not");
  });
});

test("by JSON: the others end, or all", { timeout }, async (t) => {
  const house = await startEdgeward(t);
  const ann = await settled(house);
  const phone = await signedInElsewhere(ann);
  const ends = (which) => ann.calls("/auth/end-sessions", { which });
  assert.deepEqual((await ends("mine")).json.fields, { which: "auth.field.invalid" });
  assert.equal((await sessionsOf(ann)).length, 2);
  assert.equal(told(await ends("others")), "200 auth.session.others_revoked");
  assert.equal((await phone.fetch("/private/echo", { method: "POST" })).status, 401);

  const tablet = await signedInElsewhere(ann);
  const thief = ann.thief();
  assert.equal(told(await ends("all")), "200 auth.session.all_revoked");
  assert.equal(ann.jar.value(session), undefined);
  for (const one of [tablet, thief]) assert.equal((await one.fetch("/private/echo", { method: "POST" })).status, 401);
});

test("signing in again replaces the session of the browser", { timeout }, async (t) => {
  const house = await startEdgeward(t);
  const ann = await settled(house);
  const before = carried(ann).s;
  const [lateTab, copy] = [ann.thief(), ann.thief()];
  copy.jar.forget(device);
  const { email, password } = ann;
  await ann.calls("/auth/login", { email, password });
  assert.notEqual(carried(ann).s, before, "a session id never outlives a sign-in");
  assert.equal((await sessionsOf(ann)).length, 1);
  assert.equal(told(await copy.fetch("/private/echo", { method: "POST" })), "401 auth.session.stale", "a copy of the cookie is worth nothing");
  await lateTab.calls("/auth/session");
  assert.equal(carried(lateTab).s, carried(ann).s, "a tab of the same browser goes on in the new session");
});

test("50 renewals at once are one session in one generation, also when a new one begins", { timeout }, async (t) => {
  const house = await startClockwork(t);
  const ann = await settled(house);
  for (const [by, generation] of [[61 * seconds, 1], [16 * minutes, 2], [16 * minutes, 3]]) {
    await forward(house, by);
    const before = carried(ann);
    const tabs = Array.from({ length: 50 }, () => ann.thief());
    const answers = await Promise.all(tabs.map((tab) => tab.fetch("/private/echo")));
    assert.deepEqual(counted(answers.map(({ status }) => status)), { 200: 50 });
    const renewed = tabs.map(carried);
    assert.ok(renewed.every(({ i }) => i > before.i), "every tab has a new cookie");
    assert.deepEqual(counted(renewed.map(({ a, s, g }) => `${a} ${s} ${g}`)), { [`${before.a} ${before.s} ${generation}`]: 50 });
    assert.equal((await sessionsOf(tabs[7])).length, 1);
    for (const tab of tabs.slice(0, 5)) assert.equal((await tab.fetch("/private/echo", { method: "POST" })).status, 200, "and it holds");
    ann.jar = tabs[49].jar;
  }
});

test("a cookie of an older generation: a late tab goes on, a copy is first stale and later ends everything", { timeout }, async (t) => {
  const house = await startClockwork(t);
  const ann = await settled(house);
  const [lateTab, copy] = [ann.thief(), ann.thief()];
  copy.jar.forget(device);
  await forward(house, 16 * minutes);
  assert.equal((await ann.fetch("/private/echo")).status, 200);
  assert.equal(carried(ann).g, 2);

  assert.equal(told(await copy.fetch("/private/echo")), "401 auth.session.stale");
  assert.equal((await ann.fetch("/private/echo", { method: "POST" })).status, 200, "nothing was ended by that");
  assert.equal((await lateTab.fetch("/private/echo")).status, 200);
  assert.equal(carried(lateTab).g, 2, "the browser's own device proves the late tab");

  await forward(house, 11 * minutes);
  assert.match(told(await copy.fetch("/private/echo")), /^401 auth\.session\.(ended|required)$/);
  assert.equal((await ann.fetch("/private/echo", { method: "POST" })).status, 401, "whoever of the two is the owner signs in again");
  await ann.receives("auth.notice.session_theft");
});

test("a session ends after half a day unused, and after a week however busy", { timeout }, async (t) => {
  const house = await startClockwork(t);
  const ann = await settled(house);
  const idle = await signedInElsewhere(ann);
  for (let spent = 11; spent < 7 * 24; spent += 11) {
    await forward(house, 11 * hours);
    assert.equal((await ann.fetch("/private/echo")).status, 200, `after ${spent} hours`);
    if (spent === 22) assert.equal((await idle.fetch("/private/echo")).status, 401, "twice eleven hours unused");
  }
  await forward(house, 4 * hours);
  assert.equal((await ann.fetch("/private/echo")).status, 401);
});
