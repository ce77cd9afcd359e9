// Every flow in a real browser, by hand as a person does it. In each story three things are watched all
// the way: no token stands in the address bar once a page is there, none goes out as a referrer, and no
// page breaks its own content security policy.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "./browser.mjs";
import { startEdgeward } from "./harness.mjs";
import { operator } from "./operator.mjs";

const ann = { email: "ann@example.com", password: "seven lazy herons over Bergen" };
const bob = { email: "bob@example.com", password: "two blue trams behind Porto" };
const chosen = "five silent bakers in Ghent";
const token = /[?&]token=|\b(verify|reset|magic|invite|email|undo)\.[a-z0-9_]+\.[\w-]{43}/;

/** A person at a browser of their own. */
class Person {
  static async sitsDown(t, house, options) {
    const browser = await startBrowser(t, options);
    const page = await browser.newPage();
    const person = Object.assign(new Person(), { house, browser, page, complaints: [] });
    page.on("console", (message) => {
      if (/content security policy|trusted/i.test(message.text())) person.complaints.push(message.text());
    });
    page.on("pageerror", (error) => person.complaints.push(String(error)));
    page.on("request", (request) => {
      if (token.test(request.headers().referer ?? "")) person.complaints.push(`referrer of ${request.url()}`);
    });
    page.on("framenavigated", (frame) => {
      if (token.test(frame.url())) person.complaints.push(`address bar: ${frame.url()}`);
    });
    t.after(() => assert.deepEqual(person.complaints, []));
    return person;
  }

  get path() {
    return this.page.url().slice(this.house.url.length);
  }

  goes(path) {
    return this.page.goto(this.house.url + path);
  }

  /** Follows the link of the newest mail of a type. */
  async opensMail(type, to) {
    const unopened = (id) => !this.house.opened.has(id);
    const { id, link } = await this.house.mailbox.received({ to, type, id: unopened });
    this.house.opened.add(id);
    return this.page.goto(link);
  }

  async presses(name) {
    await Promise.all([this.page.waitForEvent("load"), this.page.getByRole("button", { name, exact: true }).click()]);
  }

  async clicks(name) {
    await Promise.all([this.page.waitForEvent("load"), this.page.getByRole("link", { name, exact: true }).click()]);
  }

  /** Opens a form of the account page that is folded away. */
  unfolds(name) {
    return this.page.locator("summary").getByText(name, { exact: true }).click();
  }

  /** Fills fields in by their names. */
  async fills(fields, within = "main") {
    for (const [name, value] of Object.entries(fields)) await this.page.locator(`${within} input[name=${name}]`).fill(value);
  }

  async reads(text) {
    await this.page.getByText(text).first().waitFor();
  }

  async signsIn({ email, password }) {
    await this.fills({ email, password });
    await this.presses("Sign in");
  }

  async settlesIn({ email, password }) {
    await this.goes("/login/signup");
    await this.fills({ email, password });
    await this.presses("Create account");
    await this.opensMail("auth.verify", email);
    await this.presses("Confirm");
  }

  async signsOut() {
    await this.goes("/login/account");
    await this.presses("Sign out");
  }
}

const noticed = async (house, to, ...types) => {
  for (const type of types) {
    const { id } = await house.mailbox.received({ to, type, id: (one) => !house.opened.has(one) });
    house.opened.add(id);
  }
};

test("forgot the password: from the sign-in page by mail to a new one, and in again", async (t) => {
  const house = await startEdgeward(t);
  const person = await Person.sitsDown(t, house, { width: 390, height: 844 });
  await person.settlesIn(ann);
  await person.signsOut();

  await person.goes("/login?next=/private/");
  await person.clicks("Forgot your password?");
  await person.fills({ email: ann.email });
  await person.presses("Send the link");
  await person.reads("Check your mail");
  await person.opensMail("auth.reset", ann.email);
  assert.equal(person.path, "/login/reset");
  assert.equal(await person.page.evaluate("document.referrer"), "");
  await person.fills({ password: "ann@example.com ann" });
  await person.presses("Set password");
  assert.equal(await person.page.evaluate("document.activeElement.name"), "password", "the cursor is where it went wrong");
  await person.fills({ password: chosen });
  await person.presses("Set password");
  await person.reads("Your password is changed.");
  assert.equal(person.path, "/login");
  await person.signsIn({ ...ann, password: chosen });
  await person.goes("/private/");
  await person.reads("The signature is right");
  await noticed(house, ann.email, "auth.notice.password_changed");
});

