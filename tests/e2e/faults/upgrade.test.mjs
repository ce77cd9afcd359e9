// A data folder that was written by the version before is opened by this one, and by that one again: everybody signs
// in, sessions and open links go on, what was over is over, waiting letters leave, and the journal's chain holds.
//
// The full form builds that version (previous.mjs). The short one has no time for it: the present version takes its
// place, so that all of it is at least opened again; tests/formats/rows.rs holds every stored row to its pinned text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { root } from "../../../scripts/steps.mjs";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { operator } from "../operator.mjs";
import { tokenIn, told } from "../visitor.mjs";
import { previousVersion } from "./previous.mjs";

/** The first run builds a whole version. */
const timeout = isFull ? 1_800_000 : 120_000;
const credentials = ({ email, password }) => ({ email, password });

/** A town in which everything that can be stored is stored, and who must find what of it again. */
async function settle(house) {
  const people = Array.from({ length: 8 }, () => house.visitor());
  const [ann, bob, cleo, dan, eve, fay, gus, hal] = people;
  for (const one of [ann, cleo, dan, eve, hal]) await one.settlesIn();
  const reader = ann.elsewhere();
  await reader.calls("/auth/login", credentials(ann));
  const left = cleo.thief();
  await cleo.signsOut();
  await bob.calls("/auth/register", credentials(bob));
  const verify = await bob.tokenOf("auth.verify");
  await dan.calls("/auth/forgot", { email: dan.email });
  const reset = await dan.tokenOf("auth.reset");
  const phone = eve.elsewhere();
  await phone.calls("/auth/magic-request", { email: eve.email });
  const magic = await eve.tokenOf("auth.magic");
  await hal.calls("/auth/change-email", { email: "hal@elsewhere.example" });
  const moved = await hal.tokenOf("auth.email_change", { to: "hal@elsewhere.example" });
  const used = tokenIn((await house.mailbox.received({ to: ann.email, type: "auth.verify" })));
  await operator(house).invites(fay.email, ["billing"]);
  const invite = await fay.tokenOf("auth.invite");
  const { json: link } = await operator(house).calls("POST", "/links", { path: "/private", expiresIn: 36_000, uses: 2 });
  const lee = house.visitor();
  await lee.visits(link.link.slice(house.url.length));
  await lee.submits({});
  const wrong = { email: cleo.email, password: "not at all what she chose" };
  for (let n = 0; n < 6; n += 1) await house.visitor().calls("/auth/login", wrong);
  // The last sign-up's letter is still owed when the process ends.
  house.mailbox.fail(500);
  await gus.calls("/auth/register", credentials(gus));
  await house.says("letter_not_delivered");
  return { ann, reader, bob, cleo, left, dan, eve, phone, fay, gus, hal, lee, link, verify, reset, magic, moved, used, invite };
}

/** What holds in every version, as often as one looks. */
async function stands(house, { ann, reader, left, lee, used }, sees) {
  sees("a session", told(await ann.calls("/auth/session")), "200 auth.session.active");
  sees("another one of the same", told(await reader.calls("/private/echo")), "200");
  sees("a session that ended", (await left.thief().calls("/auth/session")).status, 401);
  sees("a password", told(await house.visitor().calls("/auth/login", credentials(ann))), "200 auth.login.success");
  sees("a smart link that was opened", told(await lee.fetch("/private/echo")), "200");
  sees("a link that was used", told(await house.visitor().calls("/auth/verify", { token: used, password: ann.password })), "400 auth.token.used");
  const { json } = await ann.calls("/auth/export");
  sees("the journal", JSON.stringify(json).includes("signed_in"), true);
}

/** What can be done once: it was begun in one version, and is finished in another. */
async function finishes(house, town, sees) {
  const { bob, cleo, dan, phone, fay, gus, hal, link, verify, reset, magic, moved, invite } = town;
  sees("a lane that was shut", told(await house.visitor().calls("/auth/login", credentials(cleo))), "429 auth.throttled");
  sees("a marked browser", told(await cleo.calls("/auth/login", credentials(cleo))), "200 auth.login.success");
  sees("an open sign-up", told(await bob.calls("/auth/verify", { token: verify })), "200 auth.verify.success");
  dan.password = "a sentence of another version";
  sees("an open reset", told(await dan.calls("/auth/reset", { token: reset, password: dan.password })), "200 auth.reset.success");
  sees("the password of it", told(await dan.calls("/auth/login", credentials(dan))), "200 auth.login.success");
  sees("an open sign-in link", told(await phone.calls("/auth/magic", { token: magic })), "200 auth.magic.success");
  await hal.visits(`/login/email?token=${moved}`);
  hal.email = "hal@elsewhere.example";
  sees("an open change of address", /Your address is changed/.test((await hal.submits({})).text), true);
  sees("an open invitation", told(await fay.calls("/auth/invite-complete", { token: invite, password: fay.password })), "200 auth.invite.success");
  sees("its roles", (await fay.fetch("/private/echo", { method: "POST", body: "x" })).json?.identity?.roles?.join(), "billing");
  const mail = await house.mailbox.received({ to: gus.email, type: "auth.verify" }, 60_000);
  sees("a letter that waited", told(await gus.calls("/auth/verify", { token: tokenIn(mail) })), "200 auth.verify.success");
  const max = house.visitor();
  await max.visits(link.link.slice(house.url.length));
  sees("a smart link's last opening", (await max.submits({})).path, "/private");
  const late = house.visitor();
  sees("a smart link that is spent", (await late.visits(link.link.slice(house.url.length))).text.includes("used"), true);
}

test(`a data folder of ${isFull ? "the version before" : "this version"} is opened: nothing is lost, and nothing comes back`, { timeout }, async (t) => {
  const previous = isFull ? await previousVersion() : root;
  const misses = [];
  let tried = 0;
  const within = (version) => (what, is, wanted) => {
    tried += 1;
    if (is !== wanted) misses.push(`${version}, ${what}: ${is}, not ${wanted}`);
  };
  const house = await startEdgeward(t, { checkout: previous, unopenedMail: true });
  const town = await settle(house);
  await stands(house, town, within("where it was written"));
  house.mailbox.work();
  await house.restart({ checkout: root });
  await stands(house, town, within("in this version"));
  await finishes(house, town, within("in this version"));
  await house.restart({ checkout: previous });
  await stands(house, town, within("in the one before again"));
  for (const one of [town.bob, town.dan, town.fay, town.gus, town.hal]) {
    within("in the one before again")(one.email, told(await house.visitor().calls("/auth/login", credentials(one))), "200 auth.login.success");
  }
  figure("upgrade", { tried, survived: tried - misses.length });
  assert.deepEqual(misses, []);
  assert.equal(house.said("store_fault"), 0);
});
