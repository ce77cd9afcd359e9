//! Assertions that must be refused although they are rightly signed: their claims are none, or meant for
//! something else.

use serde_json::{Value, json};

use super::{
    assertion::{asserted, seen},
    said::somebody,
    shape::{AUDIENCE, Expected, NOW, Vector},
    token::{TARGET, Token, claiming, claims, encoded, signed},
    tokens::plain,
};

/// What is refused for its claims.
pub fn vectors() -> Vec<Vector> {
    [
        objects(),
        missing(),
        types(),
        nobody(),
        links(),
        times(),
        elsewhere(),
        replays(),
    ]
    .concat()
}

fn named(name: &str) -> String {
    format!("claims, rightly signed: {name}")
}

/// Claims that are not one object of JSON.
fn objects() -> Vec<Vector> {
    let text = Value::Object(claims()).to_string();
    let mut vectors: Vec<_> = [
        ("no JSON", "edgeward".to_owned()),
        ("an empty object", "{}".into()),
        ("JSON and more", format!("{text}x")),
        ("a comma at the end", text.replacen('}', ",}", 1)),
        ("a byte order mark", format!("\u{feff}{text}")),
        ("a list", format!("[{text}]")),
        ("a text", json!(text).to_string()),
        ("null", "null".into()),
        (
            "a number without bounds",
            text.replacen("1800000059", "1e999", 1),
        ),
        (
            "a number that is none",
            text.replacen("1800000059", "NaN", 1),
        ),
        (
            "a number without end",
            text.replacen("1800000059", "Infinity", 1),
        ),
    ]
    .into_iter()
    .map(|(name, claims)| {
        Token {
            claims,
            ..Token::default()
        }
        .refused("malformed_identity", &named(name))
    })
    .collect();
    let token = Token::default();
    let mut bytes = text.trim_end_matches('}').to_owned().into_bytes();
    bytes.extend(b",\"note\":\"\xff\"}");
    let compact = signed(&encoded(&token.header), &encoded(bytes), token.seed);
    let expected = Expected::Refused {
        refused: "malformed_identity",
    };
    vectors.push(token.carrying(&named("not UTF-8"), compact, expected));
    vectors
}

fn missing() -> Vec<Vector> {
    claims()
        .keys()
        .map(|name| {
            claiming(|c| {
                c.remove(name);
            })
            .refused("malformed_identity", &named(&format!("no {name}")))
        })
        .collect()
}

fn types() -> Vec<Vector> {
    let mut vectors = Vec::new();
    let mut wrong = |claim: &str, what: &str, value: Value| {
        let token = claiming(|c| {
            c.insert(claim.into(), value);
        });
        vectors.push(token.refused("malformed_identity", &named(&format!("{claim} is {what}"))));
    };
    for name in [
        "iss",
        "aud",
        "sub",
        "sid",
        "jti",
        "htm",
        "htu",
        "email",
        "content_digest",
    ] {
        wrong(name, "null", Value::Null);
        wrong(name, "a number", json!(1));
        wrong(name, "a list", json!([claims().get(name)]));
    }
    for name in ["iat", "exp", "auth_time"] {
        let right = claims().get(name).cloned().unwrap_or_default();
        wrong(name, "null", Value::Null);
        wrong(name, "a text", json!(right.to_string()));
        wrong(name, "true", json!(true));
        wrong(name, "a fraction", json!(1_799_999_999.5));
        wrong(name, "negative", json!(-1));
        wrong(name, "beyond all measure", json!(1_000_000_000_000_i64));
        wrong(name, "far beyond all measure", json!(1e300));
    }
    for name in ["roles", "methods"] {
        wrong(name, "null", Value::Null);
        wrong(name, "one text", json!("admin"));
        wrong(name, "an object", json!({"0": "admin", "length": 1}));
        wrong(name, "a list with a number", json!(["admin", 1]));
        wrong(name, "a list with null", json!([null]));
        wrong(name, "a list of lists", json!([["admin"]]));
    }
    wrong("jti", "empty", json!(""));
    wrong("jti", "of 65 signs", json!("r".repeat(65)));
    wrong("jti", "of other signs", json!("req a"));
    wrong("jti", "an id and a line feed", json!("req_a\n"));
    vectors
}

