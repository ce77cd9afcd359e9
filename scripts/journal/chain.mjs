// The chain of a journal, followed by a program that shares no code with the one that writes it. It needs
// `NAME_KEY` and nothing of Edgeward: whoever changes what is stored, or the Worker that answers for it, cannot
// make the chain hold without that key.

import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

const day = 24 * 60 * 60 * 1000;
/** How long lines live; of what is older the last one stays, as the place where the chain begins. */
const life = 400 * day;

/** The key of all journals, from `NAME_KEY` as it is set (base64url). */
export const journalKey = (nameKey) =>
  Buffer.from(hkdfSync("sha256", Buffer.from(nameKey, "base64url"), Buffer.alloc(0), "edgeward v1 sign journal", 32));

/** What chains a line to the one before. */
const link = (key, before, { seq, millis, line }) => createHmac("sha256", key).update(`${before}\n${seq}\n${millis}\n${line}`).digest();

/**
 * What is wrong with these lines (`{ seq, millis, line, chain }`, oldest first), in words; `undefined` where nothing is.
 * `end` is `{ seq, chain }` of an earlier look: that line must still be there, so that a journal cut short shows too.
 */
export function broken(lines, key, { now = Date.now(), end } = {}) {
  const [first] = lines;
  if (first === undefined) return end && "nothing is left of it";
  if (!begins(first, key, now)) return `line ${first.seq} is the first, and no beginning`;
  for (const [at, line] of lines.slice(1).entries()) {
    const before = lines[at];
    if (line.seq !== before.seq + 1) return `line ${before.seq + 1} is gone`;
    if (!holds(line, before.chain, key)) return `line ${line.seq}, or the one before it, was changed`;
  }
  return end && cutShort(lines, end, now);
}

const holds = (line, before, key) => {
  const [made, shown] = [link(key, before, line), Buffer.from(line.chain, "base64url")];
  return made.length === shown.length && timingSafeEqual(made, shown);
};

/** The first line ever; one so old that those before it were swept; or the one that says that all else was erased. */
function begins(first, key, now) {
  if (first.seq === 1) return holds(first, "", key);
  return first.millis < now - life || JSON.parse(first.line).event === "erased";
}

function cutShort(lines, { seq, chain }, now) {
  const known = lines.find((line) => line.seq === seq);
  if (known) return known.chain === chain ? undefined : `line ${seq} is another than it was`;
  if (lines.at(-1).seq < seq) return `it ends at line ${lines.at(-1).seq}, and had ${seq}`;
  return lines[0].millis < now - life || lines.length === 1 ? undefined : `line ${seq} is gone`;
}
