// What `npm run controls` takes out: the entries of `tests/controls/*.mjs`.

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Failed, root } from "../steps.mjs";

const folder = join(root, "tests", "controls");

/** The entries of these parts, or of all, with the part they belong to. Throws `Failed` when one cannot be tried. */
export async function listed(only) {
  const parts = readdirSync(folder).filter((name) => name.endsWith(".mjs")).map((name) => basename(name, ".mjs"));
  const unknown = (only ?? []).filter((part) => !parts.includes(part));
  if (unknown.length > 0) throw new Failed(`tests/controls has no ${unknown.join(", ")}.`);
  const lists = parts.filter((part) => !only || only.includes(part)).map(async (part) => {
    const { default: entries } = await import(join(folder, `${part}.mjs`));
    return entries.map((entry) => ({ ...entry, part }));
  });
  const entries = (await Promise.all(lists)).flat();
  const wrong = entries.map((entry) => [entry, misfit(entry)]).filter(([, why]) => why);
  if (wrong.length > 0) throw new Failed(wrong.map(([{ part, takes }, why]) => `tests/controls/${part}.mjs, ${takes}: ${why}.`).join("\n"));
  return entries;
}

function misfit({ takes, file, from, rust, node }) {
  if (!takes || Boolean(rust) === Boolean(node)) return "an entry says what it takes, and names a test in Rust or one of Node's";
  const times = readFileSync(join(root, file), "utf8").split(from).length - 1;
  return times === 1 ? undefined : `the text to take out of ${file} is there ${times} times, not once`;
}
