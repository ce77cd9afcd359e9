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

/** The headers of a request with one of them changed. */
const withHeader = (rawHeaders, name, change) =>
  rawHeaders.map((text, at) => (at % 2 === 1 && rawHeaders[at - 1].toLowerCase() === name ? change(text) : text));

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
  assert.deepEqual(byPython([...seen, ...forged, ...moved]), right, "PyPI: http-message-signatures");
});

const requiredFields = ["@method", "@path", "@query", "edgeward-identity"];

async function byNpm(requests) {
  const { createVerifier, httpbis } = createRequire(join(root, "origin", "node", "package.json"))("http-message-signatures");
  const keyLookup = async ({ keyid, tag }) => (keyid === "v1" && tag === "edgeward" ? { id: keyid, algs: ["hmac-sha256"], verify: createVerifier(key, "hmac-sha256") } : null);
  return Promise.all(
    requests.map(async (request) => (await httpbis.verifyMessage({ keyLookup, requiredFields, requiredParams: ["created", "expires", "nonce"] }, request)) === true),
  );
}

function byPython(requests) {
  const input = JSON.stringify({ key: key.toString("base64"), requests, requiredFields });
  const { status, stdout, stderr } = spawnSync(pythonBin("python", "origin"), [join(root, "tests", "e2e", "independent.py")], { input, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}
