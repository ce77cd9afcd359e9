// The Worker's main module for tests of what time tells: the real one, whose answers are late when they are asked to
// be. `X-Late` says by how many milliseconds; so a test can show that it would have seen a difference.

import edgeward from "../../src/edge/entry.mjs";

export * from "../../src/edge/entry.mjs";

export default {
  async fetch(request, env, context) {
    const answer = await edgeward.fetch(request, env, context);
    const late = Number(request.headers.get("x-late") ?? 0);
    if (late > 0) await new Promise((resolve) => setTimeout(resolve, late));
    return answer;
  },
};
