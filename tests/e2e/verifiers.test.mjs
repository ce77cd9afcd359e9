// Origins in several languages behind a real Edgeward: each believes what comes through it and nothing that
// comes around it. And two libraries that were written by others say that the signatures are right.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { ensurePythonPackages, pythonBin } from "../../scripts/python.mjs";
import { root } from "../../scripts/steps.mjs";
import { ensureNpmPackages } from "../../scripts/tools.mjs";
import { apps, asks, startApp, startRecorder } from "./example_apps.mjs";
import { startEdgeward } from "./harness.mjs";
import { startOwnOrigin } from "./own_origin.mjs";

const AUDIENCE = "hello";
const key = randomBytes(32);
const IDENTITY_KEYS = `v1:${key.toString("base64url")}`;

const ring = (...entries) => entries.map(([id, bytes]) => `${id}:${bytes.toString("base64url")}`).join(",");

/** The headers of a request with one of them changed. */
const withHeader = (rawHeaders, name, change) =>
  rawHeaders.map((text, at) => (at % 2 === 1 && rawHeaders[at - 1].toLowerCase() === name ? change(text) : text));

const base64url = (text) => Buffer.from(text).toString("base64url");

/** A token that says something else under the signature it had. */
function forgedToken(token) {
  const [header, claims, signature] = token.split(".");
  const others = { ...JSON.parse(Buffer.from(claims, "base64url")), jti: "req_other", sub: "acc_other" };
  return [header, base64url(JSON.stringify(others)), signature].join(".");
}

for (const [name, app] of Object.entries(apps)) {
  test(`${name} behind Edgeward knows who is asking, and believes nobody who goes around it`, async (t) => {
    const application = await startApp(t, app, { EDGEWARD_KEYS: IDENTITY_KEYS, EDGEWARD_AUDIENCE: AUDIENCE });
    const recorder = await startRecorder(t, application);
    const house = await startEdgeward(t, { settings: { ORIGIN_URL: recorder.url, AUDIENCE, IDENTITY_KEYS } });
    const ann = house.visitor();
    await ann.settlesIn();
    const { account } = (await ann.calls("/auth/session")).json;

    const says = async (visitor, path, method) => {
      const { status, text } = await visitor.fetch(path, { method });
      return `${status} ${text}`.trim();
    };
    const hello = `200 Hello, ${account.id}`;
    assert.equal(await says(house.visitor(), "/maybe/hello"), "200 Hello, whoever you are");
    assert.equal(await says(ann, "/private/hello?a=%20b&c=%C3%BC"), hello);
    assert.equal(await says(ann, "/private/a%20b/%C3%BC?"), hello);
    const safe = recorder.heads.at(-1);
    assert.equal(await says(ann, "/private/orders", "POST"), hello);
    assert.equal(await says(ann, "/private/orders", "POST"), hello, "another request, another nonce");
    const unsafe = recorder.heads.at(-1);

    const refused = async (why, request) => assert.match(await asks(application, request), /^403 Forbidden$/, why);
    assert.equal(await asks(application, safe), hello, "what was signed is good for the same request");
    await refused("replayed", unsafe);
    await refused("unsigned", { url: "/private/hello", rawHeaders: ["Host", "app"] });
    await refused("forged", { ...safe, rawHeaders: withHeader(safe.rawHeaders, "edgeward-identity", (text) => text.replace("acc_", "acc_a")) });
    await refused("without its signature", { ...safe, rawHeaders: withHeader(safe.rawHeaders, "signature", () => "") });
    await refused("another path", { ...safe, url: "/private/other" });
    await refused("another method", { ...safe, method: "POST" });
    await refused("two identities", { ...safe, rawHeaders: [...safe.rawHeaders, "Edgeward-Identity", "account=anonymous"] });
  });
}

