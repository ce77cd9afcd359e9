import { createServer } from "node:http";
import { Verifier } from "@edgeward/origin";

const edgeward = new Verifier({ keys: process.env.EDGEWARD_KEYS, audience: process.env.EDGEWARD_AUDIENCE });

createServer(async (request, response) => {
  const { ok, identity } = await edgeward.verify(request);
  if (!ok) return response.writeHead(403).end("Forbidden\n");
  response.end(`Hello, ${identity.account ?? "whoever you are"}\n`);
}).listen(process.env.PORT, "127.0.0.1");
