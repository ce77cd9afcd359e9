//! What is kept of one person, and how each command changes it.

use serde::{Deserialize, Serialize};

use super::{
    Policy,
    command::{Answer, Browser, Command, Credential, Opened, Person},
    duty::{Duty, Notice},
    event::{Ending, Event},
    proof::{Admission, Enabled, EpochCurrent, HookAllowed, NoForcedChange, Proof},
    session::{Session, Sessions, Shown},
};
use crate::kit::{
    dice::Dice,
    email::EmailAddress,
    id::{AccountId, ErrandId},
    password::hash::StoredPassword,
    queue::Queue,
    role::Role,
    time::{Span, Time},
};

/// Notices of one type that begin within so long of each other are one letter.
const MERGED: Span = Span::minutes(15);
/// How long a notice is worth delivering.
const NOTICE_LIFE: Span = Span::days(1);
/// How many wishes are remembered as honoured.
const MOST_HONOURED: usize = 16;
/// How long a redemption is remembered: longer than an address object repeats its answer.
const REPEATABLE: Span = Span::hours(1);
/// The epoch an account begins in.
const FIRST_EPOCH: u32 = 1;

/// What is kept of one person; `None` is an account that was never created.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountState(pub(super) Option<Account>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) id: AccountId,
    pub(super) address: EmailAddress,
    created: Time,
    enabled: bool,
    epoch: u32,
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(default)]
    password: Option<StoredPassword>,
    #[serde(default)]
    password_version: u32,
    #[serde(default)]
    sessions: Sessions,
    #[serde(default)]
    pub(super) duties: Queue<Duty>,
    #[serde(default)]
    redeemed: Vec<(ErrandId, Time)>,
    #[serde(default)]
    honoured: Vec<ErrandId>,
    #[serde(default)]
    noticed: Vec<(Notice, Time)>,
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
        let mut events = Vec::new();
        let answer = match (&mut self.0, command) {
            (
                None,
                Command::Create {
                    account,
                    address,
                    password,
                },
            ) => {
                self.0 = Some(Account::new(account, address, password, now));
                events.push(Event::Created);
                Answer::Created { epoch: FIRST_EPOCH }
            }
            (None, _) => Answer::Absent,
            (Some(account), command) => {
                account.sweep(policy, now);
                account.handle(command, now, dice, policy, &mut events)
            }
        };
        (answer, events)
    }

    /// Takes out the duties that became worthless undone, and drops whatever else has expired.
    pub fn expire(&mut self, now: Time, policy: &Policy) -> Vec<ErrandId> {
        let Some(account) = &mut self.0 else {
            return Vec::new();
        };
        account.sweep(policy, now);
        account
            .duties
            .expire(now)
            .into_iter()
            .map(|errand| errand.id)
            .collect()
    }

    /// When this object must be awake again.
    pub fn wake_at(&self, policy: &Policy) -> Option<Time> {
        let account = self.0.as_ref()?;
        [account.duties.wake_at(), account.sessions.wake_at(policy)]
            .into_iter()
            .flatten()
            .min()
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
            sessions: Sessions::default(),
            duties: Queue::default(),
            redeemed: Vec::new(),
            honoured: Vec::new(),
            noticed: Vec::new(),
        }
    }

    fn handle(
        &mut self,
        command: Command,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
        events: &mut Vec<Event>,
    ) -> Answer {
        match command {
            Command::Create { .. } => Answer::Created { epoch: self.epoch },
            Command::Credential => Answer::Credential(self.credential()),
            Command::OpenSession {
                proof,
                hook,
                browser,
                lane,
                rehashed,
            } => {
                if let Some(answer) = self.redeemed_before(&proof, policy) {
                    return answer;
                }
                let admission = match self.admit(proof, hook) {
                    Ok(admission) => admission,
                    Err(refusal) => return refusal,
                };
                if let Some(rehashed) = rehashed {
                    self.password = Some(rehashed);
                    events.push(Event::PasswordRehashed);
                }
                if let Some(lane) = lane {
                    let duty = Duty::Mark {
                        device: browser.device.clone(),
                        lane,
                    };
                    self.duties.push(ErrandId::fresh(dice), duty, now, None);
                }
                Answer::Opened(self.open(admission, browser, now, dice, policy, events))
            }
            Command::Touch {
                session,
                generation,
                device,
            } => {
                match self
                    .sessions
                    .show(&session, generation, device.as_ref(), now)
                {
                    Shown::Live(session) => Answer::Live(self.describe(&session, policy)),
                    Shown::Ended => Answer::Ended,
                    Shown::Stale => Answer::Stale,
                    Shown::Replayed(session) => {
                        events.push(Event::SessionEnded {
                            session,
                            why: Ending::Replayed,
                        });
                        self.notify(Notice::SessionTheft, now, dice);
                        Answer::Ended
                    }
                }
            }
            Command::Sessions => Answer::Sessions(self.sessions.rows()),
            Command::EndSession { session, own } => {
                let why = if own {
                    Ending::SignedOut
                } else {
                    Ending::EndedElsewhere
                };
                if !self.sessions.remove(&session) {
                    return Answer::Ended;
                }
                events.push(Event::SessionEnded { session, why });
                Answer::Done
            }
            Command::EndOthers { kept, device } => {
                // A mark that is still on its way must not come after this.
                self.duties.retain(|duty| match duty {
                    Duty::Mark { device: marked, .. } => Some(marked) == device.as_ref(),
                    Duty::Notice(_) | Duty::Unmark { .. } => true,
                });
                let duty = Duty::Unmark { kept: device };
                self.duties.push(ErrandId::fresh(dice), duty, now, None);
                for (session, why) in self.sessions.remove_others(&kept) {
                    events.push(Event::SessionEnded { session, why });
                }
                Answer::Done
            }
            Command::AlreadyRegistered { wish, address } => {
                if address == self.address && self.honour(wish) {
                    self.notify(Notice::AlreadyRegistered, now, dice);
                }
                Answer::Done
            }
        }
    }

    fn credential(&self) -> Credential {
        Credential {
            address: self.address.clone(),
            password: self.password.clone(),
            version: self.password_version,
            epoch: self.epoch,
            roles: self.roles.clone(),
        }
    }

    /// The checks a session demands, in the order their refusals may be told.
    fn admit(&self, proof: Proof, hook: HookAllowed) -> Result<Admission, Answer> {
        let epoch = self.epoch_current(&proof).ok_or(Answer::Outdated)?;
        let enabled = self
            .enabled
            .then_some(Enabled(()))
            .ok_or(Answer::Disabled)?;
        let no_forced_change = NoForcedChange(());
        Ok(Admission {
            proof,
            enabled,
            no_forced_change,
            epoch,
            hook,
            account: self.id.clone(),
        })
    }

    fn epoch_current(&self, proof: &Proof) -> Option<EpochCurrent> {
        let version = match proof {
            Proof::Password(proved) => proved.version == self.password_version,
            Proof::Address(_) => true,
        };
        (version && proof.epoch() == self.epoch && *proof.address() == self.address)
            .then_some(EpochCurrent(()))
    }

    /// A redemption opens one session, ever. Repeating it finds that session while it lives; once it has
    /// ended, whoever repeats it does not come back in.
    fn redeemed_before(&self, proof: &Proof, policy: &Policy) -> Option<Answer> {
        let redemption = proof.redemption()?;
        self.redeemed
            .iter()
            .find(|(known, _)| known == redemption)?;
        let session = self.sessions.opened_by(redemption);
        Some(session.map_or(Answer::Outdated, |session| {
            Answer::Opened(self.describe(session, policy))
        }))
    }

    fn open(
        &mut self,
        admission: Admission,
        browser: Browser,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
        events: &mut Vec<Event>,
    ) -> Opened {
        if let Some(redemption) = admission.proof.redemption() {
            self.redeemed.push((redemption.clone(), now));
        }
        let new_device = !self.sessions.knows(&browser.device);
        let (method, network) = (admission.proof.method().to_owned(), browser.network.clone());
        let hook = admission.hook.heard;
        let (session, crowded) = self.sessions.mint(admission, browser, now, dice);
        if let Some(session) = session.had() {
            events.push(Event::SessionEnded {
                session: session.clone(),
                why: Ending::Replaced,
            });
        }
        if let Some(session) = crowded {
            events.push(Event::SessionEnded {
                session,
                why: Ending::Crowded,
            });
        }
        events.push(Event::SignedIn {
            session: session.id.clone(),
            method,
            network,
            new_device,
            hook,
        });
        self.describe(&session, policy)
    }

    fn describe(&self, session: &Session, policy: &Policy) -> Opened {
        let mut roles = self.roles.clone();
        roles.extend(
            session
                .hook_roles
                .iter()
                .filter(|role| !self.roles.contains(role))
                .cloned(),
        );
        Opened {
            session: session.id.clone(),
            device: session.device().clone(),
            generation: session.generation,
            authenticated_at: session.authenticated_at,
            expires_at: session.expires_at(policy),
            methods: session.methods.clone(),
            roles,
            person: Person {
                account: self.id.clone(),
                address: self.address.clone(),
                enabled: self.enabled,
            },
        }
    }

    /// Whether this wish is new; it is remembered either way.
    fn honour(&mut self, wish: ErrandId) -> bool {
        if self.honoured.contains(&wish) {
            return false;
        }
        if self.honoured.len() >= MOST_HONOURED {
            self.honoured.remove(0);
        }
        self.honoured.push(wish);
        true
    }

    /// Owes the owner a notice, unless one of this type left within a quarter of an hour.
    fn notify(&mut self, notice: Notice, now: Time, dice: &mut dyn Dice) {
        if self.noticed.iter().any(|(known, _)| *known == notice) {
            return;
        }
        self.noticed.push((notice, now));
        self.duties.push(
            ErrandId::fresh(dice),
            Duty::Notice(notice),
            now,
            Some(now + NOTICE_LIFE),
        );
    }

    fn sweep(&mut self, policy: &Policy, now: Time) {
        self.sessions.sweep(policy, now);
        self.redeemed.retain(|(_, at)| now.since(*at) < REPEATABLE);
        self.noticed.retain(|(_, at)| now.since(*at) < MERGED);
    }
}
