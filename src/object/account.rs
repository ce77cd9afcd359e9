//! The account object as a server. See [`crate::account`] for what it keeps and promises.

use super::{
    Line, Surroundings, Trouble, Unreachable,
    duty::{arm, deliver, later, settle},
};
use crate::{
    account::{
        About, AccountState, Answer, Command, Departure, Due, Duty, Event, JournalPage, Notice,
        Undoing,
    },
    address::{Answer as AddressAnswer, Command as AddressCommand},
    kit::{
        email::EmailAddress,
        id::{ErrandId, SessionId},
        queue::Owing,
        time::Time,
    },
    outbox::{Kind, Letter},
    store::{Envelope, Journal, Reply, Verified, change},
};

/// How many lines of a journal one answer holds.
const LINES_AT_ONCE: usize = 500;

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

/// Until when a stream in the name of this session may run; `None` refuses it. Nothing waits here, so the
/// caller that accepts the stream in the same turn knows that no end of the session came between.
pub fn watch(around: &impl Surroundings, session: &str) -> Option<Time> {
    let state = change(around.sql(), |_: &mut AccountState| ())
        .inspect_err(|fault| around.log(Line::Fault(fault)))
        .ok()?
        .state;
    streams_until(around, &state, session)
}

fn streams_until(around: &impl Surroundings, state: &AccountState, session: &str) -> Option<Time> {
    let session = SessionId::parse(session)?;
    state.streams_until(&session, around.now(), &around.rules().account)
}

/// Ends what streams in the name of sessions that are over. Called after each commit that can end one; it
/// asks the state and not the command, so no way to end a session is forgotten.
fn end_streams(around: &impl Surroundings, state: &AccountState) {
    around.end_streams(&|session| streams_until(around, state, session).is_some());
}

async fn answer(around: &impl Surroundings, text: &str) -> Result<Answer, Trouble> {
    let command = Envelope::<Command>::open(text)?.command;
    let rules = around.rules();
    let now = around.now();
    // What is read of the journal is read before anything is written.
    let journal = Journal::open(around.sql(), &rules.journal)?;
    let lines = match &command {
        Command::Journal { after } => return page(around, &journal, *after),
        Command::Export => journal.lines()?,
        _ => Vec::new(),
    };
    let changed = change(around.sql(), |state: &mut AccountState| {
        let dice = &mut *around.dice();
        let before = state.wake_at(&rules.account);
        let (answer, events) = state.handle(command, now, dice, &rules.account);
        // What address objects are owed is tried once before the answer; the alarm repeats it.
        (
            before,
            answer,
            events,
            state.depart(Due::Addresses, now, dice),
        )
    })?;
    end_streams(around, &changed.state);
    let (before, answer, events, mut departure) = changed.result;
    write_down(journal, &events, &changed.state, around)?;
    arm(around, before, changed.state.wake_at(&rules.account)).await?;
    while let Some(departing) = departure {
        perform(around, departing).await?;
        departure = depart(around, Due::Addresses)?;
    }
    match answer {
        Answer::Claiming { change: id } => {
            let moved = change(around.sql(), |state: &mut AccountState| state.moved(&id))?;
            moved.result.ok_or(Trouble::Unreachable)
        }
        Answer::Export(mut export) => {
            let lines = lines.into_iter().map(|line| (line.at, line.line));
            export.journal = lines.collect();
            Ok(Answer::Export(export))
        }
        answer => Ok(answer),
    }
}

/// The lines after this one, as far as one answer goes. What an account leaves when it is erased has some too.
fn page(around: &impl Surroundings, journal: &Journal<'_>, after: i64) -> Result<Answer, Trouble> {
    let state = change(around.sql(), |_: &mut AccountState| ())?.state;
    let Some(account) = state.id() else {
        return Ok(Answer::Absent);
    };
    let Verified {
        mut lines,
        checkpoint,
        holds,
    } = journal.verify(account)?;
    lines.retain(|line| line.seq > after);
    let more = lines.len() > LINES_AT_ONCE;
    lines.truncate(LINES_AT_ONCE);
    Ok(Answer::Journal(JournalPage {
        lines,
        checkpoint,
        holds,
        more,
    }))
}

/// Events go into the journal; of an account that was erased, the line that says so is all that stays.
fn write_down(
    journal: Journal<'_>,
    events: &[Event],
    state: &AccountState,
    around: &impl Surroundings,
) -> Result<(), Trouble> {
    let Some(account) = state.id() else {
        return Ok(());
    };
    for line in &journal.append(account, events, around.now())? {
        around.log(Line::Journalled(account, line));
    }
    if events.contains(&Event::Erased) {
        Journal::open(around.sql(), &around.rules().journal)?.erase(account)?;
    }
    Ok(())
}

