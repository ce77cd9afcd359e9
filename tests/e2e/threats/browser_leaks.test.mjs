// What a real Chromium lets slip: tokens in referrers, cookies to scripts, and private pages to whoever presses
// "back" after somebody signed out. The application and a foreign site write down all that reaches them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "../browser.mjs";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { startOwnOrigin } from "../own_origin.mjs";
import { everyLink, limits, linkOf, settlesIn } from "./our_pages.mjs";

const row = "browser_leaks";
const ann = { email: "ann@example.com", password: "seven lazy herons over Bergen" };
const chosen = "five silent bakers in Ghent";
const token = /[?&]token=|\b(verify|reset|magic|invite|email|undo|link)\.[a-z0-9_]+\.[\w-]{43}/;

/** A site that writes down what it is asked, whole. */
async function startSite(t, html) {
  const asked = [];
  const url = await startOwnOrigin(t, (request, response) => {
    asked.push({ url: request.url, headers: request.headers, raw: `${request.url}\n${request.rawHeaders.join("\n")}` });
    response.writeHead(200, { "Content-Type": "text/html", "Referrer-Policy": "unsafe-url" }).end(html(request));
  });
  return { url, asked };
}

/** An application that gives away all it has: it loads from elsewhere, links there, and tells its whole address. */
async function scene(t) {
  const foreign = await startSite(t, () => "<p>foreign</p>");
  const page = ({ url, headers }) => `<!doctype html><h1>Private to ${/account="(\w+)"/.exec(headers["edgeward-identity"])?.[1] ?? "nobody"}</h1>
    <p>${url.replaceAll("<", "")}</p><img src="${foreign.url}/picture"><a id="away" href="${foreign.url}/away">away</a>
    <form method="post" action="/login/logout"><button>Sign out</button></form><script>document.title = document.cookie + "|" + document.referrer</script>`;
  const origin = await startSite(t, page);
  const settings = { LIMITS: limits, ORIGIN_URL: origin.url, BRAND: { logo: `${foreign.url}/logo.png`, support: `${foreign.url}/help` } };
  const house = await startEdgeward(t, { settings, unopenedMail: true });
  return { house, origin, foreign };
}

test("whatever link of a mail is followed, no token reaches anybody by a referrer, and no script sees a cookie", { timeout: 180_000 }, async (t) => {
  const { house, origin, foreign } = await scene(t);
  const misses = [];
  let tried = 0;
  const browser = await startBrowser(t);
  let requests = [];
  browser.on("request", (request) => requests.push(request));
  for (const [kind, link] of Object.entries(await everyLink(house))) {
    // As good as another browser: nothing of the link before is left.
    await browser.clearCookies();
    const page = await browser.newPage();
    requests = [];
    const looks = async (where) => {
      tried += 1;
      const [cookie, referrer, bar] = await page.evaluate("[document.cookie, document.referrer, location.href]");
      if (cookie !== "") misses.push(`${kind} ${where}: cookie ${cookie}`);
      if (token.test(referrer) || token.test(bar)) misses.push(`${kind} ${where}: ${referrer} ${bar}`);
    };
    await page.goto(link);
    await looks("opened");
    if (await page.locator("main input[name=password]").count()) await page.locator("main input[name=password]").fill(chosen);
    const button = page.locator("main form button").first();
    if (await button.count()) await Promise.all([page.waitForEvent("load"), button.click()]);
    await looks("pressed");
    // From our page by its own link, if it leads elsewhere, and from the application's page in any case.
    const help = page.locator(`a[href^="${foreign.url}"]`).first();
    if (await help.count()) await Promise.all([page.waitForURL(/^http:\/\/127/), help.click()]);
    await page.goto(link);
    await looks("opened again");
    await page.goto(`${house.url}/public/?from=${kind}`);
    await looks("at the application");
    await Promise.all([page.waitForURL(`${foreign.url}/away`), page.locator("#away").click()]);
    for (const request of requests) {
      tried += 1;
      const { referer = "" } = await request.allHeaders().catch(() => ({}));
      if (token.test(referer)) misses.push(`${kind}: ${request.url()} from ${referer}`);
    }
    await page.close();
  }
  for (const [name, { asked }] of Object.entries({ origin, foreign })) {
    assert.ok(asked.length >= 7, `${name} was asked`);
    tried += asked.length;
    misses.push(...asked.filter(({ raw }) => token.test(raw) || /__Host-edgeward/.test(raw)).map(({ raw }) => `${name}: ${raw}`));
  }
  assert.ok(foreign.asked.some(({ headers }) => headers.referer?.includes("?from=")), "referrers are told where a page tells them");
  figure(row, { tried, survived: tried - Math.min(tried, misses.length) });
  assert.deepEqual(misses, []);
});

test("after signing out, back and forward show nothing private, by page cache or by history", { timeout: 120_000 }, async (t) => {
  const { house } = await scene(t);
  const ways = {
    "by the application's button": (page) => page.goto(`${house.url}/private/last`).then(() => page.locator("form button").click()),
    "on the account page": (page) => page.goto(`${house.url}/login/account`).then(() => page.getByRole("button", { name: "Sign out", exact: true }).first().click()),
  };
  const misses = [];
  let tried = 0;
  for (const [way, signsOut] of Object.entries(ways)) {
    // The cache of whole pages is off where browsers are driven, unless asked for.
    const browser = await startBrowser(t, { ignoreDefaultArgs: ["--disable-back-forward-cache"] });
    const page = await browser.newPage();
    const who = { ...ann, email: `${way.length}.${ann.email}` };
    await settlesIn(page, house, who);
    const visited = ["/private/one", "/login/account", "/private/two?secret=4711", "/auth/session", "/auth/sessions"];
    for (const path of visited) await page.goto(house.url + path);
    const account = /acc_\w+/.exec(await page.content())?.[0] ?? /acc_\w+/.exec(await (await page.goto(`${house.url}/auth/session`)).text())[0];
    await page.goBack();
    assert.ok((await page.content()).includes("session"), "while signed in, back leads back");
    await Promise.all([page.waitForURL(/\/login$/), signsOut(page)]);
    const shows = async (how) => {
      tried += 1;
      const text = await page.content();
      if (text.includes(account) || text.includes(who.email) || text.includes("Private to acc_")) misses.push(`${way}, ${how}: ${page.url()}`);
    };
    let steps = 0;
    for (; steps < 9; steps += 1) {
      await page.goBack({ waitUntil: "load", timeout: 5_000 }).catch(() => {});
      await shows(`${steps + 1} back`);
    }
    for (let forward = 0; forward < 5; forward += 1) {
      await page.goForward({ waitUntil: "load", timeout: 5_000 }).catch(() => {});
      await shows(`${forward + 1} forward`);
    }
    for (const path of visited) {
      await page.goto(house.url + path);
      await shows(`at ${path}`);
      await page.goBack({ waitUntil: "load", timeout: 5_000 }).catch(() => {});
      await shows(`behind ${path}`);
    }
  }
  figure(row, { tried, survived: tried - Math.min(tried, misses.length) });
  assert.deepEqual(misses, []);
});
