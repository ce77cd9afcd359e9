//! The state machine of one person: a proved address, a password, roles, sessions, a journal.
//!
//! Why an object of its own: whether a session is live, whether a sign-in may go on and what comes
//! first, a reset or a password proved a moment before, must have one answer at one moment.
//!
//! What always holds:
//! - A session is minted by one function, [`session::Sessions::mint`], which demands a proof of who is
//!   there and four passed checks. No flow has another door.
//! - The epoch rises whenever whatever began before must end. A proof made in an older epoch, or against
//!   an older password, is refused like a wrong password.
//! - `Create` and everything an address hands over are known by their ids: repeating them changes nothing.
//! - An account that was never created answers `Absent` and writes nothing.

mod command;
mod duty;
mod event;
mod proof;
pub mod session;
mod state;

pub use command::{Answer, Browser, Command, Credential, Opened, Person, SessionRow};
pub use duty::{Departure, Due, Duty, Notice};
pub use event::Event;
pub use proof::{Heard, HookAllowed, PasswordProved, Proof};
pub use state::AccountState;

use crate::kit::time::Span;

/// What the operator decided.
#[derive(Clone, Debug)]
pub struct Policy {
    /// A session nobody used for so long ends.
    pub idle: Span,
    /// A session ends after so long, used or not.
    pub session: Span,
}
