//! Strangers who fail on purpose, to lock the owner out. They can shut their own lane, and no other.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{BETTER, GOOD, Twin, Visitor, figures::Count};

/// Strangers fail until they are shut out, from ever new networks.
fn strangers_fail(twin: &Twin, email: &str) {
    let mut eve = twin.visitor("eve@example.org");
    let wrong = json!({ "email": email, "password": BETTER });
    for _ in 0..7 {
        eve.asks_json("/auth/login", &wrong);
    }
    assert_eq!(eve.asks_json("/auth/login", &wrong).status, 429);
}

fn sign_in(visitor: &mut Visitor) -> u16 {
    let right = json!({ "email": visitor.email, "password": GOOD });
    visitor.asks_json("/auth/login", &right).status
}

#[test]
fn the_owner_gets_in_from_a_browser_they_signed_in_on_before() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let mut count = Count::of("lockout_by_strangers");
    ada.signs_out();
    for _ in 0..3 {
        strangers_fail(&twin, "ada@example.org");
        let status = sign_in(&mut ada);
        count.one(status == 200);
        assert_eq!(status, 200);
        ada.signs_out();
    }
    let mut fresh = ada.elsewhere();
    assert_eq!(sign_in(&mut fresh), 429, "a new browser is a stranger");
}

#[test]
fn also_when_strangers_never_stop() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    ada.signs_out();
    let mut eve = twin.visitor("eve@example.org");
    let wrong = json!({ "email": "ada@example.org", "password": BETTER });
    let (mut failed, mut count) = (0, Count::of("lockout_by_strangers"));
    for day in 0..90 {
        let page = eve.asks_json("/auth/login", &wrong);
        failed += u32::from(page.status == 401);
        twin.waits(Span::days(1));
        if day % 30 == 0 {
            let status = sign_in(&mut ada);
            count.one(status == 200);
            assert_eq!(status, 200, "day {day}");
            ada.signs_out();
        }
    }
    assert_eq!(failed, 80, "strangers spend eighty tries, ever");
    ada.is_told("auth.notice.attempts_exhausted");
    assert_eq!(sign_in(&mut ada), 200);
}

#[test]
fn also_from_a_network_whose_budget_strangers_spent() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    ada.signs_out();
    let mut neighbour = ada.elsewhere();
    neighbour.ip.clone_from(&ada.ip);
    let mut statuses = Vec::new();
    for n in 0..25 {
        let wrong = json!({ "email": format!("other{n}@example.org"), "password": BETTER });
        statuses.push(neighbour.asks_json("/auth/login", &wrong).status);
    }
    assert_eq!(statuses.last(), Some(&429));
    let status = sign_in(&mut ada);
    Count::of("lockout_by_strangers").one(status == 200);
    assert_eq!(status, 200, "a marked browser pays from its mark");
}

#[test]
fn posting_a_link_opens_the_lane_again() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD).opens_mail();
    strangers_fail(&twin, "ada@example.org");
    ada.confirms();
    assert!(ada.is_signed_in());
    let mut phone = ada.elsewhere();
    assert_eq!(
        sign_in(&mut phone),
        200,
        "the lane of strangers is open again"
    );
    phone.is_told("auth.notice.new_device");
}

#[test]
fn strangers_cannot_use_up_the_owners_lane_with_devices_of_their_own() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    ada.signs_out();
    let mut eve = twin.member("eve@example.org");
    eve.signs_out();
    let wrong = json!({ "email": "ada@example.org", "password": BETTER });
    for _ in 0..30 {
        eve.asks_json("/auth/login", &wrong);
    }
    assert_eq!(
        eve.asks_json("/auth/login", &wrong).status,
        429,
        "eve's device is marked for eve alone"
    );
    assert_eq!(sign_in(&mut ada), 200);
}
