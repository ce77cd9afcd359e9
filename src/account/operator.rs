//! What an operator sees, changes and grants. There is no way to set or see a password.

use super::{
    answer::{Answer, View},
    command::Patch,
    event::{Ending, Event},
    state::{Account, Turn},
};
use crate::kit::{invited::Invited, role::MOST_ROLES};

/// How many invitations are remembered as taken up.
const MOST_GRANTED: usize = 16;

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
        if let Some(roles) = roles.as_ref().filter(|roles| **roles != self.roles) {
            self.roles.clone_from(roles);
            self.sessions.rotate(turn.now, turn.dice);
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

    /// Roles that come with an invitation, once.
    pub(super) fn grant(&mut self, invited: Invited, turn: &mut Turn<'_>) {
        let Invited {
            invitation,
            roles,
            by,
        } = invited;
        if self.granted.contains(&invitation) {
            return;
        }
        if self.granted.len() >= MOST_GRANTED {
            self.granted.remove(0);
        }
        self.granted.push(invitation.clone());
        let before = self.roles.len();
        for role in &roles {
            if !self.roles.contains(role) && self.roles.len() < MOST_ROLES {
                self.roles.push(role.clone());
            }
        }
        if self.roles.len() > before {
            self.sessions.rotate(turn.now, turn.dice);
        }
        turn.events.push(Event::Invited {
            invitation,
            roles,
            by,
        });
    }
}
