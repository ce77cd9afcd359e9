//! What is kept of one address, and how each command changes it.

use serde::{Deserialize, Serialize};

use super::{
    Policy,
    command::{Answer, Asker, Command, Proved},
    duty::{Duty, WishKind},
    invitation::{Listed, Open},
    lane::{Lanes, Shut},
    links::Links,
    purse::Purses,
};
use crate::kit::{
    dice::Dice,
    email::EmailAddress,
    id::{AccountId, DeviceId, ErrandId, SignupId},
    lane::LaneName,
    password::hash::StoredPassword,
    queue::Queue,
    redeemed::Redeemed,
    return_path::ReturnPath,
    time::{Span, Time},
};

/// The longest an address is kept back after its owner has another one.
const KEPT_BACK: Span = Span::hours(73);

/// What is kept of one address. Blank is the same as never written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressState {
    pub(super) address: Option<EmailAddress>,
    pub(super) owner: Option<Owner>,
    pub(super) pending: Vec<Pending>,
    pub(super) links: Links,
    pub(super) redeemed: Redeemed<Proved>,
    pub(super) duties: Queue<Duty>,
    pub(super) lanes: Lanes,
    pub(super) purses: Purses,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) invitation: Option<Open>,
    /// Kept by the one object of fixed name that lists every open invitation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) list: Vec<Listed>,
    /// Kept by the one object of fixed name that knows by which key all others are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    names_check: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) account: AccountId,
    pub(super) since: Time,
    /// The account's epoch when it came to be; `None` until it is acknowledged.
    #[serde(default)]
    pub(super) epoch: Option<u32>,
    /// The owner has another address now; until then this one is kept back, and nobody may have it.
    #[serde(default)]
    pub(super) reserved: Option<Time>,
}

/// A sign-up that waits for its address to be proved. One for an address that is somebody's waits in vain:
/// while it is, no token is sent for it; it is there for an attempt to find what it would find elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) signup: SignupId,
    pub(super) password: StoredPassword,
    pub(super) next: ReturnPath,
    pub(super) until: Time,
}