fn expire(around: &impl Surroundings) -> Result<(), Trouble> {
    let (now, rules) = (around.now(), around.rules());
    let journal = Journal::open(around.sql(), &rules.journal)?;
    let changed = change(around.sql(), |state: &mut AccountState| {
        state.expire(now, &mut *around.dice(), &rules.account)
    })?;
    end_streams(around, &changed.state);
    let (expired, events) = changed.result;
    write_down(journal, &events, &changed.state, around)?;
    for id in &expired {
        around.log(Line::Expired(id));
    }
    if let Some(account) = changed.state.id() {
        Journal::open(around.sql(), &rules.journal)?.prune(account, now)?;
    }
    Ok(())
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
        link,
    } = departure;
    let id = errand.id;
    match errand.what {
        Duty::Letter(letter) => {
            let link = link.map(|(token, until)| (around.rules().link(&token), until));
            let letter = Letter {
                kind: kind(&letter.about),
                asked: errand.since,
                to: letter.to,
                account: Some(account),
                link,
            };
            deliver::<AccountState>(around, &id, &letter).await
        }
        Duty::Mark {
            address,
            device,
            lane,
        } => {
            let mark = AddressCommand::Mark {
                account,
                device,
                lane,
            };
            tell_address(around, &id, &address, mark).await
        }
        Duty::Unmark { address, kept } => {
            let unmark = AddressCommand::Unmark { account, kept };
            tell_address(around, &id, &address, unmark).await
        }
        Duty::Release { address, reserved } => {
            let release = AddressCommand::Release { account, reserved };
            tell_address(around, &id, &address, release).await
        }
        Duty::Claim {
            address,
            change,
            device,
        } => {
            let claim = AddressCommand::Claim {
                account,
                address: address.clone(),
                device,
            };
            let agreed = match around.ask_address(&address, claim).await {
                Ok(AddressAnswer::Claimed) => true,
                Ok(AddressAnswer::Taken) => false,
                Ok(_) | Err(Unreachable) => return Ok(()),
            };
            claimed(around, &id, &address, change.as_ref(), agreed).await
        }
    }
}

/// An address answered a claim: what follows from it and the end of the errand are one commit.
async fn claimed(
    around: &impl Surroundings,
    id: &ErrandId,
    address: &EmailAddress,
    claim: Option<&ErrandId>,
    agreed: bool,
) -> Result<(), Trouble> {
    let (now, rules) = (around.now(), around.rules());
    let journal = Journal::open(around.sql(), &rules.journal)?;
    let changed = change(around.sql(), |state: &mut AccountState| {
        let before = state.wake_at(&rules.account);
        let events = state.claimed(
            address,
            claim,
            agreed,
            now,
            &mut *around.dice(),
            &rules.account,
        );
        state.settle(id);
        (before, events)
    })?;
    let (before, events) = changed.result;
    write_down(journal, &events, &changed.state, around)?;
    Ok(arm(around, before, changed.state.wake_at(&rules.account)).await?)
}

async fn tell_address(
    around: &impl Surroundings,
    id: &ErrandId,
    address: &EmailAddress,
    command: AddressCommand,
) -> Result<(), Trouble> {
    match around.ask_address(address, command).await {
        Ok(_) => settle::<AccountState>(around, id),
        Err(Unreachable) => Ok(()),
    }
}

fn kind(about: &About) -> Kind {
    match about {
        About::Reset => Kind::Reset,
        About::Magic(_) => Kind::Magic,
        About::ConfirmAddress { .. } => Kind::EmailChange,
        About::Undo(Undoing::Email) | About::Notice(Notice::AddressChanged) => Kind::EmailChanged,
        About::Undo(Undoing::Deletion) => Kind::Deletion,
        About::Notice(Notice::AlreadyRegistered) => Kind::AlreadyRegistered,
        About::Notice(Notice::SessionTheft) => Kind::SessionTheft,
        About::Notice(Notice::PasswordChanged) => Kind::PasswordChanged,
        About::Notice(Notice::NewDevice) => Kind::NewDevice,
        About::Notice(Notice::AttemptsExhausted) => Kind::AttemptsExhausted,
    }
}

async fn rest(around: &impl Surroundings) -> Result<(), Trouble> {
    let policy = &around.rules().account;
    let changed = change(around.sql(), |_: &mut AccountState| ())?;
    Ok(around.set_alarm(changed.state.wake_at(policy)).await?)
}
