// docs/performance.md and the table of the README, made of what was measured. No figure is typed by hand.

import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Failed, root } from "../scripts/steps.mjs";
import { judged } from "./aims.mjs";
import { plot } from "./plot.mjs";

const { version: workerd } = createRequire(import.meta.url)("workerd/package.json");

export function write(measured) {
  const { traffic, start, trips, waits } = measured;
  const by = (name) => traffic.find((variant) => variant.name === name);
  const aims = judged({ start, trips, waits, by });
  writeFileSync(join(root, "docs", "performance.md"), page({ ...measured, aims }));
  writeFileSync(join(root, "docs", "pictures", "performance.svg"), plot(traffic));
  writeReadme({ start, trips, by, aims });
}

const number = (value, digits = 0) => value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const range = ({ median, least, most }, digits) => `${number(median, digits)} (${number(least, digits)}–${number(most, digits)})`;
const times = ({ median }) => median.toFixed(2);
const kilobytes = (bytes) => `${number(bytes / 1024)} KB`;
const row = (cells) => `| ${cells.join(" | ")} |`;

function page({ traffic, start, signIn, trips, waits, growth, rounds, requests, load, aims }) {
  return `# Performance

\`npm run bench\` measures all of this and writes this page.

| | |
|---|---|
| written on | ${new Date().toISOString().slice(0, 10)} |
| machine | ${machine()} |
| runtime | workerd ${workerd}, node ${process.version} |
| rounds | ${rounds}, of ${number(requests)} requests each |
| load of the machine when it began | ${load.toFixed(1)}${load < quiet ? "" : ": other work kept it busy, so times and spreads are larger than on a quiet one"} |

Look at the ratios: another machine has other times, and two runs on one machine differ by some per cent.

## What is aimed for

${verdict(aims)}

| | aim | measured | met |
|---|---|---|---|
${aims.map(aimRow).join("\n")}

(a), (b) and (d) are explained below; a ratio is the median of the rounds, with its least and most.

## What a request costs

${traffic.length} Workers, each alone in a process of the same workerd, before the same small \`node:http\` application. All get the
same GET, with the headers of a browser, on 16 connections.

![CPU time per request](pictures/performance.svg)

| | CPU µs per request | to (a) | to (b) | requests/s | to (a) | to (b) |
|---|---|---|---|---|---|---|
${traffic.map(trafficRow).join("\n")}

- **(a)** passes the request through and does nothing else: \`fetch(new Request(url, request))\`.
- **(b)** sets and removes as many headers as Edgeward does, of the same length, on the request and on the answer: the least that
  any gateway costs that tells its origin who is asking. What Edgeward adds to (b) is its own work.
- **(d)** checks the cookie's HMAC and makes the same RFC 9421 signature with WebCrypto. It knows one rule and one reading of a
  path, and cannot renew a session.
- **Hono** with its JWT middleware and its proxy helper, and **better-auth** with its cookie cache before the same proxy as (a), tell
  the origin who asks by one header that is not signed. Both are of the versions in \`bench/package.json\`.

The bench asks with one cookie. Edgeward checks its MAC each time and keeps what it says, as it does for a page that loads many
things; the first request with a cookie costs a little more.

CPU time is that of the whole workerd process, from what Linux keeps of its threads; requests per second swing more, because
application and client share the machine. Medians of ${rounds} rounds, least and most in brackets; ratios are taken within each round
and then their median. A round starts every process anew, warms it up, and sends each ${number(requests)} requests, in turns.
Every answer is checked: status, and that no cookie is renewed where none should be.

A sign-in costs ${range(signIn, 0)} ms of CPU time. Nearly all of it is the password hash, and is meant to be.

## Round trips per action

What an action sets off in all, mails and alarms included: calls to objects, rows written (as the platform bills them), alarms
set (billed as a row each), password hashes, webhooks, requests to the origin. Counted by a tally around Edgeward's objects
(\`bench/workers/counting.mjs\`)${trips.some(differs) ? "; where people differed, least–most" : ", and the same for every person who did it"}.

| | address | account | network | rows | alarms | hashes | webhooks | origin |
|---|---|---|---|---|---|---|---|---|
${trips.map(tripRow).join("\n")}

## While others sign in

The fastest of ten sign-ins, alone, takes ${number(waits.hash)} ms longer than a GET: nearly all of it is the hash, which lets nothing else run.
A signed-in GET comes every 7 ms:

| | median | p99 | longest |
|---|---|---|---|
${waitRow("nobody signs in", waits.idle)}
${waitRow(`ten browsers sign in over and over, ${number(waits.signIns / waits.seconds, 1)} times a second in all`, waits.busy)}

## How cost grows

CPU time, to that of an Edgeward that stays at the first size, measured in turns.

${growthTable(growth)}

## Size and start

| | |
|---|---|
| wasm, gzip | ${kilobytes(start.wasm)} |
| JavaScript around it, gzip | ${kilobytes(start.bundle)} |
| from the start of the workerd process to the first answer, JavaScript that says hello | ${range(start.hello, 0)} ms |
| the same, Edgeward | ${range(start.edgeward, 0)} ms, ${times(start.edgeward.toHello)} times as long |

## Measure it yourself

\`\`\`sh
npm run bench                            # everything; writes this page, its picture and the README's table
npm run bench -- --rounds 3              # a quick look
npm run bench -- --against ../elsewhere  # also the Edgeward of another checkout, built; writes nothing
\`\`\`

It needs Linux. Nothing leaves the machine.
`;
}

