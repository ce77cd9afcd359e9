//! Many passwords tried at the same moment. An attempt is counted before its password is looked at, so no
//! more are looked at than the limit says.

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
