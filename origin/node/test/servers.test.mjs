// The verifier in real servers: node:http, Express and Hono, each asked over a socket.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { test } from "node:test";
import { createAdaptorServer } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import { Verifier } from "@edgeward/origin";
import { edgeward } from "@edgeward/origin/express";
import { edgeward as forHono, withEdgeward } from "@edgeward/origin/fetch";
import { asserted, audience, jwks, keys, signed } from "./signing.mjs";

/** Starts what `serve(settings)` makes; `reasons` are those of its refusals so far. */
async function start(t, serve, trust = { keys }) {
  const reasons = [];
  const server = serve({ ...trust, audience, log: (reason) => reasons.push(reason) });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.close(), server.closeAllConnections()));
  const ask = (path, headers, method = "GET") =>
    new Promise((resolve, reject) => {
      const { port } = server.address();
      httpRequest({ host: "127.0.0.1", port, path, headers, method, agent: false, setHost: !Array.isArray(headers) }, async (response) => {
        resolve(`${response.statusCode} ${Buffer.concat(await response.toArray())}`.trim());
      })
        .on("error", reject)
        .end();
    });
  return { ask, reasons };
}

const plain = ({ log, ...settings }) => {
  const verifier = new Verifier(settings);
  return createServer(async (request, response) => {
    const verdict = await verifier.verify(request);
    if (!verdict.ok) log(verdict.reason);
    response.writeHead(verdict.ok ? 200 : 403).end(verdict.ok ? verdict.identity.account : "Forbidden");
  });
};

const withExpress = (settings) => {
  const app = express();
  app.use(edgeward(settings));
  app.use((request, response) => response.send(request.edgeward.identity.account));
  return createServer(app);
};

const withHono = (settings) => {
  const app = new Hono();
  app.use(forHono(settings));
  app.all("*", (c) => c.text(c.get("edgeward").identity.account));
  return createAdaptorServer({ fetch: app.fetch });
};

const withFetch = (settings) =>
  createAdaptorServer({ fetch: withEdgeward(settings, (request, { identity }) => new Response(identity.account)) });

const lines = (headers) => ["Host", "app.internal", ...Object.entries(headers).flat()];

/** Each form: what a server is set to, how it is signed, and what differs in its reasons. */
const forms = {
  signature: { trust: { keys }, signed, moved: /^wrong_signature$/, method: /^wrong_signature$/, joined: /^(duplicate_header|wrong_signature)$/ },
  assertion: { trust: { jwks }, signed: asserted, moved: /^wrong_target$/, method: /^wrong_method$/, joined: /^(duplicate_header|malformed_signature)$/ },
};
const servers = { plain, withExpress, withHono, withFetch };
const each = Object.keys(servers).flatMap((name) => Object.keys(forms).map((form) => [name, form]));

for (const [name, form] of each) {
  test(`a server ${name} that checks the ${form} believes it for this very request alone`, async (t) => {
    const { trust, signed, moved, method, joined } = forms[form];
    const { ask, reasons } = await start(t, servers[name], trust);
    const refused = async (reason, ...asked) => {
      assert.equal(await ask(...asked), "403 Forbidden", reason);
      assert.match(reasons.pop(), reason);
      assert.deepEqual(reasons, []);
    };
    const target = "/private/%C3%BC%2fx?a=%20b&c";
    assert.equal(await ask(target, signed(target)), "200 acc_ann");
    assert.equal(await ask("/x?", signed("/x?")), "200 acc_ann");
    await refused(/^missing_header$/, target, {});
    await refused(moved, "/private/other", signed(target));
    await refused(method, target, signed(target, { method: "HEAD" }));
    // Where fetch joins doubled headers, it is the joined value that nobody signed.
    const [ours] = Object.keys(signed(target));
    await refused(joined, target, lines({ ...signed(target), [ours.toLowerCase()]: "account=anonymous" }));
    await refused(/^alias_header$/, target, { ...signed(target), Edgeward_Identity: "account=anonymous" });
    const once = signed("/orders", { method: "POST" });
    assert.equal(await ask("/orders", once, "POST"), "200 acc_ann");
    await refused(/^replayed$/, "/orders", once, "POST");
  });
}

test("an application that is mounted in another is told apart from one whose URL was rewritten", async (t) => {
  const { ask, reasons } = await start(t, (settings) => {
    const inner = express.Router().use(edgeward(settings)).use((request, response) => response.send(request.edgeward.identity.target));
    const rewriting = express.Router().use((request, _, next) => {
      request.url = "/secret";
      next();
    }, inner);
    return createServer(express().use("/app", inner).use("/rewritten", rewriting).use(rewriting));
  });
  for (const target of ["/app", "/app/", "/app?x", "/app/?x", "/app/a/b?x=/c"]) {
    assert.equal(await ask(target, signed(target)), `200 ${target}`);
  }
  for (const target of ["/rewritten/x", "/public"]) assert.equal(await ask(target, signed(target)), "403 Forbidden");
  assert.deepEqual(reasons, ["routed_elsewhere", "routed_elsewhere"]);
});
