//! What is worth a line in an account's journal. Never an address, a token or a password.

use serde::{Deserialize, Serialize};

use super::proof::Heard;
use crate::kit::id::SessionId;

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
}
