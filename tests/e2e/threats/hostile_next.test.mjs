// Where a sign-in by form leads in a real Chromium, which reads addresses as only a browser does. Every value of
// `next` in `tests/threats/open_redirect.rs`, and some that a router would take otherwise, stays on our origin; no
// request goes anywhere else on the way.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../../scripts/steps.mjs";
import { startBrowser } from "../browser.mjs";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { limits, settlesIn } from "./our_pages.mjs";

const row = "hostile_next";
const ann = { email: "ann@example.com", password: "seven lazy herons over Bergen" };

/** The strings of the list in Rust, as Rust reads them. */
function listed() {
  const source = readFileSync(join(root, "tests", "threats", "open_redirect.rs"), "utf8");
  const [, list] = /const HOSTILE: \[&str; \d+\] = \[(.*?)\n\];/s.exec(source);
  const one = (text) => JSON.parse(`"${text.replace(/\\u\{([0-9a-f]+)\}/g, (_, hex) => `\\u${hex.padStart(4, "0")}`)}"`);
  return [...list.matchAll(/^ {4}"((?:[^"\\]|\\.)*)",$/gm)].map(([, text]) => one(text));
}

/** What only a browser's own reading could lead away by. The house is put in the place of HOUSE. */
const more = [
  "HOUSE.evil.example/", "HOUSE@evil.example/", "HOUSE:80@evil.example", "http:HOST", "//HOST:1@evil.example", "/\u200b/evil.example", "/%09/evil.example",
  "/%5cevil.example", "/%2f%2fevil.example", "//%65vil.example", "///evil.example/..//", "/;@evil.example", "/?next=//evil.example", "/#//evil.example",
  "\\\\\\evil.example", "/\u3002evil.example", "//evil\u3002example", "/..\\/evil.example", "/.\\.\\/evil.example", "view-source:http://evil.example",
];

test("signing in by form never leads to another origin, whatever next says", { timeout: 300_000 }, async (t) => {
  const house = await startEdgeward(t, { settings: { LIMITS: limits } });
  const browser = await startBrowser(t);
  const first = await browser.newPage();
  await settlesIn(first, house, ann);
  const { host } = new URL(house.url);
  const values = [...listed(), ...more.map((value) => value.replace("HOUSE", house.url).replace("HOST", host))];
  assert.ok(values.length >= 90 && values.includes("//evil.example\\@app.example.org"), `${values.length} values`);

  const strays = [];
  browser.on("request", (request) => {
    if (/^(https?|wss?|ftp):/.test(request.url()) && new URL(request.url()).origin !== house.url) strays.push(request.url());
  });
  const ways = {
    "in the query": (page, next) => page.goto(`${house.url}/login?next=${encodeURIComponent(next)}`),
    "in the field": async (page, next) => {
      await page.goto(`${house.url}/login`);
      await page.evaluate((value) => {
        const form = document.querySelector("main form");
        form.querySelector("input[name=next]")?.remove();
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "next", value }));
      }, next);
    },
  };
  const left = values.flatMap((next, i) => Object.keys(ways).filter((_, way) => isFull || i % 6 === way * 3).map((way) => [way, next]));
  const tried = left.length;
  const misses = [];
  const places = new Set();
  // Some tabs at once: each waits for the beat on which answers leave.
  const tabs = Array.from({ length: 4 }, async () => {
    const page = await browser.newPage();
    for (let one; (one = left.shift()); ) {
      const [way, next] = one;
      await ways[way](page, next);
      await page.locator("main input[name=email]").fill(ann.email);
      await page.locator("main input[name=password]").fill(ann.password);
      await Promise.all([page.waitForEvent("load"), page.locator("main form button").first().click()]);
      const url = new URL(page.url());
      if (url.origin !== house.url || url.pathname === "/login") misses.push(`${JSON.stringify(next)} ${way}: ${page.url()}`);
      places.add(url.pathname);
    }
  });
  await Promise.all(tabs);
  figure(row, { tried, survived: tried - Math.min(tried, misses.length + strays.length) });
  assert.deepEqual({ misses, strays }, { misses: [], strays: [] });

  // The trial itself: what is a place of ours is gone to.
  await first.goto(`${house.url}/login?next=${encodeURIComponent("/private/?tab=2")}`);
  await first.locator("main input[name=email]").fill(ann.email);
  await first.locator("main input[name=password]").fill(ann.password);
  await Promise.all([first.waitForEvent("load"), first.locator("main form button").first().click()]);
  assert.equal(first.url(), `${house.url}/private/?tab=2`);
});
