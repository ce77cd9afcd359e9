//! Who has an account here? Nobody is told: not by text, status, header, size, cost or time. Objects take
//! 3 ms here and a hash 41, so that a step too many shows.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use crate::twin::{BETTER, Cost, GOOD, Page, Request, Twin, Visitor, figures::Count};

const KNOWN: &str = "known@example.org";
const PENDING: &str = "await@example.org";
const UNKNOWN: &str = "empty@example.org";
/// Known, and somebody signed up for it again.
const AGAIN: &str = "twice@example.org";

/// Everything about an answer that could tell something.
#[derive(Debug, PartialEq)]
struct Shape {
    status: u16,
    /// Names, and values but for what is drawn anew each time.
    headers: Vec<(String, String)>,
    body: String,
    length: usize,
    took: Span,
    cost: Cost,
    /// What objects wrote before it left.
    writes: usize,
}

fn town() -> Twin {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    twin.member(KNOWN);
    twin.member(AGAIN);
    for waits in [PENDING, AGAIN] {
        twin.visitor(waits)
            .signs_up("a wet dog on the third landing");
    }
    twin.runs_alarms();
    twin.world.takes(Span(3), Span(41));
    twin
}

/// The answer to a request that says nothing about its sender but their network.
fn shape(twin: &Twin, send: impl FnOnce(&mut Visitor) -> Page) -> Shape {
    shape_for(twin, &mut twin.visitor("eve@example.org"), send)
}

fn shape_for(twin: &Twin, eve: &mut Visitor, send: impl FnOnce(&mut Visitor) -> Page) -> Shape {
    let before = twin.writes();
    let (page, cost) = twin.cost_of(|| send(eve));
    let writes = twin.writes() - before;
    let drawn = |name: &str| ["set-cookie", "content-security-policy"].contains(&name);
    let value = |(name, value): &(String, String)| {
        let told = if drawn(name) {
            format!("{} bytes", value.len())
        } else {
            value.clone()
        };
        (name.clone(), told)
    };
    let json = page.header("content-type") == Some("application/json");
    Shape {
        status: page.status,
        headers: page.headers.iter().map(value).collect(),
        body: if json {
            page.body.clone()
        } else {
            String::new()
        },
        length: page.body.len(),
        took: page.took,
        cost,
        writes,
    }
}

fn form(eve: &Visitor, target: &str, body: &str) -> Request {
    let request = Request::new("POST", &format!("https://app.example.org{target}"));
    eve.dressed(
        request.body("application/x-www-form-urlencoded", body),
        "navigate",
    )
}

/// The answers for all four addresses are equal. Where a password is tried, a sign-up that waits costs one
/// hash more, at an address of either kind; the beat hides it.
fn all_alike(route: &str, waiting: usize, ask: impl Fn(&str) -> Shape) -> Shape {
    let mut count = Count::of("enumeration");
    let (unknown, known) = (ask(UNKNOWN), ask(KNOWN));
    count.one(known == unknown);
    assert_eq!(known, unknown, "{route}");
    let (mut waits, again) = (ask(PENDING), ask(AGAIN));
    count.one(again == waits);
    assert_eq!(again, waits, "{route}");
    waits.cost.hashes -= waiting;
    assert_eq!(waits, unknown, "{route}");
    unknown
}

/// The same fields but for the address, by JSON and by form: equal answers, whoever is asked for.
fn nobody_can_tell(
    json_route: &str,
    page_route: &str,
    waiting: usize,
    fields: impl Fn(&str) -> Value,
) {
    let twin = town();
    let by_json = |email: &str| shape(&twin, |eve| eve.asks_json(json_route, &fields(email)));
    let unknown = all_alike(json_route, waiting, by_json);
    assert_eq!(unknown.took, Span(500), "{json_route} leaves on the beat");
    let by_form = |email: &str| {
        shape(&twin, |eve| {
            let fields = fields(email);
            let pairs: Vec<_> = fields
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
                .collect();
            let mut body = form_urlencoded::Serializer::new(String::new());
            let request = form(eve, page_route, &body.extend_pairs(pairs).finish());
            eve.sends(&request).unwrap()
        })
    };
    let unknown = all_alike(page_route, waiting, by_form);
    assert_eq!(
        (unknown.status, unknown.took),
        (303, Span(500)),
        "{page_route} leaves on the beat"
    );
}

#[test]
fn not_by_a_wrong_password() {
    nobody_can_tell(
        "/auth/login",
        "/login",
        1,
        |email| json!({ "email": email, "password": BETTER }),
    );
}

#[test]
fn not_by_signing_up() {
    nobody_can_tell(
        "/auth/register",
        "/login/signup",
        0,
        |email| json!({ "email": email, "password": BETTER }),
    );
}

#[test]
fn not_by_asking_for_the_mail_again() {
    nobody_can_tell(
        "/auth/resend",
        "/login/resend",
        0,
        |email| json!({ "email": email }),
    );
}

#[test]
fn not_by_forgetting_a_password() {
    nobody_can_tell(
        "/auth/forgot",
        "/login/forgot",
        0,
        |email| json!({ "email": email }),
    );
}

#[test]
fn not_by_asking_for_a_link_to_sign_in() {
    nobody_can_tell(
        "/auth/magic-request",
        "/login/magic",
        0,
        |email| json!({ "email": email }),
    );
}

