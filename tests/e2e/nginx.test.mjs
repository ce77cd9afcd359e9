// examples/nginx as written: a real nginx asks a real Edgeward about each request, and an application of Express
// behind it believes the signature alone.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { debianProgram } from "../../scripts/debian.mjs";
import { root } from "../../scripts/steps.mjs";
import { apps, asks, startApp, startRecorder } from "./example_apps.mjs";
import { freePort, startEdgeward } from "./harness.mjs";
import { proxied, proxyKey } from "./operator.mjs";
import { startOwnOrigin } from "./own_origin.mjs";
import { Visitor } from "./visitor.mjs";

const IDENTITY_KEYS = `n1:${randomBytes(32).toString("base64url")}`;
const AUDIENCE = "hello";

let program;
before(async () => (program = await debianProgram("nginx")));

/** Starts nginx for the test `t` with the example's configuration, and ends it with the test. */
async function startNginx(t, { port, changed = (text) => text, ...values }) {
  const dir = mkdtempSync(join(tmpdir(), "edgeward-nginx-"));
  const template = readFileSync(join(root, "examples/nginx/edgeward.conf.template"), "utf8");
  const own = { LISTEN: `127.0.0.1:${port}`, PUBLIC_NAME: "localhost", PUBLIC_HOST: `localhost:${port}`, CHECK_KEY: proxyKey, ...values };
  const conf = changed(template.replace(/\$\{(\w+)\}/g, (whole, name) => own[name] ?? whole));
  writeFileSync(join(dir, "edgeward.conf"), conf);
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${dir}/${name};`);
  mkdirSync(join(dir, "logs"));
  const main = `daemon off; master_process off; pid ${dir}/pid; error_log stderr notice; events {}\nhttp { access_log off; ${paths.join(" ")} include ${dir}/edgeward.conf; }\n`;
  writeFileSync(join(dir, "nginx.conf"), main);
  const child = spawn(program, ["-p", dir, "-c", join(dir, "nginx.conf"), "-e", "stderr"], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(dir, { recursive: true, force: true });
    if (t.passed === false) console.error(`--- nginx said ---\n${said}------------------`);
  });
  // It listens when it says by which method it waits.
  while (!said.includes("event method")) {
    if (child.exitCode !== null) throw new Error(`nginx ended:\n${said}`);
    await pause(10);
  }
}

/** nginx before the application and Edgeward; a visitor comes to nginx. */
async function startTown(t, { settings, application, ...rest } = {}) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const edgeward = proxied({ PUBLIC_URL: url, AUDIENCE, IDENTITY_KEYS, CLIENT_IP: "header:X-Real-IP", ...settings });
  const house = await startEdgeward(t, { settings: edgeward, waitFor: 421 });
  const app = application ?? (await startApp(t, apps.Express, { EDGEWARD_KEYS: IDENTITY_KEYS, EDGEWARD_AUDIENCE: AUDIENCE }));
  const recorder = await startRecorder(t, app);
  await startNginx(t, { port, EDGEWARD: `http://127.0.0.1:${house.port}`, APPLICATION: recorder.url, ...rest });
  const front = { port, url, mailbox: house.mailbox, opened: house.opened };
  const visitor = (name = "ann") => new Visitor(front, { email: `${name}@example.com`, password: `a quite unusual sentence of ${name}`, address: "198.18.7.1" });
  return { house, app, recorder, front, visitor };
}

/** The values of a header among raw ones. */
const values = ({ rawHeaders }, name) => rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1].toLowerCase() === name);
const told = ({ status, text }) => `${status} ${text}`.trim();

