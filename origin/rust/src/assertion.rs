//! The assertion: a JWT (RFC 7519) by Ed25519, of one fixed shape, for this method and this URL.
//!
//! What the token says of itself chooses nothing: one algorithm, one type, keys from the given set alone. A header
//! with anything more is refused (`crit` among it), and nothing is read that was not signed.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Map, Value};

use crate::{
    identity::{Claim, Identity, Link, Person, Verified},
    reason::{Reason, demand},
    signature::{Signed, is_name},
    times::demand_timely,
};

/// What a number of seconds may be at most: twelve digits.
const LATEST: i64 = 999_999_999_999;
/// What a claim of a link may be at most: fifteen digits.
const LARGEST: i64 = 999_999_999_999_999;
const OF_A_PERSON: [&str; 5] = ["sid", "roles", "methods", "auth_time", "email"];

/// A token of the right form, of which nothing is believed yet.
pub(crate) struct Token<'a> {
    pub key: String,
    signed: &'a str,
    claims: Vec<u8>,
    signature: Signature,
}

impl<'a> Token<'a> {
    pub fn read(header: &'a [u8]) -> Result<Self, Reason> {
        let malformed = Reason::MalformedAssertion;
        let text = str::from_utf8(header).map_err(|_| malformed)?;
        let (signed, signature) = text.rsplit_once('.').ok_or(malformed)?;
        let (head, claims) = signed.split_once('.').ok_or(malformed)?;
        demand(!claims.contains('.'), malformed)?;
        let (head, claims) = (bytes(head, malformed)?, bytes(claims, malformed)?);
        let head = object(&head, malformed)?;
        let says = |name, value| head.get(name).is_some_and(|found| found == value);
        demand(says("alg", "EdDSA"), Reason::WrongAlgorithm)?;
        demand(says("typ", "edgeward+jwt"), Reason::WrongType)?;
        let key = head.get("kid").and_then(Value::as_str).ok_or(malformed)?;
        demand(is_name(key) && head.len() == 3, malformed)?;
        let signature = bytes(signature, Reason::MalformedSignature)?;
        Ok(Self {
            key: key.to_owned(),
            signed,
            claims,
            signature: Signature::from_slice(&signature).map_err(|_| Reason::MalformedSignature)?,
        })
    }

    /// What was asserted for this method. `issuer`: the origin of Edgeward's `PUBLIC_URL`.
    pub fn asserted_for(
        &self,
        method: &str,
        key: &VerifyingKey,
        issuer: &str,
        now: i64,
    ) -> Result<Signed, Reason> {
        key.verify_strict(self.signed.as_bytes(), &self.signature)
            .map_err(|_| Reason::WrongSignature)?;
        let claims = Claims(object(&self.claims, Reason::MalformedIdentity)?);
        let (made_by, url) = (claims.text("iss")?, claims.text("htu")?);
        let (created, expires) = (claims.seconds("iat")?, claims.seconds("exp")?);
        let request = claims.text("jti")?;
        demand(is_name(request), Reason::MalformedIdentity)?;
        let verified = Verified {
            identity: claims.identity()?,
            audience: claims.text("aud")?.to_owned(),
            target: url.strip_prefix(issuer).unwrap_or_default().to_owned(),
            request: request.to_owned(),
            link: claims.link()?,
            digest: claims.maybe_text("content_digest")?,
        };
        let asserted_method = claims.text("htm")?;
        demand_timely(created, expires, now)?;
        demand(made_by == issuer, Reason::WrongIssuer)?;
        demand(asserted_method == method, Reason::WrongMethod)?;
        demand(url.starts_with(issuer), Reason::WrongTarget)?;
        Ok(Signed {
            nonce: request.to_owned(),
            expires,
            verified,
        })
    }
}

struct Claims(Map<String, Value>);

impl Claims {
    fn read<'a, T>(
        &'a self,
        name: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<T, Reason> {
        let found = self.0.get(name).and_then(read);
        found.ok_or(Reason::MalformedIdentity)
    }

    fn text(&self, name: &str) -> Result<&str, Reason> {
        self.read(name, Value::as_str)
    }

    fn maybe_text(&self, name: &str) -> Result<Option<String>, Reason> {
        let there = self.0.contains_key(name);
        there
            .then(|| self.text(name).map(str::to_owned))
            .transpose()
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, Reason> {
        self.read(name, |value| {
            let items = value.as_array()?.iter();
            items.map(|item| Some(item.as_str()?.to_owned())).collect()
        })
    }

    fn seconds(&self, name: &str) -> Result<i64, Reason> {
        self.read(name, |value| {
            whole(value).filter(|seconds| (0..=LATEST).contains(seconds))
        })
    }

    /// Who has no `sub` is nobody, and then nothing else is said of them.
    fn identity(&self) -> Result<Identity, Reason> {
        if !self.0.contains_key("sub") {
            let said = OF_A_PERSON
                .into_iter()
                .any(|name| self.0.contains_key(name));
            demand(!said, Reason::MalformedIdentity)?;
            return Ok(Identity::Anonymous);
        }
        Ok(Identity::Person(Person {
            account: self.text("sub")?.to_owned(),
            session: self.text("sid")?.to_owned(),
            roles: self.texts("roles")?,
            methods: self.texts("methods")?,
            authenticated_at: self.seconds("auth_time")?,
            email: self.maybe_text("email")?,
        }))
    }

    fn link(&self) -> Result<Option<Link>, Reason> {
        self.0.get("link").map(link).transpose()
    }
}

fn link(value: &Value) -> Result<Link, Reason> {
    let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
    let claims = |claims: &Map<String, Value>| -> Option<BTreeMap<String, Claim>> {
        let plain = |(name, value): (&String, &Value)| Some((name.clone(), claim(value)?));
        claims.iter().map(plain).collect()
    };
    let parts = || {
        let said = value.get("claims")?.as_object()?;
        Some((text("id")?, text("path")?, claims(said)?))
    };
    let (id, path, claims) = parts().ok_or(Reason::MalformedLink)?;
    Link::new(id, path, claims)
}

fn claim(value: &Value) -> Option<Claim> {
    Some(match value {
        Value::String(text) => Claim::Text(text.clone()),
        Value::Bool(flag) => Claim::Flag(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(number) => {
                Claim::Whole(Some(number).filter(|n| (-LARGEST..=LARGEST).contains(n))?)
            }
            None => Claim::Decimal(number.as_f64().filter(|n| n.abs() < 1e15)?),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    })
}

/// A whole number, however it is spelled: `1.8e9` is one.
fn whole(value: &Value) -> Option<i64> {
    let spelled = || {
        value
            .as_f64()
            .filter(|n| n.fract() == 0.0 && n.abs() < 1e15)
    };
    value
        .as_i64()
        .or_else(|| format!("{:.0}", spelled()?).parse().ok())
}

/// Base64url as every encoder writes it: without padding, and the loose bits zero.
fn bytes(part: &str, reason: Reason) -> Result<Vec<u8>, Reason> {
    BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| reason)
}

fn object(text: &[u8], reason: Reason) -> Result<Map<String, Value>, Reason> {
    serde_json::from_slice(text).map_err(|_| reason)
}
