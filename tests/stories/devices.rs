//! Where somebody is signed in, and signing out elsewhere.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use crate::twin::{BETTER, Twin, Visitor};

fn sessions(visitor: &mut Visitor) -> Vec<Value> {
    visitor.fetches("GET", "/auth/sessions").json()["sessions"]
        .as_array()
        .expect("a list")
        .clone()
}

/// Strangers shut their own lane for this address.
fn strangers_shut_their_lane(twin: &Twin, email: &str) {
    let mut eve = twin.visitor("eve@example.org");
    let wrong = json!({ "email": email, "password": BETTER });
    while eve.asks_json("/auth/login", &wrong).status == 401 {}
}

#[test]
fn every_session_is_listed_with_the_one_that_asks_marked() {
    let twin = Twin::new();
    let desk = twin.member("ada@example.org");
    twin.waits(Span::minutes(5));
    let mut phone = desk.elsewhere();
    phone.signs_in().is_told("auth.notice.new_device");
    let rows = sessions(&mut phone);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["id"], phone.session());
    assert_eq!(
        (&rows[0]["current"], &rows[1]["current"]),
        (&true.into(), &false.into())
    );
    assert_eq!(
        (&rows[0]["device"], &rows[0]["place"]),
        (&"Firefox on Linux".into(), &"Lisbon, PT".into())
    );
    assert_eq!(rows[0]["firstSeen"], twin.now().rfc3339());
    phone.visits("/login/account");
    assert_eq!(phone.status(), 200);
    assert!(phone.page().body.contains("ada@example.org"));
}

#[test]
fn one_session_can_be_ended_from_another() {
    let twin = Twin::new();
    let mut desk = twin.member("ada@example.org");
    let mut phone = desk.elsewhere();
    phone.signs_in().is_told("auth.notice.new_device");
    let target = format!("/auth/sessions/{}", desk.session());
    let page = phone.fetches("DELETE", &target);
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.session.revoked")
    );
    assert!(!desk.is_signed_in() && phone.is_signed_in());
    assert_eq!(phone.fetches("DELETE", &target).status, 404);
}

#[test]
fn nobody_ends_a_session_that_is_not_theirs() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let mut eve = twin.member("eve@example.org");
    let page = eve.fetches("DELETE", &format!("/auth/sessions/{}", ada.session()));
    assert_eq!(page.status, 404);
    assert!(ada.is_signed_in());
}

#[test]
fn signing_out_elsewhere_ends_every_other_session_and_takes_their_marks() {
    let twin = Twin::new();
    let mut desk = twin.member("ada@example.org");
    let mut phone = desk.elsewhere();
    phone.signs_in().is_told("auth.notice.new_device");
    desk.submits("/login/account", &[("action", "end-others")]);
    assert_eq!(desk.at, "/login/account");
    assert!(desk.is_signed_in() && !phone.is_signed_in());
    assert_eq!(sessions(&mut desk).len(), 1);

    strangers_shut_their_lane(&twin, "ada@example.org");
    phone.visits("/login").signs_in();
    assert!(
        !phone.is_signed_in(),
        "its mark is gone: it is a stranger now"
    );
    desk.signs_out().signs_in();
    assert!(desk.is_signed_in(), "this one kept its mark");
}

#[test]
fn marks_are_taken_also_when_the_address_does_not_answer_at_once() {
    let twin = Twin::new();
    let mut desk = twin.member("ada@example.org");
    let mut phone = desk.elsewhere();
    phone.signs_in().is_told("auth.notice.new_device");
    // Touch, then the ending, then the account tells the address.
    twin.fails_at(3, crate::twin::Fault::Lost);
    desk.submits("/login/account", &[("action", "end-others")]);
    assert!(twin.is_well_again());
    assert_eq!(
        desk.at, "/login/account",
        "done, as far as the visitor need know"
    );
    twin.waits(Span::seconds(10));
    strangers_shut_their_lane(&twin, "ada@example.org");
    phone.visits("/login").signs_in();
    assert!(!phone.is_signed_in());
}

#[test]
fn a_session_that_is_ended_elsewhere_leads_to_sign_in() {
    let twin = Twin::new();
    let mut desk = twin.member("ada@example.org");
    let mut phone = desk.elsewhere();
    phone.signs_in().is_told("auth.notice.new_device");
    desk.submits(
        "/login/account",
        &[("action", "end-session"), ("session", &phone.session())],
    );
    phone.visits("/login/account");
    assert_eq!(phone.at, "/login?then=account");
    assert_eq!(phone.cookie("__Host-edgeward"), None);
}

#[test]
fn signing_out_everywhere_ends_this_session_too_and_takes_every_mark() {
    let twin = Twin::new();
    let mut desk = twin.member("ada@example.org");
    let mut phone = desk.elsewhere();
    phone.signs_in().is_told("auth.notice.new_device");
    let reset = desk.forgets_password().receives_link();
    let page = desk.asks_json("/auth/end-sessions", &json!({ "which": "all" }));
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.session.all_revoked")
    );
    assert!(!desk.is_signed_in() && !phone.is_signed_in());
    desk.visits(&reset);
    assert_eq!(
        desk.told, "auth.token.invalid",
        "links on their way are void"
    );
    strangers_shut_their_lane(&twin, "ada@example.org");
    desk.visits("/login").signs_in();
    assert_eq!(desk.told, "auth.throttled", "its mark is gone too");
}

#[test]
fn the_journal_calls_a_marked_browser_no_new_one() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    ada.signs_out();
    ada.visits("/login").signs_in();
    let mut elsewhere = ada.elsewhere();
    elsewhere.visits("/login").signs_in();
    elsewhere.is_told("auth.notice.new_device");
    let lines = twin.journal(&account);
    let new: Vec<bool> = lines
        .iter()
        .filter(|line| line.contains("signed_in"))
        .map(|line| line.contains(r#""new_device":true"#))
        .collect();
    assert_eq!(new, [true, false, true]);
}
