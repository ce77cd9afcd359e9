//! What must be refused because one thing is another than when it was signed, or the time is.

use super::{
    forge::{Forge, parameters, person},
    identity::{seen, signed},
    refused::{IDENTITY, INPUT, TARGET, plain, swap},
    said::somebody,
    shape::{NOW, Vector},
};

/// Alterations, times and replays.
pub fn vectors() -> Vec<Vector> {
    [alterations(), times(), replays()].concat()
}

/// One thing altered, and the signature left as it was.
fn alterations() -> Vec<Vector> {
    let plain = plain();
    let texts = [
        (IDENTITY, "another account", "acc_a", "acc_b"),
        (IDENTITY, "another session", "ses_a", "ses_b"),
        (
            IDENTITY,
            "a role more",
            r#"("admin")"#,
            r#"("admin" "owner")"#,
        ),
        (IDENTITY, "another time", "at=1799999000", "at=1799999001"),
        (IDENTITY, "white space", ", session", ",  session"),
        (IDENTITY, "another audience", "app.example", "bpp.example"),
        (
            INPUT,
            "a later end",
            "expires=1800000059",
            "expires=1800000058",
        ),
        (
            INPUT,
            "an earlier start",
            "created=1799999999",
            "created=1799999998",
        ),
        (INPUT, "another nonce", "BgYG", "CgYG"),
    ];
    let mut vectors: Vec<_> = texts
        .into_iter()
        .map(|(header, name, from, to)| {
            plain.refused("wrong_signature", &format!("altered: {name}"), |v| {
                v.rewrite(header, |text| swap(text, from, to));
            })
        })
        .collect();
    for method in ["HEAD", "POST", "get", "Get", "GETS"] {
        let name = format!("altered: the method {method} for GET");
        vectors.push(plain.refused("wrong_signature", &name, |v| {
            v.request.method = method.into();
        }));
    }
    for (signed_for, sent) in [
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
        (TARGET, "/private/report??year=2026"),
        (TARGET, "/other"),
        ("/a%2fb", "/a%2Fb"),
        ("/a%2Fb", "/a/b"),
        ("/a+b", "/a%20b"),
    ] {
        let name = format!("altered: {sent} for {signed_for}");
        let vector = signed("", "GET", signed_for, &somebody());
        vectors.push(vector.refused("wrong_signature", &name, |v| v.request.target = sent.into()));
    }
    vectors.extend([
        // RFC 9421 signs `?` for both, so that the member `target` alone tells them apart.
        signed("", "GET", "/x", &somebody()).refused(
            "wrong_target",
            "an empty query for none",
            |v| v.request.target = "/x?".into(),
        ),
        signed("", "GET", "/x?", &somebody()).refused(
            "wrong_target",
            "no query for an empty one",
            |v| v.request.target = "/x".into(),
        ),
        Forge {
            identity: person("/private/other"),
            ..Forge::default()
        }
        .refused("wrong_target", "a target member for another target"),
        Forge {
            identity: person("/private/report"),
            ..Forge::default()
        }
        .refused("wrong_target", "a target member without the query"),
        Forge {
            identity: person(&format!("https://app.example.com{TARGET}")),
            ..Forge::default()
        }
        .refused("wrong_target", "a target member with an origin"),
    ]);
    for audience in [
        "https://other.example.com",
        "https://app.example.com/",
        "https://APP.example.com",
        "https://app.example.com:443",
        "http://app.example.com",
        "app.example.com",
    ] {
        let name = format!("for another audience than “{audience}”");
        vectors.push(plain.refused("wrong_audience", &name, |v| {
            v.settings.audience = audience.into();
        }));
    }
    vectors
}

fn times() -> Vec<Vector> {
    let plain = plain();
    let post = signed("", "POST", "/private/orders", &somebody());
    let lives = |created, expires| Forge {
        parameters: parameters(created, expires),
        ..Forge::default()
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
    ]
}

fn replays() -> Vec<Vector> {
    ["POST", "PUT", "PATCH", "DELETE", "PURGE", "get"]
        .into_iter()
        .map(|method| {
            let vector = signed("", method, "/private/orders", &somebody());
            vector.refused(
                "replayed",
                &format!("the nonce of a {method} once more"),
                |v| seen(v, NOW + 14),
            )
        })
        .collect()
}
