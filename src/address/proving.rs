//! Proving an address: what a posted token comes to, and what is remembered of a used one.

use serde::{Deserialize, Serialize};

use super::{
    command::{Answer, Password, Proved},
    duty::{Birth, Duty},
    state::{AddressState, Owner},
};
use crate::kit::{
    dice::Dice,
    id::{AccountId, DeviceId, ErrandId, SignupId, VisitId},
    lane::LaneName,
    password::hash::StoredPassword,
    proof::AddressProved,
    time::{Span, Time},
    token::TokenHash,
};

/// How long an equal post gets the same answer again.
const REPEATABLE: Span = Span::minutes(10);
/// How long a birth is left to the caller before the alarm drives it.
const BIRTH_ALARM: Span = Span::seconds(5);
/// How many used tokens are remembered as used.
const MOST_USED: usize = 8;

/// A posted token and what came with it.
pub(super) struct Proof {
    pub(super) token: TokenHash,
    pub(super) visit: Option<VisitId>,
    pub(super) fields: String,
    pub(super) signup: Option<SignupId>,
    pub(super) password: Option<StoredPassword>,
    pub(super) device: DeviceId,
}

/// A token that was live once, and what its post was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct UsedToken {
    pub(super) token: TokenHash,
    pub(super) until: Time,
    #[serde(default)]
    pub(super) answer: Option<Repeatable>,
}

/// The answer an equal post gets again, for ten minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Repeatable {
    pub(super) visit: VisitId,
    pub(super) fields: String,
    pub(super) until: Time,
    pub(super) proved: Proved,
}

impl AddressState {
    /// What posting this token would ask for.
    pub(super) fn look(&self, token: &TokenHash, signup: Option<&SignupId>, now: Time) -> Answer {
        match (self.tokens.prove(token, now), &self.address) {
            (Some(proved), Some(address)) => {
                let own = self.entry_of_browser(proved.what(), signup);
                let password = if own.is_some() {
                    Password::Known
                } else {
                    Password::Needed
                };
                Answer::Live {
                    address: address.clone(),
                    password,
                }
            }
            _ if self.used.iter().any(|used| used.token == *token) => Answer::Used,
            _ => Answer::Unknown,
        }
    }

    /// A token was posted. The commit that follows redeems it, removes every other one and every pending
    /// sign-up, and says who owns the address now.
    pub(super) fn prove(&mut self, proof: Proof, now: Time, dice: &mut dyn Dice) -> Answer {
        let (Some(proved), Some(address)) =
            (self.tokens.prove(&proof.token, now), self.address.clone())
        else {
            return self.answer_again(&proof, now);
        };
        let own = self.entry_of_browser(proved.what(), proof.signup.as_ref());
        let next = own.map(|entry| entry.next.clone()).unwrap_or_default();
        let Some(password) = proof
            .password
            .clone()
            .or_else(|| own.map(|entry| entry.password.clone()))
        else {
            return Answer::PasswordNeeded;
        };
        let account = AccountId::fresh(dice);
        let answer = Proved {
            proof: AddressProved::new(&proved, address.clone(), ErrandId::fresh(dice)),
            account: account.clone(),
            next,
        };
        self.forget_sign_ups(&proof, &answer, now);
        let birth = Birth {
            account: account.clone(),
            address,
            password: Some(password),
        };
        // The object drives it before it answers; the alarm comes in only when that failed.
        self.duties
            .push_later(ErrandId::fresh(dice), Duty::Birth(birth), now, BIRTH_ALARM);
        self.owner = Some(Owner {
            account,
            since: now,
            epoch: None,
        });
        self.lanes.reopen(LaneName::Strangers);
        self.lanes.mark(proof.device, now);
        Answer::Proved(answer)
    }

    /// The first sign-up that is proved wins; the others go, and all their tokens with them.
    fn forget_sign_ups(&mut self, proof: &Proof, proved: &Proved, now: Time) {
        let until = now + Span::days(1);
        let answer = proof.visit.clone().map(|visit| Repeatable {
            visit,
            fields: proof.fields.clone(),
            until: now + REPEATABLE,
            proved: proved.clone(),
        });
        let others = self.tokens.hashes().filter(|hash| **hash != proof.token);
        let others = others.map(|hash| UsedToken {
            token: hash.clone(),
            until,
            answer: None,
        });
        self.used = others.take(MOST_USED).collect();
        self.used.push(UsedToken {
            token: proof.token.clone(),
            until,
            answer,
        });
        self.tokens.clear();
        self.pending.clear();
        self.duties.retain(|duty| matches!(duty, Duty::Birth(_)));
    }

    /// An equal post (same visit, same fields) gets the same answer again and never mints anything.
    fn answer_again(&self, proof: &Proof, now: Time) -> Answer {
        let Some(used) = self.used.iter().find(|used| used.token == proof.token) else {
            return Answer::Unknown;
        };
        let equal = |answer: &&Repeatable| {
            now < answer.until
                && Some(&answer.visit) == proof.visit.as_ref()
                && answer.fields == proof.fields
        };
        used.answer
            .as_ref()
            .filter(equal)
            .map_or(Answer::Used, |answer| Answer::Proved(answer.proved.clone()))
    }
}
