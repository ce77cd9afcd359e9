// Verifies who Edgeward says is asking. This is all an origin needs, with Node's own crypto.
//
// Edgeward sends `Edgeward-Identity`, a dictionary (RFC 9651) that says who, and an HMAC over it and the
// request's method, path and query (RFC 9421). Whatever is missing, doubled, stale, meant for another
// request or another application, or not understood, gives `{ ok: false }`: never half an identity.
// A request that came by a smart link has `Edgeward-Link` beside it, and the signature covers that too. Where the
// rule says `digest`, it covers `Content-Digest`: compare that with the body you read.
//
// A signature can be replayed on the same method, path and query until it expires (60 s, 15 s for unsafe
// methods). Who minds remembers the nonces for that long.

import { createHmac, timingSafeEqual } from "node:crypto";

const signed = ["@method", "@path", "@query", "edgeward-identity"];
const longestLife = 60;
const clockDifference = 5;

/**
 * Judges a `node:http` request.
 *
 * `keys`: Map of key id to bytes. `audience`: the origin of Edgeward's PUBLIC_URL. `now`: seconds.
 * Returns `{ ok: true, identity, link, digest, signature }` or `{ ok: false, reason }`; the reason is for the log.
 * `link` is `{ id, path, claims }`, or `null` where no smart link was used. `digest` is the `Content-Digest` of the
 * body (RFC 9530), or `null` where the signature does not cover it.
 */
export function verify(request, { keys, audience, now = Math.floor(Date.now() / 1000) }) {
  try {
    return { ok: true, ...verified(request, keys, audience, now) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.message };
    throw error;
  }
}

class Refused extends Error {}

function demand(condition, reason) {
  if (!condition) throw new Refused(reason);
}

function verified(request, keys, audience, now) {
  const field = (name) => onlyHeader(request.rawHeaders, name);
  const [identityText, inputText, signatureText] = ["edgeward-identity", "signature-input", "signature"].map(field);

  const linkText = hasHeader(request.rawHeaders, "edgeward-link") ? field("edgeward-link") : null;
  const digest = /^[^)]* "content-digest"\)/.test(inputText) ? field("content-digest") : null;
  const components = [...signed, ...(linkText === null ? [] : ["edgeward-link"]), ...(digest === null ? [] : ["content-digest"])];
  const { parameters, parametersText } = signatureInput(inputText, components);
  const key = keys.get(parameters.keyid);
  demand(key !== undefined && key.length >= 32, "unknown key");

  const target = request.url;
  const queryAt = target.indexOf("?");
  const base = [
    `"@method": ${request.method}`,
    `"@path": ${queryAt < 0 ? target : target.slice(0, queryAt)}`,
    `"@query": ${queryAt < 0 ? "?" : target.slice(queryAt)}`,
    `"edgeward-identity": ${identityText}`,
    ...(linkText === null ? [] : [`"edgeward-link": ${linkText}`]),
    ...(digest === null ? [] : [`"content-digest": ${digest}`]),
    `"@signature-params": ${parametersText}`,
  ].join("\n");
  const expected = createHmac("sha256", key).update(base).digest();
  const given = signatureBytes(signatureText);
  demand(given.length === expected.length && timingSafeEqual(given, expected), "wrong signature");

  const { created, expires } = parameters;
  demand(created <= now + clockDifference, "from the future");
  demand(now < expires, "expired");
  demand(expires - created <= longestLife, "lives too long");

  const identity = identityOf(dictionary(identityText));
  demand(identity.audience === audience, "for another application");
  demand(identity.target === target, "for another target");
  const link = linkText === null ? null : linkOf(dictionary(linkText));
  demand(link === null || isBelow(target, link.path), "a link for another path");
  return { identity, link, digest, signature: { identity: identityText, link: linkText, input: inputText, signature: signatureText } };
}

const hasHeader = (rawHeaders, name) => rawHeaders.some((text, i) => i % 2 === 0 && text.toLowerCase() === name);

function onlyHeader(rawHeaders, name) {
  const values = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1].toLowerCase() === name);
  demand(values.length > 0, `no ${name}`);
  demand(values.length === 1, `more than one ${name}`);
  return values[0];
}

// `edgeward=("@method" …);created=…;expires=…;nonce="…";keyid="…";tag="edgeward"`
function signatureInput(text, components) {
  const opening = `(${components.map((name) => `"${name}"`).join(" ")})`;
  demand(text.startsWith(`edgeward=${opening};`), "another signature input");
  const parameters = {};
  for (const pair of text.slice(`edgeward=${opening};`.length).split(";")) {
    const match = /^(created|expires)=(\d{1,12})$|^(nonce|keyid|tag)="([A-Za-z0-9_-]{1,64})"$/.exec(pair);
    demand(match, "unknown signature parameter");
    const name = match[1] ?? match[3];
    demand(!Object.hasOwn(parameters, name), "doubled signature parameter");
    parameters[name] = match[1] ? Number(match[2]) : match[4];
  }
  demand(["created", "expires", "nonce", "keyid"].every((name) => Object.hasOwn(parameters, name)), "missing signature parameter");
  demand(parameters.tag === "edgeward", "another tag");
  return { parameters, parametersText: text.slice("edgeward=".length) };
}

