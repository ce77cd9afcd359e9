//! Changing the address. Nothing is claimed when it is asked: the new address is proved first, and its
//! object decides. The old one is kept back for three days, with a link that takes everything back.
//!
//! 1. [`Account::want`]: the change is written down; the new address's object asks for the letter.
//! 2. [`Account::confirm`]: its link is posted; the new address is asked to be ours.
//! 3. [`AccountState::claimed`]: it agreed, or belongs to somebody else.
//!
//! Each step is a commit, and what comes next is owed until it is acknowledged: a death anywhere loses
//! nothing.

use serde::{Deserialize, Serialize};

use super::{
    Policy,
    answer::Answer,
    duty::{About, Duty, Notice, Undoing},
    event::{Ending, Event},
    links::Done,
    state::{Account, AccountState, Turn, UNDOABLE},
};
use crate::kit::{
    dice::Dice,
    email::EmailAddress,
    id::{DeviceId, ErrandId},
    redeemed::Post,
    time::{Span, Time},
};

/// How much longer than a change can be taken back its object keeps it, so that a change taken back at the last moment finds it.
const MARGIN: Span = Span::hours(1);

/// A change of address that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) change: ErrandId,
    pub(super) address: EmailAddress,
    pub(super) until: Time,
}

/// A change of address that was proved; the new address has yet to agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Claiming {
    pub(super) change: ErrandId,
    pub(super) address: EmailAddress,
}

/// An address the account had, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Previous {
    pub(super) address: EmailAddress,
    pub(super) until: Time,
}

impl AccountState {
    /// An address's object was asked to be this account's: it agreed, or it belongs to somebody else.
    pub fn claimed(
        &mut self,
        address: &EmailAddress,
        change: Option<&ErrandId>,
        agreed: bool,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> Vec<Event> {
        let mut turn = Turn {
            now,
            dice,
            policy,
            events: Vec::new(),
        };
        if let (Some(account), Some(change)) = (self.living(), change) {
            account.claim_answered(address, change, agreed, &mut turn);
        }
        turn.events
    }

    /// What became of a change that was confirmed; `None` while the new address has not answered.
    pub fn moved(&mut self, change: &ErrandId) -> Option<Answer> {
        let (known, agreed) = self.living()?.moved.as_ref()?;
        let answer = if *agreed {
            Answer::AddressChanged
        } else {
            Answer::AddressTaken
        };
        (known == change).then_some(answer)
    }
}

impl Account {
    /// A change is asked for; it takes the place of one asked for before.
    pub(super) fn want(
        &mut self,
        change: ErrandId,
        address: EmailAddress,
        turn: &mut Turn<'_>,
    ) -> Answer {
        self.links.email.clear();
        self.wanted = Some(Wanted {
            change,
            address,
            until: turn.now + turn.policy.email_change,
        });
        turn.events.push(Event::AddressWanted);
        Answer::Done
    }

    /// Whether this change to this address is the one that is wanted.
    pub(super) fn wants(&self, change: &ErrandId, address: &EmailAddress) -> bool {
        self.wanted
            .as_ref()
            .is_some_and(|wanted| wanted.change == *change && wanted.address == *address)
    }

    /// The new address's link was posted.
    pub(super) fn confirm(&mut self, post: &Post, device: DeviceId, turn: &mut Turn<'_>) -> Answer {
        let Some(proved) = self.links.email.prove(&post.token, turn.now) else {
            return self.again(post, turn);
        };
        let (address, change) = proved.what().clone();
        if !self.wants(&change, &address) {
            return Answer::Unknown;
        }
        let links = &mut self.links;
        let done = Done::Confirmed(change.clone());
        links
            .redeemed
            .redeem(&mut links.email, post, done, turn.now);
        self.wanted = None;
        self.claiming = Some(Claiming {
            change: change.clone(),
            address: address.clone(),
        });
        self.claim(address, Some(change.clone()), Some(device), turn);
        Answer::Claiming { change }
    }

    fn claim_answered(
        &mut self,
        address: &EmailAddress,
        change: &ErrandId,
        agreed: bool,
        turn: &mut Turn<'_>,
    ) {
        let waited = self.claiming.take_if(|claiming| claiming.change == *change);
        match (waited, agreed) {
            (Some(_), true) => {
                self.moved = Some((change.clone(), true));
                self.move_to(address.clone(), turn);
            }
            (Some(_), false) => {
                self.moved = Some((change.clone(), false));
                turn.events.push(Event::AddressRefused);
            }
            // It was called off in the meantime.
            (None, true) if !self.is_claiming(address) => self.let_go(address.clone(), turn),
            (None, _) => (),
        }
    }

