//! View struct → HTML.
//!
//! A page is a struct with everything it shows and nothing else; askama turns it into HTML at compile
//! time, escapes every value and needs no runtime. Pages work without JavaScript and know no secrets: no
//! view has a place for a password or a token, so none can be echoed.
//!
//! # Forms
//!
//! Each posts to its own URL below `Shell::prefix`:
//!
//! ```text
//! Login    ""         email password next?
//! SignUp   /signup    email password next?
//! AskMail  /resend, /forgot or /magic         email next?
//! Opened   ""         visit newPassword       (a password that must be replaced)
//!          /verify    visit password?
//!          /reset     visit password
//!          /invite    visit password?
//!          /magic, /email, /undo or /link     visit
//! Account  /account   action=change-password password? newPassword
//!                     action=change-email email
//!                     action=end-session session
//!                     action=end-others, end-all or delete-account
//!          /logout    (nothing)
//! ```
//!
//! # Headers
//!
//! Pages need `style-src 'nonce-…'` with `Shell::nonce`, `img-src` of `Brand::logo_src`, and
//! `form-action 'self'`; no inline style attribute, no font. One page has a script, and is right without
//! it: where `Opened::runs_script` says so, `script-src` has to name the same nonce.
//!
//! # Words
//!
//! All stand in `words.rs`, those of codes in `code_words.rs`. `WORDS` replaces them by name; the names are those of `word_list`.

mod accent;
mod account;
mod code;
mod code_words;
mod entry;
mod mail;
mod opened;
mod problem;
pub mod samples;
mod wording;
mod words;

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;

pub use account::{Account, SessionRow};
pub use code::{Code, Kind};
pub use entry::{Login, SignUp, SignedOut};
pub use mail::{AskMail, For, Mail};
pub use opened::{Act, Asked, InviteTo, Opened, Undoing};
pub use problem::{ConfigProblems, Problem};
use wording::Word;
pub use wording::{Words, is_word, word_list, word_problem};

/// A page that can be sent.
pub trait Page {
    /// The whole document. Never fails: should a template break, a plain apology is sent.
    fn html(&self) -> String;
}

impl<T: askama::Template> Page for T {
    fn html(&self) -> String {
        self.render()
            .unwrap_or_else(|_| words::LAST_RESORT.to_owned())
    }
}

/// What the templates ask of a view.
trait View {
    /// The one `<h1>` of its page, and the start of its title.
    fn heading(&self) -> Cow<'_, str>;

    /// The field the cursor begins in; empty where it begins at the top.
    fn focus(&self) -> &'static str {
        ""
    }

    fn begins_in(&self, field: &str) -> bool {
        self.focus() == field
    }
}

/// How the operator's product looks, is called and speaks.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The name in headings and titles.
    pub name: String,
    /// An https URL of a picture that takes the place of the name at the top.
    pub logo: Option<String>,
    /// `#rrggbb`; anything else counts as none. Shown as near to it as stays readable.
    pub accent: Option<String>,
    /// Where to ask for help: an https URL or a mail address.
    pub support: Option<String>,
    /// The texts it says in words of its own.
    pub words: Words,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: "Edgeward".to_owned(),
            logo: None,
            accent: None,
            support: None,
            words: Words::default(),
        }
    }
}

impl Brand {
    /// The logo, if a page may show it: https only. The page's `img-src` has to allow its origin.
    pub fn logo_src(&self) -> Option<&str> {
        self.logo
            .as_deref()
            .filter(|url| url.starts_with("https://"))
    }

    /// What the help link points to: no scheme but https and mailto gets onto a page.
    fn support_href(&self) -> Option<Cow<'_, str>> {
        let support = self.support.as_deref()?;
        if support.starts_with("https://") || support.starts_with("mailto:") {
            Some(Cow::Borrowed(support))
        } else if support.contains('@') && !support.contains(':') {
            Some(Cow::Owned(format!("mailto:{support}")))
        } else {
            None
        }
    }

    fn stylesheet(&self) -> String {
        accent::stylesheet(self.accent.as_deref().and_then(accent::Rgb::parse))
    }

    fn initial(&self) -> String {
        initial(&self.name)
    }
}

/// What every page has around its content.
#[derive(Clone, Debug)]
pub struct Shell<'a> {
    /// Whose pages these are.
    pub brand: &'a Brand,
    /// The nonce that the page's `style-src` names.
    pub nonce: &'a str,
    /// `PAGES_PREFIX`, such as `/login`.
    pub prefix: &'a str,
    /// What the last step left to say.
    pub feedback: Option<Feedback>,
}

