// What Edgeward says, read and checked. The signature proves who said it; this makes sure that it is
// something a mail can be made of, and that nothing in it is more than text, an address or a link of ours.

/**
 * @typedef {object} Payload
 * @property {string} type What the mail is about, such as `auth.verify`.
 * @property {string} to Who gets it: exactly one address.
 * @property {string | undefined} link The link in it, below PUBLIC_URL. It is a secret.
 * @property {Date | undefined} until When the link dies, or what is announced happens.
 * @property {string} locale The language asked for, such as `en`.
 * @property {string} reason Why the mail is sent, in plain English; may be empty.
 */

/** A signed body that no mail can be made of. Its message may be logged: it holds nothing of the body. */
export class Unfit extends Error {}

const longestReason = 300;

/**
 * Reads the body of a webhook whose signature was right, as far as every webhook is alike.
 *
 * @param {string} body
 * @returns {{ type: string, data: unknown }}
 */
export function readEnvelope(body) {
  const { type, data } = parsed(body);
  if (typeof type !== "string" || !/^[\w.-]{1,64}$/.test(type)) throw new Unfit("it has no type");
  return { type, data };
}

/**
 * Reads what a mail of this type is made of.
 *
 * @param {string} type
 * @param {unknown} data
 * @param {string} publicUrl
 * @param {Date} now
 * @returns {Payload}
 */
export function readData(type, data, publicUrl, now) {
  if (typeof data !== "object" || data === null) throw new Unfit("it has no data");
  const { to, link, expiresAt, locale, reason } = /** @type {Record<string, unknown>} */ (data);
  if (!isAddress(to)) throw new Unfit("`to` is not one address");
  const until = readTime(expiresAt);
  if (until && until <= now) throw new Unfit("it has run out");
  return {
    type,
    to,
    link: readLink(link, publicUrl),
    until,
    locale: typeof locale === "string" ? locale : "",
    reason: typeof reason === "string" ? oneLine(reason) : "",
  };
}

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const address = new RegExp(`^(?=.{1,254}$)(?=[^@]{1,64}@)${atom}(?:\\.${atom})*@(?:${label}\\.)+${label}$`);

/**
 * Whether this is one address in the only form Edgeward sends: no quotes, lists, comments or line breaks,
 * and a host name in ASCII.
 *
 * @param {unknown} text
 * @returns {text is string}
 */
export const isAddress = (text) => typeof text === "string" && address.test(text);

/** @param {string} body @returns {{ type?: unknown, data?: unknown }} */
function parsed(body) {
  try {
    const value = JSON.parse(body);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new Unfit("it is no JSON object");
}

/** @param {unknown} text @param {string} publicUrl */
function readLink(text, publicUrl) {
  if (text === undefined || text === null) return undefined;
  if (typeof text !== "string" || !/^[\x21-\x7e]+$/.test(text) || !text.startsWith(`${publicUrl}/`)) {
    throw new Unfit("`link` does not lead to PUBLIC_URL");
  }
  return text;
}

/** @param {unknown} text */
function readTime(text) {
  if (text === undefined || text === null) return undefined;
  const time = typeof text === "string" ? new Date(text) : new Date(NaN);
  if (Number.isNaN(time.getTime())) throw new Unfit("`expiresAt` is not a time");
  return time;
}

/** Without line breaks and invisible characters, so that it cannot look like more than it is. @param {string} text */
const oneLine = (text) => text.replace(/[\p{C}\p{Z}]+/gu, " ").trim().slice(0, longestReason);
