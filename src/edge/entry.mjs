// The Worker's main module. It decides nothing: a request goes through the synchronous gate, and to the
// asynchronous handler only for what must wait; objects are thin shells around their Rust halves. Those of
// accounts and links also hold the sockets by which streams are told of their end; they hibernate.
//
// A panic leaves a wasm instance unusable. It is marked here, and whoever comes next begins a new one by
// making the built entry point anew, which is where worker-build looks for the mark. What the dead instance
// had promised to others it never settles: whoever waits on Rust looks now and then whether it still lives.

import { DurableObject } from "cloudflare:workers";
import Built, * as built from "../../build/index.js";

const health = globalThis.__worker_init_state;
const { gate, serve, lost } = Built.prototype;

export default {
  fetch(request, env, context) {
    if (health.criticalError) new Built(context, env);
    try {
      const answer = gate(request, env);
      if (answer === undefined) return unlessDead(serve(request, env)).catch(noticed);
      return answer instanceof Promise ? answer.catch((cause) => lost(request, env, cause)) : answer;
    } catch (error) {
      return noticed(error);
    }
  },
};

export class AddressObject extends DurableObject {
  #half = new built.AddressObject(this.ctx, this.env);
  cmd(text) { return unlessDead(this.#half.cmd(text)); }
  alarm() { return unlessDead(this.#half.wake()); }
}

export class AccountObject extends DurableObject {
  #half = new built.AccountObject(this.ctx, this.env);
  fetch(request) { return watch(this.ctx, this.#half, request); }
  cmd(text) { return unlessDead(this.#half.cmd(text)); }
  alarm() { return unlessDead(this.#half.wake()); }
}

export class NetworkObject extends DurableObject {
  #half = new built.NetworkObject(this.ctx, this.env);
  cmd(text) { return unlessDead(this.#half.cmd(text)); }
  alarm() { return unlessDead(this.#half.wake()); }
}

export class LinkObject extends DurableObject {
  #half = new built.LinkObject(this.ctx, this.env);
  fetch(request) { return watch(this.ctx, this.#half, request); }
  cmd(text) { return unlessDead(this.#half.cmd(text)); }
  alarm() { return unlessDead(this.#half.wake()); }
}

/** Accepts a socket that tells a stream of its end, if the stream may run now. Nothing comes in between. */
function watch(context, half, request) {
  const tag = request.headers.get("edgeward-watch") ?? "";
  try {
    const until = half.watch(tag);
    if (until === undefined) return new Response(null, { status: 403 });
    const [theirs, ours] = Object.values(new WebSocketPair());
    context.acceptWebSocket(ours, [tag]);
    return new Response(null, { status: 101, webSocket: theirs, headers: { "Edgeward-Until": String(until) } });
  } catch (error) {
    return noticed(error);
  }
}

/** What Rust promised, or a rejection when its instance died meanwhile. */
function unlessDead(promise) {
  const born = health.instanceId;
  let timer;
  const dead = new Promise((_, reject) => {
    timer = setInterval(() => {
      if (health.criticalError || health.instanceId !== born) reject(new Error("the wasm instance died of a panic"));
    }, 250);
  });
  return Promise.race([promise, dead]).finally(() => clearInterval(timer));
}

function noticed(error) {
  if (error instanceof WebAssembly.RuntimeError) health.criticalError = true;
  throw error;
}
