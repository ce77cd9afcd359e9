//! What an address object is asked, and what it answers. Both cross a border as JSON and are pinned by
//! `tests/formats`.

use serde::{Deserialize, Serialize};

use crate::kit::{
    email::EmailAddress,
    id::{AccountId, DeviceId, SignupId, VisitId},
    lane::LaneName,
    password::hash::StoredPassword,
    proof::AddressProved,
    return_path::ReturnPath,
    time::Span,
    token::TokenHash,
};

/// What an address object is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Somebody registered.
    SignUp {
        /// The address, for the letter.
        address: EmailAddress,
        /// Names the browser that registered.
        signup: SignupId,
        /// The hash of the chosen password.
        password: StoredPassword,
        /// Where they wanted to go.
        next: ReturnPath,
        /// The browser's device, when it carries one.
        device: Option<DeviceId>,
    },
    /// Somebody wants the verification letter again.
    Resend {
        /// The address, for the letter.
        address: EmailAddress,
        /// The sign-up of the asking browser.
        signup: Option<SignupId>,
        /// The browser's device, when it carries one.
        device: Option<DeviceId>,
    },
    /// Somebody tries a password. It is counted here, before anyone looks at the password.
    Attempt {
        /// The lane they ask for: a device asks for the marked one, nobody in particular for the other.
        device: Option<DeviceId>,
        /// The sign-up of the asking browser.
        signup: Option<SignupId>,
    },
    /// The password tried in this lane for a pending sign-up was right.
    Reopen {
        /// The lane the attempt was counted in.
        lane: LaneName,
    },
    /// The owner signed in: the device is marked and the lane reopened.
    Mark {
        /// The account that says so; only the owner is heeded.
        account: AccountId,
        /// The device they signed in on.
        device: DeviceId,
        /// The lane the attempt was counted in.
        lane: LaneName,
    },
    /// The owner ended every other session: other devices lose their marks.
    Unmark {
        /// The account that says so; only the owner is heeded.
        account: AccountId,
        /// The device that keeps its mark.
        kept: Option<DeviceId>,
    },
    /// Asked of one object of fixed name: is everything named by this `NAME_KEY`? The first answer is yes,
    /// and remembered.
    CheckNames {
        /// A keyed check value, which tells nothing about the key.
        check: String,
    },
    /// What would posting this token ask for? Changes nothing.
    Look {
        /// The token shown.
        token: TokenHash,
        /// The sign-up of the asking browser.
        signup: Option<SignupId>,
    },
    /// The button on the verification page was pressed.
    Prove {
        /// The token shown.
        token: TokenHash,
        /// The page it was posted from; JSON has none and is never answered twice.
        visit: Option<VisitId>,
        /// A keyed digest of the other fields, so that an equal post can be told from another one.
        fields: String,
        /// The sign-up of the asking browser.
        signup: Option<SignupId>,
        /// The password chosen on the page, when it asked for one.
        password: Option<StoredPassword>,
        /// The device to mark.
        device: DeviceId,
    },
}

/// What an address object answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Done, or done as far as anyone may know.
    Accepted,
    /// The attempt is counted; here is what to check it against.
    Counted {
        /// The lane it was counted in.
        lane: LaneName,
        /// Whose password it may be.
        target: Target,
    },
    /// The lane is shut and nothing was counted.
    Shut {
        /// How long; `None` when only a link opens it.
        wait: Option<Span>,
    },
    /// Everything is named by another `NAME_KEY`.
    OtherNames,
    /// This device is not marked for this address, and nothing was counted.
    NotMarked,
    /// The token is live.
    Live {
        /// The address it proves.
        address: EmailAddress,
        /// Whether the page must ask for a password.
        password: Password,
    },
    /// The token is live, but this browser must choose the password. Nothing was changed.
    PasswordNeeded,
    /// The address is proved.
    Proved(Proved),
    /// The token was live once.
    Used,
    /// The token was never live here, or is so no longer.
    Unknown,
}

/// Whether posting a token needs a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Password {
    /// The browser that registered is asking: its password is known.
    Known,
    /// Any other browser chooses it now, so that nobody plants one in someone else's account.
    Needed,
}

/// Whose password an attempt may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The address has an owner.
    Owner(AccountId),
    /// The address waits to be proved.
    Pending(StoredPassword),
    /// Nobody's. The caller does the same work all the same.
    Nobody,
}

/// Somebody holds the address: they posted a token that was sent to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proved {
    /// The proof, for the account.
    pub proof: AddressProved,
    /// The account that came to be.
    pub account: AccountId,
    /// Where they wanted to go when they registered.
    pub next: ReturnPath,
}

impl Answer {
    /// The account was acknowledged in this epoch.
    #[must_use]
    pub fn born(self, epoch: u32) -> Self {
        match self {
            Self::Proved(proved) => Self::Proved(proved.in_epoch(epoch)),
            other => other,
        }
    }
}

impl Proved {
    /// The account was acknowledged in this epoch.
    #[must_use]
    pub fn in_epoch(self, epoch: u32) -> Self {
        Self {
            proof: self.proof.in_epoch(epoch),
            ..self
        }
    }
}
