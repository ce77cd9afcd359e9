// Express with closed pages, which believes every request: who may see them is for whoever stands in front.
// `STRICT=1`: letter case and a slash at the end matter to it.

import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../../scripts/steps.mjs";

const express = createRequire(join(root, "origin", "node", "package.json"))("express");

const app = express();
if (process.env.STRICT === "1") app.enable("case sensitive routing").enable("strict routing");
for (const folder of ["private", "admin"]) app.use(`/${folder}`, (_, response) => response.set("X-Closed", folder).send(`${folder}\n`));
// A folder that the application finds by its name, which Express has decoded by then.
app.use("/:folder", ({ params }, response, next) => {
  if (!["private", "admin"].includes(params.folder)) return next();
  response.set("X-Closed", params.folder).send(`${params.folder}, by name\n`);
});
app.use("/public", (_, response) => response.send("public\n"));
app.listen(process.env.PORT, "127.0.0.1");
