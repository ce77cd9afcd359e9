import { createServer } from "node:http";
import { Verifier } from "@edgeward/origin";

const { EDGEWARD_KEYS: keys, EDGEWARD_JWKS: jwks, EDGEWARD_AUDIENCE: audience } = process.env;
const edgeward = new Verifier({ keys, jwks, audience });

createServer(async (request, response) => {
  const { ok, identity } = await edgeward.verify(request);
  if (!ok) return response.writeHead(403).end("Forbidden\n");
  response.end(`Hello, ${identity.account ?? "whoever you are"}\n`);
}).listen(process.env.PORT, "127.0.0.1");
