//! What an address owes others, and how it leaves: letters, wishes, the birth of an account.

use serde::{Deserialize, Serialize};

use super::{invitation::Listed, state::AddressState};
use crate::kit::{
    asked::Asked,
    dice::Dice,
    email::EmailAddress,
    id::{AccountId, ErrandId, InvitationId, SignupId},
    invited::Invited,
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
    /// The account must be given what an invitation brings.
    Grant {
        /// The account.
        account: AccountId,
        /// What it is given.
        invited: Invited,
    },
    /// A letter must leave.
    Letter(Letter),
    /// Somebody wished for something; known and unknown addresses write it down alike.
    Wish(WishKind),
    /// The open invitation must be in the list.
    ListInvitation,
    /// An invitation must be in the list no longer.
    UnlistInvitation {
        /// Which.
        invitation: InvitationId,
    },
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
    /// The invitation it comes by.
    #[serde(default)]
    pub invited: Option<Invited>,
}

/// A letter with a link. Only the intent is kept; the token is minted when it is handed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// Proves the address of a sign-up.
    Verify {
        /// The sign-up its token proves.
        signup: SignupId,
    },
    /// Proves the address and chooses a password.
    Reset,
    /// Proves the address and signs in.
    Magic(Asked),
    /// Takes up an invitation.
    Invite {
        /// Which.
        invitation: InvitationId,
    },
}

/// What somebody wished for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WishKind {
    /// Somebody registered an address that has an owner: tell the owner.
    AlreadyRegistered,
    /// Strangers spent their lane: tell the owner.
    AttemptsExhausted,
    /// Send the verification letter again, for this browser's sign-up, else for the newest.
    Resend {
        /// The asking browser's sign-up.
        signup: Option<SignupId>,
        /// Whether a purse paid for the letter.
        paid: bool,
    },
    /// Send a link to a new password.
    Reset {
        /// The operator's key, when one asked.
        by: Option<String>,
        /// Whether a purse paid for the letter.
        paid: bool,
    },
    /// Send a link to sign in.
    Magic {
        /// Who asked.
        asked: Asked,
        /// Whether a purse paid for the letter.
        paid: bool,
    },
    /// Send a link that makes this address an account's.
    Confirm {
        /// The account.
        account: AccountId,
        /// Its change of address.
        change: ErrandId,
        /// Whether a purse paid for the letter.
        paid: bool,
    },
}

/// A duty that leaves now. The state that let it go must be committed first.
#[derive(Debug)]
pub struct Departure {
    /// Its name for the receiver, the same at every try.
    pub id: ErrandId,
    /// Since when it is owed.
    pub since: Time,
    /// What leaves.
    pub what: Going,
}

/// What leaves an address.
#[derive(Debug)]
pub enum Going {
    /// Bring this account into being.
    Birth(Birth),
    /// Give this account what an invitation brings.
    Grant {
        /// The account.
        account: AccountId,
        /// What it is given.
        invited: Invited,
    },
    /// Deliver this letter with this link.
    Letter {
        /// Who gets it.
        to: EmailAddress,
        /// A fresh token, known to the state already.
        token: Token,
        /// Its deadline.
        until: Time,
    },
    /// Tell this account what somebody wished for.
    Wish {
        /// The account.
        account: AccountId,
        /// The address the wish was made at.
        address: EmailAddress,
        /// What was wished for.
        wish: WishKind,
    },
    /// Put this into the list of open invitations.
    List(Listed),
    /// Take this out of the list.
    Unlist(InvitationId),
}

impl Letter {
    fn link(&self) -> LinkKind {
        match self {
            Self::Verify { .. } => LinkKind::Verify,
            Self::Reset => LinkKind::Reset,
            Self::Magic(_) => LinkKind::Magic,
            Self::Invite { .. } => LinkKind::Invite,
        }
    }
}

impl WishKind {
    /// What nobody paid for is never sent. The owner's warnings are never refused.
    pub(super) fn is_paid(&self) -> bool {
        match self {
            Self::AlreadyRegistered | Self::AttemptsExhausted => true,
            Self::Resend { paid, .. }
            | Self::Reset { paid, .. }
            | Self::Magic { paid, .. }
            | Self::Confirm { paid, .. } => *paid,
        }
    }
}

impl Duty {
    /// What leaves while a caller waits, and must not depend on a notifier.
    fn is_awaited(&self) -> bool {
        matches!(
            self,
            Self::Grant { .. } | Self::ListInvitation | Self::UnlistInvitation { .. }
        )
    }
}

impl AddressState {
    /// The account this address still has to bring into being, if it does.
    pub fn unborn(&self) -> Option<&Birth> {
        self.duties.iter().find_map(|errand| match &errand.what {
            Duty::Birth(birth) => Some(birth),
            _ => None,
        })
    }

