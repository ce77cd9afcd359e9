//! The verifier: a request in, who is asking out.

use core::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderMap, Request};

use crate::{
    assertion::Token,
    identity::{Link, Verified},
    keys::{Keys, Mistake},
    keyset::Jwks,
    nonces::{MemoryNonces, Nonces},
    reason::{Reason, demand},
    received::{ASSERTION, Received},
    signature::signed_for,
    times::CLOCK_DIFFERENCE,
};

/// Believes what Edgeward signed for one audience, in one form; what the other one says is not read.
pub struct Verifier {
    trust: Trust,
    issuer: String,
    audience: String,
    nonces: Box<dyn Nonces>,
    clock: fn() -> i64,
}

/// What is believed: the signature, by [`Keys`], or the assertion, by [`Jwks`].
#[derive(Debug)]
pub struct Trust(Form);

#[derive(Debug)]
enum Form {
    Signature(Keys),
    Assertion(Jwks),
}

impl From<Keys> for Trust {
    fn from(keys: Keys) -> Self {
        Self(Form::Signature(keys))
    }
}

impl From<Jwks> for Trust {
    fn from(keys: Jwks) -> Self {
        Self(Form::Assertion(keys))
    }
}

impl Verifier {
    /// `trust`: [`Keys`], to check the signature, or [`Jwks`], to check assertions. `audience`: Edgeward's `AUDIENCE`,
    /// which is the origin of its `PUBLIC_URL` unless set. Nonces are remembered in this process.
    pub fn new(trust: impl Into<Trust>, audience: &str) -> Result<Self, Mistake> {
        if audience.is_empty() {
            return Err(Mistake::Audience);
        }
        let trust = trust.into();
        let issuer = match &trust.0 {
            Form::Signature(_) => audience,
            Form::Assertion(keys) => {
                let issuer = keys.issuer.as_deref().unwrap_or(audience);
                let origin = is_origin(issuer).then_some(issuer);
                origin.ok_or(Mistake::Issuer)?
            }
        };
        Ok(Self {
            issuer: issuer.to_owned(),
            trust,
            audience: audience.to_owned(),
            nonces: Box::new(MemoryNonces::default()),
            clock: system_clock,
        })
    }

    /// The same with another store of nonces: several processes that serve one application need a common one.
    #[must_use]
    pub fn with_nonces(self, nonces: impl Nonces + 'static) -> Self {
        Self {
            nonces: Box::new(nonces),
            ..self
        }
    }

    /// The same by another clock: seconds since 1970.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> i64) -> Self {
        Self { clock, ..self }
    }

    /// Who is asking. `request` must be as it was received: nothing may have rewritten its method or URI.
    pub async fn verify<B: Sync>(&self, request: &Request<B>) -> Result<Verified, Reason> {
        let target = request.uri().path_and_query();
        self.check(
            request.method().as_str(),
            target.map_or("", |target| target.as_str()),
            request.headers(),
        )
        .await
    }

    /// The same of any request. `target`: path and query as they were received, undecoded.
    pub async fn check(
        &self,
        method: &str,
        target: &str,
        headers: &HeaderMap,
    ) -> Result<Verified, Reason> {
        let now = (self.clock)();
        let received = Received::of(headers)?;
        let signed = match &self.trust.0 {
            Form::Signature(keys) => signed_for((method, target), received, keys, now)?,
            Form::Assertion(keys) => {
                let token = Token::read(received.needed(ASSERTION)?)?;
                let key = keys.find(&token.key, now).await?;
                token.asserted_for(method, &key, &self.issuer, now)?
            }
        };
        self.judge(&signed.verified, target)?;
        if !matches!(method, "GET" | "HEAD" | "OPTIONS") {
            let until = signed.expires.saturating_add(CLOCK_DIFFERENCE);
            let taken = self.nonces.take(&signed.nonce, until, now).await;
            let first = taken.map_err(|_| Reason::NonceStoreFailed)?;
            demand(first, Reason::Replayed)?;
        }
        Ok(signed.verified)
    }

    fn judge(&self, verified: &Verified, target: &str) -> Result<(), Reason> {
        demand(verified.audience == self.audience, Reason::WrongAudience)?;
        demand(verified.target == target, Reason::WrongTarget)?;
        let covers = |link: &Link| link.covers(target);
        demand(
            verified.link.as_ref().is_none_or(covers),
            Reason::LinkElsewhere,
        )
    }
}

/// `https://app.example.com`: no path, no slash at the end.
fn is_origin(text: &str) -> bool {
    let host = ["https://", "http://"]
        .into_iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let known = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b':' | b'[' | b']');
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(known))
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("trust", &self.trust.0)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

fn system_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