    /// The account has another address. Links sent to the old one are void.
    fn move_to(&mut self, address: EmailAddress, turn: &mut Turn<'_>) {
        let old = core::mem::replace(&mut self.address, address);
        self.void_links();
        turn.events.push(Event::AddressChanged);
        if self.go_back(turn) || !turn.policy.undo {
            self.release(old.clone(), None, turn);
            self.notify_at(Notice::AddressChanged, old, turn);
            return;
        }
        let until = turn.now + UNDOABLE;
        self.previous.push(Previous {
            address: old.clone(),
            until,
        });
        self.release(old.clone(), Some(until + MARGIN), turn);
        if self.previous.len() == 1 {
            self.send(About::Undo(Undoing::Email), old, until, turn);
        } else {
            self.notify_at(Notice::AddressChanged, old, turn);
        }
    }

    /// Whether the account is back at an address it had. What came after that one is let go, and gives no
    /// right to take anything back: that right is the oldest address's.
    fn go_back(&mut self, turn: &mut Turn<'_>) -> bool {
        let here = |previous: &Previous| previous.address == self.address;
        let Some(at) = self.previous.iter().position(here) else {
            return false;
        };
        for left in self.previous.split_off(at) {
            if left.address != self.address {
                self.release(left.address, None, turn);
            }
        }
        if self.previous.is_empty() {
            self.forget_undo(Undoing::Email);
        }
        true
    }

    /// Links that take such a thing back are void, also those on their way.
    fn forget_undo(&mut self, undoing: Undoing) {
        self.links.forget_undo(undoing);
        self.duties.retain(|duty| match duty {
            Duty::Letter(letter) => letter.about != About::Undo(undoing),
            _ => true,
        });
    }

    /// An undo link was posted.
    pub(super) fn undo(&mut self, post: &Post, turn: &mut Turn<'_>) -> Answer {
        let Some(proved) = self.links.undo.prove(&post.token, turn.now) else {
            return self.again(post, turn);
        };
        let (to, undoing) = proved.what().clone();
        let stands = match undoing {
            Undoing::Email => self.oldest_is(&to),
            Undoing::Deletion => self.erased_at.is_some(),
        };
        if !stands {
            return Answer::Unknown;
        }
        let (links, done) = (&mut self.links, Done::Undone(undoing));
        links
            .redeemed
            .redeem_alike(&mut links.undo, post, done, turn.now, |(_, known)| {
                *known == undoing
            });
        // Who takes the address back takes the account back: an end that was asked for meanwhile is off.
        self.erased_at = None;
        if undoing == Undoing::Email {
            self.move_back(to, turn);
        }
        turn.events.push(Event::Undone { what: undoing });
        Answer::Undone(undoing)
    }

    fn oldest_is(&self, address: &EmailAddress) -> bool {
        let oldest = self.previous.first();
        oldest.is_some_and(|previous| previous.address == *address)
    }

    /// Back to the oldest address: later ones are let go, the password is void and everything that began
    /// before is over.
    fn move_back(&mut self, address: EmailAddress, turn: &mut Turn<'_>) {
        self.drop_claim(turn);
        let left = core::mem::replace(&mut self.address, address.clone());
        let others = core::mem::take(&mut self.previous);
        let others = others.into_iter().map(|previous| previous.address);
        for other in core::iter::once(left).chain(others) {
            if other != address {
                self.release(other, None, turn);
            }
        }
        self.claim(address, None, None, turn);
        self.replace_password(None);
        self.end_everything(Ending::EpochEnded, turn);
        self.unmark(None, turn);
        self.forget_undo(Undoing::Email);
        self.forget_undo(Undoing::Deletion);
    }

    /// Asks an address's object to be ours. A release of it that is still on its way would come too late.
    fn claim(
        &mut self,
        address: EmailAddress,
        change: Option<ErrandId>,
        device: Option<DeviceId>,
        turn: &mut Turn<'_>,
    ) {
        self.duties.retain(
            |duty| !matches!(duty, Duty::Release { address: known, .. } if *known == address),
        );
        let duty = Duty::Claim {
            address,
            change,
            device,
        };
        self.owe(duty, turn);
    }

    /// Lets go of an address, at once or after it was kept back for a while.
    pub(super) fn release(
        &mut self,
        address: EmailAddress,
        reserved: Option<Time>,
        turn: &mut Turn<'_>,
    ) {
        self.duties.retain(
            |duty| !matches!(duty, Duty::Claim { address: known, .. } if *known == address),
        );
        self.owe(Duty::Release { address, reserved }, turn);
    }

    /// A change on its way is called off.
    pub(super) fn drop_claim(&mut self, turn: &mut Turn<'_>) {
        if let Some(claiming) = self.claiming.take() {
            self.let_go(claiming.address, turn);
        }
    }

    /// An address that was claimed is not wanted any more. The account's own stays, and one that is kept
    /// back stays kept back.
    fn let_go(&mut self, address: EmailAddress, turn: &mut Turn<'_>) {
        if address == self.address {
            return;
        }
        let kept = |previous: &&Previous| previous.address == address;
        let kept = self.previous.iter().find(kept);
        let reserved = kept.map(|previous| previous.until + MARGIN);
        self.release(address, reserved, turn);
    }

    fn is_claiming(&self, address: &EmailAddress) -> bool {
        let claiming = self.claiming.as_ref();
        claiming.is_some_and(|claiming| claiming.address == *address)
    }
}
