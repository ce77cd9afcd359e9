// The Worker's main module for tests in which what Edgeward keeps its data in is away: the real one, and objects
// that fail by class. `X-Degrade` says how, as JSON: `{ "ACCOUNTS": "gone" }` throws at whoever asks an account
// object, `"hangs"` never answers, `"full"` answers and cannot write. What it does not name is well again.

import edgeward, * as main from "../../../src/edge/entry.mjs";

let failing = {};

/** Among others, what SQLite says when the disk is full. */
const full = () => {
  throw new Error("database or disk is full: SQLITE_FULL");
};

export default {
  fetch(request, env, context) {
    const how = request.headers.get("x-degrade");
    if (how === null) return edgeward.fetch(request, env, context);
    failing = JSON.parse(how);
    return new Response();
  },
};

const degrading = (name, Class) =>
  class extends Class {
    constructor(context, env) {
      super(context, env);
      const { sql } = context.storage;
      const { exec } = sql;
      sql.exec = (statement, ...values) => (failing[name] === "full" && !statement.startsWith("SELECT") ? full() : exec.call(sql, statement, ...values));
    }

    cmd(text) {
      return this.#away() ?? super.cmd(text);
    }

    fetch(request) {
      return this.#away() ?? super.fetch(request);
    }

    #away() {
      if (failing[name] === "gone") throw new Error("this object is away");
      return failing[name] === "hangs" ? new Promise(() => {}) : undefined;
    }
  };

export const AddressObject = degrading("ADDRESSES", main.AddressObject);
export const AccountObject = degrading("ACCOUNTS", main.AccountObject);
export const NetworkObject = degrading("NETWORKS", main.NetworkObject);
export const LinkObject = degrading("LINKS", main.LinkObject);
