// Whatever somebody gets a page of ours to say stays text in a real Chromium: what was typed, where one wanted to
// go, what a hook said, how a browser calls itself, an address, the operator's own words, a path. No element of it
// comes to be, no handler runs, and where it is shown it reads as it was written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "../browser.mjs";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { deny, says, startHooks } from "../hook_server.mjs";
import { operator } from "../operator.mjs";
import { limits, linkOf, settlesIn } from "./our_pages.mjs";

const row = "echoed_markup";
const ann = { email: "ann@example.com", password: "seven lazy herons over Bergen" };

/** Breaks out of text, of attributes, of a style and of a script; in the short form some of it is tried. */
const hostile = [
  `<img src=x: onerror=ran=1 id=planted>`,
  `"><img src=x: onerror=ran=1 id=planted>`,
  `'><svg onload=ran=1 id=planted>`,
  `</title></style><script id=planted>ran=1</script>`,
  `" autofocus onfocus=ran=1 id=planted x="`,
  `&lt;b id=planted&gt;&quot;&#39;{{7*7}}\${7*7}`,
  `<b id=planted>bold</b>`,
].filter((_, i) => isFull || i % 2 === 1 || i === 2);

test("what is echoed stays text, wherever it comes from", { timeout: 180_000 }, async (t) => {
  const hooks = await startHooks(t);
  const name = `<b id=planted>B</b>"'&lt;x`;
  const BRAND = { name };
  const house = await startEdgeward(t, {
    settings: { LIMITS: limits, BRAND, WORDS: { "invite.new": hostile[1], "invite.roles": hostile.at(-1) }, ...hooks.settings },
    unopenedMail: true,
  });
  const misses = [];
  let tried = 0;
  const watch = async (browser) => {
    const page = await browser.newPage();
    page.on("pageerror", (error) => misses.push(`${page.url()}: ${error}`));
    return page;
  };
  const page = await watch(await startBrowser(t));
  /** Looks at the page as it stands; `text` is what it should show, in words or in a field. */
  const looks = async (where, text) => {
    tried += 1;
    const got = await page.evaluate(() => ({
      ran: window.ran,
      planted: document.querySelectorAll("#planted").length,
      handlers: document.querySelectorAll("[onerror], [onload], [onfocus], [autofocus][onfocus]").length,
      shown: [document.body.innerText, document.title, ...[...document.querySelectorAll("input, a")].flatMap((one) => [one.value ?? "", one.getAttribute("href") ?? ""])].join("\n"),
    }));
    if (got.ran !== undefined || got.planted > 0 || got.handlers > 0) misses.push(`${where}: ${JSON.stringify({ ...got, shown: undefined })}`);
    if (text !== undefined && !got.shown.includes(text)) misses.push(`${where}: not shown as written: ${text} in ${got.shown.slice(0, 300)}`);
  };
  /** Sends a form of a page as no field of it would let somebody type it. */
  const sends = async (path, fields) => {
    await page.goto(house.url + path);
    const sent = page.evaluate((fields) => {
      const form = Object.assign(document.createElement("form"), { method: "post", action: location.pathname });
      for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { name, value }));
      document.body.append(form);
      form.submit();
    }, fields);
    await Promise.all([page.waitForEvent("load"), sent]);
  };

  await t.test("the name of the site", async () => {
    for (const path of ["/login", "/login/signup", "/login/forgot", "/login/magic", "/login/resend", "/login/nowhere"]) {
      await page.goto(house.url + path);
      await looks(`brand at ${path}`, name);
    }
  });

  await t.test("what was typed, and where one wanted to go", async () => {
    for (const one of hostile) {
      for (const path of ["/login", "/login/signup", "/login/forgot", "/login/magic", "/login/resend"]) {
        await sends(path, { email: `${one}@example.com`, ...(["/login", "/login/signup"].includes(path) ? { password: one } : {}) });
        await looks(`address at ${path}`, `${one}@example.com`);
      }
      const next = `/${one}`;
      await page.goto(`${house.url}/login?next=${encodeURIComponent(next)}`);
      await looks("next");
      await page.goto(`${house.url}/login?next=${encodeURIComponent(`/x?y=${encodeURIComponent(one)}#${one}`)}&then=${encodeURIComponent(one)}&reauth=${encodeURIComponent(one)}`);
      await looks("next, then and reauth");
      for (const kind of ["verify", "reset", "magic", "invite", "email", "undo", "link"]) {
        await page.goto(`${house.url}/login/${kind}?token=${encodeURIComponent(one)}`);
        await looks(`token of ${kind}`);
      }
      await page.goto(`${house.url}/login/${encodeURIComponent(one)}`);
      await looks("path");
      await sends("/login", { email: ann.email, password: "x", [one]: one });
      await looks("name of a field");
    }
  });

  await t.test("what a hook says", async () => {
    const words = hostile.map((one) => one.slice(0, 200));
    for (const one of words) {
      hooks.answers.before = says(deny(one));
      await sends("/login/signup", { email: "somebody@example.com", password: ann.password });
      await looks("message of a hook", one);
    }
    hooks.answers.before = says(JSON.stringify({ decision: "allow" }));
  });

  await t.test("an address, an invitation and a browser's own name", async () => {
    // The odd signs that an address may have.
    const odd = { email: "o'b&lt{7}`+$|=^~!#%*/?@example.com", password: ann.password };
    await settlesIn(page, house, odd);
    for (const one of hostile) {
      const other = house.visitor({ email: odd.email, password: odd.password });
      await other.calls("/auth/login", { email: odd.email, password: odd.password }, { headers: { "User-Agent": `${one} Chrome/${one} Firefox/140 (${one})` } });
    }
    await page.goto(`${house.url}/login/account`);
    await looks("devices and address on the account page", odd.email);
    await page.goto(`${house.url}/login?then=account&reauth=1`);
    await looks("whoever is signed in", odd.email);
    const wanted = "w'a&amp{n}`t$ed@example.com";
    await sends("/login/account", { action: "change-email", email: wanted });
    await looks("the address that waits", wanted);
    await page.goto(await linkOf(house, "auth.email_change", wanted));
    await looks("its confirmation");
    for (const one of hostile.slice(0, 3)) {
      await house.visitor().calls("/auth/magic-request", { email: odd.email }, { headers: { "User-Agent": `Mozilla/5.0 (${one}) Chrome/${one}` } });
      await page.goto(await linkOf(house, "auth.magic", odd.email));
      await looks("who asked for a link");
    }
    const guest = "g'u&lte{s}t@example.com";
    await operator(house).invites(guest, ["admin"]);
    await page.goto(await linkOf(house, "auth.invite", guest));
    await looks("an invitation, in the operator's own words", hostile[1]);
  });

  figure(row, { tried, survived: tried - Math.min(tried, misses.length) });
  assert.deepEqual(misses, []);
  assert.ok(tried > 60, `${tried}`);
});
