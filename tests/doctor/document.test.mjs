// The table in docs/doctor.md is what the doctor prints. `UPDATE=1` writes it.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { examine } from "../../doctor/doctor.mjs";
import { asText } from "../../doctor/report.mjs";
import { freshSecrets, readRing, varLine } from "../../scripts/secrets.mjs";
import { root } from "../../scripts/steps.mjs";
import { startWrongOrigin } from "./wrong_origins.mjs";

const file = join(root, "docs", "doctor.md");
const [open, close] = ["<!-- from here: UPDATE=1 node --test tests/doctor/document.test.mjs -->\n", "<!-- to here -->"];

test("the document shows what the doctor prints", async (t) => {
  const audience = "http://localhost:8787";
  const secrets = freshSecrets();
  const mistakes = ["does not look at the end", "takes the first of doubled headers"];
  const url = await startWrongOrigin(t, { form: "signature", keys: readRing(secrets.IDENTITY_KEYS), audience, mistakes });
  const dir = mkdtempSync(join(tmpdir(), "edgeward-doctor-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, "vars"), Object.entries({ ...secrets, PUBLIC_URL: audience }).map(varLine).join(""));
  const found = await examine({ origin: [url], vars: join(dir, "vars") }, { environment: {} });
  const printed = asText(found.sections, found).replaceAll(url, "http://127.0.0.1:8788");
  const written = readFileSync(file, "utf8");
  const [before, after] = [written.split(open)[0], written.split(close)[1]];
  const right = `${before}${open}\n\`\`\`\n${printed.trim()}\n\`\`\`\n\n${close}${after}`;
  if (process.env.UPDATE) return writeFileSync(file, right);
  assert.equal(written, right, `run: UPDATE=1 node --test tests/doctor/document.test.mjs`);
});
