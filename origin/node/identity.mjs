// From the members of the two dictionaries to who is asking, and by which link.

import { demand } from "./refused.mjs";
import { dictionary } from "./structured.mjs";

/** Reads `Edgeward-Identity`. Members that a later Edgeward may add are ignored. */
export function identityOf(header) {
  const reason = "malformed_identity";
  const members = dictionary(header, reason);
  const read = (name, kind) => {
    const value = members.get(name)?.[kind];
    demand(value !== undefined, reason);
    return value;
  };
  const list = (name, kind) => {
    const items = read(name, "list").map((item) => item[kind]);
    demand(items.every((item) => item !== undefined), reason);
    return items;
  };
  const about = { audience: read("aud", "string"), target: read("target", "string"), request: read("id", "string") };
  if (members.get("account")?.token === "anonymous") {
    demand(!["session", "roles", "at", "methods", "email"].some((name) => members.has(name)), reason);
    return { account: null, session: null, roles: [], methods: [], authenticatedAt: null, email: null, ...about };
  }
  const email = members.get("email");
  return {
    account: read("account", "string"),
    session: read("session", "string"),
    roles: list("roles", "string"),
    methods: list("methods", "token"),
    authenticatedAt: read("at", "integer"),
    email: email === undefined ? null : (email.display ?? read("email", "string")),
    ...about,
  };
}

/** Reads `Edgeward-Link`: its id and path, and everything else as claims. */
export function linkOf(header) {
  const reason = "malformed_link";
  const { id, path, ...claims } = Object.fromEntries(dictionary(header, reason));
  demand(/^lnk_[a-z2-7]{26}$/.test(id?.string ?? ""), reason);
  demand(path?.string?.startsWith("/"), reason);
  const plain = ({ string, display, integer, decimal, boolean }) => string ?? display ?? integer ?? decimal ?? boolean;
  const values = Object.entries(claims).map(([name, member]) => [name, plain(member)]);
  demand(values.every(([, value]) => value !== undefined), reason);
  return { id: id.string, path: path.string, claims: Object.fromEntries(values) };
}

/** Whether a target lies at a path or below it, by whole segments. */
export function isBelow(target, path) {
  const asked = target.split("?")[0];
  return path === "/" || asked === path || asked.startsWith(`${path}/`);
}
