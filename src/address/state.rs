//! What is kept of one address, and how each command changes it.

use serde::{Deserialize, Serialize};

use super::{
    Policy,
    command::{Answer, Command, Password, Proved, Target},
    lane::{Lanes, Shut},
    purse::{Asker, Purses},
};
use crate::kit::{
    dice::Dice,
    email::EmailAddress,
    id::{AccountId, DeviceId, ErrandId, SignupId, VisitId},
    lane::LaneName,
    password::hash::StoredPassword,
    proof::AddressProved,
    queue::{Errand, Owing, Queue},
    return_path::ReturnPath,
    time::{Span, Time},
    token::{LinkKind, Token, TokenHash, Tokens},
};

/// How many sign-ups may wait for one address. A fourth takes the place of the oldest, not of the
/// tokens sent for it: such a link still proves the address, and asks for a password.
const MOST_PENDING: usize = 3;
/// How long an equal post gets the same answer again.
const REPEATABLE: Span = Span::minutes(10);
/// How many wishes of one kind wait at once; more would only repeat them.
const MOST_WISHES: usize = 3;
/// How many used tokens are remembered as used.
const MOST_USED: usize = 8;

/// What is kept of one address. Blank is the same as never written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressState {
    address: Option<EmailAddress>,
    owner: Option<Owner>,
    pending: Vec<Pending>,
    tokens: Tokens<SignupId>,
    used: Vec<UsedToken>,
    duties: Queue<Duty>,
    lanes: Lanes,
    purses: Purses,
    /// Kept by the one object of fixed name that knows by which key all others are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    names_check: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Owner {
    account: AccountId,
    since: Time,
}

/// A sign-up that waits for its address to be proved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    signup: SignupId,
    password: StoredPassword,
    next: ReturnPath,
    until: Time,
}

/// A token that was live once, and what its post was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct UsedToken {
    token: TokenHash,
    until: Time,
    #[serde(default)]
    answer: Option<Repeatable>,
}

/// The answer an equal post gets again, for ten minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Repeatable {
    visit: VisitId,
    fields: String,
    until: Time,
    proved: Proved,
}

/// What an address still owes somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// The account must come to be. Owed until it is acknowledged.
    Birth(Birth),
    /// The verification letter must leave.
    Letter(Letter),
    /// Somebody wished for something; known and unknown addresses write it down alike.
    Wish(WishKind),
}

/// An account on its way into being.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Birth {
    /// Its id, assigned here.
    pub account: AccountId,
    /// Its address.
    pub address: EmailAddress,
    /// Its password.
    pub password: Option<StoredPassword>,
}

/// A verification letter. Only the intent is kept; the token is minted when it is handed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// The sign-up its token proves.
    pub signup: SignupId,
}

/// What somebody wished for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WishKind {
    /// Somebody registered an address that has an owner: tell the owner.
    AlreadyRegistered,
    /// Send the verification letter again, for this browser's sign-up, else for the newest.
    Resend {
        /// The asking browser's sign-up.
        signup: Option<SignupId>,
        /// Whether a purse paid for the letter.
        paid: bool,
    },
}

/// A duty that leaves now. The state that let it go must be committed first.
#[derive(Debug)]
pub enum Departure {
    /// Bring this account into being.
    Birth(Birth),
    /// Deliver this letter with this link.
    Letter {
        /// Its name for the receiver, the same at every try.
        id: ErrandId,
        /// When it was asked for.
        since: Time,
        /// Who gets it.
        to: EmailAddress,
        /// A fresh token, known to the state already.
        token: Token,
        /// Its deadline.
        until: Time,
    },
    /// Tell this account that somebody tried to register its address.
    AlreadyRegistered {
        /// The wish's name, so that it is honoured once.
        id: ErrandId,
        /// Who owns the address.
        account: AccountId,
        /// The address the wish was made for.
        address: EmailAddress,
    },
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

    /// The account this address still has to bring into being, if it does.
    pub fn unborn(&self) -> Option<&Birth> {
        self.duties.iter().find_map(|errand| match &errand.what {
            Duty::Birth(birth) => Some(birth),
            Duty::Letter(_) | Duty::Wish(_) => None,
        })
    }

    /// The account was acknowledged, in this epoch.
    pub fn acknowledge(&mut self, account: &AccountId, epoch: u32) {
        self.duties
            .retain(|duty| !matches!(duty, Duty::Birth(birth) if birth.account == *account));
        for answer in self.used.iter_mut().filter_map(|used| used.answer.as_mut()) {
            answer.proved = answer.proved.clone().in_epoch(epoch);
        }
    }

