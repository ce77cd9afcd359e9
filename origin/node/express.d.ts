import type { IncomingMessage, ServerResponse } from "node:http";
import type { Reason, Settings, Verified } from "./index.js";

declare global {
  namespace Express {
    interface Request {
      /** Who is asking, as Edgeward signed it. */
      edgeward: Verified;
    }
  }
}

/** Refuses with 403 what Edgeward did not sign; what it did has `request.edgeward`. */
export function edgeward(
  settings: Settings & { log?: (reason: Reason, request: IncomingMessage) => void },
): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => Promise<void>;
