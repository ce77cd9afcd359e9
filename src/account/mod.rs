//! The state machine of one person: a proved address, a password, roles, sessions, links, a journal.
//!
//! Why an object of its own: whether a session is live, whether a sign-in may go on and what comes
//! first, a reset or a password proved a moment before, must have one answer at one moment.
//!
//! What always holds:
//! - A session is minted by one function, [`session::Sessions::mint`], which demands a proof of who is
//!   there and four passed checks. No flow has another door.
//! - The epoch rises whenever whatever began before must end. A proof made in an older epoch, or against
//!   an older password, is refused like a wrong password; links and letters of an older epoch are void.
//!   What takes a change back is the one exception.
//! - `Create` and everything an address hands over are known by their ids: repeating them changes nothing.
//! - Nothing of another address is claimed before its link was posted, and that address decides.
//! - An account that was never created answers `Absent` and writes nothing; so does one that was erased.

mod answer;
mod command;
mod duty;
mod ending;
mod entering;
mod event;
mod leaving;
mod links;
mod moving;
mod operator;
mod password;
mod proof;
pub mod session;
mod state;
mod wishes;

pub use answer::{Answer, Credential, Export, Linked, Opened, Person, SessionRow, Standing, View};
pub use command::{Browser, Command, Patch, Wish};
pub use duty::{About, Departure, Due, Duty, Letter, Notice, Undoing};
pub use entering::FRESH;
pub use event::{Checkpoint, Event, JournalLine, JournalPage};
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
    /// A link to a new password lives so long.
    pub reset: Span,
    /// A link to sign in lives so long.
    pub magic: Span,
    /// A link that confirms a new address lives so long.
    pub email_change: Span,
    /// Whether the old address can take a change of address back.
    pub undo: bool,
}
