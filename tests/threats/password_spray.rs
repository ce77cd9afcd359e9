//! Few passwords tried at many addresses, each from a network of its own: no address and no network sees more
//! than one try. Where `SPRAY_GUARD` is on, the password itself is noticed, and opens nothing by itself.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use crate::twin::{BETTER, Fault, GOOD, Page, Twin, Visitor, figures::figure, objects::Kind};

const ADA: &str = "ada@example.org";

fn guarded(by: &str) -> Twin {
    Twin::with(&[("SPRAY_GUARD", json!(by))])
}

/// Tries `password` at `addresses` of nobody, one after the other, each from another network.
fn sprays(twin: &Twin, password: &str, addresses: usize) -> Vec<Page> {
    let tries = |n: usize| {
        let mut eve = twin.visitor(&format!("target{n}@example.org"));
        eve.ip = format!("203.0.{}.{}", n / 250, n % 250 + 1);
        tries(&mut eve, &format!("target{n}@example.org"), password)
    };
    (0..addresses).map(tries).collect()
}

fn tries(who: &mut Visitor, email: &str, password: &str) -> Page {
    who.asks_json(
        "/auth/login",
        &json!({ "email": email, "password": password }),
    )
}

/// What the objects of networks and of passwords keep.
fn kept(twin: &Twin) -> Vec<Value> {
    let objects = twin.world.objects_of(Kind::Network);
    let rows = objects.iter().filter_map(|object| object.sql.state());
    rows.map(|row| serde_json::from_str(&row).unwrap())
        .collect()
}

fn told(page: &Page) -> (u16, String) {
    (page.status, page.code())
}

fn link_required() -> (u16, String) {
    (403, "auth.login.link_required".into())
}

#[test]
fn a_sprayed_password_opens_nothing_and_tells_nothing() {
    let twin = guarded("link");
    let mut ada = twin.member(ADA);
    ada.signs_out();
    let pages = sprays(&twin, GOOD, 40);
    let refused = pages.iter().filter(|page| told(page) == link_required());
    figure("password_spray", pages.len() - 19, refused.clone().count());
    assert!(
        pages[..19]
            .iter()
            .all(|page| told(page) == (401, "auth.login.invalid".into()))
    );
    assert_eq!(refused.count(), 21, "from the twentieth address on");

    let mut eve = twin.visitor("eve@example.org");
    let right = tries(&mut eve, ADA, GOOD);
    let wrong = tries(&mut eve, "nobody@example.org", GOOD);
    assert_eq!((told(&right), &right.body), (link_required(), &wrong.body));
    assert_eq!(right.headers.len(), wrong.headers.len());
    assert!(eve.cookie("__Host-edgeward").is_none());
    assert_eq!(
        told(&tries(&mut eve, "nobody@example.org", BETTER)).0,
        401,
        "other passwords go on"
    );
}

#[test]
fn the_owner_gets_in_by_their_own_browser_and_by_a_link_from_another() {
    let twin = guarded("link");
    let mut ada = twin.member(ADA);
    ada.signs_out();
    sprays(&twin, GOOD, 30);
    assert_eq!(tries(&mut ada, ADA, GOOD).status, 200, "the marked browser");

    let mut elsewhere = ada.elsewhere();
    elsewhere.visits("/login").signs_in();
    assert!(
        elsewhere
            .page()
            .body
            .contains("being tried at many addresses")
    );
    elsewhere.asks_json("/auth/magic-request", &json!({ "email": ADA }));
    let link = elsewhere.receives_link();
    let (_, token) = link.split_once("token=").unwrap();
    let entered = elsewhere.asks_json("/auth/magic", &json!({ "token": token }));
    assert_eq!(entered.status, 200);
    elsewhere.signs_out();
    assert_eq!(
        tries(&mut elsewhere, ADA, GOOD).status,
        200,
        "it is marked now"
    );
}

#[test]
fn an_hour_later_all_is_forgotten() {
    let twin = guarded("link");
    sprays(&twin, GOOD, 30);
    let mut ada = twin.member(ADA).elsewhere();
    assert_eq!(told(&tries(&mut ada, ADA, GOOD)), link_required());
    twin.waits(Span::hours(1));
    assert_eq!(tries(&mut ada, ADA, GOOD).status, 200);
    ada.is_told("auth.notice.new_device");
    twin.waits(Span::days(31));
    assert!(kept(&twin).is_empty(), "no object keeps anything");
}

