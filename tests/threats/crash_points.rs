//! Death at every crossing: before and after each command between the Worker and its objects, and among
//! these. Nothing acknowledged is lost, nobody is half there, and alarms finish the work.

use std::panic::Location;

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{Fault, GOOD, Page, Twin, Visitor, figures::survives, objects::Kind};

/// A fault somewhere, and how the request ended that met it; `None` when everything died.
pub(super) struct Crash {
    pub(super) twin: Twin,
    pub(super) ada: Visitor,
    pub(super) answer: Option<Page>,
    pub(super) what: String,
}

/// Plays `before`, then `act` once for every fault at every crossing, then `after`.
#[track_caller]
pub(super) fn at_every_crossing(
    before: impl Fn(&Twin) -> Visitor,
    act: impl Fn(&mut Visitor) -> Option<Page>,
    after: impl Fn(Crash),
) {
    let of = Location::caller();
    let mut crashes = 0;
    for fault in Fault::ALL {
        for crossing in 1.. {
            let twin = Twin::new();
            twin.leaves_mail_unread();
            let mut ada = before(&twin);
            twin.fails_at(crossing, fault);
            let answer = act(&mut ada);
            // The alarms that are due take part, and may be what fails.
            twin.runs_alarms();
            if !twin.is_well_again() {
                assert!(answer.is_some(), "without a fault there is an answer");
                break;
            }
            crashes += 1;
            twin.world.check_debtors();
            let what = format!(
                "{fault:?} at crossing {crossing}: {:?}",
                answer.as_ref().map(|page| page.status)
            );
            let crash = Crash {
                twin,
                ada,
                answer,
                what,
            };
            survives(of, || after(crash));
        }
    }
    assert!(crashes >= 8, "{crashes} crashes");
}

fn registers(ada: &mut Visitor) -> Option<Page> {
    GOOD.clone_into(&mut ada.password);
    let fields = json!({ "email": ada.email, "password": GOOD });
    let request = ada.json_request("/auth/register", &fields);
    ada.sends(&request)
}

fn confirms(ada: &mut Visitor) -> Option<Page> {
    let form = crate::twin::Request::new("POST", "https://app.example.org/login/verify");
    let visit = ada.page().input("visit").unwrap().to_owned();
    let form = form.body(
        "application/x-www-form-urlencoded",
        &format!("visit={visit}"),
    );
    let request = ada.dressed(form, "navigate");
    ada.sends(&request)
}

fn signs_in(ada: &mut Visitor) -> Option<Page> {
    let fields = json!({ "email": ada.email, "password": GOOD });
    let request = ada.json_request("/auth/login", &fields);
    ada.sends(&request)
}

pub(super) fn accounts(twin: &Twin) -> usize {
    let objects = twin.world.objects_of(Kind::Account);
    objects
        .iter()
        .filter(|object| object.sql.state().is_some())
        .count()
}

/// With the password they chose, from a browser that was never here.
fn can_sign_in(ada: &Visitor) -> bool {
    let mut fresh = ada.elsewhere();
    signs_in(&mut fresh).is_some_and(|page| page.status == 200)
}

fn with_ticket(twin: &Twin) -> Visitor {
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD).opens_mail();
    ada
}

#[test]
fn a_sign_up_that_was_acknowledged_gets_its_letter() {
    at_every_crossing(
        |twin| twin.visitor("ada@example.org"),
        registers,
        |Crash {
             twin,
             mut ada,
             answer,
             what,
         }| {
            let acknowledged = answer.is_some_and(|page| page.status == 202);
            assert_eq!(accounts(&twin), 0, "{what}");
            assert!(!can_sign_in(&ada), "{what}");
            twin.waits(Span::minutes(1));
            let letters = twin.mails_of("auth.verify", "ada@example.org");
            assert!(!acknowledged || letters > 0, "{what}");
            if !acknowledged {
                assert_eq!(registers(&mut ada).unwrap().status, 202, "{what}");
                twin.waits(Span::minutes(1));
            }
            let link = twin.mails().last().unwrap().link.clone().unwrap();
            ada.visits(&link).confirms();
            assert!(ada.is_signed_in(), "{what}");
            assert_eq!(accounts(&twin), 1, "{what}");
        },
    );
}

