//! A person with a browser: what they do reads as a sentence, and goes the way a browser goes.

use std::rc::Rc;

use edgeward::web::cookie::Flash;
use serde_json::Value;

use super::{
    Mail,
    jar::Jar,
    origin::Seen,
    world::{Page, Request, World},
};

/// Where the gateway is.
pub const HOME: &str = "https://app.example.org";

const FORM: &str = "application/x-www-form-urlencoded";

/// Somebody with a browser.
#[derive(Clone)]
pub struct Visitor {
    pub(super) world: Rc<World>,
    /// Their address.
    pub email: String,
    /// The password they chose last.
    pub password: String,
    /// Their browser's cookies.
    pub jar: Jar,
    /// Their client's address.
    pub ip: String,
    /// What they see.
    pub page: Option<Page>,
    /// Path and query of what they see.
    pub at: String,
    /// The statuses on the way to it.
    pub trail: Vec<u16>,
    /// The code of the message they were told on the way; empty when there was none.
    pub told: String,
}

impl Visitor {
    pub(super) fn new(world: Rc<World>, email: &str) -> Self {
        let number = world.visitors.get();
        world.visitors.set(number + 1);
        Self {
            world,
            email: email.to_owned(),
            password: String::new(),
            jar: Jar::default(),
            ip: format!("198.51.{}.{}", 100 + number / 250, number % 250 + 1),
            page: None,
            at: String::new(),
            trail: Vec::new(),
            told: String::new(),
        }
    }

    /// The same person with another browser, elsewhere.
    pub fn elsewhere(&self) -> Self {
        let fresh = Self::new(Rc::clone(&self.world), &self.email);
        Self {
            password: self.password.clone(),
            ..fresh
        }
    }

    /// Somebody who copied every cookie of this browser.
    pub fn copied(&self) -> Self {
        Self {
            jar: self.jar.clone(),
            ..self.elsewhere()
        }
    }

    // What they do.

    /// Fills in the sign-up form, from whatever page leads there.
    pub fn signs_up(&mut self, password: &str) -> &mut Self {
        let next = self.next();
        password.clone_into(&mut self.password);
        let (email, password) = (self.email.clone(), self.password.clone());
        self.submits(
            "/login/signup",
            &[("email", &email), ("password", &password), ("next", &next)],
        )
    }

    /// Opens the newest unread mail with a link.
    pub fn opens_mail(&mut self) -> &mut Self {
        let link = self.receives_link();
        self.visits(&link)
    }

    /// The link of the newest unread mail with one, without opening it.
    pub fn receives_link(&mut self) -> String {
        self.world.run_alarms();
        let mut mails = self.world.mails.borrow_mut();
        let newest = mails
            .iter_mut()
            .rev()
            .find(|mail| mail.to == self.email && !mail.read && mail.link.is_some());
        let mail = newest.unwrap_or_else(|| panic!("no mail for {}", self.email));
        mail.read = true;
        mail.link.clone().expect("a link")
    }

    /// Reads a mail of this type, which must be there.
    pub fn is_told(&self, kind: &str) -> &Self {
        self.world.run_alarms();
        let mut mails = self.world.mails.borrow_mut();
        let ours = |mail: &&mut Mail| mail.to == self.email && mail.kind == kind && !mail.read;
        let newest = mails.iter_mut().rev().find(ours);
        newest
            .unwrap_or_else(|| panic!("no {kind} for {}", self.email))
            .read = true;
        self
    }

    /// Presses the button on the page of a link.
    pub fn confirms(&mut self) -> &mut Self {
        assert!(
            !self.page().asks_for("password"),
            "the page asks for a password"
        );
        let visit = self.page().input("visit").expect("a visit").to_owned();
        self.submits("/login/verify", &[("visit", &visit)])
    }

    /// Presses the one button of the page they are at.
    pub fn presses(&mut self) -> &mut Self {
        let visit = self.page().input("visit").expect("a visit").to_owned();
        let page = self.at.clone();
        self.submits(&page, &[("visit", &visit)])
    }

    /// Chooses a password on the page of a link.
    pub fn confirms_with(&mut self, password: &str) -> &mut Self {
        assert!(
            self.page().asks_for("password"),
            "the page does not ask for a password"
        );
        let visit = self.page().input("visit").expect("a visit").to_owned();
        password.clone_into(&mut self.password);
        self.submits(
            "/login/verify",
            &[("visit", &visit), ("password", password)],
        )
    }

    /// Fills in the sign-in form, with the password they remember.
    pub fn signs_in(&mut self) -> &mut Self {
        let password = self.password.clone();
        self.signs_in_with(&password)
    }

    /// Fills in the sign-in form.
    pub fn signs_in_with(&mut self, password: &str) -> &mut Self {
        let (email, next) = (self.email.clone(), self.next());
        let led = |at: &&str| at.starts_with("/login?then=");
        let page = Some(self.at.as_str())
            .filter(led)
            .unwrap_or("/login")
            .to_owned();
        self.submits(
            &page,
            &[("email", &email), ("password", password), ("next", &next)],
        )
    }

    /// Presses the button to sign out.
    pub fn signs_out(&mut self) -> &mut Self {
        self.submits("/login/logout", &[])
    }

    /// Asks for the verification mail again.
    pub fn asks_again(&mut self) -> &mut Self {
        let email = self.email.clone();
        self.submits("/login/resend", &[("email", &email)])
    }

