// What can be wrong with a request, by families. Each takes a request apart, spoils one thing, and leaves the
// rest: `{ method, target, version, headers, body }`, all of it bytes as latin1 text, and headers as pairs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../scripts/steps.mjs";

/** Every route of the program, as `{ surface, method, path }`, and pages of the origin. */
export function places() {
  const source = readFileSync(join(root, "src/web/routes.rs"), "utf8");
  const [, table] = /pub const ROUTES: &\[Route\] = &\[\n(.*?)\n\];/s.exec(source);
  const entries = [...table.matchAll(/^ {4}(\w+)\(\s*"([^"]*)",\s*&\[([^\]]*)\]/gm)];
  if (entries.length !== table.match(/^ {4}\w+\(/gm).length) throw new Error("an entry of ROUTES was not understood");
  const ours = entries.flatMap(([, surface, path, methods]) =>
    [...methods.matchAll(/"([A-Z]+)"/g)].map(([, method]) => ({ surface, method, path: (surface === "page" ? "/login" : "/auth") + path })),
  );
  const origins = ["/", "/public/a", "/private/a", "/maybe/a", "/admin/a", "/digest/a"].flatMap((path) =>
    ["GET", "POST"].map((method) => ({ surface: "origin", method, path })),
  );
  return [...ours, ...origins];
}

const utf8 = (text) => Buffer.from(text, "utf8").toString("latin1");
const long = (text, length) => text.repeat(Math.ceil(length / text.length)).slice(0, length);
const oddBytes = ["\0", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "\x01", "\x7f", "\x1b[0m", utf8("\u202e"), utf8("\ufeff"), utf8("💥")];
const names = ["email", "password", "newPassword", "token", "next", "visit", "action", "roles", "path", "claims", "uses", "expiresIn", "__proto__", ""];
const sizes = [1, 255, 4_096, 65_535, 65_536, 65_537, 1_000_000];
const types = [
  "", "text/plain", "application/json; charset=utf-16", "application/json;charset=\"", "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data",
  "multipart/form-data; boundary=x", "application/json, text/html", "*/*", "application/jsonp", "\xff/\xff", "APPLICATION/JSON", "application/json; a=b; a=c", long("a/b;", 9_000),
];

/** A value for a field: plausible, or not. */
function value({ pick, below }) {
  return pick([
    "", "x", "nobody@example.com", "verify.abc." + "A".repeat(43), "/private", "//evil.example", "\u0000", "\ud800", utf8("é"), "x".repeat(below(300)), "null", "-1", "<script>", "a\r\nb: c",
  ]);
}

/** A body that names fields of ours. */
function fields(dice, json) {
  const pairs = Array.from({ length: dice.below(5) }, () => [dice.pick(names), value(dice)]);
  if (json) return `{${pairs.map(([name, text]) => `${JSON.stringify(name)}:${dice.pick([JSON.stringify(text), "7", "null", "[]", "{\"a\":1,\"a\":2}", "true"])}`).join(",")}}`;
  return pairs.map((pair) => pair.map((text) => encodeURIComponent(text.toWellFormed())).join("=")).join("&");
}

/** A request as it should be, for one of the places. */
export function wellFormed(dice, { surface, method, path }, { host, cookie, key, proxyKey, address, number }) {
  const json = surface !== "page";
  const id = dice.pick(["acc_" + "a".repeat(26), "ses_x", "%00", "..", utf8("ü"), long("a", 5_000)]);
  const proxy = [["Edgeward-Proxy-Key", proxyKey], ["X-Original-Method", dice.pick(["GET", "POST", "X"])], ["X-Original-URI", dice.pick(["/private/a", "/public/a?b", "/%zz", "/\xff"])], ...(cookie ? [["Cookie", cookie]] : [])];
  const browser = [["Origin", `http://${host}`], ["Sec-Fetch-Site", "same-origin"], ["Sec-Fetch-Mode", json ? "cors" : "navigate"], ...(cookie ? [["Cookie", cookie]] : [])];
  const body = method === "GET" ? "" : fields(dice, json);
  return {
    method,
    target: `${path.replace("{id}", id)}?case=${number}`,
    version: "HTTP/1.1",
    headers: [
      ["Host", host], ["CF-Connecting-IP", address], ["X-Case", number], ["Accept", json ? "*/*" : "text/html"], ["Connection", "close"],
      ...(surface === "proxy" ? proxy : surface === "operator" ? [["Authorization", `Bearer ${key}`]] : browser),
      ...(method === "GET" ? [] : [["Content-Type", json ? "application/json" : "application/x-www-form-urlencoded"], ["Content-Length", null]]),
    ],
    body,
  };
}

const without = (request, name) => request.headers.filter(([known]) => known.toLowerCase() !== name);
const withHeader = (request, ...pairs) => (request.headers = [...request.headers, ...pairs]);
const replaced = (request, name, text) => (request.headers = [...without(request, name), [name, text]]);
const inside = (dice, text, thing) => {
  const at = dice.below(text.length + 1);
  return text.slice(0, at) + thing + text.slice(at);
};

/** Each family spoils a request in one way of several. Those that leave open where the request ends say so. */
export const families = {
  "wrong types"(dice, request) {
    replaced(request, "content-type", dice.pick(types));
    if (dice.chance(0.3)) withHeader(request, ["Content-Type", dice.pick(types)]);
  },
  "no JSON, no form"(dice, request) {
    request.body = dice.pick(["{", "[]", "7", "\"x\"", "{}x", "{'a':1}", "{\"a\":1,}", "{\"a\":01}", "{\"a\":1e999}", "{\"\\ud800\":\"\\udfff\"}", "\xef\xbb\xbf{}", "{\"a\":\"\n\"}", "a&b&=&&=;", "%", "%zz=%u0041", "a[]=1&a[b]=2"]);
  },
  "doubled names"(dice, request) {
    const [name, one, other] = [dice.pick(names), value(dice), value(dice)].map((text) => JSON.stringify(text));
    request.body = dice.pick([`{${name}:${one},${name}:${other}}`, `{"email":${one},"\\u0065mail":${other}}`, "email=a&email=b", "email=a&e%6dail=b", `{"a":{"b":1,"b":2}}`]);
  },
  depth(dice, request) {
    const deep = dice.pick([50, 127, 128, 129, 5_000, 30_000]);
    request.body = dice.pick([
      () => `{"email":${"[".repeat(deep)}${"]".repeat(deep)}}`, () => "[".repeat(deep * 2), () => `${"{\"a\":".repeat(deep)}1${"}".repeat(deep)}`,
      () => `{"a":${"{\"a\":".repeat(deep)}`, () => `a${"[a]".repeat(deep)}=1`,
    ])();
  },
  sizes(dice, request) {
    const size = dice.pick(sizes);
    dice.pick([
      () => (request.body = `{"email":"${long("x", size)}"}`), () => (request.body = `email=${long("%41", size)}`), () => (request.body = `{"${long("n", size)}":1}`),
      () => (request.body = long("a=b&", size)), () => (request.body = `{${long("\"a\":1,", size)}"b":1}`), () => (request.target += `&next=${long("/x", size)}`),
      () => (request.target = `/${long("x/", size)}`), () => withHeader(request, ["X-Long", long("y", size)]), () => replaced(request, "cookie", long("a=b; ", size)),
      () => withHeader(request, ...Array.from({ length: Math.min(size, 3_000) }, (_, n) => [`X-Many-${n}`, "1"])), () => withHeader(request, [long("X-", Math.min(size, 70_000)), "1"]),
      () => replaced(request, "authorization", `Bearer ${long("k", size)}`), () => (request.body = long("\xff", size)),
    ])();
  },
  "odd bytes"(dice, request) {
    const odd = dice.pick(oddBytes);
    dice.pick([
      () => (request.body = inside(dice, request.body, odd)), () => (request.target = inside(dice, request.target.slice(1), odd).replace(/^/, "/")),
      () => withHeader(request, ["X-Odd", odd]), () => withHeader(request, [`X${odd}Y`, "1"]), () => replaced(request, "cookie", `__Host-edgeward=${odd}`),
      () => (request.target += `&next=${[...odd].map((byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`).join("")}`),
      () => (request.body = `{"email":"${odd}@example.com","password":"${odd}"}`), () => (request.body = `email=${encodeURIComponent(odd)}%ff%00`),
    ])();
  },
  "other encodings"(dice, request) {
    dice.pick([
      () => withHeader(request, ["Content-Encoding", dice.pick(["gzip", "br", "deflate, gzip", "identity", "zip", "\xff"])]),
      () => (request.body = Buffer.from(request.body, "utf16le").toString("latin1")), () => (request.body = `\xfe\xff${request.body}`),
      () => withHeader(request, ["Accept-Encoding", "gzip;q=9, *;q=NaN"]), () => withHeader(request, ["Accept", long("text/html;q=0.1,", 3_000)]),
      () => withHeader(request, ["Accept-Language", long("xx-YY;q=.,", 2_000)]), () => (request.body = request.body.replaceAll("e", "%65").replaceAll("\"", "%22")),
    ])();
  },
  "odd methods"(dice, request) {
    request.method = dice.pick(["get", "PURGE", "TRACE", "CONNECT", "PRI", "OPTIONS", "PATCH", "X".repeat(300), "G\0T", "GET,POST", "M-SEARCH", "PUT", "HEAD"]);
  },
  "odd versions"(dice, request) {
    request.version = dice.pick(["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "http/1.1", "HTTP/1.1 ", "HTTP/01.1", "", "ICY/1.1", "HTTP/1.1\0"]);
  },
  "odd targets"(dice, request, { host }) {
    request.target = dice.pick([
      `http://${host}/private/a`, `//${host}/private`, "*", "private", "", "/%", "/%00", "/%zz", "/login/%2e%2e/auth", "/\\auth\\login", `http://evil.example/private`, "/auth/../private",
      "/private/%c0%ae%c0%ae/", "/?", "/#", "/login?token=a&token=b", "/login/verify?token=%ff", "/login?next=%0d%0aX:%20y", "/auth/sessions/%2f", "/;/..;/", `/login?${long("a=b&", 30_000)}`,
    ]);
  },
  "odd hosts"(dice, request, { host }) {
    const hosts = ["", "evil.example", `${host},${host}`, `user@${host}`, `${host}/x`, `${host}:99999`, "[::1", "[::ffff:127.0.0.1]", "\xff", `${host}\t`, long("a.", 4_000)];
    request.headers = [...without(request, "host"), ...Array.from({ length: dice.below(3) }, () => ["Host", dice.pick([...hosts, host])])];
  },
  "odd headers"(dice, request) {
    withHeader(request, dice.pick([
      ["Expect", "100-continue"], ["Expect", "200-ok"], ["Range", "bytes=9-1,-,0-"], ["TE", "trailers, x"], ["Upgrade", "websocket"], ["Upgrade", "h2c"], ["HTTP2-Settings", "AAA"], ["If-None-Match", "\"\"\""],
      ["Sec-WebSocket-Key", "x"], ["Origin", "null"], ["Origin", "http://[::1"], ["Sec-Fetch-Site", "cross-site"], ["Cookie", "__Host-edgeward=a; __Host-edgeward=b"], ["Cookie", ";;;=;=,=; "], ["Cookie", "__Host-edgeward-flash=v1.k1.AA.AA"],
      ["X-Original-Method", "GET"], ["X-Original-URL", "/%zz"], ["CF-Connecting-IP", "999.1.1.1"], ["CF-Connecting-IP", "::ffff:1.2.3.4%eth0"], ["Authorization", "Basic \xff"], ["Connection", "close, Host, Cookie"], ["Referer", "\x00"],
    ]));
  },
  "odd spacing"(dice, request) {
    const [name, text] = dice.pick(request.headers);
    withHeader(request, dice.pick([[`${name} `, text], [` ${name}`, text], [name, `${text}\r\n folded: yes`], [name, `\r\n\t${text}`], ["", "nameless"], [`${name}\n`, text], [name, `a\rb`], [name, `a\nX-Smuggled: yes`], ["No colon", null]]));
  },
  "odd lengths"(dice, request) {
    replaced(request, "content-length", dice.pick(["-1", "+5", "0x10", "1e3", "5,5", "5, 6", "", " ", "99999999999999999999", "18446744073709551617", "5;", "\u0665", "00000005", "1.0"]));
    request.leavesOpen = true;
  },
  "two lengths"(dice, request) {
    withHeader(request, dice.pick([["Content-Length", "0"], ["Content-Length", "5"], ["Transfer-Encoding", "chunked"], ["Transfer-Encoding", "identity"], ["Transfer-Encoding", "gzip, chunked"], ["transfer-encoding", "\x0bchunked"], ["Transfer_Encoding", "chunked"]]));
    request.leavesOpen = true;
  },
  chunking(dice, request) {
    request.headers = [...without(request, "content-length"), ["Transfer-Encoding", dice.pick(["chunked", "Chunked", "chunked, chunked", "xchunked", "chunked;q=1"])]];
    const size = Buffer.byteLength(request.body, "latin1").toString(16);
    request.body = dice.pick([
      `${size}\r\n${request.body}\r\n0\r\n\r\n`, `${size};ext=\"1\r\n\"\r\n${request.body}\r\n0\r\n\r\n`, `${size};${long("x", 70_000)}\r\n${request.body}\r\n0\r\n\r\n`, `0${size}\r\n${request.body}\r\n0\r\nX-Trailer: 1\r\n\r\n`,
      `-1\r\n${request.body}`, "ffffffffffffffff\r\nx", "0x5\r\nhello\r\n0\r\n\r\n", `${size}\n${request.body}\n0\n\n`, "5\r\nhello0\r\n\r\n", `1\r\nZ\r\n`, "g\r\n", "\r\n\r\n", long("1\r\na\r\n", 60_000) + "0\r\n\r\n", "0\r\nContent-Length: 5\r\n\r\n",
    ]);
    request.leavesOpen = true;
  },
  "cut short"(dice, request) {
    request.cut = dice.below(1_000) / 1_000;
    request.leavesOpen = true;
  },
  "bits flipped"(dice, request) {
    request.flips = 1 + dice.below(8);
    request.leavesOpen = true;
  },
  "bare line feeds"(dice, request) {
    request.line = dice.pick(["\n", "\r", "\r\r\n", "\n\r"]);
    request.leavesOpen = true;
  },
};

/** A request's bytes. A length that nobody spoilt is right. */
export function bytesOf(dice, { method, target, version, headers, body, line = "\r\n", cut, flips = 0 }) {
  const length = String(Buffer.byteLength(body, "latin1"));
  const lines = headers.map(([name, text]) => (text !== null ? `${name}: ${text}` : /^content-length$/i.test(name) ? `${name}: ${length}` : name));
  const bytes = Buffer.from([`${method} ${target} ${version}`, ...lines, "", body].join(line), "latin1");
  for (let n = 0; n < flips; n += 1) bytes[dice.below(bytes.length)] ^= 1 << dice.below(8);
  return cut === undefined ? bytes : bytes.subarray(0, Math.floor(bytes.length * cut));
}
