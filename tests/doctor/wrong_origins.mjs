// Origins that check identity as they should, but for the mistakes they are told to make. They are written apart from the
// verifiers of origin/, loosely, and show on their page whom they believe.

import { createHmac, createPublicKey, verify as verifySignature } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

const components = ["@method", "@path", "@query", "edgeward-identity"];
const names = ["edgeward-identity", "signature-input", "signature", "edgeward-link", "edgeward-assertion"];

class No extends Error {}
const demand = (condition, reason) => {
  if (!condition) throw new No(reason);
};

/**
 * Starts an origin for the test `t`. `form`: `signature`, `assertion` or `both`. `keys`: id to bytes, or id to `x`; of both, by form. `mistakes`: names
 * of what it leaves out, see below. `date` moves the clock of its answers. Gives its URL.
 */
export async function startWrongOrigin(t, { form, keys, audience, issuer, mistakes = [], date = 0, also }) {
  const makes = (mistake) => mistakes.includes(mistake);
  const used = new Set();
  const judge = { signature: bySignature, assertion: byAssertion, both: byBoth }[form];
  const server = createServer((request, response) => {
    response.sendDate = false;
    if (!makes("has no clock")) response.setHeader("Date", new Date(Date.now() + date).toUTCString());
    try {
      const account = makes("believes anybody") ? "whoever you are" : judge(request, { keys, audience, issuer, makes, used });
      if (also) also(request);
      response.writeHead(200, { "Content-Type": "text/plain" }).end(`Hello, ${account}\n`);
    } catch (error) {
      if (!(error instanceof No)) throw error;
      if (makes("greets strangers")) return response.writeHead(200).end("Please sign in\n");
      response.writeHead(makes("hides its pages") ? 404 : 403).end(`${error.message}\n`);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** One header: exactly one, under its one spelling. */
function headerOf({ rawHeaders }, name, makes) {
  const pairs = rawHeaders.flatMap((text, at) => (at % 2 ? [] : [[text.toLowerCase(), rawHeaders[at + 1]]]));
  const plain = (text) => text.replace(/[^a-z0-9]/g, "-");
  const others = pairs.filter(([known]) => known !== name && plain(known) === name);
  if (!makes("does not look at other spellings") && !makes("believes other spellings")) demand(others.length === 0, "another spelling");
  const found = pairs.filter(([known]) => known === name || (makes("believes other spellings") && plain(known) === name)).map(([, value]) => value);
  if (makes("takes the first of doubled headers")) return found[0];
  if (makes("takes the last of doubled headers")) return found.at(-1);
  demand(found.length < 2, "doubled");
  return found[0];
}

function bySignature(request, { keys, audience, makes, used }) {
  const read = Object.fromEntries(names.map((name) => [name, headerOf(request, name, makes)]));
  const identity = read["edgeward-identity"];
  const member = (name) => new RegExp(`${name}="([^"]*)"`).exec(identity ?? "")?.[1];
  demand(identity !== undefined, "no identity");
  if (makes("believes the header alone")) return member("account");
  demand(read["signature-input"] && read.signature, "no signature");

  const [, covered, rest] = /^edgeward=\(([^)]*)\)(.*)$/.exec(read["signature-input"]) ?? [];
  demand(covered !== undefined, "no input");
  const list = covered.split(" ").filter(Boolean).map((name) => name.slice(1, -1));
  const wanted = [...components, ...(read["edgeward-link"] && !makes("does not look at links") ? ["edgeward-link"] : [])];
  if (!makes("takes any components")) demand(list.join() === wanted.join(), "components");
  const parameters = Object.fromEntries(rest.split(";").filter(Boolean).map((one) => one.split("=", 2)));
  const text = (name) => parameters[name]?.slice(1, -1);
  if (!makes("takes any tag")) demand(text("tag") === "edgeward", "tag");
  const key = keys.get(text("keyid"));
  if (!makes("compares no signature")) demand(key, "key");

  const target = makes("takes the path from the identity") ? member("target") : request.url;
  const [path, own] = target.split(/\?(.*)/s);
  const query = makes("takes the query from the identity") ? member("target").split(/\?(.*)/s)[1] : own;
  const macs = (makes("takes any method") ? ["GET", "POST", "DELETE"] : [request.method]).map((method) => {
    const values = { "@method": method, "@path": path, "@query": `?${query ?? ""}`, "edgeward-identity": identity, "edgeward-link": read["edgeward-link"] };
    const lines = [...list.map((name) => `"${name}": ${values[name]}`), `"@signature-params": (${covered})${rest}`];
    return `edgeward=:${createHmac("sha256", key ?? "").update(lines.join("\n")).digest("base64")}:`;
  });
  if (!makes("compares no signature")) demand(macs.includes(read.signature), "signature");

  const now = Date.now() / 1000;
  const [created, expires] = [Number(parameters.created), Number(parameters.expires)];
  if (!makes("does not look at the end")) demand(now < expires, "expired");
  if (!makes("does not look at the beginning")) demand(created <= now + 5, "future");
  if (!makes("does not look at the life")) demand(expires - created <= 60, "life");
  if (!makes("does not look at the audience")) demand(member("aud") === audience, "audience");
  if (!makes("does not look at the target")) demand(member("target") === target, "target");
  if (request.method === "POST" && !makes("forgets nonces")) {
    demand(!used.has(text("nonce")), "replayed");
    used.add(text("nonce"));
  }
  return member("account");
}

function byBoth(request, { keys, ...rest }) {
  const accounts = [bySignature(request, { ...rest, keys: keys.signature }), byAssertion(request, { ...rest, keys: keys.assertion })];
  demand(accounts[0] === accounts[1], "two accounts");
  return accounts[0];
}

function byAssertion(request, { keys, audience, issuer, makes }) {
  const token = headerOf(request, "edgeward-assertion", makes);
  demand(token !== undefined, "no assertion");
  const [header, payload, mac] = token.split(".");
  const part = (text) => JSON.parse(Buffer.from(text, "base64url"));
  const { alg, typ, kid, jwk } = part(header);
  const claims = part(payload);
  if (!makes("only decodes")) demand(isSigned({ alg, kid, jwk, text: `${header}.${payload}`, mac: Buffer.from(mac, "base64url") }, keys, makes), "signature");
  if (!makes("takes any type")) demand(typ === "edgeward+jwt", "type");
  if (!makes("does not look at the end")) demand(Date.now() / 1000 < claims.exp + 5, "expired");
  if (!makes("does not look at the audience")) demand(claims.aud === audience, "audience");
  if (!makes("does not look at the issuer")) demand(claims.iss === issuer, "issuer");
  if (!makes("takes any method")) demand(claims.htm === request.method, "method");
  const seen = new URL(claims.htu);
  const target = claims.htu.slice(seen.origin.length);
  if (!makes("does not look at the URL") && !makes("does not look at the host")) demand(seen.origin === issuer, "host");
  if (!makes("does not look at the URL")) demand(makes("does not look at the query") ? seen.pathname === request.url.split("?")[0] : target === request.url, "target");
  return claims.sub;
}

function isSigned({ alg, kid, jwk, text, mac }, keys, makes) {
  const bytes = Buffer.from(text);
  if (alg === "none") return makes("takes alg none");
  const published = keys.get(kid) && { kty: "OKP", crv: "Ed25519", x: keys.get(kid) };
  if (alg === "HS256") {
    const pem = published && createPublicKey({ key: published, format: "jwk" }).export({ format: "pem", type: "spki" });
    return makes("takes HS256 by the published key") && published !== undefined && createHmac("sha256", pem).update(bytes).digest().equals(mac);
  }
  const key = makes("takes the key of the token") && jwk ? jwk : published;
  return key !== undefined && verifySignature(null, bytes, createPublicKey({ key, format: "jwk" }), mac);
}
