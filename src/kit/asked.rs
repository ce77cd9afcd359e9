//! Who asked for a sign-in link: shown to the person who opens it, so that they can tell their own wish
//! from somebody else's.

use serde::{Deserialize, Serialize};

use super::{id::AskId, return_path::ReturnPath, time::Time};

/// A wish for a sign-in link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Names the wish; the browser that made it knows it by a cookie.
    pub ask: AskId,
    /// The browser, in words for people.
    pub browser: String,
    /// The place, in words for people; empty when the runtime does not say.
    pub place: String,
    /// When.
    pub at: Time,
    /// Where they wanted to go.
    pub next: ReturnPath,
}
