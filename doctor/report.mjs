// How findings are told: a table for people, JSON for programs, and a status for CI.

import { bold, dim, green, red } from "../scripts/steps.mjs";

const signs = { ok: green("✓"), wrong: red("✗"), untried: dim("–") };

/** Counts, by state. */
export function tally(sections) {
  const all = sections.flatMap(({ checks }) => checks);
  const count = (wanted) => all.filter(({ state }) => state === wanted).length;
  return { ok: count("ok"), wrong: count("wrong"), untried: count("untried") };
}

/** 0: fine; 1: something is wrong; 2: what was asked about could not be looked at. */
export function statusOf(sections, { unreached }) {
  if (tally(sections).wrong > 0) return 1;
  return unreached ? 2 : 0;
}

export function asText(sections, { notes = [] } = {}) {
  const lines = [];
  for (const { title, name, checks } of sections) {
    lines.push("", bold(title));
    for (const { state, what, why, todo } of gathered(checks)) {
      lines.push(`  ${signs[state]} ${verdict(name, state)}${what}${why ? dim(` (${why})`) : ""}`);
      if (todo && state !== "ok") lines.push(`      ${state === "wrong" ? "→ " : dim("→ ")}${state === "wrong" ? todo : dim(todo)}`);
    }
  }
  const { ok, wrong, untried } = tally(sections);
  for (const note of notes) lines.push("", dim(`  ${note}`));
  lines.push("", `${ok} right, ${wrong > 0 ? red(`${wrong} wrong`) : "0 wrong"}, ${untried} not tried`, "");
  return lines.join("\n");
}

/** What was not tried for one and the same reason is told in one line. */
function gathered(checks) {
  const alike = (one) => checks.filter(({ state, todo, why }) => state === "untried" && todo === one.todo && why === one.why);
  const isGathered = (one) => one.state === "untried" && alike(one).length > 2;
  const first = (one) => alike(one)[0] === one;
  return checks
    .filter((one) => !isGathered(one) || first(one))
    .map((one) => (isGathered(one) ? { ...one, what: `${alike(one).length} more, from “${one.what}” on` } : one));
}

/** In the two lists of hostile requests the subject is what was sent. */
function verdict(name, state) {
  if (name !== "signature" && name !== "assertion") return "";
  return { ok: "refuses ", wrong: "BELIEVES ", untried: "" }[state];
}

export const asJson = (sections, { notes = [], unreached }) =>
  JSON.stringify({ ...tally(sections), status: statusOf(sections, { unreached }), notes, checks: sections.flatMap(({ title, checks }) => checks.map((check) => ({ section: title, ...check }))) }, null, 2);
