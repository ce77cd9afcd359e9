// The Worker's main module for tests in which an account object breaks off its watch over streams, or does
// not begin one. `X-Break` says how for the object that `X-Object` names: it may `restart`, be `mute` to
// whoever asks it to watch, or `deaf`: fail at once. Anything else heals it.

import edgeward, * as main from "../../src/edge/entry.mjs";

export default {
  async fetch(request, env, context) {
    const how = request.headers.get("x-break");
    if (how === null) return edgeward.fetch(request, env, context);
    await env.ACCOUNTS.getByName(request.headers.get("x-object")).breaks(how).catch(() => {});
    return new Response();
  },
};

export { AddressObject, LinkObject, NetworkObject } from "../../src/edge/entry.mjs";

export class AccountObject extends main.AccountObject {
  #how;

  breaks(how) {
    this.#how = how;
    if (how === "restart") this.ctx.abort("a restart");
  }

  fetch(request) {
    if (this.#how === "deaf") throw new Error("deaf");
    return this.#how === "mute" ? new Promise(() => {}) : super.fetch(request);
  }
}
