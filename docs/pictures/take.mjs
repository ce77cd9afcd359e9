// Takes the README's pictures anew: `npm run build`, then `node docs/pictures/take.mjs`.
//
// The pages are those of a real Edgeward and of the demo origin, in light and in dark, on a desk and on a
// phone. Only the frames around them are drawn here.

import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBrowser } from "../../tests/e2e/browser.mjs";
import { startEdgeward } from "../../tests/e2e/harness.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const desk = { width: 960, height: 700 };
const phone = { width: 390, height: 720 };
const ada = { email: "ada@example.com", password: "seven lazy herons over Bergen" };
const brand = { name: "Lantern", accent: "#0b6b54" };

const looks = {
  light: { frame: "#d5d9e0", bar: "#f0f2f5", dot: "#c6ccd6", body: "#2b303b" },
  dark: { frame: "#343b47", bar: "#1b212b", dot: "#3d4653", body: "#4a5261" },
};

// What the harness asks of a test runner.
const endings = [];
const run = { after: (work) => endings.unshift(work), passed: true };
try {
  const house = await startEdgeward(run, { settings: { BRAND: brand, IDENTITY_EMAIL: "on" } });
  for (const [name, look] of Object.entries(looks)) await take(house, name, look);
} finally {
  for (const end of endings) await end();
}

async function take(house, name, look) {
  const browser = await startBrowser(run, { ...desk, colorScheme: name, deviceScaleFactor: 2 });
  const page = await browser.newPage();
  const shots = {};
  const shoot = async (what) => {
    for (const [where, size] of Object.entries({ desk, phone })) {
      await page.setViewportSize(size);
      shots[`${what}-${where}`] = `data:image/png;base64,${(await page.screenshot()).toString("base64")}`;
    }
  };

  if (name === "light") await signUp(house, page);
  await page.goto(`${house.url}/login?next=/private/`);
  await page.locator("main input[name=email]").fill(ada.email);
  await page.locator("main input[name=password]").fill(ada.password);
  await shoot("login");
  await send(page);
  await shoot("private");

  const sheet = await browser.newPage();
  await sheet.setViewportSize({ width: 860, height: 370 });
  await sheet.setContent(composed(shots, look));
  await sheet.evaluate("Promise.all([...document.images].map((image) => image.decode()))");
  const png = (await sheet.screenshot({ omitBackground: true })).toString("base64");
  const webp = await sheet.evaluate(toWebp, png);
  writeFileSync(join(here, `pages-${name}.webp`), Buffer.from(webp, "base64"));
}

async function signUp(house, page) {
  await page.goto(`${house.url}/login/signup`);
  await page.locator("main input[name=email]").fill(ada.email);
  await page.locator("main input[name=password]").fill(ada.password);
  await send(page);
  const mail = await house.mailbox.received({ to: ada.email, type: "auth.verify" });
  house.opened.add(mail.id);
  await page.goto(mail.link);
  await Promise.all([page.waitForEvent("load"), page.locator("main form button").first().click()]);
  await page.context().clearCookies();
}

function send(page) {
  return Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

/** Two windows, each with a phone before it. */
function composed(shots, look) {
  const group = (what) => `<div class="group">
  <div class="desk"><div class="bar"><i></i><i></i><i></i></div><img src="${shots[`${what}-desk`]}"></div>
  <div class="phone"><img src="${shots[`${what}-phone`]}"></div>
</div>`;
  return `<!doctype html><style>
  body { margin: 0; display: flex; justify-content: space-between; padding: 8px 14px }
  .group { position: relative; width: 404px; height: 344px }
  .desk { width: 372px; border: 1px solid ${look.frame}; border-radius: 9px; overflow: hidden; box-shadow: 0 8px 24px #0002 }
  .bar { background: ${look.bar}; height: 20px; display: flex; align-items: center; gap: 5px; padding-left: 9px; border-bottom: 1px solid ${look.frame} }
  .bar i { width: 7px; height: 7px; border-radius: 50%; background: ${look.dot} }
  .desk img { display: block; width: 372px }
  .phone { position: absolute; right: 0; bottom: 0; width: 134px; border: 4px solid ${look.body}; border-radius: 19px; overflow: hidden; box-shadow: 0 10px 26px #0004 }
  .phone img { display: block; width: 134px }
</style>${group("login")}${group("private")}`;
}

/** Runs in the browser, which knows how to write WebP. */
async function toWebp(png) {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.9 })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
