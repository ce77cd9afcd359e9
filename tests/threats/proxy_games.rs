//! `GET /auth/check` asked by whoever is not the proxy, and by a proxy that hands on what a hostile visitor sent.
//! What it answers decides what an application believes.

use edgeward::{
    kit::time::Span,
    web::routes::{ROUTES, Route, Surface},
};
use serde_json::json;

use crate::twin::{HOME, Page, Proxy, Request, Twin, figures::Count, settings::operator_key};

fn town() -> Twin {
    Twin::with(&[("AUTH_CHECK", "x-original".into())])
}

fn told(page: &Page) -> (u16, String) {
    (page.status, page.code())
}

fn unauthorized() -> (u16, String) {
    (403, "auth.check.unauthorized".to_owned())
}

fn malformed() -> (u16, String) {
    (400, "auth.check.malformed".to_owned())
}

/// Every route that a proxy asks.
fn routes() -> Vec<&'static Route> {
    let routes: Vec<_> = (ROUTES.iter())
        .filter(|route| route.surface == Surface::Proxy)
        .collect();
    assert!(!routes.is_empty());
    routes
}

fn get(target: &str) -> Request {
    Request::new("GET", &format!("{HOME}{target}"))
}

#[test]
fn who_is_not_the_proxy_learns_nothing_and_pays() {
    let patient = json!({"network": {"admin": ["1000/1m"]}});
    let twin = Twin::with(&[("AUTH_CHECK", "x-original".into()), ("LIMITS", patient)]);
    let (proxy, ada) = (twin.proxy(), twin.member("ada@example.org"));
    let (head, tail) = proxy.key.split_at(42);
    let (mut bodies, mut count) = (Vec::new(), Count::of("proxy_games"));
    for route in routes() {
        for visitor in [&ada, &twin.visitor("eve@example.org")] {
            let right = proxy.question(&visitor.dressed(get("/private"), "navigate"));
            let right = Request {
                url: format!("{HOME}/auth{}", route.path),
                ..right
            };
            assert_ne!(proxy.asks(&right).status, 403);
            for wrong in [
                None,
                Some(String::new()),
                Some(format!("Bearer {}", proxy.key)),
                Some(format!("{}=", proxy.key)),
                Some(format!("{}A", proxy.key)),
                Some(head.to_owned()),
                Some(format!("A{tail}")),
                Some(format!("{}, {}", proxy.key, proxy.key)),
                Some(format!("check:{}", proxy.key)),
                Some(operator_key("ops")),
                Some(operator_key("links")),
                Some(operator_key("nobody")),
            ] {
                let bare = right.clone().without("edgeward-proxy-key");
                let request = match &wrong {
                    Some(key) => bare.with("edgeward-proxy-key", key),
                    None => bare.with("authorization", &format!("Bearer {}", proxy.key)),
                };
                let (page, cost) = twin.cost_of(|| proxy.asks(&request));
                count.one(told(&page) == unauthorized());
                assert_eq!(told(&page), unauthorized(), "{wrong:?}");
                assert_eq!(cost.calls, 1, "the network pays: {wrong:?}");
                assert_eq!(page.set_cookies().count(), 0);
                bodies.push((page.header_names().join(","), page.body));
            }
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:#?}");
}

#[test]
fn guesses_are_limited_and_the_right_key_is_never_shut_out_by_them() {
    let twin = town();
    let (proxy, eve) = (twin.proxy(), twin.visitor("eve@example.org"));
    let right = proxy.question(&eve.dressed(get("/public/x"), "navigate"));
    let guess = right.clone().with("edgeward-proxy-key", "guess");
    let pages = twin.at_once(vec![guess.clone(); 30]);
    let count = |status| pages.iter().filter(|page| page.status == status).count();
    assert_eq!((count(403), count(429)), (10, 20));
    assert_eq!(proxy.asks(&guess).status, 429);
    let (page, cost) = twin.cost_of(|| proxy.asks(&right));
    assert_eq!((page.status, cost.calls), (200, 0));
    twin.waits(Span::minutes(2));
    assert_eq!(told(&proxy.asks(&guess)), unauthorized());
}

#[test]
fn where_no_proxy_is_told_of_there_is_no_such_route() {
    let twin = Twin::new();
    let (proxy, ada) = (twin.proxy(), twin.member("ada@example.org"));
    for route in routes() {
        let mut request = proxy.question(&ada.dressed(get("/private"), "navigate"));
        request.url = format!("{HOME}/auth{}", route.path);
        let (page, cost) = twin.cost_of(|| proxy.asks(&request));
        assert_eq!(
            (told(&page), cost.calls),
            ((404, "auth.request.not_found".to_owned()), 0)
        );
    }
}

#[test]
fn what_is_missing_doubled_or_misspelt_is_no_question() {
    let mut count = Count::of("proxy_games");
    for mode in ["x-original", "x-forwarded"] {
        let twin = Twin::with(&[("AUTH_CHECK", mode.into())]);
        let (proxy, ada) = (twin.proxy(), twin.member("ada@example.org"));
        let right = proxy.question(&ada.dressed(get("/private"), "cors"));
        assert_eq!(proxy.asks(&right).status, 200);
        let (method, target) = match mode {
            "x-original" => ("x-original-method", "x-original-uri"),
            _ => ("x-forwarded-method", "x-forwarded-uri"),
        };
        let mut wrong = vec![
            (method, None),
            (method, Some("")),
            (method, Some("GET, GET")),
            (method, Some("GET POST")),
            (target, None),
            (target, Some("")),
            (target, Some("/public/x, /private")),
            (target, Some("private")),
            (target, Some("https://app.example.org/public/x")),
            (target, Some("/public/x#/private")),
            (target, Some("/public/\u{fc}")),
        ];
        if mode == "x-forwarded" {
            wrong.extend([
                ("x-forwarded-host", None),
                ("x-forwarded-proto", None),
                ("x-forwarded-proto", Some("")),
                ("x-forwarded-proto", Some("https, https")),
            ]);
        }
        for (name, value) in wrong {
            let request = right.clone().without(name);
            let request = match value {
                Some(value) => request.with(name, value),
                None => request,
            };
            let page = proxy.asks(&request);
            count.one(told(&page) == malformed());
            assert_eq!(told(&page), malformed(), "{name}: {value:?}");
        }
    }
}

#[test]
fn what_a_visitor_says_of_their_request_does_not_count() {
    for (mode, theirs) in [
        ("x-original", ["x-forwarded-method", "x-forwarded-uri"]),
        ("x-forwarded", ["x-original-method", "x-original-uri"]),
    ] {
        let twin = Twin::with(&[("AUTH_CHECK", mode.into())]);
        let (proxy, eve) = (twin.proxy(), twin.visitor("eve@example.org"));
        for name in [
            theirs[1],
            "x-original-url",
            "x-rewrite-url",
            "x-forwarded-prefix",
            "x-forwarded-path",
        ] {
            let request = eve.dressed(get("/private"), "cors").with(name, "/public/x");
            let page = proxy.gets(&request.with(theirs[0], "OPTIONS"));
            assert_eq!(
                told(&page),
                (401, "auth.session.required".to_owned()),
                "{name}"
            );
        }
    }
}

#[test]
fn another_host_or_plain_http_is_refused() {
    let twin = Twin::with(&[("AUTH_CHECK", "x-forwarded".into())]);
    let (proxy, ada) = (twin.proxy(), twin.member("ada@example.org"));
    let right = proxy.question(&ada.dressed(get("/private"), "cors"));
    let mut count = Count::of("proxy_games");
    for (name, value, code) in [
        ("x-forwarded-host", "evil.example", "misdirected"),
        ("x-forwarded-host", "", "misdirected"),
        (
            "x-forwarded-host",
            "app.example.org, app.example.org",
            "misdirected",
        ),
        ("x-forwarded-host", "app.example.org:8443", "misdirected"),
        ("x-forwarded-proto", "http", "insecure"),
        ("x-forwarded-proto", "ws", "insecure"),
    ] {
        let page = proxy.asks(&right.clone().with(name, value));
        let expected = (403, format!("auth.request.{code}"));
        count.one(told(&page) == expected);
        assert_eq!(told(&page), expected, "{name}: {value}");
    }
    let page = proxy.asks(&right.with("x-forwarded-proto", "wss"));
    assert_eq!(page.status, 200);
}

#[test]
fn a_foreign_page_cannot_act_in_somebodys_name() {
    let twin = town();
    let (proxy, ada) = (twin.proxy(), twin.member("ada@example.org"));
    let foreign = |request: Request| {
        ada.dressed(request, "cors")
            .with("origin", "https://evil.example")
            .with("sec-fetch-site", "cross-site")
    };
    let post = Request::new("POST", &format!("{HOME}/private"));
    assert_eq!(proxy.gets(&foreign(post.clone())).status, 401);
    assert_eq!(proxy.gets(&ada.dressed(post, "cors")).status, 200);
    // No proxy hands on what asks for a WebSocket, which ends at each.
    let socket = |request: Request| {
        request
            .with("upgrade", "websocket")
            .with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    };
    assert_eq!(proxy.gets(&foreign(socket(get("/private")))).status, 401);
    let own = ada.dressed(socket(get("/private")), "websocket");
    let (page, cost) = twin.cost_of(|| proxy.gets(&own.with("origin", HOME)));
    assert_eq!(
        (page.status, cost.calls),
        (200, 1),
        "and the account is asked"
    );
}

#[test]
fn nothing_a_visitor_says_of_themselves_is_in_a_yes() {
    let table = json!({"X-Forwarded-User": "account", "X-Forwarded-Groups": "roles"});
    let twin = Twin::with(&[
        ("AUTH_CHECK", "x-original".into()),
        ("IDENTITY_HEADERS", table),
    ]);
    let (proxy, ada) = (twin.proxy(), twin.member("ada@example.org"));
    let eve = twin.visitor("eve@example.org");
    for (visitor, target) in [
        (&ada, "/private"),
        (&ada, "/public/x"),
        (&eve, "/optional/x"),
    ] {
        let mut request = visitor.dressed(get(target), "cors");
        for name in [
            "edgeward-identity",
            "edgeward-assertion",
            "edgeward-link",
            "edgeward-window",
            "signature",
            "signature-input",
            "x-forwarded-user",
            "x-forwarded-groups",
            "set-cookie",
            "location",
        ] {
            request = request.with(name, "forged");
        }
        let page = proxy.gets(&request);
        let seen = page.seen.as_ref().unwrap();
        let of_ada = target == "/private";
        assert_eq!(seen.account.is_some(), of_ada, "{target}");
        assert_eq!(
            page.header("x-forwarded-user"),
            seen.account.as_deref(),
            "{target}"
        );
        assert!(page.headers.iter().all(|(_, value)| value != "forged"));
        assert_eq!(
            (
                page.header("x-forwarded-groups"),
                page.header("edgeward-link")
            ),
            (None, None)
        );
    }
}

#[test]
fn a_yes_is_good_for_what_was_asked_about_and_tells_no_cookie_of_ours() {
    let twin = town();
    let (proxy, ada) = (twin.proxy(), twin.member("ada@example.org"));
    for (method, target) in [
        ("GET", "/private?a=%20b&c=%C3%BC"),
        ("HEAD", "/private/%2F?"),
        ("POST", "/private/a%20b"),
        ("PROPFIND", "/private/x"),
    ] {
        let request = ada.dressed(Request::new(method, &format!("{HOME}{target}")), "cors");
        let ours = ada.jar.header(twin.now()).unwrap();
        let request = request.with("cookie", &format!("theme=dark; {ours}"));
        // The twin's application checks both forms of identity by method and target.
        let page = proxy.gets(&request.with("sec-fetch-site", "same-origin"));
        let seen = page.seen.as_ref().unwrap();
        assert!(seen.identity.contains(&format!("target=\"{target}\"")));
        assert_eq!(
            page.header("cookie"),
            Some("theme=dark"),
            "{method} {target}"
        );
    }
    let page = proxy.gets(&ada.dressed(get("/private"), "cors"));
    assert_eq!(page.header("cookie"), None, "none is left");
}

/// A URL parser has not been over what a proxy hands on.
#[test]
fn no_disguise_of_a_closed_path_comes_through() {
    let rules = json!([
        {"path": "/admin/*", "access": {"roles": ["admin"]}},
        {"path": "/*", "access": "public"},
    ]);
    let twin = Twin::with(&[("AUTH_CHECK", "x-original".into()), ("ACCESS_RULES", rules)]);
    let (proxy, ada) = (twin.proxy(), twin.member("ada@example.org"));
    let mut count = Count::of("proxy_games");
    for path in [
        "/admin",
        "/ADMIN/",
        "//admin",
        "/./admin",
        "/x/../admin",
        "/x/./../admin",
        "/x/../x/../admin",
        "/x/..",
        "/../admin",
        "/x/%2e%2e/admin",
        "/x/.%2E/admin",
        "/x/%252e%252e/admin",
        "/%61dmin",
        "/%2561dmin",
        "/admin%2fusers",
        "/x%2f..%2fadmin",
        "/x\\..\\admin",
        "/\\admin",
        "/%5cadmin",
        "/admin;x=1/users",
        "/x/..;/admin",
        "/x/../%61dmin",
        "/x//../admin",
        "/%2f%2fadmin",
        "/admin%00",
        "/admin%c0%af",
        "/admin%25252f",
        "/x/..%2f..%2fadmin",
        "/.//admin",
        "/admin?x",
    ] {
        let page = proxy.gets(&ada.dressed(get(path), "navigate"));
        let open = path == "/x/..";
        count.one(page.seen.is_some() == open);
        assert_eq!(page.seen.is_some(), open, "{path}: {page:?}");
        assert!(
            open || [400, 403].contains(&page.status),
            "{path}: {}",
            page.status
        );
    }
}

#[test]
fn our_own_routes_are_no_applications() {
    let twin = town();
    let (proxy, ada) = (twin.proxy(), twin.member("ada@example.org"));
    for path in [
        "/login",
        "/login/",
        "/login/../private",
        "/auth/check",
        "/auth/session",
        "/auth",
    ] {
        let page = proxy.gets(&ada.dressed(get(path), "cors"));
        assert_eq!(told(&page), malformed(), "{path}");
    }
    for path in ["/LOGIN", "//auth/x", "/%6cogin", "/x/../login"] {
        let page = proxy.gets(&ada.dressed(get(path), "cors"));
        assert_eq!(
            told(&page),
            (400, "auth.request.malformed".to_owned()),
            "{path}"
        );
    }
}

/// nginx takes any status but 2xx, 401 and 403 for a failure of its own, and joins cookies into one.
#[test]
fn every_answer_is_one_that_the_proxy_can_pass_on() {
    let twin = town();
    let proxy = twin.proxy();
    let mut ada = twin.member("ada@example.org");
    let terms = json!({"path": "/private", "expiresIn": 3600});
    let link = twin.operator("links").makes_link(&terms);
    ada.visits(&link.target).presses();
    let ended = ada.copied();
    ada.signs_out();
    twin.operator("links").revokes(&link);
    twin.waits(Span::minutes(2));
    let mut most = 0;
    for mode in ["navigate", "cors", "websocket"] {
        for method in ["GET", "HEAD", "POST", "OPTIONS", "PURGE"] {
            for target in [
                "/private",
                "/admin/x",
                "/strict/x",
                "/public/x",
                "/optional/x",
            ] {
                for visitor in [&ada, &ended] {
                    let request = Request::new(method, &format!("{HOME}{target}"));
                    let request = visitor.dressed(request, mode);
                    let page = proxy.gets(&request);
                    let what = format!("{mode} {method} {target}");
                    assert!([200, 401, 403].contains(&page.status), "{what}: {page:?}");
                    assert!(page.set_cookies().count() <= 1, "{what}");
                    most = most.max(twin.world.request(&request).unwrap().set_cookies().count());
                    let leads = page.status == 401 && mode == "navigate";
                    assert_eq!(page.header("location").is_some(), leads, "{what}");
                }
            }
        }
    }
    assert_eq!(most, 2, "the gate itself would send two");
}

#[test]
fn objects_that_do_not_answer_let_nobody_in() {
    let twin = town();
    let (proxy, ada): (Proxy, _) = (twin.proxy(), twin.member("ada@example.org"));
    twin.fails_at(1, crate::twin::Fault::Lost);
    let page = proxy.gets(&ada.dressed(get("/strict/x"), "cors"));
    assert_eq!(told(&page), (503, "auth.busy".to_owned()));
    assert!(twin.is_well_again());
}
