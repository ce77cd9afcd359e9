//! The origin application: it believes nothing but a right signature, checked as RFC 9421 says and not by
//! our own code.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use ed25519_compact::{KeyPair, Seed, Signature};
use edgeward::{
    kit::{keys::keyed, time::Time},
    web::{forward::Forward, head::Head, watch::Watch},
};
use hmac::Mac;
use serde_json::Value;

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
    /// `Edgeward-Identity`; empty where only assertions are sent.
    pub identity: String,
    /// The claims of `Edgeward-Assertion`, where it is sent.
    pub assertion: Option<Value>,
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
        let set = |name: &str| {
            forward.set.iter().any(|(known, _)| *known == name)
                || forward.told.iter().any(|(known, _)| *known == name)
        };
        let kept = inbound.iter().filter(|(name, _)| {
            !forward.remove.iter().any(|removed| removed == name) && !set(name)
        });
        let ours = forward
            .set
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let told = forward.told.iter();
        let told = told.map(|(name, value)| ((*name).to_owned(), value.clone()));
        let headers: Vec<(String, String)> = kept.cloned().chain(ours).chain(told).collect();
        Self {
            window: forward.finish.window,
            watches: forward.finish.watches.clone(),
            ..Self::of(head.method, forward.url.clone(), headers, now)
        }
    }

    /// A request with these headers, after what proves who sends it was checked.
    pub fn of(method: &str, url: String, headers: Vec<(String, String)>, now: Time) -> Self {
        let mut seen = Self {
            method: method.to_owned(),
            url,
            headers,
            account: None,
            identity: String::new(),
            assertion: None,
            link: None,
            window: None,
            watches: Vec::new(),
        };
        seen.assertion = seen.proved_claims(now);
        if let Some(claims) = &seen.assertion {
            seen.account = claims["sub"].as_str().map(str::to_owned);
        }
        if seen.assertion.is_none() || seen.header("edgeward-identity").is_some() {
            seen.identity = seen.proved_identity(now);
            seen.believes_the_identity();
        }
        seen.link = seen.header("edgeward-link").map(str::to_owned);
        seen
    }

    /// Who the identity says it is, and that an assertion beside it says the same.
    fn believes_the_identity(&mut self) {
        let mut parts = self.identity.split(", ");
        let quoted = parts.find_map(|part| part.strip_prefix("account=\""));
        let account = quoted
            .and_then(|rest| rest.split('"').next())
            .map(str::to_owned);
        assert_eq!(
            account.is_none(),
            self.identity.starts_with("account=anonymous, ")
        );
        if self.assertion.is_some() {
            assert_eq!(account, self.account, "both forms say the same");
        }
        self.account = account;
    }

    /// The header of this name, which must come once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter().filter(|(known, _)| known == name);
        let (_, value) = all.next()?;
        assert!(all.next().is_none(), "{name} comes twice");
        Some(value)
    }

    /// The claims of the assertion, after its signature was checked (by another implementation than ours)
    /// and that it is for this request.
    fn proved_claims(&self, now: Time) -> Option<Value> {
        let token = self.header("edgeward-assertion")?;
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let json = |part: &str| -> Value {
            serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
        };
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
        let seed = Seed::from_slice(&settings::bytes("assertion")).unwrap();
        KeyPair::from_seed(seed)
            .pk
            .verify(signed, &Signature::from_slice(&signature).unwrap())
            .expect("the signature of the assertion");
        let wanted = serde_json::json!({"alg": "EdDSA", "typ": "edgeward+jwt", "kid": "a1"});
        assert_eq!(json(header), wanted);
        let claims = json(claims);
        let target = self.url.strip_prefix("https://origin.example.org");
        let url = format!("https://app.example.org{}", target.unwrap());
        assert_eq!(
            (&claims["htm"], &claims["htu"]),
            (&self.method.as_str().into(), &url.into())
        );
        let rest = claims["exp"].as_i64().unwrap() - now.unix_seconds();
        assert!((1..=60).contains(&rest), "good for a minute at most");
        Some(claims)
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
        if parameters.contains(" \"content-digest\")") {
            let digest = self.header("content-digest").expect("the digest");
            base.push(format!("\"content-digest\": {digest}"));
            covered.push_str(r#" "content-digest""#);
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