/// Nobody has no name, and nothing else that somebody has.
fn nobody() -> Vec<Vector> {
    ["sid", "roles", "methods", "auth_time", "email"]
        .into_iter()
        .map(|kept| {
            let token = claiming(|c| {
                c.insert("email".into(), json!("a@example.com"));
                c.retain(|name, _| {
                    name == kept
                        || !["sub", "sid", "roles", "methods", "auth_time", "email"]
                            .contains(&name.as_str())
                });
            });
            token.refused(
                "malformed_identity",
                &named(&format!("nobody, with {kept}")),
            )
        })
        .collect()
}

fn links() -> Vec<Vector> {
    let id = "lnk_bmfqwcylbmfqwcylbmfqwcylbm";
    let linked = |link: Value, target: &str| Token {
        target: target.to_owned(),
        ..claiming(|c| {
            c.insert("link".into(), link);
            c.insert("htu".into(), json!(format!("{AUDIENCE}{target}")));
        })
    };
    let one = |claim: Value| json!({"id": id, "path": "/reports", "claims": {"a": claim}});
    let mut vectors: Vec<_> = [
        ("null", Value::Null),
        ("a text", json!(id)),
        ("a list", json!([id])),
        ("an empty object", json!({})),
        ("no id", json!({"path": "/reports", "claims": {}})),
        (
            "an id that is a number",
            json!({"id": 1, "path": "/reports", "claims": {}}),
        ),
        (
            "an id of another kind",
            json!({"id": id.replace("lnk", "acc"), "path": "/reports", "claims": {}}),
        ),
        (
            "a short id",
            json!({"id": "lnk_1", "path": "/reports", "claims": {}}),
        ),
        (
            "an id and a line feed",
            json!({"id": format!("{id}\n"), "path": "/reports", "claims": {}}),
        ),
        ("no path", json!({"id": id, "claims": {}})),
        (
            "a path that does not begin with a slash",
            json!({"id": id, "path": "reports", "claims": {}}),
        ),
        ("an empty path", json!({"id": id, "path": "", "claims": {}})),
        ("no claims", json!({"id": id, "path": "/reports"})),
        (
            "claims that are null",
            json!({"id": id, "path": "/reports", "claims": null}),
        ),
        (
            "claims that are a list",
            json!({"id": id, "path": "/reports", "claims": ["a"]}),
        ),
        ("a claim that is null", one(Value::Null)),
        ("a claim that is a list", one(json!([1, 2]))),
        ("a claim that is an object", one(json!({}))),
        (
            "a claim beyond all measure",
            one(json!(1_000_000_000_000_000_i64)),
        ),
        ("a claim far below all measure", one(json!(-1e300))),
    ]
    .into_iter()
    .map(|(name, link)| {
        linked(link, "/reports/42").refused(
            "malformed_link",
            &format!("the link, rightly signed: {name}"),
        )
    })
    .collect();
    for (target, path) in [
        ("/reports/42", "/reports/4"),
        ("/reports/42", "/reports/42/"),
        ("/reports/42", "/reports/42/x"),
        ("/reports/42", "/other"),
        ("/reports?/reports/42", "/reports/42"),
    ] {
        let link = json!({"id": id, "path": path, "claims": {}});
        vectors.push(linked(link, target).refused(
            "link_elsewhere",
            &format!("a link to {path} used for {target}"),
        ));
    }
    vectors
}

