// The chain of a journal, followed by a program that shares no code with the one that writes it. It needs
// `NAME_KEY` and nothing of Edgeward: whoever changes what is stored, or the Worker that answers for it, cannot
// make the chain hold without that key.

import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** The key of all journals, from `NAME_KEY` as it is set (base64url). */
export const journalKey = (nameKey) =>
  Buffer.from(hkdfSync("sha256", Buffer.from(nameKey, "base64url"), Buffer.alloc(0), "edgeward v1 sign journal", 32));

/**
 * What is wrong with the journal of `account`, in words; `undefined` where nothing is. `lines` are
 * `{ seq, millis, line, chain }`, oldest first; `checkpoint` is `{ seq, chain, mac }`, where older ones were swept.
 * `end` is `{ seq, chain }` of an earlier look: that line must still be there, so that a journal cut short shows too.
 */
export function broken({ lines, checkpoint }, account, key, end) {
  if (lines.length === 0) return "nothing is left of it";
  if (checkpoint && !isMade(key, ["checkpoint", account, checkpoint.seq, checkpoint.chain], checkpoint.mac)) {
    return "what is said of its beginning was made up";
  }
  let before = checkpoint ?? { seq: 0, chain: "" };
  // Lines of before accounts were chained in: they may begin a journal, and follow no line of now.
  let isUnbound = true;
  for (const line of lines) {
    if (line.seq !== before.seq + 1) return `line ${before.seq + 1} is gone`;
    const linked = [before.chain, line.seq, line.millis, line.line];
    const isBound = isMade(key, [account, ...linked], line.chain);
    if (!isBound && !(isUnbound && isMade(key, linked, line.chain))) return `line ${line.seq} was changed, or is another account's`;
    isUnbound &&= !isBound;
    before = line;
  }
  return end && cutShort(lines, checkpoint, end);
}

/** Whether this is the MAC over these parts, one a line. */
function isMade(key, parts, mac) {
  const [made, shown] = [createHmac("sha256", key).update(parts.join("\n")).digest(), Buffer.from(mac, "base64url")];
  return made.length === shown.length && timingSafeEqual(made, shown);
}

function cutShort(lines, checkpoint, { seq, chain }) {
  if (lines.at(-1).seq < seq) return `it ends at line ${lines.at(-1).seq}, and had ${seq}`;
  const known = [checkpoint, ...lines].find((line) => line?.seq === seq);
  return known && known.chain !== chain ? `line ${seq} is another than it was` : undefined;
}
