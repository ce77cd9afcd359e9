// The Worker's main module for tests that cannot wait: the real one, and a clock that they move forward.
// `X-Clock-Forward` moves it, by milliseconds, for everything in this process. Alarms ring by the runtime's
// own clock, so each is set as much earlier.

import edgeward, * as main from "../../src/edge/entry.mjs";

let ahead = 0;
const now = Date.now;
Date.now = () => now() + ahead;

export default {
  fetch(request, env, context) {
    const by = request.headers.get("x-clock-forward");
    if (by === null) return edgeward.fetch(request, env, context);
    ahead += Number(by);
    return new Response();
  },
};

const onTime = (Class) =>
  class extends Class {
    constructor(context, env) {
      super(context, env);
      const storage = Object.getPrototypeOf(context.storage);
      const { setAlarm } = storage;
      if (setAlarm.name === "earlier") return;
      storage.setAlarm = function earlier(time, options) {
        return setAlarm.call(this, Number(time) - ahead, options);
      };
    }
  };

export const AddressObject = onTime(main.AddressObject);
export const AccountObject = onTime(main.AccountObject);
export const NetworkObject = onTime(main.NetworkObject);
export const LinkObject = onTime(main.LinkObject);
