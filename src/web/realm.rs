//! What the flows need from around them: the objects, a place to hash, time, dice and a log. The Worker
//! has one realm, the tests another; the rules are the same.

use super::{
    happening::{Happening, Outcome},
    head::Head,
    network::Network,
    site::Site,
};
use crate::{
    account, address,
    config::Endpoint,
    kit::{
        dice::Dice,
        email::EmailAddress,
        id::{AccountId, LinkId},
        password::hash::Memory,
        time::{Span, Time},
    },
    link, network,
    object::Unreachable,
    outbox::{HookFailure, HookResponse, Webhook},
};

/// No place to hash is free, or no turn came in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// A place on the way to a hash. A few exist in an isolate, and one hash runs at a time; dropping the
/// place lets the next one in.
#[expect(async_fn_in_trait, reason = "both implementations run on one thread")]
pub trait Slot {
    /// Waits for its turn, then runs a hash with the isolate's working memory.
    async fn hash<R>(&mut self, work: impl FnOnce(&mut Memory) -> R) -> Result<R, Full>;
}

/// What is around a request.
#[expect(async_fn_in_trait, reason = "both implementations run on one thread")]
pub trait Realm {
    /// A place to hash.
    type Slot: Slot;

    /// The time now.
    fn now(&self) -> Time;
    /// The dice.
    fn dice(&self) -> Box<dyn Dice + '_>;
    /// Asks the object of an address.
    async fn address(
        &self,
        address: &EmailAddress,
        command: address::Command,
    ) -> Result<address::Answer, Unreachable>;
    /// Asks the address object of this name, which a token carried.
    async fn address_named(
        &self,
        name: &str,
        command: address::Command,
    ) -> Result<address::Answer, Unreachable>;
    /// Asks an account.
    async fn account(
        &self,
        account: &AccountId,
        command: account::Command,
    ) -> Result<account::Answer, Unreachable>;
    /// Asks a network's budgets.
    async fn network(
        &self,
        network: &str,
        command: network::Command,
    ) -> Result<network::Answer, Unreachable>;
    /// Asks a hook. Its whole answer is here within [`HOOK_PATIENCE`], or there is none.
    ///
    /// [`HOOK_PATIENCE`]: crate::outbox::HOOK_PATIENCE
    async fn hook(&self, url: &Endpoint, webhook: &Webhook) -> Result<HookResponse, HookFailure>;

    /// Asks a smart link.
    async fn link(
        &self,
        link: &LinkId,
        command: link::Command,
    ) -> Result<link::Answer, Unreachable>;
    /// Takes a place to hash. `known`: for a browser somebody signed in on, for whom some are kept.
    fn hash_slot(&self, known: bool) -> Result<Self::Slot, Full>;
    /// Waits.
    async fn sleep(&self, span: Span);
    /// Writes a line into the log.
    fn log(&self, line: Line<'_>);
    /// The same of a request that no flow had a part in.
    fn log_of(&self, site: &Site, head: &Head<'_>, event: Happening, account: Option<&AccountId>) {
        self.log(Line {
            request: head.id.as_str(),
            event: event.as_str(),
            outcome: event.outcome(),
            account,
            link: None,
            operator: None,
            network: &Network::of(head, &site.config.client_ip).shortened(),
        });
    }
}

/// A line of the log: the private reason behind a public code. Never an address, token or password.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The request.
    pub request: &'a str,
    /// What happened: a [`Happening`](super::happening::Happening), or what a hook said.
    pub event: &'a str,
    /// How it ended.
    pub outcome: Outcome,
    /// Whose account, when it is known.
    pub account: Option<&'a AccountId>,
    /// Which smart link, when it is about one.
    pub link: Option<&'a LinkId>,
    /// The id of an operator's key, when one was used.
    pub operator: Option<&'a str>,
    /// The client's network, shortened.
    pub network: &'a str,
}
