// The operator's hooks as real servers: what a right answer does, and what none of the wrong ones can.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { allow, deny, lies, says, startHooks } from "./hook_server.mjs";

const timeout = 120_000;
/** An answer of a hook is here after three seconds, or it is none; the rest is a busy machine. */
const patience = 6_000;

async function town(t, settings) {
  const hooks = await startHooks(t);
  const house = await startEdgeward(t, { settings: { ...hooks.settings, ...settings }, unopenedMail: true });
  t.after(() => hooks.prove(house.secrets.WEBHOOK_SECRET));
  return { hooks, house };
}

const told = ({ status, json }) => `${status} ${json.authMessageCode}`;
const unavailable = "503 auth.hook.unavailable";
const credentials = ({ email, password }) => ({ email, password });

/** How many sessions somebody has who is signed in. */
async function sessions(visitor) {
  const { json } = await visitor.calls("/auth/sessions");
  return json.sessions.length;
}

/** The token of a sign-up whose mail came. */
async function tokenOf(visitor) {
  const { link } = await visitor.receives("auth.verify");
  return new URL(link).searchParams.get("token");
}

/**
 * Tells `hook` every lie, one after the other, and has `tell` ask it. None is believed, none takes long, and
 * nobody listens to one any further.
 */
async function lieTo({ hooks, house }, hook, type, tell) {
  const causes = {};
  for (const [lie, [cause, answer]] of Object.entries(lies)) {
    hooks.answers[hook] = answer;
    const begun = performance.now();
    const told = await tell();
    assert.equal(`${told.status} ${told.json.authMessageCode}`, unavailable, lie);
    assert.match(told.headers["retry-after"], /^\d+$/, lie);
    assert.ok(performance.now() - begun < patience, `${lie}: ${performance.now() - begun} ms`);
    assert.equal(told.headers["set-cookie"], undefined, lie);
    await hooks.asked.at(-1).over;
    causes[cause] = (causes[cause] ?? 0) + 1;
    await house.says(`${type}: unanswered ${cause}`, causes[cause]);
  }
  hooks.answers[hook] = says(allow());
}

