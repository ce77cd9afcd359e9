//! The account object as a server. See [`crate::account`] for what it keeps and promises.

use super::{
    Line, Surroundings, Trouble, Unreachable,
    duty::{arm, deliver, later, settle},
};
use crate::{
    account::{AccountState, Answer, Command, Departure, Due, Duty, Notice},
    address::Command as AddressCommand,
    kit::{email::EmailAddress, id::ErrandId},
    outbox::{Kind, Letter},
    store::{Envelope, Journal, Reply, change},
};

/// Answers one command, given and answered as JSON.
pub async fn serve(around: &impl Surroundings, text: &str) -> Reply<Answer> {
    Trouble::reply(around, answer(around, text).await)
}

/// Does what is due, and sleeps until more is. Never fails: the runtime gives up on an alarm that does.
pub async fn wake(around: &impl Surroundings) {
    let awake = async {
        expire(around)?;
        while let Some(departure) = depart(around, Due::Everything)? {
            perform(around, departure).await?;
        }
        rest(around).await
    };
    if let Err(trouble) = awake.await {
        later(around, &trouble).await;
    }
}

async fn answer(around: &impl Surroundings, text: &str) -> Result<Answer, Trouble> {
    let command = Envelope::<Command>::open(text)?.command;
    let rules = around.rules();
    let now = around.now();
    // What is read of the journal is read before anything is written.
    let journal = Journal::open(around.sql(), &rules.journal)?;
    let changed = change(around.sql(), |state: &mut AccountState| {
        let dice = &mut *around.dice();
        let before = state.wake_at(&rules.account);
        let (answer, events) = state.handle(command, now, dice, &rules.account);
        // What the address object is owed is tried once before the answer; the alarm repeats it.
        (before, answer, events, state.depart(Due::Marks, now, dice))
    })?;
    let (before, answer, events, mut departure) = changed.result;
    journal.append(&events, now)?;
    arm(around, before, changed.state.wake_at(&rules.account)).await?;
    while let Some(departing) = departure {
        perform(around, departing).await?;
        departure = depart(around, Due::Marks)?;
    }
    Ok(answer)
}

fn expire(around: &impl Surroundings) -> Result<(), Trouble> {
    let (now, rules) = (around.now(), around.rules());
    let expired = change(around.sql(), |state: &mut AccountState| {
        state.expire(now, &rules.account)
    })?
    .result;
    for id in &expired {
        around.log(Line::Expired(id));
    }
    Ok(Journal::open(around.sql(), &rules.journal)?.prune(now)?)
}

fn depart(around: &impl Surroundings, due: Due) -> Result<Option<Departure>, Trouble> {
    let changed = change(around.sql(), |state: &mut AccountState| {
        state.depart(due, around.now(), &mut *around.dice())
    })?;
    Ok(changed.result)
}

async fn perform(around: &impl Surroundings, departure: Departure) -> Result<(), Trouble> {
    let Departure {
        errand,
        account,
        address,
    } = departure;
    match errand.what {
        Duty::Notice(notice) => {
            let kind = kind(notice);
            let letter = Letter {
                kind,
                asked: errand.since,
                to: address,
                account: Some(account),
                link: None,
            };
            deliver::<AccountState>(around, &errand.id, &letter).await
        }
        Duty::Mark { device, lane } => {
            tell_address(
                around,
                errand.id,
                &address,
                AddressCommand::Mark {
                    account,
                    device,
                    lane,
                },
            )
            .await
        }
        Duty::Unmark { kept } => {
            tell_address(
                around,
                errand.id,
                &address,
                AddressCommand::Unmark { account, kept },
            )
            .await
        }
    }
}

async fn tell_address(
    around: &impl Surroundings,
    id: ErrandId,
    address: &EmailAddress,
    command: AddressCommand,
) -> Result<(), Trouble> {
    match around.ask_address(address, command).await {
        Ok(_) => settle::<AccountState>(around, &id),
        Err(Unreachable) => Ok(()),
    }
}

fn kind(notice: Notice) -> Kind {
    match notice {
        Notice::AlreadyRegistered => Kind::AlreadyRegistered,
        Notice::SessionTheft => Kind::SessionTheft,
    }
}

async fn rest(around: &impl Surroundings) -> Result<(), Trouble> {
    let policy = &around.rules().account;
    let changed = change(around.sql(), |_: &mut AccountState| ())?;
    Ok(around.set_alarm(changed.state.wake_at(policy)).await?)
}
