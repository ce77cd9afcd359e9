// An origin of a test's own, for what the demo's endpoints do not do.

import { createServer } from "node:http";
import { once } from "node:events";

/** Starts an origin that answers by `answer(request, response)`, and ends it with the test. Gives its URL. */
export async function startOwnOrigin(t, answer) {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}
