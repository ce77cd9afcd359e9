//! The flows: one file each, and each the same for pages and JSON.
//!
//! A flow reads checked fields, asks objects in a fixed order, and answers a [`Reply`]. A refusal returns
//! early as the `Err` of the flow; both sides are answers.

pub mod account;
pub mod accounts;
pub mod attempt;
pub mod email;
pub mod invitations;
pub mod invite;
pub mod link;
pub mod links;
pub mod magic;
pub mod opened;
pub mod password;
pub mod resend;
pub mod reset;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod smart_link;
mod spray;
pub mod verify;

use super::{
    browser,
    cookie::{self, SessionCookie, SetCookie},
    fields::Field,
    fields::Fields,
    happening::{Happening, Outcome},
    head::Head,
    network::Network,
    operator::Operator,
    realm::{Full, Line, Realm, Slot},
    reply::Reply,
    routes::Surface,
    site::Site,
};
use crate::{
    account::{Browser, Opened},
    address::{Asker, Command as AddressCommand, Wanted},
    kit::{
        dice::roll,
        email::EmailAddress,
        id::{AccountId, DeviceId, LinkId, SignupId},
        password::{
            NewPassword,
            hash::{HashFault, StoredPassword},
            policy::{About, Refusal},
        },
        return_path::ReturnPath,
    },
    network::{Action, Answer as NetworkAnswer, Command as NetworkCommand},
    pages::Code,
};

/// What a flow works with.
pub struct Visit<'a, R> {
    /// The gateway.
    pub site: &'a Site,
    /// What is around it.
    pub realm: &'a R,
    /// The request.
    pub head: &'a Head<'a>,
    /// Its fields.
    pub fields: &'a Fields,
    /// Where it comes from.
    pub network: Network,
    /// Who asks.
    pub surface: Surface,
}

/// What the client's networks paid for an action. Those that have spent more than a quarter get it back when the
/// action turns out to be harmless. For the others a call to an object is saved: up to a quarter of a budget may
/// so go to what was harmless, and never the rest.
#[derive(Clone, Debug)]
pub struct Toll {
    action: Action,
    lenders: Vec<String>,
}

