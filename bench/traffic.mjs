// Requests per second and CPU time per request, in interleaved rounds.
//
// Each round starts every process anew, since two processes with the same code differ by some per cent, and
// is made of several turns, in which every variant gets its share of the round's requests: what else the
// machine does falls on all alike. Ratios are taken within a round.

import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readRing } from "../scripts/secrets.mjs";
import { dim, Failed, root, say } from "../scripts/steps.mjs";
import { handKey, page, publicPage, signedByHand } from "./house.mjs";
import { startBetterAuth, startHono } from "./peers.mjs";
import { ratios, spread } from "./figures.mjs";

const connections = 16;
const turns = 4;
/** Until everything that is compiled anew when it has run often enough is compiled: of wasm that takes thousands. */
const warmUp = 10_000;

/**
 * Measures all variants. Each of the answers has a name, and a spread of every figure. `against`: another
 * checkout, built, whose Edgeward is measured as well.
 */
export async function measureTraffic(house, { rounds, requests, against }) {
  const client = fork(join(root, "bench", "load.mjs"));
  const all = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const variants = await prepare(house, against);
      await measureRound(client, variants, round, requests);
      for (const worker of new Set(variants.map(({ worker }) => worker))) await worker.stop();
      all.push(variants);
      const line = variants.map(({ name, cpu }) => `${name} ${cpu.toFixed(0)}`).join(" · ");
      say(dim(`round ${round + 1} of ${rounds}, CPU µs per request: ${line}`));
    }
  } finally {
    client.disconnect();
  }
  const figures = (name, which) => all.map((variants) => variants.find((variant) => variant.name === name)[which]);
  const figure = (name, which) => ({
    ...spread(figures(name, which)),
    toBare: ratios(figures(name, which), figures("bare", which)),
    toHeaders: ratios(figures(name, which), figures("headers", which)),
    toHandmade: ratios(figures(name, which), figures("handmade", which)),
    toBetterAuth: ratios(figures(name, which), figures("betterAuth", which)),
  });
  return all[0].map(({ name, what }) => ({ name, what, cpu: figure(name, "cpu"), rate: figure(name, "rate") }));
}

/** Every variant answers so many requests, a share of them in each turn, and begins one turn. */
async function measureRound(client, variants, round, requests) {
  const share = Math.ceil(requests / turns);
  const sums = variants.map(() => ({ cpu: 0, seconds: 0 }));
  for (const variant of variants) await measure(client, variant, warmUp);
  for (let turn = 0; turn < turns; turn += 1) {
    for (let i = 0; i < variants.length; i += 1) {
      const at = (i + turn + round) % variants.length;
      const { cpu, seconds } = await measure(client, variants[at], share);
      sums[at].cpu += cpu;
      sums[at].seconds += seconds;
    }
  }
  variants.forEach((variant, i) => {
    variant.cpu = sums[i].cpu / (share * turns);
    variant.rate = (share * turns) / sums[i].seconds;
  });
}

export async function measure(client, { name, worker, prepare, expected = {} }, count) {
  const job = {
    port: worker.port,
    head: await prepare(),
    count,
    connections,
    expected: { status: 200, setsCookie: false, ...expected },
  };
  const before = worker.cpu();
  client.send(job);
  const [{ seconds, wrong }] = await once(client, "message");
  if (wrong !== undefined) throw new Failed(`${name} answered otherwise than expected:\n${wrong}\n${worker.log}`);
  return { cpu: worker.cpu() - before, seconds };
}