#[test]
fn one_person_who_forgot_and_many_who_sign_in_are_no_spray() {
    let twin = guarded("link");
    let mut ada = twin.member(ADA).elsewhere();
    for n in 0..25 {
        let email = format!("member{n}@example.org");
        twin.member(&email);
        let mut elsewhere = twin.visitor(&email);
        elsewhere.ip = format!("203.0.113.{}", n + 1);
        assert_eq!(
            tries(&mut elsewhere, &email, GOOD).status,
            200,
            "{n}: right passwords leave nothing"
        );
        elsewhere.is_told("auth.notice.new_device");
    }
    for _ in 0..4 {
        assert_eq!(tries(&mut ada, ADA, BETTER).status, 401);
    }
    assert_eq!(tries(&mut ada, ADA, GOOD).status, 200);
    ada.is_told("auth.notice.new_device");
}

#[test]
fn what_is_kept_names_no_address_and_no_password() {
    let twin = guarded("log");
    assert!(
        sprays(&twin, BETTER, 19)
            .iter()
            .all(|page| page.status == 401)
    );
    let kept = kept(&twin);
    let sprays_kept: Vec<&Value> = kept.iter().filter_map(|row| row.get("spray")).collect();
    assert_eq!(sprays_kept.len(), 1, "one object for the password");
    let tries = sprays_kept[0]["tried"].as_array().unwrap();
    let mut marks = tries.iter().map(|entry| entry[0].as_str().unwrap().len());
    assert_eq!(tries.len(), 19);
    assert!(
        marks.all(|length| length == 5),
        "twenty-five bits of an address"
    );
}

#[test]
fn log_refuses_nothing_and_says_what_it_saw() {
    let twin = guarded("log");
    let mut ada = twin.member(ADA);
    ada.signs_out();
    let pages = sprays(&twin, GOOD, 25);
    assert!(
        pages.iter().all(|page| page.status == 401),
        "nothing is refused"
    );
    let mut elsewhere = ada.elsewhere();
    assert_eq!(tries(&mut elsewhere, ADA, GOOD).status, 200);
    elsewhere.is_told("auth.notice.new_device");
    let log = twin.world.log();
    let noticed = log
        .iter()
        .filter(|line| line.starts_with("password_sprayed"));
    assert_eq!(
        noticed.count(),
        7,
        "from the twentieth on, and the right one too"
    );
}

#[test]
fn off_costs_nothing() {
    let (off, on) = (Twin::new(), guarded("log"));
    let cost = |twin: &Twin| {
        let mut eve = twin.visitor("eve@example.org");
        twin.cost_of(|| tries(&mut eve, "nobody@example.org", BETTER))
            .1
            .calls
    };
    assert_eq!(cost(&off) + 1, cost(&on));
}

#[test]
fn signing_up_first_is_no_way_around() {
    let twin = guarded("link");
    let tries_as_sign_up = |n: usize| {
        let mut eve = twin.visitor(&format!("target{n}@example.org"));
        eve.ip = format!("203.0.{}.{}", n / 250, n % 250 + 1);
        let fields = json!({ "email": eve.email, "password": GOOD });
        assert_eq!(eve.asks_json("/auth/register", &fields).status, 202);
        eve.receives_link();
        told(&eve.asks_json("/auth/login", &fields))
    };
    let told: Vec<(u16, String)> = (0..30).map(tries_as_sign_up).collect();
    let refused = told.iter().filter(|told| **told == link_required()).count();
    figure("password_spray", told.len() - 19, refused);
    assert_eq!(refused, 11, "{told:?}");
}

#[test]
fn when_it_ends_does_not_tell_whether_a_try_was_right() {
    let ends = |tried_at_ada: &str| {
        let twin = guarded("link");
        twin.member(ADA).signs_out();
        sprays(&twin, GOOD, 20);
        twin.waits(Span::minutes(59));
        let mut eve = twin.visitor("eve@example.org");
        assert_eq!(told(&tries(&mut eve, tried_at_ada, GOOD)), link_required());
        twin.waits(Span::minutes(2));
        let after = sprays(&twin, GOOD, 20);
        after.iter().map(told).collect::<Vec<_>>()
    };
    let (right, wrong) = (ends(ADA), ends("nobody@example.org"));
    assert_eq!(right, wrong);
    assert_eq!(right.iter().filter(|told| told.0 == 401).count(), 19);
}

#[test]
fn without_a_word_of_its_object_link_lets_nobody_in_and_log_everybody() {
    for (by, status) in [("link", 503), ("log", 200)] {
        let twin = guarded(by);
        let mut ada = twin.member(ADA);
        ada.signs_out();
        let mut elsewhere = ada.elsewhere();
        for _ in 0..7 {
            // The network, the address and the account are asked before it.
            twin.fails_at(4, Fault::Lost);
            let page = tries(&mut elsewhere.clone(), ADA, GOOD);
            assert_eq!(page.status, status, "{by}");
            assert!(twin.is_well_again());
        }
        let page = tries(&mut elsewhere, ADA, GOOD);
        assert_eq!(page.status, 200, "{by}: nothing was counted meanwhile");
        elsewhere.is_told("auth.notice.new_device");
    }
}
