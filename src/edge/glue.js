// The JavaScript that Rust calls: reads what one call can read, does what one call can do, decides nothing.

/** The head of a request as one text; see src/web/head.rs. */
export function head(request) {
  const cf = request.cf;
  const place = cf?.country ? (cf.city ? `${cf.city}, ${cf.country}` : cf.country) : "";
  let text = `${request.method}\n${request.url}\n${place.replace(/\n/g, " ")}\n`;
  for (const [name, value] of request.headers) text += `${name}: ${value}\n`;
  return text;
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

/** A body of at most so many bytes; `null` when there is more. */
export async function body(request, most) {
  if (request.body === null) return new Uint8Array();
  const chunks = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > most) return null;
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
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

/** Posts a signed webhook. Redirects are answers, not to be followed. */
export async function post(url, id, timestamp, signature, text, patience) {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    },
    body: text,
    redirect: "manual",
    signal: AbortSignal.timeout(patience),
  });
  await response.body?.cancel();
  return `${response.status} ${response.headers.get("retry-after") ?? ""}`;
}

/** Cookies of ours are for answers that come soon: a late one would overwrite what came after it. */
const SOON = 5000;

/**
 * Sends a request on to the origin and makes its answer ours. Streams both ways.
 *
 * `set` holds names and values in turn. `finish` holds what Rust decided about the answer.
 */
export async function forward(request, binding, url, remove, set, finish) {
  const onward = new Request(url, request);
  const headers = onward.headers;
  for (const name of remove) headers.delete(name);
  for (let i = 0; i < set.length; i += 2) headers.set(set[i], set[i + 1]);
  const init = { redirect: "manual" };
  if (!finish.cacheable) init.cache = "no-store";
  const asked = Date.now();
  const answer = await (binding ?? globalThis).fetch(onward, init);
  return finished(answer, finish, Date.now() - asked < SOON);
}

function finished(answer, finish, soon) {
  const response = new Response(answer.body, answer);
  const headers = response.headers;
  const location = headers.get("location");
  if (location !== null && finish.origin !== undefined && isBelow(location, finish.origin)) {
    headers.set("location", finish.public + location.slice(finish.origin.length));
  }
  if (headers.has("set-cookie")) {
    const cookies = headers.getSetCookie();
    const theirs = cookies.filter((cookie) => !cookie.trimStart().toLowerCase().startsWith(finish.cookiePrefix));
    if (theirs.length < cookies.length) {
      headers.delete("set-cookie");
      for (const cookie of theirs) headers.append("set-cookie", cookie);
    }
  }
  const sets = soon && finish.cookies.length > 0;
  if (sets) for (const cookie of finish.cookies) headers.append("set-cookie", cookie);
  if (finish.private || sets) keepPrivate(headers, sets);
  if (finish.window !== undefined) headers.set("edgeward-window", finish.window);
  return response;
}

const isBelow = (location, origin) =>
  location.startsWith(origin) && ["/", "?", "#", undefined].includes(location[origin.length]);

/** `private`, and `no-store` where the origin says nothing or a cookie of ours goes along. */
function keepPrivate(headers, sets) {
  const said = headers.get("cache-control");
  if (said === null || sets) return headers.set("cache-control", "private, no-store");
  const kept = said.split(",").map((part) => part.trim()).filter((part) => !/^(public|s-maxage=.*|private)$/i.test(part));
  headers.set("cache-control", ["private", ...kept].join(", "));
}
