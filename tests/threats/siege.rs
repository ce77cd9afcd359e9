//! One person, and strangers who spend all their days on keeping them out: every lane for strangers shut, every purse
//! for strangers empty, day after day. The owner gets in by a browser they used before, and from a new one by a link.

use edgeward::kit::time::{Span, Time};
use serde_json::json;

use crate::twin::{
    BETTER, GOOD, Mail, Page, Twin, Visitor,
    figures::{figure, scale},
};

const VICTIM: &str = "ada@example.org";

/// Everything a stranger can have done about an address, from a network of its own each time.
struct Strangers<'t> {
    twin: &'t Twin,
    /// Has an account, and wants the address for it.
    member: Visitor,
    turn: usize,
}

impl<'t> Strangers<'t> {
    fn new(twin: &'t Twin) -> Self {
        let member = twin.member("eve@example.org");
        Self {
            twin,
            member,
            turn: 0,
        }
    }

    /// A wrong password, and a letter of every kind; which comes first changes.
    fn attack(&mut self, email: &str) -> Page {
        let wrong = json!({ "email": email, "password": BETTER });
        let page = self.one("/auth/login", &wrong);
        let asked = json!({ "email": email });
        let routes = [
            "/auth/resend",
            "/auth/change-email",
            "/auth/forgot",
            "/auth/magic-request",
        ];
        for at in 0..routes.len() {
            self.one(routes[(self.turn + at) % routes.len()], &asked);
        }
        self.turn += 1;
        if self.turn.is_multiple_of(40) {
            self.one("/auth/register", &wrong);
        }
        page
    }

    fn one(&mut self, route: &str, body: &serde_json::Value) -> Page {
        let mut stranger = self.twin.visitor("eve@example.org");
        if route == "/auth/change-email" {
            self.member.ip.clone_from(&stranger.ip);
            // The session ends after a week; any member does as well.
            if !self.member.is_signed_in() {
                self.member.visits("/login").signs_in_with(GOOD);
            }
            return self.member.asks_json(route, body);
        }
        stranger.asks_json(route, body)
    }
}

fn signs_in(visitor: &mut Visitor) -> bool {
    visitor.tries_to_sign_in().status == 200
}

/// The newest letter with a way in that came since then.
fn way_in(twin: &Twin, since: Time) -> Option<Mail> {
    let mails = twin.mails();
    let opens = |mail: &&Mail| {
        let kinds = ["auth.magic", "auth.reset"];
        mail.to == VICTIM && kinds.contains(&mail.kind.as_str()) && mail.at >= since
    };
    mails.iter().rev().find(opens).cloned()
}

/// From a browser never seen before: waits for a letter, whoever asked for it, and opens it.
fn comes_in_by_letter(
    twin: &Twin,
    strangers: &mut Strangers<'_>,
    ask: impl Fn(&mut Visitor),
    mut owner: Visitor,
) -> Option<Visitor> {
    let since = twin.now();
    ask(&mut owner);
    for _ in 0..13 {
        if let Some(mail) = way_in(twin, since) {
            owner.visits(mail.link.as_deref()?);
            if mail.kind == "auth.magic" {
                owner.presses();
            } else {
                owner.chooses(&format!("{GOOD} since {}", twin.now().0));
                assert!(signs_in(&mut owner), "the link opened the lane");
            }
            return owner.is_signed_in().then_some(owner);
        }
        twin.waits(Span::minutes(10));
        strangers.attack(VICTIM);
    }
    None
}

#[test]
fn an_owner_gets_in_every_day_while_strangers_hold_their_lane_shut_and_their_purse_empty() {
    let days = scale(2, 14);
    let twin = Twin::new();
    twin.leaves_mail_unread();
    let mut ada = twin.member(VICTIM);
    ada.signs_out();
    let mut strangers = Strangers::new(&twin);
    let mut came_in = 0;
    for day in 0..days {
        for _ in 0..(24 * 3) {
            strangers.attack(VICTIM);
            twin.waits(Span::minutes(20));
        }
        came_in += usize::from(signs_in(&mut ada));
        ada.signs_out();
        let asks = |owner: &mut Visitor| match day % 2 {
            0 => drop(owner.asks_for_link_to("/private")),
            _ => drop(owner.forgets_password()),
        };
        let fresh = comes_in_by_letter(&twin, &mut strangers, asks, ada.elsewhere());
        if let Some(mut fresh) = fresh {
            came_in += 1;
            fresh.signs_out();
            // A reset takes the marks of other browsers.
            ada = fresh;
        }
    }
    figure("siege", 2 * days, came_in);
    assert_eq!(came_in, 2 * days);
}

