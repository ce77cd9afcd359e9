// The signature after RFC 9421: `hmac-sha256` over method, path, query and the headers of ours.
//
// `Signature-Input` is read as one fixed shape, and refused when it is any other: a verifier that lets the
// sender choose what is covered lets the sender choose what is checked. The MAC is compared before anything
// it covers is parsed.

import { createHmac, timingSafeEqual } from "node:crypto";
import { identityOf, linkOf } from "./identity.mjs";
import { demand } from "./refused.mjs";
import { bytes } from "./structured.mjs";
import { demandTimely } from "./times.mjs";

const opening = /^edgeward=(\([^()]*\));/;
const parameters = /^created=(0|[1-9]\d{0,11});expires=(0|[1-9]\d{0,11});nonce="([A-Za-z0-9_-]{1,64})";keyid="([A-Za-z0-9_-]{1,64})";tag="([^"\\]*)"$/;

/** What was signed for this request: `{ identity, link, digest, nonce, expires }`. `headers`: what `received` gave. */
export function signedFor({ method, target }, headers, { keys, now }) {
  const [identity, input, signature] = ["edgeward-identity", "signature-input", "signature"].map((name) => {
    demand(headers.has(name), "missing_header");
    return headers.get(name);
  });
  const link = headers.get("edgeward-link");
  const digest = headers.get("content-digest");
  const weighed = input.includes(' "content-digest")');
  demand(!weighed || digest !== undefined, "missing_header");
  const names = [
    ...["@method", "@path", "@query", "edgeward-identity"],
    ...(link === undefined ? [] : ["edgeward-link"]),
    ...(weighed ? ["content-digest"] : []),
  ];

  const { created, expires, nonce, keyid } = inputOf(input, names);
  const key = keys.get(keyid);
  demand(key !== undefined, "unknown_key");

  const queryAt = target.indexOf("?");
  const values = {
    "@method": method,
    "@path": queryAt < 0 ? target : target.slice(0, queryAt),
    "@query": queryAt < 0 ? "?" : target.slice(queryAt),
    "edgeward-identity": identity,
    "edgeward-link": link,
    "content-digest": digest,
  };
  const lines = names.map((name) => `"${name}": ${values[name]}`);
  const base = [...lines, `"@signature-params": ${input.slice("edgeward=".length)}`].join("\n");
  const expected = createHmac("sha256", key).update(base).digest();
  demand(timingSafeEqual(macOf(signature), expected), "wrong_signature");

  demandTimely({ created, expires }, now);
  return {
    identity: identityOf(identity),
    link: link === undefined ? null : linkOf(link),
    digest: weighed ? digest : null,
    nonce,
    expires,
  };
}

function inputOf(text, names) {
  const open = opening.exec(text);
  const match = open && parameters.exec(text.slice(open[0].length));
  demand(match, "malformed_input");
  demand(open[1] === `(${names.map((name) => `"${name}"`).join(" ")})`, "wrong_components");
  const [, created, expires, nonce, keyid, tag] = match;
  demand(tag === "edgeward", "wrong_tag");
  return { created: Number(created), expires: Number(expires), nonce, keyid };
}

function macOf(text) {
  const match = /^edgeward=:([A-Za-z0-9+/]{43}=):$/.exec(text);
  demand(match, "malformed_signature");
  return bytes(match[1], "malformed_signature");
}
