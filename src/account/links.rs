//! The links an account gave out: live tokens per purpose, and which were used.

use serde::{Deserialize, Serialize};

use super::{
    Policy,
    duty::{About, Letter, Undoing},
    state::UNDOABLE,
};
use crate::kit::{
    asked::Asked,
    email::EmailAddress,
    id::{ErrandId, SessionId},
    redeemed::Redeemed,
    return_path::ReturnPath,
    time::Time,
    token::{LinkKind, Token, TokenHash, Tokens},
};

/// The links of one account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Links {
    pub(super) reset: Tokens<EmailAddress>,
    pub(super) magic: Tokens<(EmailAddress, Asked)>,
    pub(super) email: Tokens<(EmailAddress, ErrandId)>,
    pub(super) undo: Tokens<(EmailAddress, Undoing)>,
    pub(super) redeemed: Redeemed<Done>,
}

/// What a redeemed token came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Done {
    /// The password is another one.
    Reset,
    /// This session was opened, for somebody who wanted to go there.
    Opened(SessionId, ReturnPath),
    /// This change of address was confirmed.
    Confirmed(ErrandId),
    /// Something was taken back.
    Undone(Undoing),
}

/// What a live token stands for.
pub(super) struct Meaning {
    pub(super) to: EmailAddress,
    pub(super) asked: Option<Asked>,
    pub(super) undoes: Option<Undoing>,
}

impl Links {
    /// A letter is handed over with this token.
    pub(super) fn remember(&mut self, token: &Token, until: Time, letter: &Letter) {
        let (hash, to) = (token.hash(), letter.to.clone());
        match &letter.about {
            About::Reset => self.reset.remember(hash, until, to),
            About::Magic(asked) => self.magic.remember(hash, until, (to, asked.clone())),
            About::ConfirmAddress { change } => {
                self.email.remember(hash, until, (to, change.clone()));
            }
            About::Undo(undoes) => self.undo.remember(hash, until, (to, *undoes)),
            About::Notice(_) => (),
        }
    }

    /// What a token of this kind stands for while it is live.
    pub(super) fn look(&self, kind: LinkKind, token: &TokenHash, now: Time) -> Option<Meaning> {
        let plain = |to: &EmailAddress| Meaning {
            to: to.clone(),
            asked: None,
            undoes: None,
        };
        match kind {
            LinkKind::Reset => Some(plain(self.reset.prove(token, now)?.what())),
            LinkKind::Magic => {
                let proved = self.magic.prove(token, now)?;
                let (to, asked) = proved.what();
                Some(Meaning {
                    asked: Some(asked.clone()),
                    ..plain(to)
                })
            }
            LinkKind::Email => Some(plain(&self.email.prove(token, now)?.what().0)),
            LinkKind::Undo => {
                let proved = self.undo.prove(token, now)?;
                let (to, undoes) = proved.what();
                Some(Meaning {
                    undoes: Some(*undoes),
                    ..plain(to)
                })
            }
            LinkKind::Verify | LinkKind::Invite | LinkKind::Link => None,
        }
    }

    /// Everything that began before is void. What takes things back is not.
    pub(super) fn void(&mut self) {
        self.reset.clear();
        self.magic.clear();
        self.email.clear();
    }

    /// The undo links of one kind are void.
    pub(super) fn forget_undo(&mut self, undoes: Undoing) {
        self.undo.forget_where(|(_, known)| *known == undoes);
    }

    pub(super) fn sweep(&mut self, now: Time, policy: &Policy) {
        self.reset.sweep(now, policy.reset);
        self.magic.sweep(now, policy.magic);
        self.email.sweep(now, policy.email_change);
        self.undo.sweep(now, UNDOABLE);
        self.redeemed.sweep(now);
    }

    pub(super) fn wake_at(&self) -> Option<Time> {
        let ends = [
            self.reset.wake_at(),
            self.magic.wake_at(),
            self.email.wake_at(),
            self.undo.wake_at(),
            self.redeemed.wake_at(),
        ];
        ends.into_iter().flatten().min()
    }
}
