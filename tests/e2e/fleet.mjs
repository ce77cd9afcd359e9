// A deployment under way, and people who do not notice: an Edgeward that is rolled out while requests keep coming,
// an origin and a notifier with processes of their own, a program of an operator's, and one clock for all.
//
// While settings spread, old and new gates run side by side on the same objects, with the objects on the old settings
// first, then on the new ones. The process itself is changed between two requests, as no key can help there;
// what people do in several requests goes across.

import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { MemoryNonces, Verifier } from "../../origin/node/index.mjs";
import { freshSecrets } from "../../scripts/secrets.mjs";
import { root } from "../../scripts/steps.mjs";
import { startEdgeward } from "./harness.mjs";
import { startOwnOrigin } from "./own_origin.mjs";
import { told } from "./visitor.mjs";

/** All of the test's world is on Edgeward's clock, which is moved. */
const now = Date.now;
let ahead = 0;
Date.now = () => now() + ahead;

/** Several processes, of which some are new already: whoever asks meets the next. */
class Processes {
  #versions;
  #turn = 0;

  constructor(version) {
    this.#versions = [version];
  }

  get next() {
    this.#turn += 1;
    return this.#versions[this.#turn % this.#versions.length];
  }

  run(...versions) {
    this.#versions = versions;
  }

  get last() {
    return this.#versions.at(-1);
  }
}

/** Lets requests through while it is open, and closes when the last is back. */
class Door {
  #inside = new Set();
  #open = Promise.resolve();
  #let = () => {};

  async pass(send) {
    await this.#open;
    const passing = send();
    this.#inside.add(passing);
    try {
      return await passing;
    } finally {
      this.#inside.delete(passing);
    }
  }

  async closedFor(work) {
    this.#open = new Promise((resolve) => (this.#let = resolve));
    while (this.#inside.size > 0) await Promise.allSettled(this.#inside);
    try {
      await work();
    } finally {
      this.#let();
    }
  }
}

/**
 * Starts it with its people signed in and all jobs running. Ends with the test. `rings` are over fresh ones; the origin
 * has what Edgeward has, and everybody else what is first there.
 */
export async function startFleet(t, rings = {}) {
  const fleet = new Fleet();
  await fleet.start(t, rings);
  return fleet;
}

class Fleet {
  /** What went wrong, as `job: what`. */
  failures = [];
  #rounds = new Map();
  #door = new Door();
  #settings;
  #nonces = new MemoryNonces();
  #keySet = { until: 0 };
  #ended = false;

