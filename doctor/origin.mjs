// Asks an origin directly, around Edgeward, and says what it wrongly believes.
//
// A right request comes first: where it does not get in, nothing can be told of the others. What got in is judged by the
// status against that of an unsigned request; where everybody gets 2xx, by whether the answer names the person.

import { randomBytes } from "node:crypto";
import { assertedBy, assertionCases } from "./assertion_cases.mjs";
import { ok, section, untried, wrong } from "./checks.mjs";
import { nobody } from "./forge.mjs";
import { send, Unreachable } from "./send.mjs";
import { signatureCases, signedBy } from "./signature_cases.mjs";

const allowedSkew = 5;

/**
 * `{ sections, reached, tookKey }`. `patient`: `url`, `path`, `unsafe` (whether to POST). `known`: `audience`, `issuer`, the rings
 * `identity` and `assertions` (lists of `{ id, bytes }`), and `published`, the keys of the deployment's jwks.
 */
export async function examineOrigin(patient, known) {
  const visit = new Visit(patient, known);
  const name = `origin ${patient.url}`;
  try {
    return { sections: await visit.sections(), reached: true, tookKey: visit.signed?.took ?? [] };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    const checks = [untried("reached", "the origin answers from here", "Run the doctor where the origin can be reached. That strangers cannot reach it is as it should be.", error.message)];
    return { sections: [section("origin", name, checks)], reached: false, tookKey: [] };
  }
}

class Visit {
  constructor({ url, path, unsafe = true }, known) {
    Object.assign(this, { url, known, unsafe, request: { method: "GET", target: path } });
  }