    /// The next duty that leaves now; wishes that come to nothing are dropped on the way. `name_of` tells
    /// the name of an address's object, which its tokens carry.
    pub fn depart(
        &mut self,
        name_of: &dyn Fn(&EmailAddress) -> String,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Option<Departure> {
        loop {
            let errand = self.duties.depart(now, dice)?;
            let departure = match errand.what {
                Duty::Birth(birth) => Some(Departure::Birth(birth)),
                Duty::Letter(ref letter) => self.letter_departs(&errand, letter, name_of, dice),
                Duty::Wish(wish) => self.wish_departs(errand.id, wish, now, dice),
            };
            if departure.is_some() {
                return departure;
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

    fn look(&self, token: &TokenHash, signup: Option<&SignupId>, now: Time) -> Answer {
        match (self.tokens.prove(token, now), &self.address) {
            (Some(proved), Some(address)) => {
                let own = self.entry_of_browser(proved.what(), signup);
                let password = if own.is_some() {
                    Password::Known
                } else {
                    Password::Needed
                };
                Answer::Live {
                    address: address.clone(),
                    password,
                }
            }
            _ if self.used.iter().any(|used| used.token == *token) => Answer::Used,
            _ => Answer::Unknown,
        }
    }

    fn prove(&mut self, proof: Proof, now: Time, dice: &mut dyn Dice) -> Answer {
        let (Some(proved), Some(address)) =
            (self.tokens.prove(&proof.token, now), self.address.clone())
        else {
            return self.answer_again(&proof, now);
        };
        let own = self.entry_of_browser(proved.what(), proof.signup.as_ref());
        let next = own.map(|entry| entry.next.clone()).unwrap_or_default();
        let Some(password) = proof
            .password
            .clone()
            .or_else(|| own.map(|entry| entry.password.clone()))
        else {
            return Answer::PasswordNeeded;
        };
        let account = AccountId::fresh(dice);
        let answer = Proved {
            proof: AddressProved::new(&proved, address.clone(), ErrandId::fresh(dice)),
            account: account.clone(),
            next,
        };
        self.forget_sign_ups(&proof, &answer, now);
        let birth = Birth {
            account: account.clone(),
            address,
            password: Some(password),
        };
        self.duties
            .push(ErrandId::fresh(dice), Duty::Birth(birth), now, None);
        self.owner = Some(Owner {
            account,
            since: now,
        });
        self.lanes.reopen(LaneName::Strangers);
        self.lanes.mark(proof.device, now);
        Answer::Proved(answer)
    }

    /// The first sign-up that is proved wins; the others go, and all their tokens with them.
    fn forget_sign_ups(&mut self, proof: &Proof, proved: &Proved, now: Time) {
        let until = now + Span::days(1);
        let answer = proof.visit.clone().map(|visit| Repeatable {
            visit,
            fields: proof.fields.clone(),
            until: now + REPEATABLE,
            proved: proved.clone(),
        });
        let others = self.tokens.hashes().filter(|hash| **hash != proof.token);
        let others = others.map(|hash| UsedToken {
            token: hash.clone(),
            until,
            answer: None,
        });
        self.used = others.take(MOST_USED).collect();
        self.used.push(UsedToken {
            token: proof.token.clone(),
            until,
            answer,
        });
        self.tokens.clear();
        self.pending.clear();
        self.duties.retain(|duty| matches!(duty, Duty::Birth(_)));
    }

    /// An equal post (same visit, same fields) gets the same answer again and never mints anything.
    fn answer_again(&self, proof: &Proof, now: Time) -> Answer {
        let Some(used) = self.used.iter().find(|used| used.token == proof.token) else {
            return Answer::Unknown;
        };
        let equal = |answer: &&Repeatable| {
            now < answer.until
                && Some(&answer.visit) == proof.visit.as_ref()
                && answer.fields == proof.fields
        };
        used.answer
            .as_ref()
            .filter(equal)
            .map_or(Answer::Used, |answer| Answer::Proved(answer.proved.clone()))
    }

    fn letter_departs(
        &mut self,
        errand: &Errand<Duty>,
        letter: &Letter,
        name_of: &dyn Fn(&EmailAddress) -> String,
        dice: &mut dyn Dice,
    ) -> Option<Departure> {
        let (Some(to), Some(until)) = (self.address.clone(), errand.until) else {
            self.duties.settle(&errand.id);
            return None;
        };
        let token = Token::mint(LinkKind::Verify, &name_of(&to), dice);
        self.tokens
            .remember(token.hash(), until, letter.signup.clone());
        Some(Departure::Letter {
            id: errand.id.clone(),
            since: errand.since,
            to,
            token,
            until,
        })
    }

    fn wish_departs(
        &mut self,
        id: ErrandId,
        wish: WishKind,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Option<Departure> {
        match (wish, &self.owner, &self.address) {
            (WishKind::AlreadyRegistered, Some(owner), Some(address)) => {
                Some(Departure::AlreadyRegistered {
                    id,
                    account: owner.account.clone(),
                    address: address.clone(),
                })
            }
            (WishKind::Resend { signup, paid: true }, None, _) => {
                self.duties.settle(&id);
                let entry = self.entry(signup.as_ref()).or(self.pending.last())?;
                let (letter, until) = (
                    Letter {
                        signup: entry.signup.clone(),
                    },
                    entry.until,
                );
                self.duties.push(
                    ErrandId::fresh(dice),
                    Duty::Letter(letter),
                    now,
                    Some(until),
                );
                None
            }
            (WishKind::AlreadyRegistered | WishKind::Resend { .. }, _, _) => {
                self.duties.settle(&id);
                None
            }
        }
    }

    fn asker(&self, device: Option<&DeviceId>, now: Time) -> Asker {
        let marked = device.is_some_and(|device| self.lanes.is_marked(device, now));
        if marked {
            Asker::Known
        } else {
            Asker::Stranger
        }
    }

    fn entry(&self, signup: Option<&SignupId>) -> Option<&Pending> {
        self.pending
            .iter()
            .find(|entry| Some(&entry.signup) == signup)
    }

    /// The entry a token was sent for, when the browser that made it is the one asking.
    fn entry_of_browser(&self, sent_for: &SignupId, signup: Option<&SignupId>) -> Option<&Pending> {
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

/// A posted token and what came with it.
struct Proof {
    token: TokenHash,
    visit: Option<VisitId>,
    fields: String,
    signup: Option<SignupId>,
    password: Option<StoredPassword>,
    device: DeviceId,
}

impl Owing for AddressState {
    fn settle(&mut self, id: &ErrandId) {
        self.duties.settle(id);
    }

    fn put_off(&mut self, id: &ErrandId, until: Time) {
        self.duties.put_off(id, until);
    }
}
