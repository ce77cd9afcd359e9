// What of a request's headers is ours: each once, under its one spelling.
//
// An application, or a proxy before it, may read `Edgeward_Identity` as `Edgeward-Identity`. So whoever sends
// another spelling of one of our names is refused, whatever else they send.

import { demand } from "./refused.mjs";

const digest = "content-digest";
const ours = new Set(["edgeward-assertion", "edgeward-identity", "edgeward-link", "signature", "signature-input"]);

/** The headers of ours by lower-case name. `headers`: every pair, as it came. */
export function received(headers) {
  const found = new Map();
  const names = headers.map(([name]) => name.toLowerCase());
  for (const name of names) demand(ours.has(name) || !ours.has(name.replace(/[^a-z0-9]/g, "-")), "alias_header");
  headers.forEach(([, value], at) => {
    if (!ours.has(names[at])) return;
    demand(!found.has(names[at]), "duplicate_header");
    found.set(names[at], value);
  });
  // Anybody may send a digest. One that is there once, under its one spelling, may be one that was signed.
  const digests = headers.filter((_, at) => names[at].replace(/[^a-z0-9]/g, "-") === digest);
  if (digests.length === 1 && digests[0][0].toLowerCase() === digest) found.set(digest, digests[0][1]);
  return found;
}
