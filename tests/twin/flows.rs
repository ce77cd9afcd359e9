//! What else people do: forget passwords, ask for links, change what is theirs.

use serde_json::{Value, json};

use super::{Page, Visitor};

impl Visitor {
    /// Asks for a link to a new password.
    pub fn forgets_password(&mut self) -> &mut Self {
        let email = self.email.clone();
        self.submits("/login/forgot", &[("email", &email)])
    }

    /// Asks for a link to sign in, on the way to this page.
    pub fn asks_for_link_to(&mut self, next: &str) -> &mut Self {
        let email = self.email.clone();
        self.submits("/login/magic", &[("email", &email), ("next", next)])
    }

    /// Chooses a password on the page they see, whatever it is for.
    pub fn chooses(&mut self, password: &str) -> &mut Self {
        let fields = ["newPassword", "password"];
        let field = fields.into_iter().find(|field| self.page().asks_for(field));
        let field = field.expect("the page asks for a password");
        let visit = self.page().input("visit").expect("a visit").to_owned();
        password.clone_into(&mut self.password);
        let page = self.at.split('?').next().unwrap_or_default().to_owned();
        self.submits(&page, &[("visit", &visit), (field, password)])
    }

    /// Fills in a form of the account page.
    pub fn acts(&mut self, action: &str, fields: &[(&str, &str)]) -> &mut Self {
        let all: Vec<_> = [("action", action)]
            .into_iter()
            .chain(fields.iter().copied())
            .collect();
        self.submits("/login/account", &all)
    }

    /// The same browser, with its owner reading another mailbox.
    pub fn reads(&self, address: &str) -> Self {
        let mut there = self.clone();
        address.clone_into(&mut there.email);
        there
    }

    /// Asks for another address, and reads the mail that goes there: the link in it.
    pub fn wants_address(&mut self, address: &str) -> String {
        self.acts("change-email", &[("email", address)]);
        assert_eq!(self.told, "auth.email.change_accepted");
        self.reads(address).receives_link()
    }

    /// Has another address from now on.
    pub fn moves_to(&mut self, address: &str) -> &mut Self {
        let link = self.wants_address(address);
        self.visits(&link).presses();
        assert_eq!(self.told, "auth.email.changed");
        address.clone_into(&mut self.email);
        self
    }

    /// A script of theirs signs in with the password they remember.
    pub fn tries_to_sign_in(&mut self) -> Page {
        let fields = json!({ "email": self.email, "password": self.password });
        self.asks_json("/auth/login", &fields)
    }

    /// Their live sessions.
    pub fn sessions(&mut self) -> Vec<Value> {
        let page = self.fetches("GET", "/auth/sessions");
        page.json()["sessions"].as_array().expect("a list").clone()
    }
}
