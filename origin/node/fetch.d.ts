import type { Reason, Settings, Verified } from "./index.js";

type Logged = Settings & { log?: (reason: Reason, request: Request) => void };

/** Calls `handler` with what Edgeward signed, and answers everything else 403. */
export function withEdgeward<Rest extends unknown[]>(
  settings: Logged,
  handler: (request: Request, verified: Verified, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response>;

interface Context {
  req: { raw: Request };
  set(name: "edgeward", verified: Verified): void;
}

/** Middleware for Hono: `c.get("edgeward")` is what Edgeward signed. */
export function edgeward(settings: Logged): (c: Context, next: () => Promise<void>) => Promise<Response | undefined>;
