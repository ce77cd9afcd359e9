//! Sessions: opened by proof, looked up by id and generation, ended for good.
//!
//! A session's cookie is trusted by itself for a minute; after that somebody asks here. Every quarter of
//! an hour the session moves on to a new *generation*. Whoever shows an older one is either the same
//! browser a little late (a restored tab, an answer that got lost: it has the session's device cookie and
//! gets the current generation), or somebody who copied the cookie.

use serde::{Deserialize, Serialize};

use super::{Policy, answer::SessionRow, command::Browser, proof::Admission};
use crate::kit::{
    dice::Dice,
    id::{DeviceId, ErrandId, SessionId},
    role::Role,
    time::{Span, Time},
};

/// How many sessions an account may have; a further one ends the one not used for longest.
const MOST: usize = 50;
/// How long a generation is current before a renewal advances it.
const GENERATION: Span = Span::minutes(15);
/// How long a superseded generation without its device is only stale; later it is a replay.
const GRACE: Span = Span::minutes(10);
/// How exactly the last use is known: a busy session does not write at every request.
const SEEN: Span = Span::minutes(1);

/// One signed-in browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub(super) id: SessionId,
    pub(super) generation: u32,
    generation_since: Time,
    browser: Browser,
    pub(super) authenticated_at: Time,
    pub(super) methods: Vec<String>,
    pub(super) hook_roles: Vec<Role>,
    opened: Time,
    seen: Time,
    #[serde(default)]
    redemption: Option<ErrandId>,
    /// The password is another one since it had the id before: not even its own device brings that one back.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    parted: bool,
}

/// The sessions of one account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sessions(Vec<Session>);

/// What showing a session came to.
#[derive(Debug)]
pub(super) enum Shown {
    /// It is live.
    Live(Session),
    /// There is no such session.
    Ended,
    /// Superseded a moment ago, and shown by another browser.
    Stale,
    /// Superseded long ago, and shown by another browser: this session was ended for that.
    Replayed(SessionId),
}

impl Sessions {
    /// Opens a session. The one place where that happens: it takes a proof of who is there and every
    /// check passed. The session this browser had is replaced. Returns the new one, and the one that had
    /// to end to make room.
    pub fn mint(
        &mut self,
        admission: Admission,
        mut browser: Browser,
        now: Time,
        dice: &mut dyn Dice,
    ) -> (Session, Option<SessionId>) {
        let Admission {
            proof,
            hook,
            enabled: _,
            no_forced_change: _,
            epoch: _,
            account: _,
        } = admission;
        browser.had = browser.had.take().filter(|id| self.remove(id));
        let session = Session {
            id: SessionId::fresh(dice),
            generation: 1,
            generation_since: now,
            browser,
            authenticated_at: now,
            methods: vec![proof.method().to_owned()],
            hook_roles: hook.roles,
            opened: now,
            seen: now,
            redemption: proof.redemption().cloned(),
            parted: false,
        };
        let crowded = (self.0.len() >= MOST)
            .then(|| self.remove_least_recent())
            .flatten();
        self.0.push(session.clone());
        (session, crowded)
    }

    /// A browser shows a session.
    pub(super) fn show(
        &mut self,
        id: &SessionId,
        generation: u32,
        device: Option<&DeviceId>,
        now: Time,
    ) -> Shown {
        let meant =
            |session: &&mut Session| session.id == *id || session.browser.had.as_ref() == Some(id);
        let Some(session) = self.0.iter_mut().find(meant) else {
            let newer = |session: &&Session| device == Some(&session.browser.device);
            let newer = self.0.iter().find(newer);
            return newer.map_or(Shown::Ended, |session| session.left_behind(now));
        };
        // The replaced session came before the first generation of the one that took its place.
        let is_before = session.id != *id;
        let generation = if is_before { 0 } else { generation };
        if generation > session.generation {
            return Shown::Ended;
        }
        let is_own = device == Some(&session.browser.device);
        if is_own && is_before && session.parted {
            return session.left_behind(now);
        }
        if generation < session.generation && !is_own {
            let superseded = generation.saturating_add(1) == session.generation;
            if superseded && now.since(session.generation_since) < GRACE {
                return Shown::Stale;
            }
            let ended = session.id.clone();
            self.remove(&ended);
            return Shown::Replayed(ended);
        }
        if now.since(session.seen) >= SEEN {
            session.seen = now;
        }
        if generation == session.generation && now.since(session.generation_since) >= GENERATION {
            session.generation = session.generation.saturating_add(1);
            session.generation_since = now;
        }
        Shown::Live(session.clone())
    }

    /// Ends one; whether there was one.
    pub(super) fn remove(&mut self, id: &SessionId) -> bool {
        let before = self.0.len();
        self.0.retain(|session| session.id != *id);
        self.0.len() < before
    }

    /// Ends the session of this id, or with `replaced` the one that took its place; which one.
    pub(super) fn remove_meant(&mut self, id: &SessionId, replaced: bool) -> Option<SessionId> {
        let meant = |session: &&Session| {
            session.id == *id || (replaced && session.browser.had.as_ref() == Some(id))
        };
        let found = self.0.iter().find(meant)?.id.clone();
        self.remove(&found);
        Some(found)
    }