test("the sign-in hook gives roles and leads on, and each of its questions is signed", { timeout }, async (t) => {
  const { hooks, house } = await town(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const laptop = ann.elsewhere();
  hooks.answers.login = says(allow({ roles: ["beta", "admin"], redirect: "/private/?welcome=1" }));
  const page = await laptop.signsIn({ next: "/private/other" });
  assert.equal(page.path, "/private/?welcome=1");
  const { json } = await laptop.calls("/private/echo");
  assert.deepEqual(json.identity.roles, ["beta", "admin"]);
  const first = await ann.calls("/private/echo");
  assert.deepEqual(first.json.identity.roles ?? [], [], "another session has none of them");

  assert.deepEqual(hooks.asked.map(({ type }) => type), ["hook.before_registration", "hook.registration", "hook.login", "hook.login"]);
  const { data, body } = hooks.asked.at(-1);
  assert.equal(data.email, ann.email);
  assert.equal(data.account, json.identity.account);
  assert.equal(data.method, "password");
  assert.match(data.network, /^198\.18\.\d+\.0\/24$/);
  assert.ok(!body.includes(ann.password));
  await house.says("hook.login: allowed", 2);
});

test("a deny opens no session, and its message is text", { timeout }, async (t) => {
  const { hooks, house } = await town(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const message = `<b onclick="alert(1)">Closed</b> & gone`;
  hooks.answers.login = says(deny(message));
  const laptop = ann.elsewhere();
  const answer = await laptop.calls("/auth/login", credentials(ann));
  assert.equal(told(answer), "403 auth.hook.denied");
  assert.equal(answer.json.authMessage, message);
  assert.equal(answer.headers["set-cookie"], undefined);
  const page = await laptop.signsIn();
  assert.equal(page.path, "/login");
  assert.ok(page.text.includes(message), "as it was written");
  assert.ok(!page.html.includes("<b onclick"), "and not as it would be run");
  assert.equal(await sessions(ann), 1);
  assert.equal((await laptop.calls("/auth/sessions")).status, 401);
});

test("a denied registration takes nothing in, and a denied account leaves its link as good as it was", { timeout }, async (t) => {
  const { hooks, house } = await town(t);
  const [ann, ben] = [house.visitor(), house.visitor()];
  hooks.answers.before = says(deny("Staff only."));
  const answer = await ben.calls("/auth/register", credentials(ben));
  assert.equal(told(answer), "403 auth.hook.denied");
  assert.equal(answer.json.authMessage, "Staff only.");
  hooks.answers.before = says(allow());

  await ann.signsUp();
  hooks.answers.registration = says(deny("Not yet."));
  await ann.opensMail();
  const refused = await ann.confirms();
  assert.match(refused.text, /Not yet\./);
  const known = await ann.calls("/auth/login", credentials(ann));
  assert.equal(told(known), "403 auth.login.not_verified", "there is no account");
  hooks.answers.registration = says(allow());
  await ann.confirms();
  assert.equal(await sessions(ann), 1);
  assert.equal(house.mailbox.mails().filter(({ to }) => to === ben.email).length, 0);
});

test("a sign-in hook that fails lets nobody in", { timeout }, async (t) => {
  const place = await town(t);
  const ann = place.house.visitor();
  await ann.settlesIn();
  const stranger = ann.elsewhere();
  await lieTo(place, "login", "hook.login", () => stranger.calls("/auth/login", credentials(ann)));
  assert.equal(await sessions(ann), 1, "the one she had");
  const answer = await stranger.calls("/auth/login", credentials(ann));
  assert.equal(answer.status, 200, "and no failure of the hook shut a lane");
});

test("a registration hook that fails makes no account, and costs no link", { timeout }, async (t) => {
  const place = await town(t);
  const ann = place.house.visitor();
  await ann.calls("/auth/register", credentials(ann));
  const token = await tokenOf(ann);
  await lieTo(place, "registration", "hook.registration", () => ann.calls("/auth/verify", { token }));
  const known = await ann.calls("/auth/login", credentials(ann));
  assert.equal(told(known), "403 auth.login.not_verified", "there is no account");
  assert.equal(told(await ann.calls("/auth/verify", { token })), "200 auth.verify.success");
  assert.equal(await sessions(ann), 1);
});

test("a hook that fails before a registration leaves nothing behind", { timeout }, async (t) => {
  const place = await town(t);
  await lieTo(place, "before", "hook.before_registration", () => {
    const visitor = place.house.visitor();
    return visitor.calls("/auth/register", credentials(visitor));
  });
  const ann = place.house.visitor();
  assert.equal(told(await ann.calls("/auth/register", credentials(ann))), "202 auth.register.check_email");
  await ann.receives("auth.verify");
  const letters = place.house.mailbox.mails();
  assert.equal(letters.length, 1);
  assert.equal(await place.house.stored("AddressObject"), 2, "her address, and the one that remembers NAME_KEY");
});

test("an address is proved also when the sign-in hook gives no answer, and nobody is signed in by that", { timeout }, async (t) => {
  const { hooks, house } = await town(t);
  for (const answer of [says(deny("No.")), lies["never answers"][1], lies["breaks off"][1]]) {
    hooks.answers.login = answer;
    const ann = house.visitor();
    await ann.calls("/auth/register", credentials(ann));
    const proved = await ann.calls("/auth/verify", { token: await tokenOf(ann) });
    assert.equal(told(proved), "200 auth.verify.success");
    assert.equal(proved.headers["set-cookie"], undefined);
    assert.equal((await ann.calls("/auth/sessions")).status, 401);
    hooks.answers.login = says(allow());
    assert.equal(told(await ann.calls("/auth/login", credentials(ann))), "200 auth.login.success");
    assert.equal(await sessions(ann), 1, "and no session was left over");
  }
});

test("HOOK_FAILURE lets pass what one hook does not answer, and nothing of a wrong answer counts", { timeout }, async (t) => {
  const { hooks, house } = await town(t, { HOOK_FAILURE: { login: "allow", registration: "allow" } });
  hooks.answers.registration = lies["breaks off"][1];
  const ann = house.visitor();
  await ann.settlesIn();
  await house.says("hook.registration: let_pass broken");
  for (const lie of ["gives 17 roles", "leads away", "redirects", "drips"]) {
    hooks.answers.login = lies[lie][1];
    const page = await ann.elsewhere().signsIn({ next: "/private/here" });
    assert.equal(page.path, "/private/here", lie);
    await house.says(`hook.login: let_pass ${lies[lie][0]}`);
  }
  hooks.answers.login = says(deny("No."));
  assert.equal(told(await ann.elsewhere().calls("/auth/login", credentials(ann))), "403 auth.hook.denied");
  hooks.answers.before = lies["hangs up"][1];
  const ben = house.visitor();
  assert.equal(told(await ben.calls("/auth/register", credentials(ben))), unavailable);
});

test("in shadow mode every hook is asked, and nobody obeys", { timeout }, async (t) => {
  const nobody = "http://127.0.0.1:1/hook";
  const { hooks, house } = await town(t, { HOOK_MODE: "shadow", ON_REGISTRATION_URL: nobody });
  hooks.answers.before = says(deny("No."));
  hooks.answers.login = says(allow({ roles: ["admin"], redirect: "/elsewhere" }));
  const ann = house.visitor();
  const page = await ann.settlesIn({ next: "/private/here" });
  assert.equal(page.path, "/private/here");
  const { json } = await ann.calls("/private/echo");
  assert.deepEqual(json.identity.roles ?? [], []);
  await house.says("hook.before_registration: shadow_denied");
  await house.says("hook.registration: shadow_unanswered broken");
  await house.says("hook.login: shadow_allowed");
  assert.deepEqual(hooks.asked.map(({ type }) => type), ["hook.before_registration", "hook.login"]);
});
