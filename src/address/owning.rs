//! Whose the address is, once an account has it: it can take another one and let go of this.

use super::{
    command::Answer,
    state::{AddressState, Owner},
};
use crate::kit::{
    email::EmailAddress,
    id::{AccountId, DeviceId},
    time::Time,
};

impl AddressState {
    /// An account wants this address for its own, which was proved.
    pub(super) fn claim(
        &mut self,
        account: AccountId,
        address: EmailAddress,
        device: Option<DeviceId>,
        now: Time,
    ) -> Answer {
        match &mut self.owner {
            Some(owner) if owner.account == account => owner.reserved = None,
            Some(_) => return Answer::Taken,
            None => {
                self.forget_sign_ups();
                self.address = Some(address);
                self.owner = Some(Owner {
                    account,
                    since: now,
                    epoch: Some(0),
                    reserved: None,
                });
            }
        }
        if let Some(device) = device {
            self.lanes.mark(device, now);
        }
        Answer::Claimed
    }

    /// The owner lets go, at once or after the address was kept back for a while.
    pub(super) fn release(&mut self, account: &AccountId, reserved: Option<Time>) -> Answer {
        if self.is_owned_by(account) {
            match (&mut self.owner, reserved) {
                (Some(owner), Some(_)) => owner.reserved = reserved,
                (owner, _) => {
                    *owner = None;
                    self.lanes.forget_owner();
                }
            }
        }
        Answer::Accepted
    }
}
