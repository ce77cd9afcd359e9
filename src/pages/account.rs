//! The account page: who you are, how you sign in, where you are signed in, and how to end it all.

use std::borrow::Cow;

use askama::Template;

use crate::kit::time::Time;

use super::{FieldErrors, Kind, Shell, View, Word, initial, words};

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
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// The new address that was asked for and is not confirmed.
    pub pending_email: Option<&'a str>,
    /// What was typed as new address, or nothing.
    pub new_email: &'a str,
    /// Whether the sign-in is recent enough for what cannot be taken back easily.
    pub fresh: bool,
    /// Where such an act leads when it is not.
    pub confirm_href: &'a str,
    /// Where the data can be had.
    pub export_href: &'a str,
    /// `PASSWORD_MIN_LENGTH`.
    pub min_length: usize,
    /// Refused fields, of whichever form.
    pub errors: FieldErrors,
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

impl View for Account<'_> {
    fn heading(&self) -> Cow<'_, str> {
        self.shell.say(words::ACCOUNT).into()
    }

    /// A fresh page begins at its top.
    fn focus(&self) -> &'static str {
        self.errors.focus(&["password", "newPassword", "email"], "")
    }
}

impl Account<'_> {
    fn initial(&self) -> String {
        initial(self.email)
    }

    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.current)
    }

    fn password_lead(&self) -> Word {
        if self.has_password {
            words::PASSWORD_LEAD
        } else {
            words::NO_PASSWORD
        }
    }

    fn password_button(&self) -> Word {
        if self.has_password {
            words::CHANGE_PASSWORD
        } else {
            words::SET_PASSWORD
        }
    }

    fn was_refused(&self, field: &str) -> bool {
        self.errors.of(field).is_some()
    }

    fn seen(&self, session: &SessionRow) -> String {
        let time = self.shell.brand.words.ago(session.last_seen, self.now);
        self.shell.fill(words::SEEN, &[("time", &time)])
    }

    fn end_session_of(&self, session: &SessionRow) -> String {
        let device = session.device.as_str();
        self.shell
            .fill(words::END_SESSION_OF, &[("device", device)])
    }

    fn waits(&self) -> Option<String> {
        let address = self.pending_email?;
        let waits = self
            .shell
            .fill(words::ADDRESS_WAITS, &[("address", address)]);
        Some(waits)
    }

    fn signed_in_on(&self, session: &SessionRow) -> String {
        let day = self.shell.brand.words.day(session.first_seen);
        self.shell.fill(words::SIGNED_IN_ON, &[("day", &day)])
    }
}
