//! What must be refused although it is rightly signed: identities and links that are none.

use edgeward::web::identity::Identity;
use serde_json::json;

use super::{
    forge::{COVERED_WITH_LINK, Forge, person},
    identity::with_link,
    refused::{LINK, TARGET, plain, swap},
    shape::Vector,
};

/// Identities and links.
pub fn vectors() -> Vec<Vector> {
    [members(), links()].concat()
}

fn linked() -> Vector {
    let claims = json!({"seats": 3});
    with_link(
        "",
        "/reports/42",
        &Identity::Anonymous,
        &claims,
        "/reports/42",
    )
}

/// Dictionaries that say less, or something else, than an identity does; all rightly signed.
fn members() -> Vec<Vector> {
    let somebody = person(TARGET);
    let anonymous = r#"account=anonymous, aud="https://app.example.com", target="/private/report?year=2026", id="req_ambqgaydambqgaydambqgaydam""#;
    let account = r#"account="acc_aeaqcaibaeaqcaibaeaqcaibae""#;
    let session = r#"session="ses_aibaeaqcaibaeaqcaibaeaqcai""#;
    let id = r#"id="req_ambqgaydambqgaydambqgaydam""#;
    let mut wrong = vec![
        ("nothing".to_owned(), String::new()),
        ("a comma".into(), ",".into()),
        ("a list".into(), r#""acc_1", "acc_2""#.into()),
        (
            "no quote at the end".into(),
            somebody.trim_end_matches('"').into(),
        ),
        ("no end of the roles".into(), swap(&somebody, ")", "")),
        ("a comma at the end".into(), format!("{somebody},")),
        ("no comma".into(), swap(&somebody, ", session", " session")),
        (
            "no white space after a comma".into(),
            swap(&somebody, ", session", ",session"),
        ),
        (
            "a name in capitals".into(),
            swap(&somebody, "account", "Account"),
        ),
        (
            "anonymous, with a session".into(),
            format!("{anonymous}, {session}"),
        ),
        (
            "anonymous, with roles".into(),
            format!(r#"{anonymous}, roles=("admin")"#),
        ),
        (
            "anonymous, with an address".into(),
            format!(r#"{anonymous}, email="a@example.com""#),
        ),
        (
            "an address that is not UTF-8".into(),
            format!(r#"{somebody}, email=%"%ff""#),
        ),
        (
            "an address in capital digits".into(),
            format!(r#"{somebody}, email=%"%C3%BC""#),
        ),
        (
            "an address as a token".into(),
            format!("{somebody}, email=ada"),
        ),
        (
            "an unknown member with a parameter".into(),
            format!("{somebody}, level=2;x"),
        ),
    ];
    let swaps = [
        ("no account", format!("{account}, "), ""),
        ("no session", format!("{session}, "), ""),
        ("no roles", r#"roles=("admin"), "#.into(), ""),
        ("no time", "at=1799999000, ".into(), ""),
        ("no methods", "methods=(password), ".into(), ""),
        (
            "no audience",
            r#"aud="https://app.example.com", "#.into(),
            "",
        ),
        (
            "no target",
            r#"target="/private/report?year=2026", "#.into(),
            "",
        ),
        ("no request", format!(", {id}"), ""),
        (
            "an account twice",
            account.into(),
            r#"account="acc_1", account="acc_2""#,
        ),
        (
            "another token than anonymous",
            account.into(),
            "account=admin",
        ),
        (
            "anonymous as a text, and a person's members",
            account.into(),
            "account=anonymous",
        ),
        ("an account that is a number", account.into(), "account=1"),
        ("an account that is true", account.into(), "account"),
        (
            "an account that is a list",
            account.into(),
            r#"account=("a")"#,
        ),
        (
            "an account that is a display string",
            account.into(),
            r#"account=%"acc_1""#,
        ),
        (
            "an account with a parameter",
            account.into(),
            r#"account="acc_1";x=1"#,
        ),
        ("a session that is a token", session.into(), "session=ses_1"),
        ("roles that are tokens", r#"("admin")"#.into(), "(admin)"),
        (
            "roles that are one text",
            r#"("admin")"#.into(),
            r#""admin""#,
        ),
        (
            "roles without white space",
            r#"("admin")"#.into(),
            r#"("admin""owner")"#,
        ),
        (
            "a role with a parameter",
            r#"("admin")"#.into(),
            r#"("admin";x)"#,
        ),
        (
            "roles with a parameter",
            r#"("admin")"#.into(),
            r#"("admin");x"#,
        ),
        (
            "methods that are texts",
            "(password)".into(),
            r#"("password")"#,
        ),
        (
            "a time that is a text",
            "at=1799999000".into(),
            r#"at="1799999000""#,
        ),
        (
            "a time with a fraction",
            "at=1799999000".into(),
            "at=1799999000.0",
        ),
        (
            "a time with zeros before it",
            "at=1799999000".into(),
            "at=001799999000",
        ),
        (
            "a time that is a date",
            "at=1799999000".into(),
            "at=@1799999000",
        ),
        (
            "an audience that is a list",
            r#""https://app.example.com""#.into(),
            r#"("https://app.example.com")"#,
        ),
        ("a request that is a token", id.into(), "id=req_1"),
    ];
    wrong.extend(
        swaps
            .iter()
            .map(|(name, from, to)| ((*name).to_owned(), swap(&somebody, from, to))),
    );
    wrong
        .into_iter()
        .map(|(name, identity)| {
            Forge {
                identity,
                ..Forge::default()
            }
            .refused(
                "malformed_identity",
                &format!("the identity, rightly signed: {name}"),
            )
        })
        .collect()
}

fn links() -> Vec<Vector> {
    let (plain, linked) = (plain(), linked());
    let mut vectors = vec![
        plain.refused("wrong_components", "a link that nobody signed", |v| {
            v.add(LINK, r#"id="lnk_1", path="/""#);
        }),
        linked.refused("wrong_components", "a link that was taken away", |v| {
            v.remove(LINK);
        }),
        linked.refused("duplicate_header", "two links", |v| v.add(LINK, "x")),
        linked.refused("wrong_signature", "a link that was altered", |v| {
            v.rewrite(LINK, |text| swap(text, "seats=3", "seats=30"));
        }),
    ];
    let forge = |target: &'static str, link: &str| Forge {
        target,
        identity: person(target),
        link: Some(link.to_owned()),
        components: COVERED_WITH_LINK.to_owned(),
        ..Forge::default()
    };
    let id = r#"id="lnk_bmfqwcylbmfqwcylbmfqwcylbm""#;
    for (name, link) in [
        ("nothing", ""),
        ("no id", r#"path="/reports""#),
        ("an id that is a token", r#"id=lnk_1, path="/reports""#),
        (
            "an id of another kind",
            r#"id="acc_bmfqwcylbmfqwcylbmfqwcylbm", path="/reports""#,
        ),
        ("a short id", r#"id="lnk_1", path="/reports""#),
        ("no path", id),
        (
            "a path that does not begin with a slash",
            &format!(r#"{id}, path="reports""#),
        ),
        (
            "a claim that is a token",
            &format!(r#"{id}, path="/reports", a=token"#),
        ),
        (
            "a claim that is a list",
            &format!(r#"{id}, path="/reports", a=(1 2)"#),
        ),
        (
            "a claim with a parameter",
            &format!(r#"{id}, path="/reports", a=1;b=2"#),
        ),
        (
            "a claim twice",
            &format!(r#"{id}, path="/reports", a=1, a=2"#),
        ),
        (
            "a claim with four decimals",
            &format!(r#"{id}, path="/reports", a=1.2345"#),
        ),
        (
            "a claim with a zero at the end",
            &format!(r#"{id}, path="/reports", a=1.50"#),
        ),
        (
            "a claim that is neither true nor false",
            &format!(r#"{id}, path="/reports", a=?2"#),
        ),
        (
            "a claim without a value",
            &format!(r#"{id}, path="/reports", a="#),
        ),
    ] {
        vectors.push(forge("/reports/42", link).refused(
            "malformed_link",
            &format!("the link, rightly signed: {name}"),
        ));
    }
    for (target, path) in [
        ("/reports/42", "/reports/4"),
        ("/reports/42", "/reports/42/"),
        ("/reports/42", "/reports/42/x"),
        ("/reports/42", "/other"),
        ("/reports?/reports/42", "/reports/42"),
    ] {
        let link = format!(r#"{id}, path="{path}""#);
        vectors.push(forge(target, &link).refused(
            "link_elsewhere",
            &format!("a link to {path} used for {target}"),
        ));
    }
    vectors
}
