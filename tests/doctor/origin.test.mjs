// The doctor names each mistake an origin makes, no other, and none of one that makes none.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { startOrigin } from "../../demo/origin.mjs";
import { publicHalf } from "../../doctor/forge.mjs";
import { examineOrigin } from "../../doctor/origin.mjs";
import { startWrongOrigin } from "./wrong_origins.mjs";

const audience = "https://app.example.com";
const key = { id: "i1", bytes: randomBytes(32) };
const seed = { id: "a1", bytes: randomBytes(32) };
const half = { id: seed.id, x: publicHalf(seed.bytes) };
const known = {
  signature: { audience, issuer: audience, identity: [key], assertions: [], halves: [], published: [] },
  assertion: { audience, issuer: audience, identity: [], assertions: [seed], halves: [half], published: [half] },
};
known.both = { ...known.assertion, identity: [key] };
const keys = { signature: new Map([[key.id, key.bytes]]), assertion: new Map([[half.id, half.x]]) };
keys.both = { ...keys };

const start = (t, form, mistakes, more) => startWrongOrigin(t, { form, keys: keys[form], audience, issuer: audience, mistakes, ...more });

async function found(url, asking, patient = {}) {
  const { sections, ...rest } = await examineOrigin({ url, path: "/private", ...patient }, asking);
  const checks = sections.flatMap((section) => section.checks);
  const by = (wanted) => checks.filter(({ state }) => state === wanted).map(({ id }) => id);
  return { checks, wrong: by("wrong"), untried: by("untried"), ok: by("ok"), ...rest };
}

test("the demo origin makes no mistake, and everything was tried", async (t) => {
  const origin = await startOrigin({ keys: keys.signature, audience });
  t.after(() => origin.close());
  const { wrong, untried, ok } = await found(origin.url, known.signature);
  assert.deepEqual({ wrong, untried }, { wrong: [], untried: [] });
  assert.ok(ok.length >= 30, `${ok.length}`);
  assert.ok(ok.includes("signature.replayed") && ok.includes("origin.right_signature"));
});

for (const form of ["signature", "assertion"]) {
  test(`an origin that checks every ${form} right makes no mistake`, async (t) => {
    const { wrong, untried } = await found(await start(t, form, []), known[form]);
    assert.deepEqual(wrong, []);
    // Remembering what a jti was used for is left to whoever minds.
    assert.deepEqual(untried, form === "assertion" ? ["assertion.replayed"] : []);
  });
}

const uncovered = ["method", "path", "query", "identity"].map((name) => `uncovered_${name}`);
const mistakes = {
  signature: [
    [["does not look at the end"], ["stale"]],
    [["does not look at the beginning"], ["from_future"]],
    [["does not look at the life"], ["lives_too_long"]],
    [["takes the path from the identity"], ["wrong_path", "wrong_query"]],
    [["does not look at the target"], ["wrong_target"]],
    [["does not look at the target", "takes the query from the identity"], ["wrong_target", "wrong_query"]],
    [["takes any method"], ["wrong_method"]],
    [["does not look at the audience"], ["wrong_audience"]],
    [["takes the first of doubled headers"], ["doubled_identity", "doubled_signature", "doubled_input"]],
    [["takes the last of doubled headers"], ["doubled_identity_first"]],
    [["believes other spellings"], ["alias_alone"]],
    [["does not look at other spellings"], ["alias_beside"]],
    [["takes any components"], [...uncovered, "uncovered_link"]],
    [["does not look at links"], ["uncovered_link"]],
    [["takes any tag"], ["wrong_tag", "no_tag"]],
    [["forgets nonces"], ["replayed"]],
    [["compares no signature"], ["wrong_key", "unknown_key", "altered_identity", "altered_signature", "wrong_method"]],
  ],
  assertion: [
    [["takes alg none"], ["alg_none"]],
    [["takes HS256 by the published key"], ["alg_hs256"]],
    [["takes the key of the token"], ["brought_key"]],
    [["only decodes"], ["alg_none", "alg_hs256", "wrong_key", "unknown_key", "brought_key", "altered_claims"]],
    [["does not look at the end"], ["stale"]],
    [["does not look at the audience"], ["wrong_audience"]],
    [["does not look at the issuer"], ["wrong_issuer"]],
    [["takes any type"], ["wrong_type"]],
    [["takes any method"], ["wrong_method"]],
    [["does not look at the URL"], ["wrong_path", "wrong_query", "wrong_host"]],
    [["does not look at the query"], ["wrong_query"]],
    [["does not look at the host"], ["wrong_host"]],
    [["takes the first of doubled headers"], ["doubled"]],
    [["takes the last of doubled headers"], ["doubled_first"]],
    [["believes other spellings"], ["alias_alone"]],
    [["does not look at other spellings"], ["alias_beside"]],
  ],
};

