//! What each form asks for and where it goes: what password managers, scripts and the flows rely on.

use super::{attribute, every_page, page, tags};
use crate::{kit::time::Time, pages::*};

/// Fields as a password manager sees them: name and what to fill in.
fn fields(html: &str) -> Vec<(&str, &str)> {
    tags(html, "input")
        .into_iter()
        .filter_map(|input| {
            let name = attribute(input, "name").unwrap_or("");
            Some((name, attribute(input, "autocomplete")?))
        })
        .collect()
}

fn hidden(html: &str) -> Vec<(&str, &str)> {
    tags(html, "input")
        .into_iter()
        .filter(|input| attribute(input, "type") == Some("hidden"))
        .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
        .collect()
}

fn actions(html: &str) -> Vec<&str> {
    tags(html, "form")
        .into_iter()
        .filter_map(|form| attribute(form, "action"))
        .collect()
}

#[test]
fn password_managers_know_which_password_is_meant() {
    let (old, new) = ("current-password", "new-password");
    for (name, expected) in [
        ("login", vec![("email", "username"), ("password", old)]),
        ("reauth", vec![("email", "username"), ("password", old)]),
        ("signup", vec![("email", "username"), ("password", new)]),
        ("forgot", vec![("email", "username")]),
        ("magic", vec![("email", "username")]),
        ("verify", vec![]),
        ("verify-password", vec![("password", new)]),
        ("reset", vec![("password", new)]),
        ("invite", vec![("password", new)]),
        ("invite-known", vec![]),
        ("change", vec![("newPassword", new)]),
        (
            "account",
            vec![
                ("", "username"),
                ("password", old),
                ("newPassword", new),
                ("email", "email"),
            ],
        ),
        (
            "account-no-password",
            vec![("", "username"), ("newPassword", new), ("email", "email")],
        ),
    ] {
        assert_eq!(fields(&page(name)), expected, "{name}");
    }
}

#[test]
fn an_opened_link_posts_its_visit_to_its_own_page() {
    for (name, action) in [
        ("verify", "/login/verify"),
        ("reset", "/login/reset"),
        ("sign-in-link", "/login/magic"),
        ("invite", "/login/invite"),
        ("invite-accept", "/login/invite"),
        ("new-address", "/login/email"),
        ("undo-email", "/login/undo"),
        ("undo-deletion", "/login/undo"),
        ("smart-link", "/login/link"),
        ("change", "/login"),
    ] {
        let html = page(name);
        assert_eq!(actions(&html), [action], "{name}");
        assert_eq!(hidden(&html), [("visit", "c29tZSB2aXNpdCBpZA")], "{name}");
        assert_eq!(tags(&html, "button").len(), 1, "{name}: one button");
        if name != "smart-link" {
            assert!(html.contains("<b>a•••@example.com</b>"), "{name}: whom");
        }
    }
}

#[test]
fn someone_invited_who_has_an_account_is_sent_to_sign_in_and_back() {
    let html = page("invite-known");
    assert!(actions(&html).is_empty(), "nothing to post yet");
    assert!(html.contains("href=\"/login?next=%2Flogin%2Finvite\""));
    assert!(page("invite").contains(">billing:read<"), "roles are named");
}

#[test]
fn a_sign_in_link_tells_who_asked_and_whom_it_replaces() {
    let told = "Asked for 3 minutes ago by Firefox on Linux, Lisbon, Portugal.";
    assert!(page("sign-in-link").contains(told));
    assert!(!page("sign-in-link-busy").contains("Asked for"));
    let html = page("sign-in-link-switch");
    assert!(html.contains("Asked for just now by Firefox on Linux."));
    assert!(html.contains("signed in as bob@example.org"));
    assert!(html.contains(">Switch to a•••@example.com</button>"));
}