test("a person is led to sign in and back, and the application knows them by a signature", async (t) => {
  const { recorder, app, visitor } = await startTown(t);
  const ann = visitor();
  const out = await ann.fetch("/private/hello?tab=2", { headers: { "Sec-Fetch-Mode": "navigate" } });
  assert.deepEqual([out.status, out.headers.location], [303, "/login?next=%2Fprivate%2Fhello%3Ftab%3D2"]);
  assert.equal((await ann.fetch("/private/hello")).status, 401, "a script is told");
  assert.equal((await ann.fetch("/private/hello")).headers.location, undefined);
  assert.equal(recorder.heads.length, 0, "the application heard of none of it");

  await ann.settlesIn();
  const { account } = (await ann.calls("/auth/session")).json;
  const hello = `200 Hello, ${account.id}`;
  for (const path of ["/private/hello?tab=2", "/private/a%20b/%C3%BC?", "/private/x?a=%20b&&c=%C3%BC", "/private/x/./y", "/private/%2F|x"]) {
    assert.equal(told(await ann.fetch(path)), hello, path);
    assert.equal(recorder.heads.at(-1).url, path);
  }
  assert.equal(told(await ann.fetch("/maybe/hello")), hello);
  assert.equal(told(await ann.fetch("/public/hello")), "200 Hello, whoever you are");
  assert.equal(told(await visitor("eve").fetch("/maybe/hello")), "200 Hello, whoever you are");
  assert.equal((await ann.fetch("/admin/x")).status, 403, "without the role");

  for (const body of ["one", "x".repeat(300_000)]) {
    assert.equal(told(await ann.fetch("/private/orders", { method: "POST", body, headers: { "Content-Length": Buffer.byteLength(body) } })), hello);
  }
  const unsafe = recorder.heads.at(-1);
  assert.equal(await asks(app, unsafe), "403 Forbidden", "replayed");
  const safe = recorder.heads.findLast(({ method }) => method === "GET");
  assert.equal(await asks(app, { ...safe, url: "/private/other" }), "403 Forbidden", "elsewhere");
});

