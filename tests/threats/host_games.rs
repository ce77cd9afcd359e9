//! Requests for another host, or over plain http. They are refused before anything of them is read.

use serde_json::json;

use crate::twin::{
    BETTER, Cost, HOME, Mail, Request, Twin, Visitor,
    figures::{Count, figure},
    form,
};

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
    let (mut tried, mut refused) = (0, 0);
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
                tried += 1;
                refused += usize::from(page.status == 421 && page.seen.is_none());
                assert_eq!(refused, tried, "{method} {url}: {page:?}");
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
    figure("host_games", tried, refused);
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
fn a_host_that_goes_on_as_a_path_is_misdirected() {
    let twin = Twin::new();
    let mut count = Count::of("host_games");
    for (host, url) in [
        (
            "app.example.org/public",
            "https://app.example.org/public/private",
        ),
        (
            "app.example.org\\public",
            "https://app.example.org/public/private",
        ),
        (
            "app.example.org/public?x=",
            "https://app.example.org/public?x=/login",
        ),
        ("app.example.org/public#", "https://app.example.org/public"),
        ("eve@app.example.org", "https://app.example.org/public/page"),
    ] {
        let page = twin
            .world
            .request(&Request::new("GET", url).with("host", host))
            .unwrap();
        count.one(page.status == 421);
        assert_eq!((page.status, page.seen.is_none()), (421, true), "{host}");
    }
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

/// What says that Edgeward is elsewhere.
fn forged(request: Request) -> Request {
    let names = super::header_games::names();
    let forge = |request: Request, name: &String| request.with(name, "evil.example");
    let request = names.iter().fold(request, forge);
    request
        .with("host", "evil.example")
        .with("forwarded", "host=evil.example;proto=http")
        .with("x-forwarded-host", "evil.example")
        .with("x-forwarded-proto", "http")
        .with("x-forwarded-prefix", "//evil.example")
        .with("referer", "https://evil.example/login")
}

#[test]
fn every_letter_leads_to_the_public_url_whatever_is_said_when_it_is_asked_for() {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    let mut ada = twin.member("ada@example.org");
    let asked = |email: &str| json!({ "email": email });
    let sends = |visitor: &mut Visitor, route: &str, body: &serde_json::Value| {
        let request = forged(visitor.json_request(route, body));
        let page = visitor.sends(&request).unwrap();
        twin.runs_alarms();
        page.status
    };
    let mut bob = twin.visitor("bob@example.org");
    let chosen = json!({ "email": "bob@example.org", "password": BETTER });
    assert_eq!(sends(&mut bob, "/auth/register", &chosen), 202);
    assert_eq!(
        sends(&mut bob, "/auth/resend", &asked("bob@example.org")),
        202
    );
    for route in ["/auth/forgot", "/auth/magic-request"] {
        assert_eq!(sends(&mut ada, route, &asked("ada@example.org")), 202);
    }
    assert_eq!(
        sends(&mut ada, "/auth/change-email", &asked("new@example.org")),
        202
    );
    let mails = twin.mails();
    let letter = mails
        .iter()
        .find(|mail| mail.kind == "auth.email_change")
        .unwrap();
    let token = letter
        .link
        .as_deref()
        .unwrap()
        .split_once("token=")
        .unwrap()
        .1;
    assert_eq!(
        sends(&mut ada, "/auth/change-email", &json!({ "token": token })),
        200
    );
    ada.visits("/login").signs_in_with(crate::twin::GOOD);
    let ops = twin.operator("ops");
    let posts = |route: &str, body: &serde_json::Value| {
        let page = ops.sends(&forged(ops.post(route, body)));
        assert!(page.status < 300, "{route}: {page:?}");
        twin.runs_alarms();
        page
    };
    posts("/auth/admin/invitations", &asked("carol@example.org"));
    let link = posts(
        "/auth/admin/links",
        &json!({ "path": "/private", "expiresIn": 3600 }),
    )
    .json();
    assert!(link["link"].as_str().unwrap().starts_with(HOME), "{link}");
    let mut ada = ada.reads("new@example.org");
    ada.visits("/login").signs_in_with(crate::twin::GOOD);
    let account = ada.account();
    posts(&format!("/auth/admin/accounts/{account}/reset"), &json!({}));
    assert_eq!(sends(&mut ada, "/auth/delete-account", &json!({})), 200);

    let mails = twin.mails();
    let links: Vec<_> = mails.iter().filter(|mail| mail.link.is_some()).collect();
    let ours = |mail: &&&Mail| mail.body.contains(&format!("\"link\":\"{HOME}/login/"));
    figure("host_games", links.len(), links.iter().filter(ours).count());
    for mail in &links {
        assert!(ours(&mail), "{}", mail.body);
        assert!(!mail.body.contains("evil"), "{}", mail.body);
    }
    let mut kinds: Vec<_> = links.iter().map(|mail| mail.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let every = [
        "auth.email_change",
        "auth.invite",
        "auth.magic",
        "auth.notice.deletion",
        "auth.notice.email_changed",
        "auth.reset",
        "auth.verify",
    ];
    assert_eq!(kinds, every, "every letter that carries a link");
}
