// How long workerd takes from the start of its process to the first answer, and how large what it loads is.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "../scripts/steps.mjs";
import { ratios, spread } from "./figures.mjs";
import { page } from "./house.mjs";

/** Starts the least Worker there is and Edgeward in turn; milliseconds. */
export async function measureStart(house, starts) {
  const workers = { hello: await house.worker("hello"), edgeward: await house.edgeward() };
  const times = { hello: [], edgeward: [] };
  for (let n = 0; n < starts; n += 1) {
    for (const [name, worker] of Object.entries(workers)) {
      times[name].push(await worker.start(page));
      await worker.stop();
    }
  }
  return {
    hello: spread(times.hello),
    edgeward: { ...spread(times.edgeward), toHello: ratios(times.edgeward, times.hello) },
    bundle: compressed(workers.edgeward.bundle),
    wasm: compressed(join(root, "build", "index_bg.wasm")),
  };
}

const compressed = (file) => gzipSync(readFileSync(file)).length;
