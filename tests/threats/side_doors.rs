//! Passwords tried elsewhere than at the sign-in: whoever has a copied session may ask for changes, and
//! every password given there is counted in the lane of its address, like any other.

use serde_json::{Value, json};

use crate::twin::{BETTER, GOOD, Twin, Visitor};

const DEVICE: &str = "__Host-edgeward-device";

/// Every route that looks at a password of somebody who is signed in.
fn doors() -> [(&'static str, Value); 3] {
    let chosen = "seven green umbrellas wait";
    [
        (
            "/auth/change-password",
            json!({ "password": BETTER, "newPassword": chosen }),
        ),
        (
            "/auth/change-email",
            json!({ "password": BETTER, "email": "eve@example.net" }),
        ),
        ("/auth/delete-account", json!({ "password": BETTER })),
    ]
}

/// How many wrong passwords these routes look at, one after the other, before they are shut.
fn tries(visitor: &mut Visitor, doors: &[(&str, Value)]) -> usize {
    for n in 0..40 {
        let (door, body) = &doors[n % doors.len()];
        visitor.ip = format!("203.0.113.{n}");
        let page = visitor.asks_json(door, body);
        match page.status {
            401 => assert_eq!(page.code(), "auth.login.invalid", "{door}"),
            429 => return n,
            _ => panic!("{door}: {page:?}"),
        }
    }
    panic!("never shut")
}

#[test]
fn each_has_the_limit_of_the_sign_in() {
    for door in doors() {
        let twin = Twin::new();
        let mut owner = twin.member("ada@example.org");
        assert_eq!(tries(&mut owner, &[door]), 10, "a marked browser's");
    }
}

#[test]
fn all_of_them_together_have_it_once() {
    let twin = Twin::new();
    let mut owner = twin.member("ada@example.org");
    assert_eq!(tries(&mut owner, &doors()), 10);
    GOOD.clone_into(&mut owner.password);
    assert_eq!(
        owner.tries_to_sign_in().status,
        429,
        "the sign-in is shut too"
    );
}

#[test]
fn a_copied_session_on_another_device_has_the_lane_of_strangers() {
    let twin = Twin::new();
    let mut owner = twin.member("ada@example.org");
    let mut thief = owner.copied();
    thief.jar.lose(DEVICE);
    assert_eq!(tries(&mut thief, &doors()), 5);
    assert_eq!(
        owner.tries_to_sign_in().status,
        200,
        "and never the owner's"
    );
}

#[test]
fn a_wrong_password_is_hashed_once_and_the_right_one_is_not_looked_at_when_shut() {
    let twin = Twin::new();
    let mut owner = twin.member("ada@example.org");
    let [(door, body), ..] = doors();
    let (_, cost) = twin.cost_of(|| owner.asks_json(door, &body));
    assert_eq!(cost.hashes, 1, "the new one is not hashed for it");
    tries(&mut owner, &doors());
    let right = json!({ "password": GOOD, "newPassword": "seven green umbrellas wait" });
    let (page, cost) = twin.cost_of(|| owner.asks_json(door, &right));
    assert_eq!((page.status, cost.hashes), (429, 0));
}

#[test]
fn the_page_of_a_forced_change_is_no_place_to_try_a_later_password() {
    let later = "nine copper kettles sing low";
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let route = format!("/auth/admin/accounts/{}", ada.account());
    let force = json!({ "forcePasswordChange": true });
    assert_eq!(twin.operator("ops").patches(&route, &force).status, 200);
    let mut former = ada.elsewhere();
    former.visits("/login").signs_in_with(GOOD);
    assert_eq!(former.told, "auth.login.password_change_required");
    twin.leaves_mail_unread();
    ada.forgets_password().opens_mail().chooses(later);
    assert_eq!(ada.told, "auth.reset.success");
    let mut said = Vec::new();
    for guess in [later, "another guess of nine words"] {
        let mut former = former.copied();
        former.visits("/login").chooses(guess);
        said.push((former.told.clone(), former.page().asks_for("newPassword")));
    }
    assert_eq!(said[0], said[1], "right and wrong are told the same");
}
