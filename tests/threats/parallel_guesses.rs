//! Many passwords tried at the same moment. An attempt is counted before its password is looked at, so no
//! more are looked at than the limit says.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{BETTER, GOOD, Page, Request, Twin, Visitor, figures::figure};

/// As many guesses, each from a network of its own.
fn guesses(eve: &Visitor, email: &str, count: usize) -> Vec<Request> {
    let guess = |n: usize| {
        let fields = json!({ "email": email, "password": format!("{BETTER} {n}") });
        let network = format!("203.0.{}.{}", n / 250, n % 250 + 1);
        eve.json_request("/auth/login", &fields)
            .with("cf-connecting-ip", &network)
    };
    (0..count).map(guess).collect()
}

fn count(pages: &[Page], status: u16) -> usize {
    pages.iter().filter(|page| page.status == status).count()
}

#[test]
fn of_two_hundred_guesses_at_once_five_are_checked() {
    let twin = Twin::new();
    twin.member("ada@example.org");
    let eve = twin.visitor("eve@example.org");
    let (pages, cost) = twin.cost_of(|| twin.at_once(guesses(&eve, "ada@example.org", 200)));
    figure("parallel_guesses", 195, 200 - cost.hashes);
    assert_eq!(cost.hashes, 5);
    assert_eq!((count(&pages, 401), count(&pages, 429)), (5, 195));
}

#[test]
fn among_them_the_owners_marked_browser_gets_in() {
    for seed in 0..3 {
        let twin = Twin::new();
        twin.world.shuffles(seed);
        let mut ada = twin.member("ada@example.org");
        ada.signs_out();
        let eve = twin.visitor("eve@example.org");
        let mut requests = guesses(&eve, "ada@example.org", 40);
        let fields = json!({ "email": "ada@example.org", "password": GOOD });
        requests.insert(20, ada.json_request("/auth/login", &fields));
        let pages = twin.at_once(requests);
        assert_eq!(pages[20].status, 200, "seed {seed}: {:?}", pages[20]);
        let lucky = pages
            .iter()
            .enumerate()
            .filter(|(at, page)| *at != 20 && page.status == 200)
            .count();
        assert_eq!(lucky, 0);
    }
}

#[test]
fn an_address_nobody_has_is_counted_alike() {
    let twin = Twin::new();
    let eve = twin.visitor("eve@example.org");
    let (pages, cost) = twin.cost_of(|| twin.at_once(guesses(&eve, "nobody@example.org", 50)));
    assert_eq!(
        (cost.hashes, count(&pages, 401), count(&pages, 429)),
        (5, 5, 45)
    );
}

#[test]
fn a_stolen_device_cookie_is_worth_five_guesses_more() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    let mut thief = ada.copied();
    thief.jar.lose("__Host-edgeward");
    let (pages, cost) = twin.cost_of(|| twin.at_once(guesses(&thief, "ada@example.org", 100)));
    assert!(
        cost.hashes <= 10,
        "five as the device, five as a stranger: {}",
        cost.hashes
    );
    assert_eq!(count(&pages, 200), 0);
}

#[test]
fn one_network_guesses_at_many_addresses_no_more_often_than_its_budget() {
    let twin = Twin::new();
    let eve = twin.visitor("eve@example.org");
    let guess = |n: usize| {
        let fields = json!({ "email": format!("member{n}@example.org"), "password": BETTER });
        eve.json_request("/auth/login", &fields)
    };
    let (pages, cost) = twin.cost_of(|| twin.at_once((0..60).map(guess).collect()));
    assert_eq!(
        (cost.hashes, count(&pages, 429)),
        (20, 40),
        "20 in a minute"
    );
}

/// One address, as a person, a keyboard or a program may write it. Some of these are refused.
const ALIASES: [&str; 16] = [
    "ada@b\u{fc}cher.example",
    "ADA@B\u{dc}CHER.EXAMPLE",
    "Ada@b\u{fc}cher.Example",
    "ada@bu\u{308}cher.example",
    "ada@BU\u{308}CHER.example",
    "ada@xn--bcher-kva.example",
    "ada@XN--BCHER-KVA.EXAMPLE",
    "ada@\u{ff42}\u{fc}cher.example",
    "ada@b\u{fc}cher\u{3002}example",
    "ada@b\u{fc}\u{ad}cher.example",
    "ada@b\u{fc}cher\u{200b}.example",
    " ada@b\u{fc}cher.example ",
    "\tada@b\u{fc}cher.example\n",
    "ada@b\u{fc}cher.example.",
    "\u{ff41}da@b\u{fc}cher.example",
    "\"ada\"@b\u{fc}cher.example",
];

