// What the notifier promises, kept against a real SMTP server: each mail arrives as it should, nothing
// that is not rightly signed arrives at all, and no answer says more than is true.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { failure, mail, publicUrl, rehearse, secret } from "./rehearsal.mjs";
import { languages } from "./words.mjs";

const link = mail("").data.link;
const other = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;

/** Each type: the end of its subject, whether it carries a link, and where else it leads. */
const types = {
  "auth.verify": ["confirm your address", true],
  "auth.reset": ["choose a new password", true],
  "auth.magic": ["your link to sign in", true],
  "auth.invite": ["you are invited", true],
  "auth.email_change": ["confirm your new address", true],
  "auth.notice.already_registered": ["you have an account already", false, "/login", "/login/forgot"],
  "auth.notice.password_changed": ["your password was changed", false, "/login/forgot"],
  "auth.notice.email_changed": ["your address was changed", true],
  "auth.notice.new_device": ["a sign-in from a new browser", false, "/login/account", "/login/forgot"],
  "auth.notice.attempts_exhausted": ["too many wrong passwords", false, "/login/forgot"],
  "auth.notice.session_theft": ["one of your sign-ins was ended", false, "/login/account", "/login/forgot"],
  "auth.notice.deletion": ["your account will be deleted", true],
};

test("there are words for every type, and a test", () => {
  assert.deepEqual(Object.keys(languages.en.letters).sort(), Object.keys(types).sort());
});

