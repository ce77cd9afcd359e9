//! What of a request's headers is ours: each once, under its one spelling.
//!
//! An application, or a proxy before it, may read `Edgeward_Identity` as `Edgeward-Identity`. So whoever sends
//! another spelling of one of our names is refused, whatever else they send.

use http::HeaderMap;

use crate::reason::{Reason, demand};

pub(crate) const ASSERTION: &str = "edgeward-assertion";
pub(crate) const IDENTITY: &str = "edgeward-identity";
pub(crate) const LINK: &str = "edgeward-link";
pub(crate) const DIGEST: &str = "content-digest";
pub(crate) const INPUT: &str = "signature-input";
pub(crate) const SIGNATURE: &str = "signature";
const OURS: [&str; 5] = [ASSERTION, IDENTITY, LINK, INPUT, SIGNATURE];

/// Headers among which each of ours is there once at most.
#[derive(Clone, Copy)]
pub(crate) struct Received<'a>(&'a HeaderMap);

impl<'a> Received<'a> {
    pub fn of(headers: &'a HeaderMap) -> Result<Self, Reason> {
        for name in headers.keys() {
            demand(!is_alias(name.as_str()), Reason::AliasHeader)?;
        }
        for name in OURS {
            let doubled = headers.get_all(name).iter().nth(1).is_some();
            demand(!doubled, Reason::DuplicateHeader)?;
        }
        Ok(Self(headers))
    }

    pub fn value(self, name: &str) -> Option<&'a [u8]> {
        self.0.get(name).map(http::HeaderValue::as_bytes)
    }

    pub fn needed(self, name: &str) -> Result<&'a [u8], Reason> {
        self.value(name).ok_or(Reason::MissingHeader)
    }

    pub fn digest(self) -> Option<&'a [u8]> {
        digest(self.0)
    }
}

/// Anybody may send a digest. One that is there once, under its one spelling, may be one that was signed.
fn digest(headers: &HeaderMap) -> Option<&[u8]> {
    let mut all = headers
        .iter()
        .filter(|(name, _)| reads_as(name.as_str(), DIGEST));
    match (all.next(), all.next()) {
        (Some((name, value)), None) if name.as_str() == DIGEST => Some(value.as_bytes()),
        _ => None,
    }
}

fn is_alias(name: &str) -> bool {
    !OURS.contains(&name) && OURS.into_iter().any(|ours| reads_as(name, ours))
}

/// `name` is in lower case, as in every `HeaderMap`.
fn reads_as(name: &str, ours: &str) -> bool {
    name.len() == ours.len()
        && name
            .bytes()
            .zip(ours.bytes())
            .all(|(given, ours)| given == ours || (ours == b'-' && !given.is_ascii_alphanumeric()))
}