fn times() -> Vec<Vector> {
    let plain = plain();
    let post = asserted("", "POST", "/private/orders", &somebody());
    let lives = |iat, exp| {
        claiming(|c| {
            c.insert("iat".into(), json!(iat));
            c.insert("exp".into(), json!(exp));
        })
    };
    vec![
        plain.refused("expired", "expired this second", |v| {
            v.settings.now = NOW + 59;
        }),
        plain.refused("expired", "expired long ago", |v| {
            v.settings.now = NOW + 1_000_000;
        }),
        post.refused(
            "expired",
            "what changes something expires after 15 s",
            |v| v.settings.now = NOW + 14,
        ),
        plain.refused("from_future", "made 6 s from now", |v| {
            v.settings.now = NOW - 7;
        }),
        plain.refused("from_future", "made long from now", |v| v.settings.now = 0),
        lives(NOW - 1, NOW + 60).refused("lives_too_long", "good for 61 s"),
        lives(NOW - 100_000, NOW + 100_000).refused("lives_too_long", "good for days"),
        lives(NOW - 59, 999_999_999_999).refused("lives_too_long", "good for ever"),
        lives(0, NOW + 1).refused("lives_too_long", "good since 1970"),
    ]
}

/// Issuers, audiences, methods and targets other than those of this origin and this request.
fn elsewhere() -> Vec<Vector> {
    let plain = plain();
    let mut vectors = Vec::new();
    let near = [
        "https://other.example.com",
        "https://app.example.com/",
        "https://APP.example.com",
        "https://app.example.com:443",
        "http://app.example.com",
        "app.example.com",
        "",
    ];
    for other in near {
        for (claim, reason) in [("iss", "wrong_issuer"), ("aud", "wrong_audience")] {
            let token = claiming(|c| {
                c.insert(claim.into(), json!(other));
            });
            vectors.push(token.refused(reason, &format!("{claim} is “{other}”")));
        }
    }
    vectors.push(
        plain.refused("wrong_issuer", "an origin that knows another issuer", |v| {
            v.settings.issuer = Some("https://other.example.com".into());
        }),
    );
    vectors.push(plain.refused(
        "wrong_audience",
        "an origin that is another audience",
        |v| {
            v.settings.audience = "shop".into();
        },
    ));
    for method in ["HEAD", "POST", "get", "Get", "GETS"] {
        vectors.push(plain.refused(
            "wrong_method",
            &format!("the method {method} for GET"),
            |v| {
                v.request.method = method.into();
            },
        ));
    }
    for (asserted_for, sent) in [
        (TARGET, "/private/report"),
        (TARGET, "/private/report?year=2027"),
        (TARGET, "/private/report?year=2026&year=2027"),
        (TARGET, "/private/Report?year=2026"),
        (TARGET, "/private/report/?year=2026"),
        (TARGET, "//private/report?year=2026"),
        (TARGET, "/private/./report?year=2026"),
        (TARGET, "/private%2Freport?year=2026"),
        (TARGET, "/private/report%3Fyear=2026"),
        (TARGET, "/private/repor%74?year=2026"),
        (TARGET, "/other"),
        (TARGET, "https://app.example.com/private/report?year=2026"),
        (TARGET, ""),
        ("/a%2fb", "/a%2Fb"),
        ("/a+b", "/a%20b"),
        ("/x", "/x?"),
        ("/x?", "/x"),
    ] {
        let vector = asserted("", "GET", asserted_for, &somebody());
        vectors.push(vector.refused(
            "wrong_target",
            &format!("“{sent}” for “{asserted_for}”"),
            |v| v.request.target = sent.into(),
        ));
    }
    for htu in [
        TARGET,
        "https://other.example.com/private/report?year=2026",
        "http://app.example.com/private/report?year=2026",
        "https://app.example.com:443/private/report?year=2026",
        "https://APP.example.com/private/report?year=2026",
        "https://app.example.com/private/report",
        "https://app.example.com/private/report?year=2026#",
        "https://app.example.com",
        "",
    ] {
        let token = claiming(|c| {
            c.insert("htu".into(), json!(htu));
        });
        vectors.push(token.refused("wrong_target", &format!("htu is “{htu}”")));
    }
    vectors
}

fn replays() -> Vec<Vector> {
    ["POST", "PUT", "PATCH", "DELETE", "PURGE", "get"]
        .into_iter()
        .map(|method| {
            let vector = asserted("", method, "/private/orders", &somebody());
            vector.refused(
                "replayed",
                &format!("the id of a {method} once more"),
                |v| seen(v, NOW + 14),
            )
        })
        .collect()
}
