// Requests hidden in others: where one ends is said twice, or unclearly, so that two servers in a row see another
// number of them. The origin here reads as leniently as Node can. Whatever Edgeward makes of such bytes, all that
// comes to the origin is what Edgeward judged and signed, and the next visitor gets an answer of their own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Verifier } from "../../../origin/node/index.mjs";
import { readRing } from "../../../scripts/secrets.mjs";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { startOwnOrigin } from "../own_origin.mjs";
import { sends } from "./raw.mjs";

const timeout = 600_000;

/** Where the hiding request goes. */
const outers = ["/public/a", "/maybe/a", "/private/a", "/login", "/auth/login", "/auth/health"];

/** The hidden request: one of its own, or the beginning of one that the next visitor's would end. */
const inners = {
  whole: (n, host) => `GET /private/smuggled-${n} HTTP/1.1\r\nHost: ${host}\r\nX-Hidden: 1\r\n\r\n`,
  open: (n, host) => `GET /public/smuggled-${n} HTTP/1.1\r\nHost: ${host}\r\nX-Hidden: `,
  posted: (n, host) => `POST /maybe/smuggled-${n} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 300\r\n\r\n`,
};

const hex = (text) => text.length.toString(16);
const chunked = (text) => `${hex(text)}\r\n${text}\r\n0\r\n\r\n`;
const end = "0\r\n\r\n";
const oddCodings = ["xchunked", " chunked", "chunked ", "\tchunked", "\x0bchunked", "chunked\x00", "Chunked", "\"chunked\"", "identity", "gzip, chunked", "chunked, gzip", "chunked, identity", "chunked;q=1", ""];

/** Each way: the headers beside `Host`, and the body, that hide `inner`. */
const ways = {
  "length, and chunks": (inner) => [`Content-Length: ${(end + inner).length}\r\nTransfer-Encoding: chunked`, end + inner],
  "chunks, and length": (inner) => ["Transfer-Encoding: chunked\r\nContent-Length: 4", chunked(inner)],
  "chunks, and no length": (inner) => ["Transfer-Encoding: chunked\r\nContent-Length: 0", end + inner],
  "two lengths": (inner) => [`Content-Length: 0\r\nContent-Length: ${inner.length}`, inner],
  "two lengths, turned": (inner) => [`Content-Length: ${inner.length}\r\nContent-Length: 0`, inner],
  "a list of lengths": (inner) => [`Content-Length: 0, ${inner.length}`, inner],
  "a list of one length": (inner) => ["Content-Length: 0,0", inner],
  "no length at all": (inner) => ["X-None: 1", inner],
  "a length of nothing": (inner) => ["Content-Length: 0", inner],
  "an empty length": (inner) => ["Content-Length: ", inner],
  "a length with a sign": (inner) => [`Content-Length: +${inner.length}`, inner],
  "a length less than nothing": (inner) => ["Content-Length: -1", inner],
  "a length in sixteens": (inner) => [`Content-Length: 0x${hex(inner)}`, inner],
  "a length beyond 64 bits": (inner) => ["Content-Length: 18446744073709551616", inner],
  "a length with a letter of its own": (inner) => [`Content-Length: ${inner.length}\x00`, inner],
  "a length before a space": (inner) => [`Content-Length : ${inner.length}`, inner],
  "a length in a folded line": (inner) => [`X-Fold: a\r\n Content-Length: ${inner.length}`, inner],
  "a folded length": (inner) => [`Content-Length:\r\n ${inner.length}`, inner],
  "folded chunks": (inner) => [`Content-Length: ${(end + inner).length}\r\nTransfer-Encoding:\r\n chunked`, end + inner],
  "a length by another name": (inner) => [`Content_Length: ${inner.length}`, inner],
  "a bare line feed": (inner) => [`X-Bare: a\nContent-Length: ${inner.length}`, inner],
  "a bare carriage return": (inner) => [`X-Bare: a\rTransfer-Encoding: chunked\r\nContent-Length: ${(end + inner).length}`, end + inner],
  "line feeds alone": (inner) => [`Content-Length: ${(end + inner).length}\nTransfer-Encoding: chunked\n`, end + inner],
  "twice chunked": (inner) => ["Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", end + inner],
  "a chunk that overflows": (inner) => ["Transfer-Encoding: chunked", `1000000000000000${hex("ab")}\r\nab\r\n${end}${inner}`],
  "a chunk less than nothing": (inner) => ["Transfer-Encoding: chunked", `-1\r\n${end}${inner}`],
  "a chunk with a line feed in its extension": (inner) => ["Transfer-Encoding: chunked", `1;a\nb\r\nx\r\n${end}${inner}`],
  "a chunk ended by a line feed": (inner) => ["Transfer-Encoding: chunked", `1\nx\n0\n\n${inner}`],
  "a chunk longer than it says": (inner) => ["Transfer-Encoding: chunked", `1\r\nxx\r\n${end}${inner}`],
  "a chunk in sixteens by name": (inner) => ["Transfer-Encoding: chunked", `0x1\r\nx\r\n${end}${inner}`],
  "headers behind the chunks": (inner) => ["Transfer-Encoding: chunked\r\nTrailer: Content-Length", `1\r\nx\r\n0\r\nContent-Length: ${inner.length}\r\nEdgeward-Identity: account="acc_x"\r\n\r\n${inner}`],
  "to be continued": (inner) => [`Expect: 100-continue\r\nContent-Length: ${inner.length}`, inner],
  "to be continued, and chunked": (inner) => [`Expect: 100-continue\r\nTransfer-Encoding: chunked\r\nContent-Length: 0`, end + inner],
  "an upgrade": (inner) => ["Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", inner],
  "another upgrade": (inner) => [`Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: ${inner.length}`, inner],
  "a length that goes with the connection": (inner) => [`Connection: keep-alive, Content-Length\r\nContent-Length: ${inner.length}`, inner],
  "chunks that go with the connection": (inner) => ["Connection: keep-alive, Transfer-Encoding\r\nTransfer-Encoding: chunked", chunked(inner)],
  ...Object.fromEntries(oddCodings.map((coding) => [`chunks as ${JSON.stringify(coding)}`, (inner) => [`Content-Length: ${(end + inner).length}\r\nTransfer-Encoding:${coding.startsWith("\t") ? "" : " "}${coding}`, end + inner]])),
};