impl Shell<'_> {
    /// The document's title. Trouble comes first, so that a screen reader says it first.
    fn title(&self, heading: &str) -> String {
        let trouble = self.feedback.as_ref().is_some_and(Feedback::is_trouble);
        let before = if trouble { self.say(words::ERROR) } else { "" };
        let gap = if trouble { " " } else { "" };
        let name = &self.brand.name;
        if heading.contains(name.as_str()) {
            format!("{before}{gap}{heading}")
        } else {
            format!("{before}{gap}{heading} · {name}")
        }
    }

    /// A text without gaps.
    fn say(&self, word: Word) -> &str {
        self.brand.words.say(word)
    }

    /// A text with its gaps filled in.
    fn fill(&self, word: Word, values: &[(&str, &str)]) -> String {
        self.brand.words.fill(word, values)
    }

    /// A text that names the product.
    fn fill_brand(&self, word: Word) -> String {
        self.fill(word, &[("brand", &self.brand.name)])
    }

    fn has(&self, code: Code) -> bool {
        self.feedback.as_ref().is_some_and(|told| told.code == code)
    }

    /// The message under this heading, if there is anything to say that the heading does not.
    fn told(&self, heading: &str) -> Option<String> {
        let told = self.feedback.as_ref()?;
        told.below(heading, &self.brand.words)
    }

    /// What stands below this field.
    fn wrong(&self, errors: &FieldErrors, field: &str) -> Option<String> {
        let code = errors.of(field)?;
        Some(self.brand.words.field_message(field, code))
    }

    /// How long a new password has to be.
    fn password_hint(&self, min_length: usize) -> String {
        self.fill(words::PASSWORD_HINT, &[("count", &min_length.to_string())])
    }

    /// A page of ours. Carries on what is there: the return path, and the act that waits for a sign-in.
    fn href(&self, page: &str, next: Option<&str>, then: Option<&str>) -> String {
        let mut href = format!("{}{page}", self.prefix);
        let given = [("next", next), ("then", then)];
        let given = given
            .iter()
            .filter_map(|(name, value)| Some((name, (*value)?)));
        for ((name, value), sign) in given.zip(['?', '&']) {
            let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            href = format!("{href}{sign}{name}={value}");
        }
        href
    }
}

/// One message to the visitor.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// What happened.
    pub code: Code,
    /// Seconds until another try makes sense.
    pub retry_after: Option<i64>,
    /// The operator's own sentence (a hook's `message`), shown as text in place of ours.
    pub custom: Option<String>,
}

impl From<Code> for Feedback {
    fn from(code: Code) -> Self {
        Self {
            code,
            retry_after: None,
            custom: None,
        }
    }
}

impl Feedback {
    /// The whole message, as `authMessage` carries it.
    pub fn message(&self, words: &Words) -> String {
        match &self.custom {
            Some(custom) => custom.clone(),
            None => words.message(self.code, self.retry_after),
        }
    }

    /// The message where this heading stands above it: what the heading says already is left out.
    fn below(&self, heading: &str, words: &Words) -> Option<String> {
        let repeats =
            self.custom.is_none() && words.fact(self.code).trim_end_matches('.') == heading;
        let message = if repeats {
            words.advice(self.code, self.retry_after)
        } else {
            self.message(words)
        };
        (!message.is_empty()).then_some(message)
    }

    fn is_trouble(&self) -> bool {
        match self.code.kind() {
            Kind::Warning | Kind::Error => true,
            Kind::Success | Kind::Info => false,
        }
    }

    /// Trouble interrupts those who listen to the page, good news waits.
    fn role(&self) -> &'static str {
        if self.is_trouble() { "alert" } else { "status" }
    }
}

/// Which fields were refused, and why. Serialises as the `fields` of JSON answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FieldErrors(BTreeMap<String, Code>);

impl FieldErrors {
    /// No field was refused.
    pub fn none() -> Self {
        Self::default()
    }

    /// With one more refused field; the first reason of a field stays.
    #[must_use]
    pub fn with(mut self, field: &str, code: Code) -> Self {
        self.0.entry(field.to_owned()).or_insert(code);
        self
    }

    /// Why this field was refused.
    pub fn of(&self, field: &str) -> Option<Code> {
        self.0.get(field).copied()
    }

    /// Whether every field passed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every refused field with its reason, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Code)> {
        self.0.iter().map(|(field, code)| (field.as_str(), *code))
    }

    /// The field the cursor starts in: the first refused one, else the one a fresh form begins with.
    fn focus(&self, order: &[&'static str], fresh: &'static str) -> &'static str {
        order
            .iter()
            .copied()
            .find(|field| self.of(field).is_some())
            .unwrap_or(fresh)
    }
}

fn initial(name: &str) -> String {
    name.chars().take(1).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests;
