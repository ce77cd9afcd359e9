//! One sample of every page, for tests and for looking at (`cargo run --example pages -- <folder>`).

use crate::kit::time::{Span, Time};

use super::{
    Account, Brand, Code, ConfigProblems, Feedback, FieldErrors, Login, Mail, Page, Problem,
    Resend, SessionRow, Shell, SignUp, SignedOut, SmartLink, Verify,
};

/// A page with a name of its own.
pub type Sample = (&'static str, String);

/// Every page. Each text that comes from outside passes through `twist`: a test makes them hostile there.
pub fn every_page(twist: &dyn Fn(&str) -> String) -> Vec<Sample> {
    let brand = Brand {
        name: twist("Northwind"),
        logo: None,
        accent: Some(twist("#0f6b5c")),
        support: Some(twist("help@example.com")),
    };
    let (nonce, prefix) = (twist("bm9uY2U"), twist("/login"));
    let shell = |feedback: Option<Feedback>| Shell {
        brand: &brand,
        nonce: &nonce,
        prefix: &prefix,
        feedback,
    };
    let mut pages = entry(&shell, twist);
    pages.extend(mail(&shell, twist));
    pages.extend(problems(&shell, twist));
    pages.extend(account(&shell, twist));
    let logo = Brand {
        logo: Some(twist("https://example.com/logo.svg")),
        ..brand.clone()
    };
    let page = SignedOut {
        shell: Shell {
            brand: &logo,
            ..shell(None)
        },
    };
    pages.push(("logo", page.html()));
    pages
}

fn entry<'a>(
    shell: &dyn Fn(Option<Feedback>) -> Shell<'a>,
    twist: &dyn Fn(&str) -> String,
) -> Vec<Sample> {
    let (next, email) = (twist("/reports?year=2026&all"), twist("ada@example.com"));
    let login = |feedback: Option<Feedback>| Login {
        shell: shell(feedback),
        next: Some(&next),
        email: "",
        errors: FieldErrors::none(),
        registration_open: true,
    };
    let refused = Login {
        email: &email,
        ..login(Some(Code::LoginInvalid.into()))
    };
    let unverified = Login {
        email: &email,
        ..login(Some(Code::LoginNotVerified.into()))
    };
    let throttled = login(Some(Feedback {
        retry_after: Some(900),
        ..Code::Throttled.into()
    }));
    let denied = login(Some(Feedback {
        custom: Some(twist("Your trial has ended. Write to sales.")),
        ..Code::HookDenied.into()
    }));
    let incomplete = Login {
        errors: FieldErrors::none()
            .with("email", Code::FieldRequired)
            .with("password", Code::FieldRequired),
        ..login(Some(Code::FieldRequired.into()))
    };
    let sign_up = |feedback: Option<Feedback>, errors: FieldErrors| SignUp {
        shell: shell(feedback),
        next: Some(&next),
        email: &email,
        errors,
        min_length: 15,
        registration_open: true,
    };
    let short = FieldErrors::none().with("password", Code::PasswordTooShort);
    let closed = SignUp {
        registration_open: false,
        ..sign_up(Some(Code::RegisterClosed.into()), FieldErrors::none())
    };
    vec![
        ("login", login(Some(Code::SessionRequired.into())).html()),
        ("login-refused", refused.html()),
        ("login-unverified", unverified.html()),
        ("login-throttled", throttled.html()),
        ("login-denied", denied.html()),
        ("login-incomplete", incomplete.html()),
        ("signup", sign_up(None, FieldErrors::none()).html()),
        (
            "signup-short",
            sign_up(Some(Code::FieldInvalid.into()), short).html(),
        ),
        ("signup-closed", closed.html()),
        ("signed-out", SignedOut { shell: shell(None) }.html()),
    ]
}

