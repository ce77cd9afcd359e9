// Smart links on the real runtime, through the demo origin: exact uses, exact expiry, claims that verify.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { counted, race } from "./race.mjs";

const links = "/auth/admin/links";
const cookie = "__Host-edgeward-link";
const patientNetworks = { LIMITS: { network: { link: ["1000/1m"] } } };

async function makesLink(house, terms) {
  const { status, json } = await house.operator(links, { json: { path: "/private/shared", expiresIn: 3600, ...terms } });
  assert.equal(status, 200, JSON.stringify(json));
  assert.ok(json.link.startsWith(`${house.url}/login/link?token=link.${json.id}.`));
  return { ...json, target: json.link.slice(house.url.length) };
}

const looksAt = async (house, { id }) => (await house.operator(`${links}/${id}`, { method: "GET" })).json;

test("somebody without an account opens a link and sees what they were let in for", async (t) => {
  const house = await startEdgeward(t);
  const link = await makesLink(house, { claims: { report: "Größe “2”", seats: 3, share: 0.125, final: true } });
  const eve = house.visitor();
  await eve.visits("/private/shared");
  assert.equal(eve.page.path, "/login?next=%2Fprivate%2Fshared");

  await eve.visits(link.target, { from: "cross-site" });
  assert.equal(eve.page.path, "/login/link");
  await eve.confirms();
  assert.equal(eve.page.path, "/private/shared");
  for (const words of ["You came by a link", "The signature is right", link.id, "Claim “report” Größe “2”", "Claim “final” true"]) {
    assert.ok(eve.page.text.includes(words), `${words}: ${eve.page.text}`);
  }
  assert.equal(eve.page.headers["cache-control"], "private, no-store", "the origin said no-store alone");
  assert.equal(eve.page.headers["edgeward-window"], "0");
  const attributes = eve.jar.attributes(cookie);
  assert.ok(attributes.has("httponly") && attributes.get("samesite") === "Lax" && Number(attributes.get("max-age")) > 3590);

  assert.equal((await eve.fetch("/private/shared/below?x=1")).status, 200);
  for (const path of ["/private/sharedx", "/private/shared%2f..%2fecho", "/private/echo", "/private/Shared", "/admin/"]) {
    assert.notEqual((await eve.fetch(path)).status, 200, path);
  }
});

test("the header is signed, ours alone, and no cookie of ours goes with it", async (t) => {
  const house = await startEdgeward(t);
  const link = await makesLink(house, { path: "/private", claims: { report: 42 } });
  const ann = house.visitor();
  await ann.settlesIn();
  await ann.visits(link.target);
  await ann.confirms();
  const { json } = await ann.fetch("/private/echo", { headers: { "Edgeward-Link": 'id="forged"', Edgeward_Link: "forged" } });
  assert.deepEqual(json.link, { id: link.id, path: "/private", claims: { report: 42 } });
  assert.match(json.identity.account, /^acc_/, "and she is still who she is");
  assert.equal(json.headers.filter(([name]) => /^edgeward.link$/i.test(name)).length, 1);
  assert.ok(!JSON.stringify(json.headers).includes("__Host-edgeward"));
  await ann.signsOut();
  assert.equal(ann.jar.value(cookie), undefined);
  assert.equal((await ann.fetch("/private/echo")).status, 401);
});

test("200 browsers press the button at once: as many get in as were agreed", async (t) => {
  const house = await startEdgeward(t, { settings: patientNetworks });
  const link = await makesLink(house, { path: "/private", uses: 7 });
  const crowd = Array.from({ length: 200 }, () => house.visitor());
  for (const one of crowd) await one.visits(link.target);
  const hidden = crowd.map((one) => one.page.forms.find((form) => form.hidden.visit).hidden);
  assert.equal((await looksAt(house, link)).usesLeft, 7, "opening its page costs nothing");

  const answers = await race(200, (hold, i) => crowd[i].fetch("/login/link", { method: "POST", form: hidden[i], hold }));
  assert.deepEqual(counted(answers.map(({ status, headers }) => `${status} ${headers.location}`)), { "303 /private": 7, "303 /login/link": 193 });
  assert.equal((await looksAt(house, link)).usesLeft, 0);
  const inside = await Promise.all(crowd.map((one) => one.fetch("/private/echo")));
  assert.deepEqual(counted(inside.map(({ status }) => status)), { 200: 7, 401: 193 });
});