#[test]
fn a_confirmation_is_done_or_not_done_and_can_be_repeated() {
    at_every_crossing(
        with_ticket,
        confirms,
        |Crash {
             twin,
             mut ada,
             answer,
             what,
         }| {
            if answer.is_some_and(|page| page.status == 303) {
                assert!(ada.is_signed_in(), "{what}: acknowledged");
            }
            let mut again = ada.clone();
            let page = confirms(&mut again).unwrap();
            assert_eq!(
                (page.status, page.header("location")),
                (303, Some("/")),
                "{what}: {page:?}"
            );
            assert!(again.is_signed_in(), "{what}: the same post finishes it");
            twin.waits(Span::minutes(1));
            assert_eq!(accounts(&twin), 1, "{what}");
            assert!(can_sign_in(&ada), "{what}");
            let created = twin
                .journal(&again.account())
                .iter()
                .filter(|line| line.contains("created"))
                .count();
            assert_eq!(created, 1, "{what}");
        },
    );
}

#[test]
fn a_confirmation_nobody_repeats_leaves_an_account_or_a_sign_up_and_never_half_of_one() {
    at_every_crossing(
        with_ticket,
        confirms,
        |Crash {
             twin,
             ada,
             answer: _,
             what,
         }| {
            let link = twin.mails().last().unwrap().link.clone().unwrap();
            twin.waits(Span::minutes(5));
            let born = accounts(&twin);
            assert_eq!(can_sign_in(&ada), born == 1, "{what}");
            let token = link.split_once("?token=").unwrap().1;
            let mut later = ada.clone();
            let page = later.asks_json("/auth/verify", &json!({ "token": token }));
            let expected = if born == 1 {
                (400, "auth.token.used")
            } else {
                (200, "auth.verify.success")
            };
            assert_eq!((page.status, page.code().as_str()), expected, "{what}");
            assert_eq!(accounts(&twin), 1, "{what}");
        },
    );
}

#[test]
fn a_sign_in_that_was_acknowledged_holds_and_any_other_can_be_repeated() {
    let member = |twin: &Twin| {
        let mut ada = twin.member("ada@example.org");
        ada.signs_out();
        ada.elsewhere()
    };
    at_every_crossing(
        member,
        signs_in,
        |Crash {
             twin,
             mut ada,
             answer,
             what,
         }| {
            let acknowledged = answer.is_some_and(|page| page.status == 200);
            assert_eq!(ada.is_signed_in(), acknowledged, "{what}");
            if !acknowledged {
                assert_eq!(signs_in(&mut ada).unwrap().status, 200, "{what}");
            }
            twin.waits(Span::minutes(1));
            // The mark came to be: strangers shut their lane, and this browser still gets in.
            let wrong = json!({ "email": ada.email, "password": "seven green umbrellas wait" });
            let mut eve = twin.visitor("eve@example.org");
            while eve.asks_json("/auth/login", &wrong).status == 401 {}
            ada.signs_out();
            assert_eq!(signs_in(&mut ada).unwrap().status, 200, "{what}");
        },
    );
}

#[test]
fn a_sign_out_that_was_acknowledged_holds() {
    let member = |twin: &Twin| twin.member("ada@example.org");
    let signs_out = |ada: &mut Visitor| {
        let request = ada.json_request("/auth/logout", &json!({}));
        ada.sends(&request)
    };
    let mut crashes = 0;
    for fault in Fault::ALL {
        for crossing in 1.. {
            let twin = Twin::new();
            let mut ada = member(&twin);
            let mut copy = ada.copied();
            twin.fails_at(crossing, fault);
            let answer = signs_out(&mut ada);
            if !twin.is_well_again() {
                break;
            }
            crashes += 1;
            survives(Location::caller(), || {
                let what = format!("{fault:?} at {crossing}");
                if answer.is_none_or(|page| page.status != 200) {
                    assert_eq!(signs_out(&mut ada).unwrap().status, 200, "{what}");
                }
                assert_eq!(copy.fetches("POST", "/private").status, 401, "{what}");
            });
        }
    }
    assert!(crashes >= 4);
}

#[test]
fn an_alarm_that_dies_is_served_again() {
    for fault in [Fault::Killed, Fault::KilledAfter] {
        let twin = Twin::new();
        let mut ada = twin.visitor("ada@example.org");
        ada.signs_up(GOOD);
        twin.fails_at(1, fault);
        twin.runs_alarms();
        assert!(twin.is_well_again());
        twin.waits(Span::minutes(1));
        survives(Location::caller(), || {
            ada.opens_mail().confirms();
            assert!(ada.is_signed_in(), "{fault:?}");
        });
        twin.leaves_mail_unread();
    }
}
