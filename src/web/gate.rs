//! The gate: what happens to a request for the origin.
//!
//! 1. Host and scheme ([`guard::host`]).
//! 2. The path in all its readings: which rule applies ([`access`](super::access)).
//! 3. Who sends it: the session cookie, trusted by itself for the window.
//! 4. What the rule demands of them.
//! 5. What the origin is told: their headers less everything that could pass for ours, and our own.
//!
//! Nothing here waits. Where the account object must be asked first, the verdict says so, and
//! [`answered`] goes on from its answer.

use super::{
    access::{self, Demand, Level},
    app,
    cookie::{self, SessionCookie, SetCookie},
    forward::{Finish, Forward},
    guard::{self, Carries, HostChecked, SiteChecked},
    head::Head,
    identity::{Identity, Person},
    reply::{Reply, Response},
    routes::{Place, Surface, place},
    site::Site,
};
use crate::{
    account::{Answer, Command, Opened},
    kit::{
        dice::{Dice, roll},
        encoding,
        id::AccountId,
        time::{Span, Time},
    },
    pages::Code,
};

/// What is to be done with a request.
#[derive(Debug)]
pub enum Verdict<'a> {
    /// It is for a route of ours.
    Ours,
    /// It goes no further.
    Answer(Response),
    /// It goes to the origin now.
    Forward(Forward),
    /// The account must be asked first.
    Ask(Question<'a>),
}

/// What the account is asked before a request goes on.
#[derive(Debug)]
pub struct Question<'a> {
    /// Whom to ask.
    pub account: AccountId,
    /// What.
    pub command: Command,
    demand: Demand<'a>,
    renew: bool,
    window: Span,
}

/// Who sends a request, as far as it matters.
enum Sender {
    Anonymous,
    Person(Box<SessionCookie>),
    Ask(Box<SessionCookie>),
}

/// Judges a request. `dice` gives the nonce.
pub fn judge<'a>(site: &'a Site, head: &Head<'_>, now: Time, dice: &mut dyn Dice) -> Verdict<'a> {
    let host: Result<HostChecked, _> = guard::host(head, site);
    if host.is_err() || !matches!(place(site, head.path()), Place::Origin) {
        return Verdict::Ours;
    }
    let demand = match access::demand(&site.config.rules, &site.config.prefixes, head.method, head.path()) {
        Ok(demand) => demand,
        Err(_) => return Verdict::Answer(refuse(site, head, dice, 400, Code::RequestMalformed)),
    };
    let window = window(site, head, &demand);
    match sender(site, head, &demand, window, now) {
        Sender::Anonymous => anonymous(site, head, &demand, window, now, dice, None),
        Sender::Person(cookie) => {
            let person = Person {
                account: cookie.account,
                session: cookie.session,
                roles: cookie.roles,
                authenticated_at: cookie.authenticated_at,
                methods: cookie.methods,
                email: None,
            };
            identified(site, head, &demand, window, now, dice, person, Vec::new())
        }
        Sender::Ask(cookie) => Verdict::Ask(Question {
            renew: now.since(cookie.issued_at) >= site.config.lifetimes.window || cookie.issued_at > now,
            account: cookie.account,
            command: Command::Touch {
                session: cookie.session,
                generation: cookie.generation,
                device: head.cookie(cookie::DEVICE_NAME).and_then(|value| cookie::device(value, &site.keys)),
            },
            demand,
            window,
        }),
    }
}

/// Goes on from what the account answered. `None`: it did not.
pub fn answered<'a>(
    site: &'a Site,
    head: &Head<'_>,
    question: &Question<'a>,
    answer: Option<Answer>,
    now: Time,
    dice: &mut dyn Dice,
) -> Verdict<'a> {
    let Question { demand, window, renew, .. } = question;
    match answer {
        Some(Answer::Live(opened)) => {
            let mut cookies = Vec::new();
            if *renew {
                let cookie = SessionCookie::of(&opened, now);
                cookies.push(cookie.set(&site.keys, site.config.lifetimes.idle));
            }
            identified(site, head, demand, *window, now, dice, person(site, opened), cookies)
        }
        Some(Answer::Stale) => signed_out(site, head, dice, Code::SessionStale, None),
        Some(_) => anonymous(site, head, demand, *window, now, dice, Some(Code::SessionEnded)),
        None => Verdict::Answer(refuse(site, head, dice, 503, Code::Busy)),
    }
}

/// How long a session cookie is trusted by itself for this request.
fn window(site: &Site, head: &Head<'_>, demand: &Demand) -> Span {
    let asks_always = !head.is_safe()
        || head.is_upgrade()
        || demand.asks_each_time()
        || site.config.identity_email;
    if asks_always { Span::ZERO } else { site.config.lifetimes.window }
}

fn sender(site: &Site, head: &Head<'_>, demand: &Demand<'_>, window: Span, now: Time) -> Sender {
    if demand.level == Level::Public || !may_carry_identity(site, head, demand) {
        return Sender::Anonymous;
    }
    let cookie = head.cookie(SessionCookie::NAME).and_then(|value| SessionCookie::read(value, &site.keys));
    match cookie {
        None => Sender::Anonymous,
        Some(cookie) if cookie.issued_at <= now && now.since(cookie.issued_at) < window => {
            Sender::Person(Box::new(cookie))
        }
        Some(cookie) => Sender::Ask(Box::new(cookie)),
    }
}

