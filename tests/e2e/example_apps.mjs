// The example applications of `origin/`, each in its language, as processes of their own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pythonBin, ensurePythonPackages } from "../../scripts/python.mjs";
import { bin, root, run } from "../../scripts/steps.mjs";
import { ensureNpmPackages } from "../../scripts/tools.mjs";
import { freePort } from "./harness.mjs";

const target = join(root, "target", "origin");
const node = (file) => ({ file, program: join(bin, "node"), args: [join(root, file)], prepare: () => ensureNpmPackages("origin/node") });
const python = (file) => ({ file, program: pythonBin("python", "origin"), args: [join(root, file)], prepare: () => ensurePythonPackages("origin") });

/** Each application, how it is started, and what must be there before. */
export const apps = {
  "node:http": node("origin/node/examples/node.mjs"),
  Express: node("origin/node/examples/express.mjs"),
  Hono: node("origin/node/examples/hono.mjs"),
  Starlette: python("origin/python/examples/starlette_app.py"),
  Flask: python("origin/python/examples/flask_app.py"),
  axum: {
    file: "origin/rust/examples/axum.rs",
    program: join(target, "debug", "examples", "axum"),
    args: [],
    prepare: () => run("cargo", ["build", "--quiet", "--example", "axum", "--features", "fetch", "--target-dir", target], { cwd: join(root, "origin", "rust") }),
  },
};

/** Starts an application for the test `t`, and ends it with the test. Gives its URL. */
export async function startApp(t, { program, args, prepare, signal = "SIGKILL" }, env) {
  await prepare();
  const port = await freePort();
  const child = spawn(program, args, {
    env: { ...process.env, PYTHONPATH: join(root, "origin", "python"), ...env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill(signal);
    await ended;
    if (t.passed === false) console.error(`--- the application said ---\n${said}----------------------------`);
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended:\n${said}`);
    await pause(25);
  }
  return `http://127.0.0.1:${port}`;
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket.destroy() && true)).once("error", () => resolve(false));
  });

/** Stands before `recorder.application`, passes on what it gets to the byte, and keeps the heads of it, `answer` of what was said to each. Has its URL. */
export async function startRecorder(t, application) {
  const heads = [];
  const recorder = { application, heads };
  const server = createServer((request, response) => {
    const { method, url, rawHeaders } = request;
    const head = { method, url, rawHeaders };
    heads.push(head);
    const passed = httpRequest(recorder.application, { method, path: url, headers: rawHeaders, agent: false }, (answer) => {
      head.answer = answer.headers;
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.close(), server.closeAllConnections()));
  return Object.assign(recorder, { url: `http://127.0.0.1:${server.address().port}` });
}

/** Asks an application directly. `headers`: names and values in turn. */
export function asks(application, { method = "GET", url, rawHeaders }) {
  return new Promise((resolve, reject) => {
    httpRequest(application, { method, path: url, headers: rawHeaders, agent: false }, async (answer) => {
      resolve(`${answer.statusCode} ${Buffer.concat(await answer.toArray())}`.trim());
    })
      .on("error", reject)
      .end();
  });
}
