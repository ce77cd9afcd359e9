//! Ways in: a session is opened for a proof, by one function, after every check.

use super::{
    Policy,
    answer::{Answer, Linked, Opened, Person, Standing},
    command::Browser,
    duty::Notice,
    event::{Ending, Event},
    links::Done,
    proof::{Admission, Enabled, EpochCurrent, HookAllowed, NoForcedChange, PasswordProved, Proof},
    session::Session,
    state::{Account, Turn},
};
use crate::kit::{
    id::{ErrandId, SessionId},
    lane::LaneName,
    password::hash::StoredPassword,
    proof::AddressProved,
    redeemed::{Again, Post},
    time::{Span, Time},
    token::{LinkKind, TokenHash},
};

/// How long after a sign-in sensitive acts need no other one.
pub const FRESH: Span = Span::minutes(5);

impl Account {
    /// Opens a session for a proof. A password that is changed with it comes first: what began before it
    /// is over.
    pub(super) fn sign_in(
        &mut self,
        proof: Proof,
        hook: HookAllowed,
        browser: Browser,
        lane: Option<LaneName>,
        (rehashed, changed): (Option<StoredPassword>, Option<StoredPassword>),
        turn: &mut Turn<'_>,
    ) -> Result<Answer, Answer> {
        let replaces = changed.is_some() && matches!(proof, Proof::Password(_));
        let admission = self.admit(proof, hook, replaces)?;
        match (rehashed, changed) {
            (_, Some(changed)) if replaces => {
                self.replace_password(Some(changed));
                self.end_everything(Ending::PasswordChanged, turn);
                self.unmark(Some(browser.device.clone()), turn);
                self.notify(Notice::PasswordChanged, turn);
                turn.events.push(Event::PasswordChanged);
            }
            (Some(rehashed), _) => {
                self.password = Some(rehashed);
                turn.events.push(Event::PasswordRehashed);
            }
            _ => (),
        }
        if let Some(lane) = lane {
            self.mark(browser.device.clone(), lane, turn);
        }
        let is_new = lane != Some(LaneName::Marked) && !self.sessions.knows(&browser.device);
        if lane == Some(LaneName::Strangers) && self.signed_in && is_new {
            self.notify(Notice::NewDevice, turn);
        }
        Ok(Answer::Opened(self.open(admission, browser, is_new, turn)))
    }

    /// A sign-in link was posted. What it may not do costs no link.
    pub(super) fn magic(
        &mut self,
        post: &Post,
        hook: Option<HookAllowed>,
        browser: Browser,
        turn: &mut Turn<'_>,
    ) -> Answer {
        let Some(proved) = self.links.magic.prove(&post.token, turn.now) else {
            return self.again(post, turn);
        };
        let Some(hook) = hook else {
            return Answer::Unknown;
        };
        let (to, asked) = proved.what();
        let next = asked.next.clone();
        let proof = AddressProved::new(&proved, to.clone(), ErrandId::fresh(turn.dice));
        let proof = Proof::Address(proof.in_epoch(self.epoch));
        let admission = match self.admit(proof, hook, false) {
            Ok(admission) => admission,
            Err(refusal) => return refusal,
        };
        self.mark(browser.device.clone(), LaneName::Every, turn);
        let is_new = !self.sessions.knows(&browser.device);
        let opened = self.open(admission, browser, is_new, turn);
        let done = Done::Opened(opened.session.clone(), next.clone());
        let links = &mut self.links;
        links
            .redeemed
            .redeem(&mut links.magic, post, done, turn.now);
        Answer::Entered { opened, next }
    }

    /// What posting this token would do.
    pub(super) fn look(&self, kind: LinkKind, token: &TokenHash, now: Time) -> Answer {
        match self.links.look(kind, token, now) {
            Some(meaning) => Answer::Link(Linked {
                to: meaning.to,
                person: self.person(),
                roles: self.roles.clone(),
                asked: meaning.asked,
                undoes: meaning.undoes,
            }),
            None if self.links.redeemed.knows(token) => Answer::Used,
            None => Answer::Unknown,
        }
    }

