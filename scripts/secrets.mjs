// Fresh values for every secret Edgeward reads, and the small file format they are kept in.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const key = () => randomBytes(32).toString("base64url");

/** A new set of secrets, in the shapes the settings ask for. Each call gives other values. */
export const freshSecrets = () => ({
  COOKIE_KEYS: `k1:${key()}`,
  IDENTITY_KEYS: `i1:${key()}`,
  PEPPERS: `p1:${key()}`,
  NAME_KEY: key(),
  WEBHOOK_SECRET: `whsec_${randomBytes(32).toString("base64")}`,
  ADMIN_KEYS: `op1:read+accounts+invitations+links:${key()}`,
});

/** A ring, `id:base64url,id:base64url`, as a map from id to key bytes. */
export function readRing(text) {
  const entries = text.split(",").map((entry) => entry.trim().split(":"));
  return new Map(entries.map(([id, value]) => [id, Buffer.from(value ?? "", "base64url")]));
}

/** Reads `NAME=value` lines; a value may stand in quotes. No file is an empty one. */
export function readVars(file) {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const lines = [...text.matchAll(/^\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/gm)];
  return Object.fromEntries(lines.map(([, name, value]) => [name, value.replace(/^(["'])(.*)\1$/, "$2")]));
}

/** One `NAME=value` line. JSON stands in single quotes, as it contains double ones. */
export const varLine = ([name, value]) => `${name}=${/["\s]/.test(value) ? `'${value}'` : value}\n`;
