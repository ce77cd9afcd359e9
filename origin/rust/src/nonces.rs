//! Which nonces were used. Each request that changes something is believed once.

use core::pin::Pin;
use std::{
    collections::{HashMap, VecDeque},
    error::Error,
    sync::Mutex,
};

/// Whether a nonce was taken for the first time; an error where the store gave no answer.
pub type Taken<'a> =
    Pin<Box<dyn Future<Output = Result<bool, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// Where nonces are remembered. One for all processes that serve an application.
pub trait Nonces: Send + Sync {
    /// Takes a nonce, once: false when it was taken before. It must be one step: of two that ask at once, one gets
    /// true. `until`: when it may be forgotten; `now`: the time; both in seconds since 1970.
    fn take<'a>(&'a self, nonce: &'a str, until: i64, now: i64) -> Taken<'a>;
}

/// Remembers in this process alone.
#[derive(Debug)]
pub struct MemoryNonces {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    until: HashMap<String, i64>,
    in_order: VecDeque<(String, i64)>,
}

impl Default for MemoryNonces {
    fn default() -> Self {
        Self::with_room_for(100_000)
    }
}

impl MemoryNonces {
    /// So many at once. When they are that many, requests that change something are refused.
    pub fn with_room_for(most: usize) -> Self {
        Self {
            most,
            kept: Mutex::default(),
        }
    }

    fn take_now(&self, nonce: &str, until: i64, now: i64) -> Result<bool, &'static str> {
        let mut kept = self.kept.lock().map_err(|_| "another thread fell")?;
        // They are good for about as long, so the first to come is about the first to go.
        while let Some((old, _)) = kept.in_order.pop_front_if(|(_, until)| *until <= now) {
            if kept.until.get(&old).is_some_and(|until| *until <= now) {
                kept.until.remove(&old);
            }
        }
        if kept.until.get(nonce).is_some_and(|until| *until > now) {
            return Ok(false);
        }
        if kept.in_order.len() >= self.most {
            return Err("too many nonces to remember");
        }
        kept.until.insert(nonce.to_owned(), until);
        kept.in_order.push_back((nonce.to_owned(), until));
        Ok(true)
    }
}

impl Nonces for MemoryNonces {
    fn take<'a>(&'a self, nonce: &'a str, until: i64, now: i64) -> Taken<'a> {
        let taken = self.take_now(nonce, until, now).map_err(Into::into);
        Box::pin(core::future::ready(taken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_are_forgotten_when_their_time_is_over() {
        let nonces = MemoryNonces::with_room_for(10);
        for second in 0..1000 {
            let nonce = format!("n{second}");
            assert_eq!(nonces.take_now(&nonce, second + 5, second), Ok(true));
            assert_eq!(nonces.take_now(&nonce, second + 5, second), Ok(false));
        }
        assert!(nonces.kept.lock().is_ok_and(|kept| kept.until.len() <= 10));
    }

    #[test]
    fn where_there_is_no_room_nothing_is_taken() {
        let nonces = MemoryNonces::with_room_for(1);
        assert_eq!(nonces.take_now("a", 10, 0), Ok(true));
        assert!(nonces.take_now("b", 10, 0).is_err());
        assert_eq!(nonces.take_now("b", 20, 10), Ok(true));
    }
}