#[test]
fn not_by_wanting_the_address_for_ones_own() {
    let twin = town();
    let mut eve = twin.member("eve@example.org");
    let mut by_json = |email: &str| {
        shape_for(&twin, &mut eve, |eve| {
            eve.asks_json("/auth/change-email", &json!({ "email": email }))
        })
    };
    let unknown = by_json(UNKNOWN);
    assert_eq!((unknown.status, unknown.took), (202, Span(500)));
    let mut count = Count::of("enumeration");
    for email in [KNOWN, PENDING] {
        let answer = by_json(email);
        count.one(answer == unknown);
        assert_eq!(answer, unknown);
    }
}

#[test]
fn not_by_a_purse_that_is_spent() {
    let twin = town();
    for route in ["/auth/forgot", "/auth/magic-request", "/auth/resend"] {
        let ask = |email: &str| {
            shape(&twin, |eve| {
                eve.asks_json(route, &json!({ "email": email }))
            })
        };
        let first = ask(KNOWN);
        twin.runs_alarms();
        for _ in 0..5 {
            assert_eq!(ask(KNOWN), first, "{route}");
            twin.runs_alarms();
        }
    }
}

#[test]
fn not_by_what_a_wrong_password_costs() {
    let twin = town();
    let wrong = |email: &str| json!({ "email": email, "password": BETTER });
    for (email, hashes) in [(KNOWN, 1), (UNKNOWN, 1), (PENDING, 2), (AGAIN, 2)] {
        let shape = shape(&twin, |eve| eve.asks_json("/auth/login", &wrong(email)));
        let expected = Cost { calls: 3, hashes };
        assert_eq!(shape.cost, expected, "{email}: network, address, account");
    }
}

#[test]
fn not_by_signing_up_and_then_in() {
    let twin = town();
    let chosen = |email: &str| json!({ "email": email, "password": BETTER });
    let mut seen = Vec::new();
    for email in [KNOWN, UNKNOWN] {
        let mut eve = twin.visitor("eve@example.org");
        assert_eq!(eve.asks_json("/auth/register", &chosen(email)).status, 202);
        twin.runs_alarms();
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(shape_for(&twin, &mut eve, |eve| {
                eve.asks_json("/auth/login", &chosen(email))
            }));
            let mut other = eve.elsewhere();
            answers.push(shape_for(&twin, &mut other, |eve| {
                eve.asks_json("/auth/login", &chosen(email))
            }));
        }
        seen.push(answers);
    }
    Count::of("enumeration").one(seen[0] == seen[1]);
    assert_eq!(seen[0], seen[1]);
    let told: Vec<_> = seen[0].iter().map(|answer| answer.status).collect();
    assert_eq!(told, [403, 403, 403, 403, 403, 429], "each is a try");
    assert!(seen[0][0].body.contains("auth.login.not_verified"));
}

#[test]
fn a_sign_up_is_no_second_way_to_guess_a_password() {
    let twin = town();
    let guess = |password: &str| json!({ "email": KNOWN, "password": password });
    let mut eve = twin.visitor("eve@example.org");
    for n in 0..5 {
        let wrong = guess(&format!("{n} wrong words that were guessed"));
        eve.asks_json("/auth/register", &wrong);
        assert_eq!(eve.asks_json("/auth/login", &wrong).status, 403);
    }
    let right = guess(GOOD);
    eve.asks_json("/auth/register", &right);
    assert_eq!(eve.asks_json("/auth/login", &right).status, 429);
}

#[test]
fn the_owner_gets_in_though_somebody_signed_up_again() {
    let twin = town();
    let mut owner = twin.visitor(AGAIN);
    owner.visits("/login").signs_in_with(GOOD);
    assert!(owner.is_signed_in());
}

#[test]
fn not_by_a_lane_that_is_shut() {
    let twin = town();
    let wrong = |email: &str| json!({ "email": email, "password": BETTER });
    for email in [KNOWN, PENDING, UNKNOWN] {
        for _ in 0..5 {
            twin.visitor("eve@example.org")
                .asks_json("/auth/login", &wrong(email));
        }
        // Each lane was shut at another moment, and tells how long it stays so.
        twin.waits(Span::minutes(20));
    }
    let shut = |email: &str| {
        for _ in 0..1 {
            twin.visitor("eve@example.org")
                .asks_json("/auth/login", &wrong(email));
        }
        shape(&twin, |eve| eve.asks_json("/auth/login", &wrong(email)))
    };
    let unknown = shut(UNKNOWN);
    assert_eq!(unknown.status, 429);
    let mut count = Count::of("enumeration");
    for email in [KNOWN, PENDING] {
        let answer = shut(email);
        count.one(answer == unknown);
        assert_eq!(answer, unknown);
    }
}

#[test]
fn not_by_a_device_of_ones_own() {
    let twin = town();
    let eve = twin.member("eve@example.org");
    let wrong = |email: &str| json!({ "email": email, "password": BETTER });
    let with_device = |email: &str| {
        shape(&twin, |stranger| {
            stranger.jar = eve.jar.clone();
            stranger.jar.lose("__Host-edgeward");
            stranger.asks_json("/auth/login", &wrong(email))
        })
    };
    let unknown = all_alike("/auth/login", 1, with_device);
    assert_eq!((unknown.status, unknown.took), (401, Span(500)));
}

#[test]
fn a_decoy_is_asked_and_writes_nothing() {
    let twin = town();
    let wrong = json!({ "email": UNKNOWN, "password": BETTER });
    twin.visitor("eve@example.org")
        .asks_json("/auth/login", &wrong);
    let decoy = edgeward::kit::email::EmailAddress::parse(UNKNOWN).unwrap();
    let decoy = twin.world.site.keys.decoy_account(&decoy);
    let object = twin
        .world
        .object(crate::twin::objects::Kind::Account, decoy.as_str());
    assert_eq!(object.sql.tables(), [""; 0], "not even a schema");
    assert_eq!(object.alarm.get(), None);
}
