//! Death at every crossing of the flows that change an account. What was acknowledged holds, what was not
//! can be asked again, and nobody is left with two passwords, two owners of an address, or none.

use edgeward::kit::time::Span;
use serde_json::json;

use super::crash_points::{Crash, accounts, at_every_crossing};
use crate::twin::{BETTER, GOOD, HOME, Page, Request, Twin, Visitor, form};

const OLD: &str = "ada@example.org";
const NEW: &str = "ada@example.net";

/// Presses the button of the page they see, once; the page stays as it is.
fn presses(ada: &mut Visitor) -> Option<Page> {
    let visit = ada.page().input("visit").unwrap().to_owned();
    let mut fields = vec![("visit", visit.as_str())];
    if ada.page().asks_for("password") {
        fields.push(("password", BETTER));
    }
    let post = Request::new("POST", &format!("{HOME}{}", ada.at))
        .body("application/x-www-form-urlencoded", &form(&fields));
    let request = ada.dressed(post, "navigate");
    ada.sends(&request)
}

/// Presses it again, now that everything is well: what they are told.
fn presses_again(ada: &mut Visitor) -> String {
    let page = presses(ada).unwrap();
    assert_eq!(page.status, 303, "{page:?}");
    ada.message()
}

fn done(answer: Option<&Page>) -> bool {
    answer.is_some_and(|page| page.status == 303)
}

/// Whether somebody at a new browser gets in with this.
fn opens(twin: &Twin, address: &str, password: &str) -> bool {
    let mut fresh = twin.visitor(address);
    password.clone_into(&mut fresh.password);
    fresh.tries_to_sign_in().status == 200
}

#[test]
fn a_wish_for_a_link_that_was_acknowledged_brings_one() {
    for (route, kind) in [
        ("/auth/forgot", "auth.reset"),
        ("/auth/magic-request", "auth.magic"),
    ] {
        at_every_crossing(
            |twin| twin.member(OLD).elsewhere(),
            |ada| {
                let request = ada.json_request(route, &json!({ "email": OLD }));
                ada.sends(&request)
            },
            |Crash {
                 twin, answer, what, ..
             }| {
                twin.waits(Span::minutes(1));
                let acknowledged = answer.is_some_and(|page| page.status == 202);
                let came = twin.mails_of(kind, OLD);
                assert!(!acknowledged || came > 0, "{route} {what}");
            },
        );
    }
}

#[test]
fn after_a_reset_one_password_is_right_and_never_two() {
    at_every_crossing(
        |twin| {
            let mut ada = twin.member(OLD).elsewhere();
            ada.forgets_password().opens_mail();
            ada
        },
        presses,
        |Crash {
             twin,
             mut ada,
             answer,
             what,
         }| {
            let (old, new) = (opens(&twin, OLD, GOOD), opens(&twin, OLD, BETTER));
            assert!(old != new, "{what}: {old} {new}");
            assert!(new || !done(answer.as_ref()), "{what}: acknowledged");
            assert_eq!(presses_again(&mut ada), "auth.reset.success", "{what}");
            assert!(
                opens(&twin, OLD, BETTER) && !opens(&twin, OLD, GOOD),
                "{what}"
            );
            twin.waits(Span::minutes(1));
            let notices = twin.mails_of("auth.notice.password_changed", OLD);
            assert!(notices >= 1, "{what}");
        },
    );
}

#[test]
fn a_link_that_signs_in_opens_one_session_however_often_it_is_pressed() {
    at_every_crossing(
        |twin| {
            let mut ada = twin.member(OLD).elsewhere();
            ada.asks_for_link_to("/private").opens_mail();
            ada
        },
        presses,
        |Crash {
             twin,
             mut ada,
             answer,
             what,
         }| {
            if done(answer.as_ref()) {
                assert!(ada.is_signed_in(), "{what}: acknowledged");
            }
            assert_eq!(presses_again(&mut ada), "auth.magic.success", "{what}");
            assert!(ada.is_signed_in(), "{what}");
            assert_eq!(
                ada.sessions().len(),
                2,
                "{what}: that of the desk, and one more"
            );
            twin.waits(Span::minutes(1));
            twin.world.check_debtors();
        },
    );
}

#[test]
fn a_change_of_address_is_done_or_not_done_wherever_it_dies() {
    at_every_crossing(
        |twin| {
            let mut ada = twin.member(OLD);
            let link = ada.wants_address(NEW);
            ada.visits(&link);
            ada
        },
        presses,
        |Crash {
             twin,
             mut ada,
             answer,
             what,
         }| {
            twin.waits(Span::minutes(1));
            let (old, new) = (opens(&twin, OLD, GOOD), opens(&twin, NEW, GOOD));
            assert!(old != new, "{what}: {old} {new}");
            assert!(new || !done(answer.as_ref()), "{what}: acknowledged");
            assert_eq!(presses_again(&mut ada), "auth.email.changed", "{what}");
            twin.waits(Span::minutes(1));
            assert!(
                opens(&twin, NEW, GOOD) && !opens(&twin, OLD, GOOD),
                "{what}"
            );
            let undo = twin.mails_of("auth.notice.email_changed", OLD);
            assert!(undo >= 1, "{what}: the old address hears of it");
            twin.visitor(OLD).signs_up(BETTER);
            twin.runs_alarms();
            assert_eq!(
                twin.mails_of("auth.verify", OLD),
                1,
                "{what}: it is kept back"
            );
            assert_eq!(accounts(&twin), 1, "{what}");
        },
    );
}

