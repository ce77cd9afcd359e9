//! The link object as a server. See [`crate::link`] for what it keeps and promises.

use super::{
    Line, Surroundings, Trouble,
    duty::{arm, later},
};
use crate::{
    account::{Answer as AccountAnswer, Command as AccountCommand},
    kit::{id::LinkId, time::Time},
    link::{Answer, Command, LinkState},
    store::{Envelope, Reply, change},
};

/// Answers one command, given and answered as JSON.
pub async fn serve(around: &impl Surroundings, text: &str) -> Reply<Answer> {
    Trouble::reply(around, answer(around, text).await)
}

/// Forgets a link that has expired. Never fails.
pub async fn wake(around: &impl Surroundings) {
    let now = around.now();
    let expired = change(around.sql(), |state: &mut LinkState| {
        state.expire(now);
        state.wake_at()
    });
    match expired {
        Ok(changed) => {
            end_streams(around, &changed.state);
            let _ = around.set_alarm(changed.result).await;
        }
        Err(fault) => later(around, &Trouble::Fault(fault)).await,
    }
}

/// Until when a stream by this link may run; `None` refuses it. Nothing waits here, so no end of the link
/// comes between this and the acceptance of the stream.
///
/// Whether a link for a person is void by their epoch is not asked: every such stream is also watched by
/// its session, and no session keeps its id when the epoch moves.
pub fn watch(around: &impl Surroundings, link: &str) -> Option<Time> {
    LinkId::parse(link)?;
    let state = change(around.sql(), |_: &mut LinkState| ())
        .inspect_err(|fault| around.log(Line::Fault(fault)))
        .ok()?
        .state;
    state.streams_until(around.now())
}

/// Ends what streams by a link that is over.
fn end_streams(around: &impl Surroundings, state: &LinkState) {
    around.end_streams(&|_| state.streams_until(around.now()).is_some());
}

async fn answer(around: &impl Surroundings, text: &str) -> Result<Answer, Trouble> {
    let command = Envelope::<Command>::open(text)?.command;
    if !matches!(command, Command::Make(_) | Command::Revoke) {
        void_if_outdated(around).await?;
    }
    let now = around.now();
    let changed = change(around.sql(), |state: &mut LinkState| {
        let before = state.wake_at();
        (before, state.handle(command, now))
    })?;
    end_streams(around, &changed.state);
    let (before, answer) = changed.result;
    arm(around, before, changed.state.wake_at()).await?;
    Ok(answer)
}

/// A link for a person is void in another epoch of their account than the one it was made in. So the
/// account is asked first; one that does not answer leaves the question open, and the link shut.
async fn void_if_outdated(around: &impl Surroundings) -> Result<(), Trouble> {
    let bound = change(around.sql(), |state: &mut LinkState| state.bound().cloned())?.result;
    let Some(bound) = bound else {
        return Ok(());
    };
    let asked = around.ask_account(&bound.account, AccountCommand::Credential);
    let current = match asked.await? {
        AccountAnswer::Credential(credential) => credential.epoch == bound.epoch,
        _ => false,
    };
    if !current {
        change(around.sql(), LinkState::void)?;
    }
    Ok(())
}
