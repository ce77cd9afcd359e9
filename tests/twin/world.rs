//! What is around the gateway: clock, objects, notifier, origin and log; and the way of a request through
//! it, which is that of `src/edge/mod.rs`.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    fmt,
    rc::Rc,
};

use data_encoding::BASE64;
use edgeward::{
    kit::{
        id::RequestId,
        password::hash::Memory,
        time::{Span, Time},
    },
    store::Journal,
    web::{
        app,
        forward::Forward,
        gate::{self, Verdict},
        happening::Happening,
        head::Head,
        realm::Realm as _,
        reply::Response,
        site::Site,
        told::LARGEST_SIGNED_BODY,
    },
};
use sha2::{Digest, Sha256};

use super::{
    Cost, Mail, Notifier,
    chance::Chance,
    hooks::Hooks,
    objects::{Kind, Object},
    origin::Seen,
    realm::Realm,
};

/// What happens at a crossing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Everything in flight dies before the other side is asked.
    Killed,
    /// Everything in flight dies after the other side has done it.
    KilledAfter,
    /// The other side is never asked, and the caller waits in vain.
    Lost,
    /// The other side does it, and the caller waits in vain.
    Unheard,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 4] = [Self::Killed, Self::KilledAfter, Self::Lost, Self::Unheard];
}

/// A request as the runtime hands it over: header names in lower case.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers or body.
    pub fn new(method: &str, url: &str) -> Self {
        Self {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The same with this header, in place of one of the same name.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without this header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// The same with this body.
    #[must_use]
    pub fn body(mut self, kind: &str, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self.with("content-type", kind)
            .with("content-length", &body.len().to_string())
    }

    fn head(&self) -> String {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}\n{value}\n"));
        format!(
            "{}\n{}\nLisbon, PT\n{}",
            self.method,
            self.url,
            headers.collect::<String>()
        )
    }
}

/// What came back.
#[derive(Clone)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// What the origin got, when it was asked.
    pub seen: Option<Seen>,
    /// From the request's arrival to its answer.
    pub took: Span,
}

impl Page {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The names of its headers, in order.
    pub fn header_names(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Every `Set-Cookie`.
    pub fn set_cookies(&self) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:#?}"))
    }

    /// `authMessageCode`.
    pub fn code(&self) -> String {
        self.json()["authMessageCode"]
            .as_str()
            .expect("a code")
            .to_owned()
    }

    /// The value of a hidden input.
    pub fn input(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split('"').next()
    }

    /// Whether the page asks for this field.
    pub fn asks_for(&self, name: &str) -> bool {
        self.body.contains(&format!(" name=\"{name}\""))
    }
}

/// Without the style, which is long and the same everywhere.
impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self
            .body
            .split_once("</style>")
            .map_or(self.body.as_str(), |(_, body)| body);
        write!(
            f,
            "{} {:#?}\n{body}\n{:#?}",
            self.status, self.headers, self.seen
        )
    }
}

/// Everything around the gateway.
pub struct World {
    /// The gateway.
    pub site: Site,
    pub(super) clock: Cell<Time>,
    pub(super) chance: Chance,
    pub(super) order: Chance,
    pub(super) objects: RefCell<BTreeMap<(Kind, String), Rc<Object>>>,
    pub(super) notifier: RefCell<Notifier>,
    pub(super) hooks: RefCell<Hooks>,
    pub(super) mails: RefCell<Vec<Mail>>,
    pub(super) log: RefCell<Vec<String>>,
    pub(super) secrets: RefCell<BTreeSet<String>>,
    pub(super) cookies: RefCell<BTreeSet<String>>,
    pub(super) memory: RefCell<Memory>,
    pub(super) places: Cell<usize>,
    pub(super) pace: Cell<(Span, Span)>,
    pub(super) mail_matters: Cell<bool>,
    pub(super) faults: Cell<bool>,
    pub(super) visitors: Cell<u16>,
    pub(super) calls: Cell<usize>,
    pub(super) hashes: Cell<usize>,
    pub(super) crossings: Cell<usize>,
    pub(super) fault: Cell<Option<(usize, Fault)>>,
    pub(super) dead: Cell<bool>,
    pub(super) crowded: Cell<bool>,
}

impl World {
    pub fn new(site: Site) -> Self {
        Self {
            site,
            clock: Cell::new(Time(1_795_420_800_000)),
            chance: Chance::new(1),
            order: Chance::new(2),
            objects: RefCell::default(),
            notifier: RefCell::default(),
            hooks: RefCell::default(),
            mails: RefCell::default(),
            log: RefCell::default(),
            secrets: RefCell::default(),
            cookies: RefCell::default(),
            memory: RefCell::default(),
            places: Cell::new(usize::MAX),
            pace: Cell::new((Span::ZERO, Span::ZERO)),
            mail_matters: Cell::new(true),
            faults: Cell::new(false),
            visitors: Cell::new(0),
            calls: Cell::new(0),
            hashes: Cell::new(0),
            crossings: Cell::new(0),
            fault: Cell::new(None),
            dead: Cell::new(false),
            crowded: Cell::new(false),
        }
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.clock.get()
    }

    /// Never back.
    pub fn advance_to(&self, moment: Time) {
        self.clock.set(self.clock.get().max(moment));
    }