#[test]
fn letters_that_never_reach_an_owner_cost_their_purse_nothing() {
    for route in ["/auth/resend", "/auth/change-email"] {
        let twin = Twin::new();
        twin.leaves_mail_unread();
        let ada = twin.member(VICTIM);
        let mut strangers = Strangers::new(&twin);
        twin.waits(Span::days(2));
        for _ in 0..40 {
            strangers.one(route, &json!({ "email": VICTIM }));
            twin.waits(Span::minutes(5));
        }
        let since = twin.now();
        ada.elsewhere().asks_for_link_to("/private");
        let came = way_in(&twin, since).is_some();
        figure("siege", 1, usize::from(came));
        assert!(came, "{route}: the owner's link comes at once");
    }
}

#[test]
fn wishes_nobody_paid_for_do_not_crowd_out_one_that_is_paid() {
    for route in ["/auth/forgot", "/auth/magic-request"] {
        let twin = Twin::new();
        twin.leaves_mail_unread();
        let mut ada = twin.member(VICTIM);
        let mut strangers = Strangers::new(&twin);
        twin.waits(Span::days(2));
        let asked = json!({ "email": VICTIM });
        for _ in 0..4 {
            strangers.one(route, &asked);
            twin.runs_alarms();
        }
        let before = twin.mails().len();
        // These wait together, as they do while the address is busy.
        for _ in 0..5 {
            strangers.one(route, &asked);
        }
        ada.asks_json(route, &asked);
        let letters = twin.mails().len() - before;
        figure("siege", 1, letters.min(1));
        assert_eq!(letters, 1, "{route}: the owner's own");
    }
}

#[test]
fn thirteen_days_of_patient_failures_lock_nobody_out() {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    let mut ada = twin.member(VICTIM);
    ada.signs_out();
    let wrong = json!({ "email": VICTIM, "password": BETTER });
    let (mut failed, mut told) = (0, None);
    for _ in 0..(13 * 24 * 4) {
        let page = twin
            .visitor("eve@example.org")
            .asks_json("/auth/login", &wrong);
        failed += u32::from(page.status == 401);
        told = page.header("retry-after").map(str::to_owned);
        twin.waits(Span::minutes(15));
    }
    assert!((10..80).contains(&failed), "tries were few: {failed}");
    let marked = signs_in(&mut ada);
    ada.signs_out();
    // Whoever has neither a marked browser nor a mailbox at hand waits as long as they are told.
    let told: i64 = told.unwrap().parse().unwrap();
    assert!((1..=86_400).contains(&told), "{told} s");
    twin.waits(Span::seconds(told));
    let by_password = signs_in(&mut ada.elsewhere());
    figure("siege", 2, usize::from(marked) + usize::from(by_password));
    assert!(marked && by_password);
}

#[test]
fn an_address_without_an_account_has_the_same_lanes_and_the_same_memory() {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    twin.member(VICTIM);
    let (mut tried, mut alike) = (0, 0);
    // Tries of a day, and the silence after it: half a lane, a shut one, one almost and one quite forgotten.
    for (tries, silence) in [(3, 1), (4, 29), (9, 31), (5, 30), (30, 2), (60, 40), (6, 0)] {
        for n in 0..tries {
            let [nobody, victim] = ["nobody@example.org", VICTIM].map(|email| {
                let wrong = json!({ "email": email, "password": BETTER });
                let page = twin
                    .visitor("eve@example.org")
                    .asks_json("/auth/login", &wrong);
                (page.status, page.header("retry-after").map(str::to_owned))
            });
            tried += 1;
            alike += usize::from(nobody == victim);
            twin.waits(Span::minutes(if n % 7 == 6 { 1_500 } else { 20 }));
        }
        twin.waits(Span::days(silence));
    }
    figure("siege", tried, alike);
    assert_eq!(alike, tried);
}
