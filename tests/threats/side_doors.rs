//! Passwords tried elsewhere than at the sign-in: whoever has a copied session may ask for changes, and
//! every password given there is counted in the lane of its address, like any other.

use edgeward::{
    kit::time::Span,
    web::routes::{Action, ROUTES, Route, Surface},
};
use serde_json::{Value, json};

use crate::twin::{BETTER, GOOD, HOME, Page, Request, Twin, Visitor, figures::figure, form};

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
        let heard = tries(&mut owner, &[door]);
        figure("side_doors", 30, 40 - heard);
        assert_eq!(heard, 10, "a marked browser's");
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

/// Everything in which a password may come to a route, with this one in its place.
fn bodies(password: &str) -> Vec<Vec<(&'static str, String)>> {
    let email = || ("email", "ada@example.org".to_owned());
    let password = || ("password", password.to_owned());
    let chosen = || ("newPassword", "seven green umbrellas wait".to_owned());
    let visit = || ("visit", "a".repeat(26));
    let token = || {
        (
            "token",
            format!("verify.{}.{}", "a".repeat(26), "a".repeat(43)),
        )
    };
    let act = |action: &str| ("action", action.to_owned());
    let elsewhere = || ("email", "eve@example.net".to_owned());
    vec![
        vec![password()],
        vec![email(), password()],
        vec![email(), password(), chosen()],
        vec![password(), chosen()],
        vec![password(), elsewhere()],
        vec![token(), password()],
        vec![visit(), password()],
        vec![visit(), ("newPassword", password().1)],
        vec![act("change-password"), password(), chosen()],
        vec![act("change-email"), password(), elsewhere()],
        vec![act("delete-account"), password()],
        vec![act("end-session"), password()],
    ]
}

/// A post to a route, with the password in one of these ways.
fn post(visitor: &Visitor, route: &Route, fields: &[(&str, String)]) -> Request {
    if route.surface == Surface::Page {
        let pairs: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let request = Request::new("POST", &format!("{HOME}/login{}", route.path));
        let request = request.body("application/x-www-form-urlencoded", &form(&pairs));
        return visitor.dressed(request, "navigate");
    }
    let fields: serde_json::Map<_, _> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    visitor.json_request(&format!("/auth{}", route.path), &Value::Object(fields))
}

/// All of an answer that could tell something; what waits in a cookie is told by its length.
fn told(page: &Page) -> (u16, Vec<(String, String)>, usize) {
    let drawn = ["set-cookie", "content-security-policy"];
    // How long the lane stays shut is told to the second, and seconds pass.
    let headers = page
        .headers
        .iter()
        .filter(|(name, _)| name != "retry-after");
    let header = |(name, value): &(String, String)| {
        let value = if drawn.contains(&name.as_str()) {
            value.len().to_string()
        } else {
            value.clone()
        };
        (name.clone(), value)
    };
    (page.status, headers.map(header).collect(), page.body.len())
}

#[test]
fn once_the_lane_is_shut_no_route_at_all_tells_a_right_password_from_a_wrong_one() {
    let many = json!(["1000000/1m"]);
    let limits =
        json!({ "network": { "signin": many, "signup": many, "mail": many, "link": many } });
    let twin = Twin::with(&[("LIMITS", limits)]);
    twin.leaves_mail_unread();
    let owner = twin.member("ada@example.org");
    // Old enough that acts of weight ask for the password.
    twin.waits(Span::minutes(6));
    let mut thief = owner.copied();
    thief.jar.lose(DEVICE);
    assert_eq!(tries(&mut thief.clone(), &doors()), 5);
    // So is that of the other address in these posts.
    let other = json!({ "email": "eve@example.net", "password": BETTER });
    for _ in 0..5 {
        twin.visitor("eve@example.net")
            .asks_json("/auth/login", &other);
    }
    // These would end the session that was copied, and hold no password.
    let ends = [Action::SignOut, Action::EndSessions];
    let posts = |route: &&Route| route.methods.contains(&"POST") && !ends.contains(&route.action);
    let by_people = |route: &&Route| matches!(route.surface, Surface::Page | Surface::Json);
    let (mut tried, mut doors) = (0, Vec::new());
    for asker in [&thief, &twin.visitor("eve@example.org")] {
        for route in ROUTES.iter().filter(by_people).filter(posts) {
            let pairs = bodies(GOOD).into_iter().zip(bodies(BETTER));
            for (nth, (right, wrong)) in pairs.enumerate() {
                let (right, cost) =
                    twin.cost_of(|| twin.world.request(&post(asker, route, &right)).unwrap());
                let (wrong, other) =
                    twin.cost_of(|| twin.world.request(&post(asker, route, &wrong)).unwrap());
                tried += 1;
                if told(&right) != told(&wrong) || cost != other {
                    let said = [(right, cost), (wrong, other)].map(|(page, cost)| {
                        (
                            page.status,
                            page.header("location").map(str::to_owned),
                            cost,
                        )
                    });
                    doors.push((route.surface, route.path, nth, said));
                }
            }
        }
    }
    figure("side_doors", tried, tried - doors.len());
    assert!(doors.is_empty(), "{doors:#?}");
    assert!(tried > 500, "{tried}");
}
