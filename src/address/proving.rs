//! Proving an address: what a posted link comes to.

use super::{
    command::{Answer, Live, Password, Proof, Proved},
    duty::{Birth, Duty, Letter},
    links::Meaning,
    state::{AddressState, Owner, Pending},
};
use crate::kit::{
    dice::Dice,
    id::{AccountId, ErrandId, SignupId},
    lane::LaneName,
    password::hash::StoredPassword,
    proof::AddressProved,
    redeemed::Again,
    return_path::ReturnPath,
    time::{Span, Time},
    token::{LinkKind, TokenHash},
};

/// How long a birth is left to the caller before the alarm drives it.
const BIRTH_ALARM: Span = Span::seconds(5);

/// What an account is born with.
struct Endowment {
    password: Option<StoredPassword>,
    next: ReturnPath,
}

impl AddressState {
    /// What posting this token would ask for.
    pub(super) fn look(
        &self,
        kind: LinkKind,
        token: &TokenHash,
        signup: Option<&SignupId>,
        now: Time,
    ) -> Answer {
        let (Some(proved), Some(address)) =
            (self.links.prove(kind, token, now), self.address.clone())
        else {
            return if self.redeemed.knows(token) {
                Answer::Used
            } else {
                Answer::Unknown
            };
        };
        let owner = self.owner.as_ref().map(|owner| owner.account.clone());
        let meaning = proved.what();
        let password = match meaning {
            _ if owner.is_some() => Password::None,
            Meaning::Verify(sent_for) if self.entry_of_browser(sent_for, signup).is_some() => {
                Password::Known
            }
            Meaning::Magic(_) => Password::None,
            Meaning::Verify(_) | Meaning::Reset | Meaning::Invite(_) => Password::Needed,
        };
        let (mut asked, mut roles) = (None, Vec::new());
        match meaning {
            Meaning::Magic(who) => asked = Some(who.clone()),
            Meaning::Invite(id) => {
                let open = self.open_invitation(id);
                roles = open.map_or_else(Vec::new, |open| open.invitation.roles.clone());
            }
            Meaning::Verify(_) | Meaning::Reset => (),
        }
        Answer::Live(Live {
            address,
            password,
            owner,
            asked,
            roles,
        })
    }

    /// A link was posted. The commit that follows redeems it, removes every other one and every pending
    /// sign-up, and says who owns the address now.
    pub(super) fn prove(&mut self, proof: Proof, now: Time, dice: &mut dyn Dice) -> Answer {
        let proved = self.links.prove(proof.kind, &proof.post.token, now);
        let (Some(proved), Some(address)) = (proved, self.address.clone()) else {
            return match self.redeemed.again(&proof.post, now) {
                Again::Unknown => Answer::Unknown,
                Again::Used => Answer::Used,
                Again::Answered(proved) => {
                    // The first answer may never have been committed to: the browser is known all the same.
                    self.lanes.mark(proof.device, now);
                    Answer::Proved(proved)
                }
            };
        };
        let held = AddressProved::new(&proved, address, ErrandId::fresh(dice));
        if let (Meaning::Invite(_), Some(owner)) = (proved.what(), &self.owner) {
            let account = owner.account.clone();
            return self.accept(&proof, held, account, now, dice);
        }
        match self.endowment(proved.what(), &proof) {
            Some(endowment) => self.bear(proof, held, endowment, now, dice),
            None => Answer::PasswordNeeded,
        }
    }

    /// With what the account would be born: in the browser that registered with the password chosen then,
    /// anywhere else with one chosen now, and by a sign-in link with none.
    fn endowment(&self, meaning: &Meaning, proof: &Proof) -> Option<Endowment> {
        let chosen = || proof.password.clone();
        let plain = |password| Endowment {
            password: Some(password),
            next: ReturnPath::default(),
        };
        match meaning {
            Meaning::Verify(sent_for) => {
                let own = self.entry_of_browser(sent_for, proof.signup.as_ref());
                let password = chosen().or_else(|| own.map(|entry| entry.password.clone()))?;
                Some(Endowment {
                    password: Some(password),
                    next: own
                        .map(|entry: &Pending| entry.next.clone())
                        .unwrap_or_default(),
                })
            }
            Meaning::Magic(asked) => Some(Endowment {
                password: None,
                next: asked.next.clone(),
            }),
            Meaning::Reset | Meaning::Invite(_) => chosen().map(plain),
        }
    }

    fn bear(
        &mut self,
        proof: Proof,
        held: AddressProved,
        endowment: Endowment,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Answer {
        let account = AccountId::fresh(dice);
        let address = held.address().clone();
        let answer = Proved {
            proof: held,
            account: account.clone(),
            next: endowment.next,
            joined: false,
        };
        self.redeem(&proof, answer.clone(), now);
        let invited = (proof.kind == LinkKind::Invite)
            .then(|| self.close_invitation(now, dice))
            .flatten();
        self.forget_sign_ups();
        let birth = Birth {
            account: account.clone(),
            address,
            password: endowment.password,
            invited,
        };
        // The object drives it before it answers; the alarm comes in only when that failed.
        self.duties
            .push_later(ErrandId::fresh(dice), Duty::Birth(birth), now, BIRTH_ALARM);
        self.owner = Some(Owner {
            account,
            since: now,
            epoch: None,
            reserved: None,
        });
        self.lanes.reopen(LaneName::Every);
        self.lanes.mark(proof.device, now);
        Answer::Proved(answer)
    }

    /// Somebody who has an account already takes up an invitation.
    fn accept(
        &mut self,
        proof: &Proof,
        held: AddressProved,
        account: AccountId,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Answer {
        let answer = Proved {
            proof: held,
            account: account.clone(),
            next: ReturnPath::default(),
            joined: true,
        };
        self.redeem(proof, answer.clone(), now);
        if let Some(invited) = self.close_invitation(now, dice) {
            let grant = Duty::Grant { account, invited };
            self.duties.push(ErrandId::fresh(dice), grant, now, None);
        }
        Answer::Proved(answer)
    }

    fn redeem(&mut self, proof: &Proof, answer: Proved, now: Time) {
        let (links, post) = (&mut self.links, &proof.post);
        let redeemed = &mut self.redeemed;
        match proof.kind {
            LinkKind::Verify => redeemed.redeem(&mut links.verify, post, answer, now),
            LinkKind::Reset => redeemed.redeem(&mut links.reset, post, answer, now),
            LinkKind::Magic => redeemed.redeem(&mut links.magic, post, answer, now),
            LinkKind::Invite => redeemed.redeem(&mut links.invite, post, answer, now),
            LinkKind::Email | LinkKind::Undo | LinkKind::Link => (),
        }
    }

    /// The first proof wins: sign-ups go, and every link that was sent before there was an owner.
    pub(super) fn forget_sign_ups(&mut self) {
        self.links.verify.clear();
        self.links.reset.clear();
        self.links.magic.clear();
        self.pending.clear();
        self.duties.retain(|duty| match duty {
            Duty::Letter(letter) => matches!(letter, Letter::Invite { .. }),
            Duty::Wish(_) => false,
            _ => true,
        });
    }
}
