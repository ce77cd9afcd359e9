// The main story: from a private page, by way of sign-up and the mail, back to that page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";

test("a stranger signs up, confirms, and reaches the page they wanted", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();

  await t.test("the public page is open", async () => {
    const page = await ann.visits("/public/");
    assert.equal(page.status, 200);
    assert.match(page.text, /A public page/);
    assert.deepEqual(ann.jar.names(), [], "nothing is asked, nothing is remembered");
  });

  await t.test("the private page leads to sign-in and remembers path and query", async () => {
    const page = await ann.visits("/private/report?year=2026&tab=a%20b");
    assert.equal(page.trail[0].status, 303);
    assert.equal(new URL(page.path, house.url).pathname, "/login");
    assert.equal(new URL(page.path, house.url).searchParams.get("next"), "/private/report?year=2026&tab=a%20b");
    assert.ok(house.origin.requests.every(({ url }) => !url.startsWith("/private")), "the origin was not asked");
  });

  await t.test("signing up is answered without a word about the account", async () => {
    const page = await ann.signsUp({ next: "/private/report?year=2026&tab=a%20b" });
    assert.equal(page.trail[0].status, 303);
    assert.equal(page.status, 200);
    assert.equal(ann.jar.value("__Host-edgeward"), undefined, "nobody is signed in before the address is proved");
    assert.ok(ann.jar.value("__Host-edgeward-signup"));
  });

  await t.test("the link takes its token out of the address bar and consumes nothing", async () => {
    const page = await ann.opensMail();
    assert.deepEqual(page.trail.map(({ status }) => status), [303, 200]);
    assert.equal(page.path, "/login/verify");
    assert.ok(!page.html.includes("verify."), "the page does not hold the token");
    assert.equal(ann.jar.value("__Host-edgeward"), undefined);
    await ann.opensMail();
    assert.equal(ann.page.status, 200, "opening it twice is fine");
  });

  await t.test("one button confirms, signs in, and leads to the page wanted", async () => {
    const page = await ann.confirms();
    assert.equal(page.trail[0].status, 303);
    assert.equal(page.path, "/private/report?year=2026&tab=a%20b");
    assert.equal(page.status, 200);
    assert.match(page.text, /The signature is right/);
    assert.match(page.text, /acc_/);
    assert.deepEqual(ann.jar.refused, [], "every cookie is one that a browser takes");
  });

  await t.test("after signing out the page leads to sign-in again", async () => {
    const thief = ann.thief();
    await ann.signsOut();
    assert.equal(ann.jar.value("__Host-edgeward"), undefined);
    const page = await ann.visits("/private/");
    assert.equal(new URL(page.path, house.url).pathname, "/login");
    const late = await thief.fetch("/private/echo", { method: "POST", body: "x" });
    assert.equal(late.status, 401, "the old cookie is refused at once for what changes something");
  });

  await t.test("signing in leads back to the page wanted", async () => {
    const page = await ann.signsIn({ next: "/private/?tab=1" });
    assert.equal(page.path, "/private/?tab=1");
    assert.match(page.text, /The signature is right/);
  });
});
