//! Invitations: an operator asks whoever holds an address to come in. The address keeps them; one object of
//! fixed name keeps the list of those that are open.

use serde::{Deserialize, Serialize};

use super::{
    Policy,
    command::Answer,
    duty::{Duty, Letter},
    purse::Payer,
    state::AddressState,
};
use crate::kit::{
    dice::Dice,
    email::EmailAddress,
    id::{ErrandId, InvitationId},
    invited::Invited,
    role::Role,
    time::Time,
};

/// The name of the object that lists every open invitation.
pub const LIST: &str = "edgeward-invitations";

/// How many invitations the list holds; the oldest leave it, and stay open.
const MOST_LISTED: usize = 2_000;

/// An open invitation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Roles it brings.
    pub roles: Vec<Role>,
    /// The operator's key that invited.
    pub by: String,
}

/// An invitation with its times, as the address keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Open {
    /// The invitation.
    pub invitation: Invitation,
    /// Since when.
    pub since: Time,
    /// How long.
    pub until: Time,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// The invitation.
    pub invitation: Invitation,
    /// Who is invited.
    pub address: EmailAddress,
    /// The name of the address's object.
    pub object: String,
    /// Since when.
    pub since: Time,
    /// How long.
    pub until: Time,
}

impl AddressState {
    /// Invites, or renews the invitation that is open.
    pub(super) fn invite(
        &mut self,
        address: EmailAddress,
        mut invitation: Invitation,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> Answer {
        if !self.purses.pay(Payer::Known, policy, now) {
            return Answer::Spent;
        }
        self.address = Some(address);
        if let Some(open) = self.invitation.take() {
            invitation.id = open.invitation.id;
        }
        let open = Open {
            invitation,
            since: now,
            until: now + policy.invite,
        };
        self.send_invitation(open, now, dice)
    }

    /// Sends the letter of an open invitation again; it lives as long as it did.
    pub(super) fn resend_invitation(
        &mut self,
        id: &InvitationId,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> Answer {
        let Some(open) = self.open_invitation(id).cloned() else {
            return Answer::Unknown;
        };
        if !self.purses.pay(Payer::Known, policy, now) {
            return Answer::Spent;
        }
        self.send_invitation(open, now, dice)
    }

    /// Takes an invitation back: its links are void.
    pub(super) fn revoke_invitation(
        &mut self,
        id: &InvitationId,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Answer {
        if self.open_invitation(id).is_none() {
            return Answer::Unknown;
        }
        self.close_invitation(now, dice);
        Answer::Accepted
    }

    /// The open invitation, if it is this one.
    pub(super) fn open_invitation(&self, id: &InvitationId) -> Option<&Open> {
        self.invitation
            .as_ref()
            .filter(|open| open.invitation.id == *id)
    }

    /// It was taken up or taken back.
    pub(super) fn close_invitation(&mut self, now: Time, dice: &mut dyn Dice) -> Option<Invited> {
        let open = self.invitation.take()?;
        self.links.invite.clear();
        self.duties.retain(|duty| {
            !matches!(
                duty,
                Duty::Letter(Letter::Invite { .. }) | Duty::ListInvitation
            )
        });
        let Invitation { id, roles, by } = open.invitation;
        let unlist = Duty::UnlistInvitation {
            invitation: id.clone(),
        };
        self.duties.push(ErrandId::fresh(dice), unlist, now, None);
        Some(Invited {
            invitation: id,
            roles,
            by,
        })
    }

    fn send_invitation(&mut self, open: Open, now: Time, dice: &mut dyn Dice) -> Answer {
        let (until, invitation) = (open.until, open.invitation.id.clone());
        self.invitation = Some(open.clone());
        self.duties.retain(|duty| {
            !matches!(
                duty,
                Duty::Letter(Letter::Invite { .. }) | Duty::ListInvitation
            )
        });
        let letter = Duty::Letter(Letter::Invite { invitation });
        self.duties
            .push(ErrandId::fresh(dice), letter, now, Some(until));
        let list = Duty::ListInvitation;
        self.duties
            .push(ErrandId::fresh(dice), list, now, Some(until));
        Answer::Invited(open)
    }

    /// The row that the list is to have.
    pub(super) fn listed(&self, name_of: &dyn Fn(&EmailAddress) -> String) -> Option<Listed> {
        let (open, address) = (self.invitation.clone()?, self.address.clone()?);
        Some(Listed {
            object: name_of(&address),
            address,
            invitation: open.invitation,
            since: open.since,
            until: open.until,
        })
    }

    /// The list itself: one more row, in place of an older one of the same invitation.
    pub(super) fn list(&mut self, row: Listed) {
        self.list
            .retain(|known| known.invitation.id != row.invitation.id);
        self.list.push(row);
        let over = self.list.len().saturating_sub(MOST_LISTED);
        self.list.drain(..over);
    }
}
