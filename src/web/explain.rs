//! The decision about one request in plain words, for operators who wonder which rule it was.

use core::fmt::Write;

use super::access::{Demand, Level, Look, demand, looks};
use crate::{
    config::{Access, AccessRule, AccessRules, Prefixes},
    kit::role::Role,
};

/// Says how each reading of the path fares and what they ask for together. One line each.
pub fn explain(rules: &AccessRules, prefixes: &Prefixes, method: &str, path: &str) -> String {
    if prefixes.hold(path) {
        return format!(
            "{method} {path} is a route of Edgeward itself; rules do not apply to it\n"
        );
    }
    let found = looks(rules, prefixes, method, path);
    let together = demand(rules, prefixes, method, path);
    let mut text = format!("{method} {path}\n");
    // Writing to a String cannot fail.
    let _ = match found.and_then(|looks| Ok((looks, together?))) {
        Ok((looks, together)) => looks
            .iter()
            .try_for_each(|look| writeln!(text, "  {}", one(rules, look)))
            .and_then(|()| writeln!(text, "asks for: {}", sum(&together))),
        Err(why) => writeln!(text, "refused with 400: {why}"),
    };
    text
}

fn one(rules: &AccessRules, look: &Look<'_>) -> String {
    let same = |rule: &AccessRule| look.rule.is_some_and(|found| core::ptr::eq(found, rule));
    let number = (1..).zip(rules.iter()).find(|(_, rule)| same(rule));
    let verdict = match number {
        Some((number, rule)) => format!("rule {number}, {}: {}", rule.path, access(&rule.access)),
        None => "no rule: signed in".to_owned(),
    };
    format!(
        "{} ({}): {verdict}",
        look.reading.escape_debug(),
        look.manner
    )
}

fn access(access: &Access) -> String {
    match access {
        Access::Public => "public".to_owned(),
        Access::Optional => "optional".to_owned(),
        Access::Required => "signed in".to_owned(),
        Access::Roles(roles) => any_of(roles),
    }
}

fn any_of(roles: &[Role]) -> String {
    let names: Vec<&str> = roles.iter().map(Role::as_str).collect();
    format!("role {}", names.join(" or "))
}

fn sum(demand: &Demand<'_>) -> String {
    let mut parts = vec![match demand.level {
        Level::Public => "nothing, the visitor stays anonymous".to_owned(),
        Level::Optional => "nothing, the origin is told who is signed in".to_owned(),
        Level::Required => "a signed-in visitor".to_owned(),
    }];
    parts.extend(demand.roles.iter().map(|roles| any_of(roles)));
    if let Some(reauth) = demand.reauth {
        parts.push(format!("a sign-in not older than {reauth}"));
    }
    if demand.asks_each_time() {
        parts.push("a session that is asked about each time".to_owned());
    }
    if !demand.origins.is_empty() {
        let origins = demand.origins.join(" or ");
        parts.push(format!("unsafe requests from our pages or {origins}"));
    }
    if demand.digest {
        parts.push("a body of at most 1 MB, which is signed".to_owned());
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_reading_is_told_and_then_the_sum() {
        let rules = json!([
            {"path": "/admin/*", "access": {"roles": ["admin", "ops"]}, "reauth": "5m"},
            {"path": "/pub/*", "access": "public"},
        ]);
        let values = [("ACCESS_RULES".to_owned(), rules)].into();
        let rules = AccessRules::parse(&values).unwrap();
        let prefixes = Prefixes::parse(&values).unwrap();
        let told = |path| explain(&rules, &prefixes, "GET", path);
        assert_eq!(
            told("/pub/..%2fadmin"),
            "GET /pub/..%2fadmin\n  \
               /pub/..%2fadmin (as spelt): rule 2, /pub/*: public\n  \
               /pub/..%2fadmin (loosely): rule 2, /pub/*: public\n  \
               /pub/../admin (as spelt): rule 2, /pub/*: public\n  \
               /pub/../admin (loosely): rule 2, /pub/*: public\n  \
               /admin (as spelt): rule 1, /admin/*: role admin or ops\n  \
               /admin (loosely): rule 1, /admin/*: role admin or ops\n\
             asks for: a signed-in visitor; role admin or ops; a sign-in not older than 5m; \
             a session that is asked about each time\n"
        );
        assert_eq!(
            told("/other"),
            "GET /other\n  /other (as spelt): no rule: signed in\nasks for: a signed-in visitor\n"
        );
        assert_eq!(
            told("/pub/%00"),
            "GET /pub/%00\nrefused with 400: the path has a control character\n"
        );
        assert!(told("/login/reset").contains("a route of Edgeward itself"));
    }
}