test("by a sign-in link: the page of the browser that asked presses its own button", async (t) => {
  const house = await startEdgeward(t);
  const person = await Person.sitsDown(t, house);
  await person.settlesIn(ann);
  await person.signsOut();
  await person.goes("/login?next=%2Fprivate%2F%3Ftab%3D2");
  await person.clicks("Mail me a sign-in link instead");
  await person.fills({ email: ann.email });
  await person.presses("Send the link");
  await person.opensMail("auth.magic", ann.email);
  await person.page.waitForURL(`${house.url}/private/?tab=2`);
  await person.reads("The signature is right");

  await person.page.goBack();
  assert.ok(!person.page.url().includes("token"), "nor is the token in the history");
});

test("by a sign-in link without JavaScript: the button is there", async (t) => {
  const house = await startEdgeward(t);
  const person = await Person.sitsDown(t, house, { javaScriptEnabled: false });
  await person.settlesIn(ann);
  await person.signsOut();
  await person.goes("/login/magic");
  await person.fills({ email: ann.email });
  await person.presses("Send the link");
  await person.opensMail("auth.magic", ann.email);
  assert.equal(person.path, "/login/magic");
  await person.presses("Sign in");
  await person.goes("/private/");
  await person.reads("The signature is right");
});

test("by a sign-in link in another browser: it names who asked, and waits", async (t) => {
  const house = await startEdgeward(t);
  const [here, there] = [await Person.sitsDown(t, house), await Person.sitsDown(t, house, { width: 390, height: 844 })];
  await here.settlesIn(ann);
  await here.signsOut();
  await here.goes("/login/magic");
  await here.fills({ email: ann.email });
  await here.presses("Send the link");
  await there.opensMail("auth.magic", ann.email);
  await there.reads(/Asked for just now by Chrome on Linux/);
  assert.equal((await there.browser.cookies()).filter(({ name }) => name === "__Host-edgeward").length, 0);
  await there.presses("Sign in");
  await there.goes("/private/");
  await there.reads("The signature is right");
  await here.goes("/private/");
  assert.equal(new URL(here.page.url()).pathname, "/login", "the browser that asked has nothing of it");
});

test("by a sign-in link while signed in as somebody else: both are named, and nothing happens by itself", async (t) => {
  const house = await startEdgeward(t);
  const [annes, person] = [await Person.sitsDown(t, house), await Person.sitsDown(t, house)];
  await annes.settlesIn(ann);
  await person.settlesIn(bob);
  await person.goes("/login/magic");
  await person.fills({ email: ann.email });
  await person.presses("Send the link");
  await person.opensMail("auth.magic", ann.email);
  await person.reads(`This browser is signed in as ${bob.email}`);
  await person.presses("Switch to a•••@example.com");
  await person.goes("/login/account");
  await person.reads(ann.email);
});

test("an invitation of somebody new: a password, and in", async (t) => {
  const house = await startEdgeward(t);
  const person = await Person.sitsDown(t, house, { width: 390, height: 844 });
  await operator(house).invites(ann.email, ["admin"]);
  await person.opensMail("auth.invite", ann.email);
  await person.reads("It comes with these roles:");
  await person.fills({ password: ann.password });
  await person.presses("Create account");
  await person.goes("/admin/");
  await person.reads("The signature is right");
});

test("an invitation of somebody who has an account: to the sign-in and back", async (t) => {
  const house = await startEdgeward(t);
  const person = await Person.sitsDown(t, house);
  await person.settlesIn(ann);
  await person.signsOut();
  await operator(house).invites(ann.email, ["admin"]);
  await person.opensMail("auth.invite", ann.email);
  await person.clicks("Sign in");
  await person.signsIn(ann);
  assert.equal(person.path, "/login/invite");
  await person.presses("Accept invitation");
  await person.goes("/admin/");
  await person.reads("The signature is right");
});

