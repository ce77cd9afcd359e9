//! What links lead to, one sample of each act.

use super::Sample;
use crate::{
    kit::time::{Span, Time},
    pages::{Act, Asked, Code, Feedback, FieldErrors, InviteTo, Opened, Page, Shell, Undoing},
};

#[expect(clippy::too_many_lines, reason = "one row for each page")]
pub(super) fn every<'a>(
    shell: &dyn Fn(Option<Feedback>) -> Shell<'a>,
    twist: &dyn Fn(&str) -> String,
) -> Vec<Sample> {
    let now = Time::from_unix_seconds(1_795_420_800);
    let visit = twist("c29tZSB2aXNpdCBpZA");
    let (masked, other) = (twist("a•••@example.com"), twist("bob@example.org"));
    let address = masked.as_str();
    let (browser, place) = (twist("Firefox on Linux"), twist("Lisbon, Portugal"));
    let roles = ["editor", "billing:read"].map(twist);
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let (login_href, path) = (
        twist("/login?next=%2Flogin%2Finvite"),
        twist("/reports/2026/"),
    );
    let asked = Asked {
        browser: &browser,
        place: &place,
        at: Time(now.0.saturating_sub(Span::minutes(3).0)),
    };
    let sign_in = |asked, other, own_browser| Act::SignIn {
        address,
        asked,
        other,
        own_browser,
    };
    let invite = |to, roles| Act::Invite { address, roles, to };
    let opened = |act, told: Option<Code>, errors| Opened {
        shell: shell(told.map(Feedback::from)),
        visit: &visit,
        act,
        min_length: 15,
        now,
        errors,
    };
    let page = |act| opened(act, None, FieldErrors::none()).html();
    let refused = |act, field, code| {
        let errors = FieldErrors::none().with(field, code);
        opened(act, Some(Code::FieldInvalid), errors).html()
    };
    let verify = |ask_password| Act::Verify {
        address,
        ask_password,
    };
    let elsewhere = Asked {
        place: "",
        at: now,
        ..asked
    };
    vec![
        ("verify", page(verify(false))),
        ("verify-password", page(verify(true))),
        (
            "verify-weak",
            refused(verify(true), "password", Code::PasswordTooWeak),
        ),
        ("reset", page(Act::Reset { address })),
        (
            "reset-common",
            refused(Act::Reset { address }, "password", Code::PasswordTooCommon),
        ),
        ("sign-in-link", page(sign_in(Some(asked), None, false))),
        ("sign-in-link-own", page(sign_in(Some(asked), None, true))),
        (
            "sign-in-link-busy",
            opened(
                sign_in(None, None, true),
                Some(Code::Throttled),
                FieldErrors::none(),
            )
            .html(),
        ),
        (
            "sign-in-link-switch",
            page(sign_in(Some(elsewhere), Some(&other), true)),
        ),
        ("invite", page(invite(InviteTo::ChoosePassword, &roles))),
        (
            "invite-known",
            page(invite(
                InviteTo::SignInFirst {
                    login_href: &login_href,
                },
                &[],
            )),
        ),
        ("invite-accept", page(invite(InviteTo::Accept, &roles))),
        (
            "new-address",
            page(Act::Email {
                address,
                now: &other,
            }),
        ),
        (
            "undo-email",
            page(Act::Undo {
                address,
                what: Undoing::Email,
            }),
        ),
        (
            "undo-deletion",
            page(Act::Undo {
                address,
                what: Undoing::Deletion,
            }),
        ),
        (
            "smart-link",
            page(Act::Link {
                path: &path,
                until: Time(now.0.saturating_add(Span::days(3).0)),
            }),
        ),
        ("change", page(Act::Change { address })),
        (
            "change-short",
            refused(
                Act::Change { address },
                "newPassword",
                Code::PasswordTooShort,
            ),
        ),
    ]
}
