// Builds the Worker: Rust to wasm, and the JavaScript that loads it, into `build/`.
//
// wrangler runs this as its `[build]` command, at each start and after each change below `src/`. When no
// input changed it does nothing, and a file of `build/` whose content stays the same is never touched:
// a second dev server in the same checkout would reload for no reason.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { withLock } from "./lock.mjs";
import { isProgram, main, root, run, say, step } from "./steps.mjs";
import { buildEnv, ensureTools, workerBuild } from "./tools.mjs";

const inputs = [
  "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo/config.toml", "askama.toml", "build.rs",
  "src", "templates", "assets", "data", "scripts/build.mjs", "scripts/tools.mjs",
];

/** The wasm comes first: whoever sees a new `index.js` finds the module it belongs to. */
const outputs = ["index_bg.wasm", "index.js"];

const staging = ".tools/staging";
const out = join(root, "build");
const stamp = join(out, ".stamp");

export async function build() {
  if (isFresh()) return;
  await ensureTools();
  await withLock(join(root, ".tools", "build.lock"), buildOnce, {
    onWait: () => say("Another build is running; waiting for it."),
  });
}

async function buildOnce() {
  if (isFresh()) return;
  // Taken before the build: what changes while it runs makes the next run build again.
  const hash = inputHash();
  await step("Building the Worker (a minute or two the first time)", async () => {
    await run(workerBuild, ["--release", "--out-dir", staging], { env: buildEnv });
    mkdirSync(out, { recursive: true });
    const changed = outputs.filter(bringOver);
    writeFileSync(stamp, stampOf(hash));
    return changed.length > 0 ? `${Math.round(statSync(join(out, "index_bg.wasm")).size / 1024)} KB of wasm` : "as before";
  });
}

function bringOver(name) {
  const fresh = readFileSync(join(root, staging, name));
  const place = join(out, name);
  if (readOr(place)?.equals(fresh)) return false;
  writeFileSync(`${place}.new`, fresh);
  renameSync(`${place}.new`, place);
  return true;
}

function isFresh() {
  return readOr(stamp)?.toString() === stampOf(inputHash());
}

/** Inputs and outputs together, so that a damaged or missing output is built again. */
function stampOf(hash) {
  const made = outputs.map((name) => sha256(readOr(join(out, name)) ?? "missing"));
  return [hash, ...made].join("\n");
}

function inputHash() {
  const hash = createHash("sha256");
  for (const file of inputs.flatMap((name) => filesOf(join(root, name)))) {
    hash.update(`${relative(root, file)}\0${sha256(readFileSync(file))}\n`);
  }
  return hash.digest("hex");
}

// JavaScript below `src/` is not Rust's: wrangler bundles it.
function filesOf(path) {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind === undefined) return [];
  if (!kind.isDirectory()) return path.startsWith(join(root, "src")) && path.endsWith(".mjs") ? [] : [path];
  return readdirSync(path).sort().flatMap((name) => filesOf(join(path, name)));
}

function readOr(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

if (isProgram(import.meta.url)) await main(build);
