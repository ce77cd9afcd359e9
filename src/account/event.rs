//! What is worth a line in an account's journal. Never an address, a token or a password.

use serde::{Deserialize, Serialize};

use super::{duty::Undoing, proof::Heard};
use crate::kit::{
    id::{InvitationId, LinkId, SessionId},
    role::Role,
    time::Time,
};

/// One line of the journal: what happened, in the past tense.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The account came to be.
    Created,
    /// Somebody signed in.
    SignedIn {
        /// The session that was opened.
        session: SessionId,
        /// How they proved who they are.
        method: String,
        /// The network they came from, shortened.
        network: String,
        /// Whether the device was new.
        new_device: bool,
        /// What was heard of the sign-in hook, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hook: Option<Heard>,
    },
    /// A session ended.
    SessionEnded {
        /// The session.
        session: SessionId,
        /// Why.
        why: Ending,
    },
    /// The stored password was hashed anew at today's cost.
    PasswordRehashed,
    /// The owner replaced the password.
    PasswordChanged,
    /// The password was replaced by a reset link.
    PasswordReset,
    /// A link to a new password was asked for.
    ResetAsked {
        /// The operator's key, when one asked for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A link to sign in was asked for.
    MagicAsked,
    /// Another address was asked for.
    AddressWanted,
    /// The account has another address.
    AddressChanged,
    /// The address that was asked for belonged to somebody else.
    AddressRefused,
    /// Something was taken back by a link.
    Undone {
        /// What.
        what: Undoing,
    },
    /// Its owner asked for its end.
    DeletionAsked,
    /// Everything of it was erased, but for this line.
    Erased,
    /// Roles came with an invitation.
    Invited {
        /// The invitation.
        invitation: InvitationId,
        /// The roles.
        roles: Vec<Role>,
        /// The operator's key.
        by: String,
    },
    /// An operator made a smart link for this person.
    LinkMade {
        /// The link.
        link: LinkId,
        /// The operator's key.
        by: String,
    },
    /// An operator changed it.
    Patched {
        /// The operator's key.
        by: String,
        /// Whether it may sign in now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        enabled: Option<bool>,
        /// Its roles now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        roles: Option<Vec<Role>>,
        /// Whether the password must be replaced at the next sign-in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        force_change: Option<bool>,
        /// Whether every session was ended.
        #[serde(default)]
        end_sessions: bool,
    },
}

/// A line as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalLine {
    /// Its number, counted from 1.
    pub seq: i64,
    /// When it happened.
    pub at: Time,
    /// What happened: an [`Event`] as JSON.
    pub line: String,
    /// What chains it to the line before: base64url of HMAC-SHA-256 over the account's id, that line's `chain`, this
    /// one's number, its time in milliseconds and its text, one a line.
    pub chain: String,
}

/// Where a journal begins whose oldest lines are gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The number of the last line that is gone.
    pub seq: i64,
    /// Its chain.
    pub chain: String,
    /// base64url of HMAC-SHA-256 over `checkpoint`, the account's id, the number and the chain, one a line.
    pub mac: String,
}

/// Some lines of a journal, for an operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalPage {
    /// The lines, oldest first.
    pub lines: Vec<JournalLine>,
    /// What the very first line follows, when older ones are gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
    /// Whether the chain of the whole journal holds.
    pub holds: bool,
    /// Whether more lines follow.
    pub more: bool,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// They signed out.
    SignedOut,
    /// They ended it from another session.
    EndedElsewhere,
    /// A cookie that had been replaced long ago was shown: somebody else may have it.
    Replayed,
    /// They signed in again in the same browser.
    Replaced,
    /// There were too many; this one was the oldest.
    Crowded,
    /// The password was replaced.
    PasswordChanged,
    /// Everything that began before was ended.
    EpochEnded,
}
