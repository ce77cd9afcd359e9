// What is measured: Edgeward with its neighbours, and the Workers it is compared with.

import { fork } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import { startMailbox } from "../demo/mailbox.mjs";
import { Verifier } from "../origin/node/index.mjs";
import { freshSecrets, readRing } from "../scripts/secrets.mjs";
import { Failed, root } from "../scripts/steps.mjs";
import { Visitor } from "../tests/e2e/visitor.mjs";
import { freePort, objects, Workerd } from "./workerd.mjs";

/** The page that is asked for: the rules of wrangler.toml let only those in who are signed in. */
export const page = "/private/report?year=2026&tab=a";
export const publicPage = "/public/report?year=2026&tab=a";

/** Budgets are not what is measured here. */
const limits = { network: { signin: ["100000/1h"], signup: ["100000/1h"], mail: ["100000/1h"], link: ["100000/1h"] } };

const config = unstable_readConfig({ config: join(root, "wrangler.toml") }, { hideWarnings: true });

export class House {
  secrets = freshSecrets();
  /** The webhook-ids of the mails that visitors opened. */
  opened = new Set();
  #workers = [];

  static async open() {
    const house = new House();
    house.mailbox = await startMailbox({ secret: house.secrets.WEBHOOK_SECRET });
    house.origin = fork(join(root, "bench", "origin.mjs"));
    const [{ port }] = await once(house.origin, "message");
    house.originUrl = `http://127.0.0.1:${port}`;
    return house;
  }

  /** A Worker of `bench/workers/`, not started yet. */
  worker(name, variables = {}, more = {}) {
    const main = join(root, "bench", "workers", `${name}.mjs`);
    return this.#keep({ main, variables: { ORIGIN_URL: this.originUrl, ...variables }, ...more });
  }

  /** Edgeward as it is deployed, not started yet. `checkout`: of another one; `main`: with something around it. */
  async edgeward({ settings = {}, checkout = root, main = join(checkout, "src", "edge", "entry.mjs") } = {}) {
    const port = await freePort();
    const variables = {
      ...config.vars,
      ...this.secrets,
      PUBLIC_URL: `http://localhost:${port}`,
      ORIGIN_URL: this.originUrl,
      NOTIFIER_URL: this.mailbox.url,
      CLIENT_IP: "header:CF-Connecting-IP",
      LIMITS: limits,
      ...settings,
    };
    return this.#keep({ main, wasm: join(checkout, "build", "index_bg.wasm"), variables, objects, port });
  }

  /** Somebody with a browser in front of a Worker. */
  visitor(worker, email, jar) {
    const house = { url: worker.url, port: worker.port, mailbox: this.mailbox, opened: this.opened };
    return new Visitor(house, { email, password: "a quite unusual sentence of mine", address: "198.18.0.1", jar });
  }

  /** What the origin saw last. */
  async seen() {
    this.origin.send("seen");
    const [request] = await once(this.origin, "message");
    return request;
  }

  /** Whether the origin would believe the request it saw last. */
  async believed(audience) {
    const verifier = new Verifier({ keys: readRing(this.secrets.IDENTITY_KEYS), audience });
    const verdict = await verifier.verify(await this.seen());
    if (!verdict.ok) throw new Failed(`The origin would not believe this identity: ${verdict.reason}.`);
  }

  async close() {
    await Promise.all(this.#workers.map((worker) => worker.remove()));
    this.origin.disconnect();
    await this.mailbox.close();
  }

  async #keep(what) {
    const worker = await Workerd.prepare({ compatibilityDate: config.compatibility_date, ...what });
    this.#workers.push(worker);
    return worker;
  }
}

/** A key for the gate written by hand, and Edgeward's session cookie signed with it. */
export const handKey = randomBytes(32);

export function signedByHand(cookie) {
  const whole = cookie.slice(0, cookie.lastIndexOf("."));
  return `${whole}.${createHmac("sha256", handKey).update(whole).digest("base64url")}`;
}
