// A static file server (serve-static on plain node:http) over FOLDER, which believes every request.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";
import { root } from "../../../scripts/steps.mjs";

const express = createRequire(join(root, "origin", "node", "package.json"))("express");

const { FOLDER, PORT } = process.env;
const files = express.static(FOLDER, {
  setHeaders: (response, file) => {
    const [folder] = relative(FOLDER, file).split(sep);
    if (["private", "admin"].includes(folder)) response.setHeader("X-Closed", folder);
  },
});
createServer((request, response) =>
  files(request, response, (error) => response.writeHead(error?.statusCode ?? 404).end()),
).listen(PORT, "127.0.0.1");
