//! A thief who had the account for a while, or a copy of its session, and wants to stay.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{BETTER, Fault, GOOD, Twin, figures::figure};

const OLD: &str = "ada@example.org";
const NEW: &str = "ada@example.net";
const DEVICE: &str = "__Host-edgeward-device";
const ROW: &str = "takeovers";
const MOVED: &str = "auth.notice.email_changed";

#[test]
fn going_back_to_the_old_address_gives_the_other_no_right_to_undo() {
    let twin = Twin::new();
    let mut ada = twin.member(OLD);
    ada.moves_to(NEW);
    let stale = ada.reads(OLD).receives_link();
    ada.moves_to(OLD);
    let mut thief = ada.reads(NEW).elsewhere();
    thief.is_told(MOVED).clone().forgets_password();
    assert_eq!(
        twin.mails_of(MOVED, NEW),
        1,
        "the notice, and no letter with a link for who asks there"
    );
    thief.visits(&stale);
    figure(ROW, 1, usize::from(thief.told == "auth.token.invalid"));
    assert_eq!(thief.told, "auth.token.invalid");
    assert!(ada.is_signed_in());
    assert!(
        twin.member(NEW).is_signed_in(),
        "the address that was left is free at once"
    );
}

#[test]
fn calling_off_a_deletion_leaves_the_way_back_to_the_old_address() {
    let twin = Twin::new();
    let mut thief = twin.member(OLD);
    thief.moves_to(NEW);
    let back = thief.reads(OLD).receives_link();
    thief.acts("delete-account", &[]);
    thief.opens_mail().presses();
    assert_eq!(thief.told, "auth.undo.deletion");
    let mut owner = thief.reads(OLD).elsewhere();
    owner.visits(&back).presses();
    assert_eq!(owner.told, "auth.undo.email");
}

#[test]
fn a_copied_session_is_never_handed_the_device_of_its_owner() {
    let twin = Twin::new();
    let owner = twin.member(OLD);
    let mut thief = owner.copied();
    thief.jar.lose(DEVICE);
    for target in [
        "/auth/session",
        "/auth/sessions",
        "/auth/export",
        "/login/account",
    ] {
        let page = thief.fetches("GET", target);
        let given = page.set_cookies().any(|cookie| cookie.starts_with(DEVICE));
        figure(ROW, 1, usize::from(!given));
        assert_eq!(page.status, 200, "{target}");
        assert!(
            page.set_cookies().all(|cookie| !cookie.starts_with(DEVICE)),
            "{target}"
        );
    }
}

#[test]
fn a_sign_out_ends_a_session_that_got_another_id_meanwhile() {
    let twin = Twin::new();
    let mut ada = twin.member(OLD);
    let mut copy = ada.copied();
    let account = ada.account();
    let page = twin.operator("ops").patches(
        &format!("/auth/admin/accounts/{account}"),
        &json!({ "roles": ["billing"] }),
    );
    assert_eq!(page.code(), "auth.admin.updated");
    let page = ada.asks_json("/auth/logout", &json!({}));
    assert_eq!(page.code(), "auth.logout.success");
    figure(ROW, 1, usize::from(!copy.is_signed_in()));
    assert!(!copy.is_signed_in(), "the browser meant the session it has");
}

#[test]
fn the_next_owner_of_an_address_does_not_inherit_known_browsers() {
    let twin = Twin::with(&[("EMAIL_UNDO", json!("off"))]);
    let mut former = twin.member(OLD);
    former.moves_to(NEW);
    former.reads(OLD).is_told(MOVED);
    twin.member(OLD);
    let wrong = json!({ "email": OLD, "password": BETTER });
    let counted = (0..12)
        .filter(|_| former.asks_json("/auth/login", &wrong).status == 401)
        .count();
    figure(ROW, 1, usize::from(counted == 5));
    assert_eq!(counted, 5, "what every stranger has");
}

