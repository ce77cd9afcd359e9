// A page of the operator's in place of ours: nothing secret in its address, and the client does what forms do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "./browser.mjs";
import { startEdgeward } from "./harness.mjs";

const settings = { CUSTOM_PAGES: { login: "/public/sign-in", reset: "/public/sign-in" } };

test("the demo's own sign-in page signs in, says what is wrong, and leads on", async (t) => {
  const house = await startEdgeward(t, { settings });
  const ann = house.visitor();
  await ann.settlesIn();

  const browser = await startBrowser(t);
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
  await page.goto(`${house.url}/private/?tab=3`);
  assert.equal(new URL(page.url()).pathname, "/public/sign-in");
  assert.equal(new URL(page.url()).searchParams.get("next"), "/private/?tab=3");

  await page.getByLabel("E-mail address").fill(ann.email);
  await page.getByLabel("Password").fill("not the password of anybody");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The address or the password is wrong.").waitFor();

  await page.getByLabel("Password").fill(ann.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${house.url}/private/?tab=3`);
  await page.getByText("The signature is right").waitFor();
  assert.deepEqual(
    complaints.filter((text) => !text.includes("401")),
    [],
    "the content security policy of the page holds the client",
  );
});

test("a link leads to the operator's page without its token, and the visit stands for it", async (t) => {
  const house = await startEdgeward(t, { settings });
  const ann = house.visitor();
  await ann.settlesIn();
  await ann.calls("/auth/forgot", { email: ann.email });
  const page = await ann.opensMail("auth.reset");
  assert.equal(page.path, "/public/sign-in");

  const { json } = await ann.calls("/auth/opened/reset");
  assert.equal(json.link.asksPassword, true);
  assert.ok(!JSON.stringify(json).includes("reset."), "the token stays where it is");
  const password = "ninety quiet otters over Oslo";
  const answer = await ann.calls("/auth/reset", { visit: json.link.visit, password });
  assert.equal(answer.json.authMessageCode, "auth.reset.success");
  await ann.receives("auth.notice.password_changed");
  const again = await ann.calls("/auth/opened/reset");
  assert.equal(again.json.authMessageCode, "auth.token.used");
});

test("the client and its types are served to every page of this site, and to be kept", async (t) => {
  const house = await startEdgeward(t);
  const script = await fetch(`${house.url}/auth/client.js`);
  assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.equal(script.headers.get("cache-control"), "public, max-age=300");
  assert.ok((await script.text()).length < 5000);
  const types = await fetch(`${house.url}/auth/client.d.ts`);
  assert.match(await types.text(), /export function login/);
});
