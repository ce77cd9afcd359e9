//! One token, posted by many at the same moment. It is redeemed once: the address object is one single
//! writer, and the commit that redeems a token removes it.

use edgeward::kit::id::AccountId;
use serde_json::json;

use crate::twin::{GOOD, Page, Request, Twin, Visitor, figures::figure, objects::Kind};

/// The same request from many networks, so that no budget stands in the way.
fn from_everywhere(request: &Request, count: usize) -> Vec<Request> {
    let network = |n: usize| format!("203.0.{}.{}", n / 250, n % 250 + 1);
    (0..count)
        .map(|n| request.clone().with("cf-connecting-ip", &network(n)))
        .collect()
}

fn accounts(twin: &Twin) -> usize {
    let objects = twin.world.objects_of(Kind::Account);
    objects
        .iter()
        .filter(|object| object.sql.state().is_some())
        .count()
}

/// One redeems it, and all the others are told that it was used.
fn tells(pages: &[Page]) {
    let redeemed = count(pages, 200, "auth.verify.success");
    let told = count(pages, 400, "auth.token.used");
    let right = told + usize::from(redeemed == 1);
    figure("parallel_redemption", pages.len(), right.min(pages.len()));
}

fn count(pages: &[Page], status: u16, code: &str) -> usize {
    pages
        .iter()
        .filter(|page| page.status == status && page.code() == code)
        .count()
}

fn signed_up(twin: &Twin) -> (Visitor, String) {
    let mut ada = twin.visitor("ada@example.org");
    let link = ada.signs_up(GOOD).receives_link();
    (ada, link.split_once("?token=").unwrap().1.to_owned())
}

#[test]
fn two_hundred_redemptions_of_one_token_give_one_success() {
    let twin = Twin::new();
    let (ada, token) = signed_up(&twin);
    let post = ada.json_request("/auth/verify", &json!({ "token": token }));
    let pages = twin.at_once(from_everywhere(&post, 200));
    tells(&pages);
    assert_eq!(count(&pages, 200, "auth.verify.success"), 1);
    assert_eq!(count(&pages, 400, "auth.token.used"), 199);
    assert_eq!(accounts(&twin), 1);
    let account = winner(&pages);
    assert_eq!(
        twin.journal(&account).len(),
        2,
        "created once, signed in once"
    );
}

#[test]
fn in_whatever_order_they_come() {
    for seed in 0..12 {
        let twin = Twin::new();
        twin.world.shuffles(seed);
        let (ada, token) = signed_up(&twin);
        let post = ada.json_request("/auth/verify", &json!({ "token": token }));
        let pages = twin.at_once(from_everywhere(&post, 9));
        tells(&pages);
        assert_eq!(count(&pages, 200, "auth.verify.success"), 1, "seed {seed}");
        assert_eq!(accounts(&twin), 1, "seed {seed}");
    }
}

#[test]
fn links_of_three_sign_ups_make_one_account() {
    for seed in 0..6 {
        let twin = Twin::new();
        twin.world.shuffles(seed);
        let posts = (0..3).flat_map(|_| {
            let (browser, token) = signed_up(&twin);
            from_everywhere(
                &browser.json_request("/auth/verify", &json!({ "token": token })),
                5,
            )
        });
        let pages = twin.at_once(posts.collect());
        tells(&pages);
        assert_eq!(count(&pages, 200, "auth.verify.success"), 1, "seed {seed}");
        assert_eq!(count(&pages, 400, "auth.token.used"), 14, "seed {seed}");
        assert_eq!(accounts(&twin), 1, "seed {seed}");
    }
}

#[test]
fn a_button_pressed_many_times_opens_one_session() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD).opens_mail();
    let visit = ada.page().input("visit").unwrap().to_owned();
    let form = Request::new("POST", "https://app.example.org/login/verify").body(
        "application/x-www-form-urlencoded",
        &format!("visit={visit}"),
    );
    let pages = twin.at_once(from_everywhere(&ada.dressed(form, "navigate"), 20));
    for page in &pages {
        assert_eq!((page.status, page.header("location")), (303, Some("/")));
        ada.takes_cookies(page);
    }
    assert!(ada.is_signed_in());
    let sessions = ada.fetches("GET", "/auth/sessions").json()["sessions"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!((sessions, accounts(&twin)), (1, 1));
}

fn winner(pages: &[Page]) -> String {
    let page = pages.iter().find(|page| page.status == 200).unwrap();
    let account = page.json()["account"]["id"].as_str().unwrap().to_owned();
    assert!(AccountId::parse(&account).is_some());
    account
}
