//! The four objects as small typed servers: one command in, one answer out.
//!
//! The way of a command is `load → handle → commit → answer`, and between the first read and the last
//! write nothing waits; [`store::change`] is that stretch. What an object owes others (letters, births,
//! marks) leaves afterwards, each departure committed before it is made. After any wait the state is read
//! again, since others may have come in between.
//!
//! Everything the runtime provides is behind [`Surroundings`]. The Worker has one, the tests another.
//!
//! [`store::change`]: crate::store::change

pub mod account;
pub mod address;
mod duty;
pub mod link;
pub mod network;

use serde_json::{Value as Json, json};

use crate::{
    account::{
        Answer as AccountAnswer, Command as AccountCommand, JournalLine, Policy as AccountPolicy,
    },
    address::{Answer as AddressAnswer, Command as AddressCommand, Policy as AddressPolicy},
    kit::{
        dice::Dice,
        email::EmailAddress,
        id::{AccountId, ErrandId},
        secret::SecretText,
        time::Time,
        token::Token,
    },
    network::Policy as NetworkPolicy,
    outbox::{Letter, Receipt, Secrets, Webhook},
    store::{JournalKey, Reply, Sql, StoreFault},
};

/// Another object, or a receiver, did not answer in time. Nothing is known of what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable;

/// What the operator decided, as far as objects must know it.
#[derive(Clone, Debug)]
pub struct Rules {
    /// For address objects.
    pub address: AddressPolicy,
    /// For account objects.
    pub account: AccountPolicy,
    /// For network objects.
    pub network: NetworkPolicy,
    /// Signs letters.
    pub webhooks: Secrets,
    /// Chains journals.
    pub journal: JournalKey,
    /// `PUBLIC_URL` and the prefix of our pages: where links lead.
    pub pages_url: String,
}

/// What is around an object: its database, time, dice, and the ways to others.
#[expect(async_fn_in_trait, reason = "both implementations run on one thread")]
pub trait Surroundings {
    /// What the operator decided.
    fn rules(&self) -> &Rules;
    /// The object's own database.
    fn sql(&self) -> &dyn Sql;
    /// The time now.
    fn now(&self) -> Time;
    /// The dice.
    fn dice(&self) -> Box<dyn Dice + '_>;
    /// The name of the object that keeps this address.
    fn name_of(&self, address: &EmailAddress) -> String;
    /// Wake this object at that moment; `None`: let it sleep.
    async fn set_alarm(&self, at: Option<Time>) -> Result<(), Unreachable>;
    /// Asks an account object.
    async fn ask_account(
        &self,
        account: &AccountId,
        command: AccountCommand,
    ) -> Result<AccountAnswer, Unreachable>;
    /// Asks an address object.
    async fn ask_address(
        &self,
        address: &EmailAddress,
        command: AddressCommand,
    ) -> Result<AddressAnswer, Unreachable>;
    /// Asks the address object of this name.
    async fn ask_address_named(
        &self,
        name: &str,
        command: AddressCommand,
    ) -> Result<AddressAnswer, Unreachable>;
    /// Hands a letter to the notifier.
    async fn deliver(&self, webhook: Webhook) -> Result<Receipt, Unreachable>;
    /// Ends the streams that are watched here, but for those whose tag `goes_on`. A tag says what its
    /// stream must not outlive: the id of a session, or of a link.
    fn end_streams(&self, goes_on: &dyn Fn(&str) -> bool);
    /// Writes a line into the log.
    fn log(&self, line: Line<'_>);
}

/// A line of the log. Never an address, a token or a password.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    /// The object cannot use its store.
    Fault(&'a StoreFault),
    /// A letter was handed over.
    Delivered(&'a ErrandId),
    /// A letter was not taken, and will be tried again.
    NotDelivered(&'a ErrandId, Option<u16>),
    /// A letter was never taken and is worthless now.
    Expired(&'a ErrandId),
    /// A line was written into the journal of this account.
    Journalled(&'a AccountId, &'a JournalLine),
}

impl Line<'_> {
    /// What it is called, and how it ended.
    pub fn named(&self) -> (&'static str, &'static str) {
        match self {
            Self::Fault(_) => ("store_fault", "failed"),
            Self::Delivered(_) => ("letter_delivered", "done"),
            Self::NotDelivered(..) => ("letter_not_delivered", "failed"),
            Self::Expired(_) => ("letter_expired", "failed"),
            Self::Journalled(..) => ("journal", "done"),
        }
    }

    /// The whole of it.
    pub fn told(&self) -> Json {
        let (event, outcome) = self.named();
        match self {
            Self::Fault(fault) => {
                json!({ "event": event, "outcome": outcome, "cause": fault.to_string() })
            }
            Self::Delivered(letter) | Self::Expired(letter) => {
                json!({ "event": event, "outcome": outcome, "letter": letter })
            }
            Self::NotDelivered(letter, status) => {
                json!({ "event": event, "outcome": outcome, "letter": letter, "status": status })
            }
            Self::Journalled(account, line) => {
                let what: Json = crate::kit::json::read(&line.line).unwrap_or_default();
                let end = format!("{}:{}", line.seq, line.chain);
                json!({ "event": event, "outcome": outcome, "account": account, "what": what, "end": end })
            }
        }
    }
}

/// Why an object could not go on.
#[derive(Debug)]
enum Trouble {
    Fault(StoreFault),
    Unreachable,
}

impl Trouble {
    /// What the caller gets; the cause goes to the log.
    fn reply<A>(around: &impl Surroundings, result: Result<A, Self>) -> Reply<A> {
        match result {
            Ok(answer) => return Reply::Answer(answer),
            Err(Self::Fault(fault)) => around.log(Line::Fault(&fault)),
            Err(Self::Unreachable) => (),
        }
        Reply::Fault
    }
}

impl From<StoreFault> for Trouble {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Unreachable> for Trouble {
    fn from(_: Unreachable) -> Self {
        Self::Unreachable
    }
}

impl Rules {
    /// The link that carries this token.
    pub fn link(&self, token: &Token) -> SecretText {
        SecretText::new(format!(
            "{}/{}?token={}",
            self.pages_url,
            token.kind().as_str(),
            token.reveal()
        ))
    }

    fn sign(&self, id: ErrandId, letter: &Letter, now: Time) -> Webhook {
        self.webhooks.sign(id, letter.body(), now)
    }
}
