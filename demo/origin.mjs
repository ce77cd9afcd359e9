// The demo origin: the application behind Edgeward, in as little as it takes.
//
// It believes nobody but the signature (origin/node). Below /private and /admin every request without a
// verified person or smart link gets 403 and nothing else, also when Edgeward is walked around. The other endpoints
// (echo, stream, …) are what the end-to-end tests look through.

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Verifier } from "../origin/node/index.mjs";
import { readRing, readVars } from "../scripts/secrets.mjs";
import { isProgram, root } from "../scripts/steps.mjs";
import { html, page, pageHeaders, stylesheet } from "./look.mjs";
import { signInHeaders, signInPage, signInScript } from "./sign_in.mjs";
import { echoSocket } from "./socket.mjs";

const style = "/public/style.css";

/**
 * Starts the origin on `port` (0: any free one).
 *
 * `keys`: the identity keys, Map of id to bytes. `audience`: the origin of Edgeward's PUBLIC_URL.
 * `requests` on the answer is what has arrived so far, oldest first.
 */
export async function startOrigin({ port = 0, keys, audience, log = () => {} }) {
  const requests = [];
  const verifier = new Verifier({ keys, audience });
  const judge = async (request) => {
    requests.push({ method: request.method, url: request.url });
    const verdict = await verifier.verify(request);
    if (!verdict.ok) log(`${request.method} ${request.url.split("?")[0]}: no identity (${verdict.reason})`);
    return verdict;
  };

  const server = createServer((request, response) => {
    const answered = judge(request).then((verdict) => answer(request, response, verdict));
    answered.catch((error) => {
      log(error.stack);
      response.destroy();
    });
  });
  server.on("upgrade", async (request, socket) => {
    const { area, name } = place(request);
    const verdict = await judge(request);
    if (name !== "socket" || !admitted(area, verdict)) return socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    sockets.add(socket.once("close", () => sockets.delete(socket)));
    echoSocket(request, socket);
  });
  const sockets = new Set();
  // Whoever asks lets go of an idle connection first. Node's five seconds are those of workerd, and a form posted at
  // that moment would meet a connection that was just closed.
  server.keepAliveTimeout = 75_000;

  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** `/private/echo?x` → area `private`, name `echo`. */
function place(request) {
  const [, area, ...rest] = request.url.split("?")[0].split("/");
  return { area, name: rest.join("/"), query: new URLSearchParams(request.url.split("?")[1]) };
}

const restricted = new Set(["private", "admin"]);
const admitted = (area, verdict) => !restricted.has(area) || (verdict.ok && (verdict.identity.account !== null || verdict.link !== null));

async function answer(request, response, verdict) {
  const { area, name, query } = place(request);
  if (!admitted(area, verdict)) return send(response, 403, refusal());
  if (!["", "public", "maybe", ...restricted].includes(area)) return send(response, 404, notHere());

  const [endpoint, argument] = name.split("/");
  const act = Object.hasOwn(endpoints, endpoint) ? endpoints[endpoint] : undefined;
  if (act) return act({ request, response, verdict, query, argument });
  send(response, 200, area === "" || area === "public" ? openPage(area, verdict) : personPage(area, request, verdict));
}

function send(response, status, body, headers = pageHeaders) {
  response.writeHead(status, headers).end(body);
}

const endpoints = {
  "style.css": ({ response }) => send(response, 200, stylesheet, { "Content-Type": "text/css", "Cache-Control": "max-age=60" }),

  "sign-in": ({ response }) => send(response, 200, signInPage(style), signInHeaders),
  "sign-in.js": ({ response }) => send(response, 200, signInScript, { "Content-Type": "text/javascript", "Cache-Control": "no-store" }),

  /** What arrived, as it arrived. */
  async echo({ request, response, verdict }) {
    const hash = createHash("sha256");
    let length = 0;
    for await (const chunk of request) {
      hash.update(chunk);
      length += chunk.length;
    }
    const { method, url, rawHeaders } = request;
    const headers = rawHeaders.flatMap((text, i) => (i % 2 ? [] : [[text, rawHeaders[i + 1]]]));
    const seen = { method, url, headers, body: { length, sha256: hash.digest("hex") }, identity: verdict.identity ?? null, link: verdict.link ?? null };
    send(response, 200, JSON.stringify(seen), { "Content-Type": "application/json" });
  },

  /** Server-sent events: `?n=` of them, `?ms=` apart. */
  async stream({ response, query }) {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.flushHeaders();
    for (let n = 1; n <= number(query, "n", 5) && !response.destroyed; n += 1) {
      response.write(`id: ${n}\ndata: event ${n}\n\n`);
      await pause(number(query, "ms", 200), undefined, { ref: false });
    }
    response.end();
  },

  /** Two cookies of its own; with `?forge` also one that only Edgeward may set. */
  cookies({ response, query }) {
    const forged = query.has("forge") ? ["__Host-edgeward=forged; Path=/; Secure; HttpOnly"] : [];
    const cookies = ["flavour=oat; Path=/", "topping=plum; Path=/; HttpOnly; SameSite=Lax", ...forged];
    response.writeHead(200, { "Content-Type": "text/plain", "Set-Cookie": cookies }).end("two cookies\n");
  },

  /** To a path; `/redirect/absolute` names the origin's own address, as careless applications do. */
  redirect({ request, response, argument }) {
    const target = argument === "absolute" ? `http://${request.socket.localAddress}:${request.socket.localPort}/public/` : "/public/";
    response.writeHead(302, { Location: target }).end();
  },

  /** Answers after `?ms=`. */
  async slow({ response, query }) {
    await pause(number(query, "ms", 3000), undefined, { ref: false });
    send(response, 200, "at last\n", { "Content-Type": "text/plain" });
  },

  status({ response, argument }) {
    const status = /^[2-5]\d\d$/.test(argument) ? Number(argument) : 400;
    send(response, status, [204, 205, 304].includes(status) ? undefined : `status ${status}\n`, { "Content-Type": "text/plain" });
  },
};

function number(query, name, otherwise) {
  const value = Number(query.get(name) ?? otherwise);
  return Number.isInteger(value) && value >= 0 && value <= 60_000 ? value : otherwise;
}

const frame = (title, body, signedIn) =>
  page({
    title: `${title} · Demo origin`,
    style,
    body: html`<header>
<strong><a href="/">Demo origin</a></strong>
<nav>
<a href="/public/">Public</a>
<a href="/private/">Private</a>
${signedIn ? html`<a href="/login/account">Account</a>` : html`<a href="/login?next=/private/">Sign in</a>`}
</nav>
${signedIn ? html`<form method="post" action="/login/logout"><button class="plain">Sign out</button></form>` : html``}
</header>
<main>
${body}
</main>`,
  });

const openPage = (area, verdict) =>
  frame(
    area === "" ? "Welcome" : "Public page",
    html`<h1>${area === "" ? "Welcome" : "A public page"}</h1>
<p>This page comes from an application that has no sign-in of its own. Edgeward stands in front of it, and tells it who is asking.</p>
<div class="doors">
<a class="card" href="/public/"><h2>Public</h2><span class="soft">Open to everybody. Nobody is asked who they are.</span></a>
<a class="card" href="/maybe/"><h2>Optional</h2><span class="soft">Open to everybody, and knows you when you are signed in.</span></a>
<a class="card" href="/private/?tab=1"><h2>Private</h2><span class="soft">For people who are signed in.</span></a>
<a class="card" href="/admin/"><h2>Admin</h2><span class="soft">For people with the role “admin”.</span></a>
</div>
<p><a class="button" href="/login/signup?next=/private/">Sign up</a> <a class="soft" href="/public/sign-in">A sign-in page of the application’s own</a></p>`,
    Boolean(verdict.ok && verdict.identity.account),
  );

function personPage(area, request, verdict) {
  const identity = verdict.ok ? verdict.identity : undefined;
  if (verdict.link && !identity.account) return linkPage(request, verdict);
  if (!identity?.account) {
    return frame(
      "Optional page",
      html`<h1>Hello, whoever you are</h1>
<div class="card"><p>${verdict.ok ? "Edgeward says that nobody is signed in, and signed that." : "This request carries no identity that can be verified."}</p></div>`,
      false,
    );
  }
  const rows = [
    ["Account", identity.account],
    ["E-mail", identity.email ?? "not sent (IDENTITY_EMAIL is off)"],
    ["Roles", identity.roles.join(", ") || "none"],
    ["Session", identity.session],
    ["Signed in", `${new Date(identity.authenticatedAt * 1000).toISOString().replace("T", " ").slice(0, 19)} UTC`],
    ["By", identity.methods.join(", ")],
    ["You asked for", request.url],
    ...linkRows(verdict.link),
  ];
  return frame(
    "Who you are",
    html`<h1>This is who you are</h1>
<p><span class="good">✓ The signature is right.</span> Edgeward said the following about this one request, and nobody else could have.</p>
<div class="card">
<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${signedHeaders(request)}
</div>`,
    true,
  );
}

/** Somebody whom a smart link let in. */
const linkPage = (request, verdict) =>
  frame(
    "By a link",
    html`<h1>You came by a link</h1>
<p><span class="good">✓ The signature is right.</span> Nobody is signed in; a smart link let you in here, and says this much about you.</p>
<div class="card">
<dl>${[...linkRows(verdict.link), ["You asked for", request.url]].map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${signedHeaders(request)}
</div>`,
    false,
  );

const linkRows = (link) =>
  link ? [["Link", link.id], ["It leads to", link.path], ...Object.entries(link.claims).map(([name, value]) => [`Claim “${name}”`, String(value)])] : [];

const signedHeaders = ({ headers }) =>
  html`<details><summary>The signed headers</summary>
<pre>Edgeward-Identity: ${headers["edgeward-identity"]}

${headers["edgeward-link"] ? html`Edgeward-Link: ${headers["edgeward-link"]}

` : html``}Signature-Input: ${headers["signature-input"]}

Signature: ${headers.signature}</pre>
</details>`;

const refusal = () =>
  frame(
    "Nothing to see",
    html`<h1>Nothing to see</h1>
<div class="card"><p><span class="bad">✗ No signed identity.</span> This application shows its private pages to requests that came through Edgeward, and to no others.</p></div>`,
    false,
  );

const notHere = () => frame("Not here", html`<h1>There is no such page</h1><p><a href="/">Back to the start</a></p>`, false);

if (isProgram(import.meta.url)) {
  const settings = { ...readVars(join(root, ".dev.vars")), ...process.env };
  const { url } = await startOrigin({
    port: Number(new URL(settings.ORIGIN_URL).port),
    keys: readRing(settings.IDENTITY_KEYS),
    audience: new URL(settings.PUBLIC_URL).origin,
    log: console.log,
  });
  console.log(`Demo origin at ${url}`);
}