#[test]
fn one_address_in_all_its_spellings_has_one_limit() {
    let twin = Twin::new();
    twin.member("ada@xn--bcher-kva.example");
    let eve = twin.visitor("eve@example.org");
    let guess = |n: usize| {
        let email = ALIASES[n % ALIASES.len()];
        let fields = json!({ "email": email, "password": format!("{BETTER} {n}") });
        eve.json_request("/auth/login", &fields)
            .with("cf-connecting-ip", &format!("203.0.113.{}", n + 1))
    };
    let (pages, cost) = twin.cost_of(|| twin.at_once((0..200).map(guess).collect()));
    let refused = count(&pages, 422);
    figure(
        "parallel_guesses",
        195 - refused,
        200 - refused - cost.hashes,
    );
    assert_eq!(cost.hashes, 5);
    assert_eq!(count(&pages, 401) + count(&pages, 429) + refused, 200);
    assert!(
        (1..100).contains(&refused),
        "most are read: {refused} are not"
    );
}

#[test]
fn one_address_in_all_its_spellings_has_one_purse_and_one_mailbox() {
    let twin = Twin::new();
    twin.member("ada@xn--bcher-kva.example");
    twin.waits(Span::days(2));
    let before = twin.mails().len();
    for email in ALIASES {
        let fields = json!({ "email": email });
        twin.visitor("eve@example.org")
            .asks_json("/auth/magic-request", &fields);
        twin.runs_alarms();
    }
    let mails = twin.mails();
    assert!(
        mails
            .iter()
            .all(|mail| mail.to == "ada@xn--bcher-kva.example")
    );
    figure(
        "parallel_guesses",
        ALIASES.len() - 3,
        ALIASES.len() - (mails.len() - before),
    );
    assert_eq!(mails.len() - before, 3);
}

#[test]
fn an_address_with_a_tag_is_another_one_and_no_way_in() {
    let twin = Twin::new();
    twin.member("ada@example.org");
    for email in [
        "ada+x@example.org",
        "a.da@example.org",
        "ada@example.org.example",
    ] {
        let fields = json!({ "email": email, "password": GOOD });
        let page = twin
            .visitor("eve@example.org")
            .asks_json("/auth/login", &fields);
        assert_eq!(
            (page.status, page.code().as_str()),
            (401, "auth.login.invalid"),
            "{email}"
        );
    }
}

/// What is said beside a guess, to make it another one.
fn beside(request: Request, n: usize) -> Request {
    let mut request = request.with("user-agent", &format!("browser/{n}"));
    let names = super::header_games::names();
    for at in 0..4 {
        request = request.with(
            &names[(n * 5 + at) % names.len()],
            &format!("198.51.100.{n}"),
        );
    }
    request.url = format!("{}?n={n}&email=other{n}@example.org", request.url);
    match n % 4 {
        0 => request.with("content-type", "application/json; charset=utf-8"),
        1 => request.with("accept-language", "pt"),
        2 => request.with("x-http-method-override", "PUT"),
        _ => request.with(
            "cookie",
            &format!("__Host-edgeward-device=v1.c1.{n}.x; a={n}"),
        ),
    }
}

#[test]
fn whatever_is_said_beside_a_guess_it_is_counted() {
    let twin = Twin::new();
    twin.member("ada@example.org");
    let eve = twin.visitor("eve@example.org");
    let guess = |n: usize| {
        let mut fields = json!({ "email": "ada@example.org", "password": format!("{BETTER} {n}") });
        match n % 5 {
            0 => fields["next"] = json!(format!("/private?{n}")),
            1 => fields["newPassword"] = json!(format!("seven green umbrellas wait {n}")),
            2 => fields[format!("field{n}")] = json!(n),
            3 => fields["email"] = json!(["ada@example.org"]),
            _ => (),
        }
        let request = beside(eve.json_request("/auth/login", &fields), n);
        request.with("cf-connecting-ip", &format!("203.0.113.{}", n + 1))
    };
    let (pages, cost) = twin.cost_of(|| twin.at_once((0..200).map(guess).collect()));
    // Refused for their fields: two of five.
    let refused = count(&pages, 422) + count(&pages, 400);
    figure(
        "parallel_guesses",
        195 - refused,
        200 - refused - cost.hashes,
    );
    assert_eq!((cost.hashes, refused), (5, 80));
    assert_eq!(count(&pages, 401) + count(&pages, 429), 120);
}
