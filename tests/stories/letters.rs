//! Letters: sent again when asked, and never lost by a notifier that is away.

use edgeward::kit::time::{Span, Time};

use crate::twin::{GOOD, Notifier, Twin};

#[test]
fn a_letter_can_be_asked_for_again_and_both_links_are_good() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    let first = ada.visits("/private").signs_up(GOOD).receives_link();
    ada.asks_again();
    assert_eq!(
        (ada.told.as_str(), ada.at.as_str()),
        ("auth.resend.accepted", "/login/resend")
    );
    let second = ada.receives_link();
    assert_ne!(first, second, "no token is mailed twice");
    ada.visits(&first).confirms();
    assert_eq!(ada.at, "/private", "the entry of the asking browser");
    ada.visits(&second);
    assert!(!ada.page().asks_for("visit"), "using one removes all");
}

#[test]
fn asking_again_does_not_prolong_a_sign_up() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD).receives_link();
    let end = twin.now() + Span::hours(24);
    twin.waits(Span::hours(23));
    let link = ada.asks_again().receives_link();
    let mails = twin.mails();
    assert_eq!(mails.last().unwrap().expires_at, Some(end.rfc3339()));
    twin.waits(Span::hours(1));
    ada.visits(&link);
    assert!(!ada.page().asks_for("visit"));
}

#[test]
fn asking_again_for_an_address_nobody_registered_sends_nothing() {
    let twin = Twin::new();
    let mut eve = twin.visitor("nobody@example.org");
    let page = eve.asks_json(
        "/auth/resend",
        &serde_json::json!({ "email": "nobody@example.org" }),
    );
    assert_eq!(
        (page.status, page.code().as_str()),
        (202, "auth.resend.accepted")
    );
    let _ada = twin.member("ada@example.org");
    let page = eve.asks_json(
        "/auth/resend",
        &serde_json::json!({ "email": "ada@example.org" }),
    );
    assert_eq!(
        (page.status, page.code().as_str()),
        (202, "auth.resend.accepted")
    );
    assert_eq!(twin.mails().len(), 1, "the member's own");
}

#[test]
fn a_notifier_that_was_down_for_hours_costs_nobody_a_letter() {
    for broken in [
        Notifier::Hangs,
        Notifier::Answers(500, None),
        Notifier::Answers(302, None),
    ] {
        let twin = Twin::new();
        twin.notifier(broken);
        let mut ada = twin.visitor("ada@example.org");
        ada.signs_up(GOOD);
        twin.waits(Span::hours(3));
        twin.notifier(Notifier::Takes);
        twin.waits(Span::hours(5));
        ada.opens_mail().confirms();
        assert!(ada.is_signed_in());
    }
}

#[test]
fn every_try_has_the_same_id_and_a_new_link_and_the_deadline_stays() {
    let twin = Twin::new();
    twin.notifier(Notifier::TakesUnheard);
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD);
    let end = twin.now() + Span::hours(24);
    twin.waits(Span::minutes(30));
    let mails = twin.mails();
    assert_eq!(mails.len(), 5, "at once, after 5 s, 30 s, 2 min and 10 min");
    for (mail, other) in mails.iter().zip(&mails[1..]) {
        assert_eq!(mail.id, other.id);
        assert_ne!(mail.token(), other.token());
        assert_eq!(mail.expires_at, Some(end.rfc3339()));
    }
    twin.notifier(Notifier::Takes);
    twin.waits(Span::hours(1));
    let link = mails[0].link.clone().unwrap();
    ada.visits(&link).confirms();
    assert!(
        ada.is_signed_in(),
        "the first of several links is as good as the last"
    );
    twin.leaves_mail_unread();
}

#[test]
fn a_receiver_that_asks_for_patience_gets_it() {
    let twin = Twin::new();
    twin.notifier(Notifier::Answers(429, Some("1800")));
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD);
    twin.runs_alarms();
    let asked = twin.now();
    twin.notifier(Notifier::Takes);
    twin.waits(Span::minutes(29));
    assert_eq!(twin.mails().len(), 0);
    twin.waits(Span::minutes(2));
    let mails = twin.mails();
    assert_eq!(mails.len(), 1);
    assert!(
        mails[0].at >= asked + Span::minutes(30),
        "not earlier than it asked for"
    );
}

#[test]
fn a_letter_that_was_never_taken_is_dropped_at_its_deadline() {
    let twin = Twin::new();
    twin.notifier(Notifier::Answers(500, None));
    twin.visitor("ada@example.org").signs_up(GOOD);
    twin.waits(Span::hours(25));
    twin.notifier(Notifier::Takes);
    twin.waits(Span::days(2));
    assert_eq!(twin.mails().len(), 0);
    assert!(
        twin.world
            .log()
            .iter()
            .any(|line| line.contains("letter_expired")),
        "and that is logged"
    );
}

#[test]
fn nothing_is_lost_while_the_machine_is_off() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD);
    twin.is_off_for(Span::hours(20));
    ada.opens_mail().confirms();
    assert!(ada.is_signed_in());
    assert!(twin.now() > Time(0));
}