    /// Goes to an address and wherever it leads.
    pub fn visits(&mut self, target: &str) -> &mut Self {
        self.follows(Request::new("GET", &format!("{HOME}{target}")))
    }

    /// Posts a form and goes wherever it leads.
    pub fn submits(&mut self, target: &str, fields: &[(&str, &str)]) -> &mut Self {
        self.follows(Request::new("POST", &format!("{HOME}{target}")).body(FORM, &form(fields)))
    }

    /// Where they wanted to go, as the form they see carries it.
    fn next(&self) -> String {
        let input = self.page.as_ref().and_then(|page| page.input("next"));
        let query = self.at.split_once("?next=").map(|(_, next)| next);
        match (input, query) {
            (Some(next), _) => next.replace("&amp;", "&").replace("&#38;", "&"),
            (None, Some(next)) => form_urlencoded::parse(format!("n={next}").as_bytes())
                .next()
                .map_or_else(String::new, |(_, next)| next.into_owned()),
            (None, None) => String::new(),
        }
    }

    fn follows(&mut self, request: Request) -> &mut Self {
        self.trail.clear();
        self.told.clear();
        let mut request = self.dressed(request, "navigate");
        for _ in 0..10 {
            request.url[HOME.len()..].clone_into(&mut self.at);
            let Some(page) = self.sends(&request) else {
                return self;
            };
            self.trail.push(page.status);
            if let Some(flash) = self.flash() {
                self.told = flash.code;
            }
            let place = page
                .header("location")
                .filter(|_| page.status == 303)
                .map(str::to_owned);
            self.page = Some(page);
            let Some(place) = place else { return self };
            assert!(
                place.starts_with('/') && !place.starts_with("//"),
                "a location of ours: {place}"
            );
            request = self.dressed(Request::new("GET", &format!("{HOME}{place}")), "navigate");
        }
        panic!("led in circles: {}", self.at);
    }

    // What their scripts do.

    /// A script of ours posts JSON.
    pub fn asks_json(&mut self, target: &str, body: &Value) -> Page {
        let request = self.json_request(target, body);
        self.sends(&request).expect("an answer")
    }

    /// The same, not sent yet.
    pub fn json_request(&self, target: &str, body: &Value) -> Request {
        let request = Request::new("POST", &format!("{HOME}{target}"));
        self.dressed(request.body("application/json", &body.to_string()), "cors")
    }

    /// A script of ours fetches something.
    pub fn fetches(&mut self, method: &str, target: &str) -> Page {
        let request = self.dressed(Request::new(method, &format!("{HOME}{target}")), "cors");
        self.sends(&request).expect("an answer")
    }

    /// Sends a request as it is, and takes the cookies of its answer. `None` when everything died.
    pub fn sends(&mut self, request: &Request) -> Option<Page> {
        self.world.keeps_secret(&self.password);
        let page = self.world.request(request)?;
        self.takes_cookies(&page);
        Some(page)
    }

    /// Takes the cookies of an answer.
    pub fn takes_cookies(&mut self, page: &Page) {
        page.set_cookies()
            .for_each(|cookie| self.jar.take(cookie, self.world.now()));
    }

    /// A request as a browser sends it from a page of ours.
    pub fn dressed(&self, request: Request, mode: &str) -> Request {
        let accept = if mode == "navigate" {
            "text/html,*/*;q=0.8"
        } else {
            "*/*"
        };
        let mut request = request
            .with(
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            )
            .with("accept", accept)
            .with("sec-fetch-mode", mode)
            .with("sec-fetch-site", "same-origin")
            .with("cf-connecting-ip", &self.ip);
        if request.method != "GET" {
            request = request.with("origin", HOME);
        }
        match self.jar.header(self.world.now()) {
            Some(cookies) => request.with("cookie", &cookies),
            None => request,
        }
    }

    // What they see.

    /// What they see.
    pub fn page(&self) -> &Page {
        self.page.as_ref().expect("a page")
    }

    /// The status of what they see.
    pub fn status(&self) -> u16 {
        self.page().status
    }

    /// What the origin got of their last request.
    pub fn seen(&self) -> &Seen {
        self.page()
            .seen
            .as_ref()
            .unwrap_or_else(|| panic!("at {}, not the origin's: {:?}", self.at, self.trail))
    }

    /// The code of the message that waits for them; empty when there is none.
    pub fn message(&self) -> String {
        self.flash().map_or_else(String::new, |flash| flash.code)
    }

    /// The message that waits for the next page.
    fn flash(&self) -> Option<Flash> {
        Flash::read(
            self.cookie(Flash::NAME)?,
            &self.world.site.keys,
            self.world.now(),
        )
    }

    /// A cookie of their browser.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.jar.value(name, self.world.now())
    }

    /// Whether their session is live, as its account says.
    pub fn is_signed_in(&mut self) -> bool {
        self.clone().fetches("GET", "/auth/session").status == 200
    }

    /// The account they are signed in to.
    pub fn account(&mut self) -> String {
        let page = self.clone().fetches("GET", "/auth/session");
        page.json()["account"]["id"]
            .as_str()
            .expect("signed in")
            .to_owned()
    }

    /// Their session.
    pub fn session(&mut self) -> String {
        let page = self.clone().fetches("GET", "/auth/session");
        page.json()["session"]["id"]
            .as_str()
            .expect("signed in")
            .to_owned()
    }
}

/// A form's body.
pub fn form(fields: &[(&str, &str)]) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields).finish()
}
