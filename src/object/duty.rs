//! Doing what an object owes: the same for every object that owes something.

use super::{Line, Surroundings, Trouble, Unreachable};
use crate::{
    kit::{
        id::ErrandId,
        queue::Owing,
        time::{Span, Time},
    },
    outbox::{Fate, Letter},
    store::{Stored, change},
};

/// When to look again at an alarm that could not be served.
const LATER: Span = Span::minutes(1);

/// Sets the alarm when it must ring earlier than it would, or should have rung already. One that rings
/// too early finds nothing to do and is set anew: that is cheaper than setting it at every write.
pub(super) async fn arm(
    around: &impl Surroundings,
    before: Option<Time>,
    after: Option<Time>,
) -> Result<(), Unreachable> {
    let rings_in_time = match (before, after) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(set), Some(at)) => around.now() < set && set <= at,
    };
    if rings_in_time {
        return Ok(());
    }
    around.set_alarm(after).await
}

/// An alarm could not be served: the cause goes to the log, and it rings again. The runtime gives up on
/// alarms that fail, so this never does.
pub(super) async fn later(around: &impl Surroundings, trouble: &Trouble) {
    if let Trouble::Fault(fault) = trouble {
        around.log(Line::Fault(fault));
    }
    let _ = around.set_alarm(Some(around.now() + LATER)).await;
}

/// Hands a letter to the notifier, and remembers what became of it. Its departure was committed before.
pub(super) async fn deliver<S: Stored + Owing>(
    around: &impl Surroundings,
    id: &ErrandId,
    letter: &Letter,
) -> Result<(), Trouble> {
    let webhook = around.rules().sign(id.clone(), letter, around.now());
    let receipt = around.deliver(webhook).await.ok();
    let fate = receipt
        .as_ref()
        .map_or(Fate::Later(None), |receipt| receipt.fate(around.now()));
    if fate == Fate::Delivered {
        around.log(Line::Delivered(id));
        return settle::<S>(around, id);
    }
    around.log(Line::NotDelivered(
        id,
        receipt.map(|receipt| receipt.status),
    ));
    if let Fate::Later(Some(at)) = fate {
        change(around.sql(), |state: &mut S| state.put_off(id, at))?;
    }
    Ok(())
}

/// An errand was done: it is owed no longer.
pub(super) fn settle<S: Stored + Owing>(
    around: &impl Surroundings,
    id: &ErrandId,
) -> Result<(), Trouble> {
    change(around.sql(), |state: &mut S| state.settle(id))?;
    Ok(())
}
