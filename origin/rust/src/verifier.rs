//! The verifier: a request in, who is asking out.

use core::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderMap, Request};

use crate::{
    identity::{Link, Verified},
    keys::{Keys, Mistake},
    nonces::{MemoryNonces, Nonces},
    reason::{Reason, demand},
    received::Received,
    signature::{CLOCK_DIFFERENCE, Signed, signed_for},
};

/// Believes what Edgeward signed with one of its keys for one audience.
pub struct Verifier {
    keys: Keys,
    audience: String,
    nonces: Box<dyn Nonces>,
    clock: fn() -> i64,
}

impl Verifier {
    /// `keys`: `IDENTITY_KEYS` as Edgeward has it. `audience`: Edgeward's `AUDIENCE`, which is the origin of its
    /// `PUBLIC_URL` unless set. Nonces are remembered in this process.
    pub fn new(keys: &str, audience: &str) -> Result<Self, Mistake> {
        Self::with_keys(Keys::parse(keys)?, audience)
    }

    /// The same with keys that were read before.
    pub fn with_keys(keys: Keys, audience: &str) -> Result<Self, Mistake> {
        if audience.is_empty() {
            return Err(Mistake::Audience);
        }
        Ok(Self {
            keys,
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
        let signed = self.judge(method, target, headers, now)?;
        if !matches!(method, "GET" | "HEAD" | "OPTIONS") {
            let until = signed.expires.saturating_add(CLOCK_DIFFERENCE);
            let taken = self.nonces.take(&signed.nonce, until, now).await;
            let first = taken.map_err(|_| Reason::NonceStoreFailed)?;
            demand(first, Reason::Replayed)?;
        }
        Ok(signed.verified)
    }

    fn judge(
        &self,
        method: &str,
        target: &str,
        headers: &HeaderMap,
        now: i64,
    ) -> Result<Signed, Reason> {
        let received = Received::of(headers)?;
        let signed = signed_for((method, target), &received, &self.keys, now)?;
        let verified = &signed.verified;
        demand(verified.audience == self.audience, Reason::WrongAudience)?;
        demand(verified.target == target, Reason::WrongTarget)?;
        let covers = |link: &Link| link.covers(target);
        demand(
            verified.link.as_ref().is_none_or(covers),
            Reason::LinkElsewhere,
        )?;
        Ok(signed)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("keys", &self.keys)
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