    /// Ends all but one; which ones.
    pub(super) fn remove_others(&mut self, kept: Option<&SessionId>) -> Vec<SessionId> {
        let (stay, go): (Vec<_>, Vec<_>) = core::mem::take(&mut self.0)
            .into_iter()
            .partition(|session| Some(&session.id) == kept);
        self.0 = stay;
        go.into_iter().map(|session| session.id).collect()
    }

    /// Every session gets another id, because what it may do changed. The id it had counts as an older
    /// generation.
    pub(super) fn rotate(&mut self, now: Time, dice: &mut dyn Dice) {
        for session in &mut self.0 {
            session.rename(now, dice);
        }
    }

    /// The owner proved again who they are: the session gets another id and is fresh.
    pub(super) fn confirm(
        &mut self,
        id: &SessionId,
        method: Option<&str>,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Option<Session> {
        let session = self.0.iter_mut().find(|session| session.id == *id)?;
        session.rename(now, dice);
        session.parted = true;
        if let Some(method) = method {
            session.authenticated_at = now;
            if !session.methods.iter().any(|known| known == method) {
                session.methods.push(method.to_owned());
            }
        }
        Some(session.clone())
    }

    /// Drops what has idled or lived too long. Nothing in a session lies ahead: a clock that was set back
    /// must not leave it fresh, or alive, until then.
    pub(super) fn sweep(&mut self, policy: &Policy, now: Time) {
        self.0.retain(|session| now < session.ends_at(policy));
        for session in &mut self.0 {
            let times = [
                &mut session.opened,
                &mut session.seen,
                &mut session.authenticated_at,
                &mut session.generation_since,
            ];
            for time in times {
                *time = now.min(*time);
            }
        }
    }

    /// When the next one ends by itself.
    pub(super) fn wake_at(&self, policy: &Policy) -> Option<Time> {
        self.0.iter().map(|session| session.ends_at(policy)).min()
    }

    /// For the list a person looks at, last used first.
    pub(super) fn rows(&self) -> Vec<SessionRow> {
        let mut rows: Vec<SessionRow> = Vec::with_capacity(self.0.len());
        for row in self.0.iter().map(Session::row) {
            let place = rows.partition_point(|other| other.last_seen >= row.last_seen);
            rows.insert(place, row);
        }
        rows
    }

    /// The live session of this id.
    pub(super) fn find(&self, id: &SessionId) -> Option<&Session> {
        self.0.iter().find(|session| session.id == *id)
    }

    /// When the session of this id reaches its absolute limit, if it is live now.
    pub(super) fn lives_until(&self, id: &SessionId, now: Time, policy: &Policy) -> Option<Time> {
        let session = self.find(id)?;
        (now < session.ends_at(policy)).then(|| session.expires_at(policy))
    }

    /// Whether a session of this device is live.
    pub(super) fn knows(&self, device: &DeviceId) -> bool {
        self.0
            .iter()
            .any(|session| session.browser.device == *device)
    }

    /// The session that a redemption opened, while it lives.
    pub(super) fn opened_by(&self, redemption: &ErrandId) -> Option<&Session> {
        self.0
            .iter()
            .find(|session| session.redemption.as_ref() == Some(redemption))
    }

    fn remove_least_recent(&mut self) -> Option<SessionId> {
        let (index, _) = self
            .0
            .iter()
            .enumerate()
            .min_by_key(|(_, session)| session.seen)?;
        Some(self.0.remove(index).id)
    }
}

impl Session {
    fn rename(&mut self, now: Time, dice: &mut dyn Dice) {
        let old = core::mem::replace(&mut self.id, SessionId::fresh(dice));
        self.browser.had = Some(old);
        self.parted = false;
        self.generation = 1;
        self.generation_since = now;
    }

    /// Its own device shows what never comes back. For a while that is an answer on its way, which must not
    /// take this session's cookie from the browser.
    fn left_behind(&self, now: Time) -> Shown {
        if now.since(self.generation_since) < GRACE {
            Shown::Stale
        } else {
            Shown::Ended
        }
    }

    /// The device it lives on.
    pub(super) fn device(&self) -> &DeviceId {
        &self.browser.device
    }

    /// The session it took the place of.
    pub(super) fn had(&self) -> Option<&SessionId> {
        self.browser.had.as_ref()
    }

    /// When it ends at the latest: the absolute limit, whatever is done with it.
    pub(super) fn expires_at(&self, policy: &Policy) -> Time {
        self.opened + policy.session
    }

    fn ends_at(&self, policy: &Policy) -> Time {
        self.expires_at(policy).min(self.seen + policy.idle)
    }

    fn row(&self) -> SessionRow {
        SessionRow {
            session: self.id.clone(),
            device: self.browser.name.clone(),
            place: self.browser.place.clone(),
            first_seen: self.opened,
            last_seen: self.seen,
        }
    }
}
