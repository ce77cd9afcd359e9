//! The other form of signed identity: a JWT (RFC 7519) by an Ed25519 key that never leaves Edgeward
//! (RFC 8037), in `Edgeward-Assertion`. Whoever checks it holds a public key, and can make none.
//!
//! It is bound to its request by `htm` and `htu`, the method and the whole URL with its query, and has a
//! type of its own (RFC 8725 §3.11), so that no other token passes for one. Signing is deterministic and
//! takes one time whatever is signed.

use core::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    identity::{Identity, Statement},
    reply::Response,
};
use crate::{
    kit::{
        ed25519::{Base, SigningKey},
        encoding,
        keys::KeyRing,
        role::Role,
    },
    link,
};

/// The header.
pub const ASSERTION: &str = "edgeward-assertion";
/// How long readers may keep the set of keys. A new key is published for longer before it signs.
const KEPT: &str = "public, max-age=300";
/// What the token says it is.
const TYPE: &str = "edgeward+jwt";

/// The keys of assertions, ready to be used. The first one signs; all of them are published.
#[derive(Clone)]
pub struct AssertionKeys {
    base: Base,
    key: SigningKey,
    issuer: String,
    /// The first part of every token, with its dot.
    header: String,
    /// The public halves (RFC 8037 §2).
    published: Vec<Value>,
}

/// The claims, in the order in which they are written. Who nobody is has no `sub`: a reader who forgets to
/// ask for one finds nobody, and not somebody called anonymous.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    iat: i64,
    exp: i64,
    jti: &'a str,
    htm: &'a str,
    htu: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<&'a [Role]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    methods: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_digest: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Link<'a>>,
}

/// The smart link that the request came by.
#[derive(Serialize)]
struct Link<'a> {
    id: &'a str,
    path: &'a str,
    claims: &'a link::Claims,
}

impl AssertionKeys {
    /// Expands the ring of seeds. `issuer` is the origin of `PUBLIC_URL`.
    pub fn new(ring: &KeyRing, issuer: &str) -> Self {
        let base = Base::new();
        let published = ring.iter().map(|(id, seed)| {
            let x = encoding::base64url(SigningKey::from_seed(seed, &base).public());
            json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": id, "use": "sig", "alg": "EdDSA" })
        });
        let (id, seed) = ring.first();
        let header = json!({ "alg": "EdDSA", "typ": TYPE, "kid": id }).to_string();
        Self {
            published: published.collect(),
            key: SigningKey::from_seed(seed, &base),
            base,
            issuer: issuer.to_owned(),
            header: format!("{}.", encoding::base64url(header.as_bytes())),
        }
    }

    /// Signs the statement. Its `jti` is the id of the request, 128 random bits.
    pub fn sign(&self, statement: &Statement<'_>) -> String {
        // Texts and numbers always have their JSON; a token without any is refused by everybody.
        let claims = serde_json::to_vec(&self.claims(statement, &self.url(statement)));
        let mut token = self.header.clone();
        token.push_str(&encoding::base64url(&claims.unwrap_or_default()));
        let signature = self.key.sign(token.as_bytes(), &self.base);
        token.push('.');
        token.push_str(&encoding::base64url(&signature));
        token
    }

    fn url(&self, statement: &Statement<'_>) -> String {
        format!("{}{}", self.issuer, statement.head.target)
    }

    fn claims<'a>(&'a self, statement: &'a Statement<'_>, url: &'a str) -> Claims<'a> {
        let person = match statement.identity {
            Identity::Anonymous => None,
            Identity::Person(person) => Some(person),
        };
        Claims {
            iss: &self.issuer,
            aud: statement.audience,
            sub: person.map(|person| person.account.as_str()),
            sid: person.map(|person| person.session.as_str()),
            iat: statement.now.unix_seconds(),
            exp: statement.expires(),
            jti: statement.head.id.as_str(),
            htm: statement.head.method,
            htu: url,
            roles: person.map(|person| person.roles.as_slice()),
            methods: person.map(|person| person.methods.as_slice()),
            auth_time: person.map(|person| person.authenticated_at.unix_seconds()),
            email: person.and_then(|person| Some(person.email.as_ref()?.as_str())),
            content_digest: statement.digest,
            link: statement.link.map(|grant| Link {
                id: grant.id.as_str(),
                path: &grant.path,
                claims: &grant.claims,
            }),
        }
    }
}

/// `GET /auth/jwks.json`: by which keys assertions are checked (RFC 7517 §5). By none where there are no
/// assertions.
pub fn key_set(keys: Option<&AssertionKeys>) -> Response {
    let keys = keys
        .map(|keys| keys.published.as_slice())
        .unwrap_or_default();
    Response {
        status: 200,
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("cache-control", KEPT.to_owned()),
        ],
        body: json!({ "keys": keys }).to_string(),
    }
}

/// What signs must not be shown.
impl fmt::Debug for AssertionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}
