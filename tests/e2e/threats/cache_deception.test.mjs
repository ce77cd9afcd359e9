// Pages about somebody under names that caches like to keep: `/account/x.css`, `/login/account;x.png`. The origin says
// the worst it can: that everything may be kept for a year by everybody. Whatever came of an answer that concerns one
// person, no shared cache may keep it; every route of ours is tried, and what is the same for everybody is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../../scripts/steps.mjs";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { startOwnOrigin } from "../own_origin.mjs";

const year = "public, max-age=31536000, s-maxage=31536000, immutable";

/** Names after which a cache would keep an answer whatever it says. */
const endings = [
  "", "/x.css", "/x.js", "/.css", ".css", ".png", ";x.css", ";/x.css", "%2fx.css", "%2Fx.js", "%3bx.css", "%3fx.css", "%23x.css", "%00.css", "%0a.css", "?x.css",
  "?/x.css", "//x.css", "/../x.css", "/..%2fx.css", "/%2e%2e/x.css", "/./x.css", "/%2e/x.css", "\\x.css", "%5cx.css", "/x.css/", "/static/x.woff2", "/favicon.ico", "/robots.txt",
];

/** Our own routes, from their list; and what is the origin's. */
const routes = [...readFileSync(join(root, "src/web/routes.rs"), "utf8").matchAll(/\b(page|json|proxy|operator)\(\s*"([^"]*)"/g)].map(
  ([, surface, path]) => `${surface === "page" ? "/login" : "/auth"}${path.replace("{id}", "ses_aaaaaaaaaaaaaaaaaaaaaaaaaa")}`,
);
const theirs = ["/private", "/private/account", "/maybe", "/strict", "/public/..%2fprivate", "/public/%2e%2e/private", "/public;/../private", "/PRIVATE", "//private"];

const ACCESS_RULES = [
  { path: "/public/*", access: "public", cache: true },
  { path: "/maybe/*", access: "optional" },
  { path: "/strict/*", access: "required", strict: true },
];

/** What lets a shared cache keep an answer (RFC 9111 §3, RFC 9213). */
function mayBeShared({ headers }) {
  const said = (headers["cache-control"] ?? "").toLowerCase();
  const targeted = ["cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control"].some((name) => name in headers);
  return targeted || !/(^|[ ,])(private|no-store)($|[ ,=])/.test(said) || /public|s-maxage/.test(said);
}

test("there are many routes", () => assert.ok(routes.length >= 45, `${routes.length}`));

test("no shared cache may keep an answer about somebody", async (t) => {
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    const about = /account="([^"]*)"/.exec(request.headers["edgeward-identity"] ?? "")?.[1] ?? "nobody";
    const kept = { "Cache-Control": year, "CDN-Cache-Control": year, "Cloudflare-CDN-Cache-Control": year, "Surrogate-Control": "max-age=31536000" };
    response.writeHead(200, { "Content-Type": "text/css", ...kept, ETag: '"1"', "X-About": about }).end(about);
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL, ACCESS_RULES } });
  const ann = house.visitor();
  await ann.settlesIn();
  const eve = house.visitor();
  const [tally, shared, about] = [{ tried: 0, survived: 0 }, [], new Set()];
  for (const path of [...routes, ...theirs].flatMap((base) => endings.map((ending) => base + ending))) {
    for (const headers of [{}, { Accept: "text/html", "Sec-Fetch-Mode": "navigate" }]) {
      const answer = await ann.fetch(path, { headers });
      about.add(answer.headers["x-about"]);
      tally.tried += 1;
      const isFine = !mayBeShared(answer) || (await isForEverybody(answer, () => eve.fetch(path, { headers })));
      tally.survived += isFine ? 1 : 0;
      if (!isFine) shared.push(`${path}: ${answer.status} ${answer.headers["cache-control"]}`);
    }
  }
  figure("cache_deception", tally);
  assert.deepEqual(shared, []);
  assert.ok(about.has("nobody") && about.size === 3, "some reached the origin as themselves, some as nobody, some not at all");
  assert.ok(await ann.isSignedIn(), "and she was signed in all the time");
});

/** Keys and scripts are public, and so is a public page: the same to the byte for somebody else, without a cookie. */
async function isForEverybody(answer, ask) {
  const other = await ask();
  return !answer.headers["set-cookie"] && answer.status === 200 && answer.bytes.equals(other.bytes) && !/acc_/.test(answer.text);
}
