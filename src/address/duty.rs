//! What an address owes others, and how it leaves: letters, wishes, the birth of an account.

use serde::{Deserialize, Serialize};

use super::state::AddressState;
use crate::kit::{
    dice::Dice,
    email::EmailAddress,
    id::{AccountId, ErrandId, SignupId},
    password::hash::StoredPassword,
    queue::{Errand, Owing},
    time::Time,
    token::{LinkKind, Token},
};

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
    /// The account this address still has to bring into being, if it does.
    pub fn unborn(&self) -> Option<&Birth> {
        self.duties.iter().find_map(|errand| match &errand.what {
            Duty::Birth(birth) => Some(birth),
            Duty::Letter(_) | Duty::Wish(_) => None,
        })
    }

    /// The epoch its account came to be in, once that is acknowledged.
    pub fn epoch(&self) -> Option<u32> {
        self.owner.as_ref().and_then(|owner| owner.epoch)
    }

    /// The account was acknowledged, in this epoch.
    pub fn acknowledge(&mut self, account: &AccountId, epoch: u32) {
        self.duties
            .retain(|duty| !matches!(duty, Duty::Birth(birth) if birth.account == *account));
        if let Some(owner) = &mut self.owner {
            owner.epoch = Some(epoch);
        }
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
}

impl Owing for AddressState {
    fn settle(&mut self, id: &ErrandId) {
        self.duties.settle(id);
    }

    fn put_off(&mut self, id: &ErrandId, until: Time) {
        self.duties.put_off(id, until);
    }
}
