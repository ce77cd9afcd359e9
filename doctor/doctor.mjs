// `npm run doctor -- --origin URL`: sends an origin what it may not believe, and looks at a running deployment and its
// settings for what operators get wrong. It changes nothing, and its requests are in the names of accounts that do not exist.

import { parseArgs } from "node:util";
import { Failed, isProgram, root } from "../scripts/steps.mjs";
import { ok, section, wrong } from "./checks.mjs";
import { examineDeployment } from "./deployment.mjs";
import { examineOrigin } from "./origin.mjs";
import { examinePlatform } from "./platform.mjs";
import { asJson, asText, statusOf } from "./report.mjs";
import { examineRules } from "./rules.mjs";
import { examineSecrets } from "./secrets.mjs";
import { knownOf, settingsOf } from "./settings.mjs";

const usage = `npm run doctor -- [--origin URL …] [--url PUBLIC_URL]

  --origin URL       an origin, asked directly; as often as there are origins
  --path PATH        a protected path of it that answers 2xx to who is signed in; /private unless given
  --url URL          the running deployment, as visitors see it; AUDIENCE and keys then have to be its own
  --audience TEXT    whom identities are for; AUDIENCE, or the origin of --url or PUBLIC_URL unless given
  --keys FILE        the ring, lines like IDENTITY_KEYS=…, or the JSON of secrets; - is standard input
  --vars FILE        variables and secrets; .dev.vars unless given, or unless it is for another --url
  --config FILE      wrangler.toml; the one here unless given. --env NAME: an environment of it
  --workers-dev URL  the address the Worker would have at workers.dev
  --no-post          sends nothing but GET to origins, and leaves replays untried
  --json             for programs

Status: 0 fine, 1 something is wrong, 2 it could not be looked at. What it looks for: docs/doctor.md`;

const options = {
  origin: { type: "string", multiple: true },
  path: { type: "string" },
  url: { type: "string" },
  audience: { type: "string" },
  keys: { type: "string" },
  vars: { type: "string" },
  config: { type: "string" },
  env: { type: "string" },
  "workers-dev": { type: "string" },
  "no-post": { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean" },
};

/** Runs it all. `{ sections, notes, unreached }`. */
export async function examine(given, { root: folder = root, environment = process.env } = {}) {
  const { config, vars, notes } = await settingsOf(given, { root: folder, environment });
  if (given.url !== undefined) vars.PUBLIC_URL = given.url;
  const path = given.path ?? "/private";
  const sections = [section("settings", "Settings", [...examinePlatform(config, vars), ...examineRules(vars), ...examineSecrets(vars)])];
  let [unreached, published] = [false, []];
  if (given.url !== undefined) {
    const seen = await examineDeployment(new URL(given.url).origin, { vars, known: knownOf(vars, given), path, workersDev: given["workers-dev"] });
    sections.push(seen.section);
    published = seen.published;
    unreached ||= !seen.reached;
  }
  const takers = [];
  for (const url of given.origin ?? []) {
    const seen = await examineOrigin({ url: new URL(url).origin, path, unsafe: !given["no-post"] }, knownOf(vars, { ...given, published }));
    sections.push(...seen.sections);
    takers.push({ url, keys: seen.tookKey });
    unreached ||= !seen.reached;
  }
  if (takers.length > 1) sections.push(section("origins", "All origins", [oneKeyEach(takers)]));
  return { sections, notes, unreached };
}

/** Who holds an HMAC key speaks in anybody's name to all who hold it. */
function oneKeyEach(takers) {
  const holders = takers.filter(({ keys }) => keys.length > 0);
  const ids = (keys) => new Set(keys.map(({ id }) => id));
  const shared = holders.filter(({ keys }, at) => holders.some((other, otherAt) => at !== otherAt && [...ids(keys)].some((id) => ids(other.keys).has(id))));
  if (shared.length === 0) return ok("shared_key", "no two origins take the same HMAC key");
  const todo = "Give several origins assertions only: set ASSERTION_KEYS, have them check by /auth/jwks.json, then take IDENTITY_KEYS away (docs/identity.md).";
  return wrong("shared_key", `${shared.map(({ url }) => url).join(" and ")} take the same HMAC key: each can pose as anybody to the others`, todo);
}

function parsed(args) {
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new Failed(`${error.message.split(". ")[0]}.\n\n${usage}`);
  }
  for (const name of ["url", "workers-dev", "origin"]) {
    for (const url of [values[name] ?? []].flat()) {
      if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Failed(`--${name} ${url}: give a whole URL, like http://127.0.0.1:8788.`);
    }
  }
  if (values.path !== undefined && !/^\/[!-~]*$/.test(values.path)) throw new Failed(`--path ${values.path}: a path begins with / and is written as it is sent.`);
  return values;
}

/** The program. Gives its status. */
export async function doctor(args) {
  try {
    const values = parsed(args);
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      return 0;
    }
    const found = await examine(values);
    process.stdout.write(values.json ? `${asJson(found.sections, found)}\n` : asText(found.sections, found));
    return statusOf(found.sections, found);
  } catch (error) {
    console.error(error instanceof Failed ? error.message : error.stack);
    return 2;
  }
}

if (isProgram(import.meta.url)) process.exitCode = await doctor(process.argv.slice(2));
