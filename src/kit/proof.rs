//! The proof that somebody holds an address. It begins where a live token was shown, and ends where a
//! session is opened; on its way it crosses from one object to another.

use serde::{Deserialize, Serialize};

use super::{email::EmailAddress, id::ErrandId, token::TokenProved};

/// A token that was sent to this address was posted. Made from a [`TokenProved`] and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddressProved {
    address: EmailAddress,
    redemption: ErrandId,
    epoch: u32,
}

impl AddressProved {
    /// The token's list belongs to this address. `redemption` names this moment: repeating it finds the
    /// session it opened. The epoch is not known before the account is.
    pub fn new<T>(_: &TokenProved<T>, address: EmailAddress, redemption: ErrandId) -> Self {
        Self {
            address,
            redemption,
            epoch: 0,
        }
    }

    /// The same, in the epoch the account was acknowledged in.
    #[must_use]
    pub fn in_epoch(self, epoch: u32) -> Self {
        Self { epoch, ..self }
    }

    /// The address.
    pub fn address(&self) -> &EmailAddress {
        &self.address
    }

    /// Names the redemption.
    pub fn redemption(&self) -> &ErrandId {
        &self.redemption
    }

    /// The epoch it belongs to; void in any other.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }
}
