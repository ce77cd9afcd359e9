//! Renewals and older generations. However many tabs renew at once, there is one session in one
//! generation; the owner's own browser is never signed out for coming late; and a copy of the cookie without
//! the device ends the session once it is old.

use std::collections::BTreeSet;

use edgeward::kit::time::Span;
use edgeward::web::cookie::SessionCookie;
use serde_json::json;

use crate::twin::{
    BETTER, GOOD, HOME, Page, Request, Twin, Visitor,
    figures::{figure, scale},
};

const ADA: &str = "ada@example.org";
const DEVICE: &str = "__Host-edgeward-device";
const SESSION: &str = SessionCookie::NAME;
const THEFT: &str = "auth.notice.session_theft";
const ROW: &str = "renewals";
/// How many tabs a browser restores at once.
const TABS: usize = 50;

fn carried(twin: &Twin, value: &str) -> SessionCookie {
    SessionCookie::read(value, &twin.world.site.keys).unwrap()
}

/// The session cookie that an answer sets.
fn renewed(twin: &Twin, page: &Page) -> Option<SessionCookie> {
    let prefix = format!("{SESSION}=");
    let value = page.set_cookies().find_map(|set| set.strip_prefix(&prefix));
    let value = value?.split(';').next().filter(|value| !value.is_empty())?;
    Some(carried(twin, value))
}

/// What a browser asks when it wakes up: pages of the application, and what scripts ask of us.
fn questions(ada: &Visitor) -> Vec<Request> {
    let request = |n: usize| match n % 4 {
        0 => Request::new("GET", &format!("{HOME}/private")),
        1 => Request::new("POST", &format!("{HOME}/private")),
        2 => Request::new("GET", &format!("{HOME}/auth/session")),
        _ => Request::new("GET", &format!("{HOME}/strict/page")),
    };
    (0..TABS).map(|n| ada.dressed(request(n), "cors")).collect()
}

#[test]
fn fifty_renewals_at_once_are_one_lineage_in_whatever_order_they_come() {
    for seed in 0..u64::try_from(scale(2, 25)).unwrap() {
        let twin = Twin::new();
        twin.world.shuffles(seed);
        let mut ada = twin.member(ADA);
        let (account, session) = (ada.account(), ada.session());
        for generation in [2, 3, 4] {
            twin.waits(Span::minutes(16));
            let before = ada.cookie(SESSION).unwrap().to_owned();
            let pages = twin.at_once(questions(&ada));
            let refused = pages.iter().filter(|page| page.status != 200).count();
            let lineage: BTreeSet<_> = pages
                .iter()
                .filter_map(|page| renewed(&twin, page))
                .map(|cookie| (cookie.account, cookie.session, cookie.generation))
                .map(|(account, session, generation)| format!("{account} {session} {generation}"))
                .collect();
            figure(ROW, pages.len(), pages.len() - refused);
            assert_eq!(refused, 0, "seed {seed}");
            let expected = format!("{account} {session} {generation}");
            assert_eq!(lineage, BTreeSet::from([expected]), "seed {seed}");
            // The browser keeps what came last, whichever that was; the cookie from before still goes on.
            for page in &pages {
                ada.takes_cookies(page);
            }
            assert_ne!(ada.cookie(SESSION), Some(before.as_str()));
            assert_eq!(ada.sessions().len(), 1, "seed {seed}");
        }
        let journal = twin.journal(&account);
        assert!(journal.iter().all(|line| !line.contains("session_ended")));
    }
}

/// Ways in which a session moves on while a tab sleeps, or an answer is on its way.
#[derive(Clone, Copy, Debug)]
enum Step {
    Generation,
    SignIn,
    Link,
    Roles,
}

const STEPS: [Step; 4] = [Step::Generation, Step::SignIn, Step::Link, Step::Roles];

impl Step {
    fn done(self, twin: &Twin, ada: &mut Visitor, turn: usize) {
        match self {
            Self::Generation => {
                twin.waits(Span::minutes(16));
                ada.fetches("POST", "/private");
            }
            Self::SignIn => _ = ada.visits("/login").signs_in(),
            Self::Link => _ = ada.asks_for_link_to("/").opens_mail().presses(),
            Self::Roles => {
                let target = format!("/auth/admin/accounts/{}", ada.account());
                let roles = json!({ "roles": [format!("turn{turn}")] });
                let page = twin.operator("ops").patches(&target, &roles);
                assert_eq!(page.code(), "auth.admin.updated");
                ada.fetches("POST", "/private");
            }
        }
    }
}