    /// The epoch its account came to be in, once that is acknowledged.
    pub fn epoch(&self) -> Option<u32> {
        self.owner.as_ref().and_then(|owner| owner.epoch)
    }

    /// The account was acknowledged, in this epoch.
    pub fn acknowledge(&mut self, account: &AccountId, epoch: u32) {
        self.drop_birth(account);
        if let Some(owner) = &mut self.owner {
            owner.epoch = Some(epoch);
        }
        for answer in self.redeemed.answers_mut() {
            *answer = answer.clone().in_epoch(epoch);
        }
    }

    /// The account was erased before its birth was acknowledged: the address is free again.
    pub fn stillborn(&mut self, account: &AccountId) {
        self.drop_birth(account);
        if self
            .owner
            .take_if(|owner| owner.account == *account)
            .is_some()
        {
            self.lanes.forget_owner();
        }
    }

    fn drop_birth(&mut self, account: &AccountId) {
        self.duties
            .retain(|duty| !matches!(duty, Duty::Birth(birth) if birth.account == *account));
    }

    /// The next duty that leaves while a caller waits.
    pub fn depart_awaited(
        &mut self,
        name_of: &dyn Fn(&EmailAddress) -> String,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Option<Departure> {
        loop {
            let errand = self.duties.depart_where(Duty::is_awaited, now, dice)?;
            if let Some(departure) = self.departs(errand, name_of, now, dice) {
                return Some(departure);
            }
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
            if let Some(departure) = self.departs(errand, name_of, now, dice) {
                return Some(departure);
            }
        }
    }

    fn departs(
        &mut self,
        errand: Errand<Duty>,
        name_of: &dyn Fn(&EmailAddress) -> String,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Option<Departure> {
        let Errand {
            id,
            what,
            since,
            until,
            ..
        } = errand;
        let going = match what {
            Duty::Birth(birth) => Some(Going::Birth(birth)),
            Duty::Grant { account, invited } => Some(Going::Grant { account, invited }),
            Duty::Letter(letter) => self.letter_departs(&letter, until, name_of, dice),
            Duty::Wish(wish) => self.wish_departs(wish, until, now, dice),
            Duty::ListInvitation => self.listed(name_of).map(Going::List),
            Duty::UnlistInvitation { invitation } => Some(Going::Unlist(invitation)),
        };
        let Some(what) = going else {
            self.duties.settle(&id);
            return None;
        };
        Some(Departure { id, since, what })
    }

    fn letter_departs(
        &mut self,
        letter: &Letter,
        until: Option<Time>,
        name_of: &dyn Fn(&EmailAddress) -> String,
        dice: &mut dyn Dice,
    ) -> Option<Going> {
        let (to, until) = (self.address.clone()?, until?);
        let token = Token::mint(letter.link(), &name_of(&to), dice);
        self.links.remember(&token, until, letter);
        Some(Going::Letter { to, token, until })
    }

    /// With an owner, the account decides. Without one, a pending sign-up gets the letter that was asked
    /// for: its link proves the address as well.
    fn wish_departs(
        &mut self,
        wish: WishKind,
        until: Option<Time>,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Option<Going> {
        if !wish.is_paid() {
            return None;
        }
        let address = self.address.clone()?;
        let owner = self.owner.as_ref().map(|owner| owner.account.clone());
        let account = match (&wish, owner) {
            // The address has an owner: it hears that somebody wants it, and the asker hears nothing.
            (WishKind::Confirm { account, .. }, Some(owner)) if owner != *account => {
                return Some(Going::Wish {
                    account: owner,
                    address,
                    wish: WishKind::AlreadyRegistered,
                });
            }
            (WishKind::Confirm { account, .. }, _) => account.clone(),
            (WishKind::Resend { .. }, Some(_)) => return None,
            (_, Some(owner)) => owner,
            (wish, None) => {
                self.write_to_pending(wish, until, now, dice);
                return None;
            }
        };
        Some(Going::Wish {
            account,
            address,
            wish,
        })
    }

    fn write_to_pending(
        &mut self,
        wish: &WishKind,
        until: Option<Time>,
        now: Time,
        dice: &mut dyn Dice,
    ) {
        let Some(newest) = self.pending.last() else {
            return;
        };
        let (letter, until) = match wish {
            WishKind::Resend { signup, .. } => {
                let entry = self.entry(signup.as_ref()).unwrap_or(newest);
                let signup = entry.signup.clone();
                (Letter::Verify { signup }, Some(entry.until))
            }
            WishKind::Reset { .. } => (Letter::Reset, until),
            WishKind::Magic { asked, .. } => (Letter::Magic(asked.clone()), until),
            WishKind::AlreadyRegistered
            | WishKind::AttemptsExhausted
            | WishKind::Confirm { .. } => return,
        };
        self.duties
            .push(ErrandId::fresh(dice), Duty::Letter(letter), now, until);
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
