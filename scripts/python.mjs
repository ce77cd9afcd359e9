// Python's packages for the checks that need them, in an environment of their own below `.tools/`.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { Failed, root, run, say, step } from "./steps.mjs";

const home = join(root, ".tools", "python");
const wanted = join(root, "tests", "openapi", "requirements.txt");
const stamp = join(home, ".requirements");

/** A program of the environment, such as `python`. */
export const pythonBin = (program) => join(home, "bin", program);

/** Makes the environment with exactly the packages of requirements.txt, unless it is there. */
export async function ensurePythonPackages() {
  if (isThere()) return;
  await withLock(join(root, ".tools", "python.lock"), make, {
    onWait: () => say("Another run is installing Python packages; waiting for it."),
  });
}

const isThere = () => existsSync(stamp) && readFileSync(stamp, "utf8") === readFileSync(wanted, "utf8");

async function make() {
  if (isThere()) return;
  await step("Installing Python packages (half a minute, once)", async () => {
    rmSync(home, { recursive: true, force: true });
    await makeEnvironment();
    await run(pythonBin("python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement", wanted]);
    writeFileSync(stamp, readFileSync(wanted));
  });
}

async function makeEnvironment() {
  try {
    await run("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"], { show: "none" });
    await run("python3", ["-m", "venv", home], { show: "none" });
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new Failed(`${error.message}\nThe check of docs/openapi.yaml needs Python 3.10 or later, with its module venv.`);
  }
}
