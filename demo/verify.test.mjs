// What an origin must refuse. The header a test sends is written by hand here, byte by byte, so that the
// signer and the verifier cannot be wrong in the same way.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { verify } from "./verify.mjs";

const key = Buffer.from("0123456789abcdef0123456789abcdef");
const audience = "https://app.example.com";
const now = 1_800_000_000;
const settings = { keys: new Map([["i1", key]]), audience, now };

const ann = (target = "/private/x?a=1") =>
  `account="acc_ann", session="ses_1", roles=("admin" "billing"), at=1799999000, methods=(password), aud="${audience}", target="${target}", id="r1"`;

/** A signed request; every part can be another than the one that was signed. */
function request({
  method = "GET",
  url = "/private/x?a=1",
  link,
  digest,
  identity = ann(url),
  created = now - 1,
  expires = now + 59,
  keyid = "i1",
  tag = "edgeward",
  components = `("@method" "@path" "@query" "edgeward-identity"${link === undefined ? "" : ` "edgeward-link"`}${digest === undefined ? "" : ` "content-digest"`})`,
  more = "",
  secret = key,
  path = url.split("?")[0],
  query = url.includes("?") ? url.slice(url.indexOf("?")) : "?",
  extraHeaders = [],
} = {}) {
  const parameters = `${components};created=${created};expires=${expires};nonce="n_-1";keyid="${keyid}";tag="${tag}"${more}`;
  const base =
    `"@method": ${method}\n"@path": ${path}\n"@query": ${query}\n` +
    `"edgeward-identity": ${identity}\n${link === undefined ? "" : `"edgeward-link": ${link}\n`}` +
    `${digest === undefined ? "" : `"content-digest": ${digest}\n`}"@signature-params": ${parameters}`;
  const signature = createHmac("sha256", secret).update(base).digest("base64");
  return {
    method,
    url,
    rawHeaders: [
      "Host", "origin.internal",
      "Edgeward-Identity", identity,
      "Signature-Input", `edgeward=${parameters}`,
      "Signature", `edgeward=:${signature}:`,
      ...(link === undefined ? [] : ["Edgeward-Link", link]),
      ...(digest === undefined ? [] : ["Content-Digest", digest]),
      ...extraHeaders,
    ],
  };
}

test("a digest of the body counts where the signature covers it, and nowhere else", () => {
  const digest = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
  assert.equal(verify(request({ digest }), settings).digest, digest);
  const own = ["Content-Digest", digest];
  assert.equal(verify(request({ extraHeaders: own }), settings).digest, null, "whoever sent it");
  assert.equal(reasonFor(request({ digest, extraHeaders: own })), "more than one content-digest");
  const signed = request({ digest });
  const other = signed.rawHeaders.map((text) => (text === digest ? digest.replace("47", "48") : text));
  assert.equal(reasonFor(changed(signed, { rawHeaders: other })), "wrong signature");
  assert.equal(reasonFor(changed(signed, { rawHeaders: signed.rawHeaders.slice(0, -2) })), "no content-digest");
});

const reasonFor = (asked, over = {}) => {
  const verdict = verify(asked, { ...settings, ...over });
  assert.equal(verdict.ok, false);
  assert.equal(verdict.identity, undefined);
  return verdict.reason;
};
const changed = (asked, change) => ({ ...asked, ...change });

test("a signed request says who is asking", () => {
  const verdict = verify(request(), settings);
  assert.equal(verdict.ok, true);
  assert.deepEqual(verdict.identity, {
    account: "acc_ann",
    session: "ses_1",
    authenticatedAt: 1_799_999_000,
    roles: ["admin", "billing"],
    methods: ["password"],
    audience,
    target: "/private/x?a=1",
    request: "r1",
  });
});

test("the signature of a known request is the one RFC 9421 gives", () => {
  // Pinned: computed apart from this code, with `openssl dgst -sha256 -hmac`.
  const pinned = request({ created: 1_800_000_000, expires: 1_800_000_060 });
  assert.equal(pinned.rawHeaders.at(-1), "edgeward=:XMB0pMZIn3CmI5bLKowxdkCj4wWvtGl5kVP7GvWxcGk=:");
});

