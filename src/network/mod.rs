//! How often one client network knocked: one object per IPv4 address, IPv6 /64, and IPv6 /48 with eight
//! times the budget. It knows the network by a keyed hash only.
//!
//! Such an object keeps budgets per action, and forgets them when they count no more. Objects of the same kind,
//! named by the mark of a password instead, tell when it is tried at many addresses ([`Spray`]).

mod spray;

use serde::{Deserialize, Serialize};

pub use self::spray::Spray;
use crate::kit::{
    budget::{Budget, Rate},
    time::{Span, Time},
};

/// What a network pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A password tried.
    Signin,
    /// A registration.
    Signup,
    /// A letter asked for.
    Mail,
    /// A link posted.
    Link,
    /// An operator's key that was refused.
    Admin,
}

/// What a network object is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Pay for one action.
    Knock {
        /// Which.
        action: Action,
        /// How many times the budget this network has: 1, or 8 for a /48.
        factor: u32,
        /// Whether the caller understands [`Answer::Plenty`]; one that is older does not ask for it.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        thrifty: bool,
    },
    /// Asked of the object of a password's mark: somebody tried it.
    Tried {
        /// The mark of the address, when the try was in vain.
        in_vain: Option<String>,
    },
    /// The action turned out to be harmless: give one back.
    Refund {
        /// Which.
        action: Action,
    },
}

/// What a network object answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Paid, or given back.
    Paid,
    /// Paid, and so much is left that nobody need give it back.
    Plenty,
    /// The try is remembered.
    Tried {
        /// Whether the password was tried at many addresses.
        wide: bool,
    },
    /// The budget is spent.
    Spent {
        /// How long until one is free.
        wait: Span,
    },
}

/// What the operator decided.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Passwords tried.
    pub signin: Vec<Rate>,
    /// Registrations.
    pub signup: Vec<Rate>,
    /// Letters asked for.
    pub mail: Vec<Rate>,
    /// Links posted.
    pub link: Vec<Rate>,
    /// Operators' keys that were refused.
    pub admin: Vec<Rate>,
}

/// What is kept of one network. Blank is the same as never written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkState {
    factor: u32,
    signin: Budget,
    signup: Budget,
    mail: Budget,
    link: Budget,
    admin: Budget,
    #[serde(skip_serializing_if = "Spray::is_empty")]
    spray: Spray,
}

impl NetworkState {
    /// Handles one command.
    pub fn handle(&mut self, command: &Command, now: Time, policy: &Policy) -> Answer {
        match command {
            Command::Knock {
                action,
                factor,
                thrifty,
            } => {
                self.factor = *factor;
                let rates = policy.rates(*action, *factor);
                let budget = self.budget(*action);
                match budget.spend(&rates, now) {
                    Ok(()) if *thrifty && budget.is_ample(&rates) => Answer::Plenty,
                    Ok(()) => Answer::Paid,
                    Err(wait) => Answer::Spent { wait },
                }
            }
            Command::Tried { in_vain } => {
                let wide = self.spray.try_it(in_vain.as_deref(), now);
                Answer::Tried { wide }
            }
            Command::Refund { action } => {
                self.budget(*action).refund();
                Answer::Paid
            }
        }
    }

    /// Drops what counts no more.
    pub fn sweep(&mut self, now: Time, policy: &Policy) {
        for action in Action::ALL {
            let rates = policy.rates(action, self.factor);
            self.budget(action).sweep(&rates, now);
        }
        self.spray.sweep(now);
        let is_blank = |action: &Action| *self.budget(*action) == Budget::default();
        if Action::ALL.iter().all(is_blank) && self.spray.is_empty() {
            *self = Self::default();
        }
    }

    /// When there is something to sweep.
    pub fn wake_at(&mut self, policy: &Policy) -> Option<Time> {
        let ends = Action::ALL.map(|action| {
            let rates = policy.rates(action, self.factor);
            self.budget(action).forgotten_at(&rates)
        });
        let spray = self.spray.forgotten_at();
        ends.into_iter().flatten().chain(spray).max()
    }

    fn budget(&mut self, action: Action) -> &mut Budget {
        match action {
            Action::Signin => &mut self.signin,
            Action::Signup => &mut self.signup,
            Action::Mail => &mut self.mail,
            Action::Link => &mut self.link,
            Action::Admin => &mut self.admin,
        }
    }
}

impl Action {
    const ALL: [Self; 5] = [
        Self::Signin,
        Self::Signup,
        Self::Mail,
        Self::Link,
        Self::Admin,
    ];
}

impl Policy {
    fn rates(&self, action: Action, factor: u32) -> Vec<Rate> {
        let rates = match action {
            Action::Signin => &self.signin,
            Action::Signup => &self.signup,
            Action::Mail => &self.mail,
            Action::Link => &self.link,
            Action::Admin => &self.admin,
        };
        let times = |rate: &Rate| Rate {
            count: rate.count.saturating_mul(factor.max(1)),
            per: rate.per,
        };
        rates.iter().map(times).collect()
    }
}
