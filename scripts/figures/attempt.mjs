// A command that runs a part of the tests, at full length, and prints their figures.

import { parseArgs } from "node:util";
import { build } from "../build.mjs";
import { elapsed, main, step } from "../steps.mjs";
import { cargoTests, nodeTests } from "../suites.mjs";
import { ensureTools } from "../tools.mjs";
import { Figures } from "./figures.mjs";

/**
 * Runs the tests of `rust` (arguments of `cargo test`) and `node` (a folder), and prints the rows of `sections`. `timed`:
 * arguments of `cargo test` for what must be optimised to be measured; at full length alone, as that is built apart.
 */
export async function attempt({ name, sections, rust, timed, node }) {
  await main(async () => {
    const { values } = parseArgs({ options: { reduced: { type: "boolean" } } });
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
    figures.report(sections);
    if (failures.length > 0) throw failures[0];
  });
}
