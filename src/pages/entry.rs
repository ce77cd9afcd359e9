//! The ways in and out: sign in, sign up, signed out.

use std::borrow::Cow;

use askama::Template;

use super::{Code, FieldErrors, Headed, Kind, Shell, words};

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
}

impl Headed for Login<'_> {
    fn heading(&self) -> Cow<'_, str> {
        words::sign_in_to(&self.shell.brand.name).into()
    }
}

impl Login<'_> {
    fn focus(&self) -> &'static str {
        let fresh = if self.email.is_empty() {
            "email"
        } else {
            "password"
        };
        self.errors.focus(&["email", "password"], fresh)
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

impl Headed for SignUp<'_> {
    fn heading(&self) -> Cow<'_, str> {
        words::join(&self.shell.brand.name).into()
    }
}

impl SignUp<'_> {
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

impl Headed for SignedOut<'_> {
    fn heading(&self) -> Cow<'_, str> {
        words::SIGNED_OUT.into()
    }
}
