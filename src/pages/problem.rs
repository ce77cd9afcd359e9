//! What is shown when something cannot be done: the fact as heading, what to do next, one way out.

use std::borrow::Cow;

use askama::Template;

use super::{Code, Feedback, Kind, Shell, View, Word, words};

/// An error page.
#[derive(Template, Debug)]
#[template(path = "problem.html")]
pub struct Problem<'a> {
    /// What is around it; its own feedback is not shown here.
    pub shell: Shell<'a>,
    /// The status it is sent with.
    pub status: u16,
    /// What happened.
    pub what: Feedback,
    /// What to quote when asking for help.
    pub request_id: &'a str,
}

/// Where a problem page leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The sign-in page.
    SignIn,
    /// The page that sends a verification link again.
    Resend,
    /// The account page.
    Account,
    /// The same address once more, as a GET.
    Again,
    /// The product's start page.
    Start,
}

impl View for Problem<'_> {
    fn heading(&self) -> Cow<'_, str> {
        self.shell
            .brand
            .words
            .fact(self.what.code)
            .trim_end_matches('.')
            .into()
    }
}

impl Problem<'_> {
    /// The operator's sentence, else what to do next.
    fn next_step(&self) -> String {
        let words = &self.shell.brand.words;
        let ours = || words.advice(self.what.code, self.what.retry_after);
        self.what.custom.clone().unwrap_or_else(ours)
    }

    fn way(&self) -> (String, Word) {
        let page = |page| self.shell.href(page, None, None);
        match way_out(self.what.code) {
            Way::SignIn => (page(""), words::TO_SIGN_IN),
            Way::Resend => (page("/resend"), words::TO_RESEND),
            Way::Account => (page("/account"), words::TO_ACCOUNT),
            // An empty reference is this very address without its fragment.
            Way::Again => (String::new(), words::TRY_AGAIN),
            Way::Start => ("/".to_owned(), words::TO_START),
        }
    }
}

const fn way_out(code: Code) -> Way {
    match code {
        Code::TokenInvalid | Code::LoginNotVerified => Way::Resend,
        Code::AccessDenied
        | Code::SessionActive
        | Code::SessionRevoked
        | Code::SessionOthersRevoked
        | Code::PasswordChanged
        | Code::EmailChangeAccepted
        | Code::EmailTaken
        | Code::EmailChanged
        | Code::ExportReady => Way::Account,
        Code::Busy
        | Code::Throttled
        | Code::SessionStale
        | Code::RequestCrossSite
        | Code::RequestMalformed
        | Code::RequestTooLarge
        | Code::RequestUnsupportedType
        | Code::FieldRequired
        | Code::FieldInvalid
        | Code::FieldUnknown
        | Code::HookUnavailable
        | Code::ConfigInvalid
        | Code::Internal
        | Code::OriginUnreachable => Way::Again,
        Code::LoginSuccess
        | Code::MagicSuccess
        | Code::InviteSuccess
        | Code::LinkOpened
        | Code::LinkWaiting
        | Code::LinkCreated
        | Code::LinkRevoked
        | Code::InviteSent
        | Code::InviteRevoked
        | Code::InviteList
        | Code::AdminAccount
        | Code::AdminJournal
        | Code::AdminUpdated
        | Code::AdminResetSent
        | Code::AdminUnauthorized
        | Code::AdminBrowser
        | Code::CheckPassed
        | Code::CheckUnauthorized
        | Code::CheckMalformed
        | Code::RequestNotFound
        | Code::RequestMisdirected
        | Code::RequestInsecure
        | Code::HealthOk
        | Code::FeedbackNone => Way::Start,
        Code::LoginInvalid
        | Code::LoginLinkRequired
        | Code::LoginDisabled
        | Code::LoginPasswordChangeRequired
        | Code::RegisterCheckEmail
        | Code::RegisterClosed
        | Code::VerifySuccess
        | Code::VerifyPasswordNeeded
        | Code::ResendAccepted
        | Code::ForgotAccepted
        | Code::ResetSuccess
        | Code::MagicAccepted
        | Code::MagicClosed
        | Code::DeletionStarted
        | Code::UndoEmail
        | Code::UndoDeletion
        | Code::SessionAllRevoked
        | Code::SessionReauth
        | Code::LogoutSuccess
        | Code::PasswordTooShort
        | Code::PasswordTooLong
        | Code::PasswordTooCommon
        | Code::PasswordTooWeak
        | Code::PasswordSame
        | Code::TokenUsed
        | Code::SessionRequired
        | Code::SessionEnded
        | Code::RequestMethod
        | Code::HookDenied => Way::SignIn,
    }
}

/// Every wrong setting by name. For loopback hosts only: it names the operator's variables.
#[derive(Template, Debug)]
#[template(path = "config.html")]
pub struct ConfigProblems<'a> {
    /// What is around it.
    pub shell: Shell<'a>,
    /// One sentence each, beginning with the variable's name; never a value.
    pub problems: &'a [String],
}

impl View for ConfigProblems<'_> {
    fn heading(&self) -> Cow<'_, str> {
        words::CONFIG.into()
    }
}
