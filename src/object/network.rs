//! The network object as a server. See [`crate::network`] for what it keeps.

use super::{Surroundings, Trouble, duty::later};
use crate::{
    network::{Answer, Command, NetworkState},
    store::{Envelope, Reply, change},
};

/// Answers one command, given and answered as JSON.
pub async fn serve(around: &impl Surroundings, text: &str) -> Reply<Answer> {
    Trouble::reply(around, answer(around, text).await)
}

/// Forgets what counts no more. Never fails.
pub async fn wake(around: &impl Surroundings) {
    let (now, policy) = (around.now(), &around.rules().network);
    let swept = change(around.sql(), |state: &mut NetworkState| {
        state.sweep(now, policy);
        state.wake_at(policy)
    });
    match swept {
        Ok(changed) => {
            let _ = around.set_alarm(changed.result).await;
        }
        Err(fault) => later(around, &Trouble::Fault(fault)).await,
    }
}

async fn answer(around: &impl Surroundings, text: &str) -> Result<Answer, Trouble> {
    let command = Envelope::<Command>::open(text)?.command;
    let (now, policy) = (around.now(), &around.rules().network);
    let changed = change(around.sql(), |state: &mut NetworkState| {
        let before = state.wake_at(policy);
        let answer = state.handle(&command, now, policy);
        let after = state.wake_at(policy);
        (
            answer,
            after.filter(|at| before.is_none_or(|set| *at < set)),
        )
    })?;
    let (answer, wake_at) = changed.result;
    // The alarm of the first knock finds out when the last one is forgotten: one row less per knock. One that was
    // set while a clock was ahead is set anew.
    if let Some(at) = wake_at {
        around.set_alarm(Some(at)).await?;
    }
    Ok(answer)
}
