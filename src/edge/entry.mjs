// The Worker's main module. It decides nothing: a request goes through the synchronous gate, and to the
// asynchronous handler only for what must wait; objects are thin shells around their Rust halves.
//
// A panic leaves a wasm instance unusable. Whoever comes next finds the mark it left and begins a new one;
// an object makes its Rust half anew, since that lived in the old instance.

import { DurableObject } from "cloudflare:workers";
import * as built from "../../build/index.js";

const health = built.__worker_init_state();

export default {
  fetch(request, env, context) {
    return guarded(() => built.gate(request, env) ?? built.serve(request, env, context));
  },
};

export class AddressObject extends DurableObject {
  #half = half(this, built.AddressObject);
  cmd(text) { return guarded(() => this.#half().cmd(text)); }
  alarm() { return guarded(() => this.#half().wake()); }
}

export class AccountObject extends DurableObject {
  #half = half(this, built.AccountObject);
  cmd(text) { return guarded(() => this.#half().cmd(text)); }
  alarm() { return guarded(() => this.#half().wake()); }
}

export class NetworkObject extends DurableObject {
  #half = half(this, built.NetworkObject);
  cmd(text) { return guarded(() => this.#half().cmd(text)); }
  alarm() { return guarded(() => this.#half().wake()); }
}

/** The Rust half of an object, made in the running wasm instance. */
function half(object, Half) {
  let instance;
  let made;
  return () => {
    if (made !== health.instanceId) {
      instance = new Half(object.ctx, object.env);
      made = health.instanceId;
    }
    return instance;
  };
}

/** Runs a call into wasm; a trap on its way marks the instance. */
function guarded(call) {
  if (health.criticalError) renew();
  try {
    const result = call();
    return typeof result?.then === "function" ? result.catch(noticed) : result;
  } catch (error) {
    noticed(error);
  }
}

function noticed(error) {
  if (error instanceof WebAssembly.RuntimeError) health.criticalError = true;
  throw error;
}

function renew() {
  built.__wbg_reset_state();
  health.criticalError = false;
  health.instanceId += 1;
}
