//! What an account object is asked, and what it answers. Both cross a border as JSON and are pinned by
//! `tests/formats`.

use serde::{Deserialize, Serialize};

use super::proof::{HookAllowed, Proof};
use crate::kit::{
    email::EmailAddress,
    id::{AccountId, DeviceId, ErrandId, SessionId},
    lane::LaneName,
    password::hash::StoredPassword,
    role::Role,
    time::Time,
};

/// What an account object is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// An address object assigned this account. Repeating it changes nothing.
    Create {
        /// Its own id.
        account: AccountId,
        /// Its address.
        address: EmailAddress,
        /// Its password.
        password: Option<StoredPassword>,
    },
    /// What is a password to be checked against?
    Credential,
    /// Open a session for whoever this proof speaks of.
    OpenSession {
        /// Who is there.
        proof: Proof,
        /// The hook's word.
        hook: HookAllowed,
        /// Where the session lives.
        browser: Browser,
        /// The lane to reopen, when a password was tried: the address object learns it from here.
        lane: Option<LaneName>,
        /// The same password hashed at today's cost, when what is stored is outdated.
        rehashed: Option<StoredPassword>,
    },
    /// Is this session live? Advances its generation when that is old.
    Touch {
        /// The session.
        session: SessionId,
        /// The generation the cookie carries.
        generation: u32,
        /// The browser's device.
        device: Option<DeviceId>,
    },
    /// The live sessions of this account.
    Sessions,
    /// End one session.
    EndSession {
        /// Which.
        session: SessionId,
        /// Whether it is the asking browser's own.
        own: bool,
    },
    /// End every session but this one, and forget the marks of all other devices.
    EndOthers {
        /// The one that stays.
        kept: SessionId,
        /// The device that keeps its mark.
        device: Option<DeviceId>,
    },
    /// Somebody tried to register this account's address: tell the owner, once per wish.
    AlreadyRegistered {
        /// The wish's id.
        wish: ErrandId,
        /// The address the wish was made for: honoured only while the account holds it.
        address: EmailAddress,
    },
}

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
    /// The proof is outdated: to be answered like a wrong password.
    Outdated,
    /// The account is disabled. Said only to who proved who they are.
    Disabled,
    /// The session is live.
    Live(Opened),
    /// The session is over.
    Ended,
    /// The cookie was replaced a moment ago, and this is not the browser that got the new one.
    Stale,
    /// The live sessions.
    Sessions(Vec<SessionRow>),
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
    /// What the account may do, for the sign-in hook.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
}

/// The browser a session lives in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Browser {
    /// The device the session belongs to.
    pub device: DeviceId,
    /// For people: "Firefox on Linux".
    pub name: String,
    /// For people: "Lisbon, PT"; empty when the runtime does not say.
    pub place: String,
    /// The client's network, shortened to /24 or /48.
    pub network: String,
    /// The session it had until now. It is replaced, and its cookie counts as an older generation of the
    /// new one.
    #[serde(default)]
    pub had: Option<SessionId>,
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
