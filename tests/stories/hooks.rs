//! The operator's own rules: who may register, who may sign in, with which roles, and where they go.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use crate::twin::{Answer, BETTER, GOOD, Page, Twin, Visitor, hook_url};

const LOGIN: &str = "ON_LOGIN_URL";
const REGISTRATION: &str = "ON_REGISTRATION_URL";
const BEFORE: &str = "ON_BEFORE_REGISTRATION_URL";

/// A gateway with these hooks, which allow everything, and other settings changed.
fn with_hooks(hooks: &[&str], changes: &[(&str, Value)]) -> Twin {
    let hooks = hooks.iter().map(|name| (*name, json!(hook_url(name))));
    let settings: Vec<_> = hooks.chain(changes.iter().cloned()).collect();
    let twin = Twin::with(&settings);
    for name in [LOGIN, REGISTRATION, BEFORE] {
        twin.hook(name, json!({ "decision": "allow" }));
    }
    twin
}

fn deny(message: &str) -> Value {
    json!({ "decision": "deny", "message": message })
}

fn signs_in(visitor: &mut Visitor) -> Page {
    let fields = json!({ "email": visitor.email, "password": GOOD });
    visitor.asks_json("/auth/login", &fields)
}

fn registers(visitor: &mut Visitor) -> Page {
    GOOD.clone_into(&mut visitor.password);
    let fields = json!({ "email": visitor.email, "password": GOOD });
    visitor.asks_json("/auth/register", &fields)
}

fn told(page: &Page) -> (u16, String) {
    (page.status, page.code())
}

