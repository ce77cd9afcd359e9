//! The ways in and out: sign in, sign up, signed out.

use std::borrow::Cow;

use askama::Template;

use super::{Code, FieldErrors, Kind, Shell, View, words};

/// The sign-in form.
#[derive(Template, Debug)]
#[template(path = "login.html")]
pub struct Login<'a> {
    /// What is around it.
    pub shell: Shell<'a>,
    /// Where to go after signing in.
    pub next: Option<&'a str>,
    /// What was typed as address, or nothing.
    pub email: &'a str,
    /// Refused fields.
    pub errors: FieldErrors,
    /// Whether to offer sign-up.
    pub registration_open: bool,
    /// The act that waits for this sign-in: kept in the form's URL and in the links to other ways in.
    pub then: Option<&'a str>,
    /// The address of who is signed in and has to confirm that it is them; no other can be typed.
    pub reauth: Option<&'a str>,
    /// Whether to offer a sign-in link.
    pub magic: bool,
}

impl View for Login<'_> {
    fn heading(&self) -> Cow<'_, str> {
        match self.reauth {
            Some(_) => self.shell.say(words::REAUTH).into(),
            None => self.shell.fill_brand(words::LOGIN).into(),
        }
    }

    fn focus(&self) -> &'static str {
        let fresh = if self.address().is_empty() {
            "email"
        } else {
            "password"
        };
        self.errors.focus(&["email", "password"], fresh)
    }
}

impl Login<'_> {
    /// Where the form goes. Whoever confirms who they are still does so after a wrong password.
    fn action(&self) -> String {
        match (self.reauth, self.then) {
            (Some(_), None) => format!("{}?reauth=1", self.shell.prefix),
            (_, then) => self.shell.href("", None, then),
        }
    }

    /// What stands in the address field.
    fn address(&self) -> &str {
        self.reauth.unwrap_or(self.email)
    }

    fn button(&self) -> &str {
        let confirms = self.reauth.is_some();
        self.shell.say(if confirms {
            words::REAUTH_BUTTON
        } else {
            words::SIGN_IN
        })
    }

    /// Someone whose password opens nothing by itself needs a link.
    fn offers_magic(&self) -> bool {
        self.shell.has(Code::LoginLinkRequired)
    }

    /// Someone whose sign-up still waits needs the mail again, not the form.
    fn offers_resend(&self) -> bool {
        self.shell.has(Code::LoginNotVerified)
    }
}

/// The sign-up form.
#[derive(Template, Debug)]
#[template(path = "signup.html")]
pub struct SignUp<'a> {
    /// What is around it.
    pub shell: Shell<'a>,
    /// Where to go once the address is proved.
    pub next: Option<&'a str>,
    /// What was typed as address, or nothing.
    pub email: &'a str,
    /// Refused fields.
    pub errors: FieldErrors,
    /// `PASSWORD_MIN_LENGTH`.
    pub min_length: usize,
    /// Whether people may sign up by themselves; when not, there is no form.
    pub registration_open: bool,
}

impl View for SignUp<'_> {
    fn heading(&self) -> Cow<'_, str> {
        self.shell.fill_brand(words::SIGN_UP).into()
    }

    fn focus(&self) -> &'static str {
        let fresh = if self.email.is_empty() {
            "email"
        } else {
            "password"
        };
        self.errors.focus(&["email", "password"], fresh)
    }
}

/// After signing out.
#[derive(Template, Debug)]
#[template(path = "signed_out.html")]
pub struct SignedOut<'a> {
    /// What is around it.
    pub shell: Shell<'a>,
}

impl View for SignedOut<'_> {
    fn heading(&self) -> Cow<'_, str> {
        self.shell.say(words::SIGNED_OUT).into()
    }
}
