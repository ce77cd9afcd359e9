// A copy of this checkout, to take things out of. It stays between runs, with what was built in it, so that a run
// builds only what changed; installed packages and programs are the checkout's own, by links.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "../steps.mjs";

/** What is made in the copy itself, or linked into it. */
const apart = new Set([".tools", "target", "build", "node_modules"]);

/** Of `.tools`, what is of one checkout. */
const own = new Set(["controls", "staging", "deploy", "wrangler.json", "build.lock", "lock"]);

export class Copy {
  path = join(root, ".tools", "controls", "tree");

  /** Makes it what the checkout is, files that are not committed yet included. An equal file keeps its time. */
  bringUpToDate() {
    const files = tracked();
    for (const file of files) this.#takes(file);
    const wanted = new Set(files);
    const strays = filesBelow(this.path).filter((file) => !wanted.has(relative(this.path, file)));
    for (const file of strays) rmSync(file);
    const tools = readdirSync(join(root, ".tools")).filter((name) => !own.has(name)).map((name) => join(".tools", name));
    const packages = ["", "origin/node", "examples/notifier"].map((place) => join(place, "node_modules"));
    for (const place of [...tools, ...packages, join("target", "origin")]) this.#links(place);
    return `${files.length} files`;
  }

  #takes(file) {
    const [from, to] = [join(root, file), join(this.path, file)];
    if (existsSync(to) && readFileSync(to).equals(readFileSync(from))) return;
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to);
  }

  #links(place) {
    const [from, to] = [join(root, place), join(this.path, place)];
    if (!existsSync(from) || lstatSync(to, { throwIfNoEntry: false })) return;
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(from, to);
  }
}

/** Every file that git knows or would take. */
function tracked() {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  return listed.split("\0").filter((file) => file && existsSync(join(root, file)));
}

function filesBelow(path) {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const file = join(path, entry.name);
    if (apart.has(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(file) : [file];
  });
}
