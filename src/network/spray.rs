//! Few passwords tried at many addresses from many networks: each address and each network sees one try, and
//! no budget of theirs is touched. So one object per *mark of a password* counts at how many addresses it was
//! tried in vain.
//!
//! It must not become a list of what people type. A mark is fifteen bits of a keyed hash, which thousands of
//! passwords share; an address is twenty-five bits, keyed afresh for each mark; wrong passwords alone leave
//! anything; and all of it is forgotten after an hour.

use serde::{Deserialize, Serialize};

use crate::kit::time::{Span, Time};

/// At how many addresses a password is taken for one that is being sprayed. People's own mistakes hardly meet:
/// of 100,000 wrong passwords in an hour some three share a mark.
const MANY: usize = 20;
/// How long a try is remembered.
const MEMORY: Span = Span::hours(1);

/// Where one password was tried in vain, and when last; oldest first, and no more than matter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Spray(Vec<(String, Time)>);

impl Spray {
    /// Remembers a try in vain at this address.
    pub fn remember(&mut self, address: &str, now: Time) {
        self.0.retain(|(known, _)| known != address);
        if self.0.len() >= MANY {
            self.0.remove(0);
        }
        self.0.push((address.to_owned(), now));
    }

    /// Whether the password is being sprayed.
    pub fn is_wide(&self) -> bool {
        self.0.len() >= MANY
    }

    /// Drops what is remembered no longer.
    pub fn sweep(&mut self, now: Time) {
        self.0.retain(|(_, at)| now < *at + MEMORY);
    }

    /// When nothing will be left.
    pub fn forgotten_at(&self) -> Option<Time> {
        self.0.iter().map(|(_, at)| *at + MEMORY).max()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(spray: &mut Spray, addresses: std::ops::Range<usize>, now: Time) {
        for n in addresses {
            spray.sweep(now);
            spray.remember(&format!("address {n}"), now);
        }
    }

    #[test]
    fn twenty_addresses_in_an_hour_are_many_and_one_over_and_over_is_not() {
        let mut spray = Spray::default();
        for _ in 0..100 {
            tried(&mut spray, 0..1, Time(0));
        }
        tried(&mut spray, 0..19, Time(1));
        assert!(!spray.is_wide());
        tried(&mut spray, 19..20, Time(2));
        assert!(spray.is_wide());
    }

    #[test]
    fn an_hour_after_the_last_tries_nothing_is_left() {
        let mut spray = Spray::default();
        tried(&mut spray, 0..1_000, Time(0));
        assert!(
            spray.is_wide() && spray.0.len() == MANY,
            "no more than matter"
        );
        tried(&mut spray, 1_000..1_001, Time(5));
        let end = spray.forgotten_at().unwrap();
        assert_eq!(end, Time(5) + MEMORY);
        spray.sweep(Time(0) + MEMORY);
        assert!(!spray.is_wide() && !spray.is_empty());
        spray.sweep(end);
        assert!(spray.is_empty());
    }
}