/** A load below which nobody else is at work. */
const quiet = 0.5;

function verdict(aims) {
  const missed = aims.filter(({ met }) => !met).length;
  return missed === 0 ? "All of it is met." : `**${missed} of ${aims.length} aims are not met yet.**`;
}

const aimRow = ({ what, aim, measured, digits, unit, met }) =>
  row([what, `${aim.least === undefined ? "at most" : "at least"} ${number(aim.least ?? aim.most, digits)}${unit}`, `${whole(measured, digits)}${unit}`, met ? "yes" : "**not yet**"]);

const whole = (spread, digits) => (spread.least === spread.most ? number(spread.median, digits) : range(spread, digits));

const letters = { bare: "(a) ", headers: "(b) ", handmade: "(d) ", edgeward: "**(c) " };

function trafficRow({ name, what, cpu, rate }) {
  const bold = name === "edgeward" ? "**" : "";
  const figures = [range(cpu, 0), times(cpu.toBare), times(cpu.toHeaders), range(rate, 0), times(rate.toBare), times(rate.toHeaders)];
  return row([`${letters[name] ?? ""}${what}${bold}`, ...figures]);
}

const waitRow = (what, { median, p99, most }) => row([what, ...[median, p99, most].map((value) => `${number(value, 1)} ms`)]);

function growthTable(growth) {
  const most = Math.max(...growth.map(({ points }) => points.length));
  const padded = (cells) => row([...cells, ...Array(2 + most - cells.length).fill(" ")]);
  const lines = growth.map(({ what, measured, points }) => padded([what, measured, ...points.map(({ at, ratio }) => `${number(at)}: ${times(ratio)}`)]));
  return [padded(["what grows", "measured by"]), row(Array(2 + most).fill("---")), ...lines].join("\n");
}

const differs = ({ action, ...counts }) => Object.values(counts).some(({ least, most }) => least !== most);

function tripRow({ action, ...counts }) {
  const count = ({ least, most }) => (least === most ? least || "·" : `${least}–${most}`);
  const { address, account, network, rows, alarms, hashes, webhooks, origin } = counts;
  return row([action, ...[address, account, network, rows, alarms, hashes, webhooks, origin].map(count)]);
}

function machine() {
  const [{ model }] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores of ${model.trim()} with ${memory} GB, Linux ${release().split("-")[0]}`;
}

const [from, to] = ["<!-- FIGURES: written by npm run bench -->", "<!-- /FIGURES -->"];

function writeReadme({ start, trips, by, aims }) {
  const file = join(root, "README.md");
  const text = readFileSync(file, "utf8");
  const [begin, end] = [text.indexOf(from), text.indexOf(to)];
  if (begin < 0 || end < begin) throw new Failed(`README.md has no place for the figures, from ${from} to ${to}.`);
  const { cpu, rate } = by("edgeward");
  const get = trips.find(({ action }) => action === "GET of a private page");
  const asked = ["address", "account", "network"].reduce((sum, name) => sum + get[name].median, 0);
  const table = [
    ["", ""],
    ["---", "---"],
    ["size of the wasm, gzip", kilobytes(start.wasm)],
    ["an authenticated GET within the window", `${asked === 0 ? "asks no object" : `asks objects ${asked} times`}, writes ${get.rows.median || "nothing"}`],
    ["its CPU time", `${times(cpu.toBare)} times that of a bare pass-through in JavaScript, ${times(cpu.toHeaders)} times that of one that sets as many headers`],
    ["its requests per second", `${times(rate.toBare)} and ${times(rate.toHeaders)} times`],
    ["first answer after the start of workerd", `${number(start.edgeward.median)} ms; a hello in JavaScript ${number(start.hello.median)} ms`],
  ];
  const lines = table.map(row).map((line) => line.replace("|  |  |", "| | |").replace("| --- | --- |", "|---|---|"));
  const how = `How it was measured, and what is aimed for: [performance](docs/performance.md). ${verdict(aims)}`;
  const block = `${from}\n\n${lines.join("\n")}\n\n${how}\n\n`;
  writeFileSync(file, text.slice(0, begin) + block + text.slice(end));
}