for (const [type, [subject, hasLink, ...pages]] of Object.entries(types)) {
  test(`${type} arrives`, async (t) => {
    const { deliver, post } = await rehearse(t);
    const { status } = await deliver(mail(type, hasLink ? {} : { link: null, expiresAt: null }));
    assert.equal(status, 204);
    const [sent] = await post.mails();
    assert.equal(sent.subject, `Example: ${subject}`);
    assert.deepEqual(sent.envelope.rcptTo.map(({ address }) => address), ["ada@example.com"]);
    assert.deepEqual(sent.to, [{ name: "", address: "ada@example.com" }]);
    assert.deepEqual(sent.from, { name: "Example", address: "no-reply@example.com" });
    assert.equal(sent.messageId, "<msg_one@example.com>");

    const wanted = [...(hasLink ? [link] : []), ...pages.map((page) => publicUrl + page)];
    const lines = sent.text.split(/\r?\n/);
    const hrefs = [...sent.html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url);
    for (const url of wanted) {
      assert.ok(lines.includes(url), `a line of its own in the text: ${url}`);
      assert.ok(hrefs.includes(url), `a link in the HTML: ${url}`);
      assert.ok(readable(sent.html).includes(url), `also to be read: ${url}`);
    }
    const known = [...wanted, publicUrl];
    assert.deepEqual(hrefs.filter((url) => !known.includes(url)), [], "and it leads nowhere else");
    for (const text of [sent.text, readable(sent.html)]) {
      assert.ok(!/[{}]|undefined|null/.test(text), `no gap is left in: ${text}`);
      assert.equal(/works once, for 24 hours: until /.test(text), hasLink);
      assert.match(text, /because somebody registered with this address/);
    }
    assert.ok(!/<(img|script|link|iframe|object|form)\b|url\(|@import/i.test(sent.html), "nothing is loaded or runs");
  });
}

test("text and HTML say the same", async (t) => {
  const { deliver, post } = await rehearse(t);
  await deliver(mail("auth.verify"));
  const [{ text, html }] = await post.mails();
  const words = (whole) => new Set(whole.match(/[A-Za-z]+/g));
  const inHtml = words(readable(html));
  assert.deepEqual([...words(text)].filter((word) => !inHtml.has(word)), []);
});

test("the HTML can be heard, and read in the dark", async (t) => {
  const { deliver, post } = await rehearse(t);
  await deliver(mail("auth.reset"));
  const [{ html }] = await post.mails();
  assert.match(html, /<html lang="en-GB">/);
  assert.equal(html.match(/<h1>/g).length, 1);
  assert.match(html, /<title>Choose a new password<\/title>/);
  assert.match(html, /prefers-color-scheme: dark/);
});

test("a notice that has a link only sometimes is true without it", async (t) => {
  const { deliver, post } = await rehearse(t);
  const none = { link: null, expiresAt: null };
  assert.equal((await deliver(mail("auth.notice.email_changed", none))).status, 204);
  assert.equal((await deliver(mail("auth.notice.deletion", none), { id: "msg_two" })).status, 204);
  const [changed, deleted] = await post.mails();
  assert.ok(!/undo/i.test(changed.text) && /tell the people who run Example/.test(changed.text), changed.text);
  assert.ok(!/the link/i.test(deleted.text) && /tell the people who run Example/.test(deleted.text), deleted.text);
});

test("how long a link lives is said as people say it", async (t) => {
  const { deliver, post } = await rehearse(t);
  const spans = { "10 minutes": 10, "60 minutes": 60, "24 hours": 24 * 60, "3 days": 72 * 60, "7 days": 7 * 24 * 60 };
  for (const [said, minutes] of Object.entries(spans)) {
    const until = new Date(Date.now() + minutes * 60_000 - 500);
    await deliver(mail("auth.magic", { expiresAt: until.toISOString() }), { id: `msg_${minutes}` });
    const { text } = (await post.mails()).at(-1);
    const clock = until.toISOString().slice(11, 16);
    assert.match(text, new RegExp(`for ${said}: until \\d+ \\w+ \\d{4} at ${clock} UTC`));
  }
});

test("what is not rightly signed gets 401, and nothing is sent", async (t) => {
  const { deliver, post, lines } = await rehearse(t);
  const verify = mail("auth.verify");
  const ago = (seconds) => new Date(Date.now() - seconds * 1000);
  const forged = [
    deliver(verify, { by: other }),
    deliver(verify, { body: JSON.stringify(mail("auth.verify", { to: "eve@example.com" })) }),
    deliver(verify, { at: ago(301) }),
    deliver(verify, { at: ago(-320) }),
    deliver(verify, { headers: { "webhook-timestamp": "soon" } }),
    deliver(verify, { headers: { "webhook-id": "msg_two" } }),
    ...["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => deliver(verify, { headers: { [name]: undefined } })),
    ...["", "v1", "v1,", "v1,AAAA", "v2,AAAA", "nonsense"].map((text) => deliver(verify, { headers: { "webhook-signature": text } })),
  ];
  assert.deepEqual((await Promise.all(forged)).map(({ status }) => status), forged.map(() => 401));
  assert.deepEqual(post.taken, []);
  assert.ok(lines.every(({ event }) => event === "bad_signature"));
  assert.equal((await deliver(verify, { at: ago(280) })).status, 204, "a clock that is a little wrong is none of this");
});

test("any of several secrets will do while they are changed", async (t) => {
  const { deliver } = await rehearse(t, { variables: { WEBHOOK_SECRET: `${other} ${secret}` } });
  assert.equal((await deliver(mail("auth.verify"), { by: secret })).status, 204);
  assert.equal((await deliver(mail("auth.verify"), { by: other, id: "msg_two" })).status, 204);
});

test("what is no webhook is told so", async (t) => {
  const { deliver, post } = await rehearse(t);
  const verify = mail("auth.verify");
  assert.equal((await deliver(mail("auth.verify", { reason: "x".repeat(20 * 1024) }))).status, 413);
  const streamed = new Blob(["x".repeat(21 * 1024)]).stream();
  assert.equal((await deliver(verify, { body: streamed })).status, 413, "also when its length is not told before");
  assert.equal((await deliver(verify, { headers: { "content-type": "text/plain" } })).status, 415);
  assert.equal((await deliver(verify, { headers: { "content-type": undefined } })).status, 415);
  const get = await deliver(verify, { method: "GET" });
  assert.deepEqual([get.status, get.headers.get("allow")], [405, "POST"]);
  assert.equal((await deliver(verify, { path: "/" })).status, 404);
  assert.equal((await deliver("", { path: "/health", method: "GET" })).status, 200);
  assert.deepEqual(post.taken, []);
});

test("a signed body that no mail can be made of is refused, and nothing is sent", async (t) => {
  const { deliver, post, lines } = await rehearse(t);
  const bodies = [
    "", "7", "null", "[]", "{", "{}",
    JSON.stringify({ type: "auth.verify" }),
    JSON.stringify({ type: 7, data: {} }),
    mail("auth.verify", { to: undefined }),
    mail("auth.verify", { to: ["ada@example.com"] }),
    mail("auth.verify", { link: null }),
    mail("auth.verify", { link: 7 }),
    mail("auth.verify", { link: "javascript:alert(1)" }),
    mail("auth.verify", { link: "https://app.example.com.evil.example/login" }),
    mail("auth.verify", { link: "https://app.example.com@evil.example/login" }),
    mail("auth.verify", { link: `${publicUrl}/login\r\nBcc: eve@example.com` }),
    mail("auth.verify", { expiresAt: "tomorrow" }),
    mail("auth.verify", { expiresAt: new Date(Date.now() - 1000).toISOString() }),
  ];
  for (const body of bodies) {
    const { status } = await deliver(body);
    assert.equal(status, 422, JSON.stringify(body));
  }
  assert.equal((await deliver(mail("auth.verify"), { id: "msg one" })).status, 422);
  assert.deepEqual(post.taken, []);
  assert.ok(lines.every(({ event, cause }) => event === "unfit" && cause), "the log says why");
});

test("an address is one address, and nothing that a mail program would read as more", async (t) => {
  const { deliver, post } = await rehearse(t);
  const hostile = [
    "ada@example.com, eve@example.com", "ada@example.com eve@example.com", "ada@example.com;eve@example.com",
    "Ada <ada@example.com>", "<ada@example.com>", '"ada"@example.com', "ada@example.com\r\nBcc: eve@example.com",
    "ada@example.com\n", "ada\u0000@example.com", "ada@@example.com", "ada@eve@example.com", "ada", "@example.com", "ada@",
    "ada@example", "ada@-example.com", "ada@[127.0.0.1]", "ada(x)@example.com", "ada@bücher.example", ".ada@example.com",
    `${"a".repeat(65)}@example.com`, `ada@${"a".repeat(250)}.com`, "",
  ];
  for (const to of hostile) assert.equal((await deliver(mail("auth.verify", { to }))).status, 422, JSON.stringify(to));
  assert.deepEqual(post.taken, []);
  const odd = ["a.b+tag@example.com", "o'neil@xn--bcher-kva.example", "!#$%&'*+/=?^_`{|}~-@a.example"];
  for (const [n, to] of odd.entries()) assert.equal((await deliver(mail("auth.verify", { to }), { id: `msg_${n}` })).status, 204, to);
  assert.deepEqual((await post.mails()).map(({ to }) => to.map(({ address }) => address)), odd.map((to) => [to]));
  assert.ok(post.taken.every(({ envelope }) => envelope.rcptTo.length === 1));
});

test("text from outside stays text", async (t) => {
  const { deliver, post } = await rehearse(t, { variables: { PRODUCT_NAME: `<b>"Ærø" & Co</b> {reason}` } });
  const reason = `</p><script>alert(1)</script><img src=x onerror="alert(1)">\r\n\r\nBcc: eve@example.com\u202e {product} &lt;`;
  await deliver(mail("auth.verify", { reason, locale: "<script>", link: `${publicUrl}/login/verify?a="><script>'&b=1` }));
  const [sent] = await post.mails();
  assert.equal(sent.subject, `<b>"Ærø" & Co</b> {reason}: confirm your address`);
  assert.deepEqual(sent.bcc ?? [], []);
  assert.deepEqual(sent.envelope.rcptTo.map(({ address }) => address), ["ada@example.com"]);
  assert.ok(!/<(script|img|b)\b/.test(sent.html));
  assert.ok(readable(sent.html).includes(`because </p><script>alert(1)</script><img src=x onerror="alert(1)"> Bcc: eve@example.com {product} &lt;.`));
  assert.ok(sent.html.includes(`href="${publicUrl}/login/verify?a=&#34;&#62;&#60;script&#62;&#39;&#38;b=1"`));
  assert.ok(!/^Bcc:/m.test(sent.text) && !sent.text.includes("\u202e"), "a reason cannot begin a line");
});

test("a letter that was sent is not sent again", async (t) => {
  const { deliver, post, lines } = await rehearse(t);
  const again = { link: `${publicUrl}/login/verify?token=another` };
  assert.equal((await deliver(mail("auth.verify"))).status, 204);
  assert.equal((await deliver(mail("auth.verify", again))).status, 204);
  assert.equal(post.taken.length, 1);
  assert.deepEqual(lines.map(({ event }) => event), ["sent", "again"]);
  assert.equal((await deliver(mail("auth.verify", again), { id: "msg_two" })).status, 204);
  assert.equal(post.taken.length, 2, "another letter is another letter");
});

test("while the SMTP server is down the answer is 503, and the next try is sent with its new link", async (t) => {
  const { deliver, post } = await rehearse(t);
  await post.close();
  const failed = await deliver(mail("auth.verify", { link: `${publicUrl}/login/verify?token=first` }));
  assert.equal(failed.status, 503);
  assert.match(failed.headers.get("retry-after"), /^\d+$/);
  await post.open();
  assert.equal((await deliver(mail("auth.verify", { link: `${publicUrl}/login/verify?token=second` }))).status, 204);
  const sent = await post.mails();
  assert.equal(sent.length, 1);
  assert.ok(sent[0].text.includes("token=second") && !sent[0].text.includes("token=first"));
});

test("a server that says later is asked later, one that says never much later", async (t) => {
  const { deliver, post, lines } = await rehearse(t);
  post.onRcptTo = (address, done) => done(failure(451, "greylisted, ada@example.com"));
  const greylisted = await deliver(mail("auth.verify"));
  post.onRcptTo = (address, done) => done(failure(550, "no such user ada@example.com"));
  const unknown = await deliver(mail("auth.verify"));
  post.onRcptTo = undefined;
  post.onData = (take, done) => done(failure(554, "spam"));
  const spam = await deliver(mail("auth.verify"));
  post.onData = undefined;
  assert.deepEqual([greylisted, unknown, spam].map(({ status }) => status), [503, 422, 422]);
  const [soon, never] = [greylisted, unknown].map(({ headers }) => Number(headers.get("retry-after")));
  assert.ok(soon < 600 && never >= 3600, `${soon} ${never}`);
  assert.ok(!JSON.stringify(lines).includes("ada@"), "the server's words do not reach the log");
  assert.equal((await deliver(mail("auth.verify"))).status, 204, "and a refusal is not held against the next try");
});

test("a try that comes while the last is on its way waits for it, and is sent only if that failed", async (t) => {
  const { deliver, post } = await rehearse(t);
  let held;
  const arrived = new Promise((resolve) => {
    post.onData = (take, done) => {
      held = { take, done };
      resolve();
    };
  });
  const first = deliver(mail("auth.verify"));
  await arrived;
  const second = deliver(mail("auth.verify"));
  const third = deliver(mail("auth.verify"));
  post.onData = undefined;
  held.done(failure(451, "try again"));
  assert.equal((await first).status, 503);
  assert.deepEqual([(await second).status, (await third).status], [204, 204]);
  assert.equal(post.taken.length, 1);
});

test("a letter that takes too long is answered in time, goes on, and is not sent again", async (t) => {
  const { deliver, post, lines } = await rehearse(t, { limits: { patience: 300 } });
  const arrived = new Promise((resolve) => (post.onData = resolve));
  const late = await deliver(mail("auth.verify"));
  assert.equal(late.status, 503);
  assert.ok(late.headers.get("retry-after"));
  (await arrived)();
  assert.equal((await deliver(mail("auth.verify"))).status, 204);
  assert.equal(post.taken.length, 1);
  assert.deepEqual(lines.map(({ event }) => event), ["late", "sent", "again"]);
});

test("more letters at once than there are places wait at Edgeward", async (t) => {
  const { deliver, post } = await rehearse(t, { limits: { places: 1 } });
  const arrived = new Promise((resolve) => (post.onData = resolve));
  const first = deliver(mail("auth.verify"));
  const take = await arrived;
  const second = await deliver(mail("auth.verify"), { id: "msg_two" });
  assert.equal(second.status, 503);
  assert.ok(Number(second.headers.get("retry-after")) <= 10);
  take();
  assert.equal((await first).status, 204);
  post.onData = undefined;
  assert.equal((await deliver(mail("auth.verify"), { id: "msg_two" })).status, 204);
});

test("a type without words is taken, said in the log, and not sent", async (t) => {
  const { deliver, post, lines } = await rehearse(t);
  for (const type of ["auth.notice.moon_phase", "constructor", "__proto__"]) {
    assert.equal((await deliver({ type, timestamp: "", data: { something: "else" } })).status, 204, type);
    assert.deepEqual(lines.at(-1), { event: "unknown_type", id: "msg_one", type });
  }
  assert.deepEqual(post.taken, []);
});

test("neither an address nor a link reaches the log", async (t) => {
  const { deliver, post, lines } = await rehearse(t);
  await deliver(mail("auth.verify"));
  await deliver(mail("auth.verify"));
  await post.close();
  await deliver(mail("auth.verify"), { id: "msg_two" });
  assert.equal(lines.length, 3);
  assert.ok(!/ada@|token=|login/.test(JSON.stringify(lines)), JSON.stringify(lines));
});

test("beyond this machine nothing is sent unencrypted", async (t) => {
  // 0.0.0.0 leads to this machine too, but is no loopback name.
  const away = (query) => (post) => ({ SMTP_URL: `smtp://0.0.0.0:${post.port}${query}` });
  const plain = await rehearse(t, { variables: away("") });
  assert.equal((await plain.deliver(mail("auth.verify"))).status, 503);
  assert.deepEqual(plain.post.taken, []);

  const unknown = await rehearse(t, { variables: away(""), smtp: { disabledCommands: [] } });
  assert.equal((await unknown.deliver(mail("auth.verify"))).status, 503, "a certificate nobody vouches for");
  assert.deepEqual(unknown.post.taken, []);

  const encrypted = await rehearse(t, { variables: away("?tls.rejectUnauthorized=false"), smtp: { disabledCommands: [] } });
  assert.equal((await encrypted.deliver(mail("auth.verify"))).status, 204);
  assert.equal(encrypted.post.taken[0].secure, true);
});

test("name and password come from SMTP_URL; a wrong one is worth mending, so the letter waits", async (t) => {
  const smtp = {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, session, done) => (password === "p@ss:word" ? done(null, { user: username }) : done(new Error("no"))),
  };
  const by = (login) => ({ smtp, variables: ({ port }) => ({ SMTP_URL: `smtp://${login}@127.0.0.1:${port}` }) });
  const right = await rehearse(t, by("ann:p%40ss%3Aword"));
  assert.equal((await right.deliver(mail("auth.verify"))).status, 204);
  assert.equal(right.post.taken[0].user, "ann");
  const wrong = await rehearse(t, by("ann:guess"));
  assert.equal((await wrong.deliver(mail("auth.verify"))).status, 503);
  assert.ok(!JSON.stringify(wrong.lines).includes("guess"));
});

test("a server that accepts a connection and says nothing is no success", async (t) => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => silent.close());
  const { deliver, lines } = await rehearse(t, { variables: { SMTP_URL: `smtp://127.0.0.1:${silent.address().port}?greetingTimeout=300` } });
  assert.equal((await deliver(mail("auth.verify"))).status, 503);
  assert.equal(lines.at(-1).event, "down");
});

const named = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** What a person reads of HTML. */
const readable = (html) =>
  html
    .replace(/<(style|title)\b.*?<\/\1>/gs, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(?:#(\d+)|(\w+));/g, (whole, code, name) => (code ? String.fromCodePoint(Number(code)) : named[name]))
    .replace(/\s+/g, " ");
