//! What an account owes others, and how it leaves: letters to its owner, and what its addresses' objects
//! must know.

use serde::{Deserialize, Serialize};

use super::state::{Account, AccountState, Turn};
use crate::kit::{
    asked::Asked,
    dice::Dice,
    email::EmailAddress,
    id::{AccountId, DeviceId, ErrandId},
    lane::LaneName,
    queue::{Errand, Owing},
    time::Time,
    token::{LinkKind, Token},
};

/// Which duties leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// What address objects are owed: it leaves while a caller waits.
    Addresses,
    /// Letters too.
    Everything,
}

/// What an account still owes somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// A letter must leave.
    Letter(Letter),
    /// This address's object must mark this device and reopen this lane.
    Mark {
        /// The address.
        address: EmailAddress,
        /// The device.
        device: DeviceId,
        /// The lane the attempt was counted in.
        lane: LaneName,
    },
    /// This address's object must take the mark from all other devices.
    Unmark {
        /// The address.
        address: EmailAddress,
        /// The device that keeps its mark.
        kept: Option<DeviceId>,
    },
    /// This address shall be the account's.
    Claim {
        /// The address.
        address: EmailAddress,
        /// The change that waits for it; none when an old address is taken back.
        change: Option<ErrandId>,
        /// The device to mark there.
        device: Option<DeviceId>,
    },
    /// This address is the account's no longer.
    Release {
        /// The address.
        address: EmailAddress,
        /// Until then nobody else may have it; `None` frees it at once.
        reserved: Option<Time>,
    },
}

/// A letter. Only the intent is kept; a token is minted when it is handed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// What it is about.
    pub about: About,
    /// Who gets it, as the address was when it was owed.
    pub to: EmailAddress,
}

/// What a letter is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A link to a new password.
    Reset,
    /// A link to sign in.
    Magic(Asked),
    /// A link that confirms a new address.
    ConfirmAddress {
        /// The change it belongs to.
        change: ErrandId,
    },
    /// Something was changed, and this link takes it back.
    Undo(Undoing),
    /// Something happened.
    Notice(Notice),
}

/// What an undo link takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undoing {
    /// A change of address.
    Email,
    /// The end of the account.
    Deletion,
}

/// Letters without a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Somebody tried to register the address.
    AlreadyRegistered,
    /// A cookie that had been replaced long ago was shown.
    SessionTheft,
    /// The password is another one.
    PasswordChanged,
    /// The address is another one, and that cannot be taken back.
    AddressChanged,
    /// Somebody signed in from a browser that was not known.
    NewDevice,
    /// Strangers have tried so many passwords that their lane stays shut.
    AttemptsExhausted,
}

/// A duty that leaves now. The state that let it go must be committed first.
#[derive(Clone, Debug)]
pub struct Departure {
    /// What is owed.
    pub errand: Errand<Duty>,
    /// Whose it is.
    pub account: AccountId,
    /// For a letter with a link: a fresh token, known to the state already, and its deadline.
    pub link: Option<(Token, Time)>,
}

impl About {
    /// The kind of its link.
    pub(super) fn link(&self) -> Option<LinkKind> {
        match self {
            Self::Reset => Some(LinkKind::Reset),
            Self::Magic(_) => Some(LinkKind::Magic),
            Self::ConfirmAddress { .. } => Some(LinkKind::Email),
            Self::Undo(_) => Some(LinkKind::Undo),
            Self::Notice(_) => None,
        }
    }

    /// Whether it outlives the epoch it began in: what warns the owner, and what takes things back.
    pub(super) fn outlives_epoch(&self) -> bool {
        matches!(self, Self::Undo(_) | Self::Notice(_))
    }
}

impl Duty {
    /// Whether it is owed to an address object.
    fn is_for_address(&self) -> bool {
        !matches!(self, Self::Letter(_))
    }
}

impl AccountState {
    /// The next duty that leaves now.
    pub fn depart(&mut self, due: Due, now: Time, dice: &mut dyn Dice) -> Option<Departure> {
        let leaves = |duty: &Duty| due == Due::Everything || duty.is_for_address();
        let account = self.id()?.clone();
        let errand = self.duties_mut()?.depart_where(leaves, now, dice)?;
        let kind = match &errand.what {
            Duty::Letter(letter) => letter.about.link(),
            _ => None,
        };
        let link = kind.zip(errand.until).map(|(kind, until)| {
            let token = Token::mint(kind, account.as_str(), dice);
            (token, until)
        });
        if let (Some((token, until)), Duty::Letter(letter)) = (&link, &errand.what) {
            self.remember_token(token, *until, letter);
        }
        Some(Departure {
            errand,
            account,
            link,
        })
    }
}

impl Account {
    /// Every device but this one loses its mark. A mark that is still on its way must not come after.
    pub(super) fn unmark(&mut self, kept: Option<DeviceId>, turn: &mut Turn<'_>) {
        self.duties.retain(|duty| match duty {
            Duty::Mark { device, .. } => Some(device) == kept.as_ref(),
            _ => true,
        });
        let address = self.address.clone();
        self.owe(Duty::Unmark { address, kept }, turn);
    }

    /// This device is the owner's, and the lane its attempt was counted in opens.
    pub(super) fn mark(&mut self, device: DeviceId, lane: LaneName, turn: &mut Turn<'_>) {
        let address = self.address.clone();
        let duty = Duty::Mark {
            address,
            device,
            lane,
        };
        self.owe(duty, turn);
    }

    /// Owed until it is acknowledged.
    pub(super) fn owe(&mut self, duty: Duty, turn: &mut Turn<'_>) {
        let id = ErrandId::fresh(turn.dice);
        self.duties.push(id, duty, turn.now, None);
    }
}

impl Owing for AccountState {
    fn settle(&mut self, id: &ErrandId) {
        if let Some(duties) = self.duties_mut() {
            duties.settle(id);
        }
    }

    fn put_off(&mut self, id: &ErrandId, until: Time) {
        if let Some(duties) = self.duties_mut() {
            duties.put_off(id, until);
        }
    }
}
