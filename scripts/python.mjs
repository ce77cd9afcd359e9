// Python's packages for the checks that need them, in an environment of their own below `.tools/`.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { Failed, root, run, say, step } from "./steps.mjs";

/** Which there are, each with what it holds. */
const environments = {
  openapi: { home: join(root, ".tools", "python"), wanted: join(root, "tests", "openapi", "requirements.txt") },
  passwords: { home: join(root, ".tools", "python-passwords"), wanted: join(root, "tests", "e2e", "threats", "requirements.txt") },
  origin: { home: join(root, ".tools", "python-origin"), wanted: join(root, "origin", "python", "requirements.txt") },
};

/** A program of an environment, such as `python`. */
export const pythonBin = (program, name = "openapi") => join(environments[name].home, "bin", program);

/** Makes an environment with exactly the packages of its requirements.txt, unless it is there. */
export async function ensurePythonPackages(name = "openapi") {
  const environment = environments[name];
  if (isThere(environment)) return;
  await withLock(`${environment.home}.lock`, () => make(name, environment), {
    onWait: () => say("Another run is installing Python packages; waiting for it."),
  });
}

const stampOf = ({ home }) => join(home, ".requirements");
const isThere = (environment) => existsSync(stampOf(environment)) && readFileSync(stampOf(environment), "utf8") === readFileSync(environment.wanted, "utf8");

async function make(name, environment) {
  if (isThere(environment)) return;
  const { home, wanted } = environment;
  await step("Installing Python packages (half a minute, once)", async () => {
    rmSync(home, { recursive: true, force: true });
    await makeEnvironment(home);
    await run(pythonBin("python", name), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement", wanted]);
    writeFileSync(stampOf(environment), readFileSync(wanted));
  });
}

async function makeEnvironment(home) {
  try {
    await run("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"], { show: "none" });
    await run("python3", ["-m", "venv", home], { show: "none" });
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new Failed(`${error.message}\nThis needs Python 3.10 or later, with its module venv.`);
  }
}
