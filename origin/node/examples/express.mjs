import express from "express";
import { edgeward } from "@edgeward/origin/express";

const app = express();
app.use(edgeward({ keys: process.env.EDGEWARD_KEYS, audience: process.env.EDGEWARD_AUDIENCE }));
app.use((request, response) => response.send(`Hello, ${request.edgeward.identity.account ?? "whoever you are"}\n`));
app.listen(process.env.PORT, "127.0.0.1");
