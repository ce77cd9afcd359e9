//! Few passwords tried at many addresses from many networks: each address and each network sees one try, and
//! no budget of theirs is touched. So one object per *mark of a password* counts at how many addresses it was
//! tried in vain, and calls it wide for an hour when they are many.
//!
//! It must not become a list of what people type. A mark is fifteen bits of a keyed hash, which thousands of
//! passwords share; an address is twenty-five bits, keyed afresh for each mark; what opens an account leaves
//! nothing; and all of it is forgotten after an hour. While it is wide nothing is written at all, whether a try was
//! right or wrong: or whoever sprays could tell by when it ends.

use serde::{Deserialize, Serialize};

use crate::kit::time::{Span, Time};

/// At how many addresses a password is taken for one that is being sprayed. People's own mistakes hardly meet:
/// of 100,000 wrong passwords in an hour some three share a mark.
const MANY: usize = 20;
/// How long a try is remembered, and how long a password is called wide.
const MEMORY: Span = Span::hours(1);

/// Where passwords of one mark were tried in vain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spray {
    /// Marks of addresses, and when each was tried last; oldest first.
    tried: Vec<(String, Time)>,
    /// Until when it is wide.
    until: Option<Time>,
}

impl Spray {
    /// Counts a try, in vain at this address or right, and tells whether the password is being sprayed.
    pub fn try_it(&mut self, in_vain: Option<&str>, now: Time) -> bool {
        self.sweep(now);
        if self.until.is_some() {
            return true;
        }
        if let Some(address) = in_vain {
            self.tried.retain(|(known, _)| known != address);
            self.tried.push((address.to_owned(), now));
        }
        if self.tried.len() >= MANY {
            *self = Self {
                tried: Vec::new(),
                until: Some(now + MEMORY),
            };
        }
        self.until.is_some()
    }

    /// Drops what is remembered no longer. What a clock that was ahead remembered counts from now.
    pub fn sweep(&mut self, now: Time) {
        for (_, at) in &mut self.tried {
            *at = now.min(*at);
        }
        self.tried.retain(|(_, at)| now < *at + MEMORY);
        self.until = self.until.map(|until| until.min(now + MEMORY));
        self.until.take_if(|until| *until <= now);
    }

    /// When nothing will be left.
    pub fn forgotten_at(&self) -> Option<Time> {
        let tried = self.tried.iter().map(|(_, at)| *at + MEMORY);
        tried.chain(self.until).max()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries in vain at each of these; whether the last one found it wide.
    fn tried(spray: &mut Spray, addresses: std::ops::Range<usize>, now: Time) -> bool {
        let tries = addresses.map(|n| spray.try_it(Some(&format!("address {n}")), now));
        tries.last().unwrap()
    }

    #[test]
    fn twenty_addresses_in_an_hour_are_many_and_one_over_and_over_is_not() {
        let mut spray = Spray::default();
        for _ in 0..100 {
            assert!(!tried(&mut spray, 0..1, Time(0)));
        }
        assert!(!tried(&mut spray, 0..19, Time(1)));
        assert!(!spray.try_it(None, Time(1)), "a right one is none of them");
        assert!(tried(&mut spray, 19..20, Time(2)));
        assert!(spray.try_it(None, Time(3)));
    }

    #[test]
    fn tries_that_lie_an_hour_apart_are_not_counted_together() {
        let mut spray = Spray::default();
        assert!(!tried(&mut spray, 0..19, Time(0)));
        assert!(!tried(&mut spray, 19..20, Time(0) + MEMORY));
    }

    #[test]
    fn while_it_is_wide_nothing_is_written_and_after_an_hour_nothing_is_left() {
        let mut spray = Spray::default();
        assert!(tried(&mut spray, 0..20, Time(0)));
        let wide = spray.clone();
        assert!(tried(&mut spray, 20..1_000, Time(5)) && spray.try_it(None, Time(6)));
        assert_eq!(spray, wide);
        assert_eq!(spray.forgotten_at(), Some(Time(0) + MEMORY));
        assert!(!spray.try_it(None, Time(0) + MEMORY));
        assert!(spray.is_empty());
    }

    #[test]
    fn what_a_clock_that_was_ahead_remembered_is_forgotten_in_time() {
        let mut spray = Spray::default();
        let ahead = Time(0) + Span::days(400);
        assert!(tried(&mut spray, 0..20, ahead));
        assert!(spray.try_it(None, Time(0)));
        assert!(!spray.try_it(None, Time(0) + MEMORY));
        assert!(!tried(&mut spray, 0..19, ahead));
        spray.sweep(Time(0));
        spray.sweep(Time(0) + MEMORY);
        assert!(spray.is_empty());
    }
}
