import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { edgeward } from "@edgeward/origin/fetch";

const app = new Hono();
app.use(edgeward({ keys: process.env.EDGEWARD_KEYS, audience: process.env.EDGEWARD_AUDIENCE }));
app.all("*", (c) => c.text(`Hello, ${c.get("edgeward").identity.account ?? "whoever you are"}\n`));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: "127.0.0.1" });
