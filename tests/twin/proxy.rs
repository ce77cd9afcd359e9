//! A proxy of the operator's before an application of theirs. It asks the gateway about each request, and the
//! application gets what the gateway's yes says in place of what the visitor said.

use std::rc::Rc;

use super::{
    origin::Seen,
    settings::operator_key,
    visitor::HOME,
    world::{Page, Request, World},
};

/// What a yes has that goes on to the application.
const TOLD: [&str; 9] = [
    "edgeward-identity",
    "signature-input",
    "signature",
    "edgeward-assertion",
    "edgeward-link",
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-groups",
    "cookie",
];

/// A proxy with a key.
#[derive(Clone)]
pub struct Proxy {
    world: Rc<World>,
    /// `Edgeward-Proxy-Key`.
    pub key: String,
    /// Whether it says what it asks about by `X-Forwarded-…`.
    forwards: bool,
}

impl Proxy {
    pub(super) fn new(world: Rc<World>) -> Self {
        let key = operator_key("check");
        world.keeps_secret(&key);
        let forwards = world.site.config.auth_check == edgeward::config::AuthCheck::XForwarded;
        Self {
            world,
            key,
            forwards,
        }
    }

    /// What it asks about a request of somebody's: their headers, and what it puts in the place of theirs.
    pub fn question(&self, request: &Request) -> Request {
        let mut question = request.clone();
        "GET".clone_into(&mut question.method);
        question.url = format!("{HOME}/auth/check");
        question.body.clear();
        let mut question = question
            .without("content-length")
            .without("upgrade")
            .without("connection")
            .with("edgeward-proxy-key", &self.key);
        let target = request.url.strip_prefix(HOME).expect("a request for here");
        let says: &[(&str, &str)] = if self.forwards {
            &[
                ("x-forwarded-method", &request.method),
                ("x-forwarded-uri", target),
                ("x-forwarded-host", "app.example.org"),
                ("x-forwarded-proto", "https"),
            ]
        } else {
            &[
                ("x-original-method", &request.method),
                ("x-original-uri", target),
            ]
        };
        for (name, value) in says {
            question = question.with(name, value);
        }
        question
    }

    /// A request that came to it, to whatever becomes of it. A yes has what the application got.
    pub fn gets(&self, request: &Request) -> Page {
        let page = self.asks(&self.question(request));
        if page.status != 200 {
            return page;
        }
        let theirs = request.headers.iter();
        let theirs = theirs.filter(|(name, _)| !TOLD.contains(&name.as_str()));
        let told = page.headers.iter();
        let told = told.filter(|(name, _)| TOLD.contains(&name.as_str()));
        let headers = theirs.chain(told).cloned().collect();
        let target = request.url.strip_prefix(HOME).expect("a request for here");
        let url = format!("https://origin.example.org{target}");
        let seen = Seen::of(&request.method, url, headers, self.world.now());
        Page {
            seen: Some(seen),
            ..page
        }
    }

    /// Asks whatever it is.
    pub fn asks(&self, question: &Request) -> Page {
        self.world.request(question).expect("an answer")
    }
}
