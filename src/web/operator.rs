//! Who may ask below `AUTH_PREFIX/admin`: a program that shows one of `ADMIN_KEYS`. And who may ask about the
//! requests of others: a proxy that shows one.
//!
//! 1. [`no_browser`]: what a browser adds by itself, or was made to send, is refused before the key is
//!    looked at. A key does not belong into a page.
//! 2. The key is compared with every key there is, in one time whatever comes of it.
//! 3. It must be for what is asked. Whoever is refused pays, and learns nothing more: a right key is never
//!    shut out by those who guess from the same network.

use sha2::{Digest, Sha256};

use super::{flow::Visit, happening::Happening, head::Head, realm::Realm, reply::Reply};
use crate::{
    config::{AdminKey, Scope},
    kit::{
        encoding,
        secret::{SecretBytes, equal},
    },
    network::Action,
    pages::Code,
};

/// The keys of operators' programs, as digests: all of one length, so that comparing tells not even that.
#[derive(Clone, Debug)]
pub struct Operators(Vec<Known>);

#[derive(Clone, Debug)]
struct Known {
    id: String,
    scopes: Vec<Scope>,
    digest: SecretBytes,
}

/// A program whose key is for what it asks. Made by [`check`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    key: String,
}

/// A proxy of the operator's. Made by [`check_proxy`] alone.
#[derive(Debug)]
pub(super) struct Proxy(());

/// No browser sent the request. Made by [`no_browser`] alone.
#[derive(Clone, Copy, Debug)]
pub struct NoBrowser(());

impl Operators {
    /// The keys of the settings.
    pub fn new(keys: &[AdminKey]) -> Self {
        let known = |key: &AdminKey| Known {
            id: key.id.clone(),
            scopes: key.scopes.iter().copied().collect(),
            digest: digest(&key.key),
        };
        Self(keys.iter().map(known).collect())
    }

    /// Whether there are none, and so no routes for them.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whose key this is, if it is for that. Looks at every key whichever it is.
    fn find(&self, shown: &SecretBytes, scope: Scope) -> Option<Operator> {
        let shown = digest(shown);
        let mut found = None;
        for known in &self.0 {
            if equal(known.digest.reveal(), shown.reveal()) {
                found = Some(known);
            }
        }
        found
            .filter(|known| known.scopes.contains(&scope))
            .map(|known| Operator {
                key: known.id.clone(),
            })
    }
}

impl Operator {
    /// The id of its key, for the log and the journal.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Refuses what carries a header that browsers send: `Origin`, `Cookie`, `Sec-Fetch-…`.
pub(super) fn no_browser(head: &Head<'_>) -> Option<NoBrowser> {
    let browsers =
        |name: &str| matches!(name, "origin" | "cookie") || name.starts_with("sec-fetch-");
    (!head.names().any(browsers)).then_some(NoBrowser(()))
}

/// Checks the key of a request. `scope` is what the route asks for; a route that names none has no key.
pub(super) async fn check<R: Realm>(
    visit: &Visit<'_, R>,
    _: NoBrowser,
    scope: Option<Scope>,
) -> Result<Operator, Reply> {
    let found = bearer(visit.head)
        .zip(scope)
        .and_then(|(key, scope)| visit.site.operators.find(&key, scope));
    if let Some(operator) = found {
        return Ok(operator);
    }
    visit.pay(Action::Admin).await?;
    visit.log(Happening::OperatorRefused, None);
    Err(Reply::new(401, Code::AdminUnauthorized))
}

/// Checks the key of a proxy. It has a header of its own: `Authorization` and the cookies beside it are those of
/// the visitor it asks about, and say nothing here.
pub(super) async fn check_proxy<R: Realm>(visit: &Visit<'_, R>) -> Result<Proxy, Reply> {
    let shown = visit.head.header("edgeward-proxy-key");
    let key = shown
        .and_then(encoding::from_base64url)
        .map(SecretBytes::new);
    let found = key.and_then(|key| visit.site.operators.find(&key, Scope::Check));
    if found.is_some() {
        return Ok(Proxy(()));
    }
    visit.pay(Action::Admin).await?;
    visit.log(Happening::ProxyRefused, None);
    Err(Reply::new(403, Code::CheckUnauthorized))
}

/// `Authorization: Bearer <base64url>` (RFC 6750 §2.1), its one spelling.
fn bearer(head: &Head<'_>) -> Option<SecretBytes> {
    let (scheme, key) = head.header("authorization")?.split_once(' ')?;
    let key = encoding::from_base64url(key)?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| SecretBytes::new(key))
}

fn digest(key: &SecretBytes) -> SecretBytes {
    SecretBytes::new(Sha256::digest(key.reveal()).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::id::RequestId;

    fn operators() -> Operators {
        let key = |id: &str, scopes: &[Scope], byte: u8, length| AdminKey {
            id: id.to_owned(),
            scopes: scopes.iter().copied().collect(),
            key: SecretBytes::new(vec![byte; length]),
        };
        Operators::new(&[
            key("ops", &[Scope::Read, Scope::Accounts], 1, 32),
            key("bot", &[Scope::Links], 2, 48),
        ])
    }

    #[test]
    fn a_key_opens_what_it_is_for_and_nothing_else() {
        let operators = operators();
        let scopes = [
            Scope::Read,
            Scope::Accounts,
            Scope::Invitations,
            Scope::Links,
        ];
        for (byte, length, whose, allowed) in [
            (1, 32, "ops", vec![Scope::Read, Scope::Accounts]),
            (2, 48, "bot", vec![Scope::Links]),
            (2, 32, "", vec![]),
            (1, 31, "", vec![]),
            (3, 32, "", vec![]),
            (0, 0, "", vec![]),
        ] {
            for scope in scopes {
                let found = operators.find(&SecretBytes::new(vec![byte; length]), scope);
                let expected = allowed.contains(&scope).then_some(whose);
                assert_eq!(found.as_ref().map(Operator::key), expected, "{scope:?}");
            }
        }
    }

    #[test]
    fn a_key_has_one_spelling() {
        let spelt = |value: &str| {
            let text = format!("GET\nhttps://a.example/\n\nauthorization\n{value}\n");
            let head = Head::parse(&text, RequestId::from_bits(&[0; 16])).unwrap();
            bearer(&head).map(|key| key.reveal().to_vec())
        };
        for good in ["Bearer AQEB", "bearer AQEB", "BEARER AQEB"] {
            assert_eq!(spelt(good), Some(vec![1, 1, 1]), "{good}");
        }
        for other in [
            "",
            "AQEB",
            "Bearer",
            "Bearer  AQEB",
            "Bearer AQEB ",
            "Bearer AQEB, Bearer AQEB",
            "Bearer AQEB==",
            "Bearer AQEBA",
            "Bearer AQ+/",
            "Basic AQEB",
            "Bearer ops:AQEB",
        ] {
            assert_eq!(spelt(other), None, "{other:?}");
        }
    }
}
