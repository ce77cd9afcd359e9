// A person with a browser, without the browser: cookies, forms, redirects and the headers a browser adds.
//
// The verbs (`signsUp`, `opensMail`, …) are what stories are told with; `fetch` sends anything. It speaks
// `node:http` and not the built-in fetch, which would write some of these headers itself.

import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { Jar } from "./cookies.mjs";

export class Visitor {
  /** The page the visitor looks at. */
  page;

  constructor(house, { email, password, address, jar = new Jar() }) {
    Object.assign(this, { house, email, password, address, jar });
  }

  /** The same person at another browser. */
  elsewhere() {
    return this.house.visitor({ email: this.email, password: this.password });
  }

  /** Somebody who copied this visitor's cookies. */
  thief() {
    return this.house.visitor({ jar: this.jar.copy() });
  }

  // What people do

  async signsUp({ next, email = this.email, password = this.password } = {}) {
    await this.visits(`/login/signup${query({ next })}`);
    return this.submits({ email, password });
  }

  /** Opens the newest mail of a type and follows its link; the page it leads to is what comes back. */
  async opensMail(type = "auth.verify") {
    return this.follows(await this.receives(type));
  }

  /** Follows the link of a mail. */
  follows(mail) {
    assert.ok(mail.link.startsWith(`${this.house.url}/`), `a link of ours: ${mail.link}`);
    return this.visits(mail.link.slice(this.house.url.length), { from: "cross-site" });
  }

  /** The newest mail of a type, which may be still to come. `another`: one that nobody opened yet. */
  async receives(type, { to = this.email, another = false } = {}) {
    const unopened = (id) => !this.house.opened.has(id);
    const mail = await this.house.mailbox.received({ to, type, id: another ? unopened : undefined });
    this.house.opened.add(mail.id);
    return mail;
  }

  /** The token of the newest mail of a type. */
  async tokenOf(type, which) {
    return tokenIn(await this.receives(type, which));
  }

  /** Presses the button of the page a link led to. */
  confirms(fields = {}) {
    return this.submits(fields);
  }

  async signsIn({ next, email = this.email, password = this.password } = {}) {
    await this.visits(`/login${query({ next })}`);
    return this.submits({ email, password });
  }

  signsOut() {
    return this.#posts("/login/logout", {});
  }

  /** Signs up, opens the mail, presses the button: an account, and a session in this browser. */
  async settlesIn(options) {
    await this.signsUp(options);
    await this.opensMail();
    return this.confirms();
  }

  /** Asks for a letter on one of the pages for that: `forgot`, `magic` or `resend`. */
  async asksFor(page, { next, email = this.email } = {}) {
    await this.visits(`/login/${page}${query({ next })}`);
    return this.submits({ email });
  }

  /** Uses a form of the account page, by what it does. */
  async manages(action, fields = {}) {
    if (this.page?.path !== "/login/account") await this.visits("/login/account");
    const forms = this.page.forms.filter(({ hidden }) => hidden.action === action);
    return this.submits(fields, { ...this.page, forms });
  }

  /** Whether a session lives in this browser: asked of what no cookie is trusted for. */
  async isSignedIn() {
    return (await this.calls("/auth/session")).status === 200;
  }

  // What a browser does

  /** Goes to a path, follows redirects, and looks at what comes. `from`: the value of Sec-Fetch-Site. */
  async visits(path, { from = "none" } = {}) {
    return this.#follows(path, await this.fetch(path, { headers: navigation(from) }));
  }

  /** Fills in the form of the current page that has these fields, and sends it. */
  async submits(fields, page = this.page) {
    const form = page.forms.find((one) => Object.keys(fields).every((name) => name in one.fields) && !one.action.endsWith("/logout"));
    assert.ok(form, `a form with ${Object.keys(fields).join(", ") || "a button"} on ${page.path} (${page.status}): ${page.text}`);
    return this.#posts(form.action || page.path, { ...form.filled, ...fields });
  }

