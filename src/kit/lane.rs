//! The name of an attempt lane. The address object keeps the lanes; the account hands the name back.

use serde::{Deserialize, Serialize};

/// Who tries a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneName {
    /// A device the owner signed in on.
    Marked,
    /// Everybody else, together.
    Strangers,
    /// Both: what a link opens. Nobody tries a password in it.
    Every,
}
