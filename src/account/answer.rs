//! What an account object answers. It crosses a border as JSON and is pinned by `tests/formats`.

use serde::{Deserialize, Serialize};

use super::duty::Undoing;
use super::event::JournalPage;
use crate::kit::{
    asked::Asked,
    email::EmailAddress,
    id::{AccountId, DeviceId, ErrandId, SessionId},
    password::hash::StoredPassword,
    return_path::ReturnPath,
    role::Role,
    time::Time,
};

/// What an account object answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// There is no such account, and nothing was written.
    Absent,
    /// It exists.
    Created {
        /// Its epoch.
        epoch: u32,
    },
    /// What a password is checked against.
    Credential(Credential),
    /// A session is open.
    Opened(Opened),
    /// A session is open for a sign-in link.
    Entered {
        /// The session.
        opened: Opened,
        /// Where they wanted to go when they asked.
        next: ReturnPath,
    },
    /// The proof is outdated: to be answered like a wrong password.
    Outdated,
    /// The account is disabled. Said only to who proved who they are.
    Disabled,
    /// The password must be replaced first. Said only to who proved who they are.
    ChangeRequired,
    /// The session is live.
    Live(Opened),
    /// The session is over.
    Ended,
    /// The cookie was replaced a moment ago, and this is not the browser that got the new one.
    Stale,
    /// The last sign-in is too long ago for what was asked.
    NotFresh,
    /// Everything about it.
    Account(Box<View>),
    /// Everything kept of it.
    Export(Box<Export>),
    /// Lines of the journal.
    Journal(JournalPage),
    /// The token is live.
    Link(Linked),
    /// The token was live once.
    Used,
    /// The token was never live here, or is so no longer.
    Unknown,
    /// The password is another one.
    PasswordReset,
    /// The link was posted; the new address has yet to agree.
    Claiming {
        /// The change.
        change: ErrandId,
    },
    /// The account has another address.
    AddressChanged,
    /// The new address belongs to somebody else.
    AddressTaken,
    /// It was taken back.
    Undone(Undoing),
    /// Done.
    Done,
}

/// What a password is checked against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Credential {
    /// The account's address.
    pub address: EmailAddress,
    /// Its password; `None` when it has none.
    pub password: Option<StoredPassword>,
    /// Which version of it this is.
    pub version: u32,
    /// The account's epoch.
    pub epoch: u32,
    /// Whether a right password opens a session.
    #[serde(default)]
    pub standing: Standing,
    /// What the account may do, for the sign-in hook.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
}

/// Whether an account may be signed in to. Nobody is told before they proved who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It may.
    #[default]
    Good,
    /// It is disabled, or its end was asked for.
    Disabled,
    /// Its password must be replaced first.
    ChangeRequired,
}

/// A live token, and what it stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Linked {
    /// The address it was sent to.
    pub to: EmailAddress,
    /// Whose it is.
    pub person: Person,
    /// What the account may do, for the sign-in hook.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// For a sign-in link: who asked.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// For an undo link: what it takes back.
    #[serde(default)]
    pub undoes: Option<Undoing>,
}

/// A live session, as much of it as a cookie carries and a page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The session.
    pub session: SessionId,
    /// The device it lives on.
    pub device: DeviceId,
    /// Its generation.
    pub generation: u32,
    /// When they proved who they are.
    pub authenticated_at: Time,
    /// When it ends at the latest.
    pub expires_at: Time,
    /// How they proved it.
    pub methods: Vec<String>,
    /// The account's roles and the hook's.
    pub roles: Vec<Role>,
    /// Whose it is.
    pub person: Person,
}

/// An account, as much of it as its owner is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Its id.
    pub account: AccountId,
    /// Its address.
    pub address: EmailAddress,
    /// Whether it may sign in.
    pub enabled: bool,
}

/// An account, as its owner's page and its operator see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Whose it is.
    pub person: Person,
    /// Its own roles.
    pub roles: Vec<Role>,
    /// When it came to be.
    pub created: Time,
    /// Whether it has a password.
    pub has_password: bool,
    /// Whether the password must be replaced at the next sign-in.
    pub force_change: bool,
    /// The address that was asked for and is not proved yet.
    pub wanted_address: Option<EmailAddress>,
    /// When it is erased, once its end was asked for.
    pub erased_at: Option<Time>,
    /// Its live sessions, last used first.
    pub sessions: Vec<SessionRow>,
}

/// Everything kept of a person. The journal comes from beside the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// The account.
    pub view: View,
    /// Addresses it had until a short while ago.
    pub previous: Vec<EmailAddress>,
    /// The journal: when, and what as JSON.
    #[serde(default)]
    pub journal: Vec<(Time, String)>,
}

/// A live session, for the list a person looks at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Its id.
    pub session: SessionId,
    /// The browser.
    pub device: String,
    /// The place.
    pub place: String,
    /// When it began.
    pub first_seen: Time,
    /// When it was last used.
    pub last_seen: Time,
}
