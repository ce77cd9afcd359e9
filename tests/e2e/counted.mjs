// The Worker's main module with a dataset bound as COUNTERS. Its points come out again at `/.test/points`.

import edgeward, * as main from "../../src/edge/entry.mjs";

const points = [];
const COUNTERS = { writeDataPoint: (point) => points.push(point) };
const bound = (env) => ({ ...env, COUNTERS });

export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname === "/.test/points") return Response.json(points);
    return edgeward.fetch(request, bound(env), context);
  },
};

const counting = (Class) =>
  class extends Class {
    constructor(context, env) {
      super(context, bound(env));
    }
  };

export const AddressObject = counting(main.AddressObject);
export const AccountObject = counting(main.AccountObject);
export const NetworkObject = counting(main.NetworkObject);
export const LinkObject = counting(main.LinkObject);
