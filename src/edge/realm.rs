//! What is around a request in the Worker: objects by RPC, places to hash, time, dice and the console.

use std::{cell::Cell, rc::Rc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;
use worker::Delay;

use super::{
    glue::{self, RuntimeDice, WORKER_PATIENCE},
    hashing::Place,
    now,
};
use crate::{
    account, address,
    config::Endpoint,
    kit::{
        dice::Dice,
        email::EmailAddress,
        id::{AccountId, LinkId},
        json,
        time::{Span, Time},
    },
    link, network,
    object::Unreachable,
    outbox::{HookFailure, HookResponse, Webhook},
    store::{Envelope, Reply},
    web::{
        realm::{Full, Line, Realm},
        site::Site,
    },
};

/// The address object that remembers which `NAME_KEY` names everything.
const CHECK_OBJECT: &str = "edgeward-name-check";

thread_local! {
    /// Whether this isolate has seen that `NAME_KEY` is the one everything is named by.
    static NAMES_CHECKED: Cell<bool> = const { Cell::new(false) };
}

/// The realm of one request.
pub(super) struct Worker {
    site: Rc<Site>,
    env: JsValue,
}

impl Worker {
    pub(super) fn new(site: Rc<Site>, env: JsValue) -> Self {
        Self { site, env }
    }

    async fn send<C, A>(&self, binding: &str, name: &str, command: C) -> Result<A, Unreachable>
    where
        C: Serialize + DeserializeOwned,
        A: DeserializeOwned,
    {
        send(
            &self.env,
            &self.site,
            binding,
            name,
            command,
            WORKER_PATIENCE,
        )
        .await
    }

    /// Under another `NAME_KEY` every account would seem to be gone. So nothing is served under it.
    /// Asked once per isolate; an object that does not answer is asked again by the next request.
    pub(super) async fn names_changed(&self) -> bool {
        if NAMES_CHECKED.get() {
            return false;
        }
        let check = address::Command::CheckNames {
            check: self.site.keys.name_check(),
        };
        let answer: Result<address::Answer, _> = send(
            &self.env,
            &self.site,
            "ADDRESSES",
            CHECK_OBJECT,
            check,
            WORKER_PATIENCE,
        )
        .await;
        NAMES_CHECKED.set(answer == Ok(address::Answer::Accepted));
        answer == Ok(address::Answer::OtherNames)
    }
}

/// Asks an object, from the Worker or from another object.
pub(super) async fn send<C, A>(
    env: &JsValue,
    site: &Site,
    binding: &str,
    name: &str,
    command: C,
    patience: u32,
) -> Result<A, Unreachable>
where
    C: Serialize + DeserializeOwned,
    A: DeserializeOwned,
{
    let text = Envelope::new(command).seal().map_err(|_| Unreachable)?;
    let answer = glue::ask(env, binding, name, site.config.home_region, &text, patience).await?;
    match json::read(&answer) {
        Ok(Reply::Answer(answer)) => Ok(answer),
        Ok(Reply::Fault) | Err(_) => Err(Unreachable),
    }
}

impl Realm for Worker {
    type Slot = Place;

    fn now(&self) -> Time {
        now()
    }

    fn dice(&self) -> Box<dyn Dice + '_> {
        Box::new(RuntimeDice)
    }

    async fn address(
        &self,
        address: &EmailAddress,
        command: address::Command,
    ) -> Result<address::Answer, Unreachable> {
        self.send(
            "ADDRESSES",
            &self.site.keys.address_object(address),
            command,
        )
        .await
    }

    async fn address_named(
        &self,
        name: &str,
        command: address::Command,
    ) -> Result<address::Answer, Unreachable> {
        self.send("ADDRESSES", name, command).await
    }

    async fn account(
        &self,
        account: &AccountId,
        command: account::Command,
    ) -> Result<account::Answer, Unreachable> {
        self.send("ACCOUNTS", account.as_str(), command).await
    }

    async fn network(
        &self,
        network: &str,
        command: network::Command,
    ) -> Result<network::Answer, Unreachable> {
        self.send("NETWORKS", network, command).await
    }

    async fn hook(&self, url: &Endpoint, webhook: &Webhook) -> Result<HookResponse, HookFailure> {
        glue::consult(url.as_str(), webhook).await
    }

    async fn link(
        &self,
        link: &LinkId,
        command: link::Command,
    ) -> Result<link::Answer, Unreachable> {
        self.send("LINKS", link.as_str(), command).await
    }

    fn hash_slot(&self, known: bool) -> Result<Place, Full> {
        Place::take(known, self.site.config.hash_pause)
    }

    async fn sleep(&self, span: Span) {
        Delay::from(Duration::from_millis(u64::try_from(span.0).unwrap_or(0))).await;
    }

    fn log(&self, line: Line<'_>) {
        let Line {
            request,
            event,
            outcome,
            account,
            operator,
            link,
            network,
        } = line;
        let account = account.map(AccountId::as_str);
        let outcome = outcome.as_str();
        let mut line = serde_json::json!({ "event": event, "outcome": outcome, "request": request, "account": account, "network": network });
        for (name, value) in [("operator", operator), ("link", link.map(LinkId::as_str))] {
            if let (Some(value), Some(line)) = (value, line.as_object_mut()) {
                line.insert(name.to_owned(), value.into());
            }
        }
        glue::tell(&self.env, event, outcome, &line.to_string());
    }
}
