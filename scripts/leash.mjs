// Runs a program for as long as the one who started this lives: `node leash.mjs program args…`.
//
// The starter holds the other end of standard input. When it lets go, by ending in any way, `kill -9`
// included, the program and all it started are ended, so that nothing keeps a port.

import { spawn } from "node:child_process";

const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], detached: true });

const signal = (name) => {
  try {
    process.kill(-child.pid, name);
  } catch {
    // Everything has ended already.
  }
};

// Ctrl-C reaches every process of the terminal; the starter decides what it means.
for (const name of ["SIGINT", "SIGHUP"]) process.on(name, () => {});
process.on("SIGTERM", () => signal("SIGTERM"));
process.stdin.resume().on("close", () => {
  signal("SIGTERM");
  setTimeout(() => signal("SIGKILL"), 5000).unref();
});
child.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on("exit", (status) => {
  signal("SIGKILL");
  process.exit(status ?? 0);
});
