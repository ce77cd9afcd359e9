//! What is around a request: the objects, places to hash, time, dice and a log.

use std::rc::Rc;

use edgeward::{
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
    web::realm::{self, Full, Line, Slot},
};

use super::{objects::Kind, world::World};

/// The realm of one request.
pub struct Realm(Rc<World>);

/// A place to hash.
pub struct Place(Rc<World>);

impl Realm {
    pub fn new(world: Rc<World>) -> Self {
        Self(world)
    }
}

impl Slot for Place {
    async fn hash<R>(&mut self, work: impl FnOnce(&mut Memory) -> R) -> Result<R, Full> {
        self.0.give_way().await;
        self.0.hashes.set(self.0.hashes.get() + 1);
        self.0.advance_to(self.0.now() + self.0.pace.get().1);
        Ok(work(&mut self.0.memory.borrow_mut()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.places.set(self.0.places.get() + 1);
    }
}

impl realm::Realm for Realm {
    type Slot = Place;

    fn now(&self) -> Time {
        self.0.now()
    }

    fn dice(&self) -> Box<dyn Dice + '_> {
        Box::new(self.0.chance.dice())
    }

    async fn address(
        &self,
        address: &EmailAddress,
        command: address::Command,
    ) -> Result<address::Answer, Unreachable> {
        self.address_named(&self.0.site.keys.address_object(address), command)
            .await
    }

    async fn address_named(
        &self,
        name: &str,
        command: address::Command,
    ) -> Result<address::Answer, Unreachable> {
        self.0.ask(Kind::Address, name, command).await
    }

    async fn account(
        &self,
        account: &AccountId,
        command: account::Command,
    ) -> Result<account::Answer, Unreachable> {
        self.0.ask(Kind::Account, account.as_str(), command).await
    }

    async fn network(
        &self,
        network: &str,
        command: network::Command,
    ) -> Result<network::Answer, Unreachable> {
        self.0.ask(Kind::Network, network, command).await
    }

    async fn hook(&self, url: &Endpoint, webhook: &Webhook) -> Result<HookResponse, HookFailure> {
        let asked = async { Ok(self.0.consult(url.as_str(), webhook)) };
        let answer = self.0.cross(asked).await;
        answer.unwrap_or(Err(HookFailure::Broken))
    }

    async fn link(
        &self,
        link: &LinkId,
        command: link::Command,
    ) -> Result<link::Answer, Unreachable> {
        self.0.ask(Kind::Link, link.as_str(), command).await
    }

    fn hash_slot(&self, _known: bool) -> Result<Place, Full> {
        let left = self.0.places.get().checked_sub(1).ok_or(Full)?;
        self.0.places.set(left);
        Ok(Place(Rc::clone(&self.0)))
    }

    async fn sleep(&self, span: Span) {
        let end = self.0.now() + span;
        self.0.give_way().await;
        self.0.advance_to(end);
    }

    fn log(&self, line: Line<'_>) {
        let Line {
            event,
            account,
            operator,
            link,
            network,
            ..
        } = line;
        let account = account.map(AccountId::as_str);
        let about = account.or(link.map(LinkId::as_str)).unwrap_or("-");
        let operator = operator.map_or(String::new(), |key| format!(" by {key}"));
        self.0
            .log
            .borrow_mut()
            .push(format!("{event} {about} {network}{operator}"));
    }
}
