// Signing in by a link: in the browser that asked, in another one, and as somebody else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forward, minutes, seconds, startClockwork } from "./clock.mjs";
import { startEdgeward } from "./harness.mjs";
import { counted, race } from "./race.mjs";
import { told } from "./visitor.mjs";

const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1";

test("in the browser that asked the page presses its own button, and only a script of ours can", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  await ann.signsOut();
  await ann.asksFor("magic", { next: "/private/?tab=3" });
  await ann.opensMail("auth.magic");
  assert.equal(ann.page.path, "/login/magic");

  const [, nonce] = /<script nonce="([^"]+)">/.exec(ann.page.html) ?? [];
  assert.ok(nonce, "a script with a nonce");
  assert.ok(ann.page.headers["content-security-policy"].includes(`'nonce-${nonce}'`), "which the policy lets run");
  await ann.confirms();
  assert.equal(ann.page.path, "/private/?tab=3", "where they wanted to go when they asked");
  assert.deepEqual((await ann.calls("/auth/session")).json.session.methods, ["link"]);
});

test("in another browser a person presses the button, and sees which browser asked, and when", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const eve = house.visitor();
  await eve.calls("/auth/magic-request", { email: ann.email }, { headers: { "User-Agent": iphone } });

  const laptop = ann.elsewhere();
  await laptop.opensMail("auth.magic");
  assert.ok(!laptop.page.html.includes("<script"), "nothing presses the button");
  assert.match(laptop.page.text, /Asked for just now by Safari on iPhone/);
  assert.equal(laptop.jar.value("__Host-edgeward"), undefined);
  await laptop.confirms();
  assert.ok(await laptop.isSignedIn());
  assert.equal(eve.jar.value("__Host-edgeward"), undefined, "whoever asked has nothing of it");
});

test("signed in as somebody else, the page names both addresses and does nothing by itself", async (t) => {
  const house = await startEdgeward(t);
  const [ann, eve] = [house.visitor(), house.visitor()];
  await ann.settlesIn();
  await eve.settlesIn();
  await eve.asksFor("magic", { email: ann.email });
  const mail = await ann.receives("auth.magic");
  await eve.follows(mail);
  assert.ok(!eve.page.html.includes("<script"), "though this browser asked");
  assert.ok(eve.page.text.includes(`signed in as ${eve.email}`));
  assert.match(eve.page.text, /Switch to v\S+@\S+/);
  await eve.confirms();
  assert.equal((await eve.calls("/auth/session")).json.account.email, ann.email);
});

test("on an address that was never proved the link proves it, and a planted password is void", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  const eve = house.visitor({ email: ann.email });
  await eve.signsUp();
  const planted = await eve.tokenOf("auth.verify");
  await ann.asksFor("magic");
  await ann.opensMail("auth.magic");
  await ann.confirms();
  const { json } = await ann.calls("/auth/session");
  assert.equal(json.account.email, ann.email);
  assert.match(told(await eve.calls("/auth/verify", { token: planted })), /^400 auth\.token\.(invalid|used)$/);
  assert.equal(told(await eve.calls("/auth/login", { email: ann.email, password: eve.password })), "401 auth.login.invalid");

  await ann.visits("/login/account");
  assert.match(ann.page.text, /Set a password/);
  await ann.manages("change-password", { newPassword: ann.password });
  await ann.receives("auth.notice.password_changed");
  assert.equal(told(await ann.calls("/auth/login", { email: ann.email, password: ann.password })), "200 auth.login.success");
});

test("200 post one sign-in token at once: one of them is signed in", async (t) => {
  const house = await startEdgeward(t, { settings: { LIMITS: { network: { link: ["10000/1m"] } } } });
  const ann = house.visitor();
  await ann.settlesIn();
  await ann.signsOut();
  await ann.calls("/auth/magic-request", { email: ann.email });
  const token = await ann.tokenOf("auth.magic");

  const runners = Array.from({ length: 200 }, (_, i) => house.visitor({ address: `198.19.3.${i % 10}` }));
  const answers = await race(200, async (hold, i) => {
    let answer = await runners[i].calls("/auth/magic", { token }, { hold });
    while (answer.status === 503) answer = await runners[i].calls("/auth/magic", { token });
    return answer;
  });
  assert.deepEqual(counted(answers.map(told)), { "200 auth.magic.success": 1, "400 auth.token.used": 199 });
  const inside = runners.filter((one) => one.jar.value("__Host-edgeward"));
  assert.equal(inside.length, 1);
  assert.equal((await inside[0].calls("/auth/sessions")).json.sessions.length, 1);
});

test("a sign-in link lives for ten minutes", async (t) => {
  const house = await startClockwork(t);
  const ann = house.visitor();
  await ann.settlesIn();
  for (const [age, outcome] of [[10 * minutes - 20 * seconds, "200 auth.magic.success"], [10 * minutes, "400 auth.token.invalid"]]) {
    await ann.calls("/auth/magic-request", { email: ann.email });
    const token = await ann.tokenOf("auth.magic", { another: true });
    await forward(house, age);
    assert.equal(told(await ann.elsewhere().calls("/auth/magic", { token })), outcome);
  }
});

test("sign-in links can be switched off", async (t) => {
  const house = await startEdgeward(t, { settings: { MAGIC_LINKS: false } });
  const ann = house.visitor();
  await ann.visits("/login");
  assert.ok(!ann.page.html.includes("/login/magic"));
  assert.equal(told(await ann.calls("/auth/magic-request", { email: ann.email })), "403 auth.magic.closed");
  assert.equal(told(await ann.calls("/auth/magic", { token: "magic.a.b" })), "403 auth.magic.closed");
});
