//! The public keys of assertions: a set (RFC 7517) that is given, or fetched and kept for five minutes.
//!
//! Who sends a made-up key id can cause a fetch, but not many: one at a time, and one in five seconds. A fetch that
//! fails leaves what is known in use for an hour, so that a key taken away is not believed for ever; then, or where
//! nothing is known, everything is refused.

use core::{fmt, pin::Pin};
use std::{
    collections::HashMap,
    error::Error,
    sync::{Arc, Mutex, MutexGuard},
};

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::VerifyingKey;
use futures_util::{FutureExt as _, TryFutureExt as _, future::Shared};
use serde_json::{Map, Value};

use crate::{keys::Mistake, reason::Reason, signature::is_name};

const FRESH_FOR: i64 = 300;
const KEPT_FOR: i64 = 3600;
const BETWEEN_FETCHES: i64 = 5;

/// Why a set could not be fetched.
pub type Failure = Box<dyn Error + Send + Sync>;

pub(crate) type Fetching = Pin<Box<dyn Future<Output = Result<String, Failure>> + Send>>;
type Flight = Shared<Pin<Box<dyn Future<Output = ()> + Send>>>;
type PublicKeys = HashMap<String, VerifyingKey>;

/// The public keys that assertions are checked by.
pub struct Jwks {
    source: Source,
    pub(crate) issuer: Option<String>,
}

enum Source {
    Given(PublicKeys),
    Fetched {
        fetch: Box<dyn Fn() -> Fetching + Send + Sync>,
        log: fn(&Failure),
        state: Arc<Mutex<State>>,
    },
}

/// What is known of a set that is fetched. Times are in seconds since 1970.
#[derive(Default)]
struct State {
    keys: PublicKeys,
    fetched_at: Option<i64>,
    failed_at: Option<i64>,
    failed: bool,
    /// When an unknown id last made us look again.
    sought_at: Option<i64>,
    flight: Option<Flight>,
}

impl Jwks {
    /// Reads a set that is given: what Edgeward has at `/auth/jwks.json`.
    pub fn parse(set: &str) -> Result<Self, Mistake> {
        let keys = keys_in(set).ok_or(Mistake::Jwks)?;
        if keys.is_empty() {
            return Err(Mistake::Jwks);
        }
        Ok(Self {
            source: Source::Given(keys),
            issuer: None,
        })
    }

    /// A set that `fetch` gets from Edgeward's `/auth/jwks.json`, by whatever client the application has. It should
    /// follow no redirect, take 64 KB at most, and give up after a few seconds.
    pub fn fetched_by<F, R, E>(fetch: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<Failure> + 'static,
    {
        Self {
            source: Source::Fetched {
                fetch: Box::new(move || Box::pin(fetch().map_err(Into::into))),
                log: |_| (),
                state: Arc::default(),
            },
            issuer: None,
        }
    }

    /// The set at a URL: Edgeward's `/auth/jwks.json`.
    #[cfg(feature = "fetch")]
    pub fn at(url: &str) -> Result<Self, Mistake> {
        Ok(Self::fetched_by(crate::fetch::from(url)?))
    }

    /// The same, where the origin of Edgeward's `PUBLIC_URL` is not the audience.
    #[must_use]
    pub fn of_issuer(self, issuer: &str) -> Self {
        Self {
            issuer: Some(issuer.to_owned()),
            ..self
        }
    }

    /// The same, and `log` is told why a fetch failed.
    #[must_use]
    pub fn with_log(self, log: fn(&Failure)) -> Self {
        let source = match self.source {
            Source::Fetched { fetch, state, .. } => Source::Fetched { fetch, log, state },
            given @ Source::Given(_) => given,
        };
        Self { source, ..self }
    }

    /// The key of this id.
    pub(crate) async fn find(&self, id: &str, now: i64) -> Result<VerifyingKey, Reason> {
        let state = match &self.source {
            Source::Given(keys) => return keys.get(id).copied().ok_or(Reason::UnknownKey),
            Source::Fetched { state, .. } => state,
        };
        let flight = {
            let mut state = locked(state)?;
            if let Some(key) = state.known_for(FRESH_FOR, id, now) {
                return Ok(key);
            }
            if state.flight.is_none() && state.may_fetch(now) {
                state.flight = self.flight(now);
            }
            state.flight.clone()
        };
        if let Some(flight) = flight {
            flight.await;
        }
        let state = locked(state)?;
        let reason = if state.failed {
            Reason::KeysUnavailable
        } else {
            Reason::UnknownKey
        };
        state.known_for(KEPT_FOR, id, now).ok_or(reason)
    }

    /// One fetch, for all who wait. Whoever of them is still there drives it on.
    fn flight(&self, now: i64) -> Option<Flight> {
        let Source::Fetched { fetch, log, state } = &self.source else {
            return None;
        };
        let (fetching, log, state) = (fetch(), *log, Arc::clone(state));
        let settled = async move {
            let answer = fetching.await.and_then(|set| {
                keys_in(&set).ok_or_else(|| "what was fetched is no set of keys".into())
            });
            if let Err(failure) = &answer {
                log(failure);
            }
            if let Ok(mut state) = state.lock() {
                state.settle(answer.ok(), now);
            }
        };
        Some(settled.boxed().shared())
    }
}

impl State {
    fn known_for(&self, span: i64, id: &str, now: i64) -> Option<VerifyingKey> {
        let known = is_within(self.fetched_at, span, now);
        self.keys.get(id).copied().filter(|_| known)
    }

