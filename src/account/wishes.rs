//! What addresses hand over: what somebody wished for, honoured once, from the address the account holds
//! at that moment.

use super::{
    command::Wish,
    duty::{About, Duty, Letter, Notice, Undoing},
    event::Event,
    state::{Account, Turn},
};
use crate::kit::{
    email::EmailAddress,
    id::ErrandId,
    time::{Span, Time},
};

/// Notices of one type that begin within so long of each other are one letter.
const MERGED: Span = Span::minutes(15);
/// How long a notice is worth delivering.
const NOTICE_LIFE: Span = Span::days(1);
/// How many wishes are remembered as honoured.
const MOST_HONOURED: usize = 16;

impl Account {
    pub(super) fn wish(
        &mut self,
        wish: ErrandId,
        address: EmailAddress,
        since: Time,
        what: Wish,
        turn: &mut Turn<'_>,
    ) {
        if !self.honour(wish) {
            return;
        }
        if let Wish::ConfirmAddress { change } = what {
            if self.wants(&change, &address) {
                let until = since + turn.policy.email_change;
                self.send(About::ConfirmAddress { change }, address, until, turn);
            }
        } else if address != self.address {
            self.wish_at_previous(&address, &what, turn);
        } else if let Some(until) = self.erased_at {
            if matches!(what, Wish::Reset { .. } | Wish::Magic(_)) {
                self.send(About::Undo(Undoing::Deletion), address, until, turn);
            }
        } else {
            self.wish_at_own(what, since, turn);
        }
    }

    fn wish_at_own(&mut self, what: Wish, since: Time, turn: &mut Turn<'_>) {
        let to = self.address.clone();
        match what {
            Wish::AlreadyRegistered => self.notify(Notice::AlreadyRegistered, turn),
            Wish::AttemptsExhausted => self.notify(Notice::AttemptsExhausted, turn),
            Wish::Reset { by } => {
                turn.events.push(Event::ResetAsked { by });
                self.send(About::Reset, to, since + turn.policy.reset, turn);
            }
            Wish::Magic(asked) => {
                turn.events.push(Event::MagicAsked);
                self.send(About::Magic(asked), to, since + turn.policy.magic, turn);
            }
            Wish::ConfirmAddress { .. } => (),
        }
    }

    /// Whoever asks for a way in at the address the account was moved away from gets the way back.
    fn wish_at_previous(&mut self, address: &EmailAddress, what: &Wish, turn: &mut Turn<'_>) {
        let oldest = self.previous.first();
        let until = oldest
            .filter(|previous| previous.address == *address)
            .map(|previous| previous.until);
        if let (Some(until), Wish::Reset { .. } | Wish::Magic(_)) = (until, what) {
            self.send(About::Undo(Undoing::Email), address.clone(), until, turn);
        }
    }

    /// Whether this wish is new; it is remembered either way.
    fn honour(&mut self, wish: ErrandId) -> bool {
        if self.honoured.contains(&wish) {
            return false;
        }
        if self.honoured.len() >= MOST_HONOURED {
            self.honoured.remove(0);
        }
        self.honoured.push(wish);
        true
    }

    /// Owes a letter that is worthless after `until`.
    pub(super) fn send(
        &mut self,
        about: About,
        to: EmailAddress,
        until: Time,
        turn: &mut Turn<'_>,
    ) {
        let id = ErrandId::fresh(turn.dice);
        let duty = Duty::Letter(Letter { about, to });
        self.duties.push(id, duty, turn.now, Some(until));
    }

    /// Owes the owner a notice, unless one of this type left within a quarter of an hour.
    pub(super) fn notify(&mut self, notice: Notice, turn: &mut Turn<'_>) {
        if self.noticed.iter().any(|(known, _)| *known == notice) {
            return;
        }
        self.noticed.push((notice, turn.now));
        self.notify_at(notice, self.address.clone(), turn);
    }

    /// The same, to an address the owner had, in every case.
    pub(super) fn notify_at(&mut self, notice: Notice, to: EmailAddress, turn: &mut Turn<'_>) {
        let until = turn.now + NOTICE_LIFE;
        self.send(About::Notice(notice), to, until, turn);
    }

    pub(super) fn forget_notices(&mut self, now: Time) {
        // None is kept from the owner because a clock was ahead when the one before left.
        self.noticed
            .retain(|(_, at)| *at <= now && now.since(*at) < MERGED);
    }
}
