//! The address object as a server. See [`crate::address`] for what it keeps and promises.

use super::{
    Line, Surroundings, Trouble, Unreachable,
    duty::{arm, deliver, later, settle},
};
use crate::{
    account::{Answer as AccountAnswer, Command as AccountCommand},
    address::{AddressState, Answer, Birth, Command, Departure},
    outbox::{Kind, Letter},
    store::{Envelope, Reply, change},
};

/// Answers one command, given and answered as JSON.
pub async fn serve(around: &impl Surroundings, text: &str) -> Reply<Answer> {
    Trouble::reply(around, answer(around, text).await)
}

/// Does what is due, and sleeps until more is. Never fails: the runtime gives up on an alarm that does.
pub async fn wake(around: &impl Surroundings) {
    let awake = async {
        expire(around)?;
        while let Some(departure) = depart(around)? {
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
    // An owner whose account is not there yet is brought into being before anything else is said.
    bear(around).await?;
    let policy = &around.rules().address;
    let changed = change(around.sql(), |state: &mut AddressState| {
        let before = state.wake_at(policy);
        let answer = state.handle(command, around.now(), &mut *around.dice(), policy);
        (before, answer)
    })?;
    let (before, answer) = changed.result;
    arm(around, before, changed.state.wake_at(policy)).await?;
    bear(around).await?;
    let epoch = change(around.sql(), |state: &mut AddressState| state.epoch())?.result;
    Ok(answer.born(epoch.unwrap_or_default()))
}

/// Drives an account into being, when this address owes one.
async fn bear(around: &impl Surroundings) -> Result<(), Trouble> {
    let unborn = change(around.sql(), |state: &mut AddressState| {
        state.unborn().cloned()
    })?
    .result;
    match unborn {
        Some(birth) => create(around, birth).await,
        None => Ok(()),
    }
}

async fn create(around: &impl Surroundings, birth: Birth) -> Result<(), Trouble> {
    let Birth {
        account,
        address,
        password,
    } = birth;
    let command = AccountCommand::Create {
        account: account.clone(),
        address,
        password,
    };
    let AccountAnswer::Created { epoch } = around.ask_account(&account, command).await? else {
        return Err(Trouble::Unreachable);
    };
    change(around.sql(), |state: &mut AddressState| {
        state.acknowledge(&account, epoch);
    })?;
    Ok(())
}

fn expire(around: &impl Surroundings) -> Result<(), Trouble> {
    let (now, policy) = (around.now(), &around.rules().address);
    let expired = change(around.sql(), |state: &mut AddressState| {
        state.expire(now, policy)
    })?
    .result;
    for id in &expired {
        around.log(Line::Expired(id));
    }
    Ok(())
}

fn depart(around: &impl Surroundings) -> Result<Option<Departure>, Trouble> {
    let changed = change(around.sql(), |state: &mut AddressState| {
        state.depart(
            &|address| around.name_of(address),
            around.now(),
            &mut *around.dice(),
        )
    })?;
    Ok(changed.result)
}

async fn perform(around: &impl Surroundings, departure: Departure) -> Result<(), Trouble> {
    match departure {
        // A birth that fails is tried again by the schedule; the other duties go on.
        Departure::Birth(birth) => match create(around, birth).await {
            Err(Trouble::Fault(fault)) => Err(fault.into()),
            Ok(()) | Err(Trouble::Unreachable) => Ok(()),
        },
        Departure::AlreadyRegistered {
            id,
            account,
            address,
        } => {
            let command = AccountCommand::AlreadyRegistered {
                wish: id.clone(),
                address,
            };
            match around.ask_account(&account, command).await {
                Ok(_) => settle::<AddressState>(around, &id),
                Err(Unreachable) => Ok(()),
            }
        }
        Departure::Letter {
            id,
            since,
            to,
            token,
            until,
        } => {
            let link = around.rules().link(&token);
            let letter = Letter {
                kind: Kind::Verify,
                asked: since,
                to,
                account: None,
                link: Some((link, until)),
            };
            deliver::<AddressState>(around, &id, &letter).await
        }
    }
}

async fn rest(around: &impl Surroundings) -> Result<(), Trouble> {
    let policy = &around.rules().address;
    let changed = change(around.sql(), |_: &mut AddressState| ())?;
    Ok(around.set_alarm(changed.state.wake_at(policy)).await?)
}
