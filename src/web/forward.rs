//! What the origin gets, and what its answer becomes.
//!
//! Names of inbound headers are compared lower-cased with everything outside `[a-z0-9]` read as `-`:
//! servers behind us fold `_` and `.`, and a forged `Edgeward_Identity` must not pass for ours.

use super::{
    cookie::{PREFIX, SetCookie},
    head::Head,
    identity::DIGEST,
    network,
    site::Site,
    told::Told,
    watch::Watch,
};
use crate::config::Origin;

/// Names that are removed on every route, beside those of `IDENTITY_HEADERS`, unless `PASS_HEADERS` lets them through.
const REMOVED: [&str; 13] = [
    "forwarded",
    "x-real-ip",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-host",
    "x-method-override",
    "path-info",
    "script-name",
    "x-script-name",
    "proxy",
    "signature",
    "signature-input",
];

/// Beginnings of names that are removed on every route.
const REMOVED_FAMILIES: [&str; 12] = [
    "edgeward-",
    "x-forwarded",
    "x-original-",
    "x-rewrite-",
    "x-http-method",
    "x-middleware-",
    "remote-",
    "x-remote-",
    "x-webauth-",
    "x-auth-request-",
    "client-cert",
    "x-client-cert",
];

/// A request on its way to the origin.
#[derive(Debug)]
pub struct Forward {
    /// The URL, with path and query exactly as they came.
    pub url: String,
    /// Names to remove.
    pub remove: Vec<String>,
    /// Headers to set.
    pub set: Vec<(&'static str, String)>,
    /// Headers to set that tell who asks.
    pub told: Told,
    /// Whether caches may answer.
    pub cacheable: bool,
    /// What its answer becomes.
    pub finish: Finish,
}

/// What becomes of the origin's answer.
#[derive(Debug)]
pub struct Finish {
    /// `Edgeward-Window` in seconds.
    pub window: Option<i64>,
    /// Whether it is for one person: `private`, and `no-store` where the origin says nothing.
    pub private: bool,
    /// What the answer must not outlive, if it turns out to be a stream.
    pub watches: Vec<Watch>,
    /// Cookies of ours. They travel only with an answer that comes within five seconds.
    pub cookies: Vec<SetCookie>,
}

impl Forward {
    /// The request as the origin gets it, with the headers that tell who asks.
    pub fn new(site: &Site, head: &Head<'_>, told: Told, cacheable: bool, finish: Finish) -> Self {
        let authority = match &site.config.origin {
            Origin::Url(origin) => origin.as_str(),
            // Through a binding the Host header stays the inbound one, so the URL says the same.
            Origin::Binding => &site.config.public.origin,
        };
        let digests = told.iter().any(|(name, _)| *name == DIGEST);
        let mut remove: Vec<String> = head
            .names()
            .filter(|name| is_removed(site, name) || (digests && is(name, DIGEST)))
            .map(str::to_owned)
            .collect();
        let mut set = Vec::with_capacity(4);
        match cookies_of_theirs(head) {
            Some(cookies) if cookies.is_empty() => remove.push("cookie".to_owned()),
            Some(cookies) => set.push(("cookie", cookies)),
            None => (),
        }
        if let Some(client) = network::client(head, &site.config.client_ip) {
            set.push(("x-forwarded-for", client.to_string()));
        }
        let scheme = if site.config.public.https {
            "https"
        } else {
            "http"
        };
        set.push(("x-forwarded-proto", scheme.to_owned()));
        set.push(("x-forwarded-host", site.config.public.host.clone()));
        Self {
            url: format!("{authority}{}", head.target),
            remove,
            set,
            told,
            cacheable,
            finish,
        }
    }

    /// The visitor's cookies as the origin gets them.
    pub fn cookies<'f>(&'f self, head: &'f Head<'_>) -> Option<&'f str> {
        let set = self.set.iter().find(|(name, _)| *name == "cookie");
        let kept = || {
            head.header("cookie")
                .filter(|_| !self.remove.iter().any(|name| name == "cookie"))
        };
        set.map(|(_, cookies)| cookies.as_str()).or_else(kept)
    }
}

/// `Connection` goes too: a proxy before the origin would drop whatever it names, our headers for one.
fn is_removed(site: &Site, name: &str) -> bool {
    let mut mapped = site.config.identity_headers.iter();
    if name == "connection" || mapped.any(|(known, _)| is(name, known)) {
        return true;
    }
    let ours = REMOVED.iter().any(|known| is(name, known))
        || REMOVED_FAMILIES.iter().any(|family| begins(name, family));
    ours && !site
        .config
        .pass_headers
        .iter()
        .any(|passed| *passed == name)
}

/// Whether a name is `known`, however it is spelt.
fn is(name: &str, known: &str) -> bool {
    name.len() == known.len() && begins(name, known)
}

/// Whether a name begins with `known`, however it is spelt. Made for every header of every request, so
/// nothing is copied, and the first letter says no to most.
fn begins(name: &str, known: &str) -> bool {
    let (name, known) = (name.as_bytes(), known.as_bytes());
    name.first().map(|b| folded(*b)) == known.first().copied()
        && name.len() >= known.len()
        && name
            .iter()
            .zip(known)
            .all(|(b, wanted)| folded(*b) == *wanted)
}

fn folded(b: u8) -> u8 {
    match b {
        b if b.is_ascii_alphanumeric() => b.to_ascii_lowercase(),
        _ => b'-',
    }
}

/// The cookies that are not ours, when one that is ours came along. A pair that merely holds one of ours
/// goes too: the runtime joins several `Cookie` headers with commas.
fn cookies_of_theirs(head: &Head<'_>) -> Option<String> {
    let header = head.header("cookie")?;
    if !header.contains(PREFIX) {
        return None;
    }
    let kept: Vec<&str> = header
        .split(';')
        .filter(|pair| !pair.split(',').any(is_ours))
        .map(|pair| pair.trim_matches([' ', '\t']))
        .collect();
    Some(kept.join("; "))
}

fn is_ours(piece: &str) -> bool {
    piece.trim_start_matches([' ', '\t']).starts_with(PREFIX)
}

#[cfg(test)]
mod tests {
    use super::begins;

    #[test]
    fn every_spelling_of_a_name_is_that_name() {
        for spelling in [
            "edgeward-identity",
            "edgeward_identity",
            "Edgeward.Identity",
            "EDGEWARD!IDENTITY",
        ] {
            assert!(begins(spelling, "edgeward-"), "{spelling}");
        }
        assert!(!begins("edgewar", "edgeward-"));
    }
}
