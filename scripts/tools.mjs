// Installs what building Edgeward needs and this machine lacks: npm's packages, the wasm target,
// and two Rust programs in `.tools/`. When everything is there it only looks, and takes no time.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { bin, Failed, isProgram, main, quietEnv, root, run, say, step } from "./steps.mjs";

const tools = join(root, ".tools");

/** Must be the versions of the crates in Cargo.toml: the generated glue and the wasm have to fit. */
const programs = [
  { crate: "worker-build", version: "0.8.7", program: "worker-build", options: [] },
  {
    crate: "wasm-bindgen-cli",
    version: "0.2.130",
    program: "wasm-bindgen",
    options: ["--no-default-features", "--bin", "wasm-bindgen"],
  },
];

/** Where worker-build finds its helpers, so that it never looks for them on the network. */
export const buildEnv = {
  ...quietEnv,
  RUST_BACKTRACE: "0",
  WASM_BINDGEN_BIN: join(tools, "bin", "wasm-bindgen"),
  ESBUILD_BIN: join(bin, "esbuild"),
  WASM_OPT_BIN: join(bin, "wasm-opt"),
};
export const workerBuild = join(tools, "bin", "worker-build");

export async function ensureTools() {
  await ensureNpmPackages();
  await ensureWasmTarget();
  if (programs.every(isInstalled)) return;
  await withLock(join(tools, "lock"), installPrograms, {
    onWait: () => say("Another run is installing the build programs; waiting for it."),
  });
}

/** `folder` has a package.json and a lock file of its own; the root's, unless one is named. */
export async function ensureNpmPackages(folder = ".") {
  if (npmPackagesAreThere(folder)) return;
  const name = folder === "." ? "npm packages (about a minute)" : `the npm packages of ${folder}`;
  await step(`Installing ${name}`, async () => {
    await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: join(root, folder) });
  });
}

// Compares what npm noted when it installed with what the lock file asks for. Packages for other
// systems are in the lock file and rightly absent.
function npmPackagesAreThere(folder) {
  const noted = join(root, folder, "node_modules", ".package-lock.json");
  if (!existsSync(noted)) return false;
  const installed = JSON.parse(readFileSync(noted, "utf8")).packages;
  const asked = JSON.parse(readFileSync(join(root, folder, "package-lock.json"), "utf8")).packages;
  return Object.entries(asked).every(
    ([path, { version, optional }]) => path === "" || optional || installed[path]?.version === version,
  );
}

async function ensureWasmTarget() {
  if (await hasWasmTarget()) return;
  await step("Adding the wasm target to Rust", async () => {
    // The first call lets rustup install the toolchain that rust-toolchain.toml names, if it must.
    await run("rustc", ["--version"]);
    await run("rustup", ["target", "add", "wasm32-unknown-unknown"]);
  });
}

async function hasWasmTarget() {
  try {
    const sysroot = (await run("rustc", ["--print", "sysroot"], { show: "none" })).trim().split("\n").at(-1);
    return existsSync(join(sysroot, "lib", "rustlib", "wasm32-unknown-unknown", "lib"));
  } catch (error) {
    if (!(error instanceof Failed) || error.printed !== undefined) return false;
    throw new Failed("Rust is not installed. Install it with rustup (https://rustup.rs) and run this again.");
  }
}

function isInstalled({ crate, version, program }) {
  const list = join(tools, ".crates.toml");
  return (
    existsSync(join(tools, "bin", program)) &&
    existsSync(list) &&
    readFileSync(list, "utf8").includes(`"${crate} ${version} (`)
  );
}

// Compiled without optimisation, which is three times faster to build and fast enough to run.
// No `--locked`: the lock files that ship with these crates name versions the registry has withdrawn.
async function installPrograms() {
  const env = {
    ...quietEnv,
    CARGO_PROFILE_RELEASE_OPT_LEVEL: "0",
    CARGO_TARGET_DIR: join(tools, "target"),
  };
  const missing = programs.filter((program) => !isInstalled(program));
  for (const { crate, version, options } of missing) {
    await step(`Building ${crate} ${version} (one to two minutes, once)`, async () => {
      await run("cargo", ["install", crate, "--version", version, "--root", tools, ...options], { env });
    });
  }
  rmSync(join(tools, "target"), { recursive: true, force: true });
}

if (isProgram(import.meta.url)) await main(() => step("Tools", ensureTools));
