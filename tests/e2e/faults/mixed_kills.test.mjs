// kill -9 in the middle of everything people do to an account: they register, prove their address by every kind of
// link, sign in, change and forget their password, and sign out. What was acknowledged holds afterwards: the newest
// acknowledged password opens and older ones do not, an acknowledged session lives and an ended one does not, used
// tokens stay used, nobody is half there, and no address is lost. An act whose answer was lost has happened or not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { figure, isFull } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { tokenIn, told } from "../visitor.mjs";
import { Death } from "./death.mjs";

const kills = isFull ? 200 : 5;
/** As many as can act at once without one being sent away for want of a place to hash. */
const atOnce = 4;
/** A letter that was on its way when the process died waits for its next try. */
const mailDeadline = 60_000;

const settings = { LIMITS: { mail: { strangers: ["1000/15m"], known: ["1000/1d"] }, address: { unmarked: ["100/15m"], marked: ["100/15m"] } } };

/** What is known of somebody: what an act that was answered made true, and what one in doubt may have. */
class Person {
  /** Passwords that may be theirs; one, when nothing is in doubt. */
  passwords;
  /** Passwords that are theirs no longer, for certain. */
  old = [];
  /** Browsers: `{ visitor, is }`, signed "in", "out", or undefined where that is in doubt. */
  browsers = [];
  /** Tokens that were redeemed for certain: `{ route, token }`. */
  used = [];
  /** Whether the account is there: true, false, or undefined in doubt. */
  exists = false;
  #chosen = 0;

  constructor(house) {
    this.first = house.visitor();
    this.email = this.first.email;
    this.passwords = [this.first.password];
  }

  choose() {
    this.#chosen += 1;
    return `${this.first.password}, and choice ${this.#chosen}`;
  }

  /** The password was replaced by one of theirs, or may have been. */
  replaced(next, isCertain) {
    if (!isCertain) return this.passwords.push(next);
    this.old.push(...this.passwords.filter((one) => one !== next));
    this.passwords = [next];
  }
}

/** What people do, and what follows from an answer, or from none: then it has happened or not. */
const acts = {
  async register(person, asks) {
    const { email, passwords: [password] } = person;
    const answer = await asks(() => person.first.calls("/auth/register", { email, password }));
    if (answer) person.registered = isTold(answer, "202 auth.register.check_email");
  },

  async verify(person, asks, mailed) {
    const token = await mailed(person, "auth.verify");
    if (!token) return;
    person.exists = undefined;
    const answer = await asks(() => person.first.calls("/auth/verify", { token }));
    redeemed(person, "/auth/verify", token, answer, "200 auth.verify.success");
    person.browsers.push({ visitor: person.first, is: answer && "in" });
    if (answer) person.exists = true;
  },

  async signIn(person, asks) {
    const visitor = person.first.elsewhere();
    const answer = await asks(() => visitor.calls("/auth/login", { email: person.email, password: person.passwords[0] }));
    if (answer && isTold(answer, "200 auth.login.success")) person.browsers.push({ visitor, is: "in" });
  },

  async magic(person, asks, mailed) {
    const visitor = person.first.elsewhere();
    const asked = await asks(() => visitor.calls("/auth/magic-request", { email: person.email }));
    if (!asked || !isTold(asked, "202 auth.magic.accepted")) return;
    const token = await mailed(person, "auth.magic");
    if (!token) return;
    const answer = await asks(() => visitor.calls("/auth/magic", { token }));
    redeemed(person, "/auth/magic", token, answer, "200 auth.magic.success");
    person.browsers.push({ visitor, is: answer && "in" });
  },

  async changePassword(person, asks) {
    const browser = person.browsers.find(({ is }) => is === "in");
    if (!browser) return;
    const newPassword = person.choose();
    const answer = await asks(() => browser.visitor.calls("/auth/change-password", { password: person.passwords[0], newPassword }));
    if (answer) isTold(answer, "200 auth.password.changed");
    person.replaced(newPassword, Boolean(answer));
    for (const other of person.browsers) if (other.is === "in") other.is = answer ? (other === browser ? "in" : "out") : undefined;
  },

  async reset(person, asks, mailed) {
    const visitor = person.first.elsewhere();
    const asked = await asks(() => visitor.calls("/auth/forgot", { email: person.email }));
    if (!asked || !isTold(asked, "202 auth.forgot.accepted")) return;
    const token = await mailed(person, "auth.reset");
    if (!token) return;
    const password = person.choose();
    const answer = await asks(() => visitor.calls("/auth/reset", { token, password }));
    redeemed(person, "/auth/reset", token, answer, "200 auth.reset.success");
    person.replaced(password, Boolean(answer));
    for (const browser of person.browsers) if (browser.is === "in") browser.is = answer && "out";
  },

  async signOut(person, asks) {
    const browser = person.browsers.find(({ is }) => is === "in");
    if (!browser) return;
    browser.is = undefined;
    const answer = await asks(() => browser.visitor.calls("/auth/logout", {}));
    if (answer && isTold(answer, "200 auth.logout.success")) browser.is = "out";
  },
};
const later = ["signIn", "magic", "changePassword", "reset", "signOut"];

function isTold(answer, wanted) {
  assert.equal(told(answer), wanted);
  return true;
}

function redeemed(person, route, token, answer, wanted) {
  if (answer && isTold(answer, wanted)) person.used.push({ route, token });
}

