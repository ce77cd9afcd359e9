// `npm run faults`: kills, stalls and garbles what Edgeward depends on, and prints what it survived. At full
// length unless `--reduced` is given.

import { faults, rustRows } from "./figures/rows.mjs";
import { attempt } from "./figures/attempt.mjs";

await attempt({ name: "faults", sections: faults, rust: ["--test", "threats", "--", ...rustRows(faults)], node: "tests/e2e/faults" });
