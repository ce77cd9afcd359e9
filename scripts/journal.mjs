// `npm run journal -- verify ACCOUNT…`: whether the journals of these accounts are what was written. It reads
// them by the operators' route and follows the chain itself, with `NAME_KEY`.
//
// `npm run journal -- show ACCOUNT` prints one.

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { broken, journalKey } from "./journal/chain.mjs";
import { asks, keyWith } from "./operator.mjs";
import { readVars } from "./secrets.mjs";
import { devVars } from "./setup.mjs";
import { dim, Failed, green, isProgram, main, red } from "./steps.mjs";

const usage = `npm run journal -- verify ACCOUNT…      whether nothing was changed, removed or put in
npm run journal -- show ACCOUNT         its lines

  ACCOUNT            the id of an account (acc_…), or its address
  --url URL          where Edgeward is; PUBLIC_URL of --vars unless given
  --vars FILE        has NAME_KEY and a key with the scope read in ADMIN_KEYS; .dev.vars unless given
  --end SEQ:CHAIN    where the journal ended when it was verified before: it must not have become shorter`;

const options = {
  url: { type: "string" },
  vars: { type: "string" },
  end: { type: "string" },
  help: { type: "boolean" },
};

/** Runs the command. */
export async function journal(args) {
  const { values, positionals } = read(args);
  const [command, ...accounts] = positionals;
  if (values.help) return process.stdout.write(`${usage}\n`);
  if (!["verify", "show"].includes(command) || accounts.length === 0) throw new Failed(usage);
  if (accounts.length > 1 && (values.end || command === "show")) throw new Failed(`One account, please.\n\n${usage}`);
  const end = endOf(values.end);
  const house = settings(values);
  for (const account of accounts) {
    const id = await idOf(house, account);
    const journal = await journalOf(house, id);
    if (command === "show") show(journal);
    else verify(id, journal, house, end);
  }
}

function read(args) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Failed(`${error.message.split(". ")[0]}.\n\n${usage}`);
  }
}

function settings({ url, vars: file = devVars }) {
  if (!existsSync(file)) throw new Failed(`${file} is not there. Name the file with your settings: --vars FILE`);
  const vars = readVars(file);
  const [publicUrl, nameKey, key] = [url ?? vars.PUBLIC_URL, vars.NAME_KEY, keyWith("read", vars.ADMIN_KEYS)];
  if (!publicUrl) throw new Failed("Say where Edgeward is: --url URL");
  if (!nameKey) throw new Failed(`${file} has no NAME_KEY, by which journals are chained.`);
  if (!key) throw new Failed(`${file} has no key with the scope read in ADMIN_KEYS.`);
  return { publicUrl, key, chainKey: journalKey(nameKey), prefix: vars.AUTH_PREFIX ?? "/auth" };
}

/** `SEQ:CHAIN`, as a verification prints it. */
function endOf(text) {
  if (text === undefined) return undefined;
  const [, seq, chain] = /^(\d+):([\w-]{43})$/.exec(text) ?? [];
  if (!chain) throw new Failed(`--end ${text}: it looks like 12:… and comes from an earlier verification.`);
  return { seq: Number(seq), chain };
}

async function idOf(house, account) {
  if (!account.includes("@")) return account;
  const { account: found } = await told(house, `/admin/accounts?email=${encodeURIComponent(account)}`, account);
  return found.id;
}

async function journalOf(house, id) {
  const lines = [];
  let checkpoint;
  for (let more = true; more; ) {
    const { journal } = await told(house, `/admin/accounts/${encodeURIComponent(id)}/journal?after=${lines.at(-1)?.seq ?? 0}`, id);
    lines.push(...journal.lines);
    ({ more, checkpoint } = journal);
    if (more && journal.lines.length === 0) throw new Failed(`${id}: the answer says that more lines follow, and has none.`);
  }
  return { lines, checkpoint };
}

async function told({ publicUrl, key, prefix }, path, about) {
  const asked = asks({ publicUrl, key, method: "GET", path: `${prefix}${path}` });
  const { status, json } = await asked.catch((error) => {
    throw new Failed(`${publicUrl} does not answer as Edgeward does: ${error.message}`);
  });
  if (status === 404) throw new Failed(`${about}: there is no such account.`);
  if (status !== 200) throw new Failed(`${about}: ${status} ${json.authMessageCode}: ${json.authMessage}`);
  return json;
}

function verify(id, { lines, checkpoint }, { chainKey }, end) {
  const wrong = broken({ lines, checkpoint }, id, chainKey, end);
  const last = lines.at(-1);
  if (wrong) {
    process.exitCode = 1;
    return process.stdout.write(`${red("✗")} ${id}: ${wrong}\n`);
  }
  process.stdout.write(`${green("✓")} ${id}: ${lines.length} lines, as they were written ${dim(`--end ${last.seq}:${last.chain}`)}\n`);
}

function show({ lines }) {
  for (const { seq, at, line } of lines) {
    const { event, ...rest } = JSON.parse(line);
    const said = Object.entries(rest).map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
    process.stdout.write(`${String(seq).padStart(5)}  ${at}  ${event.padEnd(18)} ${dim(said.join(", "))}\n`);
  }
}

if (isProgram(import.meta.url)) await main(() => journal(process.argv.slice(2)));
