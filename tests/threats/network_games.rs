//! Whoever is limited by where they come from says they come from elsewhere, or says it in other words. Believed is
//! the one header that `CLIENT_IP` names; an address is itself however it is written; what is none is nobody's.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use super::header_games::{names, spellings};
use crate::twin::{BETTER, Request, Twin, figures::figure};

/// One client in all the ways its address may be written.
const ONE_V4: [&str; 8] = [
    "203.0.113.9",
    " 203.0.113.9 ",
    "::ffff:203.0.113.9",
    "::FFFF:203.0.113.9",
    "::ffff:cb00:7109",
    "0:0:0:0:0:ffff:cb00:7109",
    "0000:0000:0000:0000:0000:ffff:203.0.113.9",
    "::ffff:203.0.113.9",
];
const ONE_V6: [&str; 6] = [
    "2001:db8:7:1::1",
    "2001:DB8:7:1::2",
    "2001:0db8:0007:0001:ffff:ffff:ffff:ffff",
    "2001:db8:7:1:0:0:0:3",
    "2001:db8:7:1::203.0.113.9",
    "2001:db8:7:1::",
];
/// No addresses: all of these are one client.
const NONE: [&str; 10] = [
    "203.0.113.9, 10.0.0.1",
    "203.0.113.9:443",
    "203.0.113.009",
    "[2001:db8::1]",
    "2001:db8::1%eth0",
    "unknown",
    "",
    "3405803785",
    "0xcb007109",
    "203.0.113.9/24",
];

/// Everything a network pays for, in the words of who asks, and how often it may.
fn acts(n: usize) -> [(&'static str, Value, usize); 5] {
    let email = format!("somebody{n}@example.org");
    [
        (
            "/auth/login",
            json!({ "email": email, "password": BETTER }),
            20,
        ),
        (
            "/auth/register",
            json!({ "email": email, "password": BETTER }),
            10,
        ),
        ("/auth/resend", json!({ "email": email }), 10),
        ("/auth/forgot", json!({ "email": email }), 10),
        ("/auth/magic-request", json!({ "email": email }), 10),
    ]
}

/// How many of these requests are heard, when each is dressed in its own way, and how many may be.
fn heard(twin: &Twin, act: usize, dress: impl Fn(Request, usize) -> Request) -> (usize, usize) {
    let eve = twin.visitor("eve@example.org");
    let mut heard = 0;
    for n in 0..60 {
        let (route, body, _) = &acts(n)[act];
        let request = dress(eve.json_request(route, body), n);
        heard += usize::from(twin.world.request(&request).unwrap().status != 429);
    }
    (heard, acts(0)[act].2)
}

/// Tries every act; each is limited as if nothing had been said.
fn are_one_client(settings: &[(&str, Value)], dress: impl Fn(Request, usize) -> Request) {
    for act in 0..acts(0).len() {
        let twin = Twin::with(settings);
        twin.leaves_mail_unread();
        let (heard, most) = heard(&twin, act, &dress);
        figure("network_games", 60 - most, 60 - heard);
        assert_eq!(heard, most, "{}", acts(0)[act].0);
    }
}

#[test]
fn no_other_header_moves_a_client_elsewhere() {
    let claimed: Vec<String> = names().iter().flat_map(|name| spellings(name)).collect();
    are_one_client(&[], |request, n| {
        let forge = |request: Request, at: usize| {
            let name = &claimed[(n * 7 + at) % claimed.len()];
            request.with(name, &format!("198.51.100.{n}"))
        };
        (0..20)
            .fold(request, forge)
            .with("cf-connecting-ip", "203.0.113.9")
    });
}

#[test]
fn other_spellings_of_the_header_are_not_that_header() {
    are_one_client(
        &[("CLIENT_IP", "header:x-real-client".into())],
        |request, n| {
            let address = format!("198.51.100.{n}");
            let forged = [
                "x_real_client",
                "x.real.client",
                "x-real-client-ip",
                "cf-connecting-ip",
            ];
            let forge = |request: Request, name: &&str| request.with(name, &address);
            forged
                .iter()
                .fold(request, forge)
                .with("x-real-client", "203.0.113.9")
        },
    );
}

#[test]
fn an_address_is_one_client_however_it_is_written() {
    for forms in [ONE_V4.as_slice(), &ONE_V6, &NONE] {
        are_one_client(&[], |request, n| {
            request.with("cf-connecting-ip", forms[n % forms.len()])
        });
    }
}

#[test]
fn where_no_client_is_known_all_are_one() {
    are_one_client(&[("CLIENT_IP", "none".into())], |request, n| {
        request.with("cf-connecting-ip", &format!("198.51.100.{n}"))
    });
}

#[test]
fn whoever_is_elsewhere_is_heard() {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    let (heard, _) = heard(&twin, 0, |request, n| {
        request.with("cf-connecting-ip", &format!("198.51.100.{n}"))
    });
    assert_eq!(heard, 60);
    twin.waits(Span::minutes(1));
}
