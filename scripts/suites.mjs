// How tests are run and counted: by `npm test`, and by the commands that run a part of them at full length.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bin, quietEnv, root, run } from "./steps.mjs";

/** What passed and what failed so far, of all suites. */
export const tally = { passed: 0, failed: 0 };

const cargoCounts = /^test result: \w+\. (\d+) passed; (\d+) failed/gm;

/** Tests in Rust. `figures` takes in what they count. */
export function cargoTests(args, { cwd = root, figures } = {}) {
  const running = run("cargo", ["test", ...args], { cwd, env: { ...quietEnv, ...figures?.env }, inOrder: true });
  return counted(running, cargoCounts, (printed) => figures?.takesCargo(printed));
}

/** The files `*.test.mjs` of a folder. */
export function nodeTests(folder, { figures } = {}) {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith(".test.mjs"));
  const args = ["--test", "--test-reporter=spec", "--test-reporter-destination=stdout", "--test-concurrency=2", ...(figures?.reporter ?? [])];
  const running = run(join(bin, "node"), [...args, ...files.map((name) => join(folder, name))], { show: "all", env: { ...quietEnv, ...figures?.env } });
  return counted(running, /^ℹ pass (\d+)\nℹ fail (\d+)/gm, () => figures?.settle());
}

/** Adds a test program's own counts to the tally, also when it failed. */
export async function counted(running, counts, take = () => {}) {
  let printed = "";
  try {
    printed = await running;
  } catch (error) {
    printed = error.printed ?? "";
    throw error;
  } finally {
    take(printed);
    for (const [, passed, failed] of printed.matchAll(counts)) {
      tally.passed += Number(passed);
      tally.failed += Number(failed);
    }
  }
  return `${tally.passed} passed so far`;
}
