// The mailbox is a receiver as an operator would write one: these are the promises it makes.

import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import { letterOf, types } from "./letters.mjs";
import { startMailbox } from "./mailbox.mjs";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const other = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;

const verifyMail = (over = {}) => ({
  type: "auth.verify",
  timestamp: "2026-11-23T08:00:00Z",
  data: { to: "ann@example.com", account: null, link: "http://localhost:8787/login/verify?token=one", expiresAt: "2026-11-24T08:00:00Z", locale: "en", ...over },
});

async function open(t, options = {}) {
  const mailbox = await startMailbox({ secret, ...options });
  t.after(() => mailbox.close());
  return mailbox;
}

function deliver(mailbox, payload, { id = "msg_1", by = secret, at = new Date(), body = JSON.stringify(payload) } = {}) {
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(by).sign(id, at, JSON.stringify(payload)),
  };
  return fetch(mailbox.url, { method: "POST", headers, body });
}

test("a signed mail is kept, and shown with its link", async (t) => {
  const mailbox = await open(t);
  assert.equal((await deliver(mailbox, verifyMail())).status, 204);
  const [mail] = mailbox.mails({ to: "ann@example.com" });
  assert.equal(mail.type, "auth.verify");
  assert.equal(mail.delivered, 1);
  const page = await (await fetch(mailbox.url)).text();
  assert.match(page, /href="http:\/\/localhost:8787\/login\/verify\?token=one"/);
  assert.match(page, /ann@example\.com/);
});

test("a mail that is not rightly signed gets 401, and the page says so", async (t) => {
  const mailbox = await open(t);
  assert.equal((await deliver(mailbox, verifyMail(), { by: other })).status, 401);
  assert.equal((await deliver(mailbox, verifyMail(), { body: JSON.stringify(verifyMail({ to: "eve@example.com" })) })).status, 401);
  assert.equal((await deliver(mailbox, verifyMail(), { at: new Date(Date.now() - 3_600_000) })).status, 401);
  assert.equal((await fetch(mailbox.url, { method: "POST", body: "{}" })).status, 401);
  assert.deepEqual(mailbox.mails(), []);
  assert.match(await (await fetch(mailbox.url)).text(), /4 refused/);
});

test("any of several secrets will do while they are rotated", async (t) => {
  const mailbox = await open(t, { secret: `${other} ${secret}` });
  assert.equal((await deliver(mailbox, verifyMail(), { by: secret })).status, 204);
  assert.equal((await deliver(mailbox, verifyMail(), { by: other, id: "msg_2" })).status, 204);
});

test("a mail delivered again is the same mail with its newest link", async (t) => {
  const mailbox = await open(t);
  await deliver(mailbox, verifyMail());
  await deliver(mailbox, verifyMail({ to: "bob@example.com" }), { id: "msg_2" });
  await deliver(mailbox, verifyMail({ link: "http://localhost:8787/login/verify?token=two" }));
  const mails = mailbox.mails();
  assert.deepEqual(mails.map(({ id, delivered }) => [id, delivered]), [["msg_1", 2], ["msg_2", 1]]);
  assert.match(mails[0].link, /token=two$/);
});

test("mails are found by address, by program too", async (t) => {
  const mailbox = await open(t);
  await deliver(mailbox, verifyMail());
  await deliver(mailbox, verifyMail({ to: "bob@example.com" }), { id: "msg_2" });
  const { mails } = await (await fetch(`${mailbox.url}/mails?to=bob@example.com`)).json();
  assert.deepEqual(mails.map(({ to }) => to), ["bob@example.com"]);
});

test("mails survive a restart, and a line cut short by a kill is left out", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "mailbox-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, "mails.jsonl");
  const first = await startMailbox({ secret, file });
  await deliver(first, verifyMail());
  await first.close();
  appendFileSync(file, '{"id":"msg_2","pay');
  const second = await open(t, { file });
  assert.deepEqual(second.mails().map(({ id, delivered }) => [id, delivered]), [["msg_1", 1]]);
});

