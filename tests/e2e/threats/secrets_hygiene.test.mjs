// Secrets stay where they belong. A long story over all flows writes down everything that was said, and then every
// password that was typed, every token that was mailed, every cookie that was set and every key of the settings is
// searched for, in all spellings: on disk, in the log, in letters, in questions to hooks, at the origin and in answers.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { figure } from "../figures.mjs";
import { Canaries, spellings } from "./canaries.mjs";
import { startTown, tellsTheStory } from "./secrets_story.mjs";

const timeout = 240_000;

/** A token is in the letter it came by, and nowhere else. */
const inOwnLetter = (letters) => (what, secret, place) =>
  what === "a token of a mail" && place.startsWith("a letter ") && letters.some(({ body, mail }) => body.includes(secret) && place === `a letter ${mail.type} to ${mail.data.to}`);

test("after a long story no secret is where it does not belong", { timeout }, async (t) => {
  const town = await startTown(t);
  const { house, canaries, addresses, letters } = town;
  await tellsTheStory({ ...town, failNext: () => (town.failLetters = 1) });
  await misconfigured(town);
  await house.kill9();

  const places = [...town.places(), ...town.disk()];
  const found = canaries.search(places, inOwnLetter(letters));
  const told = addresses.search(places.filter(([place]) => place === "the log" || place === "what the origin got"));
  const pairs = canaries.size * places.length;
  figure("secrets_hygiene", { tried: pairs, survived: pairs - found.length - told.length });
  console.log(`${canaries.size} secrets, ${places.length} places: ${canaries.kinds.join(", ")}`);
  assert.deepEqual(found.slice(0, 20), []);
  assert.deepEqual(told.slice(0, 5), [], "the log and the origin know no address");

  const kinds = ["COOKIE_KEYS", "IDENTITY_KEYS", "ASSERTION_KEYS", "PEPPERS", "WEBHOOK_SECRET", "NAME_KEY", "ADMIN_KEYS", "a password", "a token of a mail", "a cookie", "a token of an operator's link"];
  for (const kind of kinds) assert.ok(canaries.kinds.includes(kind), `the story has ${kind}`);
  const types = new Set(letters.map(({ mail }) => mail.type));
  assert.ok(types.size >= 10, `letters of all kinds: ${[...types]}`);
  const objects = ["AccountObject", "AddressObject", "LinkObject", "NetworkObject"];
  for (const object of objects) assert.ok(places.some(([place]) => place.includes(`rows of ${object}`)), object);
});

/** Settings that are wrong are told by name, on a page too, and their values are secrets like those that are right. */
async function misconfigured({ house, canaries, settings, answers }) {
  const wrong = { COOKIE_KEYS: "k1:tooshortbutnobodyelses", PEPPERS: "p1:not*base64*but*nobody*elses", ADMIN_KEYS: "nonsense-that-nobody-else-has", ON_LOGIN_URL: "https://user:a-password-in-an-url@x.example/" };
  for (const value of Object.values(wrong)) canaries.add("a setting that is wrong", value.split(":").at(-1));
  canaries.add("a setting that is wrong", "a-password-in-an-url");
  await house.restart({ settings: (built) => ({ ...settings(built), ...wrong }), waitFor: 503 });
  const page = await house.visitor().fetch("/login", { headers: { Accept: "text/html", "Sec-Fetch-Mode": "navigate" } });
  assert.equal(page.status, 503);
  assert.match(page.text, /COOKIE_KEYS/);
  assert.match(answers.at(-1)[0], /503/);
  await house.restart({ settings: (built) => ({ ...settings(built), IDENTITY_EMAIL: "on" }) });
}

test("the origin is told the address where IDENTITY_EMAIL is on, and a search would find it", { timeout }, async (t) => {
  const town = await startTown(t);
  const ann = town.house.visitor();
  await ann.settlesIn();
  const looks = async () => {
    town.arrived.length = 0;
    assert.equal((await ann.fetch("/private/a")).status, 200);
    return town.addresses.search(town.places().filter(([place]) => place === "what the origin got")).length;
  };
  assert.equal(await looks(), 0);
  await town.house.restart({ settings: (built) => ({ ...town.settings(built), IDENTITY_EMAIL: "on" }) });
  assert.ok((await looks()) > 0);
});

test("a secret that was planted is found in each place and in each spelling", { timeout }, async (t) => {
  const town = await startTown(t);
  const { house } = town;
  const ann = house.visitor();
  await ann.settlesIn();
  for (const [spelling, bytes] of spellings(Buffer.from("planted: hättë & <co> 0123456789"))) {
    const planted = new Canaries();
    planted.add("a plant", "planted: hättë & <co> 0123456789");
    const near = Buffer.concat([Buffer.from("beside it "), bytes, Buffer.from(" and after")]);
    assert.equal(planted.search([["here", near]]).length, 1, spelling);
  }
  const secret = "planted-0123456789-abcdefghij";
  const planted = new Canaries();
  planted.add("a plant", secret);
  await ann.fetch("/private/a", { method: "POST", body: `x=${encodeURIComponent(secret)}`, headers: { "Content-Length": Buffer.byteLength(secret) + 2 } });
  await ann.fetch(`/login/nothing?${secret}`);
  house.log += `{"event":"${Buffer.from(secret).toString("base64")}"}\n`;
  town.answers.push(["the answer to a planted question", Buffer.from(secret)]);
  town.letters.push({ head: Buffer.alloc(0), body: Buffer.from(`{"link":"${secret}"}`), mail: { type: "auth.planted", data: { to: "eve" } } });
  town.hooks.asked.push({ headers: {}, body: secret, type: "planted" });
  await house.kill9();
  const [name] = readdirSync(join(house.disk, "AccountObject")).filter((file) => /^[0-9a-f]+\.sqlite$/.test(file));
  const database = new DatabaseSync(join(house.disk, "AccountObject", name));
  database.exec(`CREATE TABLE planted (text); INSERT INTO planted VALUES ('${secret}')`);
  const places = [...town.places(), ...town.disk()];
  database.close();
  const found = planted.search(places).map((line) => line.split(" in ")[1].split(",")[0]);
  for (const place of ["what the origin got", "the log", "the answer to a planted question", "a letter auth.planted to eve", "a question planted"]) assert.ok(found.includes(place), `${place}: ${found}`);
  assert.ok(found.some((place) => place.startsWith("the rows of AccountObject")), `${found}`);
  assert.ok(found.some((place) => place.startsWith("the file of AccountObject")), `${found}`);
  assert.deepEqual(planted.search(places, inOwnLetter(town.letters)).length, found.length, "only a token of a mail belongs to a letter");
});
