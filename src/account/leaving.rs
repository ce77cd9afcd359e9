//! The end of an account: at once for its sessions, for good after three days, and until then it can be
//! taken back by a link.

use serde::{Deserialize, Serialize};

use super::{
    answer::{Answer, Export},
    duty::{About, Duty, Undoing},
    event::{Ending, Event},
    state::{Account, Turn, UNDOABLE},
};
use crate::kit::{
    id::{AccountId, ErrandId},
    queue::Queue,
    time::Time,
};

/// What is left of an account: that there was one. Its addresses are freed, and then nothing is owed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Erased {
    pub(super) id: AccountId,
    #[serde(rename = "erased")]
    at: Time,
    pub(super) duties: Queue<Duty>,
}

impl Account {
    /// Its owner asks for its end.
    pub(super) fn delete(&mut self, turn: &mut Turn<'_>) -> Answer {
        let until = turn.now + UNDOABLE;
        self.erased_at = Some(until);
        self.end_everything(Ending::EpochEnded, turn);
        self.unmark(None, turn);
        self.links.forget_undo(Undoing::Deletion);
        let to = self.address.clone();
        self.send(About::Undo(Undoing::Deletion), to, until, turn);
        turn.events.push(Event::DeletionAsked);
        Answer::Done
    }

    /// Everything goes, but for the duty to free its addresses.
    pub(super) fn erase(&mut self, turn: &mut Turn<'_>) -> Erased {
        let mut duties = Queue::default();
        let previous = core::mem::take(&mut self.previous);
        let previous = previous.into_iter().map(|previous| previous.address);
        let claimed = self.claiming.take().map(|claiming| claiming.address);
        let own = core::iter::once(self.address.clone());
        for address in own.chain(previous).chain(claimed) {
            let release = Duty::Release {
                address,
                reserved: None,
            };
            duties.push(ErrandId::fresh(turn.dice), release, turn.now, None);
        }
        turn.events.push(Event::Erased);
        Erased {
            id: self.id.clone(),
            at: turn.now,
            duties,
        }
    }

    /// Everything kept of this person. The journal comes from beside the state.
    pub(super) fn export(&self) -> Export {
        let previous = self.previous.iter();
        Export {
            view: self.view(),
            previous: previous.map(|previous| previous.address.clone()).collect(),
            journal: Vec::new(),
        }
    }
}
