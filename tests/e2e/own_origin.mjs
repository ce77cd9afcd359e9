// An origin of a test's own, for what the demo's endpoints do not do.

import { createServer } from "node:http";
import { once } from "node:events";

/**
 * Starts an origin that answers by `answer(request, response)`, and upgrades by `upgrade(request, socket)`.
 * `options` are those of Node's servers. Ends it with the test. Gives its URL.
 */
export async function startOwnOrigin(t, answer, upgrade, options = {}) {
  const server = createServer(options, answer);
  // Longer than workerd keeps an idle connection: see demo/origin.mjs.
  server.keepAliveTimeout = 75_000;
  const upgraded = new Set();
  if (upgrade) server.on("upgrade", (request, socket) => upgrade(request, upgraded.add(socket) && socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
    for (const socket of upgraded) socket.destroy();
  });
  return `http://127.0.0.1:${server.address().port}`;
}
