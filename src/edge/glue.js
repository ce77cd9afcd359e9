// The JavaScript that Rust calls: reads what one call can read, does what one call can do, decides nothing.

const utf8 = new TextEncoder();

/**
 * Writes the head of a request as one text (src/web/head.rs), and says how many bytes it has. What does not fit
 * is written in part: then it says, as a negative number, for how many bytes it wants room. Where the client is
 * costs time: the gate needs no `place`.
 */
export function head(request, place, into) {
  let text = `${request.method}\n${urlOf(request)}\n${place ? placeOf(request) : ""}\n`;
  request.headers.forEach((value, name) => {
    text += `${name}\n${value}\n`;
  });
  const { read, written } = utf8.encodeInto(text, into);
  return read === text.length ? written : -3 * text.length;
}

/** What a URL parser would spell otherwise: our rules, the signature and the origin must see one spelling. */
const UNEVEN = /[^\x21-\x7e]|["'<>`{}^|\\]|\/\.|\/%2e/i;

/**
 * The URL in the spelling in which it is sent on. With a host that is none (of two `Host` headers, say) it stays as it
 * came, and gets no further: what is thrown here would end the instance.
 */
function urlOf({ url }) {
  return UNEVEN.test(url) ? (URL.parse(url)?.href ?? url) : url;
}

function placeOf({ cf }) {
  const place = cf?.country ? (cf.city ? `${cf.city}, ${cf.country}` : cf.country) : "";
  return place.replace(/\n/g, " ");
}

/** Variables as JSON, and the names of everything else. */
export function settings(env) {
  const values = {};
  const bindings = [];
  for (const [name, value] of Object.entries(env)) {
    const kind = Object.prototype.toString.call(value);
    const plain = typeof value !== "object" || Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
    if (plain && typeof value !== "function" && kind !== "[object Null]") values[name] = value;
    else bindings.push(name);
  }
  return JSON.stringify({ values, bindings });
}

/** Writes a line into the log, and counts it where the operator has bound a dataset of Workers Analytics Engine. */
export function tell(env, event, outcome, line) {
  console.log(line);
  try {
    env.COUNTERS?.writeDataPoint({ indexes: [event], blobs: [event, outcome], doubles: [1] });
  } catch (cause) {
    console.error(`COUNTERS is bound to something that counts nothing: ${cause}`);
  }
}

/**
 * A body of at most so many bytes; `null` when there is more. It is read at one stroke: of a body sent byte by byte, each
 * byte would cost a turn of its own.
 */
export async function body(request, most) {
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader({ mode: "byob" });
  const { value } = await reader.readAtLeast(most + 1, new Uint8Array(most + 1));
  if (value.byteLength <= most) return value;
  reader.cancel().catch(() => {});
  return null;
}

/** `Content-Digest` of a body of at most so many bytes (RFC 9530); `null` when there is more. The request keeps its body. */
export async function digest(request, most) {
  const bytes = request.body === null ? new Uint8Array() : await body(request.clone(), most);
  if (bytes === null) return null;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha-256=:${btoa(String.fromCharCode(...hash))}:`;
}

/** Asks an object, and stops waiting after so many milliseconds. */
export function ask(namespace, name, region, text, patience) {
  const stub = namespace.getByName(name, region ? { locationHint: region } : undefined);
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), patience);
  });
  return Promise.race([stub.cmd(text), late]).finally(() => clearTimeout(timer));
}

/** A signed webhook. Redirects are answers, not to be followed. */
const webhook = (id, timestamp, signature, text, signal) => ({
  method: "POST",
  headers: {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signature,
  },
  body: text,
  redirect: "manual",
  signal,
});

/** Posts a webhook, and is content with the head of the answer. */
export async function post(url, id, timestamp, signature, text, patience) {
  const response = await fetch(url, webhook(id, timestamp, signature, text, AbortSignal.timeout(patience)));
  await response.body?.cancel();
  return `${response.status} ${response.headers.get("retry-after") ?? ""}`;
}

/**
 * Posts a webhook that asks something. The answer is status, type and text by lines, `late` when not all of
 * it was here after so many milliseconds, or `large`; it fails when there is none.
 */
export async function consult(url, id, timestamp, signature, text, patience, most) {
  const over = new AbortController();
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve("late"), patience);
  });
  const asked = answerOf(url, webhook(id, timestamp, signature, text, over.signal), most);
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
    asked.catch(() => {});
    over.abort();
  }
}

async function answerOf(url, init, most) {
  const response = await fetch(url, init);
  const head = `${response.status}\n${response.headers.get("content-type") ?? ""}\n`;
  if (response.status !== 200) return head;
  const bytes = await body(response, most);
  return bytes === null ? "large" : head + new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** Cookies of ours are for answers that come soon: a late one would overwrite what came after it. */
const SOON = 5000;

/** How long an origin may think before its answer begins, in milliseconds. What comes after streams as long as it likes. */
const LONGEST_THOUGHT = 100_000;

/** The same, of a request with a body: an origin hears all of it first, and it may come slowly. */
const LONGEST_BODY = 900_000;

/**
 * An answer, or a rejection with "late". The runtime hangs up on the origin when the visitor has been told. The timer ends
 * with the request, or finds this settled: to call it off would cost as much again.
 */
const inTime = (coming, most) => Promise.race([coming, new Promise((_, reject) => setTimeout(reject, most, "late"))]);

/** What is the same for every request. There is no `origin` where a binding leads to it. */
export const way = (origin, here, cookiePrefix) => ({ origin, here, cookiePrefix });

/**
 * Sends a request on to the origin and makes its answer ours. Streams both ways.
 *
 * `text` holds the URL, a line of what a stream must not outlive, and then a line for each header to remove
 * (`-name`), each to set (`=name:value`) and each cookie for the browser (`+cookie`). The rest says what
 * becomes of the answer.
 */
export async function forward(request, env, way, text, cacheable, personal, window) {
  const lines = text.split("\n");
  const [url, watches] = lines;
  // `fetch` makes a request of what it gets. Made before is only one with a body, which goes along with no other.
  const bodiless = request.body === null;
  const onward = bodiless ? { method: request.method, headers: new Headers(request.headers) } : new Request(url, request);
  const cookies = applied(lines, onward.headers);
  const asked = cookies.length > 0 ? Date.now() : 0;
  const there = way.origin === undefined ? env.ORIGIN : globalThis;
  const init = { redirect: "manual", cache: cacheable ? undefined : "no-store" };
  const coming = bodiless ? there.fetch(url, { ...onward, ...init }) : there.fetch(onward, init);
  let answer = await inTime(coming, bodiless ? LONGEST_THOUGHT : LONGEST_BODY);
  if (watches !== "" && isStream(answer)) answer = await watched(answer, env, watches);
  const late = cookies.length > 0 && Date.now() - asked >= SOON;
  return finished(answer, way, personal, window, late ? [] : cookies);
}

/** Changes the headers as told from the third line on; returns the cookies for the browser. */
function applied(lines, headers) {
  const cookies = [];
  for (let i = 2; i < lines.length; i += 1) {
    const change = lines[i];
    const rest = change.slice(1);
    const colon = rest.indexOf(":");
    if (change[0] === "-") headers.delete(rest);
    else if (change[0] === "+") cookies.push(rest);
    else headers.set(rest.slice(0, colon), rest.slice(colon + 1));
  }
  return cookies;
}

function finished(answer, way, personal, window, cookies) {
  const location = answer.headers.get("location");
  const sets = answer.headers.has("set-cookie");
  const ours = personal || window !== undefined || cookies.length > 0;
  const forged = window === undefined && answer.headers.has("edgeward-window");
  if (!ours && !forged && location === null && !sets) return answer;

  const response = new Response(answer.body, answer);
  const headers = response.headers;
  if (location !== null && way.origin !== undefined && isBelow(location, way.origin)) {
    headers.set("location", way.here + location.slice(way.origin.length));
  }
  if (sets) keepTheirs(headers, way.cookiePrefix);
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  if (personal || cookies.length > 0) keepPrivate(headers, cookies.length > 0);
  if (window !== undefined) headers.set("edgeward-window", window);
  else if (forged) headers.delete("edgeward-window");
  return response;
}

/** The origin sets no cookie of ours, nor a nameless one that clients send back as ours. */
function keepTheirs(headers, prefix) {
  const cookies = headers.getSetCookie();
  const theirs = cookies.filter((cookie) => !cookie.replace(/^[\s=]+/, "").toLowerCase().startsWith(prefix));
  if (theirs.length === cookies.length) return;
  headers.delete("set-cookie");
  for (const cookie of theirs) headers.append("set-cookie", cookie);
}

const isBelow = (location, origin) =>
  location.startsWith(origin) && ["/", "?", "#", undefined].includes(location[origin.length]);

/** `private`, and `no-store` where the origin says nothing or a cookie of ours goes along. */
function keepPrivate(headers, sets) {
  for (const name of ["cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control"]) headers.delete(name);
  const said = headers.get("cache-control");
  if (said === null || sets) return headers.set("cache-control", "private, no-store");
  const kept = said.split(",").map((part) => part.trim()).filter((part) => !/^(public|s-maxage=.*|private)$/i.test(part));
  headers.set("cache-control", ["private", ...kept].join(", "));
}

// Streams: a WebSocket, or server-sent events. One that somebody's session or link let in is not passed on
// as it is: it goes through here, to be ended when that is over.

/** The type of server-sent events (HTML §9.2). */
const EVENTS = /^\s*text\/event-stream\b/i;

/** How long an object may take until it watches, in milliseconds. */
const PATIENCE = 3000;

/** The longest a timer of the runtime waits, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** How much may wait for an end of a WebSocket that does not take it, in bytes. Nobody can be told to wait. */
const MOST_WAITING = 8 << 20;

// How a stream ends (RFC 6455 §7.4.1, and the registry of close codes it opened): what let it in is over;
// nobody can tell whether it is, so come again; it came to its end by itself.
const OVER = { code: 1008, reason: "auth.session.ended" };
const UNKNOWN = { code: 1013, reason: "auth.busy" };
const DONE = {};

const isStream = (answer) =>
  answer.status === 101 || (EVENTS.test(answer.headers.get("content-type") ?? "") && answer.body !== null);

/**
 * An answer that ends when one of its watches says so, or cannot be kept. `watches` has for each the object
 * that knows (`binding name`) and the tag it knows the stream by, each closed by a semicolon. The answer goes
 * on to the visitor when all of them have agreed.
 */
async function watched(answer, env, watches) {
  const end = new AbortController();
  await Promise.all(watches.split(";").slice(0, -1).map((watch) => keepWatch(env, watch, end)));
  return answer.webSocket ? coupled(answer, end) : piped(answer, end);
}

/** Opens a socket to the object that watches, and ends the stream when that closes. The object never writes. */
async function keepWatch(env, watch, end) {
  const [binding, name, tag] = watch.split(" ");
  const asked = env[binding].getByName(name).fetch("https://object/", { headers: { Upgrade: "websocket", "Edgeward-Watch": tag } });
  const late = setTimeout(() => end.abort(UNKNOWN), PATIENCE);
  const agreed = asked.then((answer) => agrees(answer, end)).catch(() => end.abort(UNKNOWN));
  await Promise.race([agreed, new Promise((resolve) => whenOver(end, resolve))]);
  clearTimeout(late);
}

function agrees({ status, headers, webSocket }, end) {
  if (!webSocket) return end.abort(status === 403 ? OVER : UNKNOWN);
  webSocket.addEventListener("close", ({ code }) => end.abort(code === OVER.code ? OVER : UNKNOWN));
  webSocket.addEventListener("error", () => end.abort(UNKNOWN));
  webSocket.accept();
  whenOver(end, () => quietly(() => webSocket.close(1000)));
  endAt(Number(headers.get("edgeward-until")), end);
}

/** The last moment, which the object's alarm knows too. This timer is not held up by what else is due there. */
function endAt(until, end) {
  let timer;
  const look = () => {
    const left = until - Date.now();
    if (!(left > 0)) return end.abort(OVER);
    timer = setTimeout(look, Math.min(left, LONGEST));
  };
  look();
  whenOver(end, () => clearTimeout(timer));
}

function whenOver({ signal }, then) {
  if (signal.aborted) then();
  else signal.addEventListener("abort", then);
}

/** Server-sent events. Ended, they end cleanly for the browser, which comes again; the origin is hung up on. */
function piped(answer, end) {
  const { readable, writable } = new IdentityTransformStream();
  pump(answer.body.getReader(), writable.getWriter(), end).finally(() => end.abort(DONE));
  return new Response(readable, answer);
}

/**
 * Piece by piece, and not by `pipeTo`: that gives up a piece on its way when it is told to end, and a browser that
 * had yet to take it would see the stream break.
 */
async function pump(from, to, end) {
  whenOver(end, () => from.cancel().catch(() => {}));
  // A reading that was called off fails: that is the end, and nothing broke.
  const failed = (cause) => (end.signal.aborted ? {} : Promise.reject(cause));
  const next = async () => (await from.read().catch(failed)).value;
  try {
    for (let piece = await next(); piece && !end.signal.aborted; piece = await next()) await to.write(piece);
    await to.close();
  } catch (cause) {
    await Promise.allSettled([from.cancel(cause), to.abort(cause)]);
  }
}

/** The two ends of a WebSocket, coupled: what one says the other hears. */
function coupled(answer, end) {
  const [client, ours] = Object.values(new WebSocketPair());
  const theirs = answer.webSocket;
  let open = 2;
  const closed = () => {
    open -= 1;
    if (open === 0) end.abort(DONE);
  };
  const full = () => end.abort(UNKNOWN);
  passOn(theirs, ours, 1014, { closed, full });
  passOn(ours, theirs, 1001, { closed, full });
  whenOver(end, () => {
    const { code, reason } = end.signal.reason;
    if (end.signal.reason === DONE) return;
    quietly(() => ours.close(code, reason));
    quietly(() => theirs.close(1001, reason));
  });
  return new Response(null, { status: 101, headers: answer.headers, webSocket: client });
}

/** `broken` is what the other end hears when this one is gone without a word. */
function passOn(from, to, broken, { closed, full }) {
  from.binaryType = "arraybuffer";
  from.addEventListener("message", ({ data }) => {
    quietly(() => to.send(data));
    if (to.bufferedAmount > MOST_WAITING) full();
  });
  from.addEventListener("close", ({ code, reason, wasClean }) => {
    quietly(() => (!wasClean ? to.close(broken) : code === 1005 ? to.close() : to.close(code, reason)));
    closed();
  });
  // An end that half closed waits for the other's answer, as it would without us between.
  from.accept({ allowHalfOpen: true });
}

/** Nothing can be said into a socket that is closed, or gone. */
function quietly(says) {
  try {
    says();
  } catch {}
}
