//! The pages around a verification mail: it is on its way, send it again, the link was opened.

use std::borrow::Cow;

use askama::Template;

use super::{Code, FieldErrors, Headed, Kind, Shell, words};

/// Why the visitor is on the resend page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    /// They asked for a mail just now.
    OnItsWay,
    /// They come to ask for one.
    Missing,
}

/// "Check your mail", with a way to have the link sent again; or that form alone.
#[derive(Template, Debug)]
#[template(path = "resend.html")]
pub struct Resend<'a> {
    /// What is around it.
    pub shell: Shell<'a>,
    /// Which of the two it is.
    pub mail: Mail,
    /// Where to go once the address is proved.
    pub next: Option<&'a str>,
    /// What was typed as address, or nothing.
    pub email: &'a str,
    /// Refused fields.
    pub errors: FieldErrors,
}

impl Headed for Resend<'_> {
    fn heading(&self) -> Cow<'_, str> {
        match self.mail {
            Mail::OnItsWay => words::CHECK_MAIL,
            Mail::Missing => words::ASK_AGAIN,
        }
        .into()
    }
}

impl Resend<'_> {
    /// In a folded form the cursor would be lost.
    fn focus(&self) -> &'static str {
        let fresh = match self.mail {
            Mail::OnItsWay => "",
            Mail::Missing => "email",
        };
        self.errors.focus(&["email"], fresh)
    }

    /// Said in the text, where no message says it already.
    fn promise(&self) -> Option<&'static str> {
        let told = self.shell.feedback.is_some();
        (self.mail == Mail::OnItsWay && !told).then(|| words::advice_of(Code::RegisterCheckEmail))
    }
}

/// A verification link was opened: names the address, asks for one press of a button.
#[derive(Template, Debug)]
#[template(path = "verify.html")]
pub struct Verify<'a> {
    /// What is around it.
    pub shell: Shell<'a>,
    /// The visit id that has to match the ticket cookie's.
    pub visit: &'a str,
    /// The address as far as the link's holder may see it.
    pub masked_address: Option<&'a str>,
    /// Whether this is not the browser that registered.
    pub ask_password: bool,
    /// `PASSWORD_MIN_LENGTH`.
    pub min_length: usize,
    /// Refused fields.
    pub errors: FieldErrors,
}

impl Headed for Verify<'_> {
    fn heading(&self) -> Cow<'_, str> {
        words::CONFIRM.into()
    }
}

impl Verify<'_> {
    fn focus(&self) -> &'static str {
        self.errors.focus(&["password"], "password")
    }
}
