// Looks at a running Edgeward as a stranger sees it. It makes one wrong sign-in for an address that does not exist, and
// opens one link that does not; nothing else is done to it.

import { randomBytes } from "node:crypto";
import { ok, section, untried, wrong } from "./checks.mjs";
import { nobody } from "./forge.mjs";
import { guarded } from "./rules.mjs";
import { send, Unreachable } from "./send.mjs";
import { isLoopback } from "./settings.mjs";

const allowedSkew = 5;
const halfAYear = 15_768_000;

/** `{ section, reached, published }`; `published` are the keys of its jwks, `{ id, x }`. */
export async function examineDeployment(url, { vars, known, path, workersDev }) {
  const deployment = new Deployment(url, { vars, known, path, workersDev });
  const title = `The deployment at ${url}`;
  try {
    return { section: section("deployment", title, await deployment.checks()), reached: true, published: deployment.published };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { section: section("deployment", title, [untried("reached", "the deployment answers", "Is it running, and the address right?", error.message)]), reached: false, published: [] };
  }
}

class Deployment {
  published = [];
  #cookies = [];

  constructor(url, { vars, known, path, workersDev }) {
    const { PAGES_PREFIX: pages = "/login", AUTH_PREFIX: auth = "/auth" } = vars;
    Object.assign(this, { url, vars, known, path, workersDev, pages, auth, isHttps: url.startsWith("https:") });
  }

  async checks() {
    const health = await this.#asks({ target: `${this.auth}/health` });
    const works = this.#health(health);
    const rest = works.state === "ok" ? [...(await this.#keySet()), await this.#cookieFlags(), await this.#hashes(), ...(await this.#doors())] : [];
    return [works, this.#clock(health), ...(await this.#transport(health)), ...rest, await this.#workersDev()];
  }

  async #asks(request) {
    const answer = await send(this.url, request);
    this.#cookies.push(...answer.setCookies);
    return answer;
  }

  #health({ status, text }) {
    if (status === 200 && text.includes("ok")) return ok("health", "it is well", `${this.auth}/health answers 200`);
    if (status === 503) return wrong("health", "its settings are wrong, and it serves nothing", "npx wrangler tail names every one of them.", "503");
    return wrong("health", `${this.auth}/health answers ${status}: this is not Edgeward, or another AUTH_PREFIX`, "Give the address that visitors use, and the wrangler.toml of this deployment: --url, --config.");
  }

  #clock({ headers, at }) {
    const theirs = Date.parse(headers.date ?? "");
    if (Number.isNaN(theirs)) return untried("clock", "its clock: its answers have no Date", undefined, "the platform adds it");
    const skew = Math.round((theirs - at) / 1000);
    if (Math.abs(skew) <= allowedSkew) return ok("clock", "its clock is this machine's", `within ${allowedSkew} s`);
    return wrong("clock", `this machine's clock is ${Math.abs(skew)} s ${skew > 0 ? "behind" : "ahead of"} the deployment's`, "Set this machine's clock by NTP; and look at the origin's.");
  }

  async #transport({ headers }) {
    const { hostname, port } = new URL(this.url);
    if (!this.isHttps) {
      const local = isLoopback(hostname);
      return [local ? untried("https", "https and HSTS: this is a loopback host") : wrong("https", "it is asked over http", "Set PUBLIC_URL to https://…: passwords travel in the open.")];
    }
    return [hstsOf(headers), port === "" ? await this.#plainHttp(hostname) : untried("http", "plain http: it has a port of its own")];
  }

