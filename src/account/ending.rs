//! Sessions that are shown, and how they end: one, the others, or everything that began before. What
//! streams in their name ends with them.

use super::{
    Policy,
    answer::Answer,
    duty::{Duty, Notice},
    event::{Ending, Event},
    session::Shown,
    state::{Account, AccountState, Turn},
};
use crate::kit::{
    id::{DeviceId, SessionId},
    time::Time,
};

impl AccountState {
    /// Until when a stream that was opened in the name of this session may run; `None` when it must end.
    ///
    /// A session that got another id counts as over here: its browser comes back under the new one, and
    /// whoever copied the old cookie must not listen on.
    pub fn streams_until(&self, session: &SessionId, now: Time, policy: &Policy) -> Option<Time> {
        let account = self.living.as_ref()?;
        account.sessions.lives_until(session, now, policy)
    }
}

impl Account {
    pub(super) fn touch(
        &mut self,
        session: &SessionId,
        generation: u32,
        device: Option<&DeviceId>,
        turn: &mut Turn<'_>,
    ) -> Answer {
        match self.sessions.show(session, generation, device, turn.now) {
            Shown::Live(session) => Answer::Live(self.describe(&session, turn.policy)),
            Shown::Ended => Answer::Ended,
            Shown::Stale => Answer::Stale,
            Shown::Replayed(session) => {
                turn.events.push(Event::SessionEnded {
                    session,
                    why: Ending::Replayed,
                });
                self.notify(Notice::SessionTheft, turn);
                Answer::Ended
            }
        }
    }

    pub(super) fn end_session(
        &mut self,
        session: &SessionId,
        own: bool,
        turn: &mut Turn<'_>,
    ) -> Answer {
        let why = if own {
            Ending::SignedOut
        } else {
            Ending::EndedElsewhere
        };
        // A session that got another id is still the one that its browser means.
        let Some(session) = self.sessions.remove_meant(session, own) else {
            return Answer::Ended;
        };
        turn.events.push(Event::SessionEnded { session, why });
        Answer::Done
    }

    pub(super) fn end_others(
        &mut self,
        kept: &SessionId,
        device: Option<DeviceId>,
        turn: &mut Turn<'_>,
    ) {
        self.unmark(device, turn);
        for session in self.sessions.remove_others(Some(kept)) {
            let why = Ending::EndedElsewhere;
            turn.events.push(Event::SessionEnded { session, why });
        }
    }

    /// Whatever began before is over: proofs, links, letters and changes on their way. What takes a
    /// change back goes on.
    pub(super) fn raise_epoch(&mut self, turn: &mut Turn<'_>) {
        self.epoch = self.epoch.saturating_add(1);
        self.void_links();
        self.wanted = None;
        self.drop_claim(turn);
    }

    /// Links on their way to an address, or in its mail, are void.
    pub(super) fn void_links(&mut self) {
        self.links.void();
        self.duties.retain(|duty| match duty {
            Duty::Letter(letter) => letter.about.outlives_epoch(),
            _ => true,
        });
    }

    /// The epoch rises, and every session ends.
    pub(super) fn end_everything(&mut self, why: Ending, turn: &mut Turn<'_>) {
        self.raise_epoch(turn);
        for session in self.sessions.remove_others(None) {
            turn.events.push(Event::SessionEnded { session, why });
        }
    }
}
