//! The identity an origin trusts: one header that says who, two that prove it.
//!
//! `Edgeward-Identity` is a structured dictionary (RFC 9651 §3.2). It is signed after RFC 9421 with
//! `hmac-sha256` over method, path, query and the header itself, so that it is good for this request
//! alone, and for a minute at most. Where the request came by a smart link, `Edgeward-Link` is covered too,
//! and where the rule asks for it, the digest of the body.
//! The other form, for origins that must not be able to sign, is in [`assertion`](super::assertion).

use core::fmt::Write as _;

use hmac::{Hmac, Mac};
use sfv::{DictSerializer, Integer, KeyRef, StringRef, TokenRef, key_ref, token_ref};
use sha2::Sha256;

use super::{
    cookie::SessionCookie,
    head::Head,
    link_header::{self, LINK},
};
use crate::{
    account::Opened,
    kit::{
        email::EmailAddress,
        encoding,
        id::{AccountId, SessionId},
        keys::{KeyRing, keyed},
        role::Role,
        time::{Span, Time},
    },
    link::Grant,
};

/// The header that says who.
pub const IDENTITY: &str = "edgeward-identity";
/// The header of a body's digest.
pub const DIGEST: &str = "content-digest";
/// What the signature covers, in this order; then what only some requests have, and `)`.
const COVERED: &str = r#"("@method" "@path" "@query" "edgeward-identity""#;
/// How long a signature is good for when the method promises to change nothing.
const SAFE_LIFE: Span = Span::seconds(60);
/// How long for all others.
pub(super) const UNSAFE_LIFE: Span = Span::seconds(15);

/// Who sends a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Identity {
    /// Nobody is signed in.
    Anonymous,
    /// Somebody is.
    Person(Person),
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
    /// What they may do.
    pub roles: Vec<Role>,
    /// When they proved who they are.
    pub authenticated_at: Time,
    /// How.
    pub methods: Vec<String>,
    /// Their address, where the operator wants the origin to have it.
    pub email: Option<EmailAddress>,
}

impl Person {
    /// Whom an account vouched for; `tells_address`: the origin is to have it.
    pub fn of(opened: Opened, tells_address: bool) -> Self {
        Self {
            account: opened.person.account,
            session: opened.session,
            roles: opened.roles,
            authenticated_at: opened.authenticated_at,
            methods: opened.methods,
            email: tells_address.then_some(opened.person.address),
        }
    }
}

impl From<SessionCookie> for Person {
    fn from(cookie: SessionCookie) -> Self {
        Self {
            account: cookie.account,
            session: cookie.session,
            roles: cookie.roles,
            authenticated_at: cookie.authenticated_at,
            methods: cookie.methods,
            email: None,
        }
    }
}

/// What the origin is told about one request.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// Who sends it.
    pub identity: &'a Identity,
    /// The smart link it came by.
    pub link: Option<&'a Grant>,
    /// `Content-Digest` of its body (RFC 9530), where that is covered.
    pub digest: Option<&'a str>,
    /// The request itself.
    pub head: &'a Head<'a>,
    /// Whom the statement is for.
    pub audience: &'a str,
    /// When it is made.
    pub now: Time,
}

/// The key that signs, ready to be used.
#[derive(Clone, Debug)]
pub struct IdentityKey {
    id: String,
    mac: Hmac<Sha256>,
}

/// The three headers, and the one of a smart link.
#[derive(Clone, Debug, PartialEq)]
pub struct Signed {
    /// `Edgeward-Identity`.
    pub identity: String,
    /// `Edgeward-Link`.
    pub link: Option<String>,
    /// `Signature-Input`.
    pub input: String,
    /// `Signature`.
    pub signature: String,
}

impl IdentityKey {
    /// The first key of the ring signs; the origin holds the same bytes under the same id.
    pub fn new(ring: &KeyRing) -> Self {
        let (id, key) = ring.first();
        Self {
            id: id.to_owned(),
            mac: keyed(key.reveal()),
        }
    }

