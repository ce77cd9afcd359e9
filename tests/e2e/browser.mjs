// A real Chromium for the stories in a browser.
//
// `@sparticuz/chromium` carries one; where it does not run, Debian's is taken. Without any, the stories
// fail and say so: a suite that skips its browser tests unseen would promise too much.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as playwright } from "playwright-core";
import { withLock } from "../../scripts/lock.mjs";
import { root } from "../../scripts/steps.mjs";

/** Nothing that calls out, and no sandbox, which containers do not allow. */
const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

/**
 * A fresh browser profile for the test `t`, `width` pixels wide. `newPage()` on the answer opens a tab;
 * two calls of this are two browsers that share nothing.
 */
export async function startBrowser(t, { width = 1280, height = 800, ...options } = {}) {
  const profile = mkdtempSync(join(tmpdir(), "edgeward-browser-"));
  const browser = await playwright.launchPersistentContext(profile, {
    executablePath: await executable(),
    headless: true,
    chromiumSandbox: false,
    args: flags,
    viewport: { width, height },
    ...options,
  });
  t.after(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  });
  return browser;
}

let found;
const executable = () => (found ??= find());

async function find() {
  const tried = [];
  for (const candidate of [carried, async () => "/usr/bin/chromium"]) {
    try {
      const path = await candidate();
      if (!existsSync(path)) throw new Error(`${path} is not there`);
      const browser = await playwright.launch({ executablePath: path, headless: true, args: flags });
      await browser.close();
      return path;
    } catch (error) {
      tried.push(error.message.split("\n").slice(0, 12).join("\n"));
    }
  }
  throw new Error(`No Chromium runs here. Tried:\n${tried.join("\n")}`);
}

// The package unpacks into the temporary folder and trusts what lies there, a half-written file of a run
// that was killed too. So it gets a folder of its own, one run at a time, and a mark when it is whole.
async function carried() {
  const dir = join(root, ".tools", "chromium");
  const whole = join(dir, "whole");
  return withLock(`${dir}.lock`, async () => {
    if (!existsSync(whole)) rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    const before = process.env.TMPDIR;
    process.env.TMPDIR = dir;
    try {
      const { default: chromium } = await import("@sparticuz/chromium");
      const path = await chromium.executablePath();
      writeFileSync(whole, "");
      return path;
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
}
