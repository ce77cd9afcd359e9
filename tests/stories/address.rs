//! Moving to another address, and back.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{BETTER, GOOD, Twin};

const OLD: &str = "ada@example.org";
const NEW: &str = "ada@example.net";
const TAKEN_BACK: &str = "auth.undo.email";
const MOVED: &str = "auth.notice.email_changed";

#[test]
fn nothing_is_claimed_before_the_new_address_is_proved() {
    let twin = Twin::new();
    let mut ada = twin.member(OLD);
    ada.wants_address(NEW);
    let mut bob = twin.member(NEW);
    assert!(bob.is_signed_in(), "somebody else may still register it");
    let page = ada.fetches("GET", "/auth/session");
    assert_eq!(page.json()["account"]["email"], OLD);
}

#[test]
fn the_link_sent_there_moves_the_account() {
    let twin = Twin::new();
    let mut ada = twin.member(OLD);
    ada.moves_to(NEW);
    assert_eq!(ada.at, "/login/account");
    assert!(ada.page().body.contains(NEW));
    ada.signs_out().signs_in();
    assert!(ada.is_signed_in(), "with the new address");
    let mut old = ada.reads(OLD).elsewhere();
    assert_eq!(old.tries_to_sign_in().code(), "auth.login.invalid");
    old.is_told(MOVED);
}

#[test]
fn an_address_that_was_taken_meanwhile_is_told_to_who_proved_it() {
    let twin = Twin::new();
    let mut ada = twin.member(OLD);
    let link = ada.wants_address(NEW);
    twin.member(NEW);
    ada.visits(&link).presses();
    assert_eq!(ada.told, "auth.email.taken");
    let page = ada.fetches("GET", "/auth/session");
    assert_eq!(page.json()["account"]["email"], OLD);
}

#[test]
fn the_owner_of_the_wanted_address_hears_of_it_and_the_asker_does_not() {
    let twin = Twin::new();
    let bob = twin.member(NEW);
    let mut ada = twin.member(OLD);
    ada.acts("change-email", &[("email", NEW)]);
    assert_eq!(ada.told, "auth.email.change_accepted");
    bob.is_told("auth.notice.already_registered");
    assert_eq!(twin.mails_of("auth.email_change", NEW), 0);
}

#[test]
fn within_three_days_the_old_address_takes_everything_back() {
    let twin = Twin::new();
    let mut thief = twin.member(OLD);
    thief.moves_to(NEW);
    twin.waits(Span::hours(71));
    thief.signs_out().signs_in();
    let mut owner = thief.reads(OLD).elsewhere();
    owner.opens_mail().presses();
    assert_eq!(
        (owner.told.as_str(), owner.at.as_str()),
        (TAKEN_BACK, "/login/forgot")
    );
    assert!(!thief.is_signed_in(), "every session ended");
    for address in [OLD, NEW] {
        let mut knows = thief.reads(address).elsewhere();
        assert_eq!(knows.tries_to_sign_in().status, 401, "the password is void");
    }
    owner.forgets_password().opens_mail().chooses(BETTER);
    owner
        .is_told("auth.notice.password_changed")
        .clone()
        .signs_in();
    let mut bob = twin.member(NEW);
    assert!(bob.is_signed_in(), "the other address is free again");
}

#[test]
fn after_three_days_the_old_address_is_free_and_the_link_is_dead() {
    let twin = Twin::new();
    let mut ada = twin.member(OLD);
    ada.moves_to(NEW);
    let link = ada.reads(OLD).receives_link();
    twin.waits(Span::hours(72));
    let mut late = ada.reads(OLD).elsewhere();
    late.visits(&link);
    assert_eq!(late.told, "auth.token.invalid");
    // Its object keeps it an hour longer, for a change that is taken back at the last moment.
    twin.waits(Span::hours(1));
    let mut bob = twin.member(OLD);
    assert!(bob.is_signed_in() && bob.account() != { ada.signs_in().account() });
}

#[test]
fn until_then_nobody_registers_it() {
    let twin = Twin::new();
    let mut ada = twin.member(OLD);
    ada.moves_to(NEW);
    ada.reads(OLD).receives_link();
    let mut eve = twin.visitor(OLD);
    eve.signs_up(GOOD);
    assert_eq!(
        eve.told, "auth.register.check_email",
        "the same lie as ever"
    );
    twin.waits(Span::hours(1));
    assert_eq!(twin.mails_of("auth.verify", OLD), 1, "that of ada alone");
}

#[test]
fn the_oldest_of_several_takes_back_later_ones() {
    let twin = Twin::new();
    let mut thief = twin.member(OLD);
    thief.moves_to("one@example.net");
    let undo = thief.reads(OLD).receives_link();
    thief.moves_to("two@example.net");
    thief.reads("one@example.net").is_told(MOVED);
    let letters = twin.mails();
    let to_one = letters
        .iter()
        .rev()
        .find(|mail| mail.to == "one@example.net");
    assert_eq!(
        to_one.expect("a notice").link,
        None,
        "only the oldest counts"
    );
    let mut owner = thief.reads(OLD).elsewhere();
    owner.visits(&undo).presses();
    assert_eq!(owner.told, TAKEN_BACK);
    assert!(!thief.is_signed_in());
    for freed in ["one@example.net", "two@example.net"] {
        assert!(twin.member(freed).is_signed_in(), "{freed}");
    }
}

#[test]
fn whoever_forgot_at_the_old_address_is_sent_the_way_back() {
    let twin = Twin::new();
    let mut thief = twin.member(OLD);
    thief.moves_to(NEW);
    thief.reads(OLD).receives_link();
    twin.waits(Span::hours(1));
    let mut owner = thief.reads(OLD).elsewhere();
    owner.forgets_password().opens_mail();
    assert_eq!(owner.at, "/login/undo");
    owner.presses();
    assert_eq!(owner.told, TAKEN_BACK);
}

#[test]
fn without_undo_the_old_address_is_free_at_once() {
    let twin = Twin::with(&[("EMAIL_UNDO", json!("off"))]);
    let mut ada = twin.member(OLD);
    ada.moves_to(NEW);
    let told = ada.reads(OLD);
    told.is_told(MOVED);
    assert!(
        twin.mails()
            .iter()
            .all(|mail| mail.kind != MOVED || mail.link.is_none())
    );
    assert!(twin.member(OLD).is_signed_in());
}
