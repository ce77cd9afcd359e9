// The program itself: what it says of wrong settings, that it runs, and that it ends.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { secret } from "./rehearsal.mjs";
import { readSettings, SettingsError } from "./settings.mjs";

const right = {
  WEBHOOK_SECRET: secret,
  SMTP_URL: "smtps://user:password@smtp.example.com",
  MAIL_FROM: "Example <no-reply@example.com>",
  PRODUCT_NAME: "Example",
  PUBLIC_URL: "https://app.example.com",
  PORT: "0",
};

const program = (env) => spawn(process.execPath, [fileURLToPath(new URL("server.mjs", import.meta.url))], { env });

test("everything that is wrong is said at once, by name, and no value with it", async () => {
  const wrong = {
    WEBHOOK_SECRET: "whsec_dmFsdWU=",
    SMTP_URL: "https://value.example",
    MAIL_FROM: "value",
    PRODUCT_NAME: "value\nBcc: eve@example.com",
    PUBLIC_URL: "http://value.example",
    PORT: "99999value",
    PAGES_PREFIX: "value",
  };
  const child = program(wrong);
  const [said, [status]] = await Promise.all([child.stderr.toArray(), once(child, "exit")]);
  const text = Buffer.concat(said).toString();
  assert.equal(status, 1);
  for (const name of Object.keys(wrong)) assert.match(text, new RegExp(`^  ${name} is wrong: `, "m"));
  assert.ok(!/value|dmFs|eve@/.test(text), text);
  assert.throws(() => readSettings({}), (error) => error instanceof SettingsError && error.problems.length === 5 && error.problems.every((problem) => / is missing: /.test(problem)));
});

test("it listens, says where, and ends when it is told to", async () => {
  const child = program(right);
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { event, on } = JSON.parse(line);
  assert.equal(event, "listening");
  assert.equal(on.address, "127.0.0.1");
  assert.equal((await fetch(`http://127.0.0.1:${on.port}/health`, { headers: { connection: "close" } })).status, 200);
  child.kill("SIGTERM");
  const [status] = await once(child, "exit");
  assert.equal(status, 0);
});

test("the example of a .env lacks nothing but the secret", () => {
  const example = parseEnv(readFileSync(new URL(".env.example", import.meta.url), "utf8"));
  assert.throws(() => readSettings(example), (error) => error.problems?.length === 1 && error.problems[0].startsWith("WEBHOOK_SECRET"));
  assert.doesNotThrow(() => readSettings({ ...example, WEBHOOK_SECRET: secret }));
});

test("each setting takes what is right and nothing else", () => {
  const cases = {
    WEBHOOK_SECRET: [[secret, `${secret} ${secret}`], ["whsec_", "whsec_####", secret.slice(6), `${secret},${secret}`]],
    SMTP_URL: [["smtp://localhost", "smtps://a:b@[::1]:465?pool=true"], ["localhost:25", "direct:?name=x", "smtp://", "file:///etc/passwd"]],
    MAIL_FROM: [["a@example.com", "<a@example.com>", '"Ærø & Co, Ltd" <a@example.com>'], ["a@example", "A <a@example.com>, b@example.com", "a@example.com\r\nBcc: b@example.com", "A\u0000 <a@example.com>"]],
    PRODUCT_NAME: [["Ærø & Co <b>", "x".repeat(64)], ["x".repeat(65), "a\r\nb", "a\u202eb"]],
    PUBLIC_URL: [["https://a.example:8443", "http://localhost:8787", "http://127.0.0.1"], ["a.example", "http://a.example", "https://a.example/app", "https://u:p@a.example", "ftp://a.example", "https://a.example/?x"]],
    PAGES_PREFIX: [["/in", "/a/b"], ["in", "/in/", "//evil.example", "/in?x"]],
    PORT: [["0", "65535"], ["65536", "-1", "80a", "1e3"]],
  };
  for (const [name, [good, bad]] of Object.entries(cases)) {
    for (const text of good) assert.doesNotThrow(() => readSettings({ ...right, [name]: text }), `${name}=${text}`);
    for (const text of bad) assert.throws(() => readSettings({ ...right, [name]: text }), (error) => error.problems?.length === 1 && error.problems[0].startsWith(name), `${name}=${JSON.stringify(text)}`);
  }
});
