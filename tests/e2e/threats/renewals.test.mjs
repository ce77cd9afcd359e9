// A browser that wakes up with 50 tabs: all renew one session at once, on workerd. They end in one session and
// one generation; the owner is not signed out for any of it; a copy without the device is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forward, minutes, startClockwork } from "../clock.mjs";
import { figure, isFull } from "../figures.mjs";
import { counted, race } from "../race.mjs";
import { told } from "../visitor.mjs";

const row = "renewals";
const session = "__Host-edgeward";
const device = "__Host-edgeward-device";
const TABS = 50;

/** What a session cookie says: a(ccount), s(ession), g(eneration). */
const carried = (visitor) => JSON.parse(Buffer.from(visitor.jar.value(session).split(".")[2], "base64url"));
const lineage = (visitor) => (({ a, s, g }) => `${a} ${s} ${g}`)(carried(visitor));

async function settled(t) {
  const house = await startClockwork(t);
  const ann = house.visitor();
  await ann.settlesIn();
  return { house, ann };
}

test("50 tabs that renew at the same moment are one lineage", async (t) => {
  const { house, ann } = await settled(t);
  const rounds = isFull ? 40 : 4;
  for (let round = 1; round <= rounds; round += 1) {
    await forward(house, 16 * minutes);
    const { a, s } = carried(ann);
    const tabs = Array.from({ length: TABS }, () => ann.thief());
    const answers = await race(TABS, async (hold, i) => {
      let answer = await tabs[i].fetch("/private/echo", { method: "POST", body: "x", hold });
      // A machine with other work may keep the object's answer past its deadline: that decides nothing.
      while (answer.status === 503) answer = await tabs[i].fetch("/private/echo", { method: "POST", body: "x" });
      return answer;
    });
    const lineages = counted(tabs.map(lineage));
    const strays = TABS - (lineages[`${a} ${s} ${round + 1}`] ?? 0);
    const refused = answers.filter(({ status }) => status !== 200).length;
    figure(row, { tried: TABS, survived: TABS - Math.max(strays, refused) });
    assert.deepEqual(counted(answers.map(({ status }) => status)), { 200: TABS });
    assert.deepEqual(lineages, { [`${a} ${s} ${round + 1}`]: TABS });
    ann.jar = tabs[round % TABS].jar;
    assert.equal((await ann.calls("/auth/sessions")).json.sessions.length, 1);
  }
});

test("late tabs beside a thief: the tabs go on, the copy ends the session once it is old, and the owner is told", async (t) => {
  const { house, ann } = await settled(t);
  const [tab, copy] = [ann.thief(), ann.thief()];
  copy.jar.forget(device);
  await forward(house, 16 * minutes);
  assert.equal((await ann.fetch("/private/echo", { method: "POST", body: "x" })).status, 200);

  const crowd = Array.from({ length: 20 }, (_, i) => (i % 2 ? copy.thief() : tab.thief()));
  const answers = await race(20, (hold, i) => crowd[i].fetch("/private/echo", { method: "POST", body: "x", hold }));
  const right = answers.filter((answer, i) => (i % 2 ? told(answer) === "401 auth.session.stale" : answer.status === 200)).length;
  figure(row, { tried: 20, survived: right });
  assert.equal(right, 20, JSON.stringify(counted(answers.map(told))));
  assert.ok(await ann.isSignedIn(), "nothing was ended");

  await forward(house, 11 * minutes);
  assert.equal((await tab.fetch("/private/echo", { method: "POST", body: "x" })).status, 200, "the tab is as late as the copy");
  assert.equal(told(await copy.fetch("/private/echo", { method: "POST", body: "x" })), "401 auth.session.ended");
  const isOut = !(await ann.isSignedIn());
  figure(row, { tried: 1, survived: isOut ? 1 : 0 });
  assert.ok(isOut);
  await ann.receives("auth.notice.session_theft");
});

test("a new password leaves a copy of the whole browser outside, and the browser itself in", async (t) => {
  const { ann } = await settled(t);
  const [thief, { password }] = [ann.thief(), ann];
  const changed = await ann.calls("/auth/change-password", { password, newPassword: "six quiet tractors near Utrecht" });
  assert.equal(told(changed), "200 auth.password.changed");
  await ann.receives("auth.notice.password_changed");
  const tries = [["/private/echo", "POST"], ["/auth/session", "GET"], ["/auth/sessions", "GET"]];
  const answers = await Promise.all(tries.map(([path, method]) => thief.thief().fetch(path, { method })));
  const out = answers.filter(({ status }) => status === 401).length;
  figure(row, { tried: tries.length, survived: out });
  assert.equal(out, tries.length);
  // An answer on its way with the cookie from before takes nothing from the browser.
  for (const { headers } of answers) for (const line of headers["set-cookie"] ?? []) ann.jar.take(line);
  assert.ok(await ann.isSignedIn());
});
