// Round trips per action: which objects are asked, what they write, how often a password is hashed, which
// webhooks leave. Counted by Edgeward itself with a tally around its objects (`workers/counting.mjs`), until
// everything that an action set off has ended.

import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Failed, root } from "../scripts/steps.mjs";
import { spread } from "./figures.mjs";
import { page } from "./house.mjs";

const main = join(root, "bench", "workers", "counting.mjs");
/** How long nothing must happen for an action to count as ended, alarms and letters included. */
const quiet = 400;
const people = 3;

/** Several people do everything once. Each action has a spread of every count. */
export async function countTrips(house) {
  const patient = await house.edgeward({ main });
  const impatient = await house.edgeward({ main, settings: { LIFETIMES: { window: "1s" } } });
  for (const edgeward of [patient, impatient]) await edgeward.start("/auth/health");
  // The first person of an isolate pays for what is checked once.
  await house.visitor(patient, "first@example.com").settlesIn();
  await house.visitor(impatient, "first@example.com").settlesIn();

  const counts = new Map();
  for (let n = 0; n < people; n += 1) {
    for (const [action, count] of await oneLife(house, patient, impatient, n)) {
      counts.set(action, [...(counts.get(action) ?? []), count]);
    }
  }
  for (const edgeward of [patient, impatient]) await edgeward.stop();
  return [...counts].map(([action, all]) => {
    const names = Object.keys(all[0]);
    return { action, ...Object.fromEntries(names.map((name) => [name, spread(all.map((count) => count[name]))])) };
  });
}

/** The CPU time of a sign-in from a known browser, in milliseconds. */
export async function measureSignIn(house, times) {
  const edgeward = await house.edgeward();
  await edgeward.start("/auth/health");
  const ann = house.visitor(edgeward, "ann@example.com");
  await ann.settlesIn();
  const spent = [];
  for (let n = 0; n < times; n += 1) {
    const before = edgeward.cpu();
    const { status, text } = await ann.calls("/auth/login", { email: ann.email, password: ann.password });
    if (status !== 200) throw new Failed(`The sign-in was refused: ${text}`);
    spent.push((edgeward.cpu() - before) / 1000);
  }
  await edgeward.stop();
  return spread(spent);
}

/** Everything a person does, in an order in which each action is the only one. */
async function oneLife(house, patient, impatient, n) {
  const ann = house.visitor(patient, `trips${n}@example.com`);
  const elsewhere = house.visitor(patient, ann.email);
  const stranger = house.visitor(patient, `nobody${n}@example.com`);
  const late = house.visitor(impatient, `late${n}@example.com`);
  const { email, password } = ann;
  const link = async () => ({ token: new URL((await ann.receives("auth.verify")).link).searchParams.get("token") });
  const wrong = "not the sentence that was chosen";

  await late.settlesIn();
  const counted = [];
  const does = async (action, edgeward, status, what) => counted.push([action, await count(edgeward, status, what)]);

  await does("Sign up, its letter included", patient, 202, () => ann.calls("/auth/register", { email, password }));
  await does("Verify, in the same browser", patient, 200, async () => ann.calls("/auth/verify", await link()));
  await does("GET of a private page", patient, 200, () => ann.fetch(page));
  await does("GET of a private page, after the window", impatient, 200, () => late.fetch(page));
  await does("POST to a private page", patient, 200, () => ann.fetch(page, { method: "POST", json: {} }));
  await does("Sign out", patient, 200, () => ann.calls("/auth/logout", {}));
  await does("Sign in, known browser", patient, 200, () => ann.calls("/auth/login", { email, password }));
  await does("Sign in, new browser", patient, 200, () => elsewhere.calls("/auth/login", { email, password }));
  await does("Sign in, wrong password", patient, 401, () => stranger.calls("/auth/login", { email, password: wrong }));
  await does("Sign in, unknown address", patient, 401, () => stranger.calls("/auth/login", { email: stranger.email, password: wrong }));
  await does("Sign up, address taken, the notice included", patient, 202, () => stranger.calls("/auth/register", { email, password }));
  await does("GET of a private page, signed out (401)", patient, 401, () => stranger.fetch(page));
  return counted;
}

async function count(edgeward, status, action) {
  const before = await settled(edgeward);
  const answer = await action();
  if (answer.status !== status) throw new Failed(`${answer.status} instead of ${status}: ${answer.text}\n${edgeward.log}`);
  const after = await settled(edgeward);
  const differences = Object.keys(after).map((name) => [name, after[name] - before[name]]);
  return Object.fromEntries(differences);
}

/** The tally, once it has stopped changing. */
async function settled(edgeward) {
  let last = await tally(edgeward);
  for (;;) {
    await pause(quiet);
    const next = await tally(edgeward);
    if (JSON.stringify(next) === JSON.stringify(last)) return next;
    last = next;
  }
}

const tally = async ({ url }) => (await fetch(`${url}/.bench/tally`)).json();
