// Requests that no origin may believe, in the form of the assertion: what docs/identity.md tells a JWT library to check,
// and the two comparisons after it, each left out.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { assertion, hs256, publicForms } from "./forge.mjs";

const seed = () => randomBytes(32);
const elsewhere = "/doctor-elsewhere";
const parts = ([[, token]]) => token.split(".");
const one = (token) => [["Edgeward-Assertion", token]];
const library = "Tell the JWT library what to take (docs/identity.md, Assertions, step 1):";

/** A key of one's own that a token brings along. */
function brought() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return { seed: privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32), jwk: publicKey.export({ format: "jwk" }) };
}

/** As in signature_cases.mjs. `needs: "public"` wants no more than the published half. */
export const assertionCases = [
  {
    id: "alg_none",
    what: "an assertion with alg none",
    todo: `${library} the algorithm EdDSA, and no other.`,
    sends: ({ right, request }) => right(request, { header: { alg: "none" }, by: () => "" }),
  },
  {
    id: "alg_hs256",
    what: "an assertion with alg HS256, by the published key as secret",
    todo: `${library} the algorithm EdDSA, and no other.`,
    needs: "public",
    each: ({ x }) => publicForms(x),
    sends: ({ right, request, each }) => right(request, { header: { alg: "HS256" }, by: hs256(each) }),
  },
  {
    id: "wrong_key",
    what: "an assertion by another key, under a name of the ring",
    todo: "Check the signature by the keys of /auth/jwks.json (step 1).",
    sends: ({ right, request, key }) => right(request, { key: { id: key?.id ?? "a1", bytes: seed() } }),
  },
  {
    id: "unknown_key",
    what: "an assertion by a key that is not in the set",
    todo: "Take keys from /auth/jwks.json alone (step 1).",
    sends: ({ right, request }) => right(request, { key: { id: "doctor", bytes: seed() } }),
  },
  {
    id: "brought_key",
    what: "an assertion that brings its own key (jwk)",
    todo: "Take keys from /auth/jwks.json alone, never from the token (step 1).",
    each: () => [brought()],
    sends: ({ right, request, key, each }) => right(request, { key: { id: key?.id ?? "a1", bytes: each.seed }, header: { jwk: each.jwk } }),
  },
  {
    id: "altered_claims",
    what: "somebody else's name under a right signature",
    todo: "Check the signature by the keys of /auth/jwks.json (step 1).",
    needs: true,
    sends: ({ right, request, other }) => {
      const [header, , mac] = parts(right(request));
      const [, claims] = parts(right(request, { who: other }));
      return one(`${header}.${claims}.${mac}`);
    },
  },
  {
    id: "stale",
    what: "an assertion that expired five minutes ago",
    todo: `${library} exp has to be ahead, with 5 s of difference between clocks. And keep the clock right.`,
    needs: true,
    sends: ({ right, request, now }) => right(request, { claims: { iat: now - 360, exp: now - 300 } }),
  },
  {
    id: "wrong_audience",
    what: "an assertion for another application",
    todo: `${library} your AUDIENCE as aud.`,
    needs: true,
    sends: ({ right, request }) => right(request, { claims: { aud: "https://doctor.invalid" } }),
  },
  {
    id: "wrong_issuer",
    what: "an assertion of another issuer",
    todo: `${library} PUBLIC_URL's origin as iss.`,
    needs: true,
    sends: ({ right, request }) => right(request, { claims: { iss: "https://doctor.invalid" } }),
  },
  {
    id: "wrong_type",
    what: "another kind of token by the same key (typ JWT)",
    todo: `${library} the type edgeward+jwt.`,
    needs: true,
    sends: ({ right, request }) => right(request, { header: { typ: "JWT" } }),
  },
  {
    id: "wrong_method",
    what: "an assertion for DELETE",
    todo: "Compare htm with the request's method (step 2).",
    needs: true,
    sends: ({ right, request }) => right(request, { claims: { htm: "DELETE" } }),
  },
  {
    id: "wrong_path",
    what: "an assertion for another path",
    todo: "Compare htu with PUBLIC_URL's origin and the raw target of the request (step 2).",
    needs: true,
    sends: ({ right, request, issuer }) => right(request, { claims: { htu: issuer + elsewhere } }),
  },
  {
    id: "wrong_query",
    what: "an assertion without the query",
    todo: "Compare htu with its query (step 2).",
    needs: true,
    as: (request) => ({ ...request, target: `${request.target}${request.target.includes("?") ? "&" : "?"}doctor=1` }),
    sends: ({ right, request, plain, issuer }) => right(request, { claims: { htu: issuer + plain.target } }),
  },
  {
    id: "wrong_host",
    what: "an assertion for another host's URL",
    todo: "Compare htu as a whole, with PUBLIC_URL's origin (step 2).",
    needs: true,
    sends: ({ right, request }) => right(request, { claims: { htu: `https://doctor.invalid${request.target}` } }),
  },
  {
    id: "doubled",
    what: "a second assertion after the right one",
    todo: "Look at the raw headers: Edgeward-Assertion is there exactly once (step 1).",
    needs: true,
    sends: ({ right, request, other }) => [...right(request), ...right(request, { who: other, by: () => Buffer.alloc(64) })],
  },
  {
    id: "doubled_first",
    what: "a second assertion before the right one",
    todo: "Look at the raw headers: Edgeward-Assertion is there exactly once (step 1).",
    needs: true,
    sends: ({ right, request, other }) => [...right(request, { who: other, by: () => Buffer.alloc(64) }), ...right(request)],
  },
  {
    id: "alias_beside",
    what: "an Edgeward_Assertion beside the right one",
    todo: "Refuse our name in any other spelling: whatever is not a letter or digit counts as a hyphen.",
    needs: true,
    sends: ({ right, request, other }) => [...right(request), ["Edgeward_Assertion", right(request, { who: other, by: () => Buffer.alloc(64) })[0][1]]],
  },
  {
    id: "alias_alone",
    what: "an Edgeward_Assertion alone",
    todo: "Read Edgeward-Assertion under this name alone; where the server makes no difference (CGI, WSGI), have it drop names with underscores.",
    needs: true,
    sends: ({ right, request }) => [["Edgeward_Assertion", right(request)[0][1]]],
  },
];

/** The header of a right request, and of one that is right but for what stands over it. */
export const assertedBy = (settings) => (request, over = {}) => assertion(request, { ...settings, ...over });
