//! Operators' routes, asked by whoever has no key for them: by browsers, with keys for something else, with
//! guessed ones, too often. What is refused costs what it must and changes nothing.

use edgeward::{
    kit::time::Span,
    web::routes::{ROUTES, Route, Surface},
};
use serde_json::{Value, json};

use crate::twin::{
    Page, Program, Request, Twin, figures::Count, objects::Kind, settings::operator_key,
};

const KEYS: [&str; 6] = ["ops", "read", "accounts", "invitations", "links", "check"];

/// Every operators' route with each of its methods.
fn routes() -> Vec<(&'static Route, &'static str)> {
    let ours = ROUTES
        .iter()
        .filter(|route| route.surface == Surface::Operator);
    let routes: Vec<_> = ours
        .flat_map(|route| route.methods.iter().map(move |method| (route, *method)))
        .collect();
    assert!(routes.len() >= 3);
    routes
}

fn request(program: &Program, route: &Route, method: &str) -> Request {
    let target = format!("/auth{}", route.path.replace("{id}", "nobody"));
    let request = program.request(method, &target);
    if matches!(method, "GET" | "DELETE") {
        request
    } else {
        request.body("application/json", "{}")
    }
}

fn told(page: &Page) -> (u16, String) {
    (page.status, page.code())
}

fn refused() -> (u16, String) {
    (401, "auth.admin.unauthorized".to_owned())
}

#[test]
fn what_a_browser_may_have_sent_is_refused_before_the_key_is_looked_at() {
    let twin = Twin::new();
    let (ops, mut count) = (twin.operator("ops"), Count::of("operators_guard"));
    for (route, method) in routes() {
        let right = request(&ops, route, method);
        for (name, value) in [
            ("origin", "https://app.example.org"),
            ("origin", "null"),
            ("origin", ""),
            ("cookie", "a=b"),
            ("cookie", ""),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "none"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-dest", "empty"),
            ("sec-fetch-user", "?1"),
            ("sec-fetch-storage-access", "none"),
        ] {
            for request in [right.clone(), right.clone().without("authorization")] {
                let request = request.with(name, value);
                let (page, cost) = twin.cost_of(|| ops.sends(&request));
                let what = format!("{method} {} {name}: {value}", route.path);
                count.one(page.status == 403);
                assert_eq!(
                    told(&page),
                    (403, "auth.admin.browser".to_owned()),
                    "{what}"
                );
                assert_eq!(cost.calls, 0, "{what}");
            }
        }
        assert_ne!(ops.sends(&right).status, 403, "{method} {}", route.path);
    }
}

#[test]
fn a_key_opens_what_it_is_for() {
    let twin = Twin::new();
    let (mut passed, mut count) = (0, Count::of("operators_guard"));
    for (number, (route, method)) in routes().into_iter().enumerate() {
        let needed = route
            .scope(method)
            .map(|scope| format!("{scope:?}").to_lowercase());
        for key in KEYS {
            let mut program = twin.operator(key);
            program.ip = format!("192.0.2.{}", number + 1);
            let page = program.sends(&request(&program, route, method));
            let opens = key == "ops" || Some(key) == needed.as_deref();
            passed += usize::from(opens);
            let what = format!("{key}: {method} {}", route.path);
            if !opens {
                count.one(told(&page) == refused());
            }
            assert_eq!(told(&page) != refused(), opens, "{what}: {page:?}");
            let challenge = page.header("www-authenticate");
            assert_eq!(challenge, (!opens).then_some("Bearer"), "{what}");
        }
    }
    assert_eq!(passed, 2 * routes().len());
}

#[test]
fn whatever_is_wrong_with_a_key_the_answer_is_the_same() {
    let twin = Twin::with(&[("LIMITS", patient())]);
    let mut ops = twin.operator("ops");
    let right = operator_key("ops");
    let (head, tail) = right.split_at(42);
    let (mut bodies, mut count) = (Vec::new(), Count::of("operators_guard"));
    for wrong in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        right.clone(),
        format!("Basic {right}"),
        format!("Bearer  {right}"),
        format!("Bearer {right}="),
        format!("Bearer {right}A"),
        format!("Bearer {head}"),
        format!("Bearer A{tail}"),
        format!("Bearer ops:{right}"),
        format!("Bearer {}", operator_key("nobody")),
        format!("Bearer {right}, Bearer {right}"),
        format!("Bearer {}", operator_key("read")),
    ] {
        ops.authorization.clone_from(&wrong);
        let page = ops.posts("/auth/admin/links", &json!({"path": "/x"}));
        count.one(told(&page) == refused());
        assert_eq!(told(&page), refused(), "{wrong}");
        bodies.push((page.header_names().join(","), page.body));
    }
    let none = ops.request("POST", "/auth/admin/links");
    let page = ops.sends(&none.without("authorization"));
    bodies.push((page.header_names().join(","), page.body));
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:#?}");
    ops.authorization = format!("bearer {right}");
    assert_eq!(ops.asks("GET", "/auth/admin/links/x").status, 404);
}

