//! Signing up: one answer for everybody, three entries that wait, and nothing that stays.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{BETTER, GOOD, Twin, objects::Kind};

#[test]
fn registering_a_taken_address_is_answered_alike_and_told_to_its_owner() {
    let twin = Twin::new();
    let _ada = twin.member("ada@example.org");
    let mut eve = twin.visitor("ada@example.org");
    eve.password = BETTER.to_owned();
    let taken = eve.asks_json(
        "/auth/register",
        &json!({ "email": "ada@example.org", "password": BETTER }),
    );
    let free = eve.asks_json(
        "/auth/register",
        &json!({ "email": "eva@example.org", "password": BETTER }),
    );
    assert_eq!((taken.status, &taken.body), (free.status, &free.body));
    assert_eq!(taken.header_names(), free.header_names());
    assert!(
        eve.cookie("__Host-edgeward-signup").is_some(),
        "set in every case"
    );

    let mails = twin.mails();
    let notice: Vec<_> = mails
        .iter()
        .filter(|mail| mail.kind == "auth.notice.already_registered")
        .collect();
    assert_eq!(notice.len(), 1);
    assert_eq!(
        (notice[0].to.as_str(), &notice[0].link),
        ("ada@example.org", &None)
    );
    assert!(
        notice[0]
            .account
            .as_ref()
            .is_some_and(|id| id.starts_with("acc_"))
    );
    assert_eq!(
        twin.mails_of("auth.verify", "ada@example.org"),
        1,
        "only the owner's own, of long ago"
    );
    assert_eq!(twin.mails_of("auth.verify", "eva@example.org"), 1);
}

#[test]
fn notices_within_a_quarter_of_an_hour_are_one_letter() {
    let twin = Twin::new();
    let _ada = twin.member("ada@example.org");
    for minutes in [0, 5, 9, 2] {
        twin.waits(Span::minutes(minutes));
        twin.visitor("ada@example.org").signs_up(BETTER);
        twin.runs_alarms();
    }
    assert_eq!(
        twin.mails_of("auth.notice.already_registered", "ada@example.org"),
        2
    );
}

#[test]
fn a_fourth_sign_up_takes_the_place_of_the_oldest_and_not_of_its_link() {
    let twin = Twin::with(&[("LIMITS", json!({ "mail": { "strangers": ["9/15m"] } }))]);
    let mut first = twin.visitor("ada@example.org");
    first.visits("/private/first").signs_up(GOOD);
    let link = first.receives_link();
    for _ in 0..3 {
        twin.visitor("ada@example.org")
            .signs_up(BETTER)
            .receives_link();
    }
    first.visits(&link);
    assert!(
        first.page().asks_for("password"),
        "its password and path are gone"
    );
    first.confirms_with("seven green umbrellas wait");
    assert_eq!(first.at, "/", "and yet the link proves the address");
    assert!(first.is_signed_in());
}

#[test]
fn three_sign_ups_wait_and_the_first_one_proved_wins() {
    let twin = Twin::new();
    let mut browsers = [(); 3].map(|()| twin.visitor("ada@example.org"));
    let links: Vec<String> = browsers
        .iter_mut()
        .zip(["/a", "/b", "/c"])
        .map(|(browser, path)| browser.visits(path).signs_up(GOOD).receives_link())
        .collect();
    let [a, b, c] = &mut browsers;
    b.visits(&links[1]).confirms();
    assert_eq!(b.at, "/b");
    for (other, link) in [(a, &links[0]), (c, &links[2])] {
        other.visits(link);
        assert_eq!(other.trail.last(), Some(&200));
        assert_eq!(other.told, "auth.token.used");
        assert!(
            !other.page().asks_for("visit"),
            "its button is gone: {}",
            other.at
        );
        assert!(!other.is_signed_in());
    }
    assert_eq!(accounts(&twin), 1);
}

#[test]
fn a_sign_up_nobody_confirms_leaves_nothing_behind() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    let link = ada.signs_up(GOOD).receives_link();
    let name = twin
        .world
        .site
        .keys
        .address_object(&edgeward::kit::email::EmailAddress::parse(&ada.email).unwrap());
    let object = twin.world.object(Kind::Address, &name);
    assert!(object.sql.state().is_some());
    twin.waits(Span::hours(24));
    ada.visits(&link);
    assert!(!ada.page().asks_for("visit"), "the link is dead");
    twin.waits(Span::days(31));
    assert_eq!(
        object.sql.state(),
        None,
        "the object is as if it had never been asked"
    );
    assert_eq!(object.alarm.get(), None);
    assert_eq!(accounts(&twin), 0);
}

#[test]
fn a_password_that_is_no_good_is_told_and_nothing_else_is_done() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    for (password, code) in [
        ("short", "auth.password.too_short"),
        ("1qaz2wsx3edc4rfv", "auth.password.too_common"),
        ("ada@example.org ada@example.org", "auth.password.too_weak"),
        ("aaaaabbbbbccccc", "auth.password.too_weak"),
        (
            &"nine violet ravens hum ".repeat(50),
            "auth.password.too_long",
        ),
    ] {
        let fields = json!({ "email": ada.email, "password": password });
        let (page, cost) = twin.cost_of(|| ada.clone().asks_json("/auth/register", &fields));
        assert_eq!(page.status, 422, "{password}");
        assert_eq!(page.json()["fields"]["password"], code, "{password}");
        assert_eq!((cost.calls, cost.hashes), (0, 0));
    }
    ada.visits("/login/signup?next=%2Fprivate")
        .signs_up("nine ravens");
    assert_eq!(
        ada.at, "/login/signup?next=%2Fprivate",
        "the form is shown again, and knows where to"
    );
    assert!(
        ada.page().body.contains("value=\"ada@example.org\""),
        "nobody types an address twice"
    );
}

#[test]
fn where_registration_is_closed_nobody_signs_up() {
    let twin = Twin::with(&[("REGISTRATION", json!("closed"))]);
    let fields = json!({ "email": "ada@example.org", "password": GOOD });
    let (page, cost) = twin.cost_of(|| {
        twin.visitor("ada@example.org")
            .asks_json("/auth/register", &fields)
    });
    assert_eq!(
        (page.status, page.code().as_str()),
        (403, "auth.register.closed")
    );
    assert_eq!((cost.calls, cost.hashes), (0, 0));
}

fn accounts(twin: &Twin) -> usize {
    twin.runs_alarms();
    twin.world
        .objects_of(Kind::Account)
        .iter()
        .filter(|object| object.sql.state().is_some())
        .count()
}
