// What the origin is told, and by whom. A header that could pass for ours is taken away however it is
// spelled; what is said about a person is kept by no shared cache, and says how old it may be.

import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";
import { startOwnOrigin } from "./own_origin.mjs";

const removed = [
  "Edgeward-Identity", "Edgeward-Anything", "Signature", "Signature-Input", "X-Forwarded", "X-Forwarded-For", "X-Forwarded-User", "Forwarded",
  "X-Real-IP", "True-Client-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Original-URL", "X-Original-Anything", "X-Rewrite-URL", "X-Host",
  "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "X-Middleware-Subrequest", "Remote-User", "X-Remote-User", "X-WebAuth-User",
  "X-Auth-Request-Email", "Client-Cert", "Client-Cert-Chain", "X-Client-Cert", "Proxy", "Script-Name", "X-Script-Name", "Path-Info",
];
const spellings = [(name) => name, (name) => name.toUpperCase(), (name) => name.replaceAll("-", "_"), (name) => name.replaceAll("-", "."), (name) => name.replace("-", "~")];

/** Names and values as they reached the origin's echo. */
async function arrives(visitor, path, options) {
  const { status, json } = await visitor.fetch(path, options);
  assert.equal(status, 200);
  return json.headers.map(([name, value]) => [name.toLowerCase(), value]);
}

test("a forged identity does not arrive in any spelling, signed in or not", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const names = [...new Set(removed.flatMap((name) => spellings.map((spell) => spell(name))))];
  const forged = Object.fromEntries(names.map((name) => [name, "forged"]));
  for (const path of ["/public/echo", "/maybe/echo", "/private/echo"]) {
    const headers = await arrives(ann, path, { headers: forged });
    assert.deepEqual(headers.filter(([, value]) => value.includes("forged")), [], path);
    const once = ["edgeward-identity", "signature", "signature-input", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];
    for (const name of once) assert.equal(headers.filter(([given]) => given === name).length, 1, `${name} on ${path}`);
  }
});

test("a forged identity beside the true one does not make two of it", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const lines = ["Host", new URL(house.url).host, "Cookie", ann.jar.header("/"), "Edgeward-Identity", "account=anonymous", "edgeward-identity", 'account="acc_eve"', "Signature", "x", "Signature", "y"];
  const answer = await new Promise((resolve, reject) => {
    httpRequest({ host: "127.0.0.1", port: house.port, path: "/private/echo", headers: lines, agent: false }, async (response) => {
      resolve(JSON.parse(Buffer.concat(await response.toArray())));
    }).on("error", reject).end();
  });
  assert.match(answer.identity.account, /^acc_/, "the signature over what arrived is right");
  assert.ok(!JSON.stringify(answer.headers).includes("acc_eve"));
});

test("Connection takes none of our headers away", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const headers = { Connection: "close, edgeward-identity, signature, signature-input, x-forwarded-for" };
  const { json } = await ann.fetch("/private/echo", { headers });
  assert.match(json.identity.account, /^acc_/);
  assert.ok(!json.headers.some(([name, value]) => name.toLowerCase() === "connection" && value.includes("edgeward")));
});

test("PASS_HEADERS lets through what it names, in that spelling, and nothing more", async (t) => {
  const house = await startEdgeward(t, { settings: { PASS_HEADERS: ["x-real-ip", "X-Forwarded-Client"] } });
  const given = { "X-Real-IP": "1", X_Real_IP: "2", "X-Forwarded-Client": "3", "X-Forwarded-Clients": "4", "X-Client-IP": "5" };
  const headers = await arrives(house.visitor(), "/public/echo", { headers: given });
  assert.deepEqual(headers.filter(([name]) => /client|real/.test(name)).sort(), [["x-forwarded-client", "3"], ["x-real-ip", "1"]]);
});

test("mapped names say who is signed in, and nobody else says it", async (t) => {
  const IDENTITY_HEADERS = { "X-Forwarded-User": "account", "X-Forwarded-Email": "email", "Remote-User": "account", "X-Forwarded-Groups": "roles" };
  const house = await startEdgeward(t, { settings: { IDENTITY_HEADERS, IDENTITY_EMAIL: "on" } });
  const ann = house.visitor();
  await ann.settlesIn();
  const { account } = (await ann.calls("/auth/session")).json;
  const names = Object.keys(IDENTITY_HEADERS).map((name) => name.toLowerCase());
  const forged = Object.fromEntries(names.flatMap((name) => spellings.map((spell) => [spell(name), "forged"])));
  const said = async (visitor, path) => {
    const arrived = await arrives(visitor, path, { headers: forged });
    assert.deepEqual(arrived.filter(([, value]) => value.includes("forged")), [], path);
    return Object.fromEntries(arrived.filter(([name]) => names.includes(name)));
  };
  const told = { "x-forwarded-user": account.id, "x-forwarded-email": ann.email, "remote-user": account.id };
  assert.deepEqual(await said(ann, "/private/echo"), told, "and no groups, as there are none");
  assert.deepEqual(await said(ann, "/public/echo"), {});
  assert.deepEqual(await said(house.visitor(), "/maybe/echo"), {});
});