for (const [form, list] of Object.entries(mistakes)) {
  for (const [made, named] of list) {
    test(`${form}: an origin that ${made.join(" and ")}`, async (t) => {
      const { wrong, checks } = await found(await start(t, form, made), known[form]);
      assert.deepEqual(new Set(wrong), new Set(named.map((id) => `${form}.${id}`)));
      for (const { state, todo, what } of checks) assert.ok(state !== "wrong" || todo, `what to do about: ${what}`);
    });
  }
}

test("an origin that believes the header alone is told so without any key", async (t) => {
  const url = await start(t, "signature", ["believes the header alone"]);
  const { wrong } = await found(url, { ...known.signature, identity: [] });
  for (const id of ["unsigned_identity", "wrong_key", "unknown_key"]) assert.ok(wrong.includes(`signature.${id}`), `${id}: ${wrong}`);
});

test("an assertion by the published key as secret needs no seed", async (t) => {
  const url = await start(t, "assertion", ["takes HS256 by the published key"]);
  const { wrong } = await found(url, { ...known.assertion, assertions: [], halves: [] });
  assert.deepEqual(wrong, ["assertion.alg_hs256"]);
});

test("an origin that believes anybody is told of it, and nothing else is made of it", async (t) => {
  const { wrong, ok } = await found(await start(t, "signature", ["believes anybody"]), known.signature);
  assert.deepEqual(wrong, ["origin.unsigned"]);
  assert.deepEqual(ok.filter((id) => id.startsWith("signature.")), []);
});

test("where strangers get a page of their own, the name of the person tells who got in", async (t) => {
  const { wrong } = await found(await start(t, "signature", ["greets strangers", "does not look at the end"]), known.signature);
  assert.deepEqual(wrong, ["origin.unsigned", "signature.stale"]);
});

test("without a key it says what could not be tried, and a refusal that proves nothing is none", async (t) => {
  const keyless = { ...known.signature, identity: [] };
  const refusing = await found(await start(t, "signature", []), keyless);
  assert.deepEqual(refusing.wrong, []);
  assert.ok(refusing.ok.includes("signature.wrong_key") && refusing.untried.includes("signature.stale"));

  const hiding = await found(await start(t, "signature", ["hides its pages"]), keyless);
  assert.deepEqual([hiding.wrong, hiding.ok], [[], ["origin.clock"]]);
});

test("where a right request is refused, nothing else is called right", async (t) => {
  const url = await start(t, "signature", []);
  for (const other of [{ identity: [{ ...key, bytes: randomBytes(32) }] }, { audience: "https://elsewhere.example.com" }]) {
    const { wrong, ok } = await found(url, { ...known.signature, ...other });
    assert.deepEqual(wrong, ["origin.right_signature"]);
    assert.deepEqual(ok.filter((id) => !id.startsWith("origin.")), []);
  }
});

test("a key that was promoted in one step, and one that may not be promoted yet", async (t) => {
  const url = await start(t, "signature", []);
  const next = { id: "i2", bytes: randomBytes(32) };
  const promoted = await found(url, { ...known.signature, identity: [next, key] });
  assert.deepEqual(promoted.wrong, ["origin.ring_signature"]);
  assert.match(promoted.checks.find(({ id }) => id === "origin.ring_signature").what, /i2, which makes/);
  const added = await found(url, { ...known.signature, identity: [key, next] });
  assert.deepEqual([added.wrong, added.untried], [[], ["origin.ring_signature"]]);
});

test("a clock that is wrong, and none at all", async (t) => {
  const late = await found(await start(t, "signature", [], { date: -90_000 }), known.signature);
  assert.deepEqual(late.wrong, ["origin.clock"]);
  assert.match(late.checks.find(({ id }) => id === "origin.clock").what, /(89|90|91) s behind/);
  const none = await found(await start(t, "signature", ["has no clock"]), known.signature);
  assert.deepEqual([none.wrong, none.untried], [[], ["origin.clock"]]);
});

test("an origin that wants both forms is asked in both", async (t) => {
  const right = await found(await start(t, "both", []), known.both);
  assert.deepEqual([right.wrong, right.untried], [[], []]);
  const url = await start(t, "both", ["takes any tag", "takes any type"]);
  assert.deepEqual((await found(url, known.both)).wrong, ["signature.wrong_tag", "signature.no_tag", "assertion.wrong_type"]);
});

test("of two forms the one that is not taken is left alone", async (t) => {
  const { wrong, untried } = await found(await start(t, "signature", []), known.both);
  assert.deepEqual([wrong, untried], [[], ["origin.right_assertion"]]);
});

test("nothing but GET is sent to an origin where that is asked", async (t) => {
  const methods = new Set();
  const url = await start(t, "signature", [], { also: ({ method }) => methods.add(method) });
  const { untried } = await found(url, known.signature, { unsafe: false });
  assert.deepEqual([untried, [...methods]], [["signature.replayed"], ["GET"]]);
});

test("an origin that does not answer", async () => {
  const { reached, untried } = await found("http://127.0.0.1:1", known.signature);
  assert.deepEqual([reached, untried], [false, ["origin.reached"]]);
});
