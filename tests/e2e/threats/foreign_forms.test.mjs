// What the page of another site makes a real Chromium send: forms and scripts, from another site and from another
// port of our own (where cookies of ours come along), to every unsafe route. All are refused: nobody is signed in as
// somebody else, signed out, or acted for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "../browser.mjs";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { startOwnOrigin } from "../own_origin.mjs";
import { limits, routes, settlesIn } from "./our_pages.mjs";

const row = "foreign_forms";
const ann = { email: "ann@example.com", password: "seven lazy herons over Bergen" };
const session = "__Host-edgeward";

/** What would do harm, by what a route ends with; the rest get something of everything. */
function fields(path, eve) {
  const harm = {
    "/login": { email: eve.email, password: eve.password },
    "/logout": {},
    "/account": { action: "end-all" },
    "/end-sessions": { which: "all" },
    "/delete-account": {},
    "/change-email": { email: eve.email },
    "/change-password": { newPassword: eve.password },
    "/signup": { email: "somebody@example.com", password: eve.password },
    "/register": { email: "somebody@example.com", password: eve.password },
  };
  const [, found] = Object.entries(harm).find(([end]) => path.endsWith(end)) ?? [];
  return found ?? { email: ann.email, token: "x", visit: "x", password: eve.password };
}

/** How a page sends it. Each runs in the page of the other site. */
const ways = {
  form: ({ url, fields, enctype }) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: url, enctype });
    for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { name, value }));
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
  },
  script: ({ url, fields, method }) => {
    const body = new URLSearchParams(fields);
    fetch(url, { method, body: ["GET", "HEAD"].includes(method) ? undefined : body, mode: "no-cors", credentials: "include" }).catch(() => {});
  },
  json: ({ url, fields }) => {
    fetch(url, { method: "POST", body: JSON.stringify(fields), mode: "no-cors", credentials: "include" }).catch(() => {});
  },
  asked: ({ url, fields, method }) => {
    fetch(url, { method, body: JSON.stringify(fields), headers: { "Content-Type": "application/json" }, credentials: "include" }).catch(() => {});
  },
};

test("forms and scripts of another site do nothing at any route of ours", { timeout: 300_000 }, async (t) => {
  const house = await startEdgeward(t, { settings: { LIMITS: limits }, unopenedMail: true });
  const eve = house.visitor();
  await eve.settlesIn();
  const elsewhere = await startOwnOrigin(t, (request, response) => response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><p>another site</p>"));
  const sites = { "another site": elsewhere, "another port": elsewhere.replace("127.0.0.1", "localhost") };
  const unsafe = routes.flatMap(({ path, methods }) => methods.filter((method) => method !== "GET").map((method) => ({ path, method })));
  assert.ok(unsafe.length > 30, `${unsafe.length}`);
  const places = [...unsafe, { path: "/private/echo", method: "POST" }, { path: "/admin/echo", method: "POST" }];

  for (const who of ["signed in", "signed out"]) {
    const browser = await startBrowser(t);
    const page = await browser.newPage();
    if (who === "signed in") await settlesIn(page, house, ann);
    const cookie = async () => (await browser.cookies(house.url)).find(({ name }) => name === session)?.value;
    const before = await cookie();
    assert.equal(before !== undefined, who === "signed in");
    const misses = [];
    let tried = 0;
    // In the short form each browser meets one of them; from another port of ours the cookies come along.
    const met = who === "signed in" ? "another port" : "another site";
    for (const [site, home] of Object.entries(sites).filter(([site]) => isFull || site === met)) {
      for (const { path, method } of places) {
        const url = house.url + path;
        const enctypes = isFull ? ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"] : ["application/x-www-form-urlencoded"];
        const tries = [
          ...(method === "POST" ? enctypes.map((enctype) => ["form", { enctype }]) : []),
          ...(method === "POST" && isFull ? [["script", {}], ["json", {}]] : []),
          ...(method !== "POST" || isFull ? [["asked", {}]] : []),
        ];
        for (const [way, how] of tries) {
          await page.goto(`${home}/`);
          const answered = page.waitForResponse((response) => response.url() === url || response.request().failure() !== null, { timeout: 10_000 });
          const failed = page.waitForEvent("requestfailed", { predicate: (request) => request.url() === url, timeout: 10_000 });
          const loaded = way === "form" && page.waitForEvent("load");
          await page.evaluate(ways[way], { url, method, fields: fields(path, eve), ...how }).catch(() => {});
          // What needs leave of ours first (a preflight) fails before it is sent.
          const status = await Promise.any([answered.then((response) => response.status()), failed.then(() => "not sent")]);
          for (const other of [answered, failed]) other.catch(() => {});
          await loaded;
          tried += 1;
          // At the application's paths they are nobody, and led to the sign-in page.
          const refused = ["not sent", 401, 403, 405, 415].includes(status) || (status === 303 && path.endsWith("/echo"));
          if (!refused) misses.push(`${who}: ${way} of ${site} at ${method} ${path}: ${status}`);
          if ((await cookie()) !== before) misses.push(`${who}: ${way} of ${site} at ${method} ${path}: another session`);
        }
      }
      // By following a link, or a picture, nobody is signed out.
      for (const path of ["/login/logout", "/auth/logout"]) {
        const answer = await page.goto(house.url + path);
        tried += 1;
        if (answer.status() !== 405 || (await cookie()) !== before) misses.push(`${who}: GET ${path}`);
      }
    }
    misses.push(...house.origin.requests.filter(({ method }) => method !== "GET").map(({ method, url }) => `the application got ${method} ${url}`));
    figure(row, { tried, survived: tried - Math.min(tried, misses.length) });
    assert.deepEqual(misses, []);
    await page.goto(`${house.url}/private/`);
    assert.equal(new URL(page.url()).pathname, who === "signed in" ? "/private/" : "/login", "and who they were before");
    if (who === "signed out") continue;

    // The trial itself: the same form does it on a page of the same origin.
    const logout = { url: `${house.url}/login/logout`, fields: {}, enctype: "application/x-www-form-urlencoded" };
    await page.evaluate(() => document.body.replaceChildren());
    await Promise.all([page.waitForEvent("load"), page.evaluate(ways.form, logout)]);
    assert.equal(await cookie(), undefined);
  }
});
