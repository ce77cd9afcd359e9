// Applications that believe every request, each with another router, and a socket that sends them what no
// client would. Who reached a closed page is told by the answer's `X-Closed`.

import { createServer, request as httpRequest } from "node:http";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ensurePythonPackages, pythonBin } from "../../scripts/python.mjs";
import { bin, root, run } from "../../scripts/steps.mjs";
import { ensureNpmPackages } from "../../scripts/tools.mjs";
import { closed } from "./threats/hostile_paths.mjs";

const target = join(root, "target", "origin");
const here = (file) => join(root, "tests", "e2e", "routers", file);
const node = (file) => ({ program: join(bin, "node"), args: [here(file)], prepare: () => ensureNpmPackages("origin/node") });
const python = (file) => ({ program: pythonBin("python", "origin"), args: [here(file)], prepare: () => ensurePythonPackages("origin") });
const axum = () => run("cargo", ["build", "--quiet", "--locked", "--target-dir", target], { cwd: here("axum") });

/** Each router, how it is started and ended, and what it needs in its environment. */
export const routers = {
  "node:http": { ...node("node.mjs") },
  Express: { ...node("express.mjs") },
  "Express, strict": { ...node("express.mjs"), env: () => ({ STRICT: "1" }) },
  Starlette: { ...python("starlette_app.py") },
  "Flask on gunicorn": { ...python("flask_app.py"), signal: "SIGQUIT" },
  axum: { program: join(target, "debug", "axum-router"), args: [], prepare: axum },
  "serve-static": { ...node("files.mjs"), env: (t) => ({ FOLDER: site(t) }) },
  "Starlette's static files": { ...python("starlette_files.py"), env: (t) => ({ FOLDER: site(t) }) },
};

/** A folder of pages, some of them closed; gone after the test. */
function site(t) {
  const folder = mkdtempSync(join(tmpdir(), "edgeward-site-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const pages = ["index.html", "public/x", ...Object.entries(closed).flatMap(([name, page]) => [`${name}/index.html`, `${name}/${page}`])];
  for (const page of pages) {
    mkdirSync(dirname(join(folder, page)), { recursive: true });
    writeFileSync(join(folder, page), `${page}\n`);
  }
  return folder;
}

/** A gate as one might write it first: it looks how the path begins. Gives its URL. */
export async function startNaiveGate(t, application) {
  const server = createServer((request, response) => {
    const isClosed = Object.keys(closed).some((folder) => request.url.startsWith(`/${folder}`));
    if (isClosed) return response.writeHead(401).end();
    const { method, url, rawHeaders } = request;
    const passed = httpRequest(application, { method, path: url, headers: rawHeaders, agent: false }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.close(), server.closeAllConnections()));
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * Sends each request as it stands, each over a connection of its own, sixteen at a time. Gives for each
 * `{ status, closed }`: 0 where the connection was ended without an answer, and the closed folder that was
 * reached. `more`: lines of the head that all requests carry.
 */
export async function sendAll(url, requests, more = []) {
  const { port, host } = new URL(url);
  const answers = [];
  const waiting = requests.entries();
  const sender = async () => {
    for (const [at, request] of waiting) answers[at] = await send(port, headOf(request, host, [...more, `X-Case: ${at}`]));
  };
  await Promise.all(Array.from({ length: 16 }, sender));
  return answers;
}

function headOf({ method, target, headers }, host, more) {
  const theirs = headers.flatMap((name, at) => (at % 2 ? [] : [`${name}: ${headers[at + 1]}`]));
  const length = ["POST", "PUT", "PATCH"].includes(method) ? ["Content-Length: 0"] : [];
  return [`${method} ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...length, ...theirs, ...more, "", ""].join("\r\n");
}

function send(port, head) {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(head, "latin1"));
    socket.setEncoding("latin1").setTimeout(10_000, () => socket.destroy());
    socket.on("data", (text) => (answer += text)).on("error", () => {});
    socket.on("close", () => {
      const [top] = answer.split("\r\n\r\n");
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(top)?.[1] ?? 0);
      resolve({ status, closed: /^x-closed: (\w+)/im.exec(top)?.[1] });
    });
  });
}
