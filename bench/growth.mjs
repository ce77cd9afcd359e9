// How cost grows: with accounts, with the sessions of one account, with the lines of its journal, with rules.
//
// Each time two Edgewards are measured in turns, one that stays small and one that grows; what counts is the ratio.

import { fork } from "node:child_process";
import { join } from "node:path";
import { operator } from "../tests/e2e/operator.mjs";
import { root } from "../scripts/steps.mjs";
import { ratios } from "./figures.mjs";
import { page } from "./house.mjs";
import { measure } from "./traffic.mjs";

const [turns, share, warmUp] = [5, 200, 600];

/** For each curve `{ what, measured, points }`; a point has `at` and `ratio`, a spread. `most`: how many accounts. */
export async function measureGrowth(house, most) {
  const client = fork(join(root, "bench", "load.mjs"));
  try {
    const curves = [await ofAccounts(house, client, most)];
    for (const curve of [ofSessions, ofJournal, ofRules]) curves.push(await curve(house, client));
    return curves;
  } finally {
    client.disconnect();
  }
}

async function ofAccounts(house, client, most) {
  const [small, grown] = [await settled(house), await settled(house)];
  let there = 1;
  const grow = async (size) => {
    for (; there < size; there += 1) await house.visitor(grown.worker, `grown${there}@example.com`).settlesIn();
  };
  const sizes = [1, 10, 100, 1000, 10_000].filter((size) => size <= most);
  return curve(client, "accounts", "POST to a private page, which asks the account", { small, grown, request: posts, sizes, grow });
}

async function ofSessions(house, client) {
  const [small, grown] = [await settled(house), await settled(house)];
  let there = 1;
  const grow = async (size) => {
    for (; there < size; there += 1) {
      const { email, password } = grown.ann;
      await house.visitor(grown.worker, email).calls("/auth/login", { email, password });
    }
  };
  return curve(client, "sessions of the account", "POST to a private page, which asks the account", { small, grown, request: posts, sizes: [1, 10, 50], grow });
}

async function ofJournal(house, client) {
  const [small, grown] = [await settled(house), await settled(house)];
  for (const one of [small, grown]) {
    const operators = operator({ secrets: house.secrets, visitor: () => house.visitor(one.worker, "operator@example.com") });
    one.id = (await operators.finds(one.ann.email)).id;
  }
  const request = (one) => changes(one, house.secrets.ADMIN_KEYS.split(":")[2]);
  let there = 10;
  const grow = async (size) => {
    if (size > there) await measure(client, { ...variant(grown, request) }, size - there);
    there = size;
  };
  return curve(client, "lines in the account's journal", "an operator's change of an account, which writes a line", { small, grown, request, sizes: [10, 100, 1000, 10_000], grow });
}

async function ofRules(house, client) {
  const rules = (count) => [
    ...Array.from({ length: count - 1 }, (_, n) => ({ path: `/area-${n}/*`, access: { roles: [`role-${n}`] } })),
    { path: "/private/*", access: "required" },
  ];
  const small = await settled(house, { ACCESS_RULES: rules(1) });
  const points = [];
  for (const at of [1, 20, 80]) {
    const grown = await settled(house, { ACCESS_RULES: rules(at) });
    points.push({ at, ratio: await compared(client, variant(small, gets), variant(grown, gets)) });
    await grown.worker.stop();
  }
  await small.worker.stop();
  return { what: "rules, the last of which matches", measured: "GET of a private page within the window", points };
}

/** An Edgeward with one account, signed in. */
async function settled(house, settings = {}) {
  const worker = await house.edgeward({ settings });
  await worker.start("/auth/health");
  const ann = house.visitor(worker, "ann@example.com");
  await ann.settlesIn();
  return { worker, ann };
}

async function curve(client, what, measured, { small, grown, request, sizes, grow }) {
  const points = [];
  for (const at of sizes) {
    await grow(at);
    points.push({ at, ratio: await compared(client, variant(small, request), variant(grown, request)) });
  }
  for (const { worker } of [small, grown]) await worker.stop();
  return { what, measured, points };
}

const variant = (one, request) => ({ name: "edgeward", worker: one.worker, prepare: async () => request(one) });

async function compared(client, small, grown) {
  const spent = new Map([[small, []], [grown, []]]);
  for (const one of spent.keys()) await measure(client, one, warmUp);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [one, costs] of spent) costs.push((await measure(client, one, share)).cpu);
  }
  return ratios(spent.get(grown), spent.get(small));
}

const lines = (...all) => [...all, "\r\n"].join("\r\n");
const ofBrowsers = ({ worker, ann }) => [`Host: ${new URL(worker.url).host}`, `Cookie: ${ann.jar.header("/")}`, `Origin: ${worker.url}`, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"];

/** With a fresh cookie: none is to be renewed while it is measured. */
async function signedIn({ ann }) {
  await ann.calls("/auth/login", { email: ann.email, password: ann.password });
}

async function gets(one) {
  await signedIn(one);
  return lines(`GET ${page} HTTP/1.1`, ...ofBrowsers(one));
}

async function posts(one) {
  await signedIn(one);
  return lines(`POST ${page} HTTP/1.1`, ...ofBrowsers(one), "Content-Length: 0");
}

function changes({ worker, id }, key) {
  const body = JSON.stringify({ roles: [] });
  const head = [`PATCH /auth/admin/accounts/${id} HTTP/1.1`, `Host: ${new URL(worker.url).host}`, `Authorization: Bearer ${key}`];
  return lines(...head, "Content-Type: application/json", `Content-Length: ${body.length}`) + body;
}
