// Prepares a clone: the tools, and `.dev.vars` with fresh secrets and the settings of the demo.
//
// `.dev.vars` is never overwritten, because its secrets made the data on disk. A setting that a newer
// version needs and the file lacks is added at its end, and said.

import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freshSecrets, readVars, varLine } from "./secrets.mjs";
import { isProgram, main, root, say, step } from "./steps.mjs";
import { ensureTools } from "./tools.mjs";

export const devVars = join(root, ".dev.vars");

/** Where things are on this machine. Everything here may be edited in `.dev.vars`. */
export const devSettings = {
  PUBLIC_URL: "http://localhost:8787",
  ORIGIN_URL: "http://127.0.0.1:8788",
  NOTIFIER_URL: "http://127.0.0.1:8789",
  BRAND: JSON.stringify({ name: "the demo" }),
  // Nothing overwrites a client's address header on this machine, so none is believed: all visitors
  // share one network, and its budgets are a hundred times the usual ones.
  CLIENT_IP: "none",
  LIMITS: JSON.stringify({
    network: {
      signin: ["2000/1m", "20000/1h"],
      signup: ["1000/1h"],
      mail: ["1000/1h"],
      link: ["6000/1m"],
      admin: ["1000/1m", "6000/1h"],
    },
  }),
};

const opening = `# Settings and secrets of this machine's Edgeward. Git ignores this file.
# The secrets were made fresh and at random; data in .data/ depends on them.
`;

export async function setup() {
  await ensureTools();
  ensureDevVars();
}

function ensureDevVars() {
  const present = readVars(devVars);
  const wanted = Object.entries({ ...devSettings, ...freshSecrets() });
  const missing = wanted.filter(([name]) => present[name] === undefined);
  if (!existsSync(devVars)) {
    writeFileSync(devVars, opening + missing.map(varLine).join(""), { mode: 0o600, flag: "wx" });
    say("Wrote .dev.vars with fresh random secrets.");
  } else if (missing.length > 0) {
    appendFileSync(devVars, `\n${missing.map(varLine).join("")}`);
    say(`Added to .dev.vars: ${missing.map(([name]) => name).join(", ")}. The rest is as it was.`);
  }
}

if (isProgram(import.meta.url)) await main(() => step("Set-up", setup));