function signatureBytes(text) {
  const match = /^edgeward=:([A-Za-z0-9+/]{43}=):$/.exec(text);
  demand(match, "malformed signature");
  return Buffer.from(match[1], "base64");
}

// Members that a later Edgeward may add are signed like the rest, and ignored here.
function identityOf(members) {
  const text = (name) => {
    const member = members.get(name);
    demand(typeof member?.string === "string", `no ${name}`);
    return member.string;
  };
  const about = { audience: text("aud"), target: text("target"), request: text("id") };
  if (members.get("account")?.token === "anonymous") {
    demand(!["session", "roles", "at", "methods", "email"].some((name) => members.has(name)), "anonymous, yet somebody");
    return { ...about, account: null };
  }
  demand(Number.isInteger(members.get("at")?.integer), "no at");
  return {
    ...about,
    account: text("account"),
    session: text("session"),
    authenticatedAt: members.get("at").integer,
    roles: list(members, "roles", "string"),
    methods: list(members, "methods", "token"),
    ...(members.has("email") && { email: text("email") }),
  };
}

// Everything but the link's own two members is a claim.
function linkOf(members) {
  const { id, path, ...claims } = Object.fromEntries(members);
  demand(typeof id?.string === "string" && /^lnk_[a-z2-7]{26}$/.test(id.string), "no link id");
  demand(typeof path?.string === "string" && path.string.startsWith("/"), "no link path");
  const plain = ({ string, integer, decimal, boolean }) => string ?? integer ?? decimal ?? boolean;
  const values = Object.entries(claims).map(([name, member]) => [name, plain(member)]);
  demand(values.every(([, value]) => value !== undefined), "malformed claim");
  return { id: id.string, path: path.string, claims: Object.fromEntries(values) };
}

/** Whether a target lies at a path or below it, by whole segments. */
function isBelow(target, path) {
  const asked = target.split("?")[0];
  return path === "/" || asked === path || asked.startsWith(`${path}/`);
}

function list(members, name, kind) {
  if (!members.has(name)) return [];
  const { list: items } = members.get(name);
  demand(items?.every((item) => typeof item[kind] === "string"), `malformed ${name}`);
  return items.map((item) => item[kind]);
}

// The part of RFC 9651 that Edgeward writes: strings, display strings, tokens, integers, decimals, booleans, and
// lists of these. No parameters, no other types: they are refused.
const shapes = [
  [/^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/, ([, s]) => ({ string: s.replace(/\\(.)/g, "$1") })],
  [/^%"((?:[\x20-\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*)"/, ([, s]) => ({ string: utf8(s) })],
  [/^-?\d{1,15}(?![\d.])/, ([s]) => ({ integer: Number(s) })],
  [/^-?\d{1,12}\.\d{1,3}(?![\d.])/, ([s]) => ({ decimal: Number(s) })],
  [/^\?([01])/, ([, s]) => ({ boolean: s === "1" })],
  [/^[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*/, ([s]) => ({ token: s })],
];

function dictionary(text) {
  const members = new Map();
  let rest = text;
  do {
    const name = /^([a-z*][a-z0-9_.*-]*)(=?)/.exec(rest);
    demand(name && !members.has(name[1]), "malformed identity");
    const [member, after] = value(name[2] === "=", rest.slice(name[0].length));
    members.set(name[1], member);
    const comma = /^[ \t]*,[ \t]*(?=.)/.exec(after);
    demand(after === "" || comma, "malformed identity");
    rest = after.slice(comma?.[0].length ?? 0);
  } while (rest !== "");
  return members;
}

/** What stands behind a name; a name alone is true. */
function value(given, text) {
  if (!given) return [{ boolean: true }, text];
  return text.startsWith("(") ? innerList(text.slice(1)) : item(text);
}

function innerList(text) {
  const items = [];
  let rest = text.replace(/^ +/, "");
  while (!rest.startsWith(")")) {
    const [one, after] = item(rest);
    demand(/^[ )]/.test(after), "malformed list");
    items.push(one);
    rest = after.replace(/^ +/, "");
  }
  return [{ list: items }, rest.slice(1)];
}

function item(text) {
  for (const [shape, read] of shapes) {
    const match = shape.exec(text);
    if (match) return [read(match), text.slice(match[0].length)];
  }
  throw new Refused("malformed identity");
}

function utf8(encoded) {
  const bytes = Buffer.from(encoded.replace(/%([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refused("malformed text");
  }
}
