// Paths that are one thing to the gate and another to the router behind it. Over a thousand hostile requests,
// sent as they stand, at real routers behind a real Edgeward: whoever reaches a closed page is somebody who
// is signed in, and the router is told who.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, test } from "node:test";
import { Verifier } from "../../../origin/node/index.mjs";
import { startApp, startRecorder } from "../example_apps.mjs";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { hostilePaths } from "./hostile_paths.mjs";
import { routers, sendAll, startNaiveGate } from "../routers.mjs";

const AUDIENCE = "paths";
const IDENTITY_KEYS = `v1:${randomBytes(32).toString("base64url")}`;

/** All is open but what is closed by name: whoever is not seen to go there gets in. */
const ACCESS_RULES = [
  { path: "/private/*", access: "required" },
  { path: "/admin/*", access: { roles: ["admin"] } },
  { path: "/*", access: "public" },
];

const figures = {};
after(() => console.table(figures));

test("there are many hostile paths, and no two are the same", () => {
  const requests = hostilePaths("localhost:8787");
  const targets = new Set(requests.map(({ target }) => target));
  assert.ok(targets.size >= 1000, `${targets.size} targets`);
  assert.equal(new Set(requests.map((request) => JSON.stringify(request))).size, requests.length);
});

for (const [name, router] of Object.entries(routers)) {
  test(`${name}: no hostile path reaches a closed page without identity`, async (t) => {
    const application = await startApp(t, router, router.env?.(t) ?? {});
    const recorder = await startRecorder(t, application);
    const house = await startEdgeward(t, { settings: { ORIGIN_URL: recorder.url, ACCESS_RULES, AUDIENCE, IDENTITY_KEYS } });
    const gate = await startNaiveGate(t, application);
    const ann = house.visitor();
    await ann.settlesIn();
    const { account } = (await ann.calls("/auth/session")).json;

    const around = await sendAll(application, hostilePaths(new URL(application).host));
    const naively = await sendAll(gate, hostilePaths(new URL(gate).host));
    const stranger = await throughEdgeward(house, recorder, []);
    const member = await throughEdgeward(house, recorder, [`Cookie: ${ann.jar.header("/")}`, `Origin: ${house.url}`]);

    const reached = (all) => all.filter(({ closed }) => closed !== undefined);
    const answered = (status) => stranger.answers.filter((answer) => answer.status === status).length;
    figures[name] = {
      "tried": around.length,
      "reached directly": reached(around).length,
      "past a naive gate": reached(naively).length,
      "past Edgeward": reached(stranger.heads).length,
      "refused (400)": answered(400),
      "to the sign-in page": answered(303),
      "reached signed in": reached(member.heads).length,
    };
    figure("path_confusion", { tried: stranger.answers.length, survived: stranger.answers.length - reached(stranger.heads).length });
    assert.ok(reached(around).length >= 100, "the router takes many of them for closed pages");
    assert.ok(reached(naively).length >= 5, "a naive gate lets some of them through");

    assert.deepEqual(reached(stranger.heads), [], "past Edgeward without identity");
    assert.ok(stranger.heads.length >= 100 && answered(400) >= 100 && answered(303) >= 100, "some are harmless, some refused, some led to the sign-in page");
    assert.deepEqual(stranger.heads.filter(({ who }) => who !== null), [], "what arrives is signed as it arrives, and says that nobody is signed in");

    assert.ok(reached(member.heads).length >= 50, "who is signed in gets there");
    assert.deepEqual(reached(member.heads).filter(({ who, closed }) => who !== account.id || closed !== "private"), [], "as themselves, and nowhere without the role");

    assert.equal(stranger.answers.filter(({ status }) => status === 0).length, 0, "each has an answer");
    assert.equal((await ann.calls("/auth/session")).status, 200, "and Edgeward is well");
  });
}

/**
 * Sends everything through Edgeward. Gives the answers, and what the application got: the target as it was
 * sent and as it arrived, the closed folder it reached, and who asks by the word of the verifier (`null` is
 * nobody; text is why there is no telling).
 */
async function throughEdgeward(house, recorder, more) {
  const requests = hostilePaths(new URL(house.url).host);
  const browser = ["Accept: text/html", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Sec-Fetch-Site: same-origin"];
  recorder.heads.length = 0;
  const answers = await sendAll(house.url, requests, [...browser, ...more]);
  const verifier = new Verifier({ keys: IDENTITY_KEYS, audience: AUDIENCE });
  const heads = await Promise.all(
    recorder.heads.map(async ({ method, url, rawHeaders, answer }) => {
      const headers = rawHeaders.flatMap((name, at) => (at % 2 ? [] : [[name, rawHeaders[at + 1]]]));
      const { target } = requests[headers.find(([name]) => name.toLowerCase() === "x-case")[1]];
      const { ok, reason, identity } = await verifier.check({ method, target: url, headers });
      return { target, arrived: url, closed: answer?.["x-closed"], who: ok ? identity.account : reason };
    }),
  );
  return { answers, heads };
}
