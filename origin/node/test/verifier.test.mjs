// What the vectors cannot say: settings that are mistakes, stores that fail, and what is read as what.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryNonces, Verifier } from "@edgeward/origin";
import { parseDictionary, serializeDictionary } from "structured-headers";
import { dictionary } from "../structured.mjs";
import { audience, jwks, keys, signed } from "./signing.mjs";

const settings = { keys, audience };
const ask = (verifier, headers, method = "POST") =>
  verifier.check({ method, target: "/orders", headers: Object.entries(headers) });

test("settings that cannot be right are mistakes, not refusals", () => {
  for (const wrong of [
    { keys: undefined }, { keys: "" }, { keys: "k1" }, { keys: "k1:AAAA" }, { keys: `${keys}=` }, { keys: keys.replace("k1:", ":") },
    { keys: new Map([["k1", Buffer.alloc(31)]]) }, { keys: { k1: "x" } }, { audience: undefined }, { audience: "" },
  ]) {
    assert.throws(() => new Verifier({ ...settings, ...wrong }), TypeError, JSON.stringify(wrong));
  }
  const [key] = jwks.keys;
  for (const wrong of [
    { keys }, { jwks: undefined }, { jwks: null }, { jwks: "" }, { jwks: "{" }, { jwks: "null" }, { jwks: {} }, { jwks: { keys: [] } }, { jwks: { keys: [{ ...key, kty: "EC" }] } },
    { jwks: { keys: [key, key] } }, { jwks: "http://app.example.com/auth/jwks.json" }, { jwks: "https://ann:secret@app.example.com/" }, { jwks: "ftp://localhost/" },
    { audience: "shop" }, { issuer: `${audience}/` }, { issuer: "" }, { issuer: "app.example.com" }, { issuer: "https://App.example.com" },
  ]) {
    assert.throws(() => new Verifier({ jwks, audience, ...wrong }), TypeError, JSON.stringify(wrong));
  }
  for (const right of [{ jwks: JSON.stringify(jwks) }, { jwks: "https://app.example.com/auth/jwks.json" }, { jwks: new URL("http://[::1]:8/") }, { audience: "shop", issuer: audience }]) {
    new Verifier({ jwks, audience, ...right });
  }
});

test("of many that replay one nonce at once, one is believed", async () => {
  const verifier = new Verifier(settings);
  const headers = signed("/orders", { method: "POST" });
  const verdicts = await Promise.all(Array.from({ length: 50 }, () => ask(verifier, headers)));
  assert.equal(verdicts.filter(({ ok }) => ok).length, 1);
});

test("nobody fills the store of nonces without a key", async () => {
  const taken = [];
  const nonces = { take: (nonce) => (taken.push(nonce), true) };
  const verifier = new Verifier({ ...settings, nonces });
  await ask(verifier, { ...signed("/orders", { method: "POST" }), Signature: `edgeward=:${"A".repeat(43)}=:` });
  assert.deepEqual(taken, []);
});

test("a store that fails, or is full, or answers something odd, lets nothing through", async () => {
  const full = new MemoryNonces({ most: 1 });
  full.take("another", Infinity, 0);
  const failing = { take: () => Promise.reject(new Error("no connection")) };
  for (const [nonces, reason] of [[full, "nonce_store_failed"], [failing, "nonce_store_failed"], [{ take: () => "OK" }, "replayed"], [{ take: () => null }, "replayed"]]) {
    const verdict = await ask(new Verifier({ ...settings, nonces }), signed("/orders", { method: "POST" }));
    assert.equal(verdict.ok, false);
    assert.equal(verdict.reason, reason);
  }
});

test("nonces are forgotten when their time is over, so that memory does not grow", () => {
  const nonces = new MemoryNonces({ most: 10 });
  for (let second = 0; second < 1000; second += 1) {
    assert.equal(nonces.take(`n${second}`, second + 5, second), true);
    assert.equal(nonces.take(`n${second}`, second + 5, second), false);
  }
});

test("dictionaries are read as structured-headers reads them, or refused", () => {
  const texts = [
    'a="x", b=tok, c=-3, d=1.5, e, f=?0, g=:AQID:, i=("a" b 3 ?1), j=%"%e2%82%ac 50%25", k=()',
    'a="\\"\\\\"', "a=999999999999999", "a=-0.125", 'a=*/:x', 'a=%"%22"', "*a=1", "a.b-c_d*=1", "a=@1799990000",
  ];
  const kinds = { string: String, integer: Number, decimal: Number, boolean: Boolean };
  for (const text of texts) {
    const theirs = parseDictionary(text);
    assert.equal(serializeDictionary(theirs), text, "these are canonical");
    const ours = dictionary(text, "no");
    assert.deepEqual([...ours.keys()], [...theirs.keys()]);
    for (const [name, member] of ours) {
      const [kind] = Object.keys(member);
      if (kinds[kind]) assert.equal(member[kind], theirs.get(name)[0], `${name} in ${text}`);
    }
  }
  assert.deepEqual([...dictionary("a=0.0, b=2.0", "no")], [["a", { decimal: 0 }], ["b", { decimal: 2 }]]);
  for (const text of [
    "", " a=1", "a=1 ", "a=1,b=2", "a=1,  b=2", "a=1, a=2", "a=?1", "a=01", "a=-0", "a=1.", "a=1.50", "a=-0.0", "a=1000000000000000", "a=1;x", "a=(1  2)", "a=( 1)", "a=(1 )",
    'a=("a""b")', 'a="\\x"', 'a="ü"', "a=:AQI:", "a=:AQIDBB==:", "a=:AR==:", "a=@1.5", 'a=%"%41"', 'a=%"%E2%82%AC"', 'a=%"%ff"', "A=1", "1=1", "a==1",
  ]) {
    assert.throws(() => dictionary(text, "no"), { reason: "no" }, text);
  }
});
