// What Edgeward is meant to cost at most. The page says of each whether it is met, in the run that it shows.

const [kilobyte, objects] = [1024, ["address", "account", "network"]];

/** Each aim with what was measured: a spread, judged by its median. */
export function judged({ start, trips, waits, by }) {
  const { cpu, rate } = by("edgeward");
  const action = (name) => trips.find((trip) => trip.action === name);
  const signIns = ["Sign in, known browser", "Sign in, new browser"];
  const renewal = "GET of a private page, after the window";
  return [
    ratio("CPU time per authenticated GET, to (a)", { most: 1.3 }, cpu.toBare),
    ratio("its requests/s, to (a)", { least: 0.75 }, rate.toBare),
    ratio("CPU time, to (b)", { most: 1.2 }, cpu.toHeaders),
    ratio("requests/s, to (b)", { least: 0.8 }, rate.toHeaders),
    ratio("CPU time, to (d)", { most: 1 }, cpu.toHandmade),
    ratio("requests/s, to (d)", { least: 1 }, rate.toHandmade),
    ratio("requests/s, to better-auth", { least: 2 }, rate.toBetterAuth),
    ratio("first answer after the start of workerd, to JavaScript that says hello", { most: 1.5 }, start.edgeward.toHello),
    whole("wasm, gzip", { most: 700 }, exact(start.wasm / kilobyte), " KB"),
    ratio("p99 of proxied requests while sign-ins take all they can, to one sign-in", { most: 2 }, exact(waits.busy.p99 / waits.hash)),
    ...signIns.flatMap((name) => bill(name, action(name), { calls: 5, rows: 8 })),
    ...bill(renewal, action(renewal), { calls: 1, rows: 1 }),
  ];
}

/** What the platform bills for an action: calls to objects, and rows, of which an alarm is one. */
function bill(name, counted, { calls, rows }) {
  return [
    whole(`${name}: calls to objects`, { most: calls }, sum(objects.map((object) => counted[object]))),
    whole(`${name}: rows and alarms written`, { most: rows }, sum([counted.rows, counted.alarms])),
  ];
}

const ratio = (what, aim, measured) => judge({ what, aim, measured, digits: 2, unit: "" });
const whole = (what, aim, measured, unit = "") => judge({ what, aim, measured, digits: 0, unit });

const judge = (one) => ({ ...one, met: isMet(one.aim, one.measured.median) });
const isMet = ({ least = -Infinity, most = Infinity }, value) => value >= least && value <= most;

const exact = (value) => ({ median: value, least: value, most: value });
const sum = (spreads) =>
  Object.fromEntries(["median", "least", "most"].map((which) => [which, spreads.reduce((total, spread) => total + spread[which], 0)]));
