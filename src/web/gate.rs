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
    cookie::{self, SessionCookie, SetCookie},
    forward::{Finish, Forward},
    guard::{self, Carries, HostChecked, SiteChecked},
    head::Head,
    headers::{Referrer, protect},
    identity::{Identity, Person},
    problem::{asked_by, nonce, problem},
    question::Sender,
    reply::{Reply, Response},
    routes::{Place, Surface, place},
    site::Site,
    told::Unsigned,
    watch::watches,
};
use crate::{
    account::Answer,
    kit::{
        dice::Dice,
        id::{AccountId, LinkId},
        time::{Span, Time},
    },
    link::{Answer as LinkAnswer, Grant},
    pages::Code,
};

pub use super::question::{Heard, Question, ask};

/// What is to be done with a request.
#[derive(Debug)]
pub enum Verdict<'a> {
    /// It is for a route of ours.
    Ours,
    /// It goes no further.
    Answer(Response),
    /// Nor does this, since whoever sends it lacks the role. The log is to say so.
    Denied(AccountId, Response),
    /// It goes to the origin now.
    Forward(Forward),
    /// It goes to the origin when its body was read, to be signed with it.
    Weigh(Unsigned),
    /// Objects must be asked first.
    Ask(Question<'a>),
}

/// A request for the origin and what is demanded of whoever sends it.
struct Case<'c> {
    site: &'c Site,
    head: &'c Head<'c>,
    demand: &'c Demand<'c>,
    now: Time,
    /// The smart link that lets in here, as its object says.
    link: Option<Grant>,
    /// The cookie of a link that is no more goes with whatever is answered.
    dropped: Option<SetCookie>,
}

/// Judges a request. `dice` gives the nonces.
pub fn judge<'a>(site: &'a Site, head: &Head<'_>, now: Time, dice: &mut dyn Dice) -> Verdict<'a> {
    let host: Result<HostChecked, _> = guard::host(head, site);
    if host.is_err() || !matches!(place(site, head.path()), Place::Origin) {
        return Verdict::Ours;
    }
    let (rules, prefixes) = (&site.config.rules, &site.config.prefixes);
    let found = access::demand(rules, prefixes, head.method, head.path());
    let (Ok(demand), Some(())) = (found, guard::handshake(head)) else {
        return Verdict::Answer(refuse(
            site,
            head,
            dice,
            &Reply::new(400, Code::RequestMalformed),
        ));
    };
    let case = Case::new(site, head, &demand, now);
    match (case.sender(), case.shown_link()) {
        (Sender::Anonymous, None) => case.anonymous(dice, None),
        (Sender::Person(cookie), None) => case.identified(dice, cookie.into(), Vec::new()),
        asked => Verdict::Ask(Question::new(site, head, demand, asked, now)),
    }
}

/// Goes on from what the objects answered. Whoever was asked and did not answer leaves it open.
pub fn answered(
    site: &Site,
    head: &Head<'_>,
    question: &Question<'_>,
    answers: Heard,
    now: Time,
    dice: &mut dyn Dice,
) -> Verdict<'static> {
    let mut case = Case::new(site, head, &question.demand, now);
    let Heard { account, link } = answers;
    let link_is_open = question.link.is_some() && link.is_none();
    if link_is_open || (question.asks_account() && account.is_none()) {
        return Verdict::Answer(refuse(site, head, dice, &Reply::busy()));
    }
    case.takes(link);
    match (account, &question.session) {
        (Some(Answer::Live(opened)), Some(shown)) => {
            let moved_on = opened.generation != shown.generation || opened.session != shown.session;
            let renewed = (question.old || moved_on).then(|| {
                SessionCookie::of(&opened, now).set(&site.keys, site.config.lifetimes.idle)
            });
            case.identified(
                dice,
                Person::of(opened, site.config.identity_email),
                renewed.into_iter().collect(),
            )
        }
        (Some(Answer::Stale), _) if case.bearer().is_none() => {
            case.signed_out(dice, Code::SessionStale, None)
        }
        (Some(Answer::Stale), _) | (None, None) => case.anonymous(dice, None),
        (Some(_), _) => case.anonymous(dice, Some(Code::SessionEnded)),
        (None, Some(shown)) => case.identified(dice, shown.clone().into(), Vec::new()),
    }
}

