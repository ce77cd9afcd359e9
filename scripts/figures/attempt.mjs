// A command that runs a part of the tests, at full length, and prints their figures.

import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "../build.mjs";
import { elapsed, Failed, main, root, step } from "../steps.mjs";
import { cargoTests, nodeTests } from "../suites.mjs";
import { ensureTools } from "../tools.mjs";
import { demandRows, Figures, report, table } from "./figures.mjs";

const document = join(root, "docs", "threats.md");

/**
 * Runs the tests of `rust` (arguments of `cargo test`) and `node` (a folder), and prints the rows of `sections`. `timed`:
 * arguments of `cargo test` for what must be optimised to be measured; at full length alone, as that is built apart.
 * `--reduced`: in short; `--write`: also into docs/threats.md.
 */
export async function attempt({ name, sections, rust, timed, node }) {
  await main(async () => {
    const { values } = parseArgs({ options: { reduced: { type: "boolean" }, write: { type: "boolean" } } });
    demandRows();
    const scale = values.reduced ? "reduced" : "full";
    const figures = new Figures(scale);
    await step("Tools", ensureTools);
    await step("Build", build);
    // What fails does not keep the rest from being tried; the table tells.
    const failures = [];
    const tries = (title, work) => step(title, work).catch((failure) => failures.push(failure));
    await tries("In Rust, on this machine", () => cargoTests(rust, { figures }));
    if (timed && scale === "full") await tries("In Rust, optimised as it is deployed", () => cargoTests(timed, { figures }));
    await tries("On workerd, and in a browser", () => nodeTests(node, { figures }));
    process.stdout.write(`\n${name}, ${scale}, in ${elapsed()}\n`);
    const judged = figures.judged(sections);
    report(judged);
    if (failures.length > 0) throw failures[0];
    if (values.write) write(name, scale, judged);
  });
}

/** Puts the table between the two marks of the document that are for it. */
function write(name, scale, judged) {
  const text = readFileSync(document, "utf8");
  const [begin, end] = [`<!-- npm run ${name} writes from here -->`, `<!-- to here: ${name} -->`];
  const [head, rest] = text.split(begin);
  const tail = rest?.split(end)[1];
  if (tail === undefined) throw new Failed(`docs/threats.md lacks the marks ${begin} and ${end}.`);
  const where = `${cpus().length} cores, ${cpus()[0].model.trim()}`;
  const said = `\`npm run ${name}${scale === "full" ? "" : " -- --reduced"}\`, ${elapsed()} on ${where}:`;
  writeFileSync(document, `${head}${begin}\n${said}\n\n${table(judged)}\n${end}${tail}`);
}