    /// Signs the statement. The nonce must be drawn anew for each request.
    pub fn sign(&self, statement: &Statement<'_>, nonce: [u8; 16]) -> Signed {
        let identity = dictionary(statement);
        let link = statement.link.map(link_header::value);
        let mut covered = COVERED.to_owned();
        if link.is_some() {
            let _ = write!(covered, " \"{LINK}\"");
        }
        if statement.digest.is_some() {
            let _ = write!(covered, " \"{DIGEST}\"");
        }
        let parameters = format!(
            r#"{covered});created={};expires={};nonce="{}";keyid="{}";tag="edgeward""#,
            statement.now.unix_seconds(),
            statement.expires(),
            encoding::base64url(&nonce),
            self.id,
        );
        let mut mac = self.mac.clone();
        mac.update(base(statement, &identity, link.as_deref(), &parameters).as_bytes());
        Signed {
            identity,
            link,
            input: format!("edgeward={parameters}"),
            signature: format!(
                "edgeward=:{}:",
                encoding::base64(&mac.finalize().into_bytes())
            ),
        }
    }
}

impl Statement<'_> {
    /// Until when it is good, in seconds since 1970.
    pub(super) fn expires(&self) -> i64 {
        let life = if self.head.is_safe() {
            SAFE_LIFE
        } else {
            UNSAFE_LIFE
        };
        self.now.unix_seconds().saturating_add(life.seconds_up())
    }
}

/// The signature base (RFC 9421 §2.5).
fn base(statement: &Statement<'_>, identity: &str, link: Option<&str>, parameters: &str) -> String {
    let head = statement.head;
    let mut base = String::with_capacity(512);
    let _ = write!(
        base,
        "\"@method\": {}\n\"@path\": {}\n\"@query\": ?{}\n\"{IDENTITY}\": {identity}\n",
        head.method,
        head.path(),
        head.query().unwrap_or_default(),
    );
    if let Some(link) = link {
        let _ = writeln!(base, "\"{LINK}\": {link}");
    }
    if let Some(digest) = statement.digest {
        let _ = writeln!(base, "\"{DIGEST}\": {digest}");
    }
    let _ = write!(base, "\"@signature-params\": {parameters}");
    base
}

/// The dictionary. Every value is ours or was parsed before, so each fits its type; one that did not
/// would be left out, and a verifier misses it.
fn dictionary(statement: &Statement<'_>) -> String {
    let Statement {
        identity,
        head,
        audience,
        ..
    } = statement;
    let mut buffer = String::with_capacity(384);
    let mut dictionary = DictSerializer::with_buffer(&mut buffer);
    match identity {
        Identity::Anonymous => {
            dictionary.bare_item(key_ref("account"), token_ref("anonymous"));
        }
        Identity::Person(person) => {
            text(&mut dictionary, key_ref("account"), person.account.as_str());
            text(&mut dictionary, key_ref("session"), person.session.as_str());
            let mut roles = dictionary.inner_list(key_ref("roles"));
            for role in person
                .roles
                .iter()
                .filter_map(|role| StringRef::from_str(role.as_str()).ok())
            {
                roles.bare_item(role);
            }
            let _ = roles.finish();
            if let Ok(at) = Integer::try_from(person.authenticated_at.unix_seconds()) {
                dictionary.bare_item(key_ref("at"), at);
            }
            let mut methods = dictionary.inner_list(key_ref("methods"));
            for method in person
                .methods
                .iter()
                .filter_map(|method| TokenRef::from_str(method).ok())
            {
                methods.bare_item(method);
            }
            let _ = methods.finish();
            if let Some(email) = &person.email {
                text(&mut dictionary, key_ref("email"), email.as_str());
            }
        }
    }
    text(&mut dictionary, key_ref("aud"), audience);
    text(&mut dictionary, key_ref("target"), head.target);
    text(&mut dictionary, key_ref("id"), head.id.as_str());
    buffer
}

fn text(dictionary: &mut DictSerializer<&mut String>, key: &KeyRef, value: &str) {
    if let Ok(value) = StringRef::from_str(value) {
        dictionary.bare_item(key, value);
    }
}