#[test]
fn what_waits_for_a_sign_in_survives_it() {
    let html = page("reauth");
    assert_eq!(actions(&html), ["/login?then=account"]);
    let next = "next=%2Freports%3Fyear%3D2026%26all&#38;then=account";
    for way in ["magic", "forgot"] {
        let href = format!("href=\"/login/{way}?{next}\"");
        assert!(html.contains(&href), "{way}");
    }
    let field = tags(&html, "input")
        .into_iter()
        .find(|input| attribute(input, "name") == Some("email"))
        .unwrap();
    assert!(field.contains(" readonly"), "nobody else can confirm");
    assert_eq!(attribute(field, "value"), Some("ada@example.com"));
    assert!(!html.contains("/signup"));
    assert_eq!(actions(&page("magic")), ["/login/magic?then=account"]);
    assert!(
        !page("login-plain").contains("/login/magic"),
        "switched off"
    );
}

#[test]
fn what_cannot_be_taken_back_asks_for_a_fresh_sign_in() {
    let acts = |name| {
        let html = page(name);
        let acts = hidden(&html)
            .into_iter()
            .filter(|(name, _)| *name == "action");
        acts.map(|(_, act)| act.to_owned()).collect::<Vec<_>>()
    };
    let sessions = ["end-session", "end-session", "end-others", "end-all"];
    let (password, email, delete) = ("change-password", "change-email", "delete-account");
    let expected = [&sessions[..], &[password, email, delete]].concat();
    assert_eq!(acts("account"), expected);
    assert!(page("account").contains("href=\"/auth/export\""));
    assert_eq!(
        acts("account-old"),
        [&sessions[..], &[password]].concat(),
        "who knows the password proves it there"
    );
    assert_eq!(acts("account-no-password-old"), sessions);
    let html = page("account-no-password-old");
    assert!(!html.contains("/auth/export"));
    assert_eq!(html.matches("href=\"/login?then=account\"").count(), 4);
}

#[test]
fn a_folded_form_opens_where_something_is_wrong() {
    let open = |name| page(name).matches("<details open>").count();
    assert_eq!(
        (
            open("account"),
            page("account").matches("<details>").count()
        ),
        (0, 3)
    );
    assert_eq!(
        (
            open("account-wrong-password"),
            open("account-wrong-address")
        ),
        (1, 1)
    );
    let html = page("account-wrong-password");
    assert!(html.contains("This is not your current password."));
    assert!(page("account-wrong-address").contains("value=\"ada@new.example.com\""));
    assert!(page("account-alone").contains("Waiting for confirmation: ada@new.example.com"));
}

/// A script without the nonce never runs, and one on any other page is not allowed for by its headers.
#[test]
fn one_page_presses_its_own_button() {
    let script = "<script nonce=\"bm9uY2U\">document.forms[0].requestSubmit()</script>";
    assert!(page("sign-in-link-own").contains(script));
    let brand = Brand::default();
    let runs = |own_browser, other, told: Option<Code>| {
        let shell = Shell {
            brand: &brand,
            nonce: "n",
            prefix: "/login",
            feedback: told.map(Feedback::from),
        };
        let opened = Opened {
            shell,
            visit: "v",
            act: Act::SignIn {
                address: "a•••@example.com",
                asked: None,
                other,
                own_browser,
            },
            min_length: 15,
            now: Time(0),
            errors: FieldErrors::none(),
        };
        assert_eq!(opened.html().contains("<script"), opened.runs_script());
        opened.runs_script()
    };
    assert!(runs(true, None, None));
    assert!(!runs(false, None, None), "not in another browser");
    assert!(
        !runs(true, Some("bob@example.org"), None),
        "not when it would switch accounts"
    );
    assert!(
        !runs(true, None, Some(Code::Throttled)),
        "not again after a refusal: it would never end"
    );
}

/// Each text is read from the one table: none is left that a name does not replace.
#[test]
fn every_text_on_a_page_can_be_replaced() {
    let html = every_page(&|text| {
        let plain = |c: char| if c.is_ascii_alphabetic() { 'x' } else { c };
        text.chars().map(plain).collect()
    });
    for (name, html) in html.iter().filter(|(name, _)| *name != "config") {
        let (_, body) = html.split_once("<body>").unwrap();
        let body = body.split("<script").next().unwrap();
        let shown = body.split('>').filter_map(|piece| piece.split('<').next());
        let ours: Vec<&str> = shown
            .filter(|text| {
                text.chars()
                    .any(|c| c.is_ascii_alphabetic() && !matches!(c, 'x' | 'X'))
            })
            .collect();
        assert!(ours.is_empty(), "{name}: {ours:?}");
    }
}
