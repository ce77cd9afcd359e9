// What becomes of a day's work while something that Edgeward depends on is away: docs/degraded.md has a row for
// each mode below, and says of each what these tests see.
//
// In each mode the same people do the same things. A mode says what stops, and with which answer; all else must
// be as ever. Whatever stops, the origin hears nothing of it; and when the mode is over, all is as ever again.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../../scripts/steps.mjs";
import { forward, hours, startClockwork } from "../clock.mjs";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { lies, startHooks } from "../hook_server.mjs";
import { operator } from "../operator.mjs";
import { startOwnOrigin } from "../own_origin.mjs";
import { told } from "../visitor.mjs";

const timeout = 120_000;
const entry = join(root, "tests", "e2e", "faults", "degrading.mjs");
const [busy, noHook, noOrigin] = ["503 auth.busy", "503 auth.hook.unavailable", "502 auth.origin.unreachable"];
const credentials = ({ email, password }) => ({ email, password });

/** What people do, and what they are told on any other day. */
const acts = {
  "a public page": ["200", ({ zoe }) => zoe.fetch("/public/echo")],
  "a page, with a cookie of this minute": ["200", ({ ann }) => ann.fetch("/private/echo")],
  "a form of the origin's": ["200", ({ ann }) => ann.fetch("/private/echo", { method: "POST", body: "x" })],
  "a page, by a smart link": ["200", ({ lee }) => lee.fetch("/private/echo")],
  "the sign-in page": ["200", ({ zoe }) => zoe.fetch("/login")],
  "a session": ["200 auth.session.active", ({ ann }) => ann.calls("/auth/session")],
  "signing in": ["200 auth.login.success", ({ ann }) => ann.elsewhere().calls("/auth/login", credentials(ann))],
  "signing up": ["202 auth.register.check_email", ({ zoe }) => zoe.calls("/auth/register", credentials(zoe))],
  "a forgotten password": ["202 auth.forgot.accepted", ({ ann }) => ann.elsewhere().calls("/auth/forgot", { email: ann.email })],
  "proving an address": ["200 auth.verify.success", ({ bob, token }) => bob.calls("/auth/verify", { token })],
  "signing out": ["200 auth.logout.success", ({ phone }) => phone.calls("/auth/logout", {})],
};
const all = (...names) => (what) => Object.fromEntries(names.map((name) => [name, what]));
const forwarded = Object.keys(acts).filter((act) => act.startsWith("a p") || act.startsWith("a form"));

/** Everybody it takes, each with what they need. */
async function cast(house) {
  const [ann, bob, lee, zoe] = Array.from({ length: 4 }, () => house.visitor());
  await ann.settlesIn();
  const phone = ann.elsewhere();
  await phone.calls("/auth/login", credentials(ann));
  await bob.calls("/auth/register", credentials(bob));
  const token = await bob.tokenOf("auth.verify");
  const { json } = await operator(house).calls("POST", "/links", { path: "/private", expiresIn: 7200 });
  await lee.visits(json.link.slice(house.url.length));
  await lee.submits({});
  return { ann, bob, lee, zoe, phone, token };
}

/** The row of a mode in docs/degraded.md, and every row's name. */
const rows = new Map(
  readFileSync(join(root, "docs", "degraded.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| **"))
    .map((line) => [/^\| \*\*(.*?)\*\*/.exec(line)[1], line]),
);
const modes = [];

/** Declares a mode. `work(t, during)` makes a house; `during` has everybody act in it while `begins` holds. */
function mode(name, work) {
  modes.push(name);
  test(`${name}: what stops says so, what can go on goes on, and afterwards all is as ever`, { timeout }, async (t) => {
    const figures = { tried: 0, survived: 0 };
    const seen = [];
    const sees = (what, is, wanted) => {
      figures.tried += 1;
      if (is === wanted) figures.survived += 1;
      else seen.push(`${what}: ${is}, not ${wanted}`);
    };
    async function everybodyActs(house, people, stops, when) {
      const before = house.origin.requests.length;
      const answers = await Promise.all(Object.entries(acts).map(async ([act, [, does]]) => [act, await does(people)]));
      for (const [act, answer] of answers) {
        sees(`${when}, ${act}`, told(answer), stops[act] ?? acts[act][0]);
        if (answer.status === 503) sees(`${when}, ${act}, when to come again`, /^\d+$/.test(answer.headers["retry-after"]), true);
      }
      const passed = answers.filter(([act, { status }]) => forwarded.includes(act) && status === 200).length;
      if (!house.isElsewhere) sees(`${when}, what the origin hears`, house.origin.requests.length - before, passed);
    }
    /** Everybody acts while it holds, and others when it is over. */
    async function during(house, when, stops, begins, ends) {
      for (const what of new Set(Object.values(stops))) {
        const [status, code] = what.split(" ");
        assert.ok(rows.get(name)?.includes(`${status} \`${code}\``), `docs/degraded.md, ${name}: ${what}`);
      }
      const people = await cast(house);
      await begins(people);
      await everybodyActs(house, people, stops, when);
      await ends(people);
      await everybodyActs(house, await cast(house), {}, `after ${when}`);
      return people;
    }
    try {
      await work(t, during, sees);
    } finally {
      figure("degraded", figures);
    }
    assert.deepEqual(seen, []);
  });
}

