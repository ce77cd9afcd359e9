// What a test tries and what survived, for the tables of `npm run threats` and `npm run faults`.

import { appendFileSync } from "node:fs";

/** Whether this run is at full length; otherwise it is the short form, as in `npm test`. */
export const isFull = process.env.EDGEWARD_SCALE === "full";

/** Adds to a row of `scripts/figures/rows.mjs`. Say it before you assert, so that a failure shows in the table. */
export function figure(row, { tried, survived }) {
  const file = process.env.EDGEWARD_FIGURES;
  if (file) appendFileSync(file, `${JSON.stringify({ row, tried, survived })}\n`);
}
