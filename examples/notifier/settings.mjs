// Settings, from variables: read once, and everything that is wrong is said at once, by name and without
// its value.

import { Webhook } from "standardwebhooks";
import { isAddress } from "./payload.mjs";

/**
 * @typedef {object} Settings
 * @property {Webhook[]} webhooks One for each secret that may have signed.
 * @property {string} smtpUrl Where mails are handed over.
 * @property {{ name: string, address: string }} from Who they are from.
 * @property {string} product The name people know the site by.
 * @property {string} publicUrl Where people reach Edgeward: an origin, without a slash at its end.
 * @property {string} pages Where Edgeward's own pages are: `publicUrl` and the prefix.
 * @property {string} host Where this listens.
 * @property {number} port Where this listens.
 */

/** What is wrong with the settings, all of it. */
export class SettingsError extends Error {
  /** @param {string[]} problems */
  constructor(problems) {
    super(`These settings are missing or wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/** Whether a host is this machine, so that what is sent to it needs no encryption. @param {string} host */
export const isLoopback = (host) => loopback.includes(host.toLowerCase());

/**
 * Reads the settings; throws a `SettingsError` that names every one that is wrong.
 *
 * @param {Record<string, string | undefined>} variables
 * @returns {Settings}
 */
export function readSettings(variables) {
  /** @type {string[]} */
  const problems = [];
  /**
   * @template T
   * @param {string} name
   * @param {(text: string) => T | undefined} parse
   * @param {string} wanted
   * @param {string} [fallback]
   * @returns {T}
   */
  const read = (name, parse, wanted, fallback = "") => {
    const text = (variables[name] ?? "").trim() || fallback;
    const value = text === "" ? undefined : parse(text);
    if (value === undefined) problems.push(`${name} ${text === "" ? "is missing" : "is wrong"}: ${wanted}`);
    return /** @type {T} */ (value);
  };

  const webhooks = read("WEBHOOK_SECRET", readSecrets, "the one of Edgeward, whsec_ and base64 of 24 bytes or more");
  const smtpUrl = read("SMTP_URL", readSmtpUrl, "smtps://user:password@host, or smtp://");
  const from = read("MAIL_FROM", readSender, "an address, or: Name <address>");
  const product = read("PRODUCT_NAME", readName, "the name of your site, at most 64 characters on one line");
  const publicUrl = read("PUBLIC_URL", readOrigin, "Edgeward's own: https://, a host, no path");
  const prefix = read("PAGES_PREFIX", readPrefix, "Edgeward's own: a path such as /login", "/login");
  const port = read("PORT", readPort, "a port, 0 to 65535", "8025");
  const host = read("HOST", (text) => text, "a host to listen on", "127.0.0.1");
  if (problems.length > 0) throw new SettingsError(problems);
  return { webhooks, smtpUrl, from, product, publicUrl, pages: publicUrl + prefix, host, port };
}

/** @param {string} text */
function readSecrets(text) {
  const secrets = text.split(/\s+/);
  if (!secrets.every((secret) => /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret))) return undefined;
  try {
    return secrets.map((secret) => new Webhook(secret));
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function readSmtpUrl(text) {
  const url = parsed(text);
  return url && /^smtps?:$/.test(url.protocol) && url.hostname !== "" ? text : undefined;
}

/** @param {string} text */
function readSender(text) {
  const [, name = "", address = text] = /^"?([^"<>]*?)"?\s*<([^<>]*)>$/.exec(text) ?? [];
  return isAddress(address) && isPlain(name) ? { name, address } : undefined;
}

/** @param {string} text */
const readName = (text) => (isPlain(text) && [...text].length <= 64 ? text : undefined);

/** @param {string} text */
function readOrigin(text) {
  const url = parsed(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return undefined;
  if (url.protocol === "http:" && !isLoopback(url.hostname)) return undefined;
  return url.pathname === "/" && url.search === "" && url.hash === "" ? url.origin : undefined;
}

/** @param {string} text */
const readPrefix = (text) => (/^(\/[\w.~-]+)+$/.test(text) ? text : undefined);

/** @param {string} text */
const readPort = (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined);

/** One line of text: nothing that ends a header, turns its direction or hides. @param {string} text */
const isPlain = (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);

/** @param {string} text */
function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