/// The answer when the origin gives none, or does not begin one in time.
pub fn no_origin(site: &Site, head: &Head<'_>, is_late: bool, dice: &mut dyn Dice) -> Response {
    let status = if is_late { 504 } else { 502 };
    let reply = Reply::new(status, Code::OriginUnreachable);
    refuse(site, head, dice, &reply)
}

impl<'c> Case<'c> {
    fn new(site: &'c Site, head: &'c Head<'c>, demand: &'c Demand<'c>, now: Time) -> Self {
        Self {
            site,
            head,
            demand,
            now,
            link: None,
            dropped: None,
        }
    }

    /// How long a session cookie is trusted by itself for this request.
    fn window(&self) -> Span {
        let asks_always = self.site.latest.is_ahead_of(self.now)
            || !self.head.is_safe()
            || self.head.is_upgrade()
            || self.head.wants_events()
            || self.demand.asks_each_time()
            || self.site.config.identity_email;
        if asks_always {
            Span::ZERO
        } else {
            self.site.config.lifetimes.window
        }
    }

    /// A browser asks, without cookies, whether a foreign page may ask (Fetch §3.2.2); the rule lets the
    /// origin answer that.
    fn is_preflight(&self) -> bool {
        self.demand.preflight
            && self.head.method == "OPTIONS"
            && self.head.header("access-control-request-method").is_some()
    }

    fn sender(&self) -> Sender {
        if self.demand.level == Level::Public || !self.may_carry_identity() {
            return Sender::Anonymous;
        }
        let cookie = self.head.cookie(SessionCookie::NAME);
        match cookie.and_then(|value| SessionCookie::read(value, &self.site.keys)) {
            None => Sender::Anonymous,
            Some(cookie)
                if cookie.issued_at <= self.now
                    && self.now.since(cookie.issued_at) < self.window() =>
            {
                Sender::Person(cookie)
            }
            Some(cookie) => Sender::Ask(cookie),
        }
    }

    /// The smart link this browser opened, where one may stand in for a sign-in.
    fn shown_link(&self) -> Option<LinkId> {
        if !self.demand.takes_links() {
            return None;
        }
        let value = self.head.cookie(cookie::LINK_NAME)?;
        cookie::link(value, &self.site.keys).filter(|_| self.may_carry_identity())
    }

    /// What a link's object answered: it lets in at its path and below, or is no more.
    fn takes(&mut self, answer: Option<LinkAnswer>) {
        match answer {
            None => (),
            Some(LinkAnswer::Granted(grant)) => {
                let below = access::lies_below(&grant.path, self.head.path());
                self.link = Some(grant).filter(|_| below);
            }
            Some(_) => self.dropped = Some(SetCookie::expire(cookie::LINK_NAME)),
        }
    }

    /// The link, when it is for whoever holds it.
    fn bearer(&self) -> Option<&Grant> {
        self.link.as_ref().filter(|link| link.account.is_none())
    }

    /// A foreign page must not act in somebody's name: unsafe requests and upgrades need our origin, or
    /// one that the rule names.
    fn may_carry_identity(&self) -> bool {
        let origin = self.head.header("origin");
        if origin.is_some_and(|origin| self.demand.origins.contains(&origin)) {
            return true;
        }
        if self.head.is_upgrade() {
            return origin == Some(self.site.config.public.origin.as_str());
        }
        let passed: Option<SiteChecked> =
            guard::same_site(self.head, self.site, Carries::BrowserState);
        self.head.is_safe() || passed.is_some()
    }