    /// How long a command to an object takes, and a hash. Nothing, unless the test is about time.
    pub fn takes(&self, call: Span, hash: Span) {
        self.pace.set((call, hash));
    }

    /// How many hashes may run at once; any number, unless the test is about that.
    pub fn has_places(&self, places: usize) {
        self.places.set(places);
    }

    /// This must never be printed, stored or sent back.
    pub fn keeps_secret(&self, secret: &str) {
        if !secret.is_empty() {
            self.secrets.borrow_mut().insert(secret.to_owned());
        }
    }

    /// Whether an object may find its store unusable; else that fails the test.
    pub fn expects_faults(&self, expected: bool) {
        self.faults.set(expected);
    }

    /// Requests in flight at once go on in this order, of many.
    pub fn shuffles(&self, seed: u64) {
        self.order.reseed(seed);
    }

    /// What was done since the beginning.
    pub fn cost(&self) -> Cost {
        Cost {
            calls: self.calls.get(),
            hashes: self.hashes.get(),
        }
    }

    /// The private reasons and events that were logged, in order.
    pub fn log(&self) -> Vec<String> {
        self.log.borrow().clone()
    }

    /// The events in the journal of an account.
    pub fn journal(&self, account: &str) -> Vec<String> {
        let object = self.object(Kind::Account, account);
        let journal = Journal::open(&object.sql, &self.site.rules.journal).unwrap();
        let account = edgeward::kit::id::AccountId::parse(account).unwrap();
        let found = journal.verify(&account).unwrap();
        assert!(found.holds, "the chain of the journal");
        found.lines.into_iter().map(|line| line.line).collect()
    }

    /// One request, to its answer; `None` when everything died on the way.
    pub fn request(self: &Rc<Self>, request: &Request) -> Option<Page> {
        self.run(self.exchange(request))
    }

    /// The way of a request. What Rust decides here, it decides in the Worker.
    pub(super) async fn exchange(self: &Rc<Self>, request: &Request) -> Page {
        let arrived = self.now();
        let text = request.head();
        let realm = Realm::new(Rc::clone(self));
        let mut dice = self.chance.dice();
        let head = Head::parse(&text, RequestId::fresh(&mut dice)).expect("a request");
        let verdict = match gate::judge(&self.site, &head, self.now(), &mut dice) {
            Verdict::Ask(question) => {
                let answers = gate::ask(&realm, &question).await;
                gate::answered(&self.site, &head, &question, answers, self.now(), &mut dice)
            }
            other => other,
        };
        let page = match verdict {
            Verdict::Ours => ours(self.answer(&realm, &head, &request.body).await),
            Verdict::Answer(response) => ours(response),
            Verdict::Denied(account, response) => {
                realm.log_of(&self.site, &head, Happening::AccessDenied, Some(&account));
                ours(response)
            }
            Verdict::Forward(forward) => self.forwarded(&head, request, &forward),
            Verdict::Weigh(unsigned) => {
                let most = usize::try_from(LARGEST_SIGNED_BODY).unwrap();
                if request.body.len() > most {
                    ours(unsigned.too_large(&self.site, &head, &mut dice))
                } else {
                    let digest = BASE64.encode(&Sha256::digest(&request.body));
                    let digest = format!("sha-256=:{digest}:");
                    let now = self.now();
                    let forward = unsigned.sign(&self.site, &head, Some(&digest), now, &mut dice);
                    self.forwarded(&head, request, &forward)
                }
            }
            Verdict::Ask(_) => panic!("asked twice"),
        };
        self.check_page(&page);
        let pairs = page
            .set_cookies()
            .filter_map(|cookie| cookie.split("; ").next());
        self.cookies.borrow_mut().extend(pairs.map(str::to_owned));
        Page {
            took: self.now().since(arrived),
            ..page
        }
    }

    /// The origin gets a request, and answers.
    fn forwarded(&self, head: &Head<'_>, request: &Request, forward: &Forward) -> Page {
        let cookies = forward.finish.cookies.iter();
        let mut headers: Vec<_> = cookies
            .map(|cookie| ("set-cookie".to_owned(), cookie.as_str().to_owned()))
            .collect();
        if let Some(window) = forward.finish.window {
            headers.push(("edgeward-window".to_owned(), window.to_string()));
        }
        let seen = Seen::new(head, &request.headers, forward, self.now());
        Page {
            status: 200,
            headers,
            body: String::new(),
            seen: Some(seen),
            took: Span::ZERO,
        }
    }

    async fn answer(&self, realm: &Realm, head: &Head<'_>, body: &[u8]) -> Response {
        let mut dice = self.chance.dice();
        let admitted = match app::admit(&self.site, head, &mut dice) {
            Ok(admitted) => admitted,
            Err(response) => return response,
        };
        let body = if admitted.has_body { body } else { &[] };
        if body.len() > usize::try_from(app::LARGEST_BODY).unwrap() {
            return app::too_large(&self.site, head, &mut dice);
        }
        app::answer(&self.site, realm, head, admitted, body).await
    }
}

fn ours(response: Response) -> Page {
    let Response {
        status,
        headers,
        body,
    } = response;
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Page {
        status,
        headers,
        body,
        seen: None,
        took: Span::ZERO,
    }
}