    fn may_fetch(&mut self, now: i64) -> bool {
        if !is_within(self.fetched_at, FRESH_FOR, now) {
            return !is_within(self.failed_at, BETWEEN_FETCHES, now);
        }
        let may = !is_within(self.sought_at, BETWEEN_FETCHES, now);
        if may {
            self.sought_at = Some(now);
        }
        may
    }

    fn settle(&mut self, keys: Option<PublicKeys>, now: i64) {
        self.flight = None;
        self.failed = keys.is_none();
        match keys {
            None => self.failed_at = Some(now),
            Some(keys) => {
                self.keys = keys;
                self.fetched_at = Some(now);
            }
        }
    }
}

/// Whether that was less than `span` ago. A clock that was set back makes long ago what is from later.
fn is_within(since: Option<i64>, span: i64, now: i64) -> bool {
    since.is_some_and(|since| since <= now && now < since.saturating_add(span))
}

fn locked(state: &Mutex<State>) -> Result<MutexGuard<'_, State>, Reason> {
    state.lock().map_err(|_| Reason::KeysUnavailable)
}

/// The keys of a set that can be ours, by id. Other kinds may stand beside them; one id must not name two.
fn keys_in(set: &str) -> Option<PublicKeys> {
    let set: Map<String, Value> = serde_json::from_str(set).ok()?;
    let mut keys = HashMap::new();
    for (id, key) in set.get("keys")?.as_array()?.iter().filter_map(public_key) {
        if keys.insert(id.to_owned(), key).is_some() {
            return None;
        }
    }
    Some(keys)
}

fn public_key(key: &Value) -> Option<(&str, VerifyingKey)> {
    let key = key.as_object()?;
    let is = |name, value| key.get(name).is_some_and(|found| found == value);
    let may_be = |name, value| key.get(name).is_none_or(|found| found == value);
    let (id, x) = (key.get("kid")?.as_str()?, key.get("x")?.as_str()?);
    let ours = is("kty", "OKP") && is("crv", "Ed25519") && is_name(id);
    let ours = ours && may_be("alg", "EdDSA") && may_be("use", "sig");
    let bytes = BASE64URL_NOPAD.decode(x.as_bytes()).ok()?;
    let key = VerifyingKey::from_bytes(bytes.as_slice().try_into().ok()?).ok()?;
    ours.then_some((id, key))
}

impl fmt::Debug for Jwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match &self.source {
            Source::Given(_) => "given",
            Source::Fetched { .. } => "fetched",
        };
        f.debug_struct("Jwks")
            .field("keys", &how)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}
