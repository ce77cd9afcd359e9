//! Requests for another host, or over plain http. They are refused before anything of them is read.

use serde_json::json;

use crate::twin::{BETTER, Cost, HOME, Request, Twin, form};

fn request(method: &str, url: &str) -> Request {
    let request = Request::new(method, url).with("sec-fetch-site", "same-origin");
    match method {
        "POST" => request.body(
            "application/json",
            &json!({ "email": "a@b.example", "password": BETTER }).to_string(),
        ),
        _ => request,
    }
}

#[test]
fn another_host_is_misdirected_whatever_the_scheme() {
    let twin = Twin::new();
    for authority in [
        "evil.example",
        "app.example.org.evil.example",
        "evil.app.example.org",
        "example.org",
        "app.example.org:8443",
        "app.example.org:80",
        "app.example.org.",
        "127.0.0.1",
        "[::1]",
        "localhost",
        "APP.example.org.evil.example",
        "user@app.example.org",
    ] {
        for scheme in ["https", "http"] {
            for (method, target) in [
                ("GET", "/"),
                ("GET", "/public/page"),
                ("GET", "/login"),
                ("POST", "/auth/login"),
                ("PUT", "/x"),
            ] {
                let url = format!("{scheme}://{authority}{target}");
                let (page, cost) =
                    twin.cost_of(|| twin.world.request(&request(method, &url)).unwrap());
                assert_eq!(
                    (page.status, page.seen.is_none()),
                    (421, true),
                    "{method} {url}"
                );
                assert_eq!(
                    cost,
                    Cost {
                        calls: 0,
                        hashes: 0
                    }
                );
                assert_eq!(page.set_cookies().count(), 0);
            }
        }
    }
}

#[test]
fn plain_http_is_led_to_https_when_nothing_was_sent_along_and_refused_else() {
    let twin = Twin::new();
    for (method, target, status) in [
        ("GET", "/private?x=1", 308),
        ("HEAD", "/public/page", 308),
        ("GET", "/login?next=%2Fx", 308),
        ("POST", "/auth/login", 403),
        ("POST", "/login", 403),
        ("OPTIONS", "/private", 403),
        ("DELETE", "/auth/sessions/x", 403),
        ("PURGE", "/public/page", 403),
    ] {
        let url = format!("http://app.example.org{target}");
        let (page, cost) = twin.cost_of(|| twin.world.request(&request(method, &url)).unwrap());
        assert_eq!(
            (page.status, cost.hashes, cost.calls),
            (status, 0, 0),
            "{method} {target}"
        );
        let secure = format!("https://app.example.org{target}");
        assert_eq!(
            page.header("location"),
            (status == 308).then_some(secure.as_str())
        );
    }
}

#[test]
fn links_and_locations_never_follow_the_host_header() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    BETTER.clone_into(&mut ada.password);
    let body = form(&[("email", "ada@example.org"), ("password", BETTER)]);
    let post = Request::new("POST", &format!("{HOME}/login/signup"))
        .body("application/x-www-form-urlencoded", &body);
    let forged = ada
        .dressed(post, "navigate")
        .with("host", "evil.example")
        .with("x-forwarded-host", "evil.example")
        .with("forwarded", "host=evil.example");
    let page = ada.sends(&forged).unwrap();
    assert_eq!(page.header("location"), Some("/login/resend"));
    assert!(
        ada.receives_link().starts_with("/login/verify?token="),
        "below PUBLIC_URL"
    );
}

#[test]
fn the_host_is_compared_regardless_of_case() {
    let twin = Twin::new();
    let page = twin
        .world
        .request(&Request::new("GET", "https://APP.Example.ORG/public/page"))
        .unwrap();
    assert!(page.seen.is_some());
}