#[test]
fn refusals_are_paid_by_the_network_and_a_right_key_is_never_shut_out_by_them() {
    let twin = Twin::new();
    let (links, read) = (twin.operator("links"), twin.operator("read"));
    for _ in 0..30 {
        assert_eq!(links.asks("GET", "/auth/admin/links/x").status, 404, "free");
    }
    for _ in 0..10 {
        assert_eq!(told(&read.asks("GET", "/auth/admin/links/x")), refused());
    }
    let page = read.asks("GET", "/auth/admin/links/x");
    assert_eq!(told(&page), (429, "auth.throttled".to_owned()));
    assert!(page.header("retry-after").is_some());
    assert_eq!(links.asks("GET", "/auth/admin/links/x").status, 404);
    let mut elsewhere = read.clone();
    elsewhere.ip = "192.0.2.2".to_owned();
    assert_eq!(
        told(&elsewhere.asks("GET", "/auth/admin/links/x")),
        refused()
    );
    twin.waits(Span::minutes(2));
    assert_eq!(told(&read.asks("GET", "/auth/admin/links/x")), refused());
}

#[test]
fn many_guesses_at_once_do_not_outrun_the_budget() {
    let twin = Twin::new();
    let read = twin.operator("read");
    let guess = read.request("GET", "/auth/admin/links/x");
    let pages = twin.at_once(vec![guess; 60]);
    let count = |status| pages.iter().filter(|page| page.status == status).count();
    assert_eq!((count(401), count(429)), (10, 50));
}

#[test]
fn a_network_that_does_not_answer_opens_nothing() {
    let twin = Twin::new();
    let ops = twin.operator("ops");
    let terms = json!({"path": "/x", "expiresIn": 60});
    twin.fails_at(1, crate::twin::Fault::Lost);
    let page = ops.posts("/auth/admin/links", &terms);
    assert_eq!(told(&page), (503, "auth.busy".to_owned()));
    assert!(twin.is_well_again());
    assert!(twin.world.objects_of(Kind::Link).is_empty());
}

#[test]
fn without_keys_there_are_no_such_routes() {
    let twin = Twin::with(&[("ADMIN_KEYS", Value::Null)]);
    let ops = twin.operator("ops");
    for (route, method) in routes() {
        let (page, cost) = twin.cost_of(|| ops.sends(&request(&ops, route, method)));
        let what = format!("{method} {}", route.path);
        assert_eq!(
            told(&page),
            (404, "auth.request.not_found".to_owned()),
            "{what}"
        );
        assert_eq!(cost.calls, 0, "{what}");
    }
}

#[test]
fn a_body_is_read_after_the_key() {
    let twin = Twin::with(&[("LIMITS", patient())]);
    let (links, read) = (twin.operator("links"), twin.operator("read"));
    for (body, status, code) in [
        ("", 422, "auth.field.required"),
        ("{}", 422, "auth.field.required"),
        ("{", 400, "auth.request.malformed"),
        ("[]", 400, "auth.request.malformed"),
        ("null", 400, "auth.request.malformed"),
    ] {
        let post = |program: &Program| {
            let post = program.request("POST", "/auth/admin/links");
            program.sends(&post.body("application/json", body))
        };
        assert_eq!(told(&post(&read)), refused(), "{body}");
        assert_eq!(told(&post(&links)), (status, code.to_owned()), "{body}");
    }
    let form = links.request("POST", "/auth/admin/links");
    let form = form.body("application/x-www-form-urlencoded", "path=/x");
    assert_eq!(links.sends(&form).status, 415);
}

/// Guessing is not what the test is about.
fn patient() -> Value {
    json!({"network": {"admin": ["1000/1m"]}})
}
