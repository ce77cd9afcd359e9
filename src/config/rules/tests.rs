//! Rules as operators write them, and the ones that would leave a gap.

use serde_json::json;

use super::*;

fn rules(rules: Value) -> Result<AccessRules, Vec<String>> {
    variables(&[("ACCESS_RULES", rules)])
}

fn variables(values: &[(&str, Value)]) -> Result<AccessRules, Vec<String>> {
    let named = |(name, value): &(&str, Value)| ((*name).to_owned(), value.clone());
    let problems_named = |problems: Vec<Problem>| problems.into_iter().map(|p| p.name).collect();
    AccessRules::parse(&values.iter().map(named).collect()).map_err(problems_named)
}

fn access(rules: &AccessRules, method: &str, path: &str) -> Option<Access> {
    let rule = rules.first(method, path.as_bytes());
    rule.map(|rule| rule.access.clone())
}

#[test]
fn a_rule_says_everything_it_can() {
    let read = rules(json!([{
        "path": "/admin/*", "access": {"roles": ["admin", "team:ops"]}, "strict": true,
        "reauth": "5m", "origins": ["https://Console.example.org:443"], "preflight": "on", "digest": true,
    }]))
    .unwrap();
    let rule = read.iter().next().unwrap();
    let named = |name| Role::parse(name).unwrap();
    assert_eq!(
        *rule,
        AccessRule {
            path: PathPattern::parse("/admin/*").unwrap(),
            access: Access::Roles(vec![named("admin"), named("team:ops")]),
            methods: None,
            strict: true,
            reauth: Some(Span::minutes(5)),
            origins: vec!["https://console.example.org".into()],
            cache: false,
            preflight: true,
            digest: true,
        }
    );
}

#[test]
fn the_first_match_wins_and_head_is_get() {
    let rules = rules(json!([
        {"path": "/api/open", "access": "public", "methods": ["GET"]},
        {"path": "/api/*", "access": "optional", "methods": ["GET", "PROPFIND"]},
        {"path": "/api/*", "access": "required"},
    ]))
    .unwrap();
    for (method, path, expected) in [
        ("GET", "/api/open", Some(Access::Public)),
        ("HEAD", "/api/open", Some(Access::Public)),
        ("POST", "/api/open", Some(Access::Required)),
        ("PROPFIND", "/api", Some(Access::Optional)),
        ("get", "/api", Some(Access::Required)),
        ("PURGE", "/api/x", Some(Access::Required)),
        ("GET", "/apis", None),
    ] {
        assert_eq!(access(&rules, method, path), expected, "{method} {path}");
    }
}

#[test]
fn rules_go_on_in_numbered_variables() {
    let one = |path: &str| json!([{"path": path, "access": "public"}]);
    let two = [
        ("ACCESS_RULES", one("/a")),
        ("ACCESS_RULES_2", json!(one("/b").to_string())),
        ("ACCESS_RULES_10", one("/c")),
        ("OTHER", one("/d")),
    ];
    assert_eq!(variables(&two[..2]).unwrap().iter().count(), 2);
    let gap = variables(&two).unwrap_err();
    assert_eq!(gap.len(), 7, "{gap:?}");
    assert_eq!(
        variables(&[("ACCESS_RULES_2", one("/b"))]).unwrap_err(),
        ["ACCESS_RULES"]
    );
    for name in [
        "ACCESS_RULES_1",
        "ACCESS_RULES_02",
        "ACCESS_RULES2",
        "ACCESS_RULES_X",
    ] {
        let named = variables(&[("ACCESS_RULES", one("/a")), (name, one("/b"))]).unwrap_err();
        assert_eq!(named, [name]);
    }
}

#[test]
fn a_rule_that_makes_no_sense_is_named() {
    for (rule, named) in [
        (json!("public"), ""),
        (json!({"access": "public"}), ".path"),
        (json!({"path": "/x"}), ".access"),
        (json!({"path": "/x/", "access": "public"}), ".path"),
        (json!({"path": "/x", "access": "admin"}), ".access"),
        (json!({"path": "/x", "access": {"roles": []}}), ".access"),
        (
            json!({"path": "/x", "access": {"roles": ["Admin"]}}),
            ".access",
        ),
        (
            json!({"path": "/x", "access": {"roles": ["a"], "all": true}}),
            ".access",
        ),
        (json!({"path": "/x", "access": {"role": ["a"]}}), ".access"),
        (
            json!({"path": "/x", "access": "public", "methods": []}),
            ".methods",
        ),
        (
            json!({"path": "/x", "access": "public", "methods": ["get"]}),
            ".methods",
        ),
        (
            json!({"path": "/x", "access": "public", "methods": ["HEAD"]}),
            ".methods",
        ),
        (
            json!({"path": "/x", "access": "required", "reauth": "5"}),
            ".reauth",
        ),
        (
            json!({"path": "/x", "access": "required", "origins": ["*"]}),
            ".origins",
        ),
        (
            json!({"path": "/x", "access": "required", "origins": ["null"]}),
            ".origins",
        ),
        (
            json!({"path": "/x", "access": "required", "strickt": true}),
            ".strickt",
        ),
        (
            json!({"path": "/x", "access": "optional", "reauth": "5m"}),
            "",
        ),
        (
            json!({"path": "/x", "access": "optional", "cache": true}),
            "",
        ),
    ] {
        let named = format!("ACCESS_RULES rule 2{named}");
        let list = json!([{"path": "/first", "access": "public"}, rule]);
        assert_eq!(rules(list).unwrap_err(), [named], "{rule}");
    }
    assert_eq!(rules(json!({"path": "/x"})).unwrap_err(), ["ACCESS_RULES"]);
}

#[test]
fn a_strict_rule_for_some_methods_must_not_leave_the_others_laxer() {
    let admin = json!({"roles": ["admin"]});
    let post = |access: &Value| json!({"path": "/x/*", "access": access, "methods": ["POST"]});
    let all = |path: &str, access: &Value| json!({"path": path, "access": access});
    let (public, required) = (json!("public"), json!("required"));
    let open = [
        vec![post(&admin)],
        vec![post(&admin), all("/x/*", &required)],
        vec![post(&required), all("/x/*", &public)],
        vec![post(&required), all("/*", &public)],
        vec![post(&required), all("/x/y", &public)],
        vec![post(&required), all("/X/*", &public)],
        vec![
            post(&admin),
            all("/x/*", &json!({"roles": ["admin", "staff"]})),
        ],
        vec![json!({"path": "/x", "access": "required", "methods": ["POST"], "reauth": "5m"})],
        vec![
            post(&admin),
            json!({"path": "/x/*", "access": "public", "methods": ["GET"]}),
        ],
    ];
    for list in open {
        assert_eq!(
            rules(json!(list)).unwrap_err(),
            ["ACCESS_RULES rule 1"],
            "{list:?}"
        );
    }
    let closed = [
        vec![post(&public), all("/x/*", &admin)],
        vec![post(&required)],
        vec![post(&required), all("/y/*", &public)],
        vec![post(&required), all("/x/*", &admin), all("/*", &public)],
        vec![
            post(&json!({"roles": ["admin", "staff"]})),
            all("/x/*", &admin),
        ],
        vec![
            post(&required),
            json!({"path": "/x/*", "access": "public", "methods": ["GET"]}),
        ],
    ];
    for list in closed {
        assert!(rules(json!(list)).is_ok(), "{list:?}");
    }
}