test("one browser presses the button 20 times at once: one use", async (t) => {
  const house = await startEdgeward(t, { settings: patientNetworks });
  const link = await makesLink(house, { uses: 3 });
  const eve = house.visitor();
  await eve.visits(link.target);
  const { hidden } = eve.page.forms.find((form) => form.hidden.visit);
  const fingers = Array.from({ length: 20 }, () => house.visitor({ jar: eve.jar.copy() }));
  const answers = await race(20, (hold, i) => fingers[i].fetch("/login/link", { method: "POST", form: hidden, hold }));
  assert.deepEqual(counted(answers.map(({ headers }) => headers.location)), { "/private/shared": 20 });
  assert.equal((await looksAt(house, link)).usesLeft, 2);
});

test("it ends at the second it named, and nothing is kept of it", async (t) => {
  const house = await startEdgeward(t);
  const link = await makesLink(house, { path: "/private", expiresIn: 3, uses: "until expiry", skipPage: true });
  const ends = Date.parse(link.expiresAt);
  const eve = house.visitor();
  await eve.visits(link.target);
  assert.equal(eve.page.path, "/private", "straight on");
  const value = eve.jar.value(cookie);
  let last;
  do {
    const begun = Date.now();
    last = await house.visitor().fetch("/private/echo", { headers: { Cookie: `${cookie}=${value}` } });
    if (last.status === 200) assert.ok(begun < ends, "not let in after its end");
    else assert.ok(Date.now() >= ends, "not refused before its end");
  } while (last.status === 200);
  assert.equal(last.status, 401);
  assert.match(last.headers["set-cookie"].join(), /__Host-edgeward-link=; Max-Age=0/);
  assert.equal(await house.stored("LinkObject"), 0);
});

test("revoked is revoked, and used is used, also after kill -9", async (t) => {
  const house = await startEdgeward(t);
  const link = await makesLink(house, { path: "/private", uses: 1 });
  const [eve, late] = [house.visitor(), house.visitor()];
  for (const one of [eve, late]) await one.visits(link.target);
  await eve.confirms();
  await house.kill9();
  await house.start();
  await late.confirms();
  assert.match(late.page.text, /This link was used before/);
  assert.equal((await eve.fetch("/private/echo")).status, 200);
  const revoked = await house.operator(`${links}/${link.id}`, { method: "DELETE" });
  assert.equal(revoked.json.authMessageCode, "auth.link.revoked");
  await house.kill9();
  await house.start();
  assert.equal((await eve.fetch("/private/echo")).status, 401);
  assert.equal((await looksAt(house, link)).revoked, true);
});

test("a link for a person waits until they are signed in", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const account = (await ann.calls("/auth/session")).json.account.id;
  const link = await makesLink(house, { path: "/private", account });
  const laptop = ann.elsewhere();
  await laptop.visits(link.target);
  assert.equal(laptop.page.path, "/login?then=link");
  await laptop.submits({ email: ann.email, password: ann.password });
  assert.equal(laptop.page.path, "/login/link", "and back to the link");
  await laptop.confirms();
  const { json } = await laptop.fetch("/private/echo");
  assert.deepEqual([json.identity.account, json.link.id], [account, link.id]);

  const eve = house.visitor();
  await eve.settlesIn();
  eve.jar.put(cookie, laptop.jar.value(cookie));
  assert.equal((await eve.fetch("/private/echo")).json.link, null);
  assert.equal((await house.visitor({ jar: laptop.jar.copy() }).fetch("/private/echo", { headers: { Cookie: `${cookie}=${laptop.jar.value(cookie)}` } })).status, 401);
});