    /// What posting a token that is not live comes to.
    pub(super) fn again(&self, post: &Post, turn: &Turn<'_>) -> Answer {
        match self.links.redeemed.again(post, turn.now) {
            Again::Unknown => Answer::Unknown,
            Again::Used => Answer::Used,
            Again::Answered(Done::Reset) => Answer::PasswordReset,
            Again::Answered(Done::Opened(session, next)) => {
                let session = self.sessions.find(&session);
                session.map_or(Answer::Used, |session| {
                    let opened = self.describe(session, turn.policy);
                    Answer::Entered { opened, next }
                })
            }
            Again::Answered(Done::Confirmed(change)) => Answer::Claiming { change },
            Again::Answered(Done::Undone(undoing)) => Answer::Undone(undoing),
        }
    }

    /// The checks a session demands, in the order their refusals may be told.
    fn admit(&self, proof: Proof, hook: HookAllowed, replaces: bool) -> Result<Admission, Answer> {
        let epoch = self.epoch_current(&proof).ok_or(Answer::Outdated)?;
        let (enabled, no_forced_change) = match self.standing() {
            Standing::Disabled => return Err(Answer::Disabled),
            Standing::ChangeRequired if !replaces => return Err(Answer::ChangeRequired),
            Standing::ChangeRequired | Standing::Good => (Enabled(()), NoForcedChange(())),
        };
        Ok(Admission {
            proof,
            enabled,
            no_forced_change,
            epoch,
            hook,
            account: self.id.clone(),
        })
    }

    pub(super) fn standing(&self) -> Standing {
        if !self.enabled || self.erased_at.is_some() {
            Standing::Disabled
        } else if self.force_change {
            Standing::ChangeRequired
        } else {
            Standing::Good
        }
    }

    fn epoch_current(&self, proof: &Proof) -> Option<EpochCurrent> {
        let current = match proof {
            Proof::Password(proved) => self.is_current(proved),
            Proof::Address(proved) => {
                proved.epoch() == self.epoch && *proved.address() == self.address
            }
        };
        current.then_some(EpochCurrent(()))
    }

    /// Whether a password was checked against the one in force.
    fn is_current(&self, proved: &PasswordProved) -> bool {
        proved.version == self.password_version
            && proved.epoch == self.epoch
            && proved.address == self.address
    }

    /// Sensitive acts need a sign-in that is not older than five minutes, or the password now.
    pub(super) fn fresh(
        &mut self,
        session: &SessionId,
        proof: Option<&PasswordProved>,
        lane: Option<LaneName>,
        turn: &mut Turn<'_>,
    ) -> Result<(), Answer> {
        let session = self.sessions.find(session).ok_or(Answer::Ended)?;
        let device = session.device().clone();
        let recent = turn.now.since(session.authenticated_at) < FRESH;
        match proof {
            Some(proved) if !self.is_current(proved) => return Err(Answer::Outdated),
            None if !recent => return Err(Answer::NotFresh),
            _ => (),
        }
        if let Some(lane) = lane {
            self.mark(device, lane, turn);
        }
        Ok(())
    }

    /// A redemption opens one session, ever. Repeating it finds that session while it lives; once it has
    /// ended, whoever repeats it does not come back in.
    pub(super) fn redeemed_before(&self, proof: &Proof, policy: &Policy) -> Option<Answer> {
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
        new_device: bool,
        turn: &mut Turn<'_>,
    ) -> Opened {
        if let Some(redemption) = admission.proof.redemption() {
            self.redeemed.push((redemption.clone(), turn.now));
        }
        self.signed_in = true;
        let hook = admission.hook.heard;
        let (method, network) = (admission.proof.method().to_owned(), browser.network.clone());
        let (session, crowded) = self.sessions.mint(admission, browser, turn.now, turn.dice);
        if let Some(session) = session.had() {
            turn.events.push(Event::SessionEnded {
                session: session.clone(),
                why: Ending::Replaced,
            });
        }
        if let Some(session) = crowded {
            turn.events.push(Event::SessionEnded {
                session,
                why: Ending::Crowded,
            });
        }
        turn.events.push(Event::SignedIn {
            session: session.id.clone(),
            method,
            network,
            new_device,
            hook,
        });
        self.describe(&session, turn.policy)
    }

    pub(super) fn describe(&self, session: &Session, policy: &Policy) -> Opened {
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
            person: self.person(),
        }
    }

    pub(super) fn person(&self) -> Person {
        Person {
            account: self.id.clone(),
            address: self.address.clone(),
            enabled: self.enabled,
        }
    }
}
