//! Proving an address: the link, the button, and who chooses the password.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{BETTER, GOOD, Twin};

#[test]
fn another_browser_chooses_the_password() {
    let twin = Twin::new();
    let mut desk = twin.visitor("ada@example.org");
    desk.visits("/private/here").signs_up(GOOD);
    let mut phone = desk.elsewhere();
    phone.opens_mail().confirms_with(BETTER);
    assert!(phone.is_signed_in());
    assert_eq!(
        phone.at, "/",
        "the path is known to the browser that registered alone"
    );

    desk.visits("/login").signs_in_with(GOOD);
    assert_eq!(
        desk.told, "auth.login.invalid",
        "the password of the sign-up is gone"
    );
    desk.signs_in_with(BETTER);
    assert!(desk.is_signed_in());
    desk.is_told("auth.notice.new_device");
}

#[test]
fn another_browser_is_told_so_by_json() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    let link = ada.signs_up(GOOD).receives_link();
    let token = link.split_once("?token=").unwrap().1;
    let mut phone = ada.elsewhere();
    let page = phone.asks_json("/auth/verify", &json!({ "token": token }));
    assert_eq!(
        (page.status, page.code().as_str()),
        (422, "auth.verify.password_needed")
    );
    let page = phone.asks_json(
        "/auth/verify",
        &json!({ "token": token, "password": "short" }),
    );
    assert_eq!(page.json()["fields"]["password"], "auth.password.too_short");
    phone.password = BETTER.to_owned();
    let page = phone.asks_json(
        "/auth/verify",
        &json!({ "token": token, "password": BETTER }),
    );
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.verify.success")
    );
}

#[test]
fn opening_a_link_any_number_of_times_does_nothing() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    let link = ada.signs_up(GOOD).receives_link();
    let mut scanner = ada.elsewhere();
    for method in ["GET", "HEAD", "GET"] {
        let page = scanner.fetches(method, &link);
        assert_eq!(
            (page.status, page.header("location")),
            (303, Some("/login/verify"))
        );
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        scanner.visits("/login/verify");
    }
    ada.visits(&link).confirms();
    assert!(ada.is_signed_in());
}

#[test]
fn an_equal_post_within_ten_minutes_has_the_same_answer() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.visits("/private").signs_up(GOOD).opens_mail();
    let mut impatient = ada.clone();
    ada.confirms();
    let session = ada.session();
    twin.waits(Span::seconds(599));
    impatient.confirms();
    assert_eq!(impatient.at, "/private");
    assert_eq!(
        impatient.session(),
        session,
        "the same session, not a second one"
    );
    let page = ada.fetches("GET", "/auth/sessions");
    assert_eq!(page.json()["sessions"].as_array().unwrap().len(), 1);
}

#[test]
fn after_ten_minutes_an_equal_post_is_told_that_the_link_was_used() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD).opens_mail();
    let mut late = ada.clone();
    ada.confirms();
    twin.waits(Span::minutes(10));
    // The ticket has expired with the repetition; a copy of it is no help.
    let ticket = late.jar.clone();
    late.confirms();
    assert_eq!(late.told, "auth.token.invalid");
    let value = ticket
        .value(
            "__Host-edgeward-ticket-verify",
            twin.now() - Span::seconds(1),
        )
        .unwrap();
    late.jar.plant("__Host-edgeward-ticket-verify", value);
    late.visits("/login/verify");
    assert!(!late.is_signed_in());
}

#[test]
fn an_equal_post_after_signing_out_signs_nobody_in() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD).opens_mail();
    let mut copy = ada.copied();
    copy.page.clone_from(&ada.page);
    ada.confirms().signs_out();
    copy.confirms();
    assert!(!copy.is_signed_in(), "repeating an answer mints nothing");
}

#[test]
fn another_post_of_the_same_link_is_told_that_it_was_used() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    let link = ada.signs_up(GOOD).receives_link();
    ada.visits(&link);
    let mut twice = ada.clone();
    twice.visits(&link);
    ada.confirms();
    twice.confirms();
    assert_eq!(
        twice.told, "auth.token.used",
        "another visit of the same browser"
    );
    let mut other = ada.elsewhere();
    other.visits(&link);
    assert!(!other.page().asks_for("visit"));
}

#[test]
fn json_is_never_answered_twice() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    let link = ada.signs_up(GOOD).receives_link();
    let token = json!({ "token": link.split_once("?token=").unwrap().1 });
    assert_eq!(ada.asks_json("/auth/verify", &token).status, 200);
    let page = ada.asks_json("/auth/verify", &token);
    assert_eq!(
        (page.status, page.code().as_str()),
        (400, "auth.token.used")
    );
}

#[test]
fn a_token_is_judged_before_the_other_fields() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    let never = format!("verify.{}.{}", "a".repeat(52), "A".repeat(43));
    for (token, code) in [
        ("nonsense", "auth.token.invalid"),
        (
            "reset.abc.AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
            "auth.token.invalid",
        ),
        (never.as_str(), "auth.token.invalid"),
    ] {
        let page = ada.asks_json("/auth/verify", &json!({ "token": token, "password": "x" }));
        assert_eq!((page.status, page.code().as_str()), (400, code), "{token}");
    }
    let page = ada.asks_json("/auth/verify", &json!({ "password": "x" }));
    assert_eq!(
        (page.status, page.code().as_str()),
        (422, "auth.field.required")
    );
    let page = ada.asks_json("/auth/verify", &json!({ "token": "x", "role": "admin" }));
    assert_eq!(page.code(), "auth.token.invalid");
}

#[test]
fn a_form_without_the_visit_of_its_ticket_is_refused() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD).opens_mail();
    let other = edgeward::kit::id::VisitId::from_bits(&[9; 16]);
    ada.clone()
        .submits("/login/verify", &[("visit", other.as_str())]);
    let mut bare = ada.clone();
    bare.jar.lose("__Host-edgeward-ticket-verify");
    bare.confirms();
    assert_eq!(bare.told, "auth.token.invalid");
    ada.confirms();
    assert!(ada.is_signed_in(), "and the link was not used up");
}
