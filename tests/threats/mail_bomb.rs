//! Somebody else's mailbox, to be filled by us. Strangers pay from one purse per address, whatever they
//! ask for and wherever they are, and what they are answered never tells whether it was empty.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{BETTER, GOOD, Twin, figures::figure};

const VICTIM: &str = "victim@example.org";

#[test]
fn strangers_can_have_three_letters_sent_in_a_quarter_of_an_hour() {
    let twin = Twin::new();
    let mut answers = Vec::new();
    for n in 0..8 {
        let mut eve = twin.visitor(VICTIM);
        let (target, fields) = match n % 2 {
            0 => (
                "/auth/register",
                json!({ "email": VICTIM, "password": BETTER }),
            ),
            _ => ("/auth/resend", json!({ "email": VICTIM })),
        };
        let page = eve.asks_json(target, &fields);
        twin.waits(Span::minutes(1));
        answers.push((page.status, page.code()));
    }
    let letters = twin.mails_of("auth.verify", VICTIM);
    figure("mail_bomb", 5, 8 - letters);
    assert_eq!(letters, 3);
    for pair in answers.chunks(2) {
        assert_eq!(
            pair,
            [
                (202, "auth.register.check_email".to_owned()),
                (202, "auth.resend.accepted".to_owned())
            ]
        );
    }
}

#[test]
fn whatever_they_ask_for_they_pay_from_one_purse() {
    for is_member in [true, false] {
        let twin = Twin::new();
        twin.leaves_mail_unread();
        if is_member {
            twin.member(VICTIM);
        }
        twin.waits(Span::days(2));
        let before = twin.mails().len();
        let mut eve = twin.visitor("eve@example.org");
        let fields = json!({ "email": VICTIM, "password": BETTER });
        eve.asks_json("/auth/register", &fields);
        for _ in 0..3 {
            for route in ["/auth/forgot", "/auth/magic-request", "/auth/resend"] {
                let page = eve
                    .elsewhere()
                    .asks_json(route, &json!({ "email": VICTIM }));
                assert_eq!(page.status, 202, "{route}");
                twin.waits(Span::seconds(10));
            }
        }
        let links = twin.mails()[before..]
            .iter()
            .filter(|mail| mail.link.is_some())
            .count();
        assert!((1..=3).contains(&links), "member: {is_member}: {links}");
    }
}

#[test]
fn the_owners_own_browser_pays_from_a_purse_of_its_own() {
    let twin = Twin::new();
    let mut ada = twin.member(VICTIM);
    twin.waits(Span::days(2));
    for _ in 0..8 {
        twin.visitor(VICTIM).forgets_password();
        twin.runs_alarms();
    }
    assert_eq!(
        twin.mails_of("auth.reset", VICTIM),
        3,
        "strangers have spent theirs"
    );
    for _ in 0..8 {
        ada.forgets_password();
        twin.runs_alarms();
    }
    assert_eq!(twin.mails_of("auth.reset", VICTIM), 3 + 5);
}

#[test]
fn an_account_that_wants_the_address_pays_from_the_strangers_purse_too() {
    let twin = Twin::new();
    let mut eve = twin.member("eve@example.org");
    for n in 0..9 {
        eve.ip = format!("203.0.113.{n}");
        let page = eve.asks_json("/auth/change-email", &json!({ "email": VICTIM }));
        assert_eq!(
            (page.status, page.code().as_str()),
            (202, "auth.email.change_accepted")
        );
        twin.runs_alarms();
    }
    assert_eq!(twin.mails_of("auth.email_change", VICTIM), 3);
}

#[test]
fn in_a_day_they_can_have_six_and_one_more_every_two_hours() {
    let twin = Twin::new();
    twin.visitor(VICTIM).signs_up(GOOD);
    let start = twin.now();
    for _ in 0..(23 * 12) {
        let mut eve = twin.visitor(VICTIM);
        assert_eq!(
            eve.asks_json("/auth/resend", &json!({ "email": VICTIM }))
                .status,
            202
        );
        twin.waits(Span::minutes(5));
    }
    let mails = twin.mails();
    let early = mails
        .iter()
        .filter(|mail| mail.at.since(start) < Span::hours(1))
        .count();
    let most = 6 + 12;
    figure("mail_bomb", 276 - most, 276 - mails.len().max(most));
    assert_eq!(early, 6);
    let late: Vec<_> = mails.iter().skip(6).collect();
    assert!(
        (9..=12).contains(&late.len()),
        "the trickle goes on: {}",
        late.len()
    );
    for pair in late.windows(2) {
        assert!(
            pair[1].at.since(pair[0].at) >= Span::hours(2),
            "one every two hours"
        );
    }
}

