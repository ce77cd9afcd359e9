//! The objects: a database, an alarm and a server each, made when they are first asked for.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
};

use edgeward::{
    account, address,
    kit::{dice::Dice, email::EmailAddress, id::AccountId, time::Time},
    object::{self, Line, Rules, Surroundings, Unreachable},
    outbox::{Receipt, Webhook},
    store::{Envelope, Reply, Sql},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{database::Database, world::World};

/// Which class an object is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Address,
    Account,
    Network,
    Link,
}

/// One object: what survives of it.
pub struct Object {
    pub kind: Kind,
    pub name: String,
    pub sql: Database,
    pub alarm: Cell<Option<Time>>,
    /// The streams it watches: their tags, and whether they were ended.
    pub watched: RefCell<Vec<(String, Rc<Cell<bool>>)>>,
}

/// What is around an object while it serves.
struct Around {
    world: Rc<World>,
    object: Rc<Object>,
}

/// Something an object does, boxed because objects ask one another.
pub type Work<T> = Pin<Box<dyn Future<Output = T>>>;

impl World {
    /// The object of this name.
    pub fn object(&self, kind: Kind, name: &str) -> Rc<Object> {
        let mut objects = self.objects.borrow_mut();
        let fresh = || {
            let sql = Database::new();
            Rc::new(Object {
                kind,
                name: name.to_owned(),
                sql,
                alarm: Cell::new(None),
                watched: RefCell::default(),
            })
        };
        Rc::clone(objects.entry((kind, name.to_owned())).or_insert_with(fresh))
    }

    /// Every object of this class.
    pub fn objects_of(&self, kind: Kind) -> Vec<Rc<Object>> {
        self.objects
            .borrow()
            .values()
            .filter(|object| object.kind == kind)
            .cloned()
            .collect()
    }

    /// Asks an object, as one text each way.
    pub(super) async fn ask<C, A>(
        self: &Rc<Self>,
        kind: Kind,
        name: &str,
        command: C,
    ) -> Result<A, Unreachable>
    where
        C: Serialize + DeserializeOwned,
        A: DeserializeOwned,
    {
        let text = Envelope::new(command).seal().unwrap();
        self.calls.set(self.calls.get() + 1);
        self.advance_to(self.now() + self.pace.get().0);
        let answer = self
            .cross(async { Ok(self.serve(kind, name, text).await) })
            .await?;
        match serde_json::from_str(&answer).unwrap() {
            Reply::Answer(answer) => Ok(answer),
            Reply::Fault => Err(Unreachable),
        }
    }

    /// The object's own half of that.
    pub fn serve(self: &Rc<Self>, kind: Kind, name: &str, text: String) -> Work<String> {
        let around = Around {
            world: Rc::clone(self),
            object: self.object(kind, name),
        };
        Box::pin(async move {
            match kind {
                Kind::Address => seal(&object::address::serve(&around, &text).await),
                Kind::Account => seal(&object::account::serve(&around, &text).await),
                Kind::Network => seal(&object::network::serve(&around, &text).await),
                Kind::Link => seal(&object::link::serve(&around, &text).await),
            }
        })
    }

    /// The object is asked to watch a stream. Whether it was ended; `None` when it is refused.
    pub(super) fn watch(
        self: &Rc<Self>,
        kind: Kind,
        name: &str,
        tag: &str,
    ) -> Option<Rc<Cell<bool>>> {
        let around = Around {
            world: Rc::clone(self),
            object: self.object(kind, name),
        };
        let until = match kind {
            Kind::Account => object::account::watch(&around, tag),
            Kind::Link => object::link::watch(&around, tag),
            Kind::Address | Kind::Network => panic!("{kind:?} watches nothing"),
        };
        assert!(until? > self.now(), "there is time left");
        let ended = Rc::new(Cell::new(false));
        let watched = (tag.to_owned(), Rc::clone(&ended));
        around.object.watched.borrow_mut().push(watched);
        Some(ended)
    }

    /// The object serves its alarm.
    pub(super) fn wake(self: &Rc<Self>, object: &Rc<Object>) -> Work<()> {
        let around = Around {
            world: Rc::clone(self),
            object: Rc::clone(object),
        };
        Box::pin(async move {
            match around.object.kind {
                Kind::Address => object::address::wake(&around).await,
                Kind::Account => object::account::wake(&around).await,
                Kind::Network => object::network::wake(&around).await,
                Kind::Link => object::link::wake(&around).await,
            }
        })
    }
}

fn seal<A: Serialize>(reply: &Reply<A>) -> String {
    serde_json::to_string(reply).unwrap()
}

impl Surroundings for Around {
    fn rules(&self) -> &Rules {
        &self.world.site.rules
    }

    fn sql(&self) -> &dyn Sql {
        &self.object.sql
    }

    fn now(&self) -> Time {
        self.world.now()
    }

    fn dice(&self) -> Box<dyn Dice + '_> {
        Box::new(self.world.chance.dice())
    }

    fn name_of(&self, address: &EmailAddress) -> String {
        self.world.site.keys.address_object(address)
    }

    async fn set_alarm(&self, at: Option<Time>) -> Result<(), Unreachable> {
        self.object.alarm.set(at);
        self.world.give_way().await;
        Ok(())
    }

    async fn ask_account(
        &self,
        account: &AccountId,
        command: account::Command,
    ) -> Result<account::Answer, Unreachable> {
        self.world
            .ask(Kind::Account, account.as_str(), command)
            .await
    }

    async fn ask_address(
        &self,
        address: &EmailAddress,
        command: address::Command,
    ) -> Result<address::Answer, Unreachable> {
        self.world
            .ask(Kind::Address, &self.name_of(address), command)
            .await
    }

    async fn ask_address_named(
        &self,
        name: &str,
        command: address::Command,
    ) -> Result<address::Answer, Unreachable> {
        self.world.ask(Kind::Address, name, command).await
    }

    async fn deliver(&self, webhook: Webhook) -> Result<Receipt, Unreachable> {
        self.world
            .cross(async { self.world.hand_over(&webhook) })
            .await
    }

    fn end_streams(&self, goes_on: &dyn Fn(&str) -> bool) {
        self.object.watched.borrow_mut().retain(|(tag, ended)| {
            ended.set(!goes_on(tag));
            !ended.get()
        });
    }

    fn log(&self, line: Line<'_>) {
        assert!(
            self.world.faults.get() || !matches!(line, Line::Fault(_)),
            "{line:?} in {:?} {}",
            self.object.kind,
            self.object.name
        );
        self.world.log.borrow_mut().push(line.told().to_string());
    }
}

impl World {
    fn hand_over(&self, webhook: &Webhook) -> Result<Receipt, Unreachable> {
        let (mail, receipt) = self.notifier.borrow().receive(webhook, self.now());
        if let Some(mail) = mail {
            if mail.link.is_some() {
                let secret = mail.token().rsplit('.').next().unwrap_or_default();
                self.keeps_secret(secret);
            }
            self.mails.borrow_mut().push(mail);
        }
        receipt
    }
}