    fn anonymous(&self, dice: &mut dyn Dice, ended: Option<Code>) -> Verdict<'static> {
        let gone = ended.map(|_| SetCookie::expire(SessionCookie::NAME));
        let cookies = gone.clone().into_iter().collect();
        match self.demand.level {
            Level::Public | Level::Optional => {
                self.forward(dice, Identity::Anonymous, None, cookies)
            }
            Level::Required if self.bearer().is_some() => {
                self.forward(dice, Identity::Anonymous, self.bearer(), cookies)
            }
            Level::Required if self.is_preflight() => {
                self.forward(dice, Identity::Anonymous, None, Vec::new())
            }
            Level::Required => self.signed_out(dice, ended.unwrap_or(Code::SessionRequired), gone),
        }
    }

    fn identified(
        &self,
        dice: &mut dyn Dice,
        person: Person,
        cookies: Vec<SetCookie>,
    ) -> Verdict<'static> {
        if !self.demand.allows(&person.roles) {
            let denied = Reply {
                cookies,
                ..Reply::new(403, Code::AccessDenied)
            };
            let response = refuse(self.site, self.head, dice, &denied);
            return Verdict::Denied(person.account, self.windowed(response));
        }
        let signed_in = self.now.since(person.authenticated_at);
        if self.demand.reauth.is_some_and(|most| signed_in > most) {
            return self.signed_out(dice, Code::SessionReauth, None);
        }
        let theirs = |link: &&Grant| {
            let only = link.account.as_ref();
            only.is_none_or(|only| *only == person.account)
        };
        let link = self.link.as_ref().filter(theirs);
        self.forward(dice, Identity::Person(person), link, cookies)
    }

    /// A person is led to the sign-in page and back; a script is told, and so is a proxy that leads them itself.
    fn signed_out(
        &self,
        dice: &mut dyn Dice,
        code: Code,
        gone: Option<SetCookie>,
    ) -> Verdict<'static> {
        let Self { site, head, .. } = self;
        let reply = Reply {
            cookies: gone.into_iter().chain(self.dropped.clone()).collect(),
            ..Reply::new(401, code)
        };
        let leads = head.is_navigation() && !head.is_upgrade();
        if !leads || !head.may_be_led {
            let mut told = problem(site, head, &nonce(dice), Surface::Json, &reply);
            let location = leads.then(|| ("location", self.sign_in_page(code)));
            told.headers.extend(location);
            return self.refused(told);
        }
        let mut headers = vec![("location", self.sign_in_page(code))];
        headers.extend(
            reply
                .cookies
                .iter()
                .map(|cookie| ("set-cookie", cookie.as_str().to_owned())),
        );
        let response = Response {
            status: 303,
            headers,
            body: String::new(),
        };
        self.refused(protect(response, site, &nonce(dice), Referrer::OwnPages))
    }

    /// Where to sign in. Only what can be asked for again is a place to return to: a form that was posted is
    /// not.
    fn sign_in_page(&self, code: Code) -> String {
        let Self { site, head, .. } = self;
        let mut query = form_urlencoded::Serializer::new(String::new());
        if head.is_safe() {
            query.append_pair("next", head.target);
        }
        if code == Code::SessionReauth {
            query.append_pair("reauth", "1");
        }
        match query.finish().as_str() {
            "" => site.page(""),
            query => site.page(&format!("?{query}")),
        }
    }

    fn refused(&self, response: Response) -> Verdict<'static> {
        Verdict::Answer(self.windowed(response))
    }

    /// An answer of ours; like every gated one it says which window was used.
    fn windowed(&self, mut response: Response) -> Response {
        if let Some(window) = self.told_window(self.window()) {
            response
                .headers
                .push(("edgeward-window", window.to_string()));
        }
        response
    }

    /// `Edgeward-Window` in seconds, so that the promise can be checked.
    fn told_window(&self, used: Span) -> Option<i64> {
        let told = self.demand.level != Level::Public && self.site.config.window_header;
        told.then(|| used.seconds_up())
    }

    fn forward(
        &self,
        dice: &mut dyn Dice,
        identity: Identity,
        link: Option<&Grant>,
        mut cookies: Vec<SetCookie>,
    ) -> Verdict<'static> {
        let Self { site, head, .. } = self;
        let is_public = self.demand.level == Level::Public;
        cookies.extend(self.dropped.clone());
        let known = matches!(identity, Identity::Person(_));
        // A link was asked about for this very request.
        let window = if link.is_some() && !known {
            Span::ZERO
        } else {
            self.window()
        };
        let watches = watches(&identity, link);
        let unsigned = Unsigned {
            identity,
            link: link.cloned(),
            cacheable: is_public && self.demand.cache && head.header("cookie").is_none(),
            finish: Finish {
                window: self.told_window(window),
                private: known || link.is_some(),
                watches,
                cookies,
            },
        };
        if self.demand.digest {
            return Verdict::Weigh(unsigned);
        }
        Verdict::Forward(unsigned.sign(site, head, None, self.now, dice))
    }
}

fn refuse(site: &Site, head: &Head<'_>, dice: &mut dyn Dice, reply: &Reply) -> Response {
    problem(site, head, &nonce(dice), asked_by(site, head), reply)
}
