//! What is kept of one person, and which part of the rules each command belongs to.

use serde::{Deserialize, Serialize};

use super::{
    Policy,
    answer::{Answer, Credential},
    command::Command,
    duty::{Duty, Letter, Notice},
    event::{Ending, Event},
    leaving::Erased,
    links::Links,
    moving::{Claiming, Previous, Wanted},
    session::Sessions,
};
use crate::kit::{
    dice::Dice,
    email::EmailAddress,
    id::{AccountId, ErrandId, InvitationId},
    password::hash::StoredPassword,
    queue::Queue,
    role::Role,
    time::{Span, Time},
    token::Token,
};

/// How long a redemption is remembered: longer than an address object repeats its answer.
const REPEATABLE: Span = Span::hours(1);
/// How long a change of address, or the end of an account, can be taken back.
pub(super) const UNDOABLE: Span = Span::hours(72);
/// The epoch an account begins in.
const FIRST_EPOCH: u32 = 1;

/// What is kept of one person. With neither, there was never an account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) living: Option<Box<Account>>,
    /// What is left of one that was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) erased: Option<Erased>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) id: AccountId,
    pub(super) address: EmailAddress,
    pub(super) created: Time,
    pub(super) enabled: bool,
    pub(super) epoch: u32,
    #[serde(default)]
    pub(super) roles: Vec<Role>,
    #[serde(default)]
    pub(super) password: Option<StoredPassword>,
    #[serde(default)]
    pub(super) password_version: u32,
    #[serde(default)]
    pub(super) force_change: bool,
    #[serde(default)]
    pub(super) sessions: Sessions,
    /// Whether anybody ever signed in: the first browser is news to nobody.
    #[serde(default)]
    pub(super) signed_in: bool,
    #[serde(default)]
    pub(super) duties: Queue<Duty>,
    #[serde(default)]
    pub(super) links: Links,
    #[serde(default)]
    pub(super) redeemed: Vec<(ErrandId, Time)>,
    #[serde(default)]
    pub(super) honoured: Vec<ErrandId>,
    #[serde(default)]
    pub(super) noticed: Vec<(Notice, Time)>,
    #[serde(default)]
    pub(super) granted: Vec<InvitationId>,
    #[serde(default)]
    pub(super) wanted: Option<Wanted>,
    #[serde(default)]
    pub(super) claiming: Option<Claiming>,
    /// The last change that was confirmed, and whether the new address agreed.
    #[serde(default)]
    pub(super) moved: Option<(ErrandId, bool)>,
    #[serde(default)]
    pub(super) previous: Vec<Previous>,
    #[serde(default)]
    pub(super) erased_at: Option<Time>,
}

/// What every rule is given: the time, the dice, what the operator decided, and a place for the journal.
pub(super) struct Turn<'a> {
    pub(super) now: Time,
    pub(super) dice: &'a mut dyn Dice,
    pub(super) policy: &'a Policy,
    pub(super) events: Vec<Event>,
}

