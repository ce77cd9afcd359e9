// `npm run keys -- rotate`: how each ring of keys is changed without a failed request, and what to set in the
// step that is due. It sets nothing itself, except in .dev.vars when it is told to (`--write`).
//
// Secrets go to standard output and nowhere else. They come from the system's generator.

import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { idleOf, inWords } from "./keys/lifetimes.mjs";
import { entriesOf, rings } from "./keys/rings.mjs";
import { isAbout, stepDue, stepOf, steps, wayOf } from "./keys/steps.mjs";
import { readVars, varLine } from "./secrets.mjs";
import { bold, dim, Failed, isProgram, main, root } from "./steps.mjs";

const devVars = join(root, ".dev.vars");

const usage = `npm run keys -- rotate [--ring NAME [--step add|promote|remove]]

  --ring NAME        ${Object.keys(rings).join(", ")}
  --step STEP        add, promote or remove; without it, the one that is due
  --key ID           which key is meant, where there are several programs, or ids without a number
  --vars FILE        where the present value is; .dev.vars unless given
  --paste            asks for the present value; it is not shown. (A variable of the ring's name counts too)
  --write            changes the file of --vars as well
  --lose-passwords   lets an old pepper go
  --json             for programs`;

const options = {
  ring: { type: "string" },
  step: { type: "string" },
  key: { type: "string" },
  vars: { type: "string" },
  paste: { type: "boolean" },
  write: { type: "boolean" },
  "lose-passwords": { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean" },
};

async function rotate(values) {
  const file = values.vars ?? devVars;
  if (values.vars !== undefined && !existsSync(file)) throw new Failed(`--vars ${file}: there is no such file.`);
  const vars = readVars(file);
  const settings = { idle: idleOf(process.env.LIFETIMES ?? vars.LIFETIMES ?? (await lifetimesOfWrangler())) };
  if (values.ring === undefined) return overview({ ...vars, ...process.env }, settings, values);
  const name = ringNamed(values.ring);
  const { value, from } = await presentValue(name, values, vars, file);
  const entries = entriesOf(name, value);
  const wanted = { key: values.key, lose: values["lose-passwords"] };
  const step = values.step ?? stepDue(name, entries, wanted);
  if (!steps.includes(step)) throw new Failed(`--step ${step}: choose one of ${steps.join(", ")}.`);
  const change = stepOf(name, step, entries, { ...settings, ...wanted });
  if (values.write) write(file, change, from);
  process.stdout.write(values.json ? `${JSON.stringify(change, null, 2)}\n` : told(change, { settings, from, wrote: values.write && file, whole: values.step === undefined }));
}

/** The deployment's own, where it has any; without npm's packages, the default. */
async function lifetimesOfWrangler() {
  const text = readFileSync(join(root, "wrangler.toml"), "utf8");
  if (!/^\s*(LIFETIMES\b|\[vars\.LIFETIMES\])/m.test(text)) return undefined;
  const { unstable_readConfig } = await import("wrangler");
  return unstable_readConfig({ config: join(root, "wrangler.toml") }, { hideWarnings: true }).vars.LIFETIMES;
}

function ringNamed(name) {
  if (Object.hasOwn(rings, name)) return name;
  if (name === "NAME_KEY") {
    throw new Failed("NAME_KEY cannot be changed: everything stored is named by it. If it leaked, nothing opens by it alone (docs/operations.md, Changing keys).");
  }
  throw new Failed(`--ring ${name}: there is no such ring. Choose one of ${Object.keys(rings).join(", ")}.`);
}

async function presentValue(name, { paste, write: writes }, vars, file) {
  const fromFile = () => ({ value: vars[name], from: file });
  if (paste) return { value: await pasted(name), from: "what was pasted" };
  if (process.env[name] !== undefined && !writes) return { value: process.env[name], from: `the variable ${name}` };
  if (vars[name] !== undefined) return fromFile();
  throw new Failed(
    `There is no ${name} in ${shown(file)}. Cloudflare shows no secret again: take the present value from your vault, and give it\n` +
      `by --paste, by --vars FILE, or as the variable ${name}. If the ring was never set, it needs no change: make it (docs/settings.md, Keys).`,
  );
}

/** One line of standard input; on a terminal without echo. */
async function pasted(name) {
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) process.stderr.write(`Paste the present ${name} and press Enter (it is not shown): `);
  const nowhere = new Writable({ write: (chunk, encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal });
  const line = await new Promise((resolve) => {
    lines.once("line", resolve).once("close", () => resolve(""));
  });
  lines.close();
  if (isTerminal) process.stderr.write("\n");
  const prefix = `${name}=`;
  return (line.startsWith(prefix) ? line.slice(prefix.length) : line).replace(/^(["'])(.*)\1$/, "$2");
}

function write(file, change, from) {
  if (from !== file) throw new Failed(`--write changes ${shown(file)}, and the present value came from ${from}. Leave one of the two out.`);
  const value = change.set.find(({ name, where }) => name === change.ring && where === "Edgeward")?.value;
  if (value === undefined) throw new Failed(`Nothing changes in Edgeward in this step, so there is nothing to --write. Leave it out to see what to do elsewhere.`);
  const text = readFileSync(file, "utf8");
  const line = new RegExp(`^[ \\t]*${change.ring}[ \\t]*=.*\\n?`, "m");
  writeFileSync(`${file}.new`, text.replace(line, () => varLine([change.ring, value])), { mode: statSync(file).mode & 0o777, flag: "wx" });
  renameSync(`${file}.new`, file);
}

function told(change, { settings, from, wrote, whole }) {
  const { ring, step, ids, set, show, wait, also } = change;
  const lines = [bold(`${ring}: ${isAbout(ring)}`), ""];
  if (whole) lines.push(...way(ring, settings, step), "");
  lines.push(bold(`Step ${steps.indexOf(step) + 1} of ${steps.length}: ${step}`), `  ${change.why}`, dim(`  The present value is from ${origin(from)}.`), "");
  for (const { where, name, value } of set) {
    lines.push(where === "Edgeward" ? `  At Edgeward, npx wrangler secret put ${name}:` : `  ${name} at ${where}:`, "", value, "");
  }
  if (show) lines.push(`  The program's key ${show.id}:`, "", show.key, "");
  if (ring !== "WEBHOOK_SECRET" && set.length > 0) lines.push(`  In the ring: ${ids.join(", ")}.${ring === "ADMIN_KEYS" ? "" : " The first makes, all verify."}`);
  if (wrote) lines.push(`  Written to ${shown(wrote)}.`);
  if (set.length > 0) lines.push("  Put the new value into your vault now: nobody can read it back from Cloudflare.");
  for (const line of also) lines.push(`  ${line}`);
  if (wait) lines.push(`  Then wait${wait.seconds > 0 ? ` at least ${inWords(wait.seconds)}` : ""}: ${wait.until}.`);
  const next = steps[steps.indexOf(step) + 1];
  if (next && !(ring === "PEPPERS" && next === "remove")) lines.push(`  Next: npm run keys -- rotate --ring ${ring} --step ${next}`);
  return `${lines.join("\n")}\n`;
}

function way(ring, settings, due) {
  return wayOf(ring, settings).map(({ step, why, wait }, at) => {
    const pause = wait ? ` Then ${wait.seconds > 0 ? `${inWords(wait.seconds)}` : "wait"}: ${wait.until}.` : "";
    return `  ${step === due ? "▸" : " "} ${at + 1}. ${step.padEnd(8)} ${why}${pause}`;
  });
}

function overview(values, settings, { json }) {
  const seen = Object.keys(rings).map((name) => {
    if (values[name] === undefined) return { ring: name, is: isAbout(name), ids: [], due: undefined };
    const entries = entriesOf(name, values[name]);
    return { ring: name, is: isAbout(name), ids: entries.map(({ id }) => id), due: dueOr(name, entries), way: wayOf(name, settings) };
  });
  if (json) return process.stdout.write(`${JSON.stringify(seen, null, 2)}\n`);
  for (const { ring, is, ids, due } of seen) {
    const has = ids.length === 0 ? "not set" : ring === "WEBHOOK_SECRET" ? `${ids.length} secret${ids.length > 1 ? "s" : ""}` : ids.join(", ");
    process.stdout.write(`\n${bold(ring)} ${is}.\n  ${dim(has)}\n`);
    if (ids.length > 0) process.stdout.write(`${way(ring, settings, due).join("\n")}\n`);
  }
  process.stdout.write(`\nNAME_KEY can never be changed.\n\nFor the values of the step that is marked: npm run keys -- rotate --ring NAME\n`);
}

/** The overview must not end at a ring whose newest key has to be named. */
function dueOr(name, entries) {
  try {
    return stepDue(name, entries);
  } catch (error) {
    if (error instanceof Failed) return undefined;
    throw error;
  }
}

/** A person who means a deployment must not change this machine's ring, and believe it done. */
const origin = (from) => (from === devVars ? "this machine's .dev.vars. For a deployment, take its value from your vault: --paste" : shown(from));

function shown(place) {
  return place.startsWith(root) ? relative(root, place) : place;
}

export async function keys(args) {
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Failed(`${error.message.split(". ")[0]}.\n\n${usage}`);
  }
  const { values, positionals } = parsed;
  if (values.help) return process.stdout.write(`${usage}\n`);
  if (positionals.length !== 1 || positionals[0] !== "rotate") throw new Failed(usage);
  if (values.ring === undefined && (values.step || values.key || values.write || values.paste)) throw new Failed(`Say which ring: --ring NAME.\n\n${usage}`);
  await rotate(values);
}

if (isProgram(import.meta.url)) await main(() => keys(process.argv.slice(2)));
