//! A forgotten password: a link, another password, and everything that began before is over.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{BETTER, GOOD, Notifier, Twin};

const CHANGED: &str = "auth.notice.password_changed";

#[test]
fn whoever_forgot_gets_a_link_and_chooses_another_password() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    let mut phone = ada.elsewhere();
    phone.visits("/login/forgot").forgets_password();
    assert_eq!(phone.told, "auth.forgot.accepted");
    phone.opens_mail().chooses(BETTER);
    assert_eq!(phone.told, "auth.reset.success");
    assert_eq!(phone.at, "/login");
    assert!(!phone.is_signed_in(), "a reset signs nobody in");
    phone.is_told(CHANGED);

    phone.signs_in_with(GOOD);
    assert_eq!(phone.told, "auth.login.invalid");
    phone.signs_in_with(BETTER);
    assert!(phone.is_signed_in());
}

#[test]
fn a_reset_ends_every_session_and_every_other_link() {
    let twin = Twin::new();
    let mut desk = twin.member("ada@example.org");
    let other_reset = desk.forgets_password().receives_link();
    let magic = desk.asks_for_link_to("/").receives_link();
    let address = desk.wants_address("ada@example.net");
    let mut phone = desk.elsewhere();
    phone.forgets_password().opens_mail().chooses(BETTER);
    assert!(!desk.is_signed_in());
    phone.is_told(CHANGED);
    for (link, told) in [
        (other_reset, "auth.token.used"),
        (magic, "auth.token.invalid"),
        (address, "auth.token.invalid"),
    ] {
        phone.visits(&link);
        assert_eq!(phone.told, told, "{link}");
    }
}

#[test]
fn a_letter_that_was_not_delivered_yet_is_void_too() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let link = ada.forgets_password().receives_link();
    twin.notifier(Notifier::Hangs);
    ada.asks_for_link_to("/");
    twin.runs_alarms();
    ada.visits(&link).chooses(BETTER);
    twin.notifier(Notifier::Takes);
    twin.waits(Span::hours(1));
    assert_eq!(twin.mails_of("auth.magic", "ada@example.org"), 0);
    assert_eq!(twin.mails_of(CHANGED, "ada@example.org"), 1);
}

#[test]
fn a_sign_in_on_its_way_does_not_survive_a_reset() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    let mut owner = ada.elsewhere();
    owner.forgets_password().opens_mail();
    let mut thief = ada.elsewhere();
    let visit = owner.page().input("visit").expect("a visit").to_owned();
    let reset = crate::twin::Request::new("POST", "https://app.example.org/login/reset").body(
        "application/x-www-form-urlencoded",
        &crate::twin::form(&[("visit", &visit), ("password", BETTER)]),
    );
    let reset = owner.dressed(reset, "navigate");
    let sign_in = thief.json_request(
        "/auth/login",
        &json!({ "email": "ada@example.org", "password": GOOD }),
    );
    for seed in 0..8 {
        twin.world.shuffles(seed);
        for page in twin.at_once(vec![sign_in.clone(), reset.clone(), sign_in.clone()]) {
            thief.takes_cookies(&page);
        }
        assert!(!thief.is_signed_in(), "seed {seed}: whichever came first");
    }
    twin.leaves_mail_unread();
}

#[test]
fn it_opens_a_lane_that_strangers_shut_and_marks_the_browser() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    let mut eve = twin.visitor("eve@example.org");
    let wrong = json!({ "email": "ada@example.org", "password": BETTER });
    let shut = |eve: &mut crate::twin::Visitor| {
        while eve.asks_json("/auth/login", &wrong).status == 401 {}
    };
    shut(&mut eve);
    let mut phone = ada.elsewhere();
    let chosen = "seven green umbrellas wait";
    phone.forgets_password().opens_mail().chooses(chosen);
    phone.is_told(CHANGED);
    let mut fresh = phone.elsewhere();
    assert_eq!(fresh.tries_to_sign_in().status, 200, "the lane is open");
    fresh.is_told("auth.notice.new_device");
    shut(&mut eve);
    assert_eq!(
        phone.tries_to_sign_in().status,
        200,
        "the browser that posted it has a lane of its own"
    );
}

#[test]
fn a_disabled_account_stays_disabled() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let path = format!("/auth/admin/accounts/{}", ada.account());
    let off = twin
        .operator("accounts")
        .patches(&path, &json!({ "enabled": false }));
    assert_eq!(off.json()["account"]["enabled"], false);
    ada.forgets_password().opens_mail().chooses(BETTER);
    assert_eq!(ada.told, "auth.reset.success");
    ada.is_told(CHANGED).clone().signs_in();
    let page = ada.tries_to_sign_in();
    assert_eq!(
        (page.status, page.code().as_str()),
        (403, "auth.login.disabled")
    );
}

#[test]
fn a_weak_password_does_not_use_the_link_up() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    ada.forgets_password().opens_mail().chooses("four raven");
    assert_eq!(ada.at, "/login/reset");
    ada.chooses(BETTER);
    assert_eq!(ada.told, "auth.reset.success");
    ada.is_told(CHANGED);
}

#[test]
fn at_an_address_that_waits_to_be_proved_it_makes_the_account() {
    let twin = Twin::new();
    let mut eve = twin.visitor("ada@example.org");
    let planted = eve.signs_up(GOOD).receives_link();
    let mut ada = eve.elsewhere();
    ada.forgets_password().opens_mail().chooses(BETTER);
    assert_eq!(ada.told, "auth.reset.success");
    eve.visits(&planted);
    assert!(!eve.page().asks_for("visit"), "the sign-up is gone");
    eve.visits("/login").signs_in_with(GOOD);
    assert_eq!(eve.told, "auth.login.invalid");
    ada.signs_in();
    assert!(ada.is_signed_in());
}
