// `npm run rules -- explain METHOD PATH`: what the ACCESS_RULES of wrangler.toml, and of .dev.vars over them,
// mean for one request. The rules are judged by the program itself; this only hands them over.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import { readVars } from "./secrets.mjs";
import { devVars } from "./setup.mjs";
import { isProgram, root } from "./steps.mjs";

/** The variables that decide, as JSON. Secrets stay where they are. */
function variables() {
  const { vars } = unstable_readConfig({ config: join(root, "wrangler.toml") }, { hideWarnings: true });
  const all = Object.entries({ ...vars, ...readVars(devVars) });
  const decides = ([name]) => /^(ACCESS_RULES(_\d+)?|PAGES_PREFIX|AUTH_PREFIX)$/.test(name);
  return JSON.stringify(Object.fromEntries(all.filter(decides)));
}

if (isProgram(import.meta.url)) {
  const words = process.argv.slice(2);
  const args = ["run", "--quiet", "--example", "rules", "--", ...words];
  const { status } = spawnSync("cargo", args, { cwd: root, input: variables(), stdio: ["pipe", "inherit", "inherit"] });
  process.exitCode = status ?? 1;
}
