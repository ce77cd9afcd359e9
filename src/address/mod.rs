//! The state machine of one e-mail address. It decides who owns the address, and it alone.
//!
//! Why an object of its own: two people may register one address at the same moment, and 200 browsers
//! may post one token. One single writer per address makes one of them the first. It is named by a
//! keyed hash of the address, so its name tells nothing.
//!
//! What it holds: the owner, pending sign-ups, an invitation, live tokens, attempt lanes and marked
//! devices, mail purses, and what it still owes (letters, wishes, the birth of an account).
//!
//! What always holds:
//! - An account comes to be by one way only: a live token of a letter to this address was posted. An
//!   account that is there comes to own it by one way only: it says that such a token was posted to it.
//! - The commit that redeems a token removes it, every other token and every pending sign-up, and
//!   writes who owns the address now. A crash leaves a pending sign-up or an owner, never half of one.
//! - A known address and an unknown one are answered alike and written alike; a sign-up waits at either,
//!   and at a known one in vain.
//! - Nothing is written before something must be kept, and what nobody came back for sweeps itself away.

mod asking;
mod command;
mod duty;
mod invitation;
mod lane;
mod links;
mod owning;
mod proving;
mod purse;
mod state;

pub use command::{Answer, Asker, Command, Live, Password, Proof, Proved, Wanted};
pub use duty::{Birth, Departure, Duty, Going, Letter, WishKind};
pub use invitation::{Invitation, LIST, Listed, Open};
pub use state::AddressState;

use crate::kit::{budget::Rate, time::Span};

/// What the operator decided.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Password tries of strangers.
    pub unmarked: Vec<Rate>,
    /// Password tries of marked devices.
    pub marked: Vec<Rate>,
    /// Letters that strangers ask for.
    pub strangers_mail: Vec<Rate>,
    /// Letters that marked browsers ask for.
    pub known_mail: Vec<Rate>,
    /// How long a sign-up waits for its address to be proved.
    pub verify: Span,
    /// A link to a new password lives so long.
    pub reset: Span,
    /// A link to sign in lives so long.
    pub magic: Span,
    /// An invitation is open so long.
    pub invite: Span,
    /// A link that confirms a new address lives so long.
    pub email_change: Span,
}
