// node:http with closed pages, which believes every request, and reads its path as many do: through `URL`.

import { createServer } from "node:http";

createServer((request, response) => {
  const url = URL.parse(request.url, "http://here");
  const folder = url?.pathname.split("/")[1];
  if (["private", "admin"].includes(folder)) response.setHeader("X-Closed", folder);
  else response.statusCode = url ? 404 : 400;
  response.end(`${folder}\n`);
}).listen(process.env.PORT, "127.0.0.1");