impl AccountState {
    /// Handles one command: changes the state, says what to answer and what belongs in the journal.
    pub fn handle(
        &mut self,
        command: Command,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> (Answer, Vec<Event>) {
        let mut turn = Turn {
            now,
            dice,
            policy,
            events: Vec::new(),
        };
        self.sweep(&mut turn);
        let answer = match (&mut self.living, &self.erased, command) {
            (
                None,
                None,
                Command::Create {
                    account,
                    address,
                    password,
                    invited,
                },
            ) => {
                let mut account = Account::new(account, address, password, now);
                turn.events.push(Event::Created);
                if let Some(invited) = invited {
                    account.grant(invited, &mut turn);
                }
                self.living = Some(Box::new(account));
                Answer::Created { epoch: FIRST_EPOCH }
            }
            (Some(account), _, command) => account.handle(command, &mut turn),
            (None, _, _) => Answer::Absent,
        };
        (answer, turn.events)
    }

    /// Takes out the letters that became worthless undelivered, and drops whatever else has expired.
    pub fn expire(
        &mut self,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> (Vec<ErrandId>, Vec<Event>) {
        let mut turn = Turn {
            now,
            dice,
            policy,
            events: Vec::new(),
        };
        self.sweep(&mut turn);
        let over = self
            .duties_mut()
            .map(|duties| duties.expire(now))
            .unwrap_or_default();
        let over = over.into_iter().map(|errand| errand.id).collect();
        (over, turn.events)
    }

    /// When this object must be awake again.
    pub fn wake_at(&self, policy: &Policy) -> Option<Time> {
        match (&self.living, &self.erased) {
            (Some(account), _) => account.wake_at(policy),
            (None, Some(erased)) => erased.duties.wake_at(),
            (None, None) => None,
        }
    }

    /// Which account this is, or was; `None` where none ever came to be.
    pub fn id(&self) -> Option<&AccountId> {
        let living = self.living.as_ref().map(|account| &account.id);
        living.or(self.erased.as_ref().map(|erased| &erased.id))
    }

    pub(super) fn living(&mut self) -> Option<&mut Account> {
        self.living.as_deref_mut()
    }

    pub(super) fn duties_mut(&mut self) -> Option<&mut Queue<Duty>> {
        let living = self.living.as_mut().map(|account| &mut account.duties);
        living.or(self.erased.as_mut().map(|erased| &mut erased.duties))
    }

    pub(super) fn remember_token(&mut self, token: &Token, until: Time, letter: &Letter) {
        if let Some(account) = self.living() {
            account.links.remember(token, until, letter);
        }
    }

    fn sweep(&mut self, turn: &mut Turn<'_>) {
        let Some(account) = self.living() else {
            return;
        };
        account.sweep(turn);
        if account.erased_at.is_some_and(|at| at <= turn.now) {
            self.erased = Some(account.erase(turn));
            self.living = None;
        }
    }
}

impl Account {
    fn new(
        id: AccountId,
        address: EmailAddress,
        password: Option<StoredPassword>,
        now: Time,
    ) -> Self {
        Self {
            id,
            address,
            created: now,
            enabled: true,
            epoch: FIRST_EPOCH,
            roles: Vec::new(),
            password_version: u32::from(password.is_some()),
            password,
            force_change: false,
            sessions: Sessions::default(),
            signed_in: false,
            duties: Queue::default(),
            links: Links::default(),
            redeemed: Vec::new(),
            honoured: Vec::new(),
            noticed: Vec::new(),
            granted: Vec::new(),
            wanted: None,
            claiming: None,
            moved: None,
            previous: Vec::new(),
            erased_at: None,
        }
    }

    fn handle(&mut self, command: Command, turn: &mut Turn<'_>) -> Answer {
        match command {
            Command::Create { .. } => Answer::Created { epoch: self.epoch },
            Command::Credential => Answer::Credential(self.credential()),
            Command::OpenSession {
                proof,
                hook,
                browser,
                lane,
                rehashed,
                changed,
            } => {
                if let Some(answer) = self.redeemed_before(&proof, turn.policy) {
                    return answer;
                }
                let passwords = (rehashed, changed);
                self.sign_in(proof, hook, browser, lane, passwords, turn)
                    .unwrap_or_else(|refusal| refusal)
            }
            Command::Touch {
                session,
                generation,
                device,
            } => self.touch(&session, generation, device.as_ref(), turn),
            Command::Inspect => Answer::Account(Box::new(self.view())),
            Command::Export => Answer::Export(Box::new(self.export())),
            // Kept beside the state; the object reads it.
            Command::Journal { .. } => Answer::Absent,
            Command::EndSession { session, own } => self.end_session(&session, own, turn),
            Command::EndOthers { kept, device } => {
                self.end_others(&kept, device, turn);
                Answer::Done
            }
            Command::EndAll => {
                self.end_everything(Ending::EndedElsewhere, turn);
                self.unmark(None, turn);
                Answer::Done
            }
            Command::Wish {
                wish,
                address,
                since,
                what,
            } => {
                self.wish(wish, address, since, what, turn);
                Answer::Done
            }
            Command::Look { kind, token } => self.look(kind, &token, turn.now),
            Command::Reset {
                post,
                password,
                device,
            } => self.reset(&post, password, device, turn),
            Command::Magic {
                post,
                hook,
                browser,
            } => self.magic(&post, hook, browser, turn),
            Command::ChangePassword {
                session,
                proof,
                lane,
                password,
            } => self
                .change_password(&session, proof.as_ref(), lane, password, turn)
                .unwrap_or_else(|refusal| refusal),
            Command::WantAddress {
                session,
                proof,
                lane,
                change,
                address,
            } => self
                .fresh(&session, proof.as_ref(), lane, turn)
                .map_or_else(|refusal| refusal, |()| self.want(change, address, turn)),
            Command::ConfirmAddress { post, device } => self.confirm(&post, device, turn),
            Command::Undo { post } => self.undo(&post, turn),
            Command::Delete {
                session,
                proof,
                lane,
            } => self
                .fresh(&session, proof.as_ref(), lane, turn)
                .map_or_else(|refusal| refusal, |()| self.delete(turn)),
            Command::Grant(invited) => {
                self.grant(invited, turn);
                Answer::Done
            }
            Command::Patch(patch) => self.patch(patch, turn),
            Command::Bind { link, by } => {
                turn.events.push(Event::LinkMade { link, by });
                Answer::Credential(self.credential())
            }
        }
    }

    fn credential(&self) -> Credential {
        Credential {
            address: self.address.clone(),
            password: self.password.clone(),
            version: self.password_version,
            epoch: self.epoch,
            standing: self.standing(),
            roles: self.roles.clone(),
        }
    }

    fn wake_at(&self, policy: &Policy) -> Option<Time> {
        let ends = [
            self.duties.wake_at(),
            self.sessions.wake_at(policy),
            self.links.wake_at(),
            self.erased_at,
            self.wanted.as_ref().map(|wanted| wanted.until),
            self.previous.iter().map(|previous| previous.until).min(),
        ];
        ends.into_iter().flatten().min()
    }

    fn sweep(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now;
        self.sessions.sweep(turn.policy, now);
        self.links.sweep(now, turn.policy);
        self.redeemed.retain(|(_, at)| now.since(*at) < REPEATABLE);
        self.wanted.take_if(|wanted| wanted.until <= now);
        self.previous.retain(|previous| now < previous.until);
        self.duties.set_back(now);
        // What a clock that was ahead put off comes in its usual time.
        if let Some(wanted) = &mut self.wanted {
            wanted.until = wanted.until.min(now + turn.policy.email_change);
        }
        for previous in &mut self.previous {
            previous.until = previous.until.min(now + UNDOABLE);
        }
        self.erased_at = self.erased_at.map(|at| at.min(now + UNDOABLE));
        self.forget_notices(now);
    }
}
