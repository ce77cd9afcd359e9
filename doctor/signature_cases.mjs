// Requests that no origin may believe, in the form of the signature. What each shows is one step of "What a verifier of
// the signature must do" (docs/identity.md) left out.

import { randomBytes } from "node:crypto";
import { components, signature } from "./forge.mjs";

const elsewhere = "/doctor-elsewhere";
const bytes = () => randomBytes(32);

/** A header's value in every pair of this name made by `change`; the others stay. */
const with_ = (pairs, name, change) => pairs.map(([known, value]) => (known === name ? [known, change(value)] : [known, value]));
const doubled = (pairs, name, value, { first }) => (first ? [[name, value], ...pairs] : [...pairs, [name, value]]);
const valueOf = (pairs, name) => pairs.find(([known]) => known === name)[1];
const underscored = (pairs) => pairs.map(([name, value]) => [name.replaceAll("-", "_"), value]);
const beyond = (target) => `${target}${target.includes("?") ? "&" : "?"}doctor=1`;

/** What of the right headers is another's. */
const takenOver = (pairs, who, other) => with_(pairs, "Edgeward-Identity", (value) => value.replace(who.account, other.account));

/**
 * Each: `id`; `what` was sent; `todo`, where it got in; `needs` the right key; `sends({ right, request, who, other })`, the
 * headers. `right` makes right ones for a request, with what stands over them; `as` changes the request itself.
 */
