//! The account page: who you are, where you are signed in, how to end it.

use std::borrow::Cow;

use askama::Template;

use crate::kit::time::Time;

use super::{Headed, Kind, Shell, initial, words};

/// The visitor's own account.
#[derive(Template, Debug)]
#[template(path = "account.html")]
pub struct Account<'a> {
    /// What is around it.
    pub shell: Shell<'a>,
    /// The proved address.
    pub email: &'a str,
    /// Every session that lives, the newest first.
    pub sessions: &'a [SessionRow],
    /// When the page is made, to say how long ago the others were seen.
    pub now: Time,
}

/// One place where the visitor is signed in.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// The session id.
    pub id: String,
    /// Browser and system in words, such as `Firefox on Linux`.
    pub device: String,
    /// Roughly where, such as `Lisbon, Portugal`; empty when not known.
    pub place: String,
    /// When it signed in.
    pub first_seen: Time,
    /// When it was last used.
    pub last_seen: Time,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl Headed for Account<'_> {
    fn heading(&self) -> Cow<'_, str> {
        words::ACCOUNT.into()
    }
}

impl Account<'_> {
    fn initial(&self) -> String {
        initial(self.email)
    }

    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.current)
    }
}
