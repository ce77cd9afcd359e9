//! The address object as a server. See [`crate::address`] for what it keeps and promises.

use super::{
    Line, Surroundings, Trouble, Unreachable,
    duty::{arm, deliver, later, settle},
};
use crate::{
    account::{Answer as AccountAnswer, Command as AccountCommand, Wish},
    address::{AddressState, Answer, Birth, Command, Departure, Going, LIST, WishKind},
    kit::{email::EmailAddress, id::AccountId, id::ErrandId, token::LinkKind},
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
    while let Some(departure) = depart(around, Due::Awaited)? {
        perform(around, departure).await?;
    }
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
        invited,
    } = birth;
    let command = AccountCommand::Create {
        account: account.clone(),
        address,
        password,
        invited,
    };
    let answer = around.ask_account(&account, command).await?;
    change(around.sql(), |state: &mut AddressState| match answer {
        AccountAnswer::Created { epoch } => state.acknowledge(&account, epoch),
        AccountAnswer::Absent => state.stillborn(&account),
        _ => (),
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

/// Which duties leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// What leaves while a caller waits.
    Awaited,
    /// Everything.
    Everything,
}

fn depart(around: &impl Surroundings, due: Due) -> Result<Option<Departure>, Trouble> {
    let name_of = |address: &EmailAddress| around.name_of(address);
    let changed = change(around.sql(), |state: &mut AddressState| {
        let (now, dice) = (around.now(), &mut *around.dice());
        match due {
            Due::Awaited => state.depart_awaited(&name_of, now, dice),
            Due::Everything => state.depart(&name_of, now, dice),
        }
    })?;
    Ok(changed.result)
}

async fn perform(around: &impl Surroundings, departure: Departure) -> Result<(), Trouble> {
    let Departure { id, since, what } = departure;
    match what {
        // A birth that fails is tried again by the schedule; the other duties go on.
        Going::Birth(birth) => match create(around, birth).await {
            Err(Trouble::Fault(fault)) => Err(fault.into()),
            Ok(()) | Err(Trouble::Unreachable) => Ok(()),
        },
        Going::Grant { account, invited } => {
            tell_account(around, &id, &account, AccountCommand::Grant(invited)).await
        }
        Going::Wish {
            account,
            address,
            wish,
        } => {
            let command = AccountCommand::Wish {
                wish: id.clone(),
                address,
                since,
                what: wished(wish),
            };
            tell_account(around, &id, &account, command).await
        }
        Going::List(row) => tell_list(around, &id, Command::ListInvitation(row)).await,
        Going::Unlist(invitation) => {
            tell_list(around, &id, Command::UnlistInvitation { invitation }).await
        }
        Going::Letter { to, token, until } => {
            let letter = Letter {
                kind: kind(token.kind()),
                asked: since,
                to,
                account: None,
                link: Some((around.rules().link(&token), until)),
            };
            deliver::<AddressState>(around, &id, &letter).await
        }
    }
}

async fn tell_account(
    around: &impl Surroundings,
    id: &ErrandId,
    account: &AccountId,
    command: AccountCommand,
) -> Result<(), Trouble> {
    match around.ask_account(account, command).await {
        Ok(_) => settle::<AddressState>(around, id),
        Err(Unreachable) => Ok(()),
    }
}

async fn tell_list(
    around: &impl Surroundings,
    id: &ErrandId,
    command: Command,
) -> Result<(), Trouble> {
    match around.ask_address_named(LIST, command).await {
        Ok(_) => settle::<AddressState>(around, id),
        Err(Unreachable) => Ok(()),
    }
}

fn wished(wish: WishKind) -> Wish {
    match wish {
        WishKind::AlreadyRegistered | WishKind::Resend { .. } => Wish::AlreadyRegistered,
        WishKind::AttemptsExhausted => Wish::AttemptsExhausted,
        WishKind::Reset { by, .. } => Wish::Reset { by },
        WishKind::Magic { asked, .. } => Wish::Magic(asked),
        WishKind::Confirm { change, .. } => Wish::ConfirmAddress { change },
    }
}

fn kind(link: LinkKind) -> Kind {
    match link {
        LinkKind::Reset => Kind::Reset,
        LinkKind::Magic => Kind::Magic,
        LinkKind::Invite => Kind::Invite,
        LinkKind::Verify | LinkKind::Email | LinkKind::Undo | LinkKind::Link => Kind::Verify,
    }
}

async fn rest(around: &impl Surroundings) -> Result<(), Trouble> {
    let policy = &around.rules().address;
    let changed = change(around.sql(), |_: &mut AddressState| ())?;
    Ok(around.set_alarm(changed.state.wake_at(policy)).await?)
}
