// What passes through the gate passes as it is: while it is still being sent, byte for byte, both ways.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { startEdgeward } from "./harness.mjs";
import { startOwnOrigin } from "./own_origin.mjs";

/** A request that is written and read piece by piece. */
function opens(house, path, { method = "GET", headers = {} } = {}) {
  const sent = httpRequest({
    host: "127.0.0.1",
    port: house.port,
    method,
    path,
    agent: false,
    headers: { Host: new URL(house.url).host, "Sec-Fetch-Site": "same-origin", ...headers },
  });
  return { sent, answered: once(sent, "response").then(([answer]) => answer) };
}

/** The next piece of a stream, as text. */
const piece = async (stream) => (await once(stream, "data"))[0].toString();

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

test("both directions stream: what is sent arrives before the sending ends", async (t) => {
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    response.flushHeaders();
    request.pipe(response);
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });

  const { sent, answered } = opens(house, "/public/mirror", { method: "POST" });
  sent.write("one");
  const answer = await answered;
  assert.equal(await piece(answer), "one", "the first word is back before the second is said");
  sent.write("two");
  assert.equal(await piece(answer), "two");
  sent.end();
  await once(answer, "end");
});

test("three megabytes in chunks of no told length arrive whole, both ways", async (t) => {
  const body = Buffer.alloc(3_000_000, "all that is sent arrives, ");
  const ORIGIN_URL = await startOwnOrigin(t, async (request, response) => {
    const chunks = await request.toArray();
    response.writeHead(200, { "X-Length": request.headers["content-length"] ?? "untold", "X-Sha256": sha256(Buffer.concat(chunks)) });
    for (let at = 0; at < body.length; at += 100_000) response.write(body.subarray(at, at + 100_000));
    response.end();
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });

  const { sent, answered } = opens(house, "/public/large", { method: "PUT" });
  for (let at = 0; at < body.length; at += 250_000) sent.write(body.subarray(at, at + 250_000));
  sent.end();
  const answer = await answered;
  assert.equal(answer.headers["x-sha256"], sha256(body), "what the origin got");
  assert.equal(answer.headers["x-length"], "untold", "and how");
  assert.equal(sha256(Buffer.concat(await answer.toArray())), sha256(body), "what the visitor got");
});

test("who hangs up hangs up on the origin too", async (t) => {
  let hungUp;
  const closed = new Promise((resolve) => (hungUp = resolve));
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    if (request.url !== "/public/endless") return response.end();
    const talking = setInterval(() => response.write("and on "), 20);
    response.once("close", () => hungUp(clearInterval(talking)));
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });
  const { sent, answered } = opens(house, "/public/endless");
  sent.on("error", () => {});
  sent.end();
  assert.match(await piece(await answered), /^and on /);
  sent.destroy();
  await closed;
});

test("server-sent events come one by one, each when it happens", async (t) => {
  const house = await startEdgeward(t);
  const { sent, answered } = opens(house, "/public/stream?n=3&ms=150");
  sent.end();
  const answer = await answered;
  assert.match(answer.headers["content-type"], /^text\/event-stream/);
  for (const n of [1, 2, 3]) assert.equal(await piece(answer), `id: ${n}\ndata: event ${n}\n\n`, "an event is a piece of its own");
});

test("compressed answers stay the bytes they are", async (t) => {
  const text = "compressed once, by the origin. ".repeat(500);
  const encoded = { gzip: gzipSync(text), br: brotliCompressSync(text) };
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    const coding = request.url.split("/").at(-1);
    response.writeHead(200, { "Content-Encoding": coding, "Content-Type": "text/plain" }).end(encoded[coding]);
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });
  for (const [coding, bytes] of Object.entries(encoded)) {
    const answer = await house.visitor().fetch(`/public/${coding}`, { headers: { "Accept-Encoding": coding } });
    assert.equal(answer.headers["content-encoding"], coding);
    assert.ok(answer.bytes.equals(bytes), `${coding}: ${answer.bytes.length} of ${bytes.length} bytes`);
  }
});