test("the account page: another password, another address and back again", async (t) => {
  const house = await startEdgeward(t);
  const person = await Person.sitsDown(t, house);
  await person.settlesIn(ann);
  await person.goes("/login/account");
  await person.unfolds("Change password");
  await person.fills({ password: "not at all what she chose", newPassword: chosen });
  await person.presses("Change password");
  assert.equal(await person.page.locator("#password").getAttribute("aria-invalid"), "true");
  await person.fills({ password: ann.password, newPassword: chosen });
  await person.presses("Change password");
  await person.reads("Your password is changed.");
  await noticed(house, ann.email, "auth.notice.password_changed");

  const to = "ann@elsewhere.example";
  await person.unfolds("Change address");
  await person.fills({ email: to });
  await person.presses("Change address");
  await person.reads(`Waiting for confirmation: ${to}`);
  await person.opensMail("auth.email_change", to);
  assert.equal(person.path, "/login/email");
  await person.presses("Use this address");
  await person.reads("Your address is changed.");
  await person.reads(to);

  await person.opensMail("auth.notice.email_changed", ann.email);
  assert.equal(person.path, "/login/undo");
  await person.presses("Go back to the old address");
  await person.reads("Your old address is back.");
  assert.equal(person.path, "/login/forgot");
  await person.fills({ email: ann.email });
  await person.presses("Send the link");
  await person.opensMail("auth.reset", ann.email);
  await person.fills({ password: ann.password });
  await person.presses("Set password");
  await person.signsIn(ann);
  await person.goes("/login/account");
  await person.reads(ann.email);
});

test("the account page: the end of the account, and a change of mind", async (t) => {
  const house = await startEdgeward(t);
  const person = await Person.sitsDown(t, house);
  await person.settlesIn(ann);
  await person.goes("/login/account");
  assert.ok(!(await person.page.getByRole("button", { name: "Yes, delete my account" }).isVisible()), "not by one slip of the hand");
  await person.unfolds("Delete account");
  await person.presses("Yes, delete my account");
  await person.reads("Your account will be deleted.");
  await person.goes("/private/");
  assert.equal(new URL(person.page.url()).pathname, "/login");

  await person.opensMail("auth.notice.deletion", ann.email);
  await person.presses("Keep my account");
  await person.reads("Your account stays.");
  await person.signsIn(ann);
  await person.goes("/private/");
  await person.reads("The signature is right");
});

test("the account page: the data as a file", async (t) => {
  const house = await startEdgeward(t);
  const person = await Person.sitsDown(t, house);
  await person.settlesIn(ann);
  await person.goes("/login/account");
  const [file] = await Promise.all([person.page.waitForEvent("download"), person.page.getByRole("link", { name: "Download" }).click()]);
  assert.equal(file.suggestedFilename(), "account.json");
  assert.equal(person.path, "/login/account", "the page stays");
});

test("a password that must be replaced: the change is a step of the sign-in", async (t) => {
  const house = await startEdgeward(t);
  const ops = operator(house);
  const person = await Person.sitsDown(t, house);
  await person.settlesIn(ann);
  await ops.changes((await ops.finds(ann.email)).id, { forcePasswordChange: true });
  await person.goes("/private/?tab=7");
  await person.goes("/login?next=%2Fprivate%2F%3Ftab%3D7");
  await person.signsIn(ann);
  await person.reads("Replace your password");
  await person.fills({ newPassword: chosen });
  await person.presses("Set password and sign in");
  assert.equal(person.path, "/private/?tab=7");
  await noticed(house, ann.email, "auth.notice.password_changed");
});

test("a rule that asks for a fresh sign-in sends to the sign-in page and back", async (t) => {
  const house = await startEdgeward(t, { settings: { ACCESS_RULES: [{ path: "/private/vault/*", access: "required", reauth: "1s" }] } });
  const person = await Person.sitsDown(t, house);
  await person.settlesIn(ann);
  await person.goes("/private/");
  await person.page.waitForFunction((then) => Date.now() > then, Date.now() + 2_100);
  await person.goes("/private/vault/gold");
  await person.reads("Confirm that it is you");
  assert.equal(await person.page.locator("main input[name=email]").inputValue(), ann.email);
  await person.fills({ password: ann.password });
  await person.presses("Confirm");
  assert.equal(new URL(person.page.url()).pathname, "/private/vault/gold");
});
