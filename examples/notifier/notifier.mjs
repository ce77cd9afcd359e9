// Takes Edgeward's webhooks (Standard Webhooks 1.0) and answers what is true: 2xx means that there is
// nothing left to do, anything else that the letter was not sent. Edgeward tries that again for a day.
//
// Neither an address nor a link ever reaches the log.

import { createServer } from "node:http";
import { WebhookVerificationError } from "standardwebhooks";
import { letterOf } from "./letter.mjs";
import { rememberSent } from "./once.mjs";
import { readData, readEnvelope, Unfit } from "./payload.mjs";
import { startPost } from "./post.mjs";
import { isKnown } from "./words.mjs";

/** @import { IncomingHttpHeaders, IncomingMessage } from "node:http" */
/** @import { Webhook } from "standardwebhooks" */
/** @import { Settings } from "./settings.mjs" */

/**
 * What an answer is made of: its status, and how many seconds to wait before the next try.
 *
 * @typedef {{ status: number, after?: number, allow?: string, text?: string }} Answer
 */

const largestBody = 20 * 1024;

/** Edgeward waits 15 s for an answer. A letter that takes longer is answered before, and goes on. */
const usualPatience = 12_000;

/** @satisfies {Record<string, Answer>} */
const answers = {
  sent: { status: 204 },
  again: { status: 204 },
  // Edgeward is newer than this. Trying for a day would not bring the words, and bury what needs attention.
  unknown_type: { status: 204 },
  unfit: { status: 422 },
  // A server that does not know a recipient will hardly change its mind within the hour.
  refused: { status: 422, after: 4 * 60 * 60 },
  down: { status: 503, after: 10 },
  late: { status: 503, after: 10 },
  full: { status: 503, after: 5 },
  bad_signature: { status: 401 },
  too_large: { status: 413 },
  not_json: { status: 415 },
};

/**
 * A server that takes webhooks on `POST /mail`, and tells on `GET /health` that it runs.
 *
 * @param {Settings} settings
 * @param {(line: Record<string, unknown>) => void} log
 * @param {{ patience?: number, places?: number }} [limits] Milliseconds until an answer; letters on their way at once.
 */
export function createNotifier(settings, log, { patience = usualPatience, places } = {}) {
  const hand = startPost(settings);
  const once = rememberSent({ places });

  /** @param {IncomingMessage} request @returns {Promise<Answer>} */
  async function answerTo(request) {
    const path = request.url?.split("?")[0];
    if (path === "/health") return only("GET", request, async () => ({ status: 200, text: "ok\n" }));
    if (path === "/mail") return only("POST", request, async () => answers[await take(request)]);
    return { status: 404 };
  }

  /** @param {IncomingMessage} request @returns {Promise<keyof typeof answers>} */
  async function take(request) {
    const { headers } = request;
    if (!/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "")) return said("not_json");
    const body = await bodyOf(request);
    if (body === undefined) return said("too_large");
    if (!isSigned(settings.webhooks, body, headers)) return said("bad_signature");
    const id = String(headers["webhook-id"]);
    try {
      return await send(id, body);
    } catch (error) {
      if (error instanceof Unfit) return said("unfit", { id, cause: error.message });
      throw error;
    }
  }

  /** @param {string} id @param {string} body @returns {Promise<keyof typeof answers>} */
  async function send(id, body) {
    if (!/^[\w.-]{1,128}$/.test(id)) throw new Unfit("its id is none");
    const { type, data } = readEnvelope(body);
    if (!isKnown(type)) return said("unknown_type", { id, type });
    const now = new Date();
    const letter = letterOf(readData(type, data, settings.publicUrl, now), settings, now);
    const sending = once(id, async () => {
      const { outcome, ...cause } = await hand(id, letter);
      said(outcome, { id, type, ...cause });
      return outcome;
    });
    const outcome = await within(patience, sending);
    return outcome === "sent" || outcome === "refused" || outcome === "down" ? outcome : said(outcome, { id, type });
  }

  /**
   * @template {keyof typeof answers} Outcome
   * @param {Outcome} outcome
   * @param {Record<string, string>} [about]
   */
  function said(outcome, about) {
    log({ event: outcome, ...about });
    return outcome;
  }

  const limits = { requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: 1_000 };
  return createServer(limits, async (request, response) => {
    try {
      const { status, after, allow, text } = await answerTo(request);
      if (after !== undefined) response.setHeader("Retry-After", after);
      if (allow !== undefined) response.setHeader("Allow", allow);
      response.writeHead(status).end(text);
    } catch (error) {
      log({ event: "broken", cause: error instanceof Error ? error.name : "unknown" });
      if (response.headersSent || request.destroyed) return response.destroy();
      response.writeHead(500).end();
    }
  });
}

/** @param {string} method @param {IncomingMessage} request @param {() => Promise<Answer>} work */
const only = async (method, request, work) => (request.method === method ? work() : { status: 405, allow: method });

/** @param {Webhook[]} webhooks @param {string} body @param {IncomingHttpHeaders} headers */
function isSigned(webhooks, body, headers) {
  return webhooks.some((webhook) => {
    try {
      webhook.verify(body, /** @type {Record<string, string>} */ (headers), { jsonParse: false });
      return true;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return false;
      throw error;
    }
  });
}

/** The body, unless it is too large. The rest of one that is too large is read and dropped. @param {IncomingMessage} request */
async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= largestBody) chunks.push(chunk);
  }
  return length <= largestBody ? Buffer.concat(chunks).toString("utf8") : undefined;
}

/**
 * @template T
 * @param {number} patience
 * @param {Promise<T>} work
 * @returns {Promise<T | "late">}
 */
async function within(patience, work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, patience, "late")));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
