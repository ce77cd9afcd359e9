// The application behind every Worker that is measured: as small as an answer can be. It remembers the
// last request, so that the bench can see what each Worker made of it.

import { createServer } from "node:http";

let last;

const body = JSON.stringify({ hello: "from the origin", items: Array.from({ length: 8 }, (_, id) => ({ id })) });
const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };

const server = createServer((request, response) => {
  last = request;
  response.writeHead(200, headers).end(body);
});
// Idle connections stay open between the rounds of one Worker.
server.keepAliveTimeout = 600_000;

server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("message", () => process.send({ method: last.method, url: last.url, rawHeaders: last.rawHeaders }));
process.on("disconnect", () => process.exit());
