//! A hook that dies, hangs or lies, and a process that dies beside it. Nobody gets in without its word,
//! nothing is half done, and nobody learns from it who has an account.

use edgeward::{kit::time::Span, outbox::HOOK_PATIENCE};
use serde_json::{Value, json};

use crate::twin::{
    Answer, BETTER, Fault, GOOD, Page, Twin, Visitor, figures::Count, hook_url, objects::Kind,
};

const LOGIN: &str = "ON_LOGIN_URL";
const REGISTRATION: &str = "ON_REGISTRATION_URL";
const BEFORE: &str = "ON_BEFORE_REGISTRATION_URL";
const ADA: &str = "ada@example.org";

/// A gateway with every hook; each allows everything.
fn town() -> Twin {
    let twin = Twin::with(&[LOGIN, REGISTRATION, BEFORE].map(|name| (name, json!(hook_url(name)))));
    for name in [LOGIN, REGISTRATION, BEFORE] {
        twin.hook(name, allow());
    }
    twin.leaves_mail_unread();
    twin
}

fn allow() -> Value {
    json!({ "decision": "allow" })
}

/// Everything that is no answer, by name.
fn lies() -> Vec<(&'static str, Answer)> {
    let yes = allow().to_string();
    let json = |body: &str| Answer::raw(200, "application/json", body);
    let with = |name: &str, value: Value| Answer::from(json!({ "decision": "allow", name: value }));
    let roles: Vec<_> = (0..17).map(|n| format!("role{n}")).collect();
    vec![
        ("late", json(&yes).after(HOOK_PATIENCE)),
        ("hangs", Answer::Hangs),
        ("broken", Answer::BreaksOff),
        ("status_204", Answer::raw(204, "", "")),
        ("status_302", Answer::raw(302, "application/json", &yes)),
        ("status_403", Answer::raw(403, "application/json", &yes)),
        ("status_500", Answer::raw(500, "application/json", &yes)),
        ("html", Answer::raw(200, "text/html", &yes)),
        ("empty", json("")),
        ("half", json(&yes[..yes.len() - 1])),
        ("twice", json(r#"{"decision":"deny","decision":"allow"}"#)),
        ("huge", json(&format!("{}{yes}", " ".repeat(16 * 1024)))),
        ("undecided", json("{}")),
        ("true", json(r#"{"decision":true}"#)),
        ("maybe", json(r#"{"decision":"maybe"}"#)),
        ("one role", with("roles", json!("admin"))),
        ("17 roles", with("roles", json!(roles))),
        ("a false role", with("roles", json!(["Admin"]))),
        ("elsewhere", with("redirect", json!("//evil.example"))),
        ("to the gate", with("redirect", json!("/login/account"))),
        ("two lines", with("message", json!("a\nb"))),
    ]
}

fn registers(visitor: &mut Visitor) -> Option<Page> {
    GOOD.clone_into(&mut visitor.password);
    let fields = json!({ "email": visitor.email, "password": GOOD });
    let request = visitor.json_request("/auth/register", &fields);
    visitor.sends(&request)
}

fn signs_in(visitor: &mut Visitor) -> Option<Page> {
    let fields = json!({ "email": visitor.email, "password": GOOD });
    let request = visitor.json_request("/auth/login", &fields);
    visitor.sends(&request)
}

fn verifies(visitor: &mut Visitor, token: &str) -> Option<Page> {
    let request = visitor.json_request("/auth/verify", &json!({ "token": token }));
    visitor.sends(&request)
}

fn told(page: Option<Page>) -> (u16, String) {
    let page = page.unwrap();
    if page.status == 503 {
        assert!(page.header("retry-after").is_some());
    }
    (page.status, page.code())
}

fn unavailable() -> (u16, String) {
    (503, "auth.hook.unavailable".to_owned())
}

/// What every account says of itself.
fn accounts(twin: &Twin) -> Vec<Value> {
    let objects = twin.world.objects_of(Kind::Account);
    let states = objects.iter().filter_map(|object| object.sql.state());
    states
        .map(|state| serde_json::from_str(&state).unwrap())
        .collect()
}

fn sessions(twin: &Twin) -> usize {
    let count = |account: &Value| account["living"]["sessions"].as_array().unwrap().len();
    accounts(twin).iter().map(count).sum()
}

#[test]
fn no_sign_in_hook_that_fails_lets_anybody_in() {
    let mut count = Count::of("hook_failures");
    for (lie, answer) in lies() {
        let twin = town();
        let mut phone = twin.member(ADA).elsewhere();
        twin.hook(LOGIN, answer);
        let answer = told(signs_in(&mut phone));
        count.one(answer == unavailable() && sessions(&twin) == 1);
        assert_eq!(answer, unavailable(), "{lie}");
        assert_eq!(sessions(&twin), 1, "{lie}");
        assert!(
            !phone.is_signed_in() && phone.jar.names().is_empty(),
            "{lie}"
        );
        twin.hook(LOGIN, allow());
        assert_eq!(told(signs_in(&mut phone)).0, 200, "{lie}");
    }
}

#[test]
fn no_registration_hook_that_fails_makes_an_account_or_costs_a_link() {
    let mut count = Count::of("hook_failures");
    for (lie, answer) in lies() {
        let twin = town();
        let mut ada = twin.visitor(ADA);
        let link = ada.signs_up(GOOD).receives_link();
        let token = link.split_once("?token=").unwrap().1;
        twin.hook(REGISTRATION, answer);
        let answer = told(verifies(&mut ada, token));
        count.one(answer == unavailable() && accounts(&twin).is_empty());
        assert_eq!(answer, unavailable(), "{lie}");
        assert!(accounts(&twin).is_empty(), "{lie}");
        twin.hook(REGISTRATION, allow());
        assert_eq!(told(verifies(&mut ada, token)).0, 200, "{lie}");
        assert!(ada.is_signed_in(), "{lie}");
    }
}

#[test]
fn no_hook_that_fails_before_a_registration_leaves_anything_behind() {
    let mut count = Count::of("hook_failures");
    for (lie, answer) in lies() {
        let twin = town();
        let mut ada = twin.visitor(ADA);
        twin.hook(BEFORE, answer);
        let answer = told(registers(&mut ada));
        count.one(answer == unavailable());
        assert_eq!(answer, unavailable(), "{lie}");
        assert!(twin.world.objects_of(Kind::Address).is_empty(), "{lie}");
        twin.hook(BEFORE, allow());
        assert_eq!(told(registers(&mut ada)).0, 202, "{lie}");
    }
}

/// Dies at every crossing of `act`, and looks at what is left.
fn at_every_crossing(
    prepare: impl Fn(&Twin) -> Visitor,
    act: impl Fn(&mut Visitor),
    look: impl Fn(&Twin, &str),
) {
    let mut crashes = 0;
    for fault in Fault::ALL {
        for crossing in 1.. {
            let twin = town();
            let mut ada = prepare(&twin);
            twin.fails_at(crossing, fault);
            act(&mut ada);
            twin.runs_alarms();
            let came_to_pass = twin.is_well_again();
            look(&twin, &format!("{fault:?} at crossing {crossing}"));
            if !came_to_pass {
                break;
            }
            crashes += 1;
        }
    }
    assert!(crashes >= 8, "{crashes} crashes");
}

#[test]
fn no_death_opens_a_session_that_the_hook_denied() {
    let denied = |twin: &Twin| {
        let phone = twin.member(ADA).elsewhere();
        twin.hook(LOGIN, json!({ "decision": "deny" }));
        phone
    };
    at_every_crossing(
        denied,
        |phone| drop(signs_in(phone)),
        |twin, what| assert_eq!(sessions(twin), 1, "{what}"),
    );
}

#[test]
fn no_death_makes_an_account_that_the_hook_denied() {
    let denied = |twin: &Twin| {
        let mut ada = twin.visitor(ADA);
        ada.signs_up(GOOD).opens_mail();
        twin.hook(REGISTRATION, json!({ "decision": "deny" }));
        ada
    };
    at_every_crossing(
        denied,
        |ada| {
            ada.confirms();
        },
        |twin, what| assert!(accounts(twin).is_empty(), "{what}"),
    );
}

#[test]
fn no_death_opens_a_session_that_is_not_logged_as_allowed() {
    at_every_crossing(
        |twin| twin.member(ADA).elsewhere(),
        |phone| drop(signs_in(phone)),
        |twin, what| {
            let log = twin.world.log();
            let allowed = log
                .iter()
                .filter(|line| line.starts_with("hook.login: allowed "));
            assert!(sessions(twin) <= allowed.count(), "{what}: {log:?}");
            let account = accounts(twin)[0]["living"]["id"]
                .as_str()
                .unwrap()
                .to_owned();
            let lines = twin.journal(&account);
            let opened = lines.iter().filter(|line| line.contains("signed_in"));
            assert!(opened.clone().count() >= sessions(twin));
            for line in opened {
                assert!(line.contains(r#""hook":"allowed""#), "{what}: {line}");
            }
        },
    );
}

/// Known, waiting and unknown addresses, with hooks that take their time: one answer, one time.
#[test]
fn nobody_learns_from_a_hook_who_has_an_account() {
    let slow = |body: Value| Answer::from(body).after(Span(700));
    for (name, answer) in [
        ("allows", slow(allow())),
        (
            "denies",
            slow(json!({ "decision": "deny", "message": "No." })),
        ),
        ("hangs", Answer::Hangs),
    ] {
        let twin = town();
        twin.member("known@example.org");
        twin.visitor("await@example.org").signs_up(GOOD);
        twin.runs_alarms();
        twin.world.takes(Span(3), Span(41));
        for hook in [LOGIN, REGISTRATION, BEFORE] {
            twin.hook(hook, answer.clone());
        }
        let shape = |route: &str, email: &str| {
            let mut eve = twin.visitor("eve@example.org");
            let fields = json!({ "email": email, "password": BETTER });
            let page = eve.asks_json(route, &fields);
            let names: Vec<_> = page.header_names().into_iter().map(str::to_owned).collect();
            (page.status, names, page.body, page.took)
        };
        for route in ["/auth/login", "/auth/register"] {
            let unknown = shape(route, "empty@example.org");
            for email in ["known@example.org", "await@example.org"] {
                assert_eq!(shape(route, email), unknown, "{route}, the hook {name}");
            }
        }
    }
}

/// A hook is asked about what the budget of a network pays for, and about nothing more.
#[test]
fn strangers_cannot_set_a_gateway_upon_a_hook() {
    let twin = town();
    twin.hook(BEFORE, Answer::raw(500, "", ""));
    let mut eve = twin.visitor("eve@example.org");
    let answers: Vec<_> = (0..30)
        .map(|n| {
            eve.email = format!("eve{n}@example.org");
            registers(&mut eve).unwrap().status
        })
        .collect();
    assert_eq!(answers.iter().filter(|status| **status == 503).count(), 10);
    assert_eq!(twin.asked().len(), 10);
}