  async #posts(path, fields) {
    const answer = await this.fetch(path, { method: "POST", form: fields, headers: navigation("same-origin") });
    return this.#follows(path, answer);
  }

  async #follows(path, first) {
    const trail = [{ path, status: first.status }];
    let answer = first;
    while ([301, 302, 303, 307, 308].includes(answer.status) && answer.headers.location) {
      assert.ok(trail.length < 10, `too many redirects: ${JSON.stringify(trail)}`);
      const target = new URL(answer.headers.location, this.house.url + trail.at(-1).path);
      assert.equal(target.origin, this.house.url, "a redirect within Edgeward");
      const next = target.pathname + target.search;
      answer = await this.fetch(next, { headers: navigation("same-origin") });
      trail.push({ path: next, status: answer.status });
    }
    this.page = { ...answer, path: trail.at(-1).path, trail, html: answer.text, text: readable(answer.text), forms: formsOf(answer.text) };
    return this.page;
  }

  /** Calls a JSON route. The answer has `status`, `headers` and `json`. */
  calls(path, body, { method = body === undefined ? "GET" : "POST", ...rest } = {}) {
    return this.fetch(path, { method, json: body, ...rest });
  }

  /**
   * One request and its answer: cookies are kept, redirects are not followed. `null` takes a header away.
   * With `hold` the last byte of the body waits for the promise it returns: see race.mjs.
   */
  async fetch(path, { method = "GET", headers = {}, form, json, body, hold } = {}) {
    const content =
      form !== undefined ? ["application/x-www-form-urlencoded", new URLSearchParams(form).toString()]
      : json !== undefined ? ["application/json", JSON.stringify(json)]
      : [undefined, body];
    const sent = {
      Host: new URL(this.house.url).host,
      "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0",
      "CF-Connecting-IP": this.address,
      Cookie: this.jar.header(path.split("?")[0]),
      "Content-Type": content[0],
      "Content-Length": content[1] === undefined ? undefined : Buffer.byteLength(content[1]),
      Accept: "*/*",
      "Sec-Fetch-Site": "same-origin",
      "Sec-Fetch-Mode": "cors",
      Origin: ["GET", "HEAD"].includes(method) ? undefined : this.house.url,
      ...headers,
    };
    const kept = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined && value !== null));
    const answer = await exchange(this.house.port, { method, path, headers: kept }, content[1], hold);
    for (const line of answer.headers["set-cookie"] ?? []) this.#takes(line);
    return answer;
  }

  #takes(line) {
    this.jar.take(line);
    const [cookie] = line.split(";");
    if (!cookie.endsWith("=")) this.house.cookiesSet?.add(cookie);
  }
}

/** What came of a JSON call: `200 auth.login.success`. */
export const told = ({ status, json }) => `${status} ${json?.authMessageCode ?? ""}`.trim();

export const tokenIn = (mail) => new URL(mail.link).searchParams.get("token");

function exchange(port, { method, path, headers }, body, hold) {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port, method, path, headers, agent: false }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => resolve(read(answer, Buffer.concat(chunks))));
    });
    sent.on("error", reject);
    if (!hold) return sent.end(body);
    const bytes = Buffer.from(body);
    sent.write(bytes.subarray(0, -1), () => hold().then(() => sent.end(bytes.subarray(-1)), reject));
  });
}

function read({ statusCode, headers, rawHeaders }, bytes) {
  const text = bytes.toString("utf8");
  const isJson = /^application\/json/.test(headers["content-type"] ?? "");
  return { status: statusCode, headers, rawHeaders, bytes, text, json: isJson && text !== "" ? JSON.parse(text) : undefined };
}

const navigation = (from) => ({
  Accept: "text/html,application/xhtml+xml",
  "Sec-Fetch-Site": from,
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Dest": "document",
  "Sec-Fetch-User": "?1",
});

function query(fields) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}

// Reading our own pages needs no parser: they are well-formed, and attributes are quoted.

function formsOf(html) {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, attributes, inside]) => {
    const inputs = [...inside.matchAll(/<(input|textarea|select|button)\b([^>]*)>/g)]
      .map(([, tag, text]) => ({ tag, name: attribute(text, "name"), type: attribute(text, "type"), value: attribute(text, "value") ?? "" }))
      .filter(({ name }) => name);
    const pick = (wanted) => Object.fromEntries(inputs.filter(wanted).map(({ name, value }) => [name, value]));
    return {
      action: attribute(attributes, "action") ?? "",
      fields: pick(() => true),
      hidden: pick(({ type }) => type === "hidden"),
      filled: pick(({ tag }) => tag !== "button"),
    };
  });
}

function attribute(text, name) {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1];
  return value === undefined ? undefined : unescape(value);
}

const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const unescape = (text) =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(Number(decimal)) : (named[name] ?? whole),
  );

const readable = (html) =>
  unescape(html.replace(/<(script|style|svg)\b.*?<\/\1>/gs, " ").replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ").trim();