#[test]
fn a_hook_gives_one_session_roles_and_says_where_to_go() {
    let twin = with_hooks(&[LOGIN], &[]);
    let mut ada = twin.member("ada@example.org");
    ada.visits("/admin/");
    assert_eq!(ada.status(), 403, "the first session has no roles");
    ada.signs_out();

    let yes =
        json!({ "decision": "allow", "roles": ["admin", "beta"], "redirect": "/welcome?x=1" });
    twin.hook(LOGIN, yes);
    ada.visits("/private").signs_in();
    assert_eq!(ada.at, "/welcome?x=1", "before where they wanted to go");
    ada.visits("/admin/");
    assert!(ada.seen().identity.contains(r#"roles=("admin" "beta")"#));
    twin.waits(Span::minutes(20));
    ada.visits("/admin/");
    assert_eq!(ada.status(), 200, "as long as the session lives");

    twin.hook(LOGIN, json!({ "decision": "allow" }));
    let mut phone = ada.elsewhere();
    phone.visits("/private").signs_in();
    assert_eq!(phone.at, "/private");
    phone.visits("/admin/");
    assert_eq!(phone.status(), 403, "another session has roles of its own");
    phone.is_told("auth.notice.new_device");
}

#[test]
fn a_script_is_told_roles_and_redirect_too() {
    let twin = with_hooks(&[LOGIN], &[]);
    let mut ada = twin.member("ada@example.org");
    twin.hook(
        LOGIN,
        json!({ "decision": "allow", "roles": ["beta"], "redirect": "/welcome" }),
    );
    let fields = json!({ "email": ada.email, "password": GOOD, "next": "/private" });
    let page = ada.asks_json("/auth/login", &fields);
    assert_eq!(told(&page), (200, "auth.login.success".into()));
    assert_eq!(page.json()["redirect"], "/welcome");
    assert_eq!(page.json()["account"]["roles"], json!(["beta"]));
}

#[test]
fn each_hook_is_told_what_it_decides_about() {
    let twin = with_hooks(&[LOGIN, REGISTRATION, BEFORE], &[]);
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD);
    let [before] = twin.asked().try_into().expect("one question");
    assert_eq!(before.kind, "hook.before_registration");
    assert_eq!(before.data["email"], "ada@example.org");
    assert_eq!(
        (&before.data["account"], &before.data["method"]),
        (&Value::Null, &json!("password"))
    );

    ada.opens_mail().confirms();
    let account = ada.account();
    let [registration, login] = twin.asked().try_into().expect("two questions");
    assert_eq!(registration.kind, "hook.registration");
    assert_eq!(
        (&registration.data["account"], &registration.data["method"]),
        (&Value::Null, &json!("link")),
        "there is no account yet"
    );
    assert_eq!(login.kind, "hook.login");
    assert_eq!(
        (&login.data["account"], &login.data["method"]),
        (&json!(account), &json!("link"))
    );

    ada.signs_out();
    signs_in(&mut ada);
    let [login] = twin.asked().try_into().expect("one question");
    let expected = json!({
        "email": "ada@example.org",
        "account": account,
        "method": "password",
        "roles": [],
        "network": "198.51.100.0/24",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "requestId": login.data["requestId"],
    });
    assert_eq!(login.data, expected);
    assert!(!login.body.contains(GOOD));
    let ids = [before.id, registration.id, login.id];
    assert!(ids[0] != ids[1] && ids[1] != ids[2], "each question is new");
}

#[test]
fn what_a_hook_said_is_in_the_journal_beside_the_session() {
    let twin = with_hooks(&[LOGIN], &[]);
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    let last = || twin.journal(&account).pop().expect("a line");
    assert!(last().contains(r#""hook":"allowed""#), "{}", last());

    let without = Twin::new();
    let account = without.member("ada@example.org").account();
    let lines = without.journal(&account).concat();
    assert!(
        lines.contains("signed_in") && !lines.contains("hook"),
        "{lines}"
    );
}

#[test]
fn a_denied_sign_in_reads_the_message_as_text() {
    let twin = with_hooks(&[LOGIN], &[]);
    let mut ada = twin.member("ada@example.org");
    let mut phone = ada.elsewhere();
    let message = "Ask <b>Tom</b> & \"Ann\" first.";
    twin.hook(LOGIN, deny(message));

    let page = signs_in(&mut phone);
    assert_eq!(told(&page), (403, "auth.hook.denied".into()));
    assert_eq!(page.json()["authMessage"], message);
    assert_eq!(page.set_cookies().count(), 0);

    phone.password = GOOD.into();
    phone.visits("/login?next=%2Fprivate").signs_in();
    assert_eq!(phone.at, "/login?next=%2Fprivate", "back to the form");
    assert_eq!(phone.told, "auth.hook.denied");
    let body = &phone.page().body;
    assert!(!body.contains("<b>Tom") && body.contains("Tom"), "{body}");
    assert!(!phone.is_signed_in());
    let page = ada.fetches("GET", "/auth/sessions");
    assert_eq!(page.json()["sessions"].as_array().expect("a list").len(), 1);

    twin.hook(LOGIN, json!({ "decision": "deny" }));
    let page = signs_in(&mut phone);
    assert!(
        page.json()["authMessage"].as_str().expect("a text").len() > 10,
        "ours"
    );
}

#[test]
fn a_message_waits_for_the_operators_own_page() {
    let twin = with_hooks(&[LOGIN], &[]);
    let mut ada = twin.member("ada@example.org").elsewhere();
    let longest = "\"".repeat(300);
    twin.hook(LOGIN, deny(&format!("{longest} and more")));
    let fields = [("email", "ada@example.org"), ("password", GOOD)];
    let request = crate::twin::Request::new("POST", "https://app.example.org/login");
    let form = request.body(
        "application/x-www-form-urlencoded",
        &crate::twin::form(&fields),
    );
    let request = ada.dressed(form, "navigate");
    assert_eq!(ada.sends(&request).expect("an answer").status, 303);
    let page = ada.fetches("GET", "/auth/feedback");
    assert_eq!(page.code(), "auth.hook.denied");
    assert_eq!(page.json()["authMessage"], longest, "cut at 300");
    let page = ada.fetches("GET", "/auth/feedback");
    assert_eq!(page.code(), "auth.feedback.none");
}

#[test]
fn who_may_not_register_is_told_so_before_anything_happens() {
    let twin = with_hooks(&[BEFORE], &[]);
    twin.hook(BEFORE, deny("Staff only."));
    let mut ada = twin.visitor("ada@example.org");
    ada.visits("/private").signs_up(GOOD);
    assert_eq!(
        (ada.told.as_str(), ada.at.as_str()),
        ("auth.hook.denied", "/login/signup?next=%2Fprivate")
    );
    assert!(ada.page().body.contains("Staff only."));
    let (page, cost) = twin.cost_of(|| registers(&mut ada));
    assert_eq!(told(&page), (403, "auth.hook.denied".into()));
    assert_eq!(page.json()["authMessage"], "Staff only.");
    assert_eq!(
        (cost.hashes, cost.calls),
        (0, 1),
        "the network's budget alone"
    );
    assert!(twin.mails().is_empty());

    twin.hook(BEFORE, json!({ "decision": "allow" }));
    ada.signs_up(GOOD).opens_mail().confirms();
    assert!(ada.is_signed_in());
}

#[test]
fn a_link_that_a_hook_refused_works_once_it_allows() {
    let twin = with_hooks(&[REGISTRATION], &[]);
    twin.hook(REGISTRATION, deny("Not before Monday."));
    let mut ada = twin.visitor("ada@example.org");
    let link = ada.visits("/private").signs_up(GOOD).receives_link();
    ada.visits(&link).confirms();
    assert_eq!(
        (ada.told.as_str(), ada.at.as_str()),
        ("auth.hook.denied", "/login/verify")
    );
    assert!(ada.page().body.contains("Not before Monday."));
    let token = link.split_once("?token=").expect("a token").1;
    let page = ada.asks_json("/auth/verify", &json!({ "token": token }));
    assert_eq!(told(&page), (403, "auth.hook.denied".into()));
    assert!(!ada.is_signed_in());
    assert_eq!(
        told(&signs_in(&mut ada)).1,
        "auth.login.not_verified",
        "there is no account"
    );

    twin.hook(REGISTRATION, Answer::Hangs);
    ada.confirms();
    assert_eq!(ada.told, "auth.hook.unavailable");

    twin.hook(
        REGISTRATION,
        json!({ "decision": "allow", "roles": ["admin"], "redirect": "/x" }),
    );
    ada.confirms();
    assert_eq!(
        ada.at, "/private",
        "roles and redirect are the sign-in hook's to give"
    );
    ada.visits("/admin/");
    assert_eq!(ada.status(), 403);
}

#[test]
fn a_registration_is_asked_about_when_the_link_would_be_redeemed() {
    let twin = with_hooks(&[REGISTRATION], &[]);
    let mut ada = twin.visitor("ada@example.org");
    let link = ada.signs_up(GOOD).receives_link();
    let token = link.split_once("?token=").expect("a token").1;
    let mut phone = ada.elsewhere();
    phone.visits(&link);
    let page = phone.asks_json("/auth/verify", &json!({ "token": token }));
    assert_eq!(page.code(), "auth.verify.password_needed");
    let page = phone.asks_json(
        "/auth/verify",
        &json!({ "token": token, "password": "short" }),
    );
    assert_eq!(page.status, 422);
    assert!(
        twin.asked().is_empty(),
        "a link that is looked at asks nobody"
    );

    phone.confirms_with(BETTER);
    assert!(phone.is_signed_in());
    assert_eq!(twin.asked().len(), 1);
    let page = ada.asks_json("/auth/verify", &json!({ "token": token }));
    assert_eq!(page.code(), "auth.token.used");
    assert!(twin.asked().is_empty(), "nor does one that was redeemed");
}

#[test]
fn an_address_is_proved_also_when_the_sign_in_hook_says_no() {
    for answer in [Answer::from(deny("No.")), Answer::Hangs, Answer::BreaksOff] {
        let twin = with_hooks(&[LOGIN], &[]);
        twin.hook(LOGIN, answer);
        let mut ada = twin.visitor("ada@example.org");
        let link = ada.signs_up(GOOD).receives_link();
        let token = link.split_once("?token=").expect("a token").1;
        let page = ada.asks_json("/auth/verify", &json!({ "token": token }));
        assert_eq!(told(&page), (200, "auth.verify.success".into()));
        assert_eq!(page.set_cookies().count(), 0);
        assert_eq!(page.json().get("session"), None);
        assert!(!ada.is_signed_in());

        twin.hook(LOGIN, json!({ "decision": "allow" }));
        assert_eq!(told(&signs_in(&mut ada)).1, "auth.login.success");
    }
}

#[test]
fn the_button_pressed_again_signs_in_once_the_hook_allows() {
    let twin = with_hooks(&[LOGIN], &[]);
    twin.hook(LOGIN, Answer::Hangs);
    let mut ada = twin.visitor("ada@example.org");
    ada.visits("/private").signs_up(GOOD).opens_mail();
    let mut again = ada.clone();
    ada.confirms();
    assert_eq!(
        (ada.told.as_str(), ada.at.as_str()),
        ("auth.verify.success", "/login")
    );
    twin.hook(LOGIN, json!({ "decision": "allow" }));
    again.confirms();
    assert!(again.is_signed_in());
    assert_eq!(again.at, "/private");
}

#[test]
fn a_wrong_password_is_no_matter_for_a_hook() {
    let twin = with_hooks(&[LOGIN], &[]);
    let mut ada = twin.member("ada@example.org");
    let mut pending = twin.visitor("bob@example.org");
    pending.signs_up(GOOD).receives_link();
    twin.asked();
    for email in ["ada@example.org", "nobody@example.org", "bob@example.org"] {
        let fields = json!({ "email": email, "password": BETTER });
        assert_eq!(ada.asks_json("/auth/login", &fields).status, 401);
    }
    assert_eq!(signs_in(&mut pending).code(), "auth.login.not_verified");
    assert!(twin.asked().is_empty());
}

#[test]
fn a_hook_that_is_down_shuts_nobodys_lane_and_spends_no_budget() {
    for answer in [Answer::Hangs, Answer::from(deny("Later."))] {
        let twin = with_hooks(&[LOGIN], &[]);
        let member = twin.member("ada@example.org");
        let mut marked = member.copied();
        let mut stranger = member.elsewhere();
        twin.hook(LOGIN, answer);
        for visitor in [&mut marked, &mut stranger] {
            for n in 0..30 {
                let page = signs_in(visitor);
                assert!([403, 503].contains(&page.status), "{n}: {page:?}");
            }
        }
        twin.hook(LOGIN, json!({ "decision": "allow" }));
        for visitor in [&mut marked, &mut stranger] {
            assert_eq!(signs_in(visitor).status, 200);
        }
        stranger.is_told("auth.notice.new_device");
    }
}

#[test]
fn silence_lets_pass_where_the_operator_says_so_and_for_that_hook_alone() {
    let policy = ("HOOK_FAILURE", json!({ "login": "allow" }));
    let twin = with_hooks(&[LOGIN, BEFORE], &[policy]);
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    ada.signs_out();
    let half_right =
        json!({ "decision": "allow", "roles": ["admin"], "redirect": "//evil.example" });
    for answer in [
        Answer::Hangs,
        Answer::raw(500, "text/plain", "?"),
        half_right.into(),
    ] {
        twin.hook(LOGIN, answer);
        ada.visits("/private").signs_in();
        assert_eq!(ada.at, "/private");
        ada.visits("/admin/");
        assert_eq!(ada.status(), 403, "nothing of a wrong answer counts");
        let line = twin.journal(&account).pop().expect("a line");
        assert!(line.contains(r#""hook":"unanswered""#), "{line}");
        ada.signs_out();
    }
    twin.hook(LOGIN, deny("No."));
    assert_eq!(signs_in(&mut ada).status, 403, "a no is a no");

    twin.hook(BEFORE, Answer::Hangs);
    let page = registers(&mut twin.visitor("bob@example.org"));
    assert_eq!(told(&page), (503, "auth.hook.unavailable".into()));
    assert!(page.header("retry-after").is_some());
}

#[test]
fn in_shadow_mode_every_hook_is_asked_and_nobody_obeys() {
    let twin = with_hooks(
        &[LOGIN, REGISTRATION, BEFORE],
        &[("HOOK_MODE", json!("shadow"))],
    );
    let yes = json!({ "decision": "allow", "roles": ["admin"], "redirect": "/welcome" });
    let cases = [
        (Answer::from(deny("No.")), "shadow_denied"),
        (Answer::from(yes), "shadow_allowed"),
        (Answer::Hangs, "shadow_unanswered"),
    ];
    for (n, (answer, heard)) in cases.into_iter().enumerate() {
        for hook in [LOGIN, REGISTRATION, BEFORE] {
            twin.hook(hook, answer.clone());
        }
        let mut ada = twin.visitor(&format!("ada{n}@example.org"));
        ada.visits("/private")
            .signs_up(GOOD)
            .opens_mail()
            .confirms();
        assert!(ada.is_signed_in(), "{heard}");
        assert_eq!(ada.at, "/private");
        ada.visits("/admin/");
        assert_eq!(ada.status(), 403);
        assert_eq!(twin.asked().len(), 3);
        let line = twin.journal(&ada.account()).pop().expect("a line");
        assert!(line.contains(&format!(r#""hook":"{heard}""#)), "{line}");
        for hook in [
            "hook.before_registration",
            "hook.registration",
            "hook.login",
        ] {
            let said = format!("{hook}: {heard}");
            assert!(
                twin.world.log().iter().any(|line| line.starts_with(&said)),
                "{said}"
            );
        }
    }
}