  async #plainHttp(hostname) {
    try {
      const { status, headers } = await send(`http://${hostname}`, { target: `${this.pages}` });
      const leads = [301, 308].includes(status) && (headers.location ?? "").startsWith("https://");
      return leads || status >= 400 ? ok("http", "plain http serves nothing", `status ${status}`) : wrong("http", `plain http serves pages`, "Have everything redirected to https (the zone's “Always Use HTTPS”), and look whether PUBLIC_URL is https.", `status ${status}`);
    } catch (error) {
      if (error instanceof Unreachable) return ok("http", "plain http serves nothing", "no answer");
      throw error;
    }
  }

  /** Which keys are published, and whether they are the ring's. */
  async #keySet() {
    const { status, text } = await this.#asks({ target: `${this.auth}/jwks.json` });
    try {
      this.published = JSON.parse(text).keys.map(({ kid, x }) => ({ id: kid, x }));
    } catch {
      return [wrong("jwks", `${this.auth}/jwks.json cannot be read`, "Nothing in front of Edgeward may change it.", `status ${status}`)];
    }
    const ring = this.known.halves;
    if (ring.length === 0) return [];
    const list = (keys) => keys.map(({ id }) => id).join(", ") || "none";
    const same = ring.length === this.published.length && ring.every(({ id, x }, at) => this.published[at].id === id && this.published[at].x === x);
    if (same) return [ok("jwks", "the published keys are those of ASSERTION_KEYS", list(ring))];
    const first = this.published.some(({ id, x }) => id === ring[0].id && x === ring[0].x);
    const todo = first ? "Set the secret, or read the right one here: --vars, --keys." : `Append ${ring[0].id} first, wait until origins have fetched it, then put it first: npm run keys -- rotate --ring ASSERTION_KEYS`;
    return [wrong("jwks", first ? "the published keys are not those of ASSERTION_KEYS here" : `${ring[0].id}, which would make, is not published`, todo, `published: ${list(this.published)}; here: ${list(ring)}`)];
  }

  /** Opening a link consumes nothing, and sets a cookie whether or not there is such a link. */
  async #cookieFlags() {
    const token = `reset.${nobody().account}.${randomBytes(32).toString("base64url")}`;
    const { status } = await this.#asks({ target: `${this.pages}/reset?token=${token}`, headers: [["Sec-Fetch-Mode", "navigate"], ["Accept", "text/html"]] });
    const ours = this.#cookies.filter((line) => /^[^=]*edgeward/i.test(line));
    if (ours.length === 0) return untried("cookies", "cookies: none was set", undefined, `opening a link gets ${status}`);
    const faults = ours.flatMap(cookieFaults);
    if (faults.length === 0) return ok("cookies", "its cookies are __Host-, Secure, HttpOnly and SameSite", `${ours.length} seen`);
    return wrong("cookies", `cookies arrive changed: ${[...new Set(faults)].join(", ")}`, "Nothing in front of Edgeward may change Set-Cookie.");
  }

  /** A wrong sign-in costs one hash, whether or not there is such an account. */
  async #hashes() {
    const json = { email: `doctor-${randomBytes(8).toString("hex")}@example.invalid`, password: randomBytes(16).toString("base64url") };
    const { status, text } = await this.#asks({ method: "POST", target: `${this.auth}/login`, headers: [["Content-Type", "application/json"]], body: JSON.stringify(json) });
    const code = /"authMessageCode":"([^"]*)"/.exec(text)?.[1];
    if (code === "auth.login.invalid") return ok("hash", "it hashes a password within its limits", `a wrong sign-in gets ${status} ${code}`);
    if (code === "auth.throttled") return untried("hash", "whether it can hash", "This network's budget is spent (LIMITS.network.signin): try again in a minute.");
    const plan = "Use a paid Workers plan, and leave [limits] cpu_ms at 2000: a hash takes more CPU than the free plan's 10 ms.";
    if (code === "auth.busy") return wrong("hash", "it cannot hash a password: it says that it is busy", `${plan} If it is under load, try again.`, "503 auth.busy");
    if (code === undefined && status >= 500) return wrong("hash", "a sign-in is cut off", plan, /\b(1101|1102)\b/.exec(text)?.[0] ? `status ${status}, error ${/\b(1101|1102)\b/.exec(text)[0]}` : `status ${status}`);
    return untried("hash", "whether it can hash", undefined, `a wrong sign-in gets ${status} ${code ?? ""}`.trim());
  }

  /** What is guarded is shut to strangers, also below. */
  async #doors() {
    const paths = new Set([this.path, ...guarded(this.vars).flatMap((path) => (path.endsWith("/*") ? [`${path.slice(0, -1)}doctor`] : [path, `${path.replace(/\/$/, "")}/doctor`]))]);
    const forged = nobody();
    const open = [];
    for (const target of [...paths].slice(0, 20)) {
      const { status, headers } = await this.#asks({ target, headers: [["Edgeward-Identity", `account="${forged.account}"`], ["Edgeward-Assertion", "e30.e30.e30"]] });
      if (!(status === 401 || status === 403 || (status === 303 && (headers.location ?? "").startsWith(this.pages)))) open.push(`${target} (${status})`);
    }
    if (open.length === 0) return [ok("shut", "strangers do not pass", `tried ${[...paths].slice(0, 20).join(", ")}`)];
    return [wrong("shut", `a stranger passes to ${open.join(", ")}`, "Write a rule for /x/* where /x is guarded. npm run rules -- explain GET PATH shows what a request meets. If the path is open on purpose, name another: --path")];
  }

  /** The same Worker under an address that nobody guards. It refuses other hosts; that it answers is the mistake. */
  async #workersDev() {
    const id = "workers_dev";
    if (this.workersDev === undefined) return untried(id, "its address at workers.dev", "Name it: --workers-dev https://NAME.SUBDOMAIN.workers.dev");
    try {
      const { status, text } = await send(this.workersDev, { target: `${this.auth}/health` });
      const isOurs = status === 421 || status === 200 || text.includes("authMessage");
      if (isOurs) return wrong(id, "it answers at workers.dev too", "Say workers_dev = false and preview_urls = false in wrangler.toml, and deploy.", `status ${status}`);
      return ok(id, "it does not answer at workers.dev", `status ${status}`);
    } catch (error) {
      if (error instanceof Unreachable) return ok(id, "it does not answer at workers.dev");
      throw error;
    }
  }
}

/** What the header of an answer over https says. */
export function hstsOf(headers) {
  const age = Number(/max-age=(\d+)/.exec(headers["strict-transport-security"] ?? "")?.[1] ?? 0);
  if (age >= halfAYear) return ok("hsts", "browsers are told to come by https only", `max-age ${age}`);
  return wrong("hsts", "Strict-Transport-Security is missing, or short", "Nothing in front of Edgeward may take it away; Edgeward says a year.");
}

function cookieFaults(line) {
  const [pair, ...rest] = line.split(";").map((part) => part.trim());
  const attributes = new Map(rest.map((part) => [part.split("=")[0].toLowerCase(), part.split("=")[1] ?? ""]));
  const faults = {
    "no __Host- before the name": !pair.startsWith("__Host-"),
    "no Secure": !attributes.has("secure"),
    "no HttpOnly": !attributes.has("httponly"),
    "no SameSite": !["lax", "strict"].includes(attributes.get("samesite")?.toLowerCase()),
    "another Path": attributes.get("path") !== "/",
    "a Domain": attributes.has("domain"),
  };
  return Object.keys(faults).filter((fault) => faults[fault]);
}
