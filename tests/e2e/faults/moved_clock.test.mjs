// The machine's clock is set, on the real runtime: an hour back, an hour ahead, 400 days ahead, and right again. What
// was refused once stays refused, and whoever has a password and a mailbox gets in afterwards. More moments and more
// limits: tests/threats/clock_jumps.rs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forward, hours, minutes, startClockwork } from "../clock.mjs";
import { figure } from "../figures.mjs";
import { operator } from "../operator.mjs";
import { told } from "../visitor.mjs";

const timeout = 180_000;
const days = 24 * hours;
const credentials = ({ email, password }) => ({ email, password });

/** Where the clock goes, from where it is right; at each stop everything dead is shown. */
const journeys = {
  "an hour back, and right again": [-hours, -hours + minutes, 0],
  "an hour ahead, and right again": [hours, 2 * minutes, 0],
  "400 days ahead, and right again": [400 * days, hours, 0],
};

/** Everything that let somebody in and is over: how it is shown, and by which answer it would let in. */
async function graveyard(house) {
  const ann = house.visitor();
  await ann.signsUp();
  const verify = await ann.tokenOf("auth.verify");
  await ann.calls("/auth/verify", { token: verify });
  const before = ann.thief();
  const phone = ann.elsewhere();
  await phone.calls("/auth/magic-request", { email: ann.email });
  const magic = await ann.tokenOf("auth.magic");
  await phone.calls("/auth/magic", { token: magic });
  await phone.calls("/auth/forgot", { email: ann.email });
  const reset = await ann.tokenOf("auth.reset");
  ann.password = phone.password = "another sentence, and a longer one";
  await phone.calls("/auth/reset", { token: reset, password: ann.password });
  await phone.calls("/auth/login", credentials(ann));
  const left = phone.thief();
  await phone.signsOut();
  const { json: link } = await operator(house).calls("POST", "/links", { path: "/private", expiresIn: 3600 });
  await operator(house).calls("DELETE", `/links/${link.id}`);
  const pages = ["/private/page", "/auth/session"];
  const cookies = [["before a reset", before], ["signed out", left]].flatMap(([name, thief]) =>
    pages.map((path) => [`a session ${name}, at ${path}`, () => thief.thief().fetch(path, { method: path === pages[0] ? "POST" : "GET" })]),
  );
  const posts = { "/auth/verify": { token: verify, password: ann.password }, "/auth/magic": { token: magic }, "/auth/reset": { token: reset, password: ann.password } };
  const tokens = Object.entries(posts).map(([route, fields]) => [`used: ${route}`, () => house.visitor().calls(route, fields)]);
  return { ann, dead: [...cookies, ...tokens, ["a revoked smart link", () => house.visitor().fetch(link.link.slice(house.url.length))]] };
}

test("what was over stays over wherever the clock goes, and nobody is locked out for good", { timeout }, async (t) => {
  const misses = [];
  let tried = 0;
  const sees = (what, isSo, answer) => {
    tried += 1;
    if (!isSo) misses.push(`${what}: ${told(answer)}`);
  };
  await Promise.all(Object.entries(journeys).map(async ([journey, stops]) => {
    const house = await startClockwork(t, { unopenedMail: true });
    const { ann, dead } = await graveyard(house);
    const shows = async (when) => {
      for (const [what, shown] of dead) {
        const answer = await shown();
        sees(`${journey}, ${when}, ${what}`, answer.status >= 300 && !answer.headers["set-cookie"]?.some((cookie) => cookie.startsWith("__Host-edgeward=v1")), answer);
      }
    };
    await shows("before");
    let at = 0;
    for (const stop of stops) {
      await forward(house, stop - at);
      at = stop;
      await shows(`at ${stop / minutes} min`);
      const wrong = { email: ann.email, password: "not at all what she chose" };
      if (stop !== 0) for (let n = 0; n < 6; n += 1) await house.visitor().calls("/auth/login", wrong);
    }
    const shut = await house.visitor().calls("/auth/login", credentials(ann));
    const phone = ann.elsewhere();
    await phone.calls("/auth/forgot", { email: ann.email });
    const token = await phone.tokenOf("auth.reset", { another: true });
    const password = "one more sentence of quite another kind";
    const reset = await phone.calls("/auth/reset", { token, password });
    sees(`${journey}, a link opens`, reset.status === 200, reset);
    const opened = await phone.calls("/auth/login", { email: ann.email, password });
    sees(`${journey}, and so does the password`, opened.status === 200, opened);
    await forward(house, 26 * hours);
    const later = await house.visitor().calls("/auth/login", { email: ann.email, password });
    sees(`${journey}, a day later for a stranger (${told(shut)} at first)`, later.status === 200, later);
  }));
  figure("moved_clock", { tried, survived: tried - misses.length });
  assert.deepEqual(misses, []);
});
