// What a program in TypeScript gets: this file is checked, and never run.

import express from "express";
import { Hono } from "hono";
import { MemoryNonces, Verifier, type Nonces } from "@edgeward/origin";
import { edgeward } from "@edgeward/origin/express";
import { edgeward as forHono, withEdgeward } from "@edgeward/origin/fetch";
import type { Verified } from "@edgeward/origin";

new Verifier({ jwks: "https://app.example.com/auth/jwks.json", audience: "shop", issuer: "https://app.example.com" });
new Verifier({ keys: process.env.EDGEWARD_KEYS, jwks: process.env.EDGEWARD_JWKS, audience: "shop" });

const redis: Nonces = { take: async () => true };
const settings = { keys: "k1:…", audience: "https://app.example.com", nonces: redis };

const verdict = await new Verifier({ ...settings, nonces: new MemoryNonces() }).verifyFetch(new Request("https://app.example.com"));
if (verdict.ok) {
  const { identity } = verdict;
  if (identity.account === null) {
    const nothing: null = identity.session;
    void nothing;
  } else {
    const session: string = identity.session;
    void session;
  }
} else {
  const reason: string = verdict.reason;
  // @ts-expect-error There is no half of an identity.
  void [reason, verdict.identity];
}

express().use(edgeward(settings)).use((request, response) => void response.send(request.edgeward.identity.account));
new Hono<{ Variables: { edgeward: Verified } }>().use(forHono(settings)).get("/", (c) => c.text(c.get("edgeward").identity.account ?? ""));
export default { fetch: withEdgeward(settings, (_request, { identity }, _env: object) => new Response(identity.account)) };
