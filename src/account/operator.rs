//! What an operator sees and changes. There is no way to set or see a password.

use super::{
    command::{Answer, Patch, View},
    event::{Ending, Event},
    state::{Account, Turn},
};

impl Account {
    /// An operator's change. What takes something away ends sessions, what changes roles renames them.
    pub(super) fn patch(&mut self, patch: Patch, turn: &mut Turn<'_>) -> Answer {
        let Patch {
            by,
            enabled,
            roles,
            force_change,
            end_sessions,
        } = patch;
        if let Some(roles) = &roles {
            if *roles != self.roles {
                self.roles.clone_from(roles);
                self.sessions.rotate(turn.now, turn.dice);
            }
        }
        self.enabled = enabled.unwrap_or(self.enabled);
        self.force_change = force_change.unwrap_or(self.force_change);
        if enabled == Some(false) || force_change == Some(true) || end_sessions {
            self.end_everything(Ending::EpochEnded, turn);
        }
        turn.events.push(Event::Patched {
            by,
            enabled,
            roles,
            force_change,
            end_sessions,
        });
        Answer::Account(Box::new(self.view()))
    }

    /// The account, as its owner's page and its operator see it.
    pub(super) fn view(&self) -> View {
        View {
            person: self.person(),
            roles: self.roles.clone(),
            created: self.created,
            has_password: self.password.is_some(),
            force_change: self.force_change,
            wanted_address: self.wanted.as_ref().map(|wanted| wanted.address.clone()),
            erased_at: self.erased_at,
            sessions: self.sessions.rows(),
        }
    }
}
