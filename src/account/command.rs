//! What an account object is asked, and what it answers. Both cross a border as JSON and are pinned by
//! `tests/formats`.

use serde::{Deserialize, Serialize};

use super::{
    duty::Undoing,
    proof::{HookAllowed, PasswordProved, Proof},
};
use crate::kit::{
    asked::Asked,
    email::EmailAddress,
    id::{AccountId, DeviceId, ErrandId, SessionId},
    invited::Invited,
    lane::LaneName,
    password::hash::StoredPassword,
    redeemed::Post,
    return_path::ReturnPath,
    role::Role,
    time::Time,
    token::{LinkKind, TokenHash},
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
        /// The invitation it came by.
        #[serde(default)]
        invited: Option<Invited>,
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
        /// Another password that takes its place at once.
        #[serde(default)]
        changed: Option<StoredPassword>,
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
    /// Everything its owner and its operator may see.
    Inspect,
    /// Everything kept of this person, for the person.
    Export,
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
    /// End every session, and void whatever else is on its way in.
    EndAll,
    /// The address object hands over what somebody wished for. Honoured once per wish.
    Wish {
        /// The wish's id.
        wish: ErrandId,
        /// The address it was made at.
        address: EmailAddress,
        /// When: what is sent for it lives from here.
        since: Time,
        /// What was wished for.
        what: Wish,
    },
    /// What would posting this token do? Changes nothing.
    Look {
        /// The kind of its link.
        kind: LinkKind,
        /// The token shown.
        token: TokenHash,
    },
    /// A reset link was posted with a new password.
    Reset {
        /// The token and what came with it.
        post: Post,
        /// The hash of the new password; none for a token that was seen to be dead.
        password: Option<StoredPassword>,
        /// The device to mark.
        device: DeviceId,
    },
    /// A sign-in link was posted.
    Magic {
        /// The token and what came with it.
        post: Post,
        /// The hook's word; none for a token that was seen to be dead.
        hook: Option<HookAllowed>,
        /// Where the session lives.
        browser: Browser,
    },
    /// Replace the password, from a session.
    ChangePassword {
        /// The session that asks.
        session: SessionId,
        /// The password in force, checked; an account without one needs a fresh sign-in.
        proof: Option<PasswordProved>,
        /// The lane the attempt was counted in.
        lane: Option<LaneName>,
        /// The hash of the new password.
        password: StoredPassword,
    },
    /// Another address is wanted. Nothing is claimed before it is proved.
    WantAddress {
        /// The session that asks.
        session: SessionId,
        /// The password in force, when it was given.
        proof: Option<PasswordProved>,
        /// The lane the attempt was counted in.
        lane: Option<LaneName>,
        /// Names the change.
        change: ErrandId,
        /// The new address.
        address: EmailAddress,
    },
    /// The link sent to the new address was posted.
    ConfirmAddress {
        /// The token and what came with it.
        post: Post,
        /// The device to mark at the new address.
        device: DeviceId,
    },
    /// The link sent to the old address, or after a deletion, was posted.
    Undo {
        /// The token and what came with it.
        post: Post,
    },
    /// End this account: at once for its sessions, for good after three days.
    Delete {
        /// The session that asks.
        session: SessionId,
        /// The password in force, when it was given.
        proof: Option<PasswordProved>,
        /// The lane the attempt was counted in.
        lane: Option<LaneName>,
    },
    /// An invitation was taken up by who holds the address: its roles are added. Once per invitation.
    Grant(Invited),
    /// An operator changes it.
    Patch(Patch),
}

/// What somebody wished for at an address of this account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// Somebody tried to register the address: its owner is told.
    AlreadyRegistered,
    /// Strangers have tried so many passwords that their lane stays shut: its owner is told.
    AttemptsExhausted,
    /// A link to a new password.
    Reset {
        /// The operator's key, when one asked for it.
        by: Option<String>,
    },
    /// A link to sign in.
    Magic(Asked),
    /// A link that confirms this address as the account's new one.
    ConfirmAddress {
        /// The change it belongs to.
        change: ErrandId,
    },
}

/// What an operator changes. What is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Patch {
    /// The key that asks, for the journal.
    pub by: String,
    /// Whether it may sign in.
    pub enabled: Option<bool>,
    /// Its roles.
    pub roles: Option<Vec<Role>>,
    /// Whether its password must be replaced at the next sign-in.
    pub force_change: Option<bool>,
    /// End every session.
    pub end_sessions: bool,
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
    /// For a sign-in link: who asked.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// For an undo link: what it takes back.
    #[serde(default)]
    pub undoes: Option<Undoing>,
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
