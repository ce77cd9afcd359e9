//! What an address object is asked, and what it answers. Both cross a border as JSON and are pinned by
//! `tests/formats`.

use serde::{Deserialize, Serialize};

use super::invitation::{Invitation, Listed, Open};
use crate::kit::{
    asked::Asked,
    email::EmailAddress,
    id::{AccountId, DeviceId, ErrandId, InvitationId, SignupId},
    lane::LaneName,
    password::hash::StoredPassword,
    proof::AddressProved,
    redeemed::Post,
    return_path::ReturnPath,
    role::Role,
    time::{Span, Time},
    token::{LinkKind, TokenHash},
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
    /// Somebody wants a letter with a way in.
    Ask {
        /// The address, for the letter.
        address: EmailAddress,
        /// What they want.
        what: Wanted,
        /// Who asks, for the purse.
        asker: Asker,
    },
    /// An operator invites whoever holds this address. An open invitation is renewed.
    Invite {
        /// The address, for the letter.
        address: EmailAddress,
        /// The invitation.
        invitation: Invitation,
    },
    /// An operator sends the letter of an invitation again.
    ResendInvitation {
        /// Which.
        invitation: InvitationId,
    },
    /// An operator takes an invitation back.
    RevokeInvitation {
        /// Which.
        invitation: InvitationId,
    },
    /// Asked of one object of fixed name: put this into the list of open invitations.
    ListInvitation(Listed),
    /// The same: take this out of the list.
    UnlistInvitation {
        /// Which.
        invitation: InvitationId,
    },
    /// The same: every open invitation.
    Invitations,
    /// The account wants this address for its own, which was proved. Repeating it changes nothing.
    Claim {
        /// The account.
        account: AccountId,
        /// The address.
        address: EmailAddress,
        /// A device to mark.
        device: Option<DeviceId>,
    },
    /// The account lets go of this address.
    Release {
        /// The account that says so; only the owner is heeded.
        account: AccountId,
        /// Until then nobody else may have it.
        reserved: Option<Time>,
    },
    /// Whose address is it?
    WhoOwns,
    /// Somebody tries a password. It is counted here, before anyone looks at the password.
    Attempt {
        /// The lane they ask for: a device asks for the marked one, nobody in particular for the other.
        device: Option<DeviceId>,
        /// The sign-up of the asking browser.
        signup: Option<SignupId>,
    },
    /// An attempt is taken back: the password was right and opened nothing, or nobody looked at it.
    TakeBack {
        /// The lane the attempt was counted in.
        lane: LaneName,
        /// The device, in the marked lane.
        device: Option<DeviceId>,
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
        /// The kind of its link.
        kind: LinkKind,
        /// The token shown.
        token: TokenHash,
        /// The sign-up of the asking browser.
        signup: Option<SignupId>,
    },
    /// A link was posted. Whoever does that holds the address.
    Prove(Proof),
}

/// A posted link and what came with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proof {
    /// The kind of the link.
    pub kind: LinkKind,
    /// The token, and the page it was posted from.
    pub post: Post,
    /// The sign-up of the asking browser.
    pub signup: Option<SignupId>,
    /// The password chosen on the page, when it asked for one.
    pub password: Option<StoredPassword>,
    /// The device to mark.
    pub device: DeviceId,
}

/// A letter with a way in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// A link to a new password.
    Reset {
        /// The operator's key, when one asks.
        by: Option<String>,
    },
    /// A link to sign in.
    Magic(Asked),
    /// A link that makes this address that of an account.
    Confirm {
        /// The account.
        account: AccountId,
        /// Its change of address.
        change: ErrandId,
    },
}

/// Who asks for a letter: known browsers and strangers pay from purses of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asker {
    /// A browser; known when its device is marked.
    Browser(Option<DeviceId>),
    /// An operator.
    Operator,
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
        /// Whose address it is, if anybody's. The caller does the same work all the same.
        owner: Option<AccountId>,
        /// The password of a sign-up that waits, be the address somebody's or not: it opens nothing, and
        /// the answer to it must not tell the two apart.
        waiting: Option<StoredPassword>,
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
    Live(Live),
    /// The token is live, but this browser must choose the password. Nothing was changed.
    PasswordNeeded,
    /// The address is proved.
    Proved(Proved),
    /// The invitation is open.
    Invited(Open),
    /// Every open invitation.
    Invitations(Vec<Listed>),
    /// The address has this owner, or none.
    Owner(Option<AccountId>),
    /// The address is the account's now.
    Claimed,
    /// The address is somebody else's.
    Taken,
    /// The purse is empty; told to operators alone.
    Spent,
    /// The token was live once.
    Used,
    /// The token was never live here, or is so no longer.
    Unknown,
}

/// A live token, and what posting it would ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// The address it proves.
    pub address: EmailAddress,
    /// Whether the page must ask for a password.
    pub password: Password,
    /// Whose address it is already.
    #[serde(default)]
    pub owner: Option<AccountId>,
    /// For a sign-in link: who asked.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// For an invitation: its roles.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// Whether posting a token needs a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Password {
    /// The browser that registered is asking: its password is known.
    Known,
    /// Any other browser chooses it now, so that nobody plants one in someone else's account.
    Needed,
    /// The account will have none, or has its own.
    None,
}

/// Somebody holds the address: they posted a token that was sent to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proved {
    /// The proof, for the account.
    pub proof: AddressProved,
    /// The account that came to be, or was there.
    pub account: AccountId,
    /// Where they wanted to go.
    pub next: ReturnPath,
    /// Whether somebody who had the account took up an invitation: it signs nobody in.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub joined: bool,
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