/** Objects of a class that fail in these ways. */
const objects = (name, failing, ways, stops, afterwards = async () => {}) =>
  mode(name, async (t, during, sees) => {
    const house = await startEdgeward(t, { entry, unopenedMail: true });
    const fail = (how) => house.visitor().fetch("/", { headers: { "X-Degrade": JSON.stringify(how) } });
    for (const way of ways) {
      const people = await during(house, `they are ${way}`, stops, () => fail(Object.fromEntries(failing.map((one) => [one, way]))), () => fail({}));
      await afterwards(house, people, sees);
    }
  });

const changing = ["signing in", "signing up", "a forgotten password", "proving an address"];
const away = isFull ? ["gone", "hangs"] : ["hangs"];
const isWell = async (sees, what, answer, wanted) => sees(`afterwards, ${what}`, told(await answer), wanted);

objects("account objects", ["ACCOUNTS"], away, all("a form of the origin's", "a session", "signing in", "proving an address", "signing out")(busy), async (house, { ann, bob, phone }, sees) => {
  await isWell(sees, "who could not sign out is signed in", phone.calls("/auth/session"), acts["a session"][0]);
  await isWell(sees, "whose link was posted has an account", bob.elsewhere().calls("/auth/login", credentials(bob)), acts["signing in"][0]);
  await ann.receives("auth.reset");
});
objects("address objects", ["ADDRESSES"], away, all(...changing)(busy), async (house, { bob, token }, sees) => {
  await isWell(sees, "the link is as good as it was", bob.calls("/auth/verify", { token }), acts["proving an address"][0]);
});
objects("network objects", ["NETWORKS"], away, all(...changing)(busy), async (house, { bob, token }, sees) => {
  await isWell(sees, "the link is as good as it was", bob.calls("/auth/verify", { token }), acts["proving an address"][0]);
});
objects("link objects", ["LINKS"], away, all("a page, by a smart link")(busy), async (house, { lee }, sees) => {
  await isWell(sees, "the link is as good as it was", lee.fetch("/private/echo"), "200");
});
objects("the disks of objects", ["ACCOUNTS", "ADDRESSES", "NETWORKS", "LINKS"], ["full"], all(...changing, "signing out")(busy), async (house, { bob, phone, token }, sees) => {
  await house.says("store_fault", 4);
  await isWell(sees, "who could not sign out is signed in", phone.calls("/auth/session"), acts["a session"][0]);
  await isWell(sees, "the link is as good as it was", bob.calls("/auth/verify", { token }), acts["proving an address"][0]);
});

mode("the notifier", async (t, during, sees) => {
  const house = await startEdgeward(t, { unopenedMail: true });
  const { ann, zoe } = await during(house, "it answers 500", {}, () => house.mailbox.fail(500), () => house.mailbox.work());
  for (const [visitor, type] of [[zoe, "auth.verify"], [ann, "auth.reset"]]) {
    const letter = await house.mailbox.received({ to: visitor.email, type }, 60_000).catch(String);
    sees(`afterwards, the letter that waited: ${type}`, letter.type, type);
  }
});

mode("hooks", async (t, during) => {
  const hooks = await startHooks(t);
  const house = await startEdgeward(t, { settings: hooks.settings, unopenedMail: true });
  const [named, well] = [["login", "registration", "before"], { ...hooks.answers }];
  for (const lie of isFull ? ["hangs up", "never answers", "says 500, and yes"] : ["never answers"]) {
    const begins = () => named.forEach((hook) => (hooks.answers[hook] = lies[lie][1]));
    await during(house, `each ${lie}`, all("signing in", "signing up", "proving an address")(noHook), begins, () => Object.assign(hooks.answers, well));
  }
});

mode("the origin", async (t, during) => {
  let isUp = true;
  const requests = [];
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => (isUp ? response.end(requests.push(request.url) && "") : response.socket.destroy()));
  const house = await startEdgeward(t, { settings: { ORIGIN_URL }, unopenedMail: true });
  house.origin.requests = requests;
  await during(house, "it hangs up", all(...forwarded)(noOrigin), () => (isUp = false), () => (isUp = true));
});

mode("the clock", async (t, during, sees) => {
  const house = await startClockwork(t, { unopenedMail: true });
  house.isElsewhere = true;
  await during(house, "it is an hour ahead", {}, () => forward(house, hours), () => forward(house, -hours));
  await during(house, "it is an hour behind", {}, () => forward(house, -hours), () => forward(house, hours));
  const over = all("a page, with a cookie of this minute", "a form of the origin's", "a session")("401 auth.session.ended");
  const stops = { ...over, "a page, by a smart link": "401 auth.session.required", "proving an address": "400 auth.token.invalid" };
  const { ann, bob, token } = await during(house, "it is 400 days ahead", stops, () => forward(house, 400 * 24 * hours), () => forward(house, -400 * 24 * hours));
  await isWell(sees, "an ended session has ended", ann.calls("/auth/session"), "401 auth.session.required");
  await isWell(sees, "a link that had run out has", bob.calls("/auth/verify", { token }), "400 auth.token.invalid");
});

test("docs/degraded.md has a row for each mode, and no other", () => {
  assert.deepEqual([...rows.keys()].sort(), [...modes].sort());
});
