// The version of Edgeward before this one, built from this clone's history: its checkout, in which a house of the
// harness can live.

import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { bin, Failed, quietEnv, root, run } from "../../../scripts/steps.mjs";

/** The version whose data the present one must open. With each release: the commit of the one before. */
export const previousCommit = "0dc28eceb3fee5b9179f7d0dc283842602adb0ff";

/**
 * Builds it, once, and gives its folder. The build shares our packages and programs, and has a target of its own:
 * in ours cargo would take one version's crate for the other's.
 */
export async function previousVersion() {
  const place = join(root, ".tools", "previous", previousCommit);
  if (existsSync(place)) return place;
  await run("git", ["cat-file", "-e", `${previousCommit}^{commit}`], { cwd: root }).catch(() => {
    throw new Failed(`This clone has no commit ${previousCommit}, the version whose data is opened here. Fetch the whole history: git fetch --unshallow`);
  });
  const checkout = `${place}.new`;
  rmSync(checkout, { recursive: true, force: true });
  mkdirSync(join(checkout, ".tools"), { recursive: true });
  const archive = join(checkout, ".tools", "source.tar");
  await run("git", ["archive", "--output", archive, previousCommit], { cwd: root });
  await run("tar", ["-xf", archive, "-C", checkout], { cwd: root });
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  for (const name of ["bin", ".crates.toml"]) symlinkSync(join(root, ".tools", name), join(checkout, ".tools", name));
  const env = { ...quietEnv, CARGO_TARGET_DIR: join(root, "target", "previous") };
  await run(join(bin, "node"), ["scripts/build.mjs"], { cwd: checkout, env });
  renameSync(checkout, place);
  return place;
}
