// The main story in a real browser: what only a browser can show, history, cookies and the address bar.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "./browser.mjs";
import { startEdgeward } from "./harness.mjs";

const ann = { email: "ann@example.com", password: "seven lazy herons over Bergen" };

test("sign up, confirm, read the private page, sign out, sign in", async (t) => {
  const house = await startEdgeward(t);
  const browser = await startBrowser(t);
  const page = await browser.newPage();

  await page.goto(`${house.url}/public/`);
  await page.getByRole("link", { name: "Private", exact: true }).first().click();
  assert.equal(new URL(page.url()).pathname, "/login", "the private page asks for a sign-in");

  await page.goto(`${house.url}/login/signup?next=${encodeURIComponent("/private/?tab=2")}`);
  await fillIn(page, ann);
  assert.ok(!page.url().includes(encodeURIComponent(ann.email)), "the address is not in the address bar");

  const link = await mailedLink(house, "auth.verify");
  await page.goto(link);
  assert.equal(new URL(page.url()).search, "", "the token left the address bar");
  assert.equal(await page.evaluate("document.referrer"), "", "and is no referrer");
  await pressMain(page);
  assert.equal(page.url(), `${house.url}/private/?tab=2`);
  await page.getByText("The signature is right").waitFor();

  const session = (await browser.cookies()).find(({ name }) => name === "__Host-edgeward");
  assert.ok(session.httpOnly && session.secure && session.sameSite === "Lax");
  assert.equal(await page.evaluate("document.cookie"), "", "no script sees a cookie");

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL((url) => url.pathname !== "/private/");
  await page.goto(`${house.url}/private/`);
  assert.equal(new URL(page.url()).pathname, "/login");

  await fillIn(page, ann);
  assert.equal(page.url(), `${house.url}/private/`);
});

test("in another browser the link asks for a password, and that one becomes the account's", async (t) => {
  const house = await startEdgeward(t);
  const [here, phone] = [await startBrowser(t), await startBrowser(t, { width: 390, height: 844 })];
  const first = await here.newPage();
  await first.goto(`${house.url}/login/signup`);
  await fillIn(first, ann);

  const page = await phone.newPage();
  await page.goto(await mailedLink(house, "auth.verify"));
  await page.locator("input[type=password]").fill("another sentence of eleven geese");
  await pressMain(page);
  await page.goto(`${house.url}/private/`);
  await page.getByText("The signature is right").waitFor();

  await first.goto(`${house.url}/login`);
  await fillIn(first, ann);
  assert.equal(new URL(first.url()).pathname, "/login", "the password planted at sign-up opens nothing");
});

test("everything works without JavaScript", async (t) => {
  const house = await startEdgeward(t);
  const browser = await startBrowser(t, { javaScriptEnabled: false });
  const page = await browser.newPage();
  await page.goto(`${house.url}/login/signup?next=/private/`);
  await fillIn(page, ann);
  await page.goto(await mailedLink(house, "auth.verify"));
  await pressMain(page);
  assert.equal(page.url(), `${house.url}/private/`);
});

for (const width of [320, 390, 1280]) {
  test(`no page is wider than a window of ${width} pixels`, async (t) => {
    const house = await startEdgeward(t);
    const browser = await startBrowser(t, { width, height: 800 });
    const page = await browser.newPage();
    for (const path of ["/login", "/login/signup", "/login/resend", "/login?next=/private/"]) {
      await page.goto(house.url + path);
      const [content, seen] = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
      assert.ok(content <= seen, `${path} is ${content} wide`);
    }
  });
}

/** Fills in address and password and sends the form, by keyboard alone. */
async function fillIn(page, { email, password }) {
  await page.locator("main input[name=email]").fill(email);
  await page.locator("main input[name=password]").fill(password);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

/** The one button of a page that a link led to. */
async function pressMain(page) {
  await Promise.all([page.waitForEvent("load"), page.locator("main form button").first().click()]);
}

async function mailedLink(house, type) {
  const mail = await house.mailbox.received({ to: ann.email, type });
  house.opened.add(mail.id);
  return mail.link;
}