  async start(t, rings) {
    ahead = 0;
    const { NAME_KEY, ...secrets } = freshSecrets();
    this.rings = { ...secrets, ASSERTION_KEYS: freshSecrets().IDENTITY_KEYS.replace("i1", "a1"), ...rings };
    this.origin = new Processes(this.rings.IDENTITY_KEYS);
    this.notifier = new Processes(this.rings.WEBHOOK_SECRET.split(" ")[0]);
    this.program = new Processes(this.rings.ADMIN_KEYS.split(/[:,]/)[2]);
    const ORIGIN_URL = await startOwnOrigin(t, (request, response) => this.#answers(request, response));
    const NOTIFIER_URL = await startOwnOrigin(t, (request, response) => this.#receives(request, response));
    this.#settings = { ORIGIN_URL, NOTIFIER_URL, NAME_KEY };
    const entry = join(root, "tests", "e2e", "clockwork.mjs");
    this.house = await startEdgeward(t, { entry, unopenedMail: true, settings: { ...this.#settings, ...this.rings } });
    this.people = await Promise.all([this.#person(), this.#person(), this.#person()]);
    this.away = await this.#person();
    const running = this.#jobs().map(([name, job]) => this.#works(name, job));
    t.after(async () => {
      this.#ended = true;
      await Promise.allSettled(running);
    });
  }

  /** Waits until every job was begun and done after now; but a sign-up, which takes long, only done. */
  async works() {
    const begun = new Map(this.#rounds);
    const deadline = now() + 60_000;
    const isDone = () => [...this.#rounds].every(([name, done]) => done - begun.get(name) >= (name === "signs up" ? 1 : 2));
    while (!isDone()) {
      assert.ok(now() < deadline, `not done in a minute; ${JSON.stringify([...this.#rounds])}, failures: ${this.failures.slice(0, 5)}`);
      await new Promise((resolve) => (this.#rounded = resolve));
    }
  }

  #rounded = () => {};

  /** Waits until this goes wrong. */
  async fails(pattern) {
    const deadline = now() + 30_000;
    while (!this.failures.some((failure) => pattern.test(failure))) {
      assert.ok(now() < deadline, `nothing fails like ${pattern}; failures: ${this.failures.slice(0, 5)}`);
      await new Promise((resolve) => (this.#rounded = resolve));
    }
  }

  /** Does one step of a change, as `stepOf` says it, everywhere in the order that it says, and waits as long as it says. */
  async follows({ ring, step, set, show, wait }, { waits = true } = {}) {
    for (const { where, name, value } of set) {
      if (where === "Edgeward") await this.spreads({ [name]: value });
      else await this.#replaces(name === "WEBHOOK_SECRET" ? this.notifier : this.origin, value);
    }
    if (ring === "ADMIN_KEYS" && step === "promote") await this.#replaces(this.program, show.key);
    if (waits && wait) await this.passes(wait.seconds);
  }

  /** Processes that are not Edgeward's learn a value, one after the other. */
  async #replaces(processes, value) {
    processes.run(processes.last, value);
    await this.works();
    processes.run(value);
    await this.works();
  }

  /** Edgeward gets other secrets: beside the old ones first, then alone. What objects use, they have last or first. */
  async spreads(changed) {
    const before = this.rings;
    const after = { ...before, ...changed };
    const mixtures = [[before, after], ...("WEBHOOK_SECRET" in changed ? [[after, before]] : [])];
    for (const [objects, other] of mixtures) {
      await this.mixes(objects, other);
      await this.works();
    }
    this.rings = after;
    await this.mixes(after);
    await this.works();
  }

  /** What runs from now on, until told otherwise. */
  mixes(objects, other) {
    const all = (rings) => rings && { ...this.#settings, ...rings };
    return this.#door.closedFor(async () => {
      await this.house.restart({ settings: all(objects), beside: all(other) });
      await this.#forward(ahead);
    });
  }

  /** Time passes, and everybody but who is away comes by now and then. */
  async passes(seconds) {
    const hop = 5 * 3600;
    for (let left = seconds; left > 0; left -= hop) {
      await this.#door.closedFor(async () => {
        ahead += Math.min(left, hop) * 1000;
        await this.#forward(Math.min(left, hop) * 1000);
      });
      await this.works();
    }
  }

  /** Moves the clock of each gate, and so of the objects, which live with the first. A new process begins with the machine's. */
  async #forward(by) {
    for (let gate = 0; gate < this.house.gates; gate += 1) await this.house.visitor().fetch("/", { headers: { "X-Clock-Forward": String(by) } });
  }

  async #person() {
    const person = this.#visitor();
    await person.settlesIn();
    const { account, session } = (await person.calls("/auth/session")).json;
    return Object.assign(person, { account: account.id, session: session.id });
  }

  /** Somebody who waits where the door is shut. */
  #visitor(who) {
    const visitor = this.house.visitor(who);
    const send = visitor.fetch.bind(visitor);
    visitor.fetch = (...request) => this.#door.pass(() => send(...request));
    return visitor;
  }

  /** Does a job again and again. Nothing that goes wrong ends it. */
  async #works(name, job) {
    this.#rounds.set(name, 0);
    while (!this.#ended) {
      try {
        await job();
      } catch (error) {
        this.failures.push(`${name}: ${error.message.replace(/\s+/g, " ").slice(0, 200)}`);
      }
      this.#rounds.set(name, this.#rounds.get(name) + 1);
      this.#rounded();
    }
  }

  #jobs() {
    const reads = (person) => async () => {
      const seen = await person.fetch("/private/report?year=2026");
      assert.equal(`${seen.status} ${seen.json?.account}`, `200 ${person.account}`);
      const { status, json } = await person.calls("/auth/session");
      assert.equal(`${status} ${json.session?.id ?? json.authMessageCode}`, `200 ${person.session}`);
    };
    const writes = (person) => async () => {
      const seen = await person.fetch("/private/report", { method: "POST", body: "x" });
      assert.equal(`${seen.status} ${seen.json?.account}`, `200 ${person.account}`);
    };
    const signsIn = ({ email, password, account }) => async () => {
      const browser = this.#visitor();
      assert.equal(told(await browser.calls("/auth/login", { email, password })), "200 auth.login.success");
      assert.equal((await browser.fetch("/private/x")).json?.account, account);
    };
    const signsUp = async () => {
      const newcomer = this.#visitor();
      await newcomer.settlesIn({ next: "/private/report" });
      assert.match(newcomer.page.json?.account ?? newcomer.page.text, /^acc_/);
    };
    // Whoever signs in and in again loses the oldest of fifty sessions: it is nobody whose session is looked at.
    const [ann, bob, cora] = this.people;
    const operates = async () => {
      const key = this.program.next;
      const answer = await this.#door.pass(() => this.house.operator(`/auth/admin/accounts/${ann.account}`, { method: "GET", key }));
      assert.equal(`${answer.status} ${answer.json?.account?.id}`, `200 ${ann.account}`);
    };
    return [["ann reads", reads(ann)], ["bob reads", reads(bob)], ["bob writes", writes(bob)], ["cora signs in", signsIn(cora)], ["signs up", signsUp], ["operates", operates]];
  }

  /** The origin: both forms of identity have to be right. */
  async #answers(request, response) {
    const verifier = new Verifier({ keys: this.origin.next, audience: this.house.url, nonces: this.#nonces });
    const { ok, reason, identity } = await verifier.verify(request);
    const claims = await this.#claimed(request);
    if (!ok) this.failures.push(`origin: signature ${reason}`);
    if (typeof claims === "string") this.failures.push(`origin: assertion ${claims}`);
    request.resume();
    if (!ok || claims.sub !== (identity.account ?? undefined)) return response.writeHead(403).end();
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ account: identity.account }));
  }

  /** The claims of the assertion, or what is wrong with it. The set of keys is kept for as long as it may be. */
  async #claimed(request) {
    const [header, payload, signature] = request.headers["edgeward-assertion"].split(".");
    const { alg, typ, kid } = JSON.parse(Buffer.from(header, "base64url"));
    const claims = JSON.parse(Buffer.from(payload, "base64url"));
    const key = (await this.#keys()).get(kid);
    if (!key) return "unknown_key";
    if (alg !== "EdDSA" || typ !== "edgeward+jwt" || !verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"))) return "wrong_signature";
    if (claims.htm !== request.method || claims.htu !== this.house.url + request.url || claims.aud !== this.house.url) return "wrong_request";
    return claims.exp * 1000 > Date.now() ? claims : "expired";
  }

  async #keys() {
    if (this.#keySet.until < Date.now()) {
      const { text, headers } = await this.house.visitor().fetch("/auth/jwks.json");
      const lasts = Number(/max-age=(\d+)/.exec(headers["cache-control"])[1]);
      const keys = new Map(JSON.parse(text).keys.map((key) => [key.kid, createPublicKey({ key, format: "jwk" })]));
      this.#keySet = { keys, until: Date.now() + lasts * 1000 };
    }
    return this.#keySet.keys;
  }

  /** The notifier checks what it gets, and hands it on to the mailbox. */
  async #receives(request, response) {
    const body = Buffer.concat(await request.toArray()).toString();
    const id = request.headers["webhook-id"];
    try {
      new Webhook(this.notifier.next).verify(body, request.headers);
    } catch (error) {
      this.failures.push(`notifier: ${error.message}`);
      this.#rounded();
      return response.writeHead(401).end();
    }
    const at = new Date(Date.now());
    const signature = new Webhook(this.house.secrets.WEBHOOK_SECRET).sign(id, at, body);
    const headers = { "webhook-id": id, "webhook-timestamp": String(Math.floor(at / 1000)), "webhook-signature": signature };
    response.writeHead((await fetch(this.house.mailbox.url, { method: "POST", headers, body })).status).end();
  }
}