test("method, path and query arrive to the byte", async (t) => {
  const seen = [];
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume().on("end", () => response.end());
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });
  const visitor = house.visitor();
  const targets = [
    "/public/a%2Fb/%C3%BC/%c3%bc", "/public/+a b".replace(" ", "%20"), "/public/;v=1,2/(x)'*!~", "/public/?", "/public/??a=1&a=1&&=&b",
    "/public/?q=%zz%&c=[]{}|^`", "/public/?next=https://a.example/%23x", "/public/a//b/", "/public/%25", "/public/?a=1;b=2?c",
  ];
  for (const target of targets) await visitor.fetch(target);
  assert.deepEqual(seen.splice(0), targets.map((target) => `GET ${target}`));

  const methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "PURGE", "MKCOL", "REPORT"];
  for (const method of methods) assert.equal((await visitor.fetch("/public/", { method })).status, 200, method);
  assert.deepEqual(seen.splice(0), methods.map((method) => `${method} /public/`));
});

test("statuses pass, with a body or without one", async (t) => {
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    const status = Number(request.url.split("/").at(-1));
    const head = { ETag: '"v1"', "X-Origin": "yes", ...(status === 206 && { "Content-Range": "bytes 0-3/9" }) };
    response.writeHead(status, head).end([204, 205, 304].includes(status) ? undefined : "text");
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });
  const visitor = house.visitor();
  for (const status of [200, 201, 204, 205, 206, 304, 400, 401, 404, 410, 418, 429, 500, 503, 599]) {
    const answer = await visitor.fetch(`/public/${status}`);
    assert.equal(answer.status, status);
    assert.equal(answer.headers.etag, '"v1"', `${status} keeps its headers`);
    assert.equal(answer.text, [204, 205, 304].includes(status) ? "" : "text", `${status}`);
    const head = await visitor.fetch(`/public/${status}`, { method: "HEAD" });
    assert.deepEqual([head.status, head.text, head.headers["x-origin"]], [status, "", "yes"], `HEAD ${status}`);
  }
});

test("redirects are the visitor's to follow, and never show where the origin lives", async (t) => {
  const asked = [];
  let own;
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    asked.push(request.url);
    const places = {
      "/public/relative": "/public/there?x=1", "/public/own": `${own}/public/there?x=1#y`, "/public/bare": own,
      "/public/foreign": "https://elsewhere.example/x", "/public/similar": `${own}0/x`, "/public/hidden": `https://elsewhere.example/?from=${own}/`,
    };
    response.writeHead(302, { Location: places[request.url] }).end();
  });
  own = ORIGIN_URL;
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });
  const location = async (path) => (await house.visitor().fetch(path)).headers.location;
  assert.equal(await location("/public/relative"), "/public/there?x=1");
  assert.equal(await location("/public/own"), `${house.url}/public/there?x=1#y`);
  assert.equal(await location("/public/bare"), house.url);
  assert.equal(await location("/public/foreign"), "https://elsewhere.example/x");
  assert.equal(await location("/public/similar"), `${own}0/x`, "another port is another place");
  assert.equal(await location("/public/hidden"), `https://elsewhere.example/?from=${own}/`);
  assert.equal(asked.length, 6, "and Edgeward followed none");
});

test("cookies of the origin's own pass as the list they are, and ours cannot be set", async (t) => {
  const theirs = ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2037 07:28:00 GMT", "a=3; Path=/x", "edgeward=theirs", "__Host-other=x; Secure; Path=/"];
  const forged = ["__Host-edgeward=x; Secure; Path=/", "__Host-edgeward-device=x; Secure; Path=/", "__HOST-EDGEWARD-flash=x; Secure; Path=/", " __Host-edgeward-new=x"];
  const ORIGIN_URL = await startOwnOrigin(t, (_, response) => response.writeHead(200, { "Set-Cookie": [...theirs, ...forged] }).end());
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });
  assert.deepEqual((await house.visitor().fetch("/public/")).headers["set-cookie"], theirs);
});

test("an origin that is not there, or talks nonsense, is a 502 that says so to whoever asks", async (t) => {
  const ORIGIN_URL = await startOwnOrigin(t, (request) => request.socket.end(request.url.includes("silent") ? "" : "HTTP/9 what?\r\n\r\n"));
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });
  for (const path of ["/public/nonsense", "/public/silent"]) {
    const program = await house.visitor().fetch(path);
    assert.deepEqual([program.status, program.json?.authMessageCode], [502, "auth.origin.unreachable"], path);
    const person = await house.visitor().visits(path);
    assert.equal(person.status, 502);
    assert.match(person.headers["content-type"], /^text\/html/);
    assert.equal(person.headers["cache-control"], "no-store");
  }
  await house.says('"event":"origin_unreachable"', 4);
  assert.equal((await house.visitor().fetch("/auth/health")).status, 200, "what is ours goes on");
});
