//! What an account owes others, and how it leaves: notices to its owner, marks in its address's object.

use serde::{Deserialize, Serialize};

use super::state::AccountState;
use crate::kit::{
    dice::Dice,
    email::EmailAddress,
    id::{AccountId, DeviceId, ErrandId},
    lane::LaneName,
    queue::{Errand, Owing},
    time::Time,
};

/// Which duties leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// What the address object is owed: it leaves while a caller waits.
    Marks,
    /// Letters too.
    Everything,
}

/// What an account still owes somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// A letter without a link.
    Notice(Notice),
    /// The address object must mark this device and reopen this lane.
    Mark {
        /// The device.
        device: DeviceId,
        /// The lane the attempt was counted in.
        lane: LaneName,
    },
    /// The address object must take the mark from all other devices.
    Unmark {
        /// The device that keeps its mark.
        kept: Option<DeviceId>,
    },
}

/// Letters without a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Somebody tried to register the address.
    AlreadyRegistered,
    /// A cookie that had been replaced long ago was shown.
    SessionTheft,
}

/// A duty that leaves now. The state that let it go must be committed first.
#[derive(Clone, Debug)]
pub struct Departure {
    /// What is owed.
    pub errand: Errand<Duty>,
    /// Whose it is.
    pub account: AccountId,
    /// The account's address.
    pub address: EmailAddress,
}

impl AccountState {
    /// The next duty that leaves now.
    pub fn depart(&mut self, due: Due, now: Time, dice: &mut dyn Dice) -> Option<Departure> {
        let account = self.0.as_mut()?;
        let leaves = |duty: &Duty| due == Due::Everything || !matches!(duty, Duty::Notice(_));
        let errand = account.duties.depart_where(leaves, now, dice)?;
        Some(Departure {
            errand,
            account: account.id.clone(),
            address: account.address.clone(),
        })
    }
}

impl Owing for AccountState {
    fn settle(&mut self, id: &ErrandId) {
        if let Some(account) = &mut self.0 {
            account.duties.settle(id);
        }
    }

    fn put_off(&mut self, id: &ErrandId, until: Time) {
        if let Some(account) = &mut self.0 {
            account.duties.put_off(id, until);
        }
    }
}
