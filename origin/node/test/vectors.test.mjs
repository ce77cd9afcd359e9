// The vectors that every verifier passes: origin/vectors/.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { MemoryNonces, Verifier } from "@edgeward/origin";

const read = (name) => JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url)));

for (const name of ["identity", "assertion"]) {
  const file = read(name);
  test(`${file.vectors.length} vectors of ${name}.json`, async () => {
    for (const vector of file.vectors) {
      const { keys, audience, now, seen, ...rest } = { ...file.settings, ...vector.settings };
      const nonces = new MemoryNonces();
      for (const [nonce, until] of Object.entries(seen)) nonces.take(nonce, until, 0);
      const ring = keys && new Map(Object.entries(keys).map(([id, key]) => [id, Buffer.from(key, "base64url")]));
      const verdict = await new Verifier({ keys: ring, ...rest, audience, nonces, now: () => now }).check(vector.request);
      const { refused, ...believed } = vector.expected;
      assert.deepEqual(verdict, refused ? { ok: false, reason: refused } : { ok: true, ...believed }, vector.name);
    }
  });
}