impl<'a, R: Realm> Visit<'a, R> {
    /// The same visit with the fields that were read.
    pub(super) fn with<'f>(&self, fields: &'f Fields) -> Visit<'f, R>
    where
        'a: 'f,
    {
        Visit {
            site: self.site,
            realm: self.realm,
            head: self.head,
            fields,
            network: self.network.clone(),
            surface: self.surface,
        }
    }

    /// The address in `email`.
    fn email(&self) -> Result<EmailAddress, Reply> {
        EmailAddress::parse(self.fields.text("email"))
            .ok_or_else(|| Reply::field("email", Code::FieldInvalid))
            .map_err(|reply| self.typed(reply))
    }

    /// Remembers what was typed as address, for the form that is shown again.
    pub(super) fn typed(&self, reply: Reply) -> Reply {
        Reply {
            typed: self.fields.given("email").map(str::to_owned),
            ..reply
        }
    }

    /// Where to go afterwards: back to a page of ours that sent them here, else the field wins, then the
    /// query.
    pub fn next(&self) -> ReturnPath {
        if let Some(page) = self.then() {
            return ReturnPath::ours(self.site.page(&format!("/{page}")));
        }
        let asked = self
            .fields
            .given("next")
            .map(str::to_owned)
            .or_else(|| self.head.parameter("next"));
        // The one page of ours to come back to: a link that waits for who it is for.
        let waiting = self.site.page("/link");
        if asked.as_ref() == Some(&waiting) {
            return ReturnPath::parse(&waiting, &[]);
        }
        ReturnPath::parse(asked.as_deref().unwrap_or("/"), &self.site.prefixes())
    }

    /// Where a step in between leads back to: a page of ours, by name.
    pub fn then(&self) -> Option<&'static str> {
        let named = self.head.parameter("then")?;
        ["account", "invite", "link"]
            .into_iter()
            .find(|page| *page == named)
    }

    /// The password in this field, if it may become one.
    fn new_password(&self, field: &str, email: &EmailAddress) -> Result<NewPassword, Reply> {
        let about = About {
            email,
            product: &self.site.brand.name,
        };
        let refused = |refusal| match refusal {
            Refusal::TooShort => Code::PasswordTooShort,
            Refusal::TooLong => Code::PasswordTooLong,
            Refusal::TooCommon => Code::PasswordTooCommon,
            Refusal::TooWeak => Code::PasswordTooWeak,
        };
        NewPassword::parse(self.fields.text(field), &self.site.password_policy, &about)
            .map_err(|refusal| self.typed(Reply::field(field, refused(refusal))))
    }

    /// The hash of a password that was chosen.
    async fn hashed(
        &self,
        slot: &mut R::Slot,
        chosen: &NewPassword,
    ) -> Result<StoredPassword, Reply> {
        let salt = roll(&mut *self.realm.dice());
        let hasher = &self.site.hasher;
        match slot.hash(|memory| hasher.hash(chosen, salt, memory)).await {
            Ok(Ok(stored)) => Ok(stored),
            Ok(Err(fault)) => Err(self.hash_fault(fault)),
            Err(Full) => Err(self.no_place()),
        }
    }

    /// The same, in a place taken for it alone.
    async fn hashed_apart(&self, chosen: &NewPassword) -> Result<StoredPassword, Reply> {
        let mut slot = self.slot(true)?;
        self.hashed(&mut slot, chosen).await
    }

    /// A place to hash; without one nothing goes on.
    fn slot(&self, known: bool) -> Result<R::Slot, Reply> {
        self.realm.hash_slot(known).map_err(|Full| self.no_place())
    }

    /// It leaves on the beat: who asks again at once must not keep the isolate busy with being refused.
    fn no_place(&self) -> Reply {
        self.log(Happening::HashPlacesFull, None);
        self.typed(Reply::busy()).on_the_beat()
    }

    /// Something is broken; never the answer to a wrong password.
    fn hash_fault(&self, fault: HashFault) -> Reply {
        let event = Happening::PasswordHashFault;
        let said = format!("{}: {fault}", event.as_str());
        self.log_with(&said, event.outcome(), None);
        self.typed(Reply::busy())
    }

    /// Every network this client is part of pays; the first that cannot refuses.
    pub(super) async fn pay(&self, action: Action) -> Result<Toll, Reply> {
        let mut toll = Toll {
            action,
            lenders: Vec::new(),
        };
        for (network, factor) in self.network.payers() {
            let name = self.site.keys.network_object(&network);
            let knock = NetworkCommand::Knock {
                action,
                factor,
                thrifty: true,
            };
            match self.realm.network(&name, knock).await {
                Ok(NetworkAnswer::Plenty) => (),
                Ok(NetworkAnswer::Paid) => toll.lenders.push(name),
                Ok(NetworkAnswer::Spent { wait }) => {
                    self.log(Happening::NetworkBudgetSpent, None);
                    return Err(self.typed(Reply::throttled(wait)));
                }
                Ok(NetworkAnswer::Tried { .. }) | Err(_) => {
                    return Err(self.typed(Reply::busy()));
                }
            }
        }
        Ok(toll)
    }

    /// The action was harmless after all. Should a network not answer, it has paid for nothing.
    async fn refund(&self, toll: Toll) {
        let Toll { action, lenders } = toll;
        for name in lenders {
            let refund = NetworkCommand::Refund { action };
            let _ = self.realm.network(&name, refund).await;
        }
    }

    /// The device of this browser, when it was signed in on before.
    fn device(&self) -> Option<DeviceId> {
        cookie::device(self.head.cookie(cookie::DEVICE_NAME)?, &self.site.keys)
    }

    /// The same, or a fresh one that is about to be marked.
    fn own_device(&self) -> DeviceId {
        self.device()
            .unwrap_or_else(|| DeviceId::fresh(&mut *self.realm.dice()))
    }

    /// Roughly where the client is, for people.
    fn place(&self) -> String {
        self.head.place.chars().take(64).collect()
    }

    /// The sign-up this browser made.
    fn signup(&self) -> Option<SignupId> {
        cookie::signup(self.head.cookie(cookie::SIGNUP_NAME)?, &self.site.keys)
    }

    /// The session cookie, if it is ours. Whether the session lives, its account says.
    fn session(&self) -> Option<SessionCookie> {
        SessionCookie::read(self.head.cookie(SessionCookie::NAME)?, &self.site.keys)
    }

    /// Where a session will live.
    fn browser(&self, device: DeviceId) -> Browser {
        Browser {
            device,
            name: browser::name(self.head.header("user-agent").unwrap_or_default()),
            place: self.place(),
            network: self.network.shortened(),
            had: self.session().map(|cookie| cookie.session),
        }
    }

    /// Takes a wish for a letter in: one row is written, for a known address and an unknown one alike, and
    /// what becomes of it nobody is told.
    async fn ask_for_mail(&self, code: Code, what: Wanted) -> Result<Reply, Reply> {
        let fields = [Field::Required("email"), Field::Optional("next")];
        self.fields
            .check(&fields)
            .map_err(|errors| self.typed(Reply::fields(errors)))?;
        let email = self.email()?;
        self.pay(Action::Mail).await?;
        let ask = AddressCommand::Ask {
            address: email.clone(),
            what,
            asker: Asker::Browser(self.device()),
        };
        match self.realm.address(&email, ask).await {
            Ok(_) => Ok(self.typed(Reply::new(202, code)).on_the_beat()),
            Err(_) => Err(self.typed(Reply::busy())),
        }
    }

    /// The cookies of a session that was just vouched for. The device cookie is renewed where it is, and
    /// given to nobody else: a copied session must not become the owner's browser.
    pub fn session_cookies(&self, opened: &Opened) -> Vec<SetCookie> {
        let mut cookies = vec![self.session_cookie(opened)];
        if self.device().as_ref() == Some(&opened.device) {
            cookies.push(cookie::set_device(&opened.device, &self.site.keys));
        }
        cookies
    }

    fn session_cookie(&self, opened: &Opened) -> SetCookie {
        let session = SessionCookie::of(opened, self.realm.now());
        session.set(&self.site.keys, self.site.config.lifetimes.idle)
    }

    /// Signed in: the session's cookies, and on to where they wanted to go.
    fn signed_in(&self, code: Code, opened: Opened, next: &ReturnPath) -> Reply {
        let device = cookie::set_device(&opened.device, &self.site.keys);
        Reply {
            cookies: vec![self.session_cookie(&opened), device],
            opened: Some(opened),
            ..Reply::new(200, code)
        }
        .to(next.as_str())
    }

    /// Writes the private reason behind a public code into the log.
    pub(super) fn log(&self, event: Happening, account: Option<&AccountId>) {
        self.write(event.as_str(), event.outcome(), account, None, None);
    }

    /// The same of what can end in several ways, and in which.
    pub(super) fn log_with(&self, event: &str, outcome: Outcome, account: Option<&AccountId>) {
        self.write(event, outcome, account, None, None);
    }

    /// Writes into the log what a program of an operator's did.
    fn log_act(&self, operator: &Operator, event: Happening, account: Option<&AccountId>) {
        self.write(
            event.as_str(),
            event.outcome(),
            account,
            Some(operator),
            None,
        );
    }

    /// Writes into the log what became of a smart link.
    fn log_link(&self, event: Happening, link: &LinkId, operator: Option<&Operator>) {
        self.write(event.as_str(), event.outcome(), None, operator, Some(link));
    }

    fn write(
        &self,
        event: &str,
        outcome: Outcome,
        account: Option<&AccountId>,
        operator: Option<&Operator>,
        link: Option<&LinkId>,
    ) {
        let network = self.network.shortened();
        self.realm.log(Line {
            request: self.head.id.as_str(),
            event,
            outcome,
            account,
            operator: operator.map(Operator::key),
            link,
            network: &network,
        });
    }
}