for (const [name, app] of Object.entries(apps)) {
  test(`${name} behind an Edgeward that asserts knows who is asking, also when keys change`, async (t) => {
    const [first, next] = ["a1", "a2"].map((id) => [id, randomBytes(32)]);
    const recorder = await startRecorder(t);
    const asserting = (...keys) => ({ ORIGIN_URL: recorder.url, IDENTITY_KEYS: undefined, ASSERTION_KEYS: ring(...keys) });
    const house = await startEdgeward(t, { settings: asserting(first) });
    const application = await startApp(t, app, { EDGEWARD_JWKS: `${house.url}/auth/jwks.json`, EDGEWARD_AUDIENCE: house.url });
    recorder.application = application;
    const ann = house.visitor();
    await ann.settlesIn();
    const { account } = (await ann.calls("/auth/session")).json;
    const hello = `200 Hello, ${account.id}`;
    const says = async (visitor, path, method) => {
      const { status, text } = await visitor.fetch(path, { method });
      return `${status} ${text}`.trim();
    };

    assert.equal(await says(house.visitor(), "/maybe/hello"), "200 Hello, whoever you are");
    assert.equal(await says(ann, "/private/a%20b/%C3%BC?c=%C3%BC"), hello);
    const safe = recorder.heads.at(-1);
    assert.equal(await says(ann, "/private/orders", "POST"), hello);
    const unsafe = recorder.heads.at(-1);

    const refused = async (why, request) => assert.match(await asks(application, request), /^403 Forbidden$/, why);
    const altered = (change) => ({ ...safe, rawHeaders: withHeader(safe.rawHeaders, "edgeward-assertion", change) });
    const token = safe.rawHeaders[safe.rawHeaders.findIndex((text) => text.toLowerCase() === "edgeward-assertion") + 1];
    assert.equal(await asks(application, safe), hello, "what was asserted is good for the same request");
    await refused("replayed", unsafe);
    await refused("nothing", { url: "/private/hello", rawHeaders: ["Host", "app"] });
    await refused("forged", altered(forgedToken));
    await refused("without its signature", altered((text) => `${text.split(".").slice(0, 2).join(".")}.`));
    await refused("another path", { ...safe, url: "/private/other" });
    await refused("another method", { ...safe, method: "POST" });
    await refused("two assertions", { ...safe, rawHeaders: [...safe.rawHeaders, "Edgeward-Assertion", token] });

    // The steps of docs/operations.md, faster than the set of keys is forgotten.
    const kids = new Set();
    for (const keys of [[first, next], [next, first], [next]]) {
      await house.restart({ settings: asserting(...keys) });
      const told = await Promise.all(Array.from({ length: 8 }, (_, n) => says(ann, `/private/${n}`, n % 2 ? "GET" : "POST")));
      assert.deepEqual(told, Array(8).fill(hello), `keys ${keys.map(([id]) => id)}`);
      const { rawHeaders } = recorder.heads.at(-1);
      const sent = rawHeaders[rawHeaders.findIndex((text) => text.toLowerCase() === "edgeward-assertion") + 1];
      kids.add(JSON.parse(Buffer.from(sent.split(".")[0], "base64url")).kid);
    }
    assert.deepEqual([...kids], ["a1", "a2"], "the key did change");
  });
}

test("libraries written by others find the signature right", async (t) => {
  await ensureNpmPackages("origin/node");
  await ensurePythonPackages("origin");
  const seen = [];
  const ORIGIN_URL = await startOwnOrigin(t, ({ method, url, headers }, response) => {
    seen.push({ method, url: `http://origin.internal${url}`, headers });
    response.end();
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL, IDENTITY_KEYS } });
  const ann = house.visitor();
  await ann.settlesIn();
  seen.length = 0;
  for (const [path, method] of [["/private/x?a=%20b&&c=%C3%BC"], ["/private/%2F/%C3%BC"], ["/private/x", "POST"], ["/private/x?", "PURGE"]]) await ann.fetch(path, { method });
  await house.visitor().fetch("/maybe/x");
  assert.equal(seen.length, 5);

  const forged = seen.map((request) => ({ ...request, headers: { ...request.headers, "edgeward-identity": `${request.headers["edgeward-identity"]} ` .replace("acc_", "acc_a").replace("anonymous", "nobody") } }));
  const moved = seen.map((request) => ({ ...request, url: `${request.url}/more` }));
  const right = [...seen.map(() => true), ...forged.map(() => false), ...moved.map(() => false)];
  assert.deepEqual(await byNpm([...seen, ...forged, ...moved]), right, "npm: http-message-signatures");
  const requests = [...seen, ...forged, ...moved];
  assert.deepEqual(byPython("signatures", { key: key.toString("base64"), requests, requiredFields }), right, "PyPI: http-message-signatures");
});