/// What a browser does with an answer that comes late: it takes its cookies, as with any other.
fn late_answer_signs_out(twin: &Twin, ada: &mut Visitor, tab: &Visitor, target: &str) -> bool {
    let request = tab.dressed(Request::new("GET", &format!("{HOME}{target}")), "cors");
    let page = twin.world.request(&request).unwrap();
    ada.takes_cookies(&page);
    !ada.is_signed_in()
}

#[test]
fn the_owners_own_browser_is_never_signed_out_for_coming_late() {
    for first in STEPS {
        for second in STEPS {
            for target in ["/strict/page", "/auth/session", "/login/account"] {
                let twin = Twin::new();
                twin.leaves_mail_unread();
                let mut ada = twin.member(ADA);
                let tab = ada.clone();
                first.done(&twin, &mut ada, 1);
                let once = late_answer_signs_out(&twin, &mut ada, &tab, target);
                second.done(&twin, &mut ada, 2);
                let twice = late_answer_signs_out(&twin, &mut ada, &tab, target);
                let out = usize::from(once) + usize::from(twice);
                figure(ROW, 2, 2 - out);
                assert_eq!(out, 0, "{first:?}, {second:?}, {target}");
                assert_eq!(twin.mails_of(THEFT, ADA), 0, "no false alarm");
            }
        }
    }
}

#[test]
fn a_restored_tab_goes_on_in_the_session_however_late_and_no_alarm_is_raised() {
    for step in STEPS {
        for later in [
            Span::ZERO,
            Span::minutes(9),
            Span::minutes(11),
            Span::hours(11),
        ] {
            let twin = Twin::new();
            twin.leaves_mail_unread();
            let mut ada = twin.member(ADA);
            let mut tab = ada.clone();
            step.done(&twin, &mut ada, 1);
            twin.waits(later);
            let page = tab.fetches("POST", "/private");
            let good = page.status == 200 && ada.is_signed_in() && tab.is_signed_in();
            figure(ROW, 1, usize::from(good));
            assert!(good, "{step:?} {later:?}");
            assert_eq!(tab.session(), ada.session(), "{step:?}: one session");
            assert_eq!(twin.mails_of(THEFT, ADA), 0, "no false alarm");
        }
    }
}

#[test]
fn a_copy_without_the_device_is_stale_and_later_ends_the_session_with_a_notice() {
    for step in STEPS {
        for (later, ends) in [
            (Span::ZERO, false),
            (Span(Span::minutes(10).0 - 1), false),
            (Span::minutes(10), true),
            (Span::hours(3), true),
        ] {
            let twin = Twin::new();
            twin.leaves_mail_unread();
            let mut ada = twin.member(ADA);
            let mut thief = ada.copied();
            thief.jar.lose(DEVICE);
            // The thief has a device too, of their own.
            let eve = twin.member("eve@example.org");
            thief.jar.plant(DEVICE, eve.cookie(DEVICE).unwrap());
            step.done(&twin, &mut ada, 1);
            twin.waits(later);
            let page = thief.fetches("POST", "/private");
            let code = if ends { "ended" } else { "stale" };
            let held = page.status == 401 && page.code() == format!("auth.session.{code}");
            figure(ROW, 1, usize::from(held && ada.is_signed_in() != ends));
            assert!(held, "{step:?} {later:?} {page:?}");
            assert_eq!(ada.is_signed_in(), !ends, "{step:?} {later:?}");
            assert_eq!(twin.mails_of(THEFT, ADA), usize::from(ends), "{step:?}");
        }
    }
}

#[test]
fn a_copy_of_the_whole_browser_is_out_once_the_password_is_another() {
    for later in [Span::ZERO, Span::minutes(11)] {
        let twin = Twin::new();
        let mut ada = twin.member(ADA);
        let mut thief = ada.copied();
        let fields = [("password", GOOD), ("newPassword", BETTER)];
        ada.acts("change-password", &fields);
        ada.is_told("auth.notice.password_changed");
        twin.waits(later);
        let tried = ["/private", "/strict/page", "/auth/session"];
        let through = tried.map(|target| {
            let method = if target == "/private" { "POST" } else { "GET" };
            usize::from(thief.clone().fetches(method, target).status == 200)
        });
        figure(
            ROW,
            tried.len(),
            tried.len() - through.iter().sum::<usize>(),
        );
        assert_eq!(through, [0; 3], "{later:?}");
        assert!(ada.is_signed_in(), "the browser that changed it goes on");
        assert!(!thief.is_signed_in());
        assert_eq!(
            twin.mails_of(THEFT, ADA),
            0,
            "it may be an answer on its way"
        );
    }
}
