//! What an account object is asked, and what it answers. Both cross a border as JSON and are pinned by
//! `tests/formats`.

use serde::{Deserialize, Serialize};

use super::proof::{HookAllowed, PasswordProved, Proof};
use crate::kit::{
    asked::Asked,
    email::EmailAddress,
    id::{AccountId, DeviceId, ErrandId, LinkId, SessionId},
    invited::Invited,
    lane::LaneName,
    password::hash::StoredPassword,
    redeemed::Post,
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
    /// Lines of the journal.
    Journal {
        /// The number of the last line that is known already; 0 for none.
        after: i64,
    },
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
    /// An operator makes a smart link for this person: in which epoch?
    Bind {
        /// The link.
        link: LinkId,
        /// The operator's key, for the journal.
        by: String,
    },
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
