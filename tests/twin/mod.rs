//! The whole gateway on the host: the same rules, flows, objects and gate as the Worker, around them a
//! twin of everything the runtime gives.
//!
//! Each object has a SQLite database of its own. The clock is the test's, the dice repeat, the notifier
//! and the origin are here and check every signature. Commands cross between objects as JSON text, and at
//! each crossing a test can let a caller die, a request get lost or an answer go unheard.
//!
//! What always holds is checked without being asked for: no answer, log line or database holds a password
//! or a token, whoever owes something has an alarm, and no mail is left unread.

#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "each test program uses its part of the twin, and may fail"
)]

mod chance;
mod checks;
pub mod database;
pub mod figures;
mod flows;
mod hooks;
mod jar;
mod notifier;
pub mod objects;
mod origin;
mod program;
mod proxy;
mod realm;
mod running;
pub mod settings;
mod streams;
mod visitor;
mod world;

use std::rc::Rc;

pub use self::{
    chance::Chance,
    hooks::{Answer, Asked, hook_url},
    notifier::{Mail, Notifier},
    program::{Link, Program},
    proxy::Proxy,
    streams::Stream,
    visitor::{HOME, Visitor, form},
    world::{Fault, Page, Request, World},
};
use edgeward::{
    address,
    kit::{
        email::EmailAddress,
        time::{Span, Time},
    },
};
use serde_json::Value;

/// A password that satisfies the policy.
pub const GOOD: &str = "nine violet ravens hum";
/// Another one.
pub const BETTER: &str = "eleven copper kettles sing";

/// One gateway and everything around it.
pub struct Twin {
    /// What is around the gateway.
    pub world: Rc<World>,
}

/// What a stretch of a test cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Commands that objects were asked.
    pub calls: usize,
    /// Password hashes.
    pub hashes: usize,
}

impl Twin {
    /// A gateway with the settings of [`settings::site`].
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// The same with some settings changed.
    pub fn with(changes: &[(&str, Value)]) -> Self {
        Self {
            world: Rc::new(World::new(settings::site(changes))),
        }
    }

    /// Somebody with a browser of their own, at a network of their own.
    pub fn visitor(&self, email: &str) -> Visitor {
        Visitor::new(Rc::clone(&self.world), email)
    }

    /// Somebody with an account, signed in a moment ago.
    pub fn member(&self, email: &str) -> Visitor {
        let mut member = self.visitor(email);
        member.signs_up(GOOD).opens_mail().confirms();
        assert!(member.is_signed_in(), "{email} is a member");
        member
    }

    /// A program of the operator's with the key of this id: `ops`, or one of the scopes.
    pub fn operator(&self, key: &str) -> Program {
        Program::new(Rc::clone(&self.world), key)
    }

    /// A proxy of the operator's, with the key for it.
    pub fn proxy(&self) -> Proxy {
        Proxy::new(Rc::clone(&self.world))
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.world.now()
    }

    /// Serves every alarm that is due.
    pub fn runs_alarms(&self) {
        self.world.run_alarms();
    }

    /// Time passes, and alarms are served on the way.
    pub fn waits(&self, span: Span) {
        self.world.wait(span);
    }

    /// Time passes while nothing runs, as when the machine was off.
    pub fn is_off_for(&self, span: Span) {
        self.world.advance_to(self.now() + span);
    }

    /// The clock is set, ahead or (a negative span) back. No time passes: alarms that are due ring later.
    pub fn clock_jumps(&self, span: Span) {
        self.world.clock.set(self.now() + span);
    }

    /// The notifier does this from now on.
    pub fn notifier(&self, notifier: Notifier) {
        *self.world.notifier.borrow_mut() = notifier;
    }

    /// The hook answers this from now on.
    pub fn hook(&self, hook: &str, answer: impl Into<Answer>) {
        let answers = &mut self.world.hooks.borrow_mut().answers;
        answers.insert(hook_url(hook), answer.into());
    }

    /// What hooks were asked since the last look.
    pub fn asked(&self) -> Vec<Asked> {
        core::mem::take(&mut self.world.hooks.borrow_mut().asked)
    }

    /// Every mail that was delivered, read or not. Looking marks them as read.
    pub fn mails(&self) -> Vec<Mail> {
        self.runs_alarms();
        let mut mails = self.world.mails.borrow_mut();
        mails.iter_mut().for_each(|mail| mail.read = true);
        mails.clone()
    }

    /// How many mails of this type were delivered to this address. Looking marks them as read.
    pub fn mails_of(&self, kind: &str, to: &str) -> usize {
        self.mails()
            .iter()
            .filter(|mail| mail.kind == kind && mail.to == to)
            .count()
    }

    /// Mails may be left unread: the test is not about them.
    pub fn leaves_mail_unread(&self) {
        self.world.mail_matters.set(false);
    }

    /// The crossing of this number from now, counted from 1, has this fault.
    pub fn fails_at(&self, crossing: usize, fault: Fault) {
        self.world.fail_at(crossing, fault);
    }

    /// Faults are over. Whether the one that was asked for came to pass.
    pub fn is_well_again(&self) -> bool {
        self.world.heal()
    }

    /// What `work` cost.
    pub fn cost_of<R>(&self, work: impl FnOnce() -> R) -> (R, Cost) {
        let before = self.world.cost();
        let result = work();
        let after = self.world.cost();
        let cost = Cost {
            calls: after.calls - before.calls,
            hashes: after.hashes - before.hashes,
        };
        (result, cost)
    }

    /// The object of this address is asked something, past all that the Worker decides.
    pub fn asks_address(&self, email: &str, command: address::Command) -> address::Answer {
        let address = EmailAddress::parse(email).expect("an address");
        let name = self.world.site.keys.address_object(&address);
        let asked = self.world.ask(objects::Kind::Address, &name, command);
        let answer = self.world.run(asked).expect("nothing dies");
        answer.expect("an answer")
    }

    /// How many rows objects wrote since the beginning.
    pub fn writes(&self) -> usize {
        let objects = self.world.objects.borrow();
        objects.values().map(|object| object.sql.writes()).sum()
    }

    /// Every cookie that was ever set: its name and its value.
    pub fn cookies_set(&self) -> Vec<(String, String)> {
        let cookies = self.world.cookies.borrow();
        let pairs = cookies.iter().filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// These requests, all in flight at once. At every crossing another one may go first.
    pub fn at_once(&self, requests: Vec<Request>) -> Vec<Page> {
        self.world.at_once(requests)
    }

    /// The second request, asked for then, overtakes the first after so many steps of that one; both answers,
    /// or `None` when the first was through by then.
    pub fn overtaken(
        &self,
        first: Request,
        steps: usize,
        second: impl FnOnce() -> Request,
    ) -> Option<[Page; 2]> {
        self.world.overtaken(first, steps, second)
    }

    /// The events in the journal of this account, and whether its chain holds.
    pub fn journal(&self, account: &str) -> Vec<String> {
        self.world.journal(account)
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.world.heal();
        self.world.check_debtors();
        self.runs_alarms();
        self.world.check_secrets();
        self.world.check_mail();
    }
}
