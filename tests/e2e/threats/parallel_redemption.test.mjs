// A single-use token, posted by everybody at once. One of them redeems it; on stores that are only
// eventually consistent, several would.

import assert from "node:assert/strict";
import { test } from "node:test";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { counted, race } from "../race.mjs";

const patientNetworks = { LIMITS: { network: { link: ["1000/1m"] } } };

/** The code of an answer: of JSON at once, of a page from the message it left behind. */
const codeOf = (answer) => answer.json?.authMessageCode ?? `${answer.status}`;

async function pendingSignUp(house) {
  const ann = house.visitor();
  await ann.signsUp();
  const mail = await ann.receives("auth.verify");
  return { ann, token: new URL(mail.link).searchParams.get("token") };
}

/** Says how many of them had the answer that was theirs: one redeems, the rest read that it was used. */
function tells(codes) {
  const { "auth.verify.success": redeemed = 0, "auth.token.used": used = 0 } = counted(codes);
  figure("parallel_redemption", { tried: codes.length, survived: Math.min(codes.length, used + (redeemed === 1 ? 1 : 0)) });
}

/** Browsers that all hold the cookies of the one that registered, on ten networks. */
const copies = (house, ann, n) => Array.from({ length: n }, (_, i) => house.visitor({ jar: ann.jar.copy(), address: `198.19.0.${i % 10}` }));

test("200 post one verification token at once: one redeems it", async (t) => {
  const house = await startEdgeward(t, { settings: patientNetworks });
  const { ann, token } = await pendingSignUp(house);
  const runners = copies(house, ann, 200);

  const answers = await race(200, async (hold, i) => {
    let answer = await runners[i].calls("/auth/verify", { token }, { hold });
    // A machine with other work may keep the object's answer past its deadline: that decides nothing.
    while (codeOf(answer) === "auth.busy") answer = await runners[i].calls("/auth/verify", { token });
    return answer;
  });
  tells(answers.map(codeOf));
  assert.deepEqual(counted(answers.map(codeOf)), { "auth.verify.success": 1, "auth.token.used": 199 });

  const signedIn = runners.filter((one) => one.jar.value("__Host-edgeward"));
  assert.equal(signedIn.length, 1, "one of them is signed in");
  const winner = await signedIn[0].calls("/auth/sessions");
  assert.equal(winner.json.sessions.length, 1, "with one session");
  assert.equal(await house.stored("AccountObject"), 1, "one account came to be");
});

test("50 browsers press the button of one link at once: one redeems it", async (t) => {
  const house = await startEdgeward(t, { settings: patientNetworks });
  const { ann, token } = await pendingSignUp(house);
  const runners = copies(house, ann, 50);
  for (const one of runners) await one.visits(`/login/verify?token=${token}`);
  const visits = runners.map((one) => one.page.forms.find(({ hidden }) => hidden.visit).hidden.visit);
  assert.equal(new Set(visits).size, 50, "every browser is on a visit of its own");

  const answers = await race(50, (hold, i) => runners[i].fetch("/login/verify", { method: "POST", form: { visit: visits[i] }, hold }));
  assert.ok(answers.every(({ status }) => status === 303), JSON.stringify(counted(answers.map(({ status }) => status))));
  const told = await Promise.all(runners.map((one) => one.calls("/auth/feedback")));
  tells(told.map(codeOf));
  assert.deepEqual(counted(told.map(codeOf)), { "auth.verify.success": 1, "auth.token.used": 49 });
  assert.equal(runners.filter((one) => one.jar.value("__Host-edgeward")).length, 1);
  assert.equal(await house.stored("AccountObject"), 1);
});

test("one browser presses the button 20 times at once: the same answer each time, and one session", async (t) => {
  const house = await startEdgeward(t, { settings: patientNetworks });
  const { ann, token } = await pendingSignUp(house);
  await ann.visits(`/login/verify?token=${token}`);
  const { hidden } = ann.page.forms.find((form) => form.hidden.visit);

  const fingers = copies(house, ann, 20);
  const answers = await race(20, (hold, i) => fingers[i].fetch("/login/verify", { method: "POST", form: hidden, hold }));
  assert.deepEqual(counted(answers.map(({ status, headers }) => `${status} ${headers.location}`)), { "303 /": 20 });
  const { json } = await fingers[0].calls("/auth/sessions");
  assert.equal(json.sessions.length, 1, "a press too many opens nothing");

  const stranger = await house.visitor({ jar: ann.jar.copy() }).calls("/auth/verify", { token });
  assert.equal(codeOf(stranger), "auth.token.used", "without the visit there is no second answer");
});