  async sections() {
    this.unsigned = await send(this.url, this.request);
    this.forms = [this.#form("signature", signedBy, "identity"), this.#form("assertion", assertedBy, "assertions")];
    [this.signed, this.asserted] = this.forms;
    for (const form of this.forms) await this.#tryRight(form);
    await this.#tryBoth();
    const title = `The origin ${this.url}, ${this.request.target}`;
    return [
      section("origin", title, [...this.#direct(), this.#clock(), ...this.forms.flatMap((form) => this.#control(form)), ...this.forms.flatMap((form) => this.#ringKnown(form))]),
      section("signature", "Its check of signatures", await this.#cases(this.signed, signatureCases)),
      section("assertion", "Its check of assertions", await this.#cases(this.asserted, assertionCases)),
    ].filter(({ checks }) => checks.length > 0);
  }

  #form(name, by, ring) {
    return { name, by, keys: this.known[ring] ?? [], took: [], refusals: new Map(), beside: () => [] };
  }

  get #now() {
    return Math.floor(Date.now() / 1000);
  }

  /** Makes right headers of a form by `key`, and of the other form too where the origin wants both. */
  #right(form, key, who) {
    const { audience, issuer } = this.known;
    const make = form.by({ key: key ?? { id: "none", bytes: randomBytes(32) }, audience: audience ?? this.url, issuer: issuer ?? this.url, now: this.#now, who });
    return (request, over) => make(request, over);
  }

  /** Which keys of the ring the origin takes. */
  async #tryRight(form) {
    if (this.known.audience === undefined) return;
    for (const key of form.keys) {
      const who = nobody();
      const answer = await send(this.url, { ...this.request, headers: this.#right(form, key, who)(this.request) });
      if (this.#gotIn(answer, [who])) form.took.push(key);
      else form.refusals.set(key.id, answer.status);
    }
    form.key = form.took[0] ?? form.keys[0];
  }

  /** Some believe a request only in both forms. */
  async #tryBoth() {
    const [one, other] = this.forms;
    if (!one.key || !other.key || one.took.length + other.took.length > 0) return;
    const who = nobody();
    const headers = this.forms.flatMap((form) => this.#right(form, form.key, who)(this.request));
    if (!this.#gotIn(await send(this.url, { ...this.request, headers }), [who])) return;
    for (const [form, beside] of [[one, other], [other, one]]) {
      form.took = [form.key];
      form.refusals.clear();
      form.beside = (request, person) => this.#right(beside, beside.key, person)(request);
    }
  }

  get #openToAll() {
    return isIn(this.unsigned.status);
  }

  #gotIn(answer, people) {
    if (!isIn(answer.status)) return false;
    return !this.#openToAll || people.some(({ account }) => answer.text.includes(account));
  }

  #direct() {
    const { status } = this.unsigned;
    const [said, todo] = [`status ${status}`, `Refuse what carries no identity of Edgeward's on ${this.request.target}, and close every way to the origin but through Edgeward. If everybody may see this page, name one that is protected: --path`];
    if (this.#openToAll) return [wrong("unsigned", "takes an unsigned request", todo, said)];
    if (isRefusal(status) || this.forms.some(({ took }) => took.length > 0)) return [ok("unsigned", "refuses an unsigned request", said)];
    return [untried("unsigned", "an unsigned request gets no page, but nor may anybody else", `Name a protected path that exists: --path (${this.request.target} answers ${status}).`, said)];
  }

  #clock() {
    const theirs = Date.parse(this.unsigned.headers.date ?? "");
    if (Number.isNaN(theirs)) return untried("clock", "its clock: its answers have no Date");
    const skew = Math.round((theirs - this.unsigned.at) / 1000);
    if (Math.abs(skew) <= allowedSkew) return ok("clock", "its clock is right", `within ${allowedSkew} s of this machine's`);
    return wrong("clock", `its clock is ${Math.abs(skew)} s ${skew > 0 ? "ahead of" : "behind"} this machine's`, "Set it by NTP, or this machine's: signatures are refused, or good for too long.");
  }

  #control(form) {
    const { name, keys, took, refusals } = form;
    const noun = name === "signature" ? "signed" : "asserted";
    if (keys.length === 0) return [];
    if (this.known.audience === undefined) return [untried(`right_${name}`, `a rightly ${noun} request`, noAudience)];
    if (took.length > 0) return [ok(`right_${name}`, `takes a rightly ${noun} request`, `key ${took[0].id}`)];
    if (this.forms.some((other) => other.took.length > 0)) return [untried(`right_${name}`, `takes no ${name}s: it goes by the other form`)];
    if (this.#openToAll) return [untried(`right_${name}`, "whether a right request gets in cannot be told: an unsigned one gets the same")];
    const [[, status]] = refusals;
    const todo = "Compare the keys and the audience at both ends, and the clocks. Is the path one that answers 2xx to who is signed in (--path)?";
    return [wrong(`right_${name}`, `refuses a rightly ${noun} request`, todo, `status ${status}`)];
  }

  /** The first key of a ring makes: an origin that takes a later one only was not told before it was promoted. */
  #ringKnown({ name, keys, took }) {
    if (took.length === 0 || keys.length < 2) return [];
    const id = `ring_${name}`;
    const unknown = keys.filter((key) => !took.includes(key)).map((key) => key.id);
    if (unknown.length === 0) return [ok(id, `knows every key of the ring: ${keys.map((key) => key.id).join(", ")}`)];
    if (!took.includes(keys[0])) {
      const todo = `Put ${took[0].id} first again, tell the origin of ${keys[0].id}, wait, then promote it: npm run keys -- rotate`;
      return [wrong(id, `does not know ${keys[0].id}, which makes: it was promoted in one step`, todo)];
    }
    return [untried(id, `does not know ${unknown.join(", ")} yet`, "Tell the origin before you promote it. If it is an old key, take it out of the ring.")];
  }

  async #cases(form, cases) {
    const isOther = form.took.length === 0 && this.forms.some(({ took }) => took.length > 0);
    if (isOther) return [];
    const checks = [];
    for (const one of cases) checks.push(await this.#one(form, one));
    checks.push(await this.#replayed(form));
    return checks;
  }

  async #one(form, { id, what, todo, needs, as = (request) => request, each = () => [undefined], sends }) {
    const published = this.#publishedFor(form);
    if (needs === true && !form.key) return untried(id, what, noKey(form));
    if (needs === true && this.known.audience === undefined) return untried(id, what, noAudience);
    if (needs === "public" && !published) return untried(id, what, "Give the published keys: --url PUBLIC_URL.");
    const request = as(this.request);
    const key = form.key ?? (published && { id: published.id, bytes: randomBytes(32) });
    for (const item of each(published ?? {})) {
      const [who, other] = [nobody(), nobody()];
      const right = this.#right(form, key, who);
      const made = sends({ right, request, plain: this.request, who, other, key, each: item, now: this.#now, issuer: this.known.issuer });
      const answer = await send(this.url, { ...request, headers: [...made, ...form.beside(request, who)] });
      if (this.#gotIn(answer, [who, other])) return wrong(id, what, todo, `status ${answer.status}`);
      const unknowable = this.#unknowable(form, answer);
      if (unknowable) return untried(id, what, undefined, unknowable);
    }
    return ok(id, what);
  }

  /** Why a refusal proves nothing. */
  #unknowable(form, { status }) {
    if (this.#openToAll && isIn(status) && form.took.length === 0) return "everybody gets in";
    if (form.took.length > 0) return undefined;
    if (this.forms.some(({ keys }) => keys.length > 0)) return "a right one does not get in either";
    if (isRefusal(status)) return undefined;
    return `status ${status}, and no right request is known to get in`;
  }

  #publishedFor(form) {
    if (form.name !== "assertion") return undefined;
    const own = this.known.halves?.[0];
    return own ?? this.known.published?.[0];
  }

  async #replayed(form) {
    const [id, what] = ["replayed", form.name === "signature" ? "a POST once more, with the same nonce" : "a POST once more, with the same jti"];
    if (!this.unsafe) return untried(id, what, "Leave --no-post out.");
    if (form.took.length === 0) return untried(id, what, form.key ? undefined : noKey(form), form.key && "a right one does not get in either");
    const who = nobody();
    const request = { ...this.request, method: "POST" };
    const headers = [...this.#right(form, form.key, who)(request), ...form.beside(request, who)];
    const first = await send(this.url, { ...request, headers });
    if (!this.#gotIn(first, [who])) return untried(id, what, "Name a path that takes a POST as well: --path", `a right POST gets ${first.status}`);
    const second = await send(this.url, { ...request, headers });
    if (!this.#gotIn(second, [who])) return ok(id, what);
    if (form.name === "assertion") return untried(id, what, "It gets in for 15 s. Whoever minds remembers each jti (docs/identity.md, Assertions, step 4).", `status ${second.status}`);
    return wrong(id, what, "Remember the nonces of unsafe requests for as long as they are good, in a store that all processes share.", `status ${second.status}`);
  }
}

const isIn = (status) => status >= 200 && status < 300;
const isRefusal = (status) => [301, 302, 303, 307, 401, 403].includes(status);
const noAudience = "Say whom identities are for: --url PUBLIC_URL, or AUDIENCE in the settings.";
const noKey = ({ name }) => (name === "signature" ? "Give the key: IDENTITY_KEYS in .dev.vars, as a variable, or by --keys FILE." : "Give the seed: ASSERTION_KEYS in .dev.vars, as a variable, or by --keys FILE.");
