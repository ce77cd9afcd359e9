//! A program of the operator's, with a key: it asks as programs ask, without anything a browser adds.

use std::rc::Rc;

use serde_json::Value;

use super::{
    settings::operator_key,
    visitor::HOME,
    world::{Page, Request, World},
};

/// A program with a key.
#[derive(Clone)]
pub struct Program {
    world: Rc<World>,
    /// `Authorization`.
    pub authorization: String,
    /// Its client's address.
    pub ip: String,
}

/// A smart link that was made.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its id.
    pub id: String,
    /// Path and query of its URL.
    pub target: String,
    /// When it expires, as it says.
    pub expires_at: String,
}

impl Link {
    /// Its token.
    pub fn token(&self) -> &str {
        let (_, token) = self.target.split_once("?token=").expect("a token");
        token
    }
}

impl Program {
    pub(super) fn new(world: Rc<World>, key: &str) -> Self {
        let key = operator_key(key);
        world.keeps_secret(&key);
        Self {
            world,
            authorization: format!("Bearer {key}"),
            ip: "192.0.2.1".to_owned(),
        }
    }

    /// A request with its key.
    pub fn request(&self, method: &str, target: &str) -> Request {
        Request::new(method, &format!("{HOME}{target}"))
            .with("authorization", &self.authorization)
            .with("cf-connecting-ip", &self.ip)
    }

    /// The same with a JSON body.
    pub fn post(&self, target: &str, body: &Value) -> Request {
        self.request("POST", target)
            .body("application/json", &body.to_string())
    }

    /// Sends a request.
    pub fn sends(&self, request: &Request) -> Page {
        self.world.request(request).expect("an answer")
    }

    /// Asks without a body.
    pub fn asks(&self, method: &str, target: &str) -> Page {
        self.sends(&self.request(method, target))
    }

    /// Posts JSON.
    pub fn posts(&self, target: &str, body: &Value) -> Page {
        self.sends(&self.post(target, body))
    }

    /// Changes something, by JSON.
    pub fn patches(&self, target: &str, body: &Value) -> Page {
        let request = self.request("PATCH", target);
        self.sends(&request.body("application/json", &body.to_string()))
    }

    /// Has a smart link made.
    pub fn makes_link(&self, terms: &Value) -> Link {
        let page = self.posts("/auth/admin/links", terms);
        assert_eq!(page.status, 200, "{page:?}");
        let told = page.json();
        let text = |name: &str| told[name].as_str().expect("a text").to_owned();
        let url = text("link");
        let link = Link {
            id: text("id"),
            target: url.strip_prefix(HOME).expect("a URL of ours").to_owned(),
            expires_at: text("expiresAt"),
        };
        let secret = link.token().rsplit('.').next().unwrap_or_default();
        self.world.keeps_secret(secret);
        link
    }

    /// What is told of a link.
    pub fn looks_at(&self, link: &Link) -> Page {
        self.asks("GET", &format!("/auth/admin/links/{}", link.id))
    }

    /// Revokes a link.
    pub fn revokes(&self, link: &Link) -> Page {
        self.asks("DELETE", &format!("/auth/admin/links/{}", link.id))
    }
}
