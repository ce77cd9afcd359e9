//! Sensitive acts need a sign-in that is not older than five minutes.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use crate::twin::{GOOD, Twin, Visitor};

/// What needs it, each by JSON.
const ACTS: [&str; 2] = ["/auth/change-email", "/auth/delete-account"];

fn body(act: &str) -> Value {
    match act {
        "/auth/change-email" => json!({ "email": "ada@example.net" }),
        _ => json!({}),
    }
}

fn member(twin: &Twin) -> Visitor {
    twin.leaves_mail_unread();
    twin.member("ada@example.org")
}

#[test]
fn within_five_minutes_nothing_more_is_asked_and_later_it_is() {
    for act in ACTS {
        let twin = Twin::new();
        let ada = member(&twin);
        twin.waits(Span(Span::minutes(5).0 - 1));
        let status = ada.clone().asks_json(act, &body(act)).status;
        assert!([200, 202].contains(&status), "{act}");
        let twin = Twin::new();
        let mut late = member(&twin);
        twin.waits(Span::minutes(5));
        let page = late.asks_json(act, &body(act));
        assert_eq!(
            (page.status, page.code().as_str()),
            (401, "auth.session.reauth"),
            "{act}"
        );
        assert!(late.is_signed_in(), "{act}: nothing else happened");
    }
}

#[test]
fn or_the_password_beside_the_act() {
    for act in ACTS {
        let twin = Twin::new();
        let mut ada = member(&twin);
        twin.waits(Span::hours(1));
        let mut with_password = body(act);
        with_password["password"] = json!("seven green umbrellas wait");
        assert_eq!(
            ada.asks_json(act, &with_password).code(),
            "auth.login.invalid",
            "{act}"
        );
        with_password["password"] = json!(GOOD);
        let status = ada.asks_json(act, &with_password).status;
        assert!([200, 202].contains(&status), "{act}");
    }
}

#[test]
fn the_page_leads_to_a_sign_in_and_back_and_the_session_has_another_id() {
    let twin = Twin::new();
    let mut ada = member(&twin);
    twin.waits(Span::hours(1));
    let before = ada.session();
    ada.acts("delete-account", &[]);
    assert_eq!(
        (ada.told.as_str(), ada.at.as_str()),
        ("auth.session.reauth", "/login?then=account")
    );
    ada.signs_in();
    assert_eq!(ada.at, "/login/account", "and back");
    assert_ne!(ada.session(), before);
    ada.acts("delete-account", &[]);
    assert_eq!(ada.told, "auth.account.deletion_started");
}

#[test]
fn a_link_confirms_as_well_as_a_password() {
    let twin = Twin::new();
    let mut ada = member(&twin);
    twin.waits(Span::hours(1));
    let before = ada.session();
    ada.asks_for_link_to("/").opens_mail().presses();
    assert_ne!(ada.session(), before);
    assert_eq!(ada.sessions().len(), 1, "it takes the place of the old one");
    assert_eq!(
        ada.asks_json("/auth/delete-account", &json!({})).status,
        200
    );
}

#[test]
fn a_rule_may_ask_for_it_too() {
    let rules = json!([{ "path": "/vault/*", "access": "required", "reauth": "5m" }]);
    let twin = Twin::with(&[("ACCESS_RULES", rules)]);
    let mut ada = member(&twin);
    ada.visits("/vault/gold");
    assert!(ada.seen().account.is_some());
    twin.waits(Span(Span::minutes(5).0 + 1));
    ada.visits("/vault/gold");
    assert!(
        ada.page().seen.is_none() && ada.at.starts_with("/login"),
        "{}",
        ada.at
    );
    ada.signs_in();
    assert_eq!(ada.at, "/vault/gold");
    assert!(ada.seen().account.is_some());
}
