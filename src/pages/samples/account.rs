//! The account page in each of its states.

use super::Sample;
use crate::{
    kit::time::{Span, Time},
    pages::{Account, Code, Feedback, FieldErrors, Page, SessionRow, Shell},
};

pub(super) fn every<'a>(
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
    let pending = twist("ada@new.example.com");
    let (confirm_href, export_href) = (twist("/login?then=account"), twist("/auth/export"));
    let account = |told: Option<Code>| Account {
        shell: shell(told.map(Feedback::from)),
        email: &email,
        sessions: &sessions,
        now,
        has_password: true,
        pending_email: None,
        new_email: "",
        fresh: true,
        confirm_href: &confirm_href,
        export_href: &export_href,
        min_length: 15,
        errors: FieldErrors::none(),
    };
    let alone = Account {
        sessions: sessions.get(..1).unwrap_or_default(),
        pending_email: Some(&pending),
        ..account(Some(Code::EmailChangeAccepted))
    };
    let old = Account {
        fresh: false,
        ..account(Some(Code::SessionReauth))
    };
    let no_password = Account {
        has_password: false,
        ..account(None)
    };
    let no_password_old = Account {
        has_password: false,
        fresh: false,
        ..account(None)
    };
    let wrong_password = Account {
        errors: FieldErrors::none()
            .with("password", Code::LoginInvalid)
            .with("newPassword", Code::PasswordTooShort),
        ..account(Some(Code::FieldInvalid))
    };
    let wrong_address = Account {
        new_email: &pending,
        errors: FieldErrors::none().with("email", Code::FieldInvalid),
        ..account(Some(Code::FieldInvalid))
    };
    vec![
        ("account", account(None).html()),
        ("account-alone", alone.html()),
        ("account-old", old.html()),
        ("account-no-password", no_password.html()),
        ("account-no-password-old", no_password_old.html()),
        ("account-wrong-password", wrong_password.html()),
        ("account-wrong-address", wrong_address.html()),
    ]
}
