// The types say what the code does, for people who write TypeScript.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("a program in TypeScript is told what it gets", () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { status, stdout } = spawnSync("node_modules/.bin/tsc", ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--skipLibCheck", "--types", "node", "test/types.ts"], { cwd, encoding: "utf8" });
  assert.equal(status, 0, stdout);
});
