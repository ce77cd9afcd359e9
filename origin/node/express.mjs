// For Express: `app.use(edgeward({ keys, audience }))`.

import { Verifier } from "./index.mjs";

/**
 * Refuses with 403 what Edgeward did not sign. What it did has `request.edgeward`: `{ identity, link, digest }`.
 *
 * `settings`: those of `Verifier`, and `log`, which is told the reason of a refusal.
 */
export function edgeward({ log = () => {}, ...settings }) {
  const verifier = new Verifier(settings);
  return async (request, response, next) => {
    try {
      const { ok, reason, ...verified } = await verifier.verify(request);
      if (!ok) {
        log(reason, request);
        return response.writeHead(403, { "Content-Type": "text/plain", "Cache-Control": "no-store" }).end("Forbidden\n");
      }
      request.edgeward = verified;
    } catch (error) {
      return next(error);
    }
    next();
  };
}
