//! Mail purses: how much mail an address may be sent, and at whose wish.
//!
//! Strangers pay from one purse, browsers the owner signed in on from another; none borrows from the
//! other. So a mail bomb yields at most its purse, and never uses up the owner's own. A spent
//! strangers' purse still gives one letter every two hours: an owner on a new device gets in.
//! What a visitor is answered never depends on a purse.

use serde::{Deserialize, Serialize};

use super::Policy;
use crate::kit::{
    budget::{Budget, Rate},
    time::{Span, Time},
};

/// What a spent strangers' purse still gives.
const TRICKLE: [Rate; 1] = [Rate {
    count: 1,
    per: Span::hours(2),
}];

/// Whose wish pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payer {
    /// A browser the owner signed in on.
    Known,
    /// Anybody else.
    Stranger,
}

/// The purses of one address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Purses {
    strangers: Budget,
    trickle: Budget,
    known: Budget,
}

impl Purses {
    /// Pays for one letter; `false` when the purse is empty and the letter must not leave.
    pub(super) fn pay(&mut self, payer: Payer, policy: &Policy, now: Time) -> bool {
        match payer {
            Payer::Known => self.known.spend(&policy.known_mail, now).is_ok(),
            Payer::Stranger => {
                let paid = self.strangers.spend(&policy.strangers_mail, now).is_ok();
                // Every letter uses up the trickle: a purse just spent must not give one more at once.
                let trickled = self.trickle.spend(&TRICKLE, now).is_ok();
                paid || trickled
            }
        }
    }

    pub(super) fn sweep(&mut self, policy: &Policy, now: Time) {
        self.strangers.sweep(&policy.strangers_mail, now);
        self.trickle.sweep(&TRICKLE, now);
        self.known.sweep(&policy.known_mail, now);
    }

    pub(super) fn wake_at(&self, policy: &Policy) -> Option<Time> {
        let ends = [
            self.strangers.forgotten_at(&policy.strangers_mail),
            self.trickle.forgotten_at(&TRICKLE),
            self.known.forgotten_at(&policy.known_mail),
        ];
        ends.into_iter().flatten().min()
    }
}
