// What the doctor may know of a deployment: wrangler.toml, the variables over it, and keys. It writes nothing.

import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Failed } from "../scripts/steps.mjs";
import { entriesOf, rings } from "../scripts/keys/rings.mjs";
import { readVars } from "../scripts/secrets.mjs";
import { publicHalf } from "./forge.mjs";

const secrets = [...Object.keys(rings), "NAME_KEY"];

/**
 * `{ config, vars, notes }`. `config`: wrangler.toml as wrangler reads it, or undefined; `vars`: its variables, those of
 * .dev.vars over them, and secrets of the environment over all. `given` are the options of the command.
 */
export async function settingsOf({ config: file, env, vars: varsFile, keys: keysFile, url }, { root, environment = process.env }) {
  const config = await configOf(file ?? resolve(root, "wrangler.toml"), { demanded: file !== undefined, env });
  const local = localVars(varsFile, { root, url });
  const told = Object.fromEntries(secrets.filter((name) => environment[name] !== undefined).map((name) => [name, environment[name]]));
  if (environment.EDGEWARD_KEYS !== undefined) told.IDENTITY_KEYS ??= environment.EDGEWARD_KEYS;
  const vars = { ...config?.vars, ...local.vars, ...told, ...(keysFile === undefined ? {} : keysOf(keysFile)) };
  return { config, vars, notes: local.notes };
}

async function configOf(file, { demanded, env }) {
  if (!existsSync(file)) {
    if (demanded) throw new Failed(`--config ${file}: there is no such file.`);
    return undefined;
  }
  const { unstable_readConfig } = await import("wrangler");
  try {
    return unstable_readConfig({ config: file, env }, { hideWarnings: true });
  } catch (error) {
    throw new Failed(`${file} cannot be read: ${error.message}`);
  }
}

/** .dev.vars holds another deployment's keys when the one that is asked about is another. */
function localVars(file, { root, url }) {
  if (file !== undefined && !existsSync(file)) throw new Failed(`--vars ${file}: there is no such file.`);
  const vars = readVars(file ?? resolve(root, ".dev.vars"));
  const own = originOf(vars.PUBLIC_URL);
  if (file === undefined && url !== undefined && own !== undefined && own !== originOf(url)) {
    return { vars: {}, notes: [`.dev.vars is for ${own}, and was not read; --vars FILE names another`] };
  }
  return { vars, notes: [] };
}

/** Lines `NAME=value`, the JSON that secrets are deployed by, or one ring alone: seeds look like shared keys, so it is IDENTITY_KEYS. */
function keysOf(file) {
  if (file !== "-" && !existsSync(file)) throw new Failed(`--keys ${file}: there is no such file. It holds lines like IDENTITY_KEYS=…; - is standard input.`);
  const text = readFileSync(file === "-" ? 0 : file, "utf8").trim();
  if (text.startsWith("{")) return jsonOf(text, file);
  if (!/^[A-Z]/.test(text)) return { IDENTITY_KEYS: text };
  const given = {};
  for (const [, name, value] of text.matchAll(/^\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/gm)) given[name === "EDGEWARD_KEYS" ? "IDENTITY_KEYS" : name] = value.replace(/^(["'])(.*)\1$/, "$2");
  return given;
}

function jsonOf(text, file) {
  const table = tableOf(text);
  if (table === undefined) throw new Failed(`--keys ${file}: this is no JSON. Give what npx wrangler secret bulk takes, or lines like IDENTITY_KEYS=….`);
  return Object.fromEntries(Object.entries(table).filter(([name, value]) => secrets.includes(name) && typeof value === "string"));
}

/** What the requests to an origin are made of. Rings that cannot be read are left out; their check says so. */
export function knownOf(vars, { url, audience, published = [] }) {
  const issuer = originOf(url ?? vars.PUBLIC_URL);
  const ring = (name) => {
    try {
      return vars[name] === undefined ? [] : entriesOf(name, vars[name]);
    } catch (error) {
      if (error instanceof Failed) return [];
      throw error;
    }
  };
  const assertions = ring("ASSERTION_KEYS");
  return {
    issuer,
    audience: audience ?? vars.AUDIENCE ?? issuer,
    identity: ring("IDENTITY_KEYS"),
    assertions,
    halves: assertions.map(({ id, bytes }) => ({ id, x: publicHalf(bytes) })),
    published,
  };
}

export function originOf(url) {
  try {
    return url === undefined ? undefined : new URL(url).origin;
  } catch {
    return undefined;
  }
}

/** A variable that may be a table or its text. */
export function tableOf(value) {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

export const isLoopback = (hostname) => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