impl AddressState {
    /// Handles one command: changes the state and says what to answer.
    pub fn handle(
        &mut self,
        command: Command,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> Answer {
        self.sweep(now, policy);
        match command {
            Command::SignUp {
                address,
                signup,
                password,
                next,
                device,
            } => {
                let entry = Pending {
                    signup,
                    password,
                    next,
                    until: now + policy.verify,
                };
                self.sign_up(address, entry, device.as_ref(), now, dice, policy)
            }
            Command::Resend {
                address,
                signup,
                device,
            } => {
                // An owner is sent no such letter, and pays for none.
                let paid = self.owner.is_none() && self.pay(&Asker::Browser(device), now, policy);
                self.wish(
                    address,
                    WishKind::Resend { signup, paid },
                    now,
                    dice,
                    policy,
                )
            }
            Command::Ask {
                address,
                what,
                asker,
            } => self.ask(address, what, &asker, now, dice, policy),
            Command::Invite {
                address,
                invitation,
            } => self.invite(address, invitation, now, dice, policy),
            Command::ResendInvitation { invitation } => {
                self.resend_invitation(&invitation, now, dice, policy)
            }
            Command::RevokeInvitation { invitation } => {
                self.revoke_invitation(&invitation, now, dice)
            }
            Command::ListInvitation(row) => {
                self.list(row);
                Answer::Accepted
            }
            Command::UnlistInvitation { invitation } => {
                self.list.retain(|row| row.invitation.id != invitation);
                Answer::Accepted
            }
            Command::Invitations => Answer::Invitations(self.list.clone()),
            Command::Claim {
                account,
                address,
                device,
            } => self.claim(account, address, device, now),
            Command::Release { account, reserved } => self.release(&account, reserved),
            Command::WhoOwns => {
                Answer::Owner(self.owner.as_ref().map(|owner| owner.account.clone()))
            }
            Command::Attempt { device, signup } => {
                self.attempt(device.as_ref(), signup.as_ref(), now, dice, policy)
            }
            Command::TakeBack { lane, device } => {
                self.lanes.take_back(lane, device.as_ref());
                Answer::Accepted
            }
            Command::Mark {
                account,
                device,
                lane,
            } => {
                if self.is_owned_by(&account) {
                    self.lanes.reopen(lane);
                    self.lanes.mark(device, now);
                }
                Answer::Accepted
            }
            Command::Unmark { account, kept } => {
                if self.is_owned_by(&account) {
                    self.lanes.unmark_others(kept.as_ref());
                }
                Answer::Accepted
            }
            Command::CheckNames { check } => self.check_names(check),
            Command::Look {
                kind,
                token,
                signup,
            } => self.look(kind, &token, signup.as_ref(), now),
            Command::Prove(proof) => self.prove(proof, now, dice),
        }
    }

    /// Takes out the duties that became worthless undone, and drops whatever else has expired.
    pub fn expire(&mut self, now: Time, policy: &Policy) -> Vec<ErrandId> {
        let expired = self
            .duties
            .expire(now)
            .into_iter()
            .map(|errand| errand.id)
            .collect();
        self.sweep(now, policy);
        expired
    }

    fn sweep(&mut self, now: Time, policy: &Policy) {
        self.pending.retain(|entry| now < entry.until);
        self.links.sweep(now, policy);
        self.redeemed.sweep(now);
        self.invitation.take_if(|open| open.until <= now);
        self.list.retain(|row| now < row.until);
        let freed = |owner: &mut Owner| owner.reserved.is_some_and(|until| until <= now);
        if self.owner.take_if(freed).is_some() {
            self.lanes.forget_owner();
        }
        self.duties.set_back(now);
        // What a clock that was ahead began lives no longer for that.
        for entry in &mut self.pending {
            entry.until = entry.until.min(now + policy.verify);
        }
        if let Some(open) = &mut self.invitation {
            open.until = open.until.min(now + policy.invite);
        }
        for row in &mut self.list {
            row.until = row.until.min(now + policy.invite);
        }
        for reserved in self.owner.iter_mut().flat_map(|owner| &mut owner.reserved) {
            *reserved = (*reserved).min(now + KEPT_BACK);
        }
        self.lanes.sweep(now);
        self.purses.sweep(policy, now);
        if self.is_quiet() {
            *self = Self::default();
        }
    }

    /// When this object must be awake again.
    pub fn wake_at(&self, policy: &Policy) -> Option<Time> {
        let pending = self.pending.iter().map(|entry| entry.until);
        let rest = [
            self.links.wake_at(),
            self.redeemed.wake_at(),
            self.duties.wake_at(),
            self.lanes.wake_at(),
            self.purses.wake_at(policy),
            self.invitation.as_ref().map(|open| open.until),
            self.list.iter().map(|row| row.until).min(),
            self.owner.as_ref().and_then(|owner| owner.reserved),
        ];
        rest.into_iter().flatten().chain(pending).min()
    }

    fn check_names(&mut self, check: String) -> Answer {
        match &self.names_check {
            Some(known) if *known != check => Answer::OtherNames,
            Some(_) => Answer::Accepted,
            None => {
                self.names_check = Some(check);
                Answer::Accepted
            }
        }
    }

    fn attempt(
        &mut self,
        device: Option<&DeviceId>,
        signup: Option<&SignupId>,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> Answer {
        let (lane, counted) = match device {
            Some(device) if !self.lanes.is_marked(device, now) => return Answer::NotMarked,
            Some(device) => (
                LaneName::Marked,
                self.lanes.device_tries(device, &policy.marked, now),
            ),
            None => (
                LaneName::Strangers,
                self.lanes.stranger_tries(&policy.unmarked, now),
            ),
        };
        if let Err(Shut(wait)) = counted {
            return Answer::Shut { wait };
        }
        if self.owner.is_some() && lane == LaneName::Strangers && self.lanes.just_spent() {
            let (id, wish) = (ErrandId::fresh(dice), WishKind::AttemptsExhausted);
            let until = now + Span::days(1);
            self.duties.push(id, Duty::Wish(wish), now, Some(until));
        }
        let entry = self.entry(signup).or(self.pending.last());
        // A marked browser is the owner's: it has nothing to learn.
        let waiting = entry.filter(|_| lane == LaneName::Strangers);
        Answer::Counted {
            lane,
            owner: self.owner.as_ref().map(|owner| owner.account.clone()),
            waiting: waiting.map(|entry| entry.password.clone()),
        }
    }

    /// The entry of this sign-up.
    pub(super) fn entry(&self, signup: Option<&SignupId>) -> Option<&Pending> {
        self.pending
            .iter()
            .find(|entry| Some(&entry.signup) == signup)
    }

    /// The entry a token was sent for, when the browser that made it is the one asking.
    pub(super) fn entry_of_browser(
        &self,
        sent_for: &SignupId,
        signup: Option<&SignupId>,
    ) -> Option<&Pending> {
        self.entry(signup).filter(|entry| entry.signup == *sent_for)
    }

    pub(super) fn is_owned_by(&self, account: &AccountId) -> bool {
        self.owner
            .as_ref()
            .is_some_and(|owner| owner.account == *account)
    }

    fn is_quiet(&self) -> bool {
        let Self {
            address: _,
            owner,
            pending,
            links,
            redeemed,
            duties,
            lanes,
            purses,
            invitation,
            list,
            names_check,
        } = self;
        owner.is_none()
            && pending.is_empty()
            && links.is_empty()
            && redeemed.is_empty()
            && invitation.is_none()
            && list.is_empty()
            && duties.is_empty()
            && *lanes == Lanes::default()
            && *purses == Purses::default()
            && names_check.is_none()
    }
}