test("nobody signed in is known as nobody", () => {
  const identity = `account=anonymous, aud="${audience}", target="/", id="r1"`;
  assert.equal(verify(request({ url: "/", identity }), settings).identity.account, null);
});

test("an e-mail address may have letters beyond ASCII", () => {
  const identity = `${ann()}, email=%"j%c3%bcrgen@example.com"`;
  assert.equal(verify(request({ identity }), settings).identity.email, "jürgen@example.com");
});

test("quotes in a target are read as they were sent", () => {
  const url = `/x?a="b\\`;
  const identity = ann(`/x?a=\\"b\\\\`);
  assert.equal(verify(request({ url, identity }), settings).identity.target, url);
});

test("an account without roles has none", () => {
  const identity = ann().replace(`("admin" "billing")`, "()");
  assert.deepEqual(verify(request({ identity }), settings).identity.roles, []);
});

test("what a later version may add is ignored", () => {
  assert.equal(verify(request({ identity: `${ann()}, level=2` }), settings).ok, true);
});

test("without a signature there is nobody", () => {
  for (const name of ["Edgeward-Identity", "Signature-Input", "Signature"]) {
    const asked = request();
    const at = asked.rawHeaders.indexOf(name);
    asked.rawHeaders.splice(at, 2);
    assert.equal(reasonFor(asked), `no ${name.toLowerCase()}`);
  }
});

test("a header that comes twice is no header", () => {
  for (const name of ["edgeward-identity", "SIGNATURE-INPUT", "signature"]) {
    assert.match(reasonFor(request({ extraHeaders: [name, "x"] })), /^more than one/);
  }
});

test("a signature by another key is wrong", () => {
  assert.equal(reasonFor(request({ secret: Buffer.alloc(32) })), "wrong signature");
  assert.equal(reasonFor(request({ keyid: "i2" })), "unknown key");
  assert.equal(reasonFor(request({ secret: Buffer.alloc(0) }), { keys: new Map([["i1", Buffer.alloc(0)]]) }), "unknown key");
});

test("a signature holds for one method, path and query", () => {
  assert.equal(reasonFor(changed(request(), { method: "POST" })), "wrong signature");
  assert.equal(reasonFor(changed(request(), { url: "/private/y?a=1" })), "wrong signature");
  assert.equal(reasonFor(changed(request(), { url: "/private/x?a=2" })), "wrong signature");
  assert.equal(reasonFor(changed(request(), { url: "/private/x" })), "wrong signature");
});

test("an identity for another target is refused although its signature is right", () => {
  assert.equal(reasonFor(request({ identity: ann("/private/x?a=2") })), "for another target");
  // A lone question mark is signed like none; the target tells them apart.
  assert.equal(reasonFor(request({ url: "/private/x?", identity: ann("/private/x") })), "for another target");
});

test("an identity for another application is refused", () => {
  assert.equal(reasonFor(request(), { audience: "https://other.example.com" }), "for another application");
});

test("a stale signature is refused, and one that is not yet or too long valid", () => {
  assert.equal(reasonFor(request({ created: now - 60, expires: now })), "expired");
  assert.equal(reasonFor(request({ created: now + 6, expires: now + 20 })), "from the future");
  assert.equal(reasonFor(request({ created: now - 1, expires: now + 60 })), "lives too long");
  assert.equal(verify(request({ created: now + 5, expires: now + 65 }), settings).ok, true);
});

test("a changed identity is refused", () => {
  const asked = request();
  asked.rawHeaders[3] = asked.rawHeaders[3].replace("acc_ann", "acc_bob");
  assert.equal(reasonFor(asked), "wrong signature");
});

test("a signature over less is refused", () => {
  assert.equal(reasonFor(request({ components: `("@method" "@path" "@query")` })), "another signature input");
  assert.equal(reasonFor(request({ tag: "other" })), "another tag");
});

test("signature parameters come once, and only the known ones", () => {
  assert.equal(reasonFor(request({ more: ";expires=99999999999" })), "doubled signature parameter");
  assert.equal(reasonFor(request({ more: `;alg="none"` })), "unknown signature parameter");
  assert.equal(reasonFor(request({ more: `, other=()` })), "unknown signature parameter");
});

