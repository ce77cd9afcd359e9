//! Changing the password from the account page.

use serde_json::json;

use crate::twin::{BETTER, GOOD, Twin};

const CHANGED: &str = "auth.notice.password_changed";

#[test]
fn the_current_one_changes_it_and_every_other_session_ends() {
    let twin = Twin::new();
    let mut desk = twin.member("ada@example.org");
    let mut phone = desk.elsewhere();
    phone.signs_in().is_told("auth.notice.new_device");
    let before = desk.session();
    desk.acts(
        "change-password",
        &[("password", GOOD), ("newPassword", BETTER)],
    );
    assert_eq!(desk.told, "auth.password.changed");
    assert_eq!(desk.at, "/login/account");
    desk.is_told(CHANGED);
    assert!(desk.is_signed_in() && !phone.is_signed_in());
    assert_ne!(desk.session(), before, "the session has another id");
    phone.visits("/login").signs_in_with(GOOD);
    assert_eq!(phone.told, "auth.login.invalid");
    phone.signs_in_with(BETTER);
    assert!(phone.is_signed_in());
}

#[test]
fn a_wrong_current_one_changes_nothing_and_counts_as_an_attempt() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let wrong = json!({ "password": BETTER, "newPassword": "seven green umbrellas wait" });
    for _ in 0..10 {
        let page = ada.asks_json("/auth/change-password", &wrong);
        assert_eq!(
            (page.status, page.code().as_str()),
            (401, "auth.login.invalid")
        );
        assert_eq!(page.json()["fields"]["password"], "auth.login.invalid");
    }
    let page = ada.asks_json("/auth/change-password", &wrong);
    assert_eq!(page.status, 429, "as many as there are to sign in");
    assert!(ada.is_signed_in());
    assert!(
        twin.journal(&ada.account())
            .iter()
            .all(|line| !line.contains("password_changed"))
    );
}

#[test]
fn who_has_one_must_give_it_however_fresh_the_sign_in() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let page = ada.asks_json("/auth/change-password", &json!({ "newPassword": BETTER }));
    assert_eq!(page.status, 422);
    assert_eq!(page.json()["fields"]["password"], "auth.field.required");
    let page = ada.asks_json(
        "/auth/change-password",
        &json!({ "password": GOOD, "newPassword": "short" }),
    );
    assert_eq!(
        page.json()["fields"]["newPassword"],
        "auth.password.too_short"
    );
}

#[test]
fn an_account_without_one_needs_a_fresh_sign_in() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD).receives_link();
    ada.asks_for_link_to("/").opens_mail().presses();
    twin.waits(edgeward::kit::time::Span::minutes(5));
    let chosen = json!({ "newPassword": BETTER });
    let page = ada.asks_json("/auth/change-password", &chosen);
    assert_eq!(
        (page.status, page.code().as_str()),
        (401, "auth.session.reauth")
    );
    ada.asks_for_link_to("/").opens_mail().presses();
    let page = ada.asks_json("/auth/change-password", &chosen);
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.password.changed")
    );
    ada.is_told(CHANGED);
    BETTER.clone_into(&mut ada.password);
    assert_eq!(ada.tries_to_sign_in().status, 200);
}