/// A foreign page must not act in somebody's name: unsafe requests and upgrades need our origin, or one
/// that the rule names.
fn may_carry_identity(site: &Site, head: &Head<'_>, demand: &Demand) -> bool {
    let named = |origin: &str| demand.origins.iter().any(|known| *known == origin);
    let origin = head.header("origin");
    if origin.is_some_and(named) {
        return true;
    }
    if head.is_upgrade() {
        return origin == Some(site.config.public.origin.as_str());
    }
    let passed: Option<SiteChecked> = guard::same_site(head, site, Carries::BrowserState);
    head.is_safe() || passed.is_some()
}

fn person(site: &Site, opened: Opened) -> Person {
    Person {
        account: opened.person.account,
        session: opened.session,
        roles: opened.roles,
        authenticated_at: opened.authenticated_at,
        methods: opened.methods,
        email: site.config.identity_email.then_some(opened.person.address),
    }
}

fn anonymous(
    site: &Site,
    head: &Head<'_>,
    demand: &Demand<'_>,
    window: Span,
    now: Time,
    dice: &mut dyn Dice,
    ended: Option<Code>,
) -> Verdict<'static> {
    let gone = ended.map(|_| SetCookie::expire(SessionCookie::NAME));
    match demand.level {
        Level::Public => forward(site, head, demand, None, now, dice, &Identity::Anonymous, Vec::new()),
        Level::Optional => {
            let cookies = gone.into_iter().collect();
            forward(site, head, demand, Some(window), now, dice, &Identity::Anonymous, cookies)
        }
        Level::Required => signed_out(site, head, dice, ended.unwrap_or(Code::SessionRequired), gone),
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one verdict; a struct would name them twice")]
fn identified(
    site: &Site,
    head: &Head<'_>,
    demand: &Demand<'_>,
    window: Span,
    now: Time,
    dice: &mut dyn Dice,
    person: Person,
    cookies: Vec<SetCookie>,
) -> Verdict<'static> {
    if !demand.allows(&person.roles) {
        return Verdict::Answer(refuse(site, head, dice, 403, Code::AccessDenied));
    }
    let old = demand.reauth.is_some_and(|most| now.since(person.authenticated_at) > most);
    if old {
        return signed_out(site, head, dice, Code::SessionRequired, None);
    }
    forward(site, head, demand, Some(window), now, dice, &Identity::Person(person), cookies)
}

/// A person is led to the sign-in page and back; a script is told.
fn signed_out(
    site: &Site,
    head: &Head<'_>,
    dice: &mut dyn Dice,
    code: Code,
    gone: Option<SetCookie>,
) -> Verdict<'static> {
    let mut reply = Reply::new(401, code);
    reply.cookies.extend(gone);
    if !(head.is_navigation() && head.is_safe() && !head.is_upgrade()) {
        return Verdict::Answer(app::problem(site, head, &nonce(dice), Surface::Json, &reply));
    }
    let next: String = form_urlencoded::byte_serialize(head.target.as_bytes()).collect();
    let location = format!("{}?next={next}", site.page(""));
    let mut headers = vec![("location", location)];
    headers.extend(reply.cookies.iter().map(|cookie| ("set-cookie", cookie.as_str().to_owned())));
    let response = Response { status: 303, headers, body: String::new() };
    Verdict::Answer(super::headers::protect(response, site, &nonce(dice), super::headers::Referrer::OwnPages))
}

#[expect(clippy::too_many_arguments, reason = "the parts of one verdict; a struct would name them twice")]
fn forward(
    site: &Site,
    head: &Head<'_>,
    demand: &Demand<'_>,
    window: Option<Span>,
    now: Time,
    dice: &mut dyn Dice,
    identity: &Identity,
    cookies: Vec<SetCookie>,
) -> Verdict<'static> {
    let signed = site
        .identity
        .as_ref()
        .map(|key| key.sign(identity, head, &site.config.audience, now, roll(dice)));
    let told = window.filter(|_| site.config.window_header);
    let cacheable = demand.cache && window.is_none() && head.header("cookie").is_none();
    let finish = Finish {
        window: told.map(Span::seconds_up),
        private: matches!(identity, Identity::Person(_)),
        cookies,
    };
    Verdict::Forward(Forward::new(site, head, signed, cacheable, finish))
}

/// The answer when the origin gives none.
pub fn no_origin(site: &Site, head: &Head<'_>, dice: &mut dyn Dice) -> Response {
    refuse(site, head, dice, 502, Code::OriginUnreachable)
}

fn refuse(site: &Site, head: &Head<'_>, dice: &mut dyn Dice, status: u16, code: Code) -> Response {
    let surface = if head.is_navigation() { Surface::Page } else { Surface::Json };
    let reply = if code == Code::Busy { Reply::busy() } else { Reply::new(status, code) };
    app::problem(site, head, &nonce(dice), surface, &reply)
}

fn nonce(dice: &mut dyn Dice) -> String {
    encoding::base64url(&roll::<16>(dice))
}
