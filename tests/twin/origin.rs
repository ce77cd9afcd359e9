//! The origin application: it believes nothing but a right signature, checked as RFC 9421 says and not by
//! our own code.

use data_encoding::BASE64;
use edgeward::{
    kit::{keys::keyed, time::Time},
    web::{forward::Forward, head::Head, watch::Watch},
};
use hmac::Mac;

use super::settings;

/// A request as it reached the origin.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// Every header it came with.
    pub headers: Vec<(String, String)>,
    /// The account that is signed in; `None` for nobody.
    pub account: Option<String>,
    /// `Edgeward-Identity`.
    pub identity: String,
    /// `Edgeward-Link`, when the request came by a smart link.
    pub link: Option<String>,
    /// `Edgeward-Window` of the answer.
    pub window: Option<i64>,
    /// What its answer must not outlive, if it is a stream.
    pub watches: Vec<Watch>,
}

impl Seen {
    /// What the runtime makes of a forward: inbound headers, less those removed, and those set.
    pub fn new(
        head: &Head<'_>,
        inbound: &[(String, String)],
        forward: &Forward,
        now: Time,
    ) -> Self {
        let set = |name: &str| forward.set.iter().any(|(known, _)| *known == name);
        let kept = inbound.iter().filter(|(name, _)| {
            !forward.remove.iter().any(|removed| removed == name) && !set(name)
        });
        let ours = forward
            .set
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let headers: Vec<(String, String)> = kept.cloned().chain(ours).collect();
        let mut seen = Self {
            method: head.method.to_owned(),
            url: forward.url.clone(),
            headers,
            account: None,
            identity: String::new(),
            link: None,
            window: forward.finish.window,
            watches: forward.finish.watches.clone(),
        };
        seen.identity = seen.proved_identity(now);
        seen.link = seen.header("edgeward-link").map(str::to_owned);
        let quoted = seen
            .identity
            .split(", ")
            .find_map(|part| part.strip_prefix("account=\""));
        seen.account = quoted
            .and_then(|rest| rest.split('"').next())
            .map(str::to_owned);
        assert_eq!(
            seen.account.is_none(),
            seen.identity.starts_with("account=anonymous, ")
        );
        seen
    }

    /// The header of this name, which must come once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter().filter(|(known, _)| known == name);
        let (_, value) = all.next()?;
        assert!(all.next().is_none(), "{name} comes twice");
        Some(value)
    }

    /// The identity, after its signature was checked.
    fn proved_identity(&self, now: Time) -> String {
        let part = |name| self.header(name).unwrap_or_else(|| panic!("no {name}"));
        let (identity, input, signature) = (
            part("edgeward-identity"),
            part("signature-input"),
            part("signature"),
        );
        let parameters = input.strip_prefix("edgeward=").expect("our label");
        let path = self
            .url
            .strip_prefix("https://origin.example.org")
            .expect("the origin's URL");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut base = vec![
            format!("\"@method\": {}", self.method),
            format!("\"@path\": {path}"),
            format!("\"@query\": ?{query}"),
            format!("\"edgeward-identity\": {identity}"),
        ];
        let mut covered = r#"("@method" "@path" "@query" "edgeward-identity""#.to_owned();
        if let Some(link) = self.header("edgeward-link") {
            base.push(format!("\"edgeward-link\": {link}"));
            covered.push_str(r#" "edgeward-link""#);
        }
        base.push(format!("\"@signature-params\": {parameters}"));
        let base = base.join("\n");
        let mut mac = keyed(&settings::bytes("identity"));
        mac.update(base.as_bytes());
        let expected = format!("edgeward=:{}:", BASE64.encode(&mac.finalize().into_bytes()));
        assert_eq!(signature, expected, "the signature of {base}");
        assert!(parameters.starts_with(&format!("{covered});")));
        let expires: i64 = parameters
            .split(';')
            .find_map(|part| part.strip_prefix("expires="))
            .and_then(|expires| expires.parse().ok())
            .expect("expires");
        assert!(
            (1..=60).contains(&(expires - now.unix_seconds())),
            "good for a minute at most"
        );
        identity.to_owned()
    }
}