#[test]
fn a_link_opens_a_marked_lane_that_is_shut() {
    let twin = Twin::new();
    let mut ada = twin.member(OLD);
    ada.signs_out();
    let mut browsers = vec![ada];
    for _ in 0..3 {
        let mut other = browsers[0].elsewhere();
        other.visits("/login").signs_in().signs_out();
        browsers.push(other);
    }
    let wrong = json!({ "email": OLD, "password": BETTER });
    for browser in &mut browsers {
        for _ in 0..4 {
            browser.asks_json("/auth/login", &wrong);
        }
    }
    assert_eq!(browsers[0].tries_to_sign_in().status, 429, "shut for all");
    twin.leaves_mail_unread();
    browsers[0].forgets_password().opens_mail().chooses(GOOD);
    assert_eq!(browsers[0].told, "auth.reset.success");
    assert_eq!(browsers[0].tries_to_sign_in().status, 200);
}

#[test]
fn a_sign_up_of_ones_own_does_not_open_the_lane_for_guessing_anothers() {
    let twin = Twin::new();
    let mut eve = twin.visitor(OLD);
    eve.signs_up(GOOD);
    eve.elsewhere().signs_up(BETTER);
    let mut guesser = eve.elsewhere();
    let guess = json!({ "email": OLD, "password": "six purple kites in the rain" });
    let mut looked_at = 0;
    for _ in 0..10 {
        looked_at += u32::from(guesser.asks_json("/auth/login", &guess).status == 401);
        looked_at += u32::from(eve.tries_to_sign_in().status == 403);
    }
    figure(ROW, 1, usize::from(looked_at == 5));
    assert_eq!(looked_at, 5, "her own password is a try like any other");
    twin.leaves_mail_unread();
}

#[test]
fn an_invitation_that_was_accepted_opens_nothing_when_it_is_posted_again() {
    let twin = Twin::new();
    let mut ada = twin.member(OLD);
    let invitation = json!({ "email": OLD, "roles": ["billing"] });
    let invitations = twin.operator("invitations");
    invitations.posts("/auth/admin/invitations", &invitation);
    ada.opens_mail();
    let mut again = ada.copied();
    again.page.clone_from(&ada.page);
    again.at.clone_from(&ada.at);
    ada.presses();
    assert_eq!(ada.told, "auth.invite.success");
    ada.signs_out();
    again.presses();
    figure(ROW, 1, usize::from(!again.is_signed_in()));
    assert!(!again.is_signed_in(), "{}", again.told);
    twin.leaves_mail_unread();
    assert_eq!(
        ada.elsewhere().visits("/login").signs_in().sessions().len(),
        1
    );
}

/// Whatever gets lost while the owner goes back by the account page, and then by the link too: the old
/// address is the account's in the end, and nobody else's.
#[test]
fn taking_back_meets_a_change_back_that_was_not_answered_yet() {
    for fault in [Fault::Lost, Fault::Unheard] {
        let mut crossing = 1;
        while goes_back_twice(crossing, fault) {
            crossing += 1;
        }
        assert!(crossing > 4, "the claim is among what was lost");
    }
}

/// Whether there was such a crossing.
fn goes_back_twice(crossing: usize, fault: Fault) -> bool {
    let twin = Twin::new();
    let mut ada = twin.member(OLD);
    let account = ada.account();
    ada.moves_to(NEW);
    let undo = ada.reads(OLD).receives_link();
    let confirm = ada.wants_address(OLD);
    ada.visits(&confirm);
    let visit = ada.page().input("visit").unwrap().to_owned();
    twin.fails_at(crossing, fault);
    ada.submits("/login/email", &[("visit", &visit)]);
    let failed = twin.is_well_again();
    let mut owner = ada.reads(OLD).elsewhere();
    if owner.visits(&undo).told != "auth.token.invalid" {
        owner.presses();
    }
    twin.waits(Span::days(4));
    twin.leaves_mail_unread();
    twin.visitor(OLD).signs_up(BETTER);
    let mut back = ada.reads(OLD).elsewhere();
    back.forgets_password().opens_mail().chooses(BETTER);
    figure(ROW, 1, usize::from(back.told == "auth.reset.success"));
    assert_eq!(back.told, "auth.reset.success", "{crossing} {fault:?}");
    assert_eq!(back.visits("/login").signs_in().account(), account);
    failed
}