fn mail<'a>(
    shell: &dyn Fn(Option<Feedback>) -> Shell<'a>,
    twist: &dyn Fn(&str) -> String,
) -> Vec<Sample> {
    let (next, email) = (twist("/reports?year=2026"), twist("ada@example"));
    let (visit, masked) = (twist("c29tZSB2aXNpdCBpZA"), twist("a•••@example.com"));
    let resend = |mail: Mail, feedback: Option<Feedback>| Resend {
        shell: shell(feedback),
        mail,
        next: Some(&next),
        email: "",
        errors: FieldErrors::none(),
    };
    let wrong = Resend {
        email: &email,
        errors: FieldErrors::none().with("email", Code::FieldInvalid),
        ..resend(Mail::Missing, Some(Code::FieldInvalid.into()))
    };
    let verify = |ask_password: bool, feedback: Option<Feedback>| Verify {
        shell: shell(feedback),
        visit: &visit,
        masked_address: Some(&masked),
        ask_password,
        min_length: 15,
        errors: FieldErrors::none(),
    };
    let weak = Verify {
        masked_address: None,
        errors: FieldErrors::none().with("password", Code::PasswordTooWeak),
        ..verify(true, Some(Code::FieldInvalid.into()))
    };
    let told = Some(Code::RegisterCheckEmail.into());
    let path = twist("/reports/42");
    let smart_link = SmartLink {
        shell: shell(None),
        visit: &visit,
        path: &path,
        until: Time::from_unix_seconds(3_600),
        now: Time::from_unix_seconds(0),
    };
    vec![
        ("smart-link", smart_link.html()),
        ("check-mail", resend(Mail::OnItsWay, told).html()),
        ("check-mail-reloaded", resend(Mail::OnItsWay, None).html()),
        ("resend", resend(Mail::Missing, None).html()),
        ("resend-wrong", wrong.html()),
        ("verify", verify(false, None).html()),
        ("verify-password", verify(true, None).html()),
        ("verify-weak", weak.html()),
    ]
}

fn problems<'a>(
    shell: &dyn Fn(Option<Feedback>) -> Shell<'a>,
    twist: &dyn Fn(&str) -> String,
) -> Vec<Sample> {
    let request_id = twist("req_5zq2x7ahqjmkw4p3cn6tdyfs5e");
    let problem = |status: u16, what: Feedback| Problem {
        shell: shell(None),
        status,
        what,
        request_id: &request_id,
    };
    let busy = Feedback {
        retry_after: Some(5),
        ..Code::Busy.into()
    };
    let denied = Feedback {
        custom: Some(twist("Ask your team's lead for access to billing.")),
        ..Code::HookDenied.into()
    };
    let wrong = [
        twist("COOKIE_KEYS is missing"),
        twist("ORIGIN_URL has to be an http or https URL without a path"),
        twist("LIFETIMES.reset has to be a time such as \"60m\""),
    ];
    let config = ConfigProblems {
        shell: shell(None),
        problems: &wrong,
    };
    vec![
        (
            "problem-link",
            problem(400, Code::TokenInvalid.into()).html(),
        ),
        (
            "problem-missing",
            problem(404, Code::RequestNotFound.into()).html(),
        ),
        ("problem-busy", problem(503, busy).html()),
        ("problem-denied", problem(403, denied).html()),
        ("config", config.html()),
    ]
}

fn account<'a>(
    shell: &dyn Fn(Option<Feedback>) -> Shell<'a>,
    twist: &dyn Fn(&str) -> String,
) -> Vec<Sample> {
    let now = Time::from_unix_seconds(1_795_420_800);
    let row = |id: &str, device: &str, place: &str, days: i64, minutes: i64| SessionRow {
        id: twist(id),
        device: twist(device),
        place: twist(place),
        first_seen: Time(now.0.saturating_sub(Span::days(days).0)),
        last_seen: Time(now.0.saturating_sub(Span::minutes(minutes).0)),
        current: minutes == 0,
    };
    let sessions = [
        row("ses_one", "Firefox on Linux", "Lisbon, Portugal", 0, 0),
        row("ses_two", "Safari on iPhone", "Lisbon, Portugal", 3, 12),
        row(
            "ses_three",
            "Chrome on Windows",
            "Porto, Portugal",
            6,
            1_500,
        ),
    ];
    let email = twist("ada.lovelace@example.com");
    let account = |feedback: Option<Feedback>, sessions: &[SessionRow]| {
        Account {
            shell: shell(feedback),
            email: &email,
            sessions,
            now,
        }
        .html()
    };
    let told = Some(Code::SessionRevoked.into());
    vec![
        ("account", account(None, &sessions)),
        (
            "account-alone",
            account(told, sessions.get(..1).unwrap_or_default()),
        ),
    ]
}
