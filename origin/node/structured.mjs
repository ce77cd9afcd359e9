// Dictionaries after RFC 9651, as Edgeward writes them: the canonical form of section 4.1, without parameters.
// Everything else is refused, so that no two readers can take one text for two things. What is read here was
// signed: it is not a border that strangers reach.

import { Refused, demand } from "./refused.mjs";

/**
 * Reads a dictionary into a Map of name to `{ string }`, `{ display }`, `{ token }`, `{ integer }`, `{ decimal }`,
 * `{ boolean }`, `{ bytes }`, `{ date }` or `{ list }` of these. Throws `Refused(reason)`.
 */
export function dictionary(text, reason) {
  const members = new Map();
  let rest = text;
  for (;;) {
    const name = /^([a-z*][a-z0-9_.*-]*)(=?)/.exec(rest);
    demand(name && !members.has(name[1]), reason);
    rest = rest.slice(name[0].length);
    let member = { boolean: true };
    if (name[2]) {
      [member, rest] = rest.startsWith("(") ? innerList(rest.slice(1), reason) : item(rest, reason);
      // A name alone is how true is written.
      demand(member.boolean !== true, reason);
    }
    members.set(name[1], member);
    if (rest === "") return members;
    demand(rest.startsWith(", "), reason);
    rest = rest.slice(2);
  }
}

function innerList(text, reason) {
  const list = [];
  let rest = text;
  while (!rest.startsWith(")")) {
    if (list.length > 0) {
      demand(rest.startsWith(" "), reason);
      rest = rest.slice(1);
    }
    const [one, after] = item(rest, reason);
    list.push(one);
    rest = after;
  }
  return [{ list }, rest.slice(1)];
}

const shapes = [
  [/^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/, ([, s]) => ({ string: s.replace(/\\(.)/g, "$1") })],
  [/^%"((?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*)"/, ([, s], reason) => ({ display: displayed(s, reason) })],
  [/^(?:0|-?[1-9]\d{0,14})(?![\d.])/, ([s]) => ({ integer: Number(s) })],
  [/^(?!-0\.0(?!\d))-?(?:0|[1-9]\d{0,11})\.(?:0|\d{0,2}[1-9])(?!\d)/, ([s]) => ({ decimal: Number(s) })],
  [/^\?([01])/, ([, s]) => ({ boolean: s === "1" })],
  [/^:([A-Za-z0-9+/]*={0,2}):/, ([, s], reason) => ({ bytes: bytes(s, reason) })],
  [/^@(0|-?[1-9]\d{0,14})(?![\d.])/, ([, s]) => ({ date: Number(s) })],
  [/^[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*/, ([s]) => ({ token: s })],
];

function item(text, reason) {
  for (const [shape, read] of shapes) {
    const match = shape.exec(text);
    if (match) return [read(match, reason), text.slice(match[0].length)];
  }
  throw new Refused(reason);
}

/** Base64 as every encoder writes it: padded, and the loose bits zero. */
export function bytes(text, reason) {
  const read = Buffer.from(text, "base64");
  demand(read.toString("base64") === text, reason);
  return read;
}

function displayed(text, reason) {
  const read = Buffer.from(text.replace(/%([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
  // Only what must be escaped is.
  demand([...text.matchAll(/%([0-9a-f]{2})/g)].every(([, hex]) => !/[\x20\x21\x23\x24\x26-\x7e]/.test(String.fromCharCode(parseInt(hex, 16)))), reason);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(read);
  } catch {
    throw new Refused(reason);
  }
}
