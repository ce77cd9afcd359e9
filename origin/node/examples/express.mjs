import express from "express";
import { edgeward } from "@edgeward/origin/express";

const { EDGEWARD_KEYS: keys, EDGEWARD_JWKS: jwks, EDGEWARD_AUDIENCE: audience } = process.env;
const app = express();
app.use(edgeward({ keys, jwks, audience }));
app.use((request, response) => response.send(`Hello, ${request.edgeward.identity.account ?? "whoever you are"}\n`));
app.listen(process.env.PORT, "127.0.0.1");
