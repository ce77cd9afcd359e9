// `npm test`: everything that must hold, cheapest first. Stops at the first step that fails, and ends
// with one line that counts.

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "./build.mjs";
import { listed } from "./controls/entries.mjs";
import { debianProgram } from "./debian.mjs";
import { demandRows, Figures, report } from "./figures/figures.mjs";
import { faults, threats } from "./figures/rows.mjs";
import { ensurePythonPackages, pythonBin } from "./python.mjs";
import { bin, elapsed, Failed, main, root, run, step } from "./steps.mjs";
import { cargoTests, counted, nodeTests, tally } from "./suites.mjs";
import { ensureNpmPackages, ensureTools } from "./tools.mjs";

/** The wasm as it is sent to Cloudflare: less than a quarter of what its free plan takes. It grows by decision alone. */
const largestWasm = 704 * 1024;

/** A crate apart has a lock file of its own. Its parts are below target/, as all that is built. */
const apart = ["--locked", "--target-dir", join(root, "target", "origin")];

/** What the tests of threats and faults count; here they run in their short form. */
const figures = new Figures("reduced");

const steps = [
  ["Rows of threats and faults", demandRows],
  ["What controls take out is there", async () => `${(await listed()).length} entries`],
  ["Tools", ensureTools],
  ["Packages of the example notifier", () => ensureNpmPackages("examples/notifier")],
  ["Packages of the verifier for Node", () => ensureNpmPackages("origin/node")],
  ["Packages of the verifier for Python", () => ensurePythonPackages("origin")],
  ["nginx and Caddy, for their examples", proxies],
  ["Format", format],
  ["Lints on this machine", () => clippy("--all-targets")],
  ["Lints of the wasm", () => clippy("--lib", "--target", "wasm32-unknown-unknown")],
  ["Rust tests", () => cargoTests([], { figures })],
  ["Build", build],
  ["What would be deployed", dryRun],
  ["Tests of the verifier for Node", () => nodeTests("origin/node/test")],
  ["Tests of the verifier for Python", pythonVerifier],
  ["Tests of the verifier for Rust", rustVerifier],
  ["A router in Rust that tests go to", axumRouter],
  ["Tests of the command that changes keys", () => nodeTests("scripts/keys")],
  ["Tests of the doctor", () => nodeTests("tests/doctor")],
  ["Demo tests", () => nodeTests("demo")],
  ["Tests of the example notifier", () => nodeTests("examples/notifier")],
  ["End-to-end tests on workerd, and in a browser", () => nodeTests("tests/e2e")],
  ["Threats, on workerd and in a browser", () => nodeTests("tests/e2e/threats", { figures })],
  ["Faults: what is killed, stalls or lies", () => nodeTests("tests/e2e/faults", { figures })],
  ["What was tried, and what survived", () => report(figures.judged({ ...threats, ...faults }))],
];

const ran = await main(async () => {
  for (const [name, work] of steps) await step(name, work);
});
// A step without tests of its own, the format say, is itself what failed.
if (!ran) tally.failed = Math.max(tally.failed, 1);
process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed, in ${elapsed()}\n`);

async function proxies() {
  await debianProgram("nginx");
  await debianProgram("caddy");
}

async function format() {
  await run("cargo", ["fmt", "--check"]);
}

async function clippy(...args) {
  await run("cargo", ["clippy", ...args, "--", "-D", "warnings"]);
}

async function rustVerifier() {
  const cwd = await linted("origin/rust", [], ["--all-features"]);
  return cargoTests([...apart, "--all-features"], { cwd });
}

/** What `tests/e2e/routers.mjs` starts. */
async function axumRouter() {
  const cwd = await linted("tests/e2e/routers/axum", []);
  await run("cargo", ["build", ...apart], { cwd });
}

/** Holds a crate apart to format and lints, with each of these features. Gives its folder. */
async function linted(folder, ...features) {
  const cwd = join(root, folder);
  await run("cargo", ["fmt", "--check"], { cwd });
  for (const chosen of features) await run("cargo", ["clippy", ...apart, "--all-targets", ...chosen, "--", "-D", "warnings"], { cwd });
  return cwd;
}

async function pythonVerifier() {
  const cwd = join(root, "origin", "python");
  const python = (...args) => run(pythonBin("python", "origin"), args, { cwd });
  await python("-m", "mypy", "edgeward_origin");
  return counted(python("-m", "tests"), /^(\d+) passed, (\d+) failed$/gm);
}

async function dryRun() {
  const outdir = join(root, ".tools", "deploy");
  await run(join(bin, "wrangler"), ["deploy", "--dry-run", "--outdir", outdir]);
  const wasm = readdirSync(outdir).filter((name) => name.endsWith(".wasm"));
  const size = wasm.reduce((sum, name) => sum + gzipSync(readFileSync(join(outdir, name))).length, 0);
  rmSync(outdir, { recursive: true });
  if (wasm.length === 0) throw new Failed("The deployment holds no wasm.");
  if (size > largestWasm) throw new Failed(`The wasm is ${size} bytes compressed; ${largestWasm} is the limit.`);
  return `${Math.round(size / 1024)} KB of wasm, compressed`;
}