#[test]
fn an_owner_is_told_four_times_an_hour_at_most_that_somebody_registers() {
    let twin = Twin::new();
    let _victim = twin.member(VICTIM);
    for _ in 0..20 {
        twin.visitor(VICTIM).signs_up(BETTER);
        twin.waits(Span::minutes(3));
    }
    let notices = twin.mails_of("auth.notice.already_registered", VICTIM);
    assert!((1..=4).contains(&notices), "{notices} in an hour");
}

#[test]
fn one_network_asks_ten_times_an_hour() {
    let twin = Twin::new();
    let mut eve = twin.visitor("eve@example.org");
    let mut statuses = Vec::new();
    for n in 0..12 {
        let fields = json!({ "email": format!("victim{n}@example.org") });
        statuses.push(eve.asks_json("/auth/resend", &fields).status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 202).count(), 10);
    assert_eq!(statuses.last(), Some(&429));
}

#[test]
fn an_ipv6_network_is_its_64_and_its_48() {
    let twin = Twin::new();
    let mut taken = 0;
    for n in 0..120 {
        let mut eve = twin.visitor("eve@example.org");
        eve.ip = format!("2001:db8:7:{n:x}::{n:x}");
        let fields = json!({ "email": format!("victim{n}@example.org") });
        taken += u32::from(eve.asks_json("/auth/resend", &fields).status == 202);
    }
    assert_eq!(taken, 80, "a /48 has eight times the budget of a /64");
    let mut eve = twin.visitor("eve@example.org");
    let mut taken = 0;
    for n in 0..12 {
        eve.ip = format!("2001:db8:8:1::{n:x}");
        let fields = json!({ "email": format!("victim{n}@example.org") });
        taken += u32::from(eve.asks_json("/auth/resend", &fields).status == 202);
    }
    assert_eq!(taken, 10, "a client with a whole /64 is one client");
}

#[test]
fn notices_leave_though_every_purse_is_empty() {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    let mut ada = twin.member(VICTIM);
    let empties = |ada: &mut crate::twin::Visitor| {
        for route in ["/auth/magic-request", "/auth/forgot"].repeat(4) {
            let asked = json!({ "email": VICTIM });
            twin.visitor("eve@example.org").asks_json(route, &asked);
            ada.asks_json(route, &asked);
            twin.runs_alarms();
        }
    };
    let mut left = Vec::new();
    let read = |kind: &str| twin.mails().iter().filter(|mail| mail.kind == kind).count();
    let mut owner_reads = |kind: &str, act: &mut dyn FnMut()| {
        let before = read(kind);
        act();
        let came = read(kind) > before;
        figure("mail_bomb", 1, usize::from(came));
        left.extend((!came).then(|| kind.to_owned()));
    };
    empties(&mut ada);
    let wrong = json!({ "email": VICTIM, "password": BETTER });
    owner_reads("auth.notice.already_registered", &mut || {
        twin.visitor("eve@example.org")
            .asks_json("/auth/register", &wrong);
    });
    owner_reads("auth.notice.new_device", &mut || {
        ada.elsewhere().visits("/login").signs_in_with(GOOD);
    });
    empties(&mut ada);
    owner_reads("auth.notice.session_theft", &mut || {
        let mut copy = ada.copied();
        copy.jar.lose("__Host-edgeward-device");
        twin.waits(Span::minutes(16));
        ada.visits("/private");
        twin.waits(Span::minutes(11));
        copy.fetches("GET", "/private");
    });
    empties(&mut ada);
    owner_reads("auth.notice.attempts_exhausted", &mut || {
        for _ in 0..85 {
            twin.visitor("eve@example.org")
                .asks_json("/auth/login", &wrong);
            twin.waits(Span::days(1));
        }
    });
    empties(&mut ada);
    ada.visits("/login").signs_in_with(GOOD);
    owner_reads("auth.notice.password_changed", &mut || {
        let fields = json!({ "password": GOOD, "newPassword": "seven green umbrellas wait" });
        assert_eq!(ada.asks_json("/auth/change-password", &fields).status, 200);
    });
    empties(&mut ada);
    owner_reads("auth.notice.email_changed", &mut || {
        // From elsewhere: its network has asked for enough.
        ada.ip.clone_from(&twin.visitor(VICTIM).ip);
        ada.moves_to("new@example.org");
        VICTIM.clone_into(&mut ada.email);
    });
    ada.asks_json(
        "/auth/login",
        &json!({ "email": "new@example.org", "password": "seven green umbrellas wait" }),
    );
    owner_reads("auth.notice.deletion", &mut || {
        assert_eq!(
            ada.asks_json("/auth/delete-account", &json!({})).status,
            200
        );
    });
    assert!(left.is_empty(), "{left:?}");
}
