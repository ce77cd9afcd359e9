// Every page of ours, for tests that look at each in a real browser: those of the route table itself, so that a
// new one is looked at too, those that the link of each kind of mail leads to, and what is shown when there is
// nothing to show.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../scripts/steps.mjs";
import { operator } from "../operator.mjs";

const source = readFileSync(join(root, "src", "web", "routes.rs"), "utf8");

/** The routes of `src/web/routes.rs`: `{ surface, path, methods }`, with their prefix. */
export const routes = [...source.matchAll(/^ {4}(page|json|operator|proxy)\(\s*"([^"]*)",\s*&\[([^\]]*)\]/gm)].map(([, surface, path, methods]) => ({
  surface,
  path: (surface === "page" ? "/login" : "/auth") + path.replace("{id}", "ses_aaaaaaaaaaaaaaaaaaaaaaaaaa"),
  methods: [...methods.matchAll(/"(\w+)"/g)].map(([, method]) => method),
}));

export const limits = { network: { signin: ["1000/1m"], signup: ["1000/1h"], mail: ["1000/1h"], link: ["5000/1m"] }, mail: { strangers: ["50/15m"], known: ["50/1d"] } };

/** The link of a mail, which then counts as opened. */
export async function linkOf(house, type, to) {
  const { id, link } = await house.mailbox.received({ to, type, id: (one) => !house.opened.has(one) });
  house.opened.add(id);
  return link;
}

/** A link of every kind, none of them used. Whose each is lies in its mail. */
export async function everyLink(house) {
  const ops = operator(house);
  const pending = house.visitor();
  await pending.calls("/auth/register", { email: pending.email, password: pending.password });
  // Each is somebody's own: one that is used may void others of the same account.
  const [forgetful, hurried, moving, moved] = Array.from({ length: 4 }, () => house.visitor());
  for (const one of [forgetful, hurried, moving, moved]) await one.settlesIn();
  await forgetful.calls("/auth/forgot", { email: forgetful.email });
  await hurried.calls("/auth/magic-request", { email: hurried.email });
  await moving.calls("/auth/change-email", { email: `new.${moving.email}` });
  const to = `moved.${moved.email}`;
  await moved.calls("/auth/change-email", { email: to });
  await moved.calls("/auth/change-email", { token: new URL(await linkOf(house, "auth.email_change", to)).searchParams.get("token") });
  const guest = "guest@example.com";
  await ops.invites(guest, ["admin"]);
  const { link } = (await ops.calls("POST", "/links", { path: "/private/reports", expiresIn: 3600 })).json;
  return {
    verify: await linkOf(house, "auth.verify", pending.email),
    reset: await linkOf(house, "auth.reset", forgetful.email),
    magic: await linkOf(house, "auth.magic", hurried.email),
    invite: await linkOf(house, "auth.invite", guest),
    email: await linkOf(house, "auth.email_change", `new.${moving.email}`),
    undo: await linkOf(house, "auth.notice.email_changed", moved.email),
    link,
  };
}

/** Everything of ours that a browser can be led to: `[name, url]`. Links come first, so that their pages are those with a button. */
export async function everyPage(house) {
  const links = Object.entries(await everyLink(house)).map(([kind, link]) => [`link of ${kind}`, link]);
  // What is downloaded shows no page.
  const own = routes.filter(({ surface, path, methods }) => surface !== "proxy" && path !== "/auth/export" && methods.includes("GET"));
  const shown = own.map(({ path }) => [`${path}`, house.url + path]);
  const problems = ["/login/nowhere", "/auth/nowhere", "/login/verify?token=verify.x.y", "/private/%2500"].map((path) => [`nothing at ${path}`, house.url + path]);
  return [...links, ...shown, ...problems];
}

/** Signs somebody up in this browser's tab, who is signed in there then. */
export async function settlesIn(page, house, { email, password }) {
  await page.goto(`${house.url}/login/signup`);
  await page.locator("main input[name=email]").fill(email);
  await page.locator("main input[name=password]").fill(password);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  await page.goto(await linkOf(house, "auth.verify", email));
  await Promise.all([page.waitForEvent("load"), page.locator("main form button").first().click()]);
}
