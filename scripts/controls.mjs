// `npm run controls`: shows that the tests of defences would notice. Each entry of `tests/controls/*.mjs` takes one
// defence out of the source, and a test that it names must fail then. What is taken out is taken out of a copy below
// `.tools/controls`, never of this checkout. A replacement that does not compile shows nothing and is an error.
//
//   --only <part>     the entries of tests/controls/<part>.mjs alone; may be given again
//   --taking <words>  of these, those that take out something of this description; may be given again
//   --rust            without the entries that need the Worker built, which takes minutes each

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Copy } from "./controls/copy.mjs";
import { listed } from "./controls/entries.mjs";
import { bin, dim, elapsed, Failed, green, main, quietEnv, red, root, run, step } from "./steps.mjs";
import { ensureTools } from "./tools.mjs";

const copy = new Copy();
const env = { ...quietEnv, EDGEWARD_SCALE: "reduced", CARGO_TERM_COLOR: "never" };

await main(async () => {
  const words = { type: "string", multiple: true };
  const { values } = parseArgs({ options: { only: words, taking: words, rust: { type: "boolean" } } });
  const isMeant = ({ takes, rust }) => (rust || !values.rust) && (values.taking ?? [""]).some((text) => takes.includes(text));
  const entries = (await listed(values.only)).filter(isMeant);
  if (entries.length === 0) throw new Failed("No control is meant.");
  await step("Tools", ensureTools);
  await step("A copy of the source", () => copy.bringUpToDate());
  await step("The tests as they are: all pass", () => allPass(entries));
  const outcomes = [];
  for (const entry of entries) outcomes.push(await step(`Without ${entry.takes}`, () => tried(entry)));
  report(entries, outcomes);
});

/** A test that fails anyway would notice nothing. */
async function allPass(entries) {
  const filters = distinct(entries.map(({ rust }) => rust));
  if (filters.length > 0) {
    await run("cargo", ["test", "--no-run", "--test", "threats"], { env, cwd: copy.path });
    for (const filter of filters) assertWell(filter, await rustTests(filter));
  }
  const files = distinct(entries.map(({ node }) => node));
  if (files.length > 0) await buildWorker();
  for (const file of files) assertWell(file, await nodeTest(file));
}

function assertWell(name, { passed, failed }) {
  if (failed.length > 0) throw new Failed(`${name} fails with nothing taken out: ${failed.join(", ")}`);
  if (passed === 0) throw new Failed(`${name} names no test.`);
}

/** Takes the defence out, and tells which tests fail, or why nothing was shown. */
async function tried({ file, from, to, rust, node }) {
  const path = join(copy.path, file);
  const whole = readFileSync(path, "utf8");
  writeFileSync(path, whole.replace(from, () => to));
  try {
    const isRight = await (rust ? run("cargo", ["test", "--no-run", "--test", "threats"], { env, cwd: copy.path }) : buildWorker()).then(() => true, () => false);
    if (!isRight) return { error: "what is left does not compile" };
    const { failed } = await (rust ? rustTests(rust) : nodeTest(node));
    return { failed };
  } finally {
    writeFileSync(path, whole);
  }
}

function buildWorker() {
  return run(process.execPath, [join("scripts", "build.mjs")], { env, cwd: copy.path });
}

/** Which tests of `tests/threats` pass and fail. They are compiled already. */
async function rustTests(filter) {
  const printed = await run("cargo", ["test", "--test", "threats", "--", filter], { env, cwd: copy.path }).catch(printedBy);
  const outcomes = [...printed.matchAll(/^test (\S+)(?: - should panic)? \.\.\. (ok|FAILED)$/gm)];
  const failed = outcomes.filter(([, , outcome]) => outcome === "FAILED").map(([, name]) => name);
  return { passed: outcomes.length - failed.length, failed };
}

/** The same of a file of Node's. */
async function nodeTest(file) {
  const args = ["--test", "--test-reporter=tap", "--test-timeout=900000", file];
  const printed = await run(join(bin, "node"), args, { env, cwd: copy.path }).catch(printedBy);
  const outcomes = [...printed.matchAll(/^(ok|not ok) \d+ - (.*?)(?: # .*)?$/gm)];
  const failed = outcomes.filter(([, outcome]) => outcome === "not ok").map(([, , name]) => name);
  return { passed: outcomes.length - failed.length, failed };
}

function printedBy(failure) {
  if (failure.printed === undefined) throw failure;
  return failure.printed;
}

function distinct(values) {
  return [...new Set(values.filter(Boolean))];
}

/** Prints the table, and throws `Failed` when something was not noticed. */
function report(entries, outcomes) {
  const lines = entries.map(({ part, takes }, at) => {
    const { error, failed = [] } = outcomes[at];
    const isNoticed = failed.length > 0;
    const more = failed.length > 1 ? ` and ${failed.length - 1} more` : "";
    const by = isNoticed ? dim(`noticed by ${failed[0]}${more}`) : red(error ?? "NOT NOTICED");
    return `  ${isNoticed ? green("✓") : red("✗")} ${part.padEnd(12)} without ${takes}\n                 ${by}`;
  });
  const noticed = outcomes.filter(({ failed }) => failed?.length > 0).length;
  process.stdout.write(`\ncontrols, in ${elapsed()}: ${noticed} of ${entries.length} noticed\n\n${lines.join("\n")}\n\n`);
  if (noticed < entries.length) throw new Failed("A defence can be taken out, and no test notices.");
}
