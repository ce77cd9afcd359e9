// How long proxied requests wait while sign-ins take all they can: one isolate does both, and a password hash
// holds it for as long as it takes.

import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Failed, root } from "../scripts/steps.mjs";
import { page } from "./house.mjs";

/** Twice as many as may be on their way to a hash. */
const browsers = 10;

/**
 * Milliseconds of a signed-in GET that comes every few milliseconds, with nothing else going on and while ten
 * browsers sign in over and over, and of the hash: what the fastest of ten sign-ins takes beyond a GET.
 * `{ idle, busy, hash, signIns, seconds }`; the first two have `median`, `p99` and `most`.
 */
export async function measureWaits(house, requests) {
  const edgeward = await house.edgeward();
  await edgeward.start("/auth/health");
  const ann = house.visitor(edgeward, "ann@example.com");
  const others = Array.from({ length: browsers }, (_, n) => house.visitor(edgeward, `waits${n}@example.com`));
  for (const one of [ann, ...others]) await one.settlesIn();

  const prober = fork(join(root, "bench", "probe.mjs"));
  const probed = async () => {
    await signsIn(ann);
    prober.send({ url: edgeward.url + page, cookie: ann.jar.header("/"), count: requests });
    const [{ times, wrong }] = await once(prober, "message");
    if (wrong !== undefined) throw new Failed(`A proxied request went wrong: ${wrong}\n${edgeward.log}`);
    return tail(times);
  };
  const alone = [];
  for (const one of others) alone.push(await timed(() => signsIn(one)));
  const idle = await probed();

  let [going, signIns] = [true, 0];
  const begun = performance.now();
  const busily = others.map(async (one) => {
    while (going) {
      const { status } = await signsIn(one);
      if (status === 200) signIns += 1;
    }
  });
  const busy = await probed();
  going = false;
  await Promise.all(busily);
  const seconds = (performance.now() - begun) / 1000;
  prober.disconnect();
  await edgeward.stop();
  return { idle, busy, hash: Math.min(...alone) - idle.median, signIns, seconds };
}

const signsIn = (one) => one.calls("/auth/login", { email: one.email, password: one.password });

async function timed(action) {
  const begun = performance.now();
  await action();
  return performance.now() - begun;
}

function tail(times) {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { median: at(0.5), p99: at(0.99), most: sorted.at(-1) };
}
