// A browser's cookie jar for one host, as far as Edgeward's cookies need it (RFC 6265bis).
// `localhost` counts as a secure origin, as it does in browsers.

export class Jar {
  #cookies = new Map();
  /** What the server tried to set and a browser would not take. */
  refused = [];

  /** Takes one `Set-Cookie` line. */
  take(line) {
    const [pair, ...rest] = line.split(";").map((part) => part.trim());
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const attributes = new Map(rest.map((part) => [part.split("=")[0].toLowerCase(), part.split("=").slice(1).join("=")]));
    const path = attributes.get("path") ?? "/";
    if (name.startsWith("__Host-") && !(attributes.has("secure") && path === "/" && !attributes.has("domain"))) {
      this.refused.push(line);
      return;
    }
    const ends = endOf(attributes);
    const key = `${name};${path}`;
    if (ends <= Date.now()) this.#cookies.delete(key);
    else this.#cookies.set(key, { name, value, path, ends, attributes });
  }

  /** The value of the `Cookie` header for a path; undefined when there is none. */
  header(path) {
    const sent = this.#living().filter((cookie) => path.startsWith(cookie.path));
    return sent.length > 0 ? sent.map(({ name, value }) => `${name}=${value}`).join("; ") : undefined;
  }

  value(name) {
    return this.#living().find((cookie) => cookie.name === name)?.value;
  }

  attributes(name) {
    return this.#living().find((cookie) => cookie.name === name)?.attributes;
  }

  names() {
    return this.#living().map(({ name }) => name);
  }

  /** Puts a cookie in by hand, as a thief would. */
  put(name, value) {
    this.#cookies.set(`${name};/`, { name, value, path: "/", ends: Infinity, attributes: new Map() });
  }

  forget(name) {
    for (const [key, cookie] of this.#cookies) if (cookie.name === name) this.#cookies.delete(key);
  }

  copy() {
    const copy = new Jar();
    copy.#cookies = new Map(this.#cookies);
    return copy;
  }

  #living() {
    return [...this.#cookies.values()].filter((cookie) => cookie.ends > Date.now());
  }
}

function endOf(attributes) {
  if (attributes.has("max-age")) return Date.now() + Number(attributes.get("max-age")) * 1000;
  if (attributes.has("expires")) return Date.parse(attributes.get("expires"));
  return Infinity;
}
