//! The password: replaced from a session, or by a reset link. Either ends what began before.

use super::{
    answer::Answer,
    duty::Notice,
    event::{Ending, Event},
    links::Done,
    proof::PasswordProved,
    state::{Account, Turn},
};
use crate::kit::{
    id::{DeviceId, SessionId},
    lane::LaneName,
    password::hash::StoredPassword,
    redeemed::Post,
};

impl Account {
    /// A reset link was posted. Nobody is signed in by it, and a disabled account stays disabled.
    pub(super) fn reset(
        &mut self,
        post: &Post,
        password: Option<StoredPassword>,
        device: DeviceId,
        turn: &mut Turn<'_>,
    ) -> Answer {
        if self.links.reset.prove(&post.token, turn.now).is_none() {
            return self.again(post, turn);
        }
        let Some(password) = password else {
            return Answer::Unknown;
        };
        let links = &mut self.links;
        links
            .redeemed
            .redeem(&mut links.reset, post, Done::Reset, turn.now);
        self.replace_password(Some(password));
        self.end_everything(Ending::PasswordChanged, turn);
        self.unmark(Some(device.clone()), turn);
        self.mark(device, LaneName::Every, turn);
        self.notify(Notice::PasswordChanged, turn);
        turn.events.push(Event::PasswordReset);
        Answer::PasswordReset
    }

    /// The owner replaces the password. Every other session ends, and this one gets another id.
    pub(super) fn change_password(
        &mut self,
        session: &SessionId,
        proof: Option<&PasswordProved>,
        lane: Option<LaneName>,
        password: StoredPassword,
        turn: &mut Turn<'_>,
    ) -> Result<Answer, Answer> {
        if self.password.is_some() && proof.is_none() {
            return Err(Answer::Outdated);
        }
        self.fresh(session, proof, lane, turn)?;
        let method = proof.map(|_| "password");
        self.replace_password(Some(password));
        self.raise_epoch(turn);
        for session in self.sessions.remove_others(Some(session)) {
            let why = Ending::PasswordChanged;
            turn.events.push(Event::SessionEnded { session, why });
        }
        let session = self
            .sessions
            .confirm(session, method, turn.now, turn.dice)
            .ok_or(Answer::Ended)?;
        self.unmark(Some(session.device().clone()), turn);
        self.notify(Notice::PasswordChanged, turn);
        turn.events.push(Event::PasswordChanged);
        Ok(Answer::Opened(self.describe(&session, turn.policy)))
    }

    /// Another password, or none. Proofs made against the one before are outdated.
    pub(super) fn replace_password(&mut self, password: Option<StoredPassword>) {
        self.password = password;
        self.password_version = self.password_version.saturating_add(1);
        self.force_change = false;
    }
}
