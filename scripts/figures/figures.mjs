// Figures of a run: how many attacks or faults were tried, and how many survived. Tests write them, a line
// of JSON each, to the file that `EDGEWARD_FIGURES` names (`tests/e2e/figures.mjs`, `tests/twin/figures.rs`);
// `EDGEWARD_SCALE` says whether they run at full length.

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dim, Failed, green, red, root } from "../steps.mjs";
import { faults, threats } from "./rows.mjs";

export class Figures {
  #dir = mkdtempSync(join(tmpdir(), "edgeward-figures-"));
  #file = join(this.#dir, "figures");
  #stories = {};

  /** `scale` is "full" or "reduced". */
  constructor(scale) {
    writeFileSync(this.#file, "");
    process.on("exit", () => rmSync(this.#dir, { recursive: true, force: true }));
    this.env = { EDGEWARD_FIGURES: this.#file, EDGEWARD_SCALE: scale };
    const reporter = fileURLToPath(new URL("reporter.mjs", import.meta.url));
    this.reporter = [`--test-reporter=${reporter}`, `--test-reporter-destination=${join(this.#dir, "node")}`];
    writeFileSync(join(this.#dir, "node"), "");
  }

  /** Counts the tests of `tests/threats`, by file, from what cargo printed. */
  takesCargo(printed) {
    const [, ours = ""] = printed.split("Running tests/threats/main.rs");
    const [part] = ours.split(/^ {3}(?:Running|Doc-tests) /m);
    for (const [, row, outcome] of part.matchAll(/^test (\w+)::.* \.\.\. (ok|FAILED)$/gm)) this.#story(row, outcome === "ok");
  }

  #story(row, passed) {
    const counts = (this.#stories[row] ??= { told: 0, passed: 0 });
    counts.told += 1;
    counts.passed += passed ? 1 : 0;
  }

  /** Tells `{ stories, figures }` by row. */
  #read() {
    const lines = (text) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    // Each suite's reporter begins its file anew, so what is there is taken in and cleared.
    for (const { row, passed } of lines(readFileSync(join(this.#dir, "node"), "utf8"))) this.#story(row, passed);
    writeFileSync(join(this.#dir, "node"), "");
    const figures = {};
    for (const { row, tried, survived } of lines(readFileSync(this.#file, "utf8"))) {
      const counts = (figures[row] ??= { tried: 0, survived: 0 });
      counts.tried += tried;
      counts.survived += survived;
    }
    return { stories: this.#stories, figures };
  }

  /** To be called after each suite of Node's. */
  settle() {
    this.#read();
  }

  /** What came of each of these rows. */
  judged(sections) {
    const { stories, figures } = this.#read();
    return Object.entries(sections).flatMap(([section, rows]) =>
      Object.entries(rows).map(([row, what]) => {
        const tests = stories[row] ?? { told: 0, passed: 0 };
        const counts = figures[row] ?? { tried: 0, survived: 0 };
        const isWhole = counts.tried > 0 && counts.survived === counts.tried;
        return { section, row, what, tests, counts, isWell: tests.told > 0 && tests.passed === tests.told && isWhole };
      }),
    );
  }
}

/** Prints a table of what came of each row, and throws `Failed` when something did not survive, or did not run. */
export function report(judged) {
  process.stdout.write(`\n  ${"".padEnd(26)}${"tried".padStart(11)}${"survived".padStart(11)}${"tests".padStart(9)}\n`);
  let last;
  for (const { section, row, what, tests, counts, isWell } of judged) {
    if (section !== last) process.stdout.write(`\n  ${section}\n`);
    last = section;
    const [tried, survived] = numbers(counts).map((number) => number.padStart(11));
    const told = `${tests.passed}/${tests.told}`.padStart(9);
    process.stdout.write(`  ${isWell ? green("✓") : red("✗")} ${row.padEnd(24)}${tried}${survived}${told}   ${dim(what)}\n`);
  }
  process.stdout.write("\n");
  const misses = judged.filter(({ isWell }) => !isWell).map(({ row }) => row);
  if (misses.length > 0) throw new Failed(`Not survived, or not run: ${misses.join(", ")}.`);
}

/** The same table for a document. */
export function table(judged) {
  const rows = judged.map(({ row, what, tests, counts }) => `| \`${row}\` | ${what} | ${numbers(counts).join(" | ")} | ${tests.passed} |`);
  return ["| | counted | tried | survived | tests |", "|---|---|---|---|---|", ...rows].join("\n");
}

const numbers = ({ tried, survived }) => [tried, survived].map((number) => number.toLocaleString("en"));

/** Throws `Failed` when a file of attacks or faults is in no table. To be asked first: the tests take minutes. */
export function demandRows() {
  const listed = new Set([threats, faults].flatMap(Object.values).flatMap(Object.keys));
  const files = ["tests/threats", "tests/e2e/threats", "tests/e2e/faults"].flatMap((folder) => readdirSync(join(root, folder)));
  const rows = files.map((file) => /^(\w+)(\.test\.mjs|\.rs)$/.exec(file)?.[1]);
  const strays = rows.filter((row) => row && row !== "main" && !listed.has(row));
  if (strays.length > 0) throw new Failed(`scripts/figures/rows.mjs does not list ${strays.join(", ")}.`);
}
