//! Signing in by a link: in the browser that asked, in another one, beside somebody else's session, and at
//! an address that was never proved.

use serde_json::json;

use crate::twin::{BETTER, GOOD, Twin};

#[test]
fn in_the_browser_that_asked_the_page_presses_its_own_button() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org").elsewhere();
    ada.visits("/private/here?x=1")
        .asks_for_link_to("/private/here?x=1");
    assert_eq!(ada.told, "auth.magic.accepted");
    ada.opens_mail();
    assert!(
        ada.page().body.contains("<script nonce="),
        "it presses by itself"
    );
    ada.presses();
    assert_eq!(ada.at, "/private/here?x=1", "where they wanted to go");
    assert!(ada.seen().identity.contains("methods=(link)"));
}

#[test]
fn in_another_browser_a_person_presses_it_and_sees_who_asked() {
    let twin = Twin::new();
    let mut desk = twin.member("ada@example.org").elsewhere();
    let link = desk.asks_for_link_to("/").receives_link();
    let mut phone = desk.elsewhere();
    phone.visits(&link);
    let body = phone.page().body.clone();
    assert!(!body.contains("<script"), "nothing presses it for them");
    assert!(body.contains("Firefox on Linux") && body.contains("Lisbon, PT"));
    phone.presses();
    assert!(phone.is_signed_in() && !desk.is_signed_in());
}

#[test]
fn beside_another_account_both_addresses_are_named() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    let mut shared = twin.member("eve@example.net");
    shared.email.clone_from(&ada.email);
    let link = shared.asks_for_link_to("/").receives_link();
    shared.visits(&link);
    let body = &shared.page().body;
    assert!(!body.contains("<script"), "also in the browser that asked");
    assert!(
        body.contains("eve@example.net") && body.contains("a•••@example.org"),
        "{body}"
    );
    shared.presses();
    let page = shared.fetches("GET", "/auth/session");
    assert_eq!(page.json()["account"]["email"], "ada@example.org");
}

#[test]
fn at_an_unproved_address_it_makes_an_account_without_a_password() {
    let twin = Twin::new();
    let mut eve = twin.visitor("ada@example.org");
    let planted = eve.signs_up(GOOD).receives_link();
    let mut ada = eve.elsewhere();
    ada.asks_for_link_to("/private").opens_mail().presses();
    assert_eq!(ada.at, "/private");
    assert!(ada.is_signed_in());
    eve.visits(&planted);
    assert!(!eve.page().asks_for("visit"), "pending sign-ups are void");
    assert_eq!(eve.tries_to_sign_in().status, 401, "and their passwords");

    ada.acts("change-password", &[("newPassword", BETTER)]);
    assert_eq!(
        ada.told, "auth.password.changed",
        "the first one needs none before"
    );
    ada.is_told("auth.notice.password_changed");
}

#[test]
fn nobody_is_written_to_at_an_unknown_address() {
    let twin = Twin::new();
    let mut eve = twin.visitor("nobody@example.org");
    eve.asks_for_link_to("/");
    assert_eq!(eve.told, "auth.magic.accepted");
    assert_eq!(twin.mails().len(), 0);
}

#[test]
fn it_can_be_switched_off() {
    let twin = Twin::with(&[("MAGIC_LINKS", json!("off"))]);
    let mut ada = twin.member("ada@example.org");
    ada.asks_for_link_to("/");
    assert_eq!(ada.told, "auth.magic.closed");
    let page = ada.asks_json("/auth/magic-request", &json!({ "email": ada.email }));
    assert_eq!(
        (page.status, page.code().as_str()),
        (403, "auth.magic.closed")
    );
    let page = ada.asks_json("/auth/magic", &json!({ "token": "x" }));
    assert_eq!(
        (page.status, page.code().as_str()),
        (403, "auth.magic.closed")
    );
    assert_eq!(twin.mails_of("auth.magic", "ada@example.org"), 0);
}

#[test]
fn it_is_no_way_around_a_password_that_must_be_changed() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let path = format!("/auth/admin/accounts/{}", ada.account());
    let program = twin.operator("accounts");
    program.patches(&path, &json!({ "forcePasswordChange": true }));
    ada.asks_for_link_to("/").opens_mail().presses();
    assert_eq!(ada.told, "auth.login.password_change_required");
    assert_eq!(ada.at, "/login/forgot");
    assert!(!ada.is_signed_in());
    program.patches(&path, &json!({ "forcePasswordChange": false }));
    ada.visits("/login/magic").presses();
    assert!(ada.is_signed_in(), "what was refused used no link up");
}
