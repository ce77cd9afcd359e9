// For whatever speaks the `Request` and `Response` of fetch, and for Hono.

import { Verifier } from "./index.mjs";

const forbidden = () => new Response("Forbidden\n", { status: 403, headers: { "Content-Type": "text/plain", "Cache-Control": "no-store" } });

/**
 * A handler that is called with what Edgeward signed, `handler(request, { identity, link, digest }, ...rest)`; everything
 * else is answered 403. `settings`: those of `Verifier`, and `log`, which is told the reason of a refusal.
 */
export function withEdgeward({ log = () => {}, ...settings }, handler) {
  const verifier = new Verifier(settings);
  return async (request, ...rest) => {
    const { ok, reason, ...verified } = await verifier.verifyFetch(request);
    if (ok) return handler(request, verified, ...rest);
    log(reason, request);
    return forbidden();
  };
}

/** Middleware for Hono: `app.use(edgeward({ keys, audience }))`, then `c.get("edgeward")` is `{ identity, link, digest }`. */
export function edgeward({ log = () => {}, ...settings }) {
  const verifier = new Verifier(settings);
  return async (c, next) => {
    const { ok, reason, ...verified } = await verifier.verifyFetch(c.req.raw);
    if (!ok) {
      log(reason, c.req.raw);
      return forbidden();
    }
    c.set("edgeward", verified);
    await next();
  };
}
