// An Edgeward whose clock a test can move: clockwork.mjs is its main module.

import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { root } from "../../scripts/steps.mjs";
import { startEdgeward } from "./harness.mjs";
import { startOwnOrigin } from "./own_origin.mjs";

export const seconds = 1000, minutes = 60 * seconds, hours = 60 * minutes;

/**
 * Starts it, as `startEdgeward` does. The demo would take its signatures for ones of the future, so the
 * origin (unless `settings` name another) does not look at them, and letters are signed again on their way to the mailbox.
 */
export async function startClockwork(t, { settings = {}, ...options } = {}) {
  let house;
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => request.resume().on("end", () => response.end()));
  const NOTIFIER_URL = await startOwnOrigin(t, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const [id, at] = [request.headers["webhook-id"], new Date()];
    const signature = new Webhook(house.secrets.WEBHOOK_SECRET).sign(id, at, body);
    const headers = { "webhook-id": id, "webhook-timestamp": String(Math.floor(at / 1000)), "webhook-signature": signature };
    response.writeHead((await fetch(house.mailbox.url, { method: "POST", headers, body })).status).end();
  });
  const entry = join(root, "tests", "e2e", "clockwork.mjs");
  house = await startEdgeward(t, { ...options, entry, settings: { ORIGIN_URL, NOTIFIER_URL, ...settings } });
  return house;
}

/** Moves its clock, by milliseconds. */
export const forward = (house, by) => house.visitor().fetch("/", { headers: { "X-Clock-Forward": String(by) } });
