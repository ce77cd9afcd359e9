#!/usr/bin/env node
// `npx edgeward doctor …` and `npx edgeward keys rotate …`: the commands for operators, under one name.

import { doctor } from "../doctor/doctor.mjs";
import { keys } from "./keys.mjs";
import { main } from "./steps.mjs";

const commands = {
  doctor: async (args) => (process.exitCode = await doctor(args)),
  keys: (args) => main(() => keys(args)),
};

const [name, ...args] = process.argv.slice(2);
if (Object.hasOwn(commands, name ?? "")) {
  await commands[name](args);
} else {
  console.error(`npx edgeward doctor --help    looks at an origin and a deployment\nnpx edgeward keys --help      changes keys, step by step`);
  process.exitCode = 2;
}
