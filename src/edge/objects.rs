//! The Rust halves of the objects: a command and an alarm each, handed to [`crate::object`].

use std::rc::Rc;

use serde::Serialize;
use wasm_bindgen::prelude::*;
use worker::{
    State,
    durable::{ScheduledTime, Storage},
    worker_sys::DurableObjectState,
};

use super::{
    glue::{self, OBJECT_PATIENCE, RuntimeDice},
    now, ready, realm,
    sql::ObjectSql,
};
use crate::{
    account, address,
    kit::{
        dice::Dice,
        email::EmailAddress,
        id::AccountId,
        time::{Span, Time},
    },
    object::{self, Line, Rules, Surroundings, Unreachable},
    outbox::{Receipt, Webhook},
    store::{Reply, Sql},
    web::site::Site,
};

/// When to look again at an alarm that could not be served.
const LATER: Span = Span::minutes(1);

/// Declares the Rust half of an object and the server behind it.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident, $server:ident) => {
        $(#[$doc])*
        #[wasm_bindgen]
        pub struct $name {
            state: State,
            env: JsValue,
        }

        #[wasm_bindgen]
        impl $name {
            /// Made by the class in `entry.mjs`.
            #[wasm_bindgen(constructor)]
            pub fn new(state: DurableObjectState, env: JsValue) -> Self {
                Self { state: State::from(state), env }
            }

            /// Answers a command.
            pub async fn cmd(&self, text: String) -> String {
                match Around::new(&self.state, &self.env) {
                    Some(around) => seal(&object::$server::serve(&around, &text).await),
                    None => seal(&Reply::<()>::Fault),
                }
            }

            /// Serves an alarm. Never fails.
            pub async fn wake(&self) {
                match Around::new(&self.state, &self.env) {
                    Some(around) => object::$server::wake(&around).await,
                    None => drop(self.state.storage().set_alarm(LATER.0).await),
                }
            }
        }
    };
}

object!(
    /// One e-mail address.
    AddressObject, address
);
object!(
    /// One person.
    AccountObject, account
);
object!(
    /// One client network.
    NetworkObject, network
);

object!(
    /// One smart link.
    LinkObject, link
);

/// What a stream is refused or ended with (RFC 6455 §7.4.1: against the policy). `glue.js` knows it.
const OVER: (u16, &str) = (1008, "auth.session.ended");

/// Declares that streams are watched by an object.
macro_rules! watches {
    ($name:ident, $server:ident) => {
        #[wasm_bindgen]
        impl $name {
            /// Until when the stream of this tag may run, in milliseconds since 1970; `undefined` refuses
            /// it. At once: the shell accepts the stream before anything else happens here.
            #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
            pub fn watch(&self, tag: &str) -> Option<f64> {
                let around = Around::new(&self.state, &self.env)?;
                object::$server::watch(&around, tag).map(|until| until.0 as f64)
            }
        }
    };
}

watches!(AccountObject, account);
watches!(LinkObject, link);

fn seal<A: Serialize>(reply: &Reply<A>) -> String {
    serde_json::to_string(reply).unwrap_or_default()
}

/// What is around an object while it answers.
struct Around<'a> {
    site: Rc<Site>,
    env: &'a JsValue,
    state: &'a State,
    storage: Storage,
    sql: ObjectSql,
}

impl<'a> Around<'a> {
    /// `None` while the settings are wrong.
    fn new(state: &'a State, env: &'a JsValue) -> Option<Self> {
        let site = ready(env).ok()?;
        let storage = state.storage();
        let sql = ObjectSql(storage.sql());
        Some(Self {
            site,
            env,
            state,
            storage,
            sql,
        })
    }
}

impl Surroundings for Around<'_> {
    fn rules(&self) -> &Rules {
        &self.site.rules
    }

    fn sql(&self) -> &dyn Sql {
        &self.sql
    }

    fn now(&self) -> Time {
        now()
    }

    fn dice(&self) -> Box<dyn Dice + '_> {
        Box::new(RuntimeDice)
    }

    fn name_of(&self, address: &EmailAddress) -> String {
        self.site.keys.address_object(address)
    }

    async fn set_alarm(&self, at: Option<Time>) -> Result<(), Unreachable> {
        let set = match at {
            Some(at) => {
                #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
                let date = js_sys::Date::new(&JsValue::from_f64(at.0 as f64));
                self.storage.set_alarm(ScheduledTime::new(date)).await
            }
            None => self.storage.delete_alarm().await,
        };
        set.map_err(|_| Unreachable)
    }

    async fn ask_account(
        &self,
        account: &AccountId,
        command: account::Command,
    ) -> Result<account::Answer, Unreachable> {
        realm::send(
            self.env,
            &self.site,
            "ACCOUNTS",
            account.as_str(),
            command,
            OBJECT_PATIENCE,
        )
        .await
    }

    async fn ask_address(
        &self,
        address: &EmailAddress,
        command: address::Command,
    ) -> Result<address::Answer, Unreachable> {
        self.ask_address_named(&self.name_of(address), command)
            .await
    }

    async fn ask_address_named(
        &self,
        name: &str,
        command: address::Command,
    ) -> Result<address::Answer, Unreachable> {
        realm::send(
            self.env,
            &self.site,
            "ADDRESSES",
            name,
            command,
            OBJECT_PATIENCE,
        )
        .await
    }

    async fn deliver(&self, webhook: Webhook) -> Result<Receipt, Unreachable> {
        glue::post(self.site.config.notifier.as_str(), &webhook).await
    }

    fn end_streams(&self, goes_on: &dyn Fn(&str) -> bool) {
        for socket in self.state.get_websockets() {
            let tags = self.state.get_tags(&socket);
            if !tags.first().is_some_and(|tag| goes_on(tag)) {
                let (code, reason) = OVER;
                let _ = socket.close(Some(code), Some(reason));
            }
        }
    }

    fn log(&self, line: Line<'_>) {
        let (event, outcome) = line.named();
        glue::tell(self.env, event, outcome, &line.told().to_string());
    }
}
