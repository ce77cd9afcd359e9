//! What is kept of one address, and how each command changes it.

use serde::{Deserialize, Serialize};

use super::{
    Policy,
    command::{Answer, Command, Target},
    duty::{Duty, Letter, WishKind},
    lane::{Lanes, Shut},
    proving::{Proof, UsedToken},
    purse::{Asker, Purses},
};
use crate::kit::{
    dice::Dice,
    email::EmailAddress,
    id::{AccountId, DeviceId, ErrandId, SignupId},
    lane::LaneName,
    password::hash::StoredPassword,
    queue::Queue,
    return_path::ReturnPath,
    time::{Span, Time},
    token::Tokens,
};

/// How many sign-ups may wait for one address. A fourth takes the place of the oldest, not of the
/// tokens sent for it: such a link still proves the address, and asks for a password.
const MOST_PENDING: usize = 3;
/// How many wishes of one kind wait at once; more would only repeat them.
const MOST_WISHES: usize = 3;

/// What is kept of one address. Blank is the same as never written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressState {
    pub(super) address: Option<EmailAddress>,
    pub(super) owner: Option<Owner>,
    pub(super) pending: Vec<Pending>,
    pub(super) tokens: Tokens<SignupId>,
    pub(super) used: Vec<UsedToken>,
    pub(super) duties: Queue<Duty>,
    pub(super) lanes: Lanes,
    pub(super) purses: Purses,
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
}

/// A sign-up that waits for its address to be proved.
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
                let paid = self
                    .purses
                    .pay(self.asker(device.as_ref(), now), policy, now);
                self.wish(address, WishKind::Resend { signup, paid }, now, dice)
            }
            Command::Attempt { device, signup } => {
                self.attempt(device.as_ref(), signup.as_ref(), now, policy)
            }
            Command::Reopen { lane } => {
                self.lanes.reopen(lane);
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
            Command::CheckNames { check } => match &self.names_check {
                Some(known) if *known != check => Answer::OtherNames,
                Some(_) => Answer::Accepted,
                None => {
                    self.names_check = Some(check);
                    Answer::Accepted
                }
            },
            Command::Look { token, signup } => self.look(&token, signup.as_ref(), now),
            Command::Prove {
                token,
                visit,
                fields,
                signup,
                password,
                device,
            } => {
                let proof = Proof {
                    token,
                    visit,
                    fields,
                    signup,
                    password,
                    device,
                };
                self.prove(proof, now, dice)
            }
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
        self.tokens.sweep(now);
        self.used.retain(|used| now < used.until);
        for used in &mut self.used {
            used.answer.take_if(|answer| answer.until <= now);
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
        let used = self.used.iter().map(|used| {
            used.answer
                .as_ref()
                .map_or(used.until, |answer| answer.until)
        });
        let rest = [
            self.tokens.wake_at(),
            self.duties.wake_at(),
            self.lanes.wake_at(),
            self.purses.wake_at(policy),
        ];
        rest.into_iter().flatten().chain(pending).chain(used).min()
    }

    fn sign_up(
        &mut self,
        address: EmailAddress,
        entry: Pending,
        device: Option<&DeviceId>,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> Answer {
        if self.owner.is_some() {
            return self.wish(address, WishKind::AlreadyRegistered, now, dice);
        }
        let (signup, until) = (entry.signup.clone(), entry.until);
        if self.pending.len() >= MOST_PENDING {
            self.pending.remove(0);
        }
        self.pending.push(entry);
        self.address = Some(address);
        if self.purses.pay(self.asker(device, now), policy, now) {
            self.duties.push(
                ErrandId::fresh(dice),
                Duty::Letter(Letter { signup }),
                now,
                Some(until),
            );
        }
        Answer::Accepted
    }

    fn wish(
        &mut self,
        address: EmailAddress,
        wish: WishKind,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Answer {
        let alike = |duty: &Duty| match duty {
            Duty::Wish(waiting) => {
                core::mem::discriminant(waiting) == core::mem::discriminant(&wish)
            }
            Duty::Birth(_) | Duty::Letter(_) => false,
        };
        if self
            .duties
            .iter()
            .filter(|errand| alike(&errand.what))
            .count()
            < MOST_WISHES
        {
            self.duties.push(
                ErrandId::fresh(dice),
                Duty::Wish(wish),
                now,
                Some(now + Span::days(1)),
            );
        }
        self.address = Some(address);
        Answer::Accepted
    }

    fn attempt(
        &mut self,
        device: Option<&DeviceId>,
        signup: Option<&SignupId>,
        now: Time,
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
        match counted {
            Err(Shut(wait)) => Answer::Shut { wait },
            Ok(()) => Answer::Counted {
                lane,
                target: self.target(signup),
            },
        }
    }

    fn target(&self, signup: Option<&SignupId>) -> Target {
        if let Some(owner) = &self.owner {
            return Target::Owner(owner.account.clone());
        }
        let entry = self.entry(signup).or(self.pending.last());
        entry.map_or(Target::Nobody, |entry| {
            Target::Pending(entry.password.clone())
        })
    }

    fn asker(&self, device: Option<&DeviceId>, now: Time) -> Asker {
        let marked = device.is_some_and(|device| self.lanes.is_marked(device, now));
        if marked {
            Asker::Known
        } else {
            Asker::Stranger
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

    fn is_owned_by(&self, account: &AccountId) -> bool {
        self.owner
            .as_ref()
            .is_some_and(|owner| owner.account == *account)
    }

    fn is_quiet(&self) -> bool {
        let Self {
            address: _,
            owner,
            pending,
            tokens,
            used,
            duties,
            lanes,
            purses,
            names_check,
        } = self;
        owner.is_none()
            && pending.is_empty()
            && tokens.is_empty()
            && used.is_empty()
            && duties.is_empty()
            && *lanes == Lanes::default()
            && *purses == Purses::default()
            && names_check.is_none()
    }
}