test(`${kills} times kill -9 under mixed traffic: nothing acknowledged is lost, nothing ended comes back`, async (t) => {
  const house = await startEdgeward(t, { settings, unopenedMail: true });
  const everybody = [];
  const figures = {};
  const counts = (what, isTrue, why) => {
    figures[what] ??= { tried: 0, survived: 0 };
    figures[what].tried += 1;
    if (isTrue) figures[what].survived += 1;
    else console.log(`${what}: ${why}`);
  };
  for (let n = 1; n <= kills; n += 1) {
    const crowd = await stormUntilKilled(house, everybody, 5 + Math.floor(Math.random() * 30));
    await house.start();
    await auditAll(house, crowd, counts);
    everybody.push(...crowd.filter((person) => person.exists && !everybody.includes(person)));
    console.log(`kill ${n} of ${kills}: ${crowd.length} people, ${everybody.length} accounts`);
  }
  await auditAll(house, everybody, counts);
  const stored = await house.stored("AccountObject");
  counts("accounts, as many as people", stored === everybody.length, `${stored}, not ${everybody.length}`);
  const sum = (of) => Object.values(figures).reduce((all, each) => all + each[of], 0);
  figure("mixed_kills", { tried: sum("tried"), survived: sum("survived") });
  console.log(JSON.stringify(figures));
  assert.equal(sum("survived"), sum("tried"));
});

/** People act side by side, some who are new and some from before, until the process dies after so many steps. */
async function stormUntilKilled(house, everybody, steps) {
  const crowd = [];
  const death = new Death(house, steps);
  /** The answer to a request, or undefined when the process died meanwhile or somebody was not to be reached. */
  const asksFor = (person) => async (asked) => {
    if (death.isHere) return undefined;
    const answer = await death.asks(asked);
    person.isInDoubt = !answer || answer.status === 503;
    return person.isInDoubt ? undefined : answer;
  };
  /** The token of a letter of this kind that nobody opened, unless the process dies before it comes. */
  async function mailed({ email }, type) {
    const isNew = (id) => !house.opened.has(id);
    const mail = await Promise.race([house.mailbox.received({ to: email, type, id: isNew }, mailDeadline), death.comes]);
    if (!mail) return undefined;
    house.opened.add(mail.id);
    return tokenIn(mail);
  }
  async function lives(person) {
    crowd.push(person);
    const asks = asksFor(person);
    if (!person.exists) {
      await acts.register(person, asks);
      if (person.registered) await acts.verify(person, asks, mailed);
    }
    for (let left = 4; left > 0 && !death.isHere && person.exists && !person.isInDoubt; left -= 1) {
      await acts[later[Math.floor(Math.random() * later.length)]](person, asks, mailed);
    }
  }
  const isFree = (person) => !crowd.includes(person);
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (!death.isHere) {
      const known = everybody.filter(isFree);
      const again = Math.random() < 0.5 && known[Math.floor(Math.random() * known.length)];
      await lives(again || new Person(house));
    }
  }));
  await death.comes;
  return crowd;
}

/** Some at once: a sign-in that is refused takes its time. */
async function auditAll(house, people, counts) {
  const queue = [...people];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let person = queue.pop(); person; person = queue.pop()) await audit(house, person, counts);
  }));
}

/** Whoever is sent away for a moment comes again. */
async function insists(asked) {
  for (;;) {
    const answer = await asked();
    if (answer.status !== 503) return answer;
    await pause(1000 * Number(answer.headers["retry-after"]));
  }
}

/** Is what this person was told true? What was in doubt is found out, and known from then on. */
async function audit(house, person, counts) {
  const { email } = person;
  if (!person.exists) {
    if (!person.registered) return;
    await isThereOrWaits(house, person, counts);
    if (!person.exists) return;
  }
  for (const { visitor, is } of person.browsers) {
    const isIn = await visitor.isSignedIn();
    if (is) counts(is === "in" ? "sessions that live" : "sessions that ended", isIn === (is === "in"), `${email}: signed in: ${isIn}`);
  }
  const opens = [];
  for (const password of person.passwords) if (await signsIn(house, email, password)) opens.push(password);
  counts("passwords that hold", opens.length === 1, `${email}: ${opens.length} of ${person.passwords.length} open`);
  for (const password of person.old.slice(-1)) counts("passwords replaced", !(await signsIn(house, email, password)), `${email}: an old password opens`);
  if (opens.length === 1) person.replaced(opens[0], true);
  for (const { route, token } of person.used) {
    const answer = await insists(() => house.visitor().calls(route, route === "/auth/magic" ? { token } : { token, password: person.choose() }));
    counts("tokens that were used", answer.status === 400, `${email}: ${route}: ${told(answer)}`);
  }
  person.browsers = [];
  await acts.signIn(person, insists);
  person.old = person.old.slice(-1);
  person.used = person.used.slice(-1);
}

async function signsIn(house, email, password) {
  const answer = await insists(() => house.visitor().calls("/auth/login", { email, password }));
  assert.match(told(answer), /^(200 auth\.login\.success|401 auth\.login\.invalid)$/, email);
  return answer.status === 200;
}

/** Whoever registered has an account, or a letter that makes one: also when the process died in between. */
async function isThereOrWaits(house, person, counts) {
  const { email, passwords: [password] } = person;
  const first = await insists(() => house.visitor().calls("/auth/login", { email, password }));
  if (first.status !== 200) {
    const mail = await house.mailbox.received({ to: email, type: "auth.verify" }, mailDeadline).catch(() => undefined);
    house.opened.add(mail?.id);
    const proved = mail && (await insists(() => person.first.calls("/auth/verify", { token: tokenIn(mail) })));
    counts("sign-ups that were taken in", proved && told(proved) === "200 auth.verify.success", `${email}: ${mail && told(proved)}`);
  } else {
    counts("sign-ups that were taken in", true);
  }
  person.exists = true;
}
