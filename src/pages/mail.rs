//! The pages that have a link mailed: for a sign-up, for a new password, to sign in.

use std::borrow::Cow;

use askama::Template;

use super::{
    Code, FieldErrors, Kind, Shell, View,
    words::{self, PageWords},
};

/// What the link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// To confirm the address of a sign-up that waits.
    Verification,
    /// To choose a new password.
    Reset,
    /// To sign in.
    SignIn,
}

/// Why the visitor is on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    /// They asked for a mail just now.
    OnItsWay,
    /// They come to ask for one.
    Missing,
}

/// "Check your mail", with a way to have the link sent again; or that form alone.
#[derive(Template, Debug)]
#[template(path = "ask_mail.html")]
pub struct AskMail<'a> {
    /// What is around it.
    pub shell: Shell<'a>,
    /// What the link is for.
    pub what: For,
    /// Whether one was asked for.
    pub mail: Mail,
    /// Where to go once the link was used.
    pub next: Option<&'a str>,
    /// The act that waits for a sign-in: kept in the form's URL.
    pub then: Option<&'a str>,
    /// What was typed as address, or nothing.
    pub email: &'a str,
    /// Refused fields.
    pub errors: FieldErrors,
}

impl For {
    const fn path(self) -> &'static str {
        match self {
            Self::Verification => "/resend",
            Self::Reset => "/forgot",
            Self::SignIn => "/magic",
        }
    }

    /// What such a page is answered with once the mail was asked for.
    const fn accepted(self) -> Code {
        match self {
            Self::Verification => Code::RegisterCheckEmail,
            Self::Reset => Code::ForgotAccepted,
            Self::SignIn => Code::MagicAccepted,
        }
    }

    const fn page(self) -> PageWords {
        match self {
            Self::Verification => words::RESEND,
            Self::Reset => words::FORGOT,
            Self::SignIn => words::MAGIC,
        }
    }
}

impl View for AskMail<'_> {
    fn heading(&self) -> Cow<'_, str> {
        let word = match self.mail {
            Mail::OnItsWay => words::CHECK_MAIL,
            Mail::Missing => self.what.page().heading,
        };
        self.shell.say(word).into()
    }

    /// In a folded form the cursor would be lost.
    fn focus(&self) -> &'static str {
        let fresh = match self.mail {
            Mail::OnItsWay => "",
            Mail::Missing => "email",
        };
        self.errors.focus(&["email"], fresh)
    }
}

impl AskMail<'_> {
    fn action(&self) -> String {
        self.shell.href(self.what.path(), None, self.then)
    }

    /// Said in the text, where no message says it already.
    fn promise(&self) -> Option<&str> {
        let told = self.shell.feedback.is_some();
        let words = &self.shell.brand.words;
        (self.mail == Mail::OnItsWay && !told).then(|| words.next(self.what.accepted()))
    }
}
