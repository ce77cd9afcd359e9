// Somebody gets at the database and makes what happened to an account look otherwise. The command that
// follows the chain tells, whatever they change, as long as they have not `NAME_KEY` too.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../../scripts/steps.mjs";
import { varLine } from "../../../scripts/secrets.mjs";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";

/** A checkpoint as sweeping leaves one, but for the key. */
const swept = `CREATE TABLE checkpoint (id INTEGER PRIMARY KEY, seq INTEGER, chain TEXT, mac TEXT);
  INSERT INTO checkpoint SELECT 1, seq, chain, chain FROM journal WHERE seq = 2;`;

/** What is done to the database of the account, and what the command says of it. */
const harms = [
  ["a line is altered", "UPDATE journal SET line = replace(line, 'signed_', 'Signed_') WHERE seq = 2", /line 2 was changed/],
  ["a time is altered", "UPDATE journal SET at = at - 3600000 WHERE seq = 2", /line 2 was changed/],
  ["a chain is altered", "UPDATE journal SET chain = (SELECT chain FROM journal WHERE seq = 1) WHERE seq = 2", /line 2 was changed/],
  ["a line is taken out", "DELETE FROM journal WHERE seq = 3", /line 3 is gone/],
  ["the first lines are taken out", "DELETE FROM journal WHERE seq < 3", /line 1 is gone/],
  ["the first lines are taken out, and the next made old", "DELETE FROM journal WHERE seq < 3; UPDATE journal SET at = 0 WHERE seq = 3", /line 1 is gone/],
  ["all is called erased", "DELETE FROM journal WHERE seq > 1; UPDATE journal SET line = '{\"event\":\"erased\"}'", /line 1 was changed/],
  ["a beginning is made up", `${swept} DELETE FROM journal WHERE seq < 3`, /what is said of its beginning was made up/],
  ["a line is put in the place of another", "UPDATE journal SET line = (SELECT line FROM journal WHERE seq = 2) WHERE seq = 4", /line 4 was changed/],
  ["a line is put at the end", "INSERT INTO journal SELECT seq + 1, at, line, chain FROM journal ORDER BY seq DESC LIMIT 1", /was changed/],
  ["the lines of another account are put in their place", "DELETE FROM journal; INSERT INTO journal SELECT * FROM others", /line 1 was changed, or is another account's/],
  ["the end is cut off", "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)", /it ends at line \d+, and had \d+/],
  ["all is taken out", "DELETE FROM journal", /nothing is left of it/],
];

test("whatever is done to a journal shows", async (t) => {
  const house = await startEdgeward(t);
  const command = commandFor(t, house);
  const ann = house.visitor();
  await ann.settlesIn();
  for (let again = 0; again < 2; again += 1) {
    await ann.signsOut();
    await ann.signsIn({ next: "/private/" });
  }
  const { id } = (await ann.calls("/auth/session")).json.account;
  const eve = house.visitor();
  await eve.settlesIn();

  const { status, printed } = await command("verify", id, "--url", house.url);
  assert.equal(status, 0, printed);
  const [, lines, end] = /✓ acc_\w+: (\d+) lines, as they were written.*--end (\d+:[\w-]{43})/.exec(printed);
  assert.ok(Number(lines) >= 5, `a journal of ${lines} lines`);
  assert.equal((await command("verify", ann.email)).status, 0, "an address will do");
  assert.match((await command("show", id)).printed, /1 {2}\d{4}-.*created/);

  const others = await linesOf(house, (lines) => !lines.includes(end.split(":")[1]));
  let survived = 0;
  for (const [what, sql, told] of harms) {
    await onJournalOf(house, end, (database) => {
      database.exec("CREATE TABLE kept AS SELECT * FROM journal; CREATE TABLE others AS SELECT * FROM journal WHERE 0");
      for (const row of others) database.prepare("INSERT INTO others VALUES (?, ?, ?, ?)").run(...row);
      database.exec(sql);
    });
    await house.start();
    const { status, printed } = await command("verify", id, "--end", end);
    survived += status === 1 && told.test(printed) ? 1 : 0;
    assert.match(printed, told, what);
    assert.equal(status, 1, what);
    await onJournalOf(house, end, (database) => {
      database.exec("DELETE FROM journal; INSERT INTO journal SELECT * FROM kept; DROP TABLE kept; DROP TABLE others; DROP TABLE IF EXISTS checkpoint");
    });
    await house.start();
  }
  figure("journal", { tried: harms.length, survived });
  assert.equal((await command("verify", id, "--end", end)).status, 0, "as it was, it holds");
});

/** Opens the database that holds this end, or did. */
const onJournalOf = (house, end, work) =>
  house.opens("AccountObject", (database) => {
    const has = (table) => database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(table) !== undefined;
    const tables = ["journal", "kept"].filter(has);
    const chains = tables.flatMap((table) => database.prepare(`SELECT chain FROM ${table}`).all());
    if (chains.some(({ chain }) => chain === end.split(":")[1])) work(database);
  });

/** The lines of the other account, as rows. */
async function linesOf(house, isMeant) {
  const journals = await house.opens("AccountObject", (database) => {
    const exists = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'journal'").get();
    return exists ? database.prepare("SELECT seq, at, line, chain FROM journal").all() : [];
  });
  const other = journals.find((lines) => lines.length > 0 && isMeant(lines.map(({ chain }) => chain)));
  return other.map(({ seq, at, line, chain }) => [seq, at, line, chain]);
}

test("the command says what it lacks", async (t) => {
  const house = await startEdgeward(t);
  const lacks = [
    [{}, ["verify"], /npm run journal -- verify ACCOUNT/],
    [{}, ["verify", "acc_aeaqcaibaeaqcaibaeaqcaibae"], /there is no such account/],
    [{}, ["verify", "nobody@example.com"], /there is no such account/],
    [{}, ["verify", "nobody@example.com", "--end", "x"], /comes from an earlier verification/],
    [{ NAME_KEY: undefined }, ["verify", "acc_x"], /has no NAME_KEY/],
    [{ ADMIN_KEYS: "op1:links:AAAA" }, ["verify", "acc_x"], /no key with the scope read/],
    [{ ADMIN_KEYS: "op1:read:AAAA" }, ["verify", "acc_x"], /401 auth\.admin\.unauthorized/],
    [{ PUBLIC_URL: house.mailbox.url }, ["verify", "acc_x"], /does not answer as Edgeward does|there is no such account/],
  ];
  for (const [vars, args, told] of lacks) {
    const { status, printed } = await commandFor(t, house, vars)(...args);
    assert.equal(status, 1, printed);
    assert.match(printed, told);
  }
});

/** Runs the command with the settings of the house, and `vars` over them. */
function commandFor(t, house, vars = {}) {
  const dir = mkdtempSync(join(tmpdir(), "edgeward-journal-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, "vars");
  const all = { PUBLIC_URL: house.url, ...house.secrets, ...vars };
  writeFileSync(file, Object.entries(all).filter(([, value]) => value).map(varLine).join(""));
  return async (...args) => {
    const child = spawn(process.execPath, [join(root, "scripts", "journal.mjs"), ...args, "--vars", file], { env: { ...process.env, NO_COLOR: "1" } });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (printed += text));
    const status = await new Promise((resolve) => child.once("close", resolve));
    return { status, printed };
  };
}
