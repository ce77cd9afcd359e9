//! The end of an account, the way back, and what is kept of a person.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{GOOD, Twin, objects::Kind};

const GONE: &str = "auth.notice.deletion";

#[test]
fn it_ends_every_session_at_once_and_a_link_calls_it_off() {
    let twin = Twin::new();
    let mut desk = twin.member("ada@example.org");
    let mut phone = desk.elsewhere();
    phone.signs_in().is_told("auth.notice.new_device");
    desk.acts("delete-account", &[("password", GOOD)]);
    assert_eq!(
        (desk.told.as_str(), desk.at.as_str()),
        ("auth.account.deletion_started", "/login")
    );
    assert!(!desk.is_signed_in() && !phone.is_signed_in());
    let page = phone.tries_to_sign_in();
    assert_eq!(
        (page.status, page.code().as_str()),
        (403, "auth.login.disabled")
    );

    twin.waits(Span::hours(71));
    phone.opens_mail().presses();
    assert_eq!(phone.told, "auth.undo.deletion");
    phone.signs_in();
    assert!(phone.is_signed_in());
    twin.waits(Span::hours(72));
    phone.signs_in();
    assert!(phone.is_signed_in(), "and it stays");
    twin.leaves_mail_unread();
}

#[test]
fn after_three_days_it_is_erased_and_one_line_stays() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    ada.acts("delete-account", &[]);
    let link = ada.receives_link();
    twin.waits(Span::hours(72));
    let object = twin.world.object(Kind::Account, &account);
    assert_eq!(twin.journal(&account), [r#"{"event":"erased"}"#]);
    assert!(
        !object.sql.everything().contains("ada@"),
        "not even the address"
    );
    ada.visits(&link);
    assert_eq!(ada.told, "auth.token.invalid");
    assert_eq!(ada.tries_to_sign_in().code(), "auth.login.invalid");
    let mut again = twin.member("ada@example.org");
    assert_ne!(
        again.account(),
        account,
        "the address is free, the account is another one"
    );
}

#[test]
fn whoever_asks_for_a_way_in_meanwhile_is_sent_the_way_back() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    ada.acts("delete-account", &[]);
    ada.is_told(GONE);
    twin.waits(Span::hours(1));
    ada.forgets_password().opens_mail();
    assert_eq!(ada.at, "/login/undo");
    ada.presses();
    assert_eq!(ada.told, "auth.undo.deletion");
}

#[test]
fn everything_kept_can_be_taken_along() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    ada.moves_to("ada@example.net");
    let page = ada.fetches("GET", "/auth/export");
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.export.ready")
    );
    let data = &page.json()["export"];
    assert_eq!(data["email"], "ada@example.net");
    assert_eq!(data["previousAddresses"], json!(["ada@example.org"]));
    assert_eq!(data["sessions"].as_array().expect("a list").len(), 1);
    let events: Vec<_> = data["journal"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|line| line["what"]["event"].as_str().expect("an event").to_owned())
        .collect();
    assert_eq!(
        events,
        ["created", "signed_in", "address_wanted", "address_changed"]
    );
    assert!(!page.body.contains("argon2"), "and no secret");
    twin.waits(Span::minutes(5));
    let page = ada.fetches("GET", "/auth/export");
    assert_eq!(
        (page.status, page.code().as_str()),
        (401, "auth.session.reauth")
    );
    twin.leaves_mail_unread();
}
