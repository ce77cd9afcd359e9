// Edgeward with a tally: the same main module, whose objects count what they are asked, what they write and
// which alarms they set. For the bench alone.

import Built from "../../build/index.js";
import edgeward, { AccountObject as Account, AddressObject as Address, NetworkObject as Network } from "../../src/edge/entry.mjs";

const tally = { address: 0, account: 0, network: 0, rows: 0, alarms: 0, webhooks: 0, origin: 0 };

export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname === "/.bench/tally") {
      return Response.json({ ...tally, hashes: Built.prototype.hashes() });
    }
    return edgeward.fetch(request, env, context);
  },
};

export class AddressObject extends Address {
  constructor(context, env) {
    super(watched(context, env), env);
  }
  cmd(text) {
    tally.address += 1;
    return super.cmd(text);
  }
}

export class AccountObject extends Account {
  constructor(context, env) {
    super(watched(context, env), env);
  }
  cmd(text) {
    tally.account += 1;
    return super.cmd(text);
  }
}

export class NetworkObject extends Network {
  constructor(context, env) {
    super(watched(context, env), env);
  }
  cmd(text) {
    tally.network += 1;
    return super.cmd(text);
  }
}

// No action that is counted asks a link.
export { LinkObject } from "../../src/edge/entry.mjs";

/** Counts what goes through an object's storage, and, once, what goes out. */
function watched(context, env) {
  const { storage } = context;
  const { sql } = storage;
  after(sql, "exec", (cursor) => (tally.rows += cursor.rowsWritten));
  after(storage, "setAlarm", () => (tally.alarms += 1));
  outgoing ??= watchOutgoing(env);
  return context;
}

function after(of, name, count) {
  const original = of[name];
  of[name] = (...args) => {
    const result = original.apply(of, args);
    count(result);
    return result;
  };
}

let outgoing;

function watchOutgoing({ NOTIFIER_URL, ORIGIN_URL }) {
  const original = globalThis.fetch;
  globalThis.fetch = (what, init) => {
    const url = typeof what === "string" ? what : what.url;
    if (url.startsWith(NOTIFIER_URL)) tally.webhooks += 1;
    if (url.startsWith(ORIGIN_URL)) tally.origin += 1;
    return original(what, init);
  };
  return true;
}
