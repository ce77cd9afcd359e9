//! What somebody asks of an address: a sign-up, or a letter with a way in. Known and unknown addresses
//! write it down alike.

use super::{
    Policy,
    command::{Answer, Asker, Wanted},
    duty::{Duty, Letter, WishKind},
    purse::Payer,
    state::{AddressState, Pending},
};
use crate::kit::{
    dice::Dice,
    email::EmailAddress,
    id::{DeviceId, ErrandId},
    time::{Span, Time},
};

/// How many sign-ups may wait for one address. A fourth takes the place of the oldest, not of the
/// tokens sent for it: such a link still proves the address, and asks for a password.
const MOST_PENDING: usize = 3;
/// How many wishes of one kind wait at once; more would only repeat them.
const MOST_WISHES: usize = 3;

impl AddressState {
    pub(super) fn sign_up(
        &mut self,
        address: EmailAddress,
        entry: Pending,
        device: Option<&DeviceId>,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> Answer {
        let (signup, until) = (entry.signup.clone(), entry.until);
        if self.pending.len() >= MOST_PENDING {
            self.pending.remove(0);
        }
        self.pending.push(entry);
        if self.owner.is_some() {
            return self.wish(address, WishKind::AlreadyRegistered, now, dice, policy);
        }
        self.address = Some(address);
        if self.pay(&Asker::Browser(device.cloned()), now, policy) {
            self.duties.push(
                ErrandId::fresh(dice),
                Duty::Letter(Letter::Verify { signup }),
                now,
                Some(until),
            );
        }
        Answer::Accepted
    }

    pub(super) fn wish(
        &mut self,
        address: EmailAddress,
        wish: WishKind,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> Answer {
        let life = match &wish {
            WishKind::Reset { .. } => policy.reset,
            WishKind::Magic { .. } => policy.magic,
            WishKind::Confirm { .. } => policy.email_change,
            WishKind::AlreadyRegistered | WishKind::AttemptsExhausted | WishKind::Resend { .. } => {
                Span::days(1)
            }
        };
        let alike = |duty: &Duty| match duty {
            Duty::Wish(waiting) => {
                core::mem::discriminant(waiting) == core::mem::discriminant(&wish)
            }
            _ => false,
        };
        // What nobody paid for will not leave, and must not take the place of what will.
        if wish.is_paid() {
            let leaves = |duty: &Duty| matches!(duty, Duty::Wish(waiting) if waiting.is_paid());
            self.duties.retain(|duty| !alike(duty) || leaves(duty));
        }
        if self
            .duties
            .iter()
            .filter(|errand| alike(&errand.what))
            .count()
            < MOST_WISHES
        {
            self.duties.push(
                ErrandId::fresh(dice),
                Duty::Wish(wish),
                now,
                Some(now + life),
            );
        }
        self.address = Some(address);
        Answer::Accepted
    }

    /// A letter with a way in is asked for.
    pub(super) fn ask(
        &mut self,
        address: EmailAddress,
        what: Wanted,
        by: &Asker,
        now: Time,
        dice: &mut dyn Dice,
        policy: &Policy,
    ) -> Answer {
        // Somebody else who wants an owner's address is a notice to the owner, as a sign-up is: merged, and never
        // paid for. Else strangers could keep the owner's purse empty with letters that let nobody in.
        let is_notice = matches!(&what, Wanted::Confirm { account, .. }
            if self.owner.is_some() && !self.is_owned_by(account));
        let paid = is_notice || self.pay(by, now, policy);
        let by_operator = matches!(what, Wanted::Reset { by: Some(_) });
        let wish = match what {
            Wanted::Reset { by } => WishKind::Reset { by, paid },
            Wanted::Magic(asked) => WishKind::Magic { asked, paid },
            Wanted::Confirm { account, change } => WishKind::Confirm {
                account,
                change,
                paid,
            },
        };
        let answer = self.wish(address, wish, now, dice, policy);
        if by_operator && !paid {
            Answer::Spent
        } else {
            answer
        }
    }

    /// Whether a letter may leave: known browsers and operators pay from a purse of their own.
    pub(super) fn pay(&mut self, asker: &Asker, now: Time, policy: &Policy) -> bool {
        let known = match asker {
            Asker::Operator => true,
            Asker::Browser(device) => device
                .as_ref()
                .is_some_and(|device| self.lanes.is_marked(device, now)),
        };
        let payer = if known { Payer::Known } else { Payer::Stranger };
        self.purses.pay(payer, policy, now)
    }
}
