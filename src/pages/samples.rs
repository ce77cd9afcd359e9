//! One sample of every page, for tests and for looking at (`cargo run --example pages -- <folder>`).

mod account;
mod opened;

use super::{
    AskMail, Brand, Code, ConfigProblems, Feedback, FieldErrors, For, Login, Mail, Page, Problem,
    Shell, SignUp, SignedOut, Words, word_list,
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
        words: Words::new(
            word_list()
                .map(|(name, text)| (name, twist(text)))
                .collect(),
        ),
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
    pages.extend(opened::every(&shell, twist));
    pages.extend(problems(&shell, twist));
    pages.extend(account::every(&shell, twist));
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
        then: None,
        reauth: None,
        magic: true,
    };
    let then = twist("account");
    let reauth = Login {
        then: Some(&then),
        reauth: Some(&email),
        ..login(None)
    };
    let plain = Login {
        magic: false,
        registration_open: false,
        ..login(None)
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
        ("login-plain", plain.html()),
        ("reauth", reauth.html()),
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
    let (next, then) = (twist("/reports?year=2026"), twist("account"));
    let email = twist("ada@example");
    let ask = |what: For, mail: Mail, told: Option<Code>| AskMail {
        shell: shell(told.map(Feedback::from)),
        what,
        mail,
        next: Some(&next),
        then: Some(&then),
        email: "",
        errors: FieldErrors::none(),
    };
    let wrong = AskMail {
        email: &email,
        errors: FieldErrors::none().with("email", Code::FieldInvalid),
        ..ask(For::Verification, Mail::Missing, Some(Code::FieldInvalid))
    };
    let page = |what, mail, told| ask(what, mail, told).html();
    let (coming, missing) = (Mail::OnItsWay, Mail::Missing);
    let verification = For::Verification;
    vec![
        (
            "check-mail",
            page(verification, coming, Some(Code::RegisterCheckEmail)),
        ),
        ("check-mail-reloaded", page(verification, coming, None)),
        ("resend", page(verification, missing, None)),
        ("resend-wrong", wrong.html()),
        ("forgot", page(For::Reset, missing, None)),
        (
            "forgot-sent",
            page(For::Reset, coming, Some(Code::ForgotAccepted)),
        ),
        ("magic", page(For::SignIn, missing, None)),
        (
            "magic-sent",
            page(For::SignIn, coming, Some(Code::MagicAccepted)),
        ),
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
