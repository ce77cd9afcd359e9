//! The links an address gave out before it had an owner, and invitations: live tokens per purpose.

use serde::{Deserialize, Serialize};

use super::{Policy, duty::Letter};
use crate::kit::{
    asked::Asked,
    id::{InvitationId, SignupId},
    time::Time,
    token::{LinkKind, Token, TokenHash, TokenProved, Tokens},
};

/// The live tokens of one address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Links {
    pub(super) verify: Tokens<SignupId>,
    pub(super) reset: Tokens<()>,
    pub(super) magic: Tokens<Asked>,
    pub(super) invite: Tokens<InvitationId>,
}

/// What a live token stands for.
pub(super) enum Meaning {
    Verify(SignupId),
    Reset,
    Magic(Asked),
    Invite(InvitationId),
}

impl Links {
    /// A letter is handed over with this token.
    pub(super) fn remember(&mut self, token: &Token, until: Time, letter: &Letter) {
        let hash = token.hash();
        match letter {
            Letter::Verify { signup } => self.verify.remember(hash, until, signup.clone()),
            Letter::Reset => self.reset.remember(hash, until, ()),
            Letter::Magic(asked) => self.magic.remember(hash, until, asked.clone()),
            Letter::Invite { invitation } => {
                self.invite.remember(hash, until, invitation.clone());
            }
        }
    }

    /// What a token of this kind stands for, while it is live.
    pub(super) fn prove(
        &self,
        kind: LinkKind,
        token: &TokenHash,
        now: Time,
    ) -> Option<TokenProved<Meaning>> {
        match kind {
            LinkKind::Verify => Some(self.verify.prove(token, now)?.map(Meaning::Verify)),
            LinkKind::Reset => Some(self.reset.prove(token, now)?.map(|()| Meaning::Reset)),
            LinkKind::Magic => Some(self.magic.prove(token, now)?.map(Meaning::Magic)),
            LinkKind::Invite => Some(self.invite.prove(token, now)?.map(Meaning::Invite)),
            LinkKind::Email | LinkKind::Undo | LinkKind::Link => None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let Self {
            verify,
            reset,
            magic,
            invite,
        } = self;
        verify.is_empty() && reset.is_empty() && magic.is_empty() && invite.is_empty()
    }

    pub(super) fn sweep(&mut self, now: Time, policy: &Policy) {
        self.verify.sweep(now, policy.verify);
        self.reset.sweep(now, policy.reset);
        self.magic.sweep(now, policy.magic);
        self.invite.sweep(now, policy.invite);
    }

    pub(super) fn wake_at(&self) -> Option<Time> {
        let ends = [
            self.verify.wake_at(),
            self.reset.wake_at(),
            self.magic.wake_at(),
            self.invite.wake_at(),
        ];
        ends.into_iter().flatten().min()
    }
}
