import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { edgeward } from "@edgeward/origin/fetch";

const { EDGEWARD_KEYS: keys, EDGEWARD_JWKS: jwks, EDGEWARD_AUDIENCE: audience } = process.env;
const app = new Hono();
app.use(edgeward({ keys, jwks, audience }));
app.all("*", (c) => c.text(`Hello, ${c.get("edgeward").identity.account ?? "whoever you are"}\n`));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: "127.0.0.1" });
