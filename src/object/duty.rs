//! Doing what an object owes: the same for every object that owes something.

use super::{Line, Surroundings, Trouble};
use crate::{
    kit::{id::ErrandId, queue::Owing},
    outbox::{Fate, Letter},
    store::{Stored, change},
};

/// Hands a letter to the notifier, and remembers what became of it. Its departure was committed before.
pub(super) async fn deliver<S: Stored + Owing>(
    around: &impl Surroundings,
    id: &ErrandId,
    letter: &Letter,
) -> Result<(), Trouble> {
    let webhook = around.rules().sign(id.clone(), letter, around.now());
    let receipt = around.deliver(webhook).await.ok();
    let fate = receipt.as_ref().map_or(Fate::Later(None), |receipt| receipt.fate(around.now()));
    if fate == Fate::Delivered {
        around.log(Line::Delivered(id));
        return settle::<S>(around, id);
    }
    around.log(Line::NotDelivered(id, receipt.map(|receipt| receipt.status)));
    if let Fate::Later(Some(at)) = fate {
        change(around.sql(), |state: &mut S| state.put_off(id, at))?;
    }
    Ok(())
}

/// An errand was done: it is owed no longer.
pub(super) fn settle<S: Stored + Owing>(around: &impl Surroundings, id: &ErrandId) -> Result<(), Trouble> {
    change(around.sql(), |state: &mut S| state.settle(id))?;
    Ok(())
}
