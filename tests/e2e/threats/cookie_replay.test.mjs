// Every cookie and every token that was ever given out on workerd, shown again after everything that ends
// something, and after the process was killed and started again: none signs in, none is redeemed twice, and what
// was begun before is void.

import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { operator } from "../operator.mjs";
import { tokenIn, told } from "../visitor.mjs";

const row = "cookie_replay";
const session = "__Host-edgeward";
const device = "__Host-edgeward-device";
const another = "eleven borrowed ladders in Graz";
const LIMITS = { network: { signin: ["1000/1m"], signup: ["1000/1h"], mail: ["1000/1h"], link: ["5000/1m"] } };
const ACCESS_RULES = [{ path: "/admin/*", access: { roles: ["admin"] } }, { path: "/strict/*", access: "required", strict: true }];

async function said(code, answer) {
  const { json } = await answer;
  assert.equal(json.authMessageCode, code);
}

/** What ends things. Each leaves nobody signed in but the browser that did it. */
const ends = {
  "signing out": ({ ann }) => ann.signsOut(),
  "signing out everywhere": ({ ann }) => said("auth.session.all_revoked", ann.calls("/auth/end-sessions", { which: "all" })),
  "a new password": ({ ann }) => said("auth.password.changed", ann.calls("/auth/change-password", { password: ann.password, newPassword: another })),
  "a reset": async ({ ann, token }) => said("auth.reset.success", ann.elsewhere().calls("/auth/reset", { token, password: another })),
  "being switched off and on": async ({ ops, id }) => {
    await ops.changes(id, { enabled: false });
    await ops.changes(id, { enabled: true });
  },
  "a password that must be replaced": ({ ops, id }) => ops.changes(id, { forcePasswordChange: true }),
  "the end of the account": ({ ann }) => said("auth.account.deletion_started", ann.calls("/auth/delete-account", {})),
};

/** Sign-up, two sign-ins, a link to sign in; what is begun and not finished: a reset, a link, another address. */
async function story(house, name) {
  const ops = operator(house);
  const before = new Set(house.cookiesSet);
  const ann = house.visitor();
  const { email, password } = ann;
  await ann.settlesIn();
  await ann.signsIn();
  await ann.asksFor("magic");
  await ann.opensMail("auth.magic");
  await ann.confirms();
  const { id } = await ops.finds(email);
  await ops.changes(id, { roles: ["admin"] });
  assert.equal((await ann.fetch("/admin/echo", { method: "POST", body: "x" })).status, 200);

  await ann.asksFor("forgot");
  const token = await ann.tokenOf("auth.reset");
  await ann.visits(`/login/reset?token=${token}`);
  // Signing out voids nothing that is on its way, so there only what was used is tried again.
  const isVoid = name !== "signing out";
  if (isVoid) {
    await said("auth.magic.accepted", ann.calls("/auth/magic-request", { email }));
    await ann.receives("auth.magic", { another: true });
    const to = `new.${email}`;
    await said("auth.email.change_accepted", ann.calls("/auth/change-email", { email: to, password }));
    await ann.receives("auth.email_change", { to });
  }
  const cookies = [...house.cookiesSet].filter((cookie) => !before.has(cookie));
  await ends[name]({ house, ops, ann, id, token });
  const links = house.mailbox.mails().filter(({ to, link, type }) => [email, `new.${email}`].includes(to) && link && type !== "auth.notice.deletion");
  const open = isVoid ? [] : [token];
  return { name, ann, cookies, tokens: links.map((mail) => [mail.type, tokenIn(mail)]).filter(([, one]) => !open.includes(one)), isVoid };
}

/** Whether these cookies sign anybody in, asked of what no cookie is trusted for. */
async function signsIn(house, cookies) {
  const places = [["/private/echo", "POST"], ["/auth/session", "GET"], ["/admin/echo", "GET"], ["/strict/page", "GET"]];
  const answers = await Promise.all(
    places.slice(0, isFull ? 4 : 2).map(([path, method]) => house.visitor().fetch(path, { method, headers: { Cookie: cookies.join("; ") } })),
  );
  return answers.some(({ status }) => status !== 401);
}

/** Presses the button of the page that a ticket is for, if it has one. Whether anything came of it. */
async function redeems(house, cookie) {
  const kind = /^__Host-edgeward-ticket-(\w+)=/.exec(cookie)?.[1];
  if (!kind) return false;
  const thief = house.visitor();
  thief.jar.put(...cookie.split(/=(.*)/s));
  await thief.visits(`/login/${kind}`);
  const form = thief.page.forms?.find(({ hidden }) => hidden.visit);
  if (!form) return false;
  await thief.submits({ visit: form.hidden.visit, ...("password" in form.fields ? { password: another.toUpperCase() } : {}) });
  return (thief.jar.value(session) !== undefined && (await thief.isSignedIn())) || /is changed|are signed in|is confirmed/i.test(thief.page.text);
}

const routes = {
  "auth.verify": ["/auth/verify", {}],
  "auth.reset": ["/auth/reset", { password: "the password of a thief, at last" }],
  "auth.magic": ["/auth/magic", {}],
  "auth.email_change": ["/auth/change-email", {}],
};

test("after every end and a kill -9 no cookie signs in, no token is redeemed again, and nothing begun before goes on", async (t) => {
  const house = await startEdgeward(t, { settings: { LIMITS, ACCESS_RULES }, unopenedMail: true });
  const stories = [];
  for (const name of Object.keys(ends)) stories.push(await story(house, name));
  const replays = async (when) => {
    for (const { name, ann, cookies, tokens, isVoid } of stories) {
      const got = [];
      let tried = 0;
      const devices = cookies.filter((cookie) => cookie.startsWith(`${device}=`));
      for (const cookie of cookies) {
        const beside = cookie.startsWith(`${session}=`) ? devices : [];
        for (const shown of [[cookie], ...beside.map((one) => [cookie, one])]) {
          tried += 1;
          if (await signsIn(house, shown)) got.push(`${shown.map((one) => one.split("=")[0]).join(" and ")} signs in`);
        }
        // The page of a reset that is good yet; see above.
        const isOpen = !isVoid && cookie.startsWith("__Host-edgeward-ticket-reset=");
        tried += 1;
        if (!isOpen && (await redeems(house, cookie))) got.push(`${cookie.split("=")[0]} redeems`);
      }
      for (const [type, token] of tokens) {
        const [route, more] = routes[type];
        const answer = told(await house.visitor().calls(route, { token, ...more }));
        tried += 1;
        if (!/^400 auth\.token\.(used|invalid)$/.test(answer)) got.push(`${type}: ${answer}`);
      }
      figure(row, { tried, survived: tried - got.length });
      assert.deepEqual(got, [], `${when}, ${name}`);
      if (name === "a new password") assert.ok(await ann.isSignedIn(), "the browser that changed it goes on");
    }
  };
  if (isFull) await replays("at once");
  await house.kill9();
  await house.start();
  await replays("after a restart");
});