test("libraries written by others find the assertion right", async (t) => {
  await ensureNpmPackages("origin/node");
  await ensurePythonPackages("origin");
  const seen = [];
  const ORIGIN_URL = await startOwnOrigin(t, ({ method, url, headers }, response) => {
    seen.push({ method, url, token: headers["edgeward-assertion"] });
    response.end();
  });
  const house = await startEdgeward(t, { settings: { ORIGIN_URL, AUDIENCE, IDENTITY_KEYS: undefined, ASSERTION_KEYS: ring(["a2", randomBytes(32)], ["a1", key]) } });
  const ann = house.visitor();
  await ann.settlesIn();
  seen.length = 0;
  for (const [path, method] of [["/private/x?a=%20b&&c=%C3%BC"], ["/private/%2F/%C3%BC"], ["/private/x", "POST"], ["/private/x?", "PURGE"]]) await ann.fetch(path, { method });
  await house.visitor().fetch("/maybe/x");
  assert.equal(seen.length, 5);

  const forged = seen.map((request) => ({ ...request, token: forgedToken(request.token) }));
  const moved = seen.map((request) => ({ ...request, url: `${request.url}/more` }));
  const told = { url: `${house.url}/auth/jwks.json`, issuer: house.url, audience: AUDIENCE, requests: [...seen, ...forged, ...moved] };
  const right = [...seen.map(() => true), ...forged.map(() => false), ...moved.map(() => false)];
  assert.deepEqual(await byJose(told), right, "npm: jose");
  assert.deepEqual(byPython("assertions", told), right, "PyPI: PyJWT");
});

const requiredFields = ["@method", "@path", "@query", "edgeward-identity"];

async function byNpm(requests) {
  const { createVerifier, httpbis } = createRequire(join(root, "origin", "node", "package.json"))("http-message-signatures");
  const keyLookup = async ({ keyid, tag }) => (keyid === "v1" && tag === "edgeward" ? { id: keyid, algs: ["hmac-sha256"], verify: createVerifier(key, "hmac-sha256") } : null);
  return Promise.all(
    requests.map(async (request) => (await httpbis.verifyMessage({ keyLookup, requiredFields, requiredParams: ["created", "expires", "nonce"] }, request)) === true),
  );
}

/** What docs/identity.md says to do with a JWT library. */
async function byJose({ url, issuer, audience, requests }) {
  const { createRemoteJWKSet, errors, jwtVerify } = createRequire(join(root, "origin", "node", "package.json"))("jose");
  const keys = createRemoteJWKSet(new URL(url));
  const isRight = async ({ method, url, token }) => {
    try {
      const { payload } = await jwtVerify(token, keys, { algorithms: ["EdDSA"], typ: "edgeward+jwt", issuer, audience, clockTolerance: 5 });
      return payload.htm === method && payload.htu === issuer + url;
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) return false;
      throw error;
    }
  };
  return Promise.all(requests.map(isRight));
}

function byPython(what, told) {
  const input = JSON.stringify(told);
  const { status, stdout, stderr } = spawnSync(pythonBin("python", "origin"), [join(root, "tests", "e2e", "independent.py"), what], { input, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}
