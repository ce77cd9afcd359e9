// `npm run bench`: what Edgeward costs, against Workers that do less, on the same workerd.
//
// It measures ratios. The rounds are interleaved so that they hold on a busy machine too; the times are
// those of this machine. Writes docs/performance.md, its picture, and the table of figures in the README.

import { existsSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { build } from "../scripts/build.mjs";
import { Failed, main, say, step } from "../scripts/steps.mjs";
import { ensureNpmPackages } from "../scripts/tools.mjs";

const options = {
  rounds: { type: "string", default: "7" },
  requests: { type: "string", default: "4000" },
  starts: { type: "string", default: "9" },
  accounts: { type: "string", default: "1000" },
  against: { type: "string" },
};

await main(async () => {
  const { values } = parseArgs({ options });
  const [rounds, requests, starts, accounts] = ["rounds", "requests", "starts", "accounts"].map((name) => positive(name, values[name]));
  if (!existsSync("/proc/self/schedstat")) throw new Failed("CPU time is read from /proc, which only Linux has.");
  await ensureNpmPackages();
  await ensureNpmPackages("bench");
  await build();
  const [{ House }, { measureTraffic }, { countTrips, measureSignIn }, { measureStart }, { measureWaits }, { measureGrowth }, { write }] = await Promise.all(
    ["house", "traffic", "trips", "start", "waits", "growth", "report"].map((name) => import(`./${name}.mjs`)),
  );

  const house = await House.open();
  const [load] = loadavg();
  try {
    const { against } = values;
    const traffic = await step("Requests per second and CPU time", () => measureTraffic(house, { rounds, requests, against }));
    for (const variant of traffic) say(told(variant));
    if (against !== undefined) return;
    const signIn = await step("Sign-ins", () => measureSignIn(house, 10));
    const trips = await step("Round trips per action", () => countTrips(house));
    const start = await step("Starts", () => measureStart(house, starts));
    const waits = await step("Waits while others sign in", () => measureWaits(house, 2000));
    const growth = await step("How cost grows", () => measureGrowth(house, accounts));
    write({ traffic, start, signIn, trips, waits, growth, rounds, requests, load });
    say("Written: docs/performance.md, docs/pictures/performance.svg, README.md");
  } finally {
    await house.close();
  }
});

function positive(name, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Failed(`--${name} is to be a whole number above zero.`);
  return value;
}

function told({ name, cpu, rate }) {
  const used = `${cpu.median.toFixed(0).padStart(5)} µs (${cpu.toBare.median.toFixed(2)} of bare, ${cpu.toHeaders.median.toFixed(2)} of headers)`;
  const served = `${rate.median.toFixed(0).padStart(5)} requests/s (${rate.toBare.median.toFixed(2)}, ${rate.toHeaders.median.toFixed(2)})`;
  return `${name.padEnd(9)} ${used}, ${served}`;
}
