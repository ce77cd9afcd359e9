// `npm run threats`: attacks Edgeward in every way its class of systems has been broken, and prints how many
// attacks were tried and how many it survived. At full length unless `--reduced` is given.

import { faults, rustRows, threats } from "./figures/rows.mjs";
import { attempt } from "./figures/attempt.mjs";

await attempt({
  name: "threats",
  sections: threats,
  rust: ["--test", "threats", "--", ...rustRows(faults).flatMap((row) => ["--skip", `${row}::`])],
  timed: ["--profile", "timing", "--test", "threats", "constant_time"],
  node: "tests/e2e/threats",
});
