// One password at many addresses, each from a network of its own: the password is noticed, and opens nothing
// by itself, while the owner's browser signs in as ever.

import assert from "node:assert/strict";
import { test } from "node:test";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { counted } from "../race.mjs";

test("a password tried at many addresses opens nothing without a link by mail", async (t) => {
  const house = await startEdgeward(t, { settings: { SPRAY_GUARD: "link" } });
  const ann = house.visitor();
  await ann.settlesIn();
  await ann.signsOut();
  const { email, password } = ann;

  const told = [];
  while (told.length < 24) {
    // As many at once as find a place to hash.
    const answers = await Promise.all([0, 1, 2].map(() => house.visitor().calls("/auth/login", { email: `nobody${told.length}${Math.random()}@example.com`, password })));
    told.push(...answers.map(({ status, json }) => `${status} ${json.authMessageCode}`));
  }
  const { "403 auth.login.link_required": refused = 0, "401 auth.login.invalid": open = 0 } = counted(told);
  figure("password_spray", { tried: 5, survived: refused });
  assert.deepEqual([open, refused], [19, 5]);

  const stranger = house.visitor();
  const right = await stranger.calls("/auth/login", { email, password });
  assert.equal(right.json.authMessageCode, "auth.login.link_required", "right or wrong");
  await ann.signsIn({ next: "/private/" });
  assert.equal(ann.page.path, "/private/", "the marked browser");

  const elsewhere = ann.elsewhere();
  await elsewhere.signsIn();
  assert.match(elsewhere.page.text, /is being tried at many addresses\..* Mail me a sign-in link instead E-mail address/);
});