test("whatever a visitor says of themselves goes no further than nginx", async (t) => {
  const IDENTITY_HEADERS = { "X-Forwarded-User": "account" };
  const changed = (conf) => conf.replace(/# (auth_request_set \$edgeward_user|proxy_set_header X-Forwarded-User)/g, "$1");
  const { recorder, visitor } = await startTown(t, { settings: { IDENTITY_HEADERS }, changed });
  const ann = visitor();
  await ann.settlesIn();
  const { account } = (await ann.calls("/auth/session")).json;
  const names = ["Edgeward-Identity", "Signature", "Signature-Input", "Edgeward-Assertion", "Edgeward-Link", "X-Forwarded-User", "Edgeward-Proxy-Key", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"];
  const spellings = [(name) => name, (name) => name.toUpperCase(), (name) => name.replaceAll("-", "_"), (name) => name.replaceAll("-", "."), (name) => name.replace("-", "~")];
  const forged = Object.fromEntries(names.flatMap((name) => spellings.map((spell) => [spell(name), "forged"])));
  // What would make the question another one, were it believed.
  const question = { "X-Original-URI": "/public/x", "X-Original-Method": "OPTIONS", "X-Forwarded-Uri": "/public/x", "X-Forwarded-Method": "OPTIONS" };
  for (const [who, path, known] of [[ann, "/private/x", true], [ann, "/public/x", false], [visitor("eve"), "/maybe/x", false]]) {
    assert.equal((await who.fetch(path, { headers: { ...forged, ...question, Cookie: ["theme=dark", who.jar.header("/")].filter(Boolean).join("; ") } })).status, 200, path);
    const head = recorder.heads.at(-1);
    assert.deepEqual(head.rawHeaders.filter((text) => text.includes("forged")), [], path);
    assert.deepEqual(values(head, "cookie"), ["theme=dark"], "no cookie of ours");
    assert.deepEqual(values(head, "x-forwarded-user"), known ? [account.id] : []);
    for (const name of ["edgeward-identity", "signature", "signature-input"]) assert.equal(values(head, name).length, 1, `${name} on ${path}`);
    assert.deepEqual([values(head, "edgeward-link"), values(head, "edgeward-proxy-key")], [[], []]);
  }
  const before = recorder.heads.length;
  assert.equal((await visitor("eve").fetch("/private/x", { headers: { ...forged, ...question } })).status, 401);
  assert.equal((await visitor("eve").fetch("/private/x", { headers: { Authorization: `Bearer ${proxyKey}` } })).status, 401, "and no key opens anything");
  const foreign = { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
  assert.equal((await ann.fetch("/private/x", { method: "POST", headers: foreign })).status, 401, "a foreign page posts");
  const handshake = { ...foreign, "Sec-Fetch-Site": null, "Sec-Fetch-Mode": "websocket", Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13" };
  assert.equal((await ann.fetch("/private/x", { headers: handshake })).status, 401, "a foreign page opens a socket");
  assert.equal(recorder.heads.length, before);
});

test("nobody but nginx asks, and what Edgeward does not answer lets nobody in", async (t) => {
  const { house, front, recorder, visitor } = await startTown(t);
  const eve = visitor("eve");
  const question = { "X-Original-Method": "GET", "X-Original-URI": "/public/x" };
  assert.equal((await eve.fetch("/auth/check", { headers: { ...question, "Edgeward-Proxy-Key": proxyKey } })).status, 404, "there is no way to it through nginx");
  const around = new Visitor(house, { address: "198.18.7.2" });
  const direct = (headers) => around.fetch("/auth/check", { headers: { Host: new URL(front.url).host, ...question, ...headers } });
  assert.equal((await direct()).json.authMessageCode, "auth.check.unauthorized");
  assert.equal((await direct({ "Edgeward-Proxy-Key": proxyKey })).status, 200);

  for (const path of ["/%00", "/x/%252561", "/%6cogin", "/x/..;/;/y"]) assert.equal((await eve.fetch(path)).status, 400, path);
  for (const path of ["/private/..%2fpublic/x", "//private/x", "/public/../private/x", "/%70rivate/x", "/PRIVATE/x"]) {
    assert.equal((await eve.fetch(path)).status, 401, path);
  }
  assert.equal((await eve.fetch("/public/x", { headers: { Host: "evil.example" } })).status, 421);
  assert.equal(recorder.heads.length, 0);
  await house.kill9();
  assert.equal((await eve.fetch("/public/x")).status, 503, "not even to what is public");
  assert.equal(recorder.heads.length, 0);
});

test("a wrong key lets nobody in", async (t) => {
  const { recorder, visitor } = await startTown(t, { CHECK_KEY: randomBytes(32).toString("base64url") });
  assert.equal((await visitor().fetch("/public/x")).status, 403);
  assert.equal(recorder.heads.length, 0);
});

test("a renewed session arrives at the browser, and what is one person's is kept by no shared cache", async (t) => {
  const said = { "/private/silent": undefined, "/private/public": "public, max-age=60, s-maxage=600", "/private/none": "no-store", "/private/late": "s-maxage=600" };
  const application = await startOwnOrigin(t, (request, response) => {
    const control = said[request.url];
    request.resume().on("end", () => response.writeHead(200, { ...(control && { "Cache-Control": control }), "CDN-Cache-Control": "max-age=600", "Set-Cookie": "theme=dark" }).end());
  });
  const { visitor } = await startTown(t, { application, settings: { LIFETIMES: { window: "1s" } } });
  const ann = visitor();
  await ann.settlesIn();
  const cookie = () => ann.jar.value("__Host-edgeward");
  const first = cookie();
  let answer;
  do answer = await ann.fetch("/private/silent");
  while (answer.headers["set-cookie"].length === 1);
  assert.deepEqual(answer.headers["set-cookie"].map((line) => line.split("=")[0]), ["theme", "__Host-edgeward"]);
  assert.notEqual(cookie(), first);
  const control = async (path) => {
    const { headers } = await ann.fetch(path);
    assert.equal(headers["cdn-cache-control"], undefined);
    return headers["cache-control"];
  };
  assert.equal(await control("/private/silent"), "private, no-store");
  assert.equal(await control("/private/public"), "private, max-age=60");
  assert.equal(await control("/private/none"), "no-store");
  assert.equal(await control("/private/late"), "private, no-store");

  const copy = visitor();
  copy.jar.take(`__Host-edgeward=${cookie()}; Path=/; Max-Age=100; Secure; HttpOnly; SameSite=Lax`);
  await ann.fetch("/auth/logout", { method: "POST", json: {} });
  const ended = await copy.fetch("/private/silent", { method: "POST" });
  assert.equal(ended.status, 401, "at once for what changes something");
  assert.match(ended.headers["set-cookie"][0], /^__Host-edgeward=;/, "and the dead cookie is taken away");
});