test("no request hides in another", { timeout }, async (t) => {
  const arrived = [];
  const options = { insecureHTTPParser: true };
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    arrived.push(checked(request));
    const answer = () => response.writableEnded || response.end(`this is ${request.url}`);
    request.resume().on("end", answer).on("error", answer);
  }, undefined, options);
  // Signatures are short-lived, so each is checked as it comes.
  const checked = ({ method, url, rawHeaders }) => {
    const headers = rawHeaders.flatMap((name, at) => (at % 2 ? [] : [[name, rawHeaders[at + 1]]]));
    return { method, url, headers, verdict: verifier.check({ method, target: url, headers }) };
  };
  const house = await startEdgeward(t, { settings: { ORIGIN_URL, LIMITS: { network: { signin: ["1000000/1m"] } } }, unopenedMail: true });
  const verifier = new Verifier({ keys: readRing(house.secrets.IDENTITY_KEYS), audience: house.url });
  const ann = house.visitor();
  await ann.settlesIn();
  const { account } = (await ann.calls("/auth/session")).json;
  const host = new URL(house.url).host;
  arrived.length = 0;

  const attacks = all({ host, cookie: ann.jar.header("/") });
  const misses = [];
  for (const attack of attacks) {
    const { answers, problem } = await sends(house.port, attack.bytes, { ends: true, wanted: 9, method: attack.method });
    if (problem) misses.push({ ...attack, why: problem });
    // Somebody else's request comes next, on connections to the origin that were used a moment ago.
    const own = await ann.fetch(`/private/own-${attack.number}`);
    if (own.text !== `this is /private/own-${attack.number}`) misses.push({ ...attack, why: `Ann was told ${own.status} ${own.text.slice(0, 100)}` });
    if (answers.some(({ status }) => status >= 500 && ![501, 502].includes(status))) misses.push({ ...attack, why: "an error of ours" });
  }
  for (const request of arrived) misses.push(...(await wrong(request, { account, attacks })));
  const failed = new Set(misses.map(({ number }) => number));
  figure("smuggling", { tried: attacks.length, survived: attacks.length - failed.size });
  console.log(`requests hidden in others: ${attacks.length}; what came of them to the origin: ${arrived.length - attacks.length}`);
  assert.deepEqual(misses.slice(0, 5).map(({ bytes, ...about }) => ({ ...about, sent: bytes?.toString("latin1") })), []);
  assert.ok(arrived.some(({ url }) => url.startsWith("/public/a")), "some of them are forwarded");
  assert.equal((await ann.calls("/auth/session")).status, 200);
});

/** Every way, at every place, hiding each request, from a stranger and from somebody signed in. */
function all({ host, cookie }) {
  const attacks = [];
  const methods = isFull ? ["POST", "GET", "HEAD"] : ["POST"];
  for (const [way, hides] of Object.entries(ways)) for (const [kind, hidden] of Object.entries(inners)) for (const path of outers) for (const method of methods) for (const isAnn of [false, true]) {
    const number = attacks.length;
    const [headers, body] = hides(hidden(number, host));
    const browser = `Origin: http://${host}\r\nSec-Fetch-Site: same-origin\r\nCF-Connecting-IP: 198.18.9.1${isAnn ? `\r\nCookie: ${cookie}` : ""}`;
    const bytes = Buffer.from(`${method} ${path}?${number} HTTP/1.1\r\nHost: ${host}\r\n${browser}\r\n${headers}\r\n\r\n${body}`, "latin1");
    attacks.push({ number, way, kind, path, method, isAnn, bytes });
  }
  // The short form takes a third of them, of each way some.
  return isFull ? attacks : attacks.filter(({ number }) => number % 3 === 0);
}

/** What is wrong with a request that came to the origin. */
async function wrong({ url, headers, verdict }, { account, attacks }) {
  const of = (wanted) => headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const [, number] = /(?:smuggled-|own-|\?)(\d+)/.exec(url) ?? [];
  const attack = attacks.find((one) => one.number === Number(number)) ?? { number };
  const { ok, reason, identity } = await verdict;
  const bodies = of("content-length").length + of("transfer-encoding").length;
  const isHidden = url.includes("smuggled");
  const who = identity?.account ?? null;
  const whys = [
    [!ok, `the origin got what Edgeward did not sign: ${reason}`],
    [bodies > 1, `the origin got two lengths: ${of("content-length")} ${of("transfer-encoding")}`],
    [isHidden && who !== null, "a hidden request came as somebody's"],
    [isHidden && url.startsWith("/private/"), "a hidden request got past the sign-in"],
    [!isHidden && who !== null && who !== account.id, "somebody is somebody else"],
    [/[?]\d+$/.test(url) && who !== null && !attack.isAnn, "a stranger's request came as somebody's"],
  ];
  return whys.filter(([isWrong]) => isWrong).map(([, why]) => ({ ...attack, why, url, identity: of("edgeward-identity") }));
}
