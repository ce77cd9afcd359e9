// How the scripts talk: one line when a step begins, a sign of life while it lasts, one line when it ends.
//
// A step that fails shows the last lines its program printed and throws `Failed`, whose text is all a
// person needs to read; `main` prints that and ends with status 1.

import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folder of npm's programs. Its `node` is the version wrangler needs, whatever the machine has. */
export const bin = join(root, "node_modules", ".bin");

/** The environment for programs: npm's folder first, and nothing that calls out. */
export const quietEnv = {
  ...process.env,
  PATH: `${bin}:${process.env.PATH}`,
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  npm_config_update_notifier: "false",
};

/** Something a person can act on: its message is printed as it is, without a stack. */
export class Failed extends Error {}

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
export const dim = (text) => paint("2", text);
export const bold = (text) => paint("1", text);
export const green = (text) => paint("32", text);
export const red = (text) => paint("31", text);

const begun = performance.now();
export const elapsed = (since = begun) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** A line outside of any step. */
export const say = (text) => process.stdout.write(`  ${text}\n`);

/** Runs `work`, with a line before and a line after. What `work` returns as a string joins the second line. */
export async function step(name, work) {
  const start = performance.now();
  process.stdout.write(`${dim("·")} ${name}\n`);
  try {
    const outcome = await work();
    process.stdout.write(`${green("✓")} ${name}${typeof outcome === "string" ? `: ${outcome}` : ""} ${dim(elapsed(start))}\n`);
    return outcome;
  } catch (error) {
    process.stdout.write(`${red("✗")} ${name} ${dim(elapsed(start))}\n`);
    throw error;
  }
}

const escapes = /\u001b(?:\[[0-9;?]*[A-Za-z]|\(B)/g;

/**
 * Runs a program to its end and returns what it printed.
 *
 * While it runs, its latest line is repeated every ten seconds (`show: "pulse"`), every line is passed on
 * (`show: "all"`), or nothing is said (`show: "none"`). With `inOrder`, what it prints to its two streams keeps
 * its order.
 */
export function run(program, args, { env = quietEnv, cwd = root, show = "pulse", inOrder = false } = {}) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const [file, words] = inOrder ? ["sh", ["-c", 'exec "$0" "$@" 2>&1', program, ...args]] : [program, args];
    const child = spawn(file, words, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    const take = (chunk) => {
      printed += chunk;
      if (show === "all") process.stdout.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);

    const pulse = setInterval(() => {
      if (show === "none") return;
      const latest = printed.replace(escapes, "").trimEnd().split(/[\r\n]/).at(-1)?.trim() ?? "";
      say(dim(`${elapsed(start)} … ${show === "pulse" ? latest.slice(0, 100) : ""}`));
    }, 10_000);

    child.on("error", (error) => {
      clearInterval(pulse);
      reject(error.code === "ENOENT" ? new Failed(`The program \`${program}\` was not found.`) : error);
    });
    child.on("close", (status, signal) => {
      clearInterval(pulse);
      if (status === 0) return resolve(printed);
      const command = [program.split("/").at(-1), ...args].join(" ");
      const tail = show === "all" ? "" : printed.replace(escapes, "").trimEnd().split("\n").slice(-40).join("\n");
      const failure = new Failed(`${tail}\n\`${command}\` ended with ${signal ?? `status ${status}`}.`.trimStart());
      failure.printed = printed;
      reject(failure);
    });
  });
}

/**
 * Runs a script's body, and tells whether it came to its end. What a person can act on is printed
 * plainly, anything else with its stack.
 */
export async function main(work) {
  try {
    await work();
    return true;
  } catch (error) {
    console.error(`\n${error instanceof Failed ? error.message : (error.stack ?? error)}`);
    process.exitCode = 1;
    return false;
  }
}

/** Whether this module is the program that was started, and not imported. */
export const isProgram = (url) => process.argv[1] !== undefined && fileURLToPath(url) === realpathSync(process.argv[1]);