test("where the visitor comes from is told afresh, and as the setting says", async (t) => {
  const told = async (CLIENT_IP, headers) => {
    const house = await startEdgeward(t, { settings: { CLIENT_IP } });
    const arrived = await arrives(house.visitor(), "/public/echo", { headers: { "X-Forwarded-Proto": "gopher", ...headers } });
    const value = (wanted) => arrived.find(([name]) => name === wanted)?.[1];
    assert.equal(value("x-forwarded-proto"), "http");
    assert.equal(value("x-forwarded-host"), new URL(house.url).host);
    return value("x-forwarded-for");
  };
  const headers = { "CF-Connecting-IP": "198.51.100.1", "X-Proxy-Saw": "198.51.100.2", "X-Forwarded-For": "198.51.100.3" };
  assert.equal(await told("cloudflare", headers), "198.51.100.1");
  assert.equal(await told("header:X-Proxy-Saw", headers), "198.51.100.2");
  assert.equal(await told("none", headers), undefined);
});

test("of the cookies only theirs reach the origin", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const cookies = async (Cookie) => (await arrives(ann, "/private/echo", { headers: { Cookie } })).filter(([name]) => name === "cookie").map(([, value]) => value);
  const ours = ann.jar.header("/");
  assert.match(ours, /__Host-edgeward=.*__Host-edgeward-device=|__Host-edgeward-device=.*__Host-edgeward=/s);
  assert.deepEqual(await cookies(ours), []);
  assert.deepEqual(await cookies(`a=1; ${ours}; b="2;  c=3`), ['a=1; b="2; c=3']);
  assert.deepEqual(await cookies(`edgeward=x; x__Host-edgeward=y; ${ours}`), ["edgeward=x; x__Host-edgeward=y"]);
});

test("an answer about somebody is private, and its window is told", async (t) => {
  const said = {
    "/private/silent": undefined, "/private/public": "public, max-age=60, s-maxage=600", "/private/private": "private, max-age=5",
    "/private/none": "no-store", "/public/public": "public, max-age=60", "/public/silent": undefined, "/maybe/public": "public, max-age=60",
  };
  const ORIGIN_URL = await startOwnOrigin(t, (request, response) => {
    const control = said[request.url];
    request.resume().on("end", () => response.writeHead(200, control && { "Cache-Control": control }).end());
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL } });
  const ann = house.visitor();
  await ann.settlesIn();
  const control = async (visitor, path) => (await visitor.fetch(path)).headers["cache-control"];

  assert.equal(await control(ann, "/private/silent"), "private, no-store");
  assert.equal(await control(ann, "/private/public"), "private, max-age=60");
  assert.equal(await control(ann, "/private/private"), "private, max-age=5");
  assert.match(await control(ann, "/private/none"), /no-store/);
  assert.equal(await control(ann, "/maybe/public"), "private, max-age=60");
  for (const visitor of [ann, house.visitor()]) {
    assert.equal(await control(visitor, "/public/public"), "public, max-age=60", "about nobody: as the origin says");
    assert.equal(await control(visitor, "/public/silent"), undefined);
  }
  assert.equal(await control(house.visitor(), "/maybe/public"), "public, max-age=60");

  const window = async (visitor, path, options) => (await visitor.fetch(path, options)).headers["edgeward-window"];
  assert.equal(await window(ann, "/private/silent"), "60");
  assert.equal(await window(ann, "/private/silent", { method: "HEAD" }), "60");
  for (const method of ["POST", "DELETE", "PURGE"]) assert.equal(await window(ann, "/private/silent", { method }), "0", method);
  assert.equal(await window(ann, "/admin/x"), "0", "roles are asked for each time");
  assert.equal(await window(house.visitor(), "/private/silent"), "60", "refusals say it too");
  assert.equal(await window(ann, "/public/silent"), undefined, "nobody is looked at there");
});