/** Starts all Workers, and checks that each does what it is measured for. */
async function prepare(house, against) {
  const edgeward = await house.edgeward();
  const impatient = await house.edgeward({ settings: { LIFETIMES: { window: "1s" } } });
  const bare = await house.worker("bare");
  for (const worker of [edgeward, impatient, bare]) await worker.start("/auth/health");

  const ann = house.visitor(edgeward, "ann@example.com");
  const bob = house.visitor(impatient, "bob@example.com");
  await ann.settlesIn();
  await bob.settlesIn();
  await ann.fetch(page);
  await house.believed(edgeward.url);

  const headers = await house.worker("headers", { PLAN: JSON.stringify(await difference(house, ann, bare)) });
  const gate = await house.worker("gate", {
    PUBLIC_HOST: new URL(edgeward.url).host,
    AUDIENCE: edgeward.url,
    KEY_ID: [...readRing(house.secrets.IDENTITY_KEYS).keys()][0],
    COOKIE_KEY: handKey.toString("base64"),
    IDENTITY_KEY: [...readRing(house.secrets.IDENTITY_KEYS).values()][0].toString("base64"),
  });
  for (const worker of [headers, gate]) await worker.start();
  const [hono, betterAuth] = [await startHono(house), await startBetterAuth(house)];
  const other = against === undefined ? [] : [await prepareOther(house, against)];

  const handmade = async () => {
    const [session, device] = cookies(await signedIn(ann));
    return head(gate, page, [`__Host-edgeward=${signedByHand(session.slice("__Host-edgeward=".length))}`, device]);
  };
  return [
    { name: "bare", what: "JavaScript, passes through", worker: bare, prepare: async () => head(bare, page, cookies(ann.jar)) },
    {
      name: "headers",
      what: "JavaScript, sets and removes as many headers",
      worker: headers,
      prepare: async () => head(headers, page, cookies(ann.jar)),
    },
    {
      name: "edgeward",
      what: "Edgeward, signed in",
      worker: edgeward,
      prepare: async () => head(edgeward, page, cookies(await signedIn(ann))),
    },
    { name: "handmade", what: "JavaScript gate written by hand (WebCrypto)", worker: gate, prepare: handmade },
    { name: "hono", what: "Hono, JWT middleware and proxy", worker: hono.worker, prepare: async () => head(hono.worker, page, hono.cookies) },
    {
      name: "betterAuth",
      what: "better-auth with cookie cache, before (a)",
      worker: betterAuth.worker,
      prepare: async () => head(betterAuth.worker, page, betterAuth.cookies),
    },
    {
      name: "public",
      what: "Edgeward, a public page",
      worker: edgeward,
      prepare: async () => head(edgeward, publicPage, cookies(ann.jar)),
    },
    {
      name: "refusal",
      what: "Edgeward, not signed in (401)",
      worker: edgeward,
      prepare: async () => head(edgeward, page, []),
      expected: { status: 401 },
    },
    {
      name: "renewal",
      what: "Edgeward, after the window (asks the account object)",
      worker: impatient,
      prepare: async () => {
        const jar = (await signedIn(bob)).copy();
        while ((await bob.fetch(page)).headers["set-cookie"] === undefined) await pause(100);
        return head(impatient, page, cookies(jar));
      },
      expected: { setsCookie: true },
    },
    ...other,
  ];
}

/** The Edgeward of another checkout, to see what a change has changed. */
async function prepareOther(house, checkout) {
  const worker = await house.edgeward({ checkout });
  await worker.start("/auth/health");
  const carl = house.visitor(worker, "carl@example.com");
  await carl.settlesIn();
  return { name: "other", what: "Edgeward of the other checkout, signed in", worker, prepare: async () => head(worker, page, cookies(await signedIn(carl))) };
}

async function signedIn(visitor) {
  await visitor.calls("/auth/login", { email: visitor.email, password: visitor.password });
  return visitor.jar;
}

const cookies = (jar) => ["__Host-edgeward", "__Host-edgeward-device"].map((name) => `${name}=${jar.value(name)}`);

/** One request as a browser sends it, the same for all but for the host and the cookies. */
const head = (worker, target, cookies) =>
  [
    `GET ${target} HTTP/1.1`,
    `Host: ${new URL(worker.url).host}`,
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    "Accept: application/json",
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
    "Accept-Encoding: gzip, br",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-Mode: cors",
    "Sec-Fetch-Dest: empty",
    `Referer: ${worker.url}/private/`,
    "CF-Connecting-IP: 198.18.0.1",
    ...(cookies.length > 0 ? [`Cookie: ${cookies.join("; ")}`] : []),
    "\r\n",
  ].join("\r\n");

/** What Edgeward makes of a request and its answer, against what a bare pass-through leaves of them. */
async function difference(house, ann, bare) {
  const besides = house.visitor(bare, ann.email, ann.jar.copy());
  const [bareAnswer, bareSeen] = [await besides.fetch(page), await house.seen()];
  const [answer, seen] = [await ann.fetch(page), await house.seen()];
  return {
    request: changes(pairs(bareSeen.rawHeaders), pairs(seen.rawHeaders)),
    response: changes(pairs(bareAnswer.rawHeaders), pairs(answer.rawHeaders)),
  };
}

function changes(before, after) {
  for (const headers of [before, after]) for (const name of ["host", "date"]) headers.delete(name);
  return {
    remove: [...before.keys()].filter((name) => !after.has(name)),
    set: [...after].filter(([name, value]) => before.get(name) !== value),
  };
}

const pairs = (raw) => new Map(raw.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1]]] : [])));
