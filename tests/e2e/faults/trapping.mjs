// The Worker's main module for panic.test.mjs: the real one, with a trap laid in the runtime's clock.
//
// Edgeward cannot be made to panic from outside, so the trap is sprung where Rust calls out: when it reads
// the clock. What happens there is a real trap of the built wasm: its allocator is asked for two gigabytes,
// and aborts. It takes the same way out as a panic in the function that read the clock.
//
// `X-Trap` says where: at the reading of `gate` or `serve`, or in the Rust half of an `account`
// object. `X-Trap: instance` asks how many instances there were.

import * as built from "../../../build/index.js";
import edgeward, * as main from "../../../src/edge/entry.mjs";

/** The gate reads the clock once. For a route of ours the next reading is that of the request's future. */
const readings = { gate: 1, serve: 2 };

let untilTrap = 0;
let inAccount = false;

const now = Date.now;
Date.now = () => {
  if (untilTrap > 0 && (untilTrap -= 1) === 0) trap();
  return now();
};

/** wasm-bindgen asks the allocator for as many bytes as this "string" claims to have. */
function trap() {
  built.NetworkObject.prototype.cmd.call({}, { length: 2 ** 31 });
}

export default {
  fetch(request, env, context) {
    const where = request.headers.get("x-trap");
    if (where === "instance") return new Response(globalThis.__worker_init_state.instanceId);
    untilTrap = readings[where] ?? 0;
    inAccount = where === "account";
    return edgeward.fetch(request, env, context);
  },
};

export { AddressObject, LinkObject, NetworkObject } from "../../../src/edge/entry.mjs";

export class AccountObject extends main.AccountObject {
  cmd(text) {
    if (inAccount) untilTrap = 1;
    inAccount = false;
    return super.cmd(text);
  }
}