test("an identity that cannot be read is no identity", () => {
  const bad = [
    "", ",", `${ann()},`, `${ann()}, account="acc_bob"`, `${ann()} x`, ann().replace("at=1799999000", "at=1.5"),
    ann().replace(`"ses_1"`, "ses_1"), ann().replace("at=1799999000, ", ""), ann().replace(`roles=("admin" "billing")`, `roles=("admin""billing")`),
    ann().replace(`("admin" "billing")`, `("admin"`), ann().replace(`("admin" "billing")`, "(admin)"), ann().replace(`"ses_1"`, `"ses_1`),
    ann().replace(`"acc_ann"`, "anonymous"), ann().replace(`account="acc_ann", `, ""), ann().replace(`"ses_1"`, `"ses_1";x=1`),
    `${ann()}, email=%"%ff"`, `${ann()}, email=%"%C3%BC"`,
  ];
  for (const identity of bad) assert.ok(reasonFor(request({ identity })), identity);
});

test("signatures of another shape are refused", () => {
  for (const text of ["edgeward=::", "edgeward=:AAAA:", "sig1=:AAAA:", "", `edgeward=:${"A".repeat(43)}=:, x=:AAAA:`]) {
    const asked = request();
    asked.rawHeaders[asked.rawHeaders.length - 1] = text;
    assert.equal(reasonFor(asked), "malformed signature");
  }
});

const lnk = "lnk_pw5ijbb4msj5h2ezfl5flnkmnu";
const linked = (over = {}) =>
  request({ link: `id="${lnk}", path="/private", draft=?0, final, n=-3, note="say \\"hi\\"", share=0.125, title=%"Gr%c3%b6%c3%9fe"`, ...over });

test("a request that came by a smart link says what it was let in for, and who is asking as ever", () => {
  const verdict = verify(linked(), settings);
  assert.equal(verdict.ok, true);
  assert.equal(verdict.identity.account, "acc_ann");
  assert.deepEqual(verdict.link, {
    id: lnk,
    path: "/private",
    claims: { draft: false, final: true, n: -3, note: 'say "hi"', share: 0.125, title: "Größe" },
  });
  assert.equal(verify(request(), settings).link, null);
  for (const path of ["/", "/private", "/private/x"]) {
    assert.equal(verify(linked({ link: `id="${lnk}", path="${path}"` }), settings).ok, true, path);
  }
});

test("a link is believed only where the signature covers it, once, whole and for this path", () => {
  const bare = `id="${lnk}", path="/private"`;
  const uncovered = `("@method" "@path" "@query" "edgeward-identity")`;
  assert.equal(reasonFor(request({ extraHeaders: ["Edgeward-Link", bare] })), "another signature input");
  assert.equal(reasonFor(linked({ components: uncovered })), "another signature input");
  assert.equal(reasonFor(linked({ extraHeaders: ["edgeward-link", bare] })), "more than one edgeward-link");
  const without = linked();
  without.rawHeaders = without.rawHeaders.filter((_, i, all) => ![all.indexOf("Edgeward-Link"), all.indexOf("Edgeward-Link") + 1].includes(i));
  assert.equal(reasonFor(without), "another signature input");
  const altered = linked();
  altered.rawHeaders = altered.rawHeaders.map((text) => text.replace("n=-3", "n=30"));
  assert.equal(reasonFor(altered), "wrong signature");

  for (const path of ["/privat", "/private/x/y", "/private/y", "/other", "/private/"]) {
    assert.equal(reasonFor(linked({ link: `id="${lnk}", path="${path}"` })), "a link for another path", path);
  }
  for (const [link, reason] of [
    ["", "malformed identity"],
    [`path="/private"`, "no link id"],
    [`id=${lnk}, path="/private"`, "no link id"],
    [`id="lnk_1", path="/private"`, "no link id"],
    [`id="${lnk}"`, "no link path"],
    [`${bare}, a=(1 2)`, "malformed claim"],
    [`${bare}, a=token`, "malformed claim"],
    [`${bare}, a=1, a=2`, "malformed identity"],
    [`${bare}, a=1.2345`, "malformed identity"],
    [`${bare}, a=1;b=2`, "malformed identity"],
    [`${bare}, a=`, "malformed identity"],
    [`${bare}, a=?2`, "malformed identity"],
  ]) {
    assert.equal(reasonFor(linked({ link })), reason, link);
  }
});