test("a mail's text cannot become markup, nor its link a script", async (t) => {
  const mailbox = await open(t);
  await deliver(mailbox, verifyMail({ to: "<script>alert(1)</script>", link: "javascript:alert(1)" }));
  const page = await (await fetch(mailbox.url)).text();
  assert.ok(!page.includes("<script>"));
  assert.ok(!page.includes("javascript:"));
});

// docs/webhooks.md has the types; those with a link say what its button does.
const withLink = {
  "auth.verify": "Confirm address",
  "auth.reset": "Choose password",
  "auth.magic": "Sign in",
  "auth.invite": "See the invitation",
  "auth.email_change": "Confirm new address",
  "auth.notice.email_changed": "Go back to this address",
  "auth.notice.deletion": "Keep my account",
};
const withoutLink = ["already_registered", "password_changed", "new_device", "attempts_exhausted", "session_theft"].map((kind) => `auth.notice.${kind}`);

test("every type of mail is shown in words of its own, with a button where it has a link", async (t) => {
  assert.deepEqual([...types].sort(), [...Object.keys(withLink), ...withoutLink].sort());
  const mailbox = await open(t);
  const subjects = new Set();
  for (const type of types) {
    const link = type in withLink ? `http://localhost:8787/login/x?token=${type}` : null;
    const data = { to: "ann@example.com", account: "acc_1", link, expiresAt: link && "2026-11-24T08:00:00Z", locale: "en", reason: "because" };
    assert.equal((await deliver(mailbox, { type, timestamp: "2026-11-23T08:00:00Z", data }, { id: `msg_${type}` })).status, 204);
    const { subject, text } = letterOf({ type });
    assert.ok(subject && subject !== type && text, `${type} has no words`);
    subjects.add(subject);
  }
  assert.equal(subjects.size, types.length, "two types have one subject");

  const page = await (await fetch(mailbox.url)).text();
  const cards = page.split("<article").slice(1);
  assert.equal(cards.length, types.length);
  for (const [card, type] of cards.map((card, at) => [card, types.at(-1 - at)])) {
    assert.ok(card.includes(`<h2>${letterOf({ type }).subject}</h2>`), `${type}: ${card}`);
    assert.ok(card.includes("(because)"), type);
    if (type in withLink) assert.match(card, new RegExp(`href="[^"]*token=${type}">${withLink[type]}</a>`));
    else assert.ok(!card.includes("<a "), `${type} has no link`);
  }
});

test("a type without words of ours is shown all the same", async (t) => {
  const mailbox = await open(t);
  const { data } = verifyMail();
  assert.equal((await deliver(mailbox, { type: "auth.notice.eclipse", timestamp: "2026-11-23T08:00:00Z", data })).status, 204);
  const page = await (await fetch(mailbox.url)).text();
  assert.match(page, /<h2>auth\.notice\.eclipse<\/h2>/);
  assert.match(page, /token=one">Open<\/a>/);
});

test("what waits for a mail gets it when it comes", async (t) => {
  const mailbox = await open(t);
  const coming = mailbox.received({ to: "ann@example.com", type: "auth.verify" });
  await deliver(mailbox, verifyMail());
  assert.equal((await coming).to, "ann@example.com");
});

test("the mailbox can be told to fail, and to work again", async (t) => {
  const mailbox = await open(t);
  mailbox.fail(500);
  assert.equal((await deliver(mailbox, verifyMail())).status, 500);
  mailbox.work();
  assert.equal((await deliver(mailbox, verifyMail())).status, 204);
  assert.equal(mailbox.mails()[0].delivered, 1, "a delivery that failed is none");
});

test("a mail larger than 20 KB is refused", async (t) => {
  const mailbox = await open(t);
  assert.equal((await deliver(mailbox, verifyMail({ reason: "x".repeat(21_000) }))).status, 413);
});
