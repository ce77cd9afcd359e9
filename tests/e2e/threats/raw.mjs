// Requests as bytes, and answers read as strictly as they should be written: what a careful client would not
// send, and what a careless server would answer.

import { connect } from "node:net";

/** Dice that fall alike for a seed (mulberry32). */
export function dice(seed) {
  let state = seed >>> 0;
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end) => Math.floor(draw() * end);
  return { below, pick: (list) => list[below(list.length)], chance: (odds) => draw() < odds };
}

/**
 * Sends bytes on a connection of their own, and gives what comes until the other side closes, or until as many
 * answers are there as were `wanted`: `{ answers, took, problem }`. `ends`: nothing more will come from us.
 * A connection on which nothing happens for `patience` milliseconds is a problem.
 */
export function sends(port, bytes, { wanted = 1, ends = false, patience = 60_000, method } = {}) {
  return new Promise((resolve) => {
    const began = performance.now();
    const chunks = [];
    let found = { answers: [] };
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    const finish = (problem) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answers: found.answers, took: performance.now() - began, problem: found.problem ?? problem });
    };
    const timer = setTimeout(() => finish(`nothing for ${patience} ms`), patience);
    socket.on("connect", () => (ends ? socket.end(bytes) : socket.write(bytes)));
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      found = read(Buffer.concat(chunks), { method });
      if (found.problem || found.answers.length >= wanted) finish();
    });
    // Who is sent too much may hang up before having read it all, and what was answered is lost on the way.
    let reset = false;
    socket.on("error", () => (reset = true));
    socket.on("close", () => {
      found = read(Buffer.concat(chunks), { method, closed: true });
      finish(found.rest > 0 && !reset ? "an answer was cut short" : undefined);
    });
  });
}

const statusLine = /^HTTP\/1\.[01] ([1-5]\d\d) [\t\x20-\x7e]*$/;
// RFC 9110 §5.5: no value holds CR, LF or NUL. Other control characters stand where somebody's own cookies are handed on.
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([^\0\r\n]*)$/;

/**
 * All whole answers at the beginning of these bytes, the first to a request of this method, and how many bytes are left; or
 * what is wrong with them. To HTTP/1.0 an answer may end with the connection: when that was `closed`.
 */
export function read(bytes, { method, closed = false } = {}) {
  const answers = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf("\r\n\r\n", at);
    if (end < 0) break;
    const [first, ...lines] = bytes.subarray(at, end).toString("latin1").split("\r\n");
    const status = Number(statusLine.exec(first)?.[1]);
    if (!status) return { answers, problem: `no status line: ${first.slice(0, 80)}` };
    const headers = [];
    for (const line of lines) {
      const parts = headerLine.exec(line);
      if (!parts) return { answers, problem: `no header: ${line.slice(0, 80)}` };
      headers.push([parts[1].toLowerCase(), parts[2]]);
    }
    const body = bodyOf(bytes, end + 4, { status, headers, method: answers.length === 0 ? method : undefined, closed, old: first.startsWith("HTTP/1.0") });
    if (body.problem) return { answers, problem: body.problem };
    if (body.end === undefined) break;
    if (status >= 200) answers.push({ status, headers, body: body.bytes });
    at = body.end;
  }
  return { answers, rest: bytes.length - at };
}

function bodyOf(bytes, from, { status, headers, method, closed, old }) {
  const all = (name) => headers.filter(([known]) => known === name).map(([, value]) => value);
  const [lengths, codings] = [all("content-length"), all("transfer-encoding")];
  if (lengths.length + codings.length > 1) return { problem: "an answer with two lengths" };
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return { bytes: Buffer.alloc(0), end: from };
  if (codings.length === 1) return chunksOf(bytes, from);
  if (old && lengths.length === 0) return closed ? { bytes: bytes.subarray(from), end: bytes.length } : {};
  if (!/^\d+$/.test(lengths[0] ?? "")) return { problem: `a length of ${lengths[0]}` };
  const end = from + Number(lengths[0]);
  return end <= bytes.length ? { bytes: bytes.subarray(from, end), end } : {};
}

function chunksOf(bytes, from) {
  const parts = [];
  for (let at = from; ; ) {
    const line = bytes.indexOf("\r\n", at);
    if (line < 0) return {};
    const size = bytes.subarray(at, line).toString("latin1");
    if (!/^[0-9a-f]+$/i.test(size)) return { problem: `a chunk of ${size.slice(0, 20)}` };
    const end = line + 2 + parseInt(size, 16);
    if (end + 2 > bytes.length) return {};
    parts.push(bytes.subarray(line + 2, end));
    at = end + 2;
    if (parseInt(size, 16) === 0) return { bytes: Buffer.concat(parts), end: at };
  }
}
