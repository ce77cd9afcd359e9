// Secrets that are let loose, and looked for where they do not belong, in every spelling in which one could hide.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The secrets of a story. Each is the bytes that nobody else may hold, and what they are. */
export class Canaries {
  #known = new Map();

  /** Remembers a text, or bytes. What is too short to be anybody's alone is no secret. */
  add(what, secret) {
    const bytes = Buffer.from(secret ?? "");
    if (bytes.length < 10) return;
    const key = bytes.toString("latin1");
    if (!this.#known.has(key)) this.#known.set(key, { what, bytes, spellings: spellings(bytes) });
  }

  get size() {
    return this.#known.size;
  }

  get kinds() {
    return [...new Set([...this.#known.values()].map(({ what }) => what))];
  }

  /** Where which of them are: `places` are names and bytes; `belongs(what, bytes, place)` says where one may be. */
  search(places, belongs = () => false) {
    const found = [];
    for (const [place, bytes] of places) {
      for (const { what, bytes: secret, spellings } of this.#known.values()) {
        const spelt = spellings.filter(([, needle]) => bytes.includes(needle)).map(([spelling]) => spelling);
        if (spelt.length > 0 && !belongs(what, secret.toString("latin1"), place)) found.push(`${what} (${secret.toString("base64url").slice(0, 12)}…) in ${place}, ${spelt.join(", ")}`);
      }
    }
    return found;
  }
}

/** How a secret may be written, by name. */
export function spellings(bytes) {
  const text = bytes.toString("latin1");
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const readable = bytes.equals(Buffer.from(bytes.toString("utf8"))) ? bytes.toString("utf8") : text;
  const found = [
    ["as it is", bytes],
    ["JSON", Buffer.from(JSON.stringify(readable).slice(1, -1))],
    ["HTML", Buffer.from(readable.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("'", "&#39;").replaceAll("\"", "&#34;"))],
    ["a form's", Buffer.from(new URLSearchParams({ a: readable }).toString().slice(2))],
    ["percent-encoded where it must be", Buffer.from(encodeURIComponent(readable))],
    ["percent-encoded", Buffer.from(percent)],
    ["percent-encoded, upper case", Buffer.from(percent.toUpperCase())],
    ["hexadecimal", Buffer.from(bytes.toString("hex"))],
    ["hexadecimal, upper case", Buffer.from(bytes.toString("hex").toUpperCase())],
    ["UTF-16", Buffer.from(readable, "utf16le")],
    ["UTF-16, the other way", Buffer.from(readable, "utf16le").swap16()],
    ["base32", Buffer.from(base32(bytes).slice(0, -2))],
  ];
  // Within a longer text, base64 of it begins at one of three places, and its ends are mixed with what is beside it.
  for (const before of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const inside = [before === 0 ? 0 : 4, Math.floor(whole.length / 3) * 4];
    found.push([`base64 at ${before}`, Buffer.from(whole.toString("base64").slice(...inside))]);
    found.push([`base64url at ${before}`, Buffer.from(whole.toString("base64url").slice(...inside))]);
  }
  return found;
}

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[parseInt(five, 2)]).join("");
}

/** Everything the objects have on disk: each file as it is, and the rows of each database that can be opened. */
export function diskOf(folder) {
  const files = readdirSync(folder).flatMap((className) => readdirSync(join(folder, className)).map((name) => [className, name, join(folder, className, name)]));
  const place = (className, name) => `${className} ${name.replace(/^[0-9a-f]+/, "")}`;
  // As they are, before a database is opened: that takes its journal in.
  const bytes = files.map(([className, name, file]) => [`the file of ${place(className, name)}`, readFileSync(file)]);
  const databases = files.filter(([, name]) => name.endsWith(".sqlite"));
  return [...bytes, ...databases.map(([className, name, file]) => [`the rows of ${place(className, name)}`, Buffer.from(rowsOf(file))])];
}

function rowsOf(file) {
  const database = new DatabaseSync(file);
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const rows = tables.flatMap(({ name }) => {
    const all = database.prepare(`SELECT * FROM "${name}"`);
    all.setReadBigInts(true);
    return all.all();
  });
  database.close();
  const written = (value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value));
  return rows.map((row) => Object.values(row).map(written).join("\n")).join("\n");
}
