#!/usr/bin/env node
// `npx edgeward doctor …`, `npx edgeward keys rotate …` and `npx edgeward journal verify …`: the commands for operators, under one name.

import { doctor } from "../doctor/doctor.mjs";
import { journal } from "./journal.mjs";
import { keys } from "./keys.mjs";
import { main } from "./steps.mjs";

const commands = {
  doctor: async (args) => (process.exitCode = await doctor(args)),
  keys: (args) => main(() => keys(args)),
  journal: (args) => main(() => journal(args)),
};

const [name, ...args] = process.argv.slice(2);
if (Object.hasOwn(commands, name ?? "")) {
  await commands[name](args);
} else {
  console.error(`npx edgeward doctor --help    looks at an origin and a deployment\nnpx edgeward keys --help      changes keys, step by step\nnpx edgeward journal --help   tells whether a journal was changed`);
  process.exitCode = 2;
}