#[test]
fn an_undo_brings_everything_back_wherever_it_dies() {
    at_every_crossing(
        |twin| {
            let mut ada = twin.member(OLD);
            ada.moves_to(NEW);
            OLD.clone_into(&mut ada.email);
            let mut owner = ada.elsewhere();
            owner.opens_mail();
            owner
        },
        presses,
        |Crash {
             twin,
             mut ada,
             answer,
             what,
         }| {
            let undone = !opens(&twin, NEW, GOOD);
            assert!(undone || !done(answer.as_ref()), "{what}: acknowledged");
            assert_eq!(presses_again(&mut ada), "auth.undo.email", "{what}");
            twin.waits(Span::minutes(1));
            assert!(
                !opens(&twin, NEW, GOOD) && !opens(&twin, OLD, GOOD),
                "{what}"
            );
            ada.forgets_password();
            twin.runs_alarms();
            let link = twin.mails().iter().rev().find_map(|mail| {
                (mail.kind == "auth.reset" && mail.to == OLD).then(|| mail.link.clone())
            });
            ada.visits(&link.unwrap().unwrap()).chooses(BETTER);
            assert!(
                opens(&twin, OLD, BETTER),
                "{what}: the old address is the account's"
            );
            assert!(
                twin.member(NEW).is_signed_in(),
                "{what}: the new one is free"
            );
        },
    );
}

#[test]
fn an_end_that_was_asked_for_comes_and_frees_the_address() {
    at_every_crossing(
        |twin| twin.member(OLD),
        |ada| {
            let request = ada.json_request("/auth/delete-account", &json!({}));
            ada.sends(&request)
        },
        |Crash {
             twin,
             mut ada,
             answer,
             what,
         }| {
            let acknowledged = answer.is_some_and(|page| page.status == 200);
            let live = ada.is_signed_in();
            assert!(!(acknowledged && live), "{what}");
            if live {
                let page = ada.asks_json("/auth/delete-account", &json!({}));
                assert_eq!(page.status, 200, "{what}");
            }
            twin.waits(Span::minutes(1));
            assert!(twin.mails_of("auth.notice.deletion", OLD) >= 1, "{what}");
            twin.waits(Span::hours(72));
            assert!(!opens(&twin, OLD, GOOD), "{what}");
            assert!(
                twin.member(OLD).is_signed_in(),
                "{what}: the address is free"
            );
        },
    );
}

#[test]
fn an_invitation_makes_one_account_with_its_roles() {
    at_every_crossing(
        |twin| {
            let invitation = json!({ "email": OLD, "roles": ["billing"] });
            twin.operator("ops")
                .posts("/auth/admin/invitations", &invitation);
            let mut ada = twin.visitor(OLD);
            ada.opens_mail();
            ada
        },
        presses,
        |Crash {
             twin,
             mut ada,
             answer,
             what,
         }| {
            if done(answer.as_ref()) {
                assert!(ada.is_signed_in(), "{what}: acknowledged");
            }
            assert_eq!(presses_again(&mut ada), "auth.invite.success", "{what}");
            twin.waits(Span::minutes(1));
            assert_eq!(accounts(&twin), 1, "{what}");
            let page = ada.fetches("GET", "/auth/session");
            assert_eq!(
                page.json()["account"]["roles"],
                json!(["billing"]),
                "{what}"
            );
            let open = twin.operator("ops").asks("GET", "/auth/admin/invitations");
            assert_eq!(open.json()["invitations"], json!([]), "{what}");
        },
    );
}

#[test]
fn roles_of_an_invitation_come_to_an_account_that_is_there_once() {
    at_every_crossing(
        |twin| {
            let mut ada = twin.member(OLD);
            let invitation = json!({ "email": OLD, "roles": ["billing"] });
            twin.operator("ops")
                .posts("/auth/admin/invitations", &invitation);
            ada.opens_mail();
            ada
        },
        presses,
        |Crash {
             twin, ada, what, ..
         }| {
            let mut ada = ada;
            let told = presses_again(&mut ada);
            assert!(
                ["auth.invite.success", "auth.token.used"].contains(&told.as_str()),
                "{what}: {told}"
            );
            twin.waits(Span::minutes(1));
            let page = ada.fetches("GET", "/auth/session");
            assert_eq!(
                page.json()["account"]["roles"],
                json!(["billing"]),
                "{what}"
            );
            let given = twin.journal(&ada.account());
            let given = given.iter().filter(|line| line.contains("invited"));
            assert_eq!(given.count(), 1, "{what}");
        },
    );
}
