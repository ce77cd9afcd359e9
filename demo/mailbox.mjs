// The demo's notifier: receives Edgeward's mails as signed webhooks (Standard Webhooks 1.0) and shows
// them on a page instead of sending them.
//
// It is a real receiver: the signature is verified with the public library, a bad one gets 401, and a
// delivery that comes again under the same `webhook-id` is the same mail, with its newest link.

import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { readVars } from "../scripts/secrets.mjs";
import { isProgram, root } from "../scripts/steps.mjs";
import { letterOf } from "./letters.mjs";
import { html, page, pageHeaders, stylesheet } from "./look.mjs";

const largestBody = 20 * 1024;

/**
 * Starts the mailbox on `port` (0: any free one).
 *
 * `secret`: WEBHOOK_SECRET, one or several separated by spaces. `file`: where mails are kept across
 * restarts; without it they live in memory. For tests: `fail(status)`, `hang()` and `work()` say what
 * becomes of deliveries, `received()` resolves with the first mail that fits.
 */
export async function startMailbox({ port = 0, secret, file, log = () => {} }) {
  const box = new Box(file);
  const webhooks = secret.split(/\s+/).filter(Boolean).map((one) => new Webhook(one));
  let behaviour = "work";

  async function deliver(request, response) {
    const body = await bodyOf(request);
    if (behaviour === "hang") return;
    if (typeof behaviour === "number") return response.writeHead(behaviour).end();
    if (body === undefined) return response.writeHead(413).end();
    const payload = verified(webhooks, body, request.headers);
    if (payload === undefined) {
      box.refused();
      log("A delivery was refused: its signature is wrong.");
      return response.writeHead(401).end();
    }
    const mail = box.keep(request.headers["webhook-id"], payload);
    log(`${mail.type} for ${mail.to}${mail.delivered > 1 ? ` (delivered ${mail.delivered} times)` : ""}`);
    response.writeHead(204).end();
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://mailbox");
    const route = `${request.method} ${url.pathname}`;
    if (route === "POST /") return deliver(request, response).catch(() => response.destroy());
    if (route === "GET /") return response.writeHead(200, pageHeaders).end(boxPage(box));
    if (route === "GET /style.css") return response.writeHead(200, { "Content-Type": "text/css" }).end(stylesheet);
    if (route === "GET /mails") {
      const mails = box.newestFirst({ to: url.searchParams.get("to") ?? undefined });
      return response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ mails, refused: box.refusals }));
    }
    response.writeHead(404).end();
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    mails: (wanted = {}) => box.newestFirst(wanted),
    refusals: () => box.refusals.length,
    received: (wanted, deadlineMs = 15_000) => box.first(wanted, deadlineMs),
    work: () => (behaviour = "work"),
    fail: (status) => (behaviour = status),
    hang: () => (behaviour = "hang"),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** The payload if any of the secrets made this signature. */
function verified(webhooks, body, headers) {
  for (const webhook of webhooks) {
    try {
      return webhook.verify(body, headers);
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
    }
  }
  return undefined;
}

async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= largestBody) chunks.push(chunk);
  }
  return length <= largestBody ? Buffer.concat(chunks).toString("utf8") : undefined;
}

/** The mails, one per webhook-id. */
class Box {
  #mails = new Map();
  #file;
  #waiting = new Set();
  refusals = [];

  constructor(file) {
    this.#file = file;
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    for (const line of linesOf(file)) this.#put(line.id, line.payload, line.at);
  }

  keep(id, payload) {
    const at = new Date().toISOString();
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify({ id, at, payload })}\n`, { mode: 0o600 });
    const mail = this.#put(id, payload, at);
    for (const look of this.#waiting) look();
    return mail;
  }

  refused() {
    this.refusals.push(new Date().toISOString());
  }

  newestFirst(wanted) {
    return [...this.#mails.values()].filter((mail) => fits(mail, wanted)).reverse();
  }

  /** The newest mail that fits, now or as soon as there is one. */
  first(wanted, deadlineMs) {
    return new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle(value);
      };
      const look = () => {
        const [mail] = this.newestFirst(wanted);
        if (mail) finish(resolve, mail);
      };
      const timer = setTimeout(
        () => finish(reject, new Error(`no mail came: ${JSON.stringify(wanted)}; here are ${JSON.stringify(this.newestFirst({}).map(({ type, to }) => [type, to]))}`)),
        deadlineMs,
      );
      this.#waiting.add(look);
      look();
    });
  }

  // A mail that comes again moves to the top.
  #put(id, { type, timestamp, data }, at) {
    const before = this.#mails.get(id);
    this.#mails.delete(id);
    const mail = { id, type, timestamp, ...data, at, delivered: (before?.delivered ?? 0) + 1 };
    this.#mails.set(id, mail);
    return mail;
  }
}

/** Whether a mail has all that is wanted; what is wanted of a value may be a question asked of it. */
const fits = (mail, wanted) =>
  Object.entries(wanted).every(([name, value]) => {
    if (typeof value === "function") return value(mail[name]);
    return value === undefined || mail[name] === value;
  });

// A line cut short by a kill is left out.
function linesOf(file) {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

function boxPage(box) {
  const mails = box.newestFirst({});
  return page({
    title: `Mailbox (${mails.length})`,
    style: "/style.css",
    head: html`<meta http-equiv="refresh" content="3">`,
    body: html`<header><strong>Mailbox</strong><span class="soft small">renews itself every 3 seconds</span></header>
<main>
${refusalNote(box.refusals)}
${mails.length === 0 ? html`<div class="card"><h2>No mail yet</h2><p class="soft">Sign up, and the mail that Edgeward would send appears here.</p></div>` : mails.map(mailCard)}
</main>`,
  });
}

const refusalNote = (refusals) =>
  refusals.length === 0
    ? html``
    : html`<div class="card"><p><span class="bad">✗ ${refusals.length} refused:</span> what was delivered was not signed with this mailbox's WEBHOOK_SECRET, last at ${clock(refusals.at(-1))}.</p></div>`;

function mailCard(mail) {
  const { subject, text, button } = letterOf(mail);
  const times = mail.delivered > 1 ? ` · delivered ${mail.delivered} times` : "";
  return html`<article class="card">
<h2>${subject}</h2>
<p class="soft small">${mail.type} · to ${mail.to} · ${clock(mail.at)}${times}${mail.expiresAt ? ` · expires ${clock(mail.expiresAt)}` : ""}</p>
<p class="letter">${text}</p>
${mail.link ? html`<p><a class="button" rel="noreferrer" href="${webLink(mail.link)}">${button}</a></p>` : html``}
</article>`;
}

const clock = (time) => `${time.replace("T", " ").slice(0, 19)} UTC`;

// A signed payload may still hold a link that no mail program would follow.
const webLink = (link) => (/^https?:\/\//.test(link) ? link : "#");

if (isProgram(import.meta.url)) {
  const settings = { ...readVars(join(root, ".dev.vars")), ...process.env };
  const { url } = await startMailbox({
    port: Number(new URL(settings.NOTIFIER_URL).port),
    secret: settings.WEBHOOK_SECRET,
    file: join(root, ".data", "mails.jsonl"),
    log: console.log,
  });
  console.log(`Mailbox at ${url}`);
}