export const signatureCases = [
  {
    id: "unsigned_identity",
    what: "an identity that nobody signed",
    todo: "Believe Edgeward-Identity only after its signature was checked (docs/identity.md).",
    sends: ({ right, request }) => right(request, { key: { id: "i1", bytes: bytes() } }).slice(0, 1),
  },
  {
    id: "wrong_key",
    what: "one signed by another key, under a name of the ring",
    todo: "Compare the HMAC, in constant time, with one of your own by the key of the ring (step 4).",
    sends: ({ right, request, key }) => right(request, { key: { id: key?.id ?? "i1", bytes: bytes() } }),
  },
  {
    id: "unknown_key",
    what: "one signed by a key that is not in the ring",
    todo: "Take keys from the ring alone; what names another is refused (step 3).",
    sends: ({ right, request }) => right(request, { key: { id: "doctor", bytes: bytes() } }),
  },
  {
    id: "altered_identity",
    what: "somebody else's name in a right signature",
    todo: "Build the signature base with Edgeward-Identity as it was received (step 3).",
    needs: true,
    sends: ({ right, request, who, other }) => takenOver(right(request), who, other),
  },
  {
    id: "altered_signature",
    what: "a signature of zeros",
    todo: "Compare the HMAC with one of your own (step 4).",
    sends: ({ right, request, key }) => with_(right(request, { key: key ?? { id: "i1", bytes: bytes() } }), "Signature", () => `edgeward=:${Buffer.alloc(32).toString("base64")}:`),
  },
  {
    id: "stale",
    what: "one that expired five minutes ago",
    todo: "Refuse when `expires` is past (step 5), and keep the clock right.",
    needs: true,
    sends: ({ right, request, now }) => right(request, { created: now - 360, expires: now - 300 }),
  },
  {
    id: "from_future",
    what: "one made five minutes from now",
    todo: "Refuse when `created` is more than 5 s ahead (step 5).",
    needs: true,
    sends: ({ right, request, now }) => right(request, { created: now + 300, expires: now + 360 }),
  },
  {
    id: "lives_too_long",
    what: "one that is good for a day",
    todo: "Refuse when `created` and `expires` are more than 60 s apart (step 5).",
    needs: true,
    sends: ({ right, request, now }) => right(request, { created: now, expires: now + 86_400 }),
  },
  {
    id: "wrong_path",
    what: "one signed for another path",
    todo: "Build @path from the request target as it was received, not from what a header says (step 3).",
    needs: true,
    sends: ({ right, request }) => right(request, { over: { target: elsewhere } }),
  },
  {
    id: "wrong_target",
    what: "an identity that names another path, rightly signed",
    todo: "Compare `target` with the raw target of the request (step 6).",
    needs: true,
    sends: ({ right, request }) => right(request, { named: elsewhere }),
  },
  {
    id: "wrong_query",
    what: "one signed without the query",
    todo: "Build @query from the request target as it was received (step 3).",
    needs: true,
    as: (request) => ({ ...request, target: beyond(request.target) }),
    sends: ({ right, request, plain }) => right(request, { over: { target: plain.target } }),
  },
  {
    id: "wrong_method",
    what: "one signed for DELETE",
    todo: "Build @method from the request's own (step 3).",
    needs: true,
    sends: ({ right, request }) => right(request, { over: { method: "DELETE" } }),
  },
  {
    id: "wrong_audience",
    what: "one for another application",
    todo: "Compare `aud` with your own AUDIENCE (step 6).",
    needs: true,
    sends: ({ right, request }) => right(request, { audience: "https://doctor.invalid" }),
  },
  {
    id: "doubled_identity",
    what: "a second Edgeward-Identity after the right one",
    todo: "Look at the raw headers: each of ours is there exactly once (step 1).",
    needs: true,
    sends: ({ right, request, who, other }) => {
      const pairs = right(request);
      return doubled(pairs, "Edgeward-Identity", valueOf(takenOver(pairs, who, other), "Edgeward-Identity"), { first: false });
    },
  },
  {
    id: "doubled_identity_first",
    what: "a second Edgeward-Identity before the right one",
    todo: "Look at the raw headers: each of ours is there exactly once (step 1).",
    needs: true,
    sends: ({ right, request, who, other }) => {
      const pairs = right(request);
      return doubled(pairs, "Edgeward-Identity", valueOf(takenOver(pairs, who, other), "Edgeward-Identity"), { first: true });
    },
  },
  {
    id: "doubled_signature",
    what: "a second Signature",
    todo: "Look at the raw headers: each of ours is there exactly once (step 1).",
    needs: true,
    sends: ({ right, request }) => doubled(right(request), "Signature", `edgeward=:${bytes().toString("base64")}:`, { first: false }),
  },
  {
    id: "doubled_input",
    what: "a second Signature-Input",
    todo: "Look at the raw headers: each of ours is there exactly once (step 1).",
    needs: true,
    sends: ({ right, request }) => doubled(right(request), "Signature-Input", valueOf(right(request, { tag: "other" }), "Signature-Input"), { first: false }),
  },
  {
    id: "alias_beside",
    what: "an Edgeward_Identity beside the right one",
    todo: "Refuse our names in any other spelling: whatever is not a letter or digit counts as a hyphen.",
    needs: true,
    sends: ({ right, request, who, other }) => {
      const pairs = right(request);
      return [...pairs, ["Edgeward_Identity", valueOf(takenOver(pairs, who, other), "Edgeward-Identity")]];
    },
  },
  {
    id: "alias_alone",
    what: "our headers with underscores",
    todo: "Read Edgeward-Identity, Signature-Input and Signature under these names alone; where the server makes no difference (CGI, WSGI), have it drop names with underscores.",
    needs: true,
    sends: ({ right, request }) => underscored(right(request)),
  },
  ...components.map((name) => ({
    id: `uncovered_${name.replace(/^@/, "").replace("edgeward-", "")}`,
    what: `one that does not cover ${name}`,
    todo: "Refuse any other list of components than ours, in this order (step 2).",
    needs: true,
    sends: ({ right, request }) => right(request, { covered: components.filter((known) => known !== name) }),
  })),
  {
    id: "uncovered_link",
    what: "an Edgeward-Link that is not covered",
    todo: "Where an Edgeward-Link is there, it is the last component but a digest, or the request is refused (step 2).",
    needs: true,
    sends: ({ right, request }) => [...right(request), ["Edgeward-Link", `id="lnk_${"a".repeat(26)}", path="${request.target.split("?")[0]}"`]],
  },
  {
    id: "wrong_tag",
    what: "a signature made for something else (another tag)",
    todo: 'Refuse what does not say tag="edgeward" (step 2).',
    needs: true,
    sends: ({ right, request }) => right(request, { tag: "other" }),
  },
  {
    id: "no_tag",
    what: "a signature without a tag",
    todo: 'Refuse what does not say tag="edgeward" (step 2).',
    needs: true,
    sends: ({ right, request }) => right(request, { tag: null }),
  },
];

/** The headers of a right request, and of one that is right but for what stands over it. */
export const signedBy = (settings) => (request, over = {}) => signature(request, { ...settings, ...over });
