//! The machine's clock is wrong, and set right: an hour back, an hour ahead, 400 days ahead, there and back
//! again. What was dead once stays dead, whatever the clock says. What was made while it was ahead does not
//! live until then. And nobody is shut out for as long as it was wrong.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use crate::twin::{BETTER, GOOD, HOME, Notifier, Request, Twin, Visitor, figures::figure};

const ADA: &str = "ada@example.org";
const HOUR: Span = Span::hours(1);
const LONG: Span = Span::days(400);

/// How often everything dead is shown again after a jump, every 29 seconds: for an hour and more.
const STEPS: i64 = 150;

/// One after the other, as they come to a clock.
const JUMPS: [(&str, &[Span]); 6] = [
    ("an hour back", &[Span::hours(-1)]),
    ("an hour ahead", &[HOUR]),
    ("400 days ahead", &[LONG]),
    ("an hour ahead and back", &[HOUR, Span::hours(-1)]),
    ("400 days ahead and back", &[LONG, Span::days(-400)]),
    ("an hour back and ahead", &[Span::hours(-1), HOUR]),
];

/// Something that let somebody in once: how it is shown, and to what.
struct Credential {
    name: String,
    shown: Request,
    costs: bool,
    is_dead: bool,
}

impl Credential {
    fn cookies(name: &str, of: &Visitor, target: &str) -> Self {
        let shown = of.dressed(Request::new("GET", &format!("{HOME}{target}")), "cors");
        Self {
            name: format!("{name}, at {target}"),
            shown,
            costs: false,
            is_dead: false,
        }
    }

    fn token(twin: &Twin, route: &str, body: &Value) -> Self {
        let shown = twin.visitor("eve@example.org").json_request(route, body);
        Self {
            name: route.to_owned(),
            shown,
            costs: true,
            is_dead: false,
        }
    }

    /// Shows it, and says whether it was let in after it had been refused.
    fn rises(&mut self, twin: &Twin) -> bool {
        let mut eve = twin.visitor("eve@example.org");
        let shown = self.shown.clone().with("cf-connecting-ip", &eve.ip);
        let opens = eve.sends(&shown).unwrap().status == 200;
        let rises = opens && self.is_dead;
        self.is_dead = self.is_dead || !opens;
        rises
    }
}

fn token_of(link: &str) -> String {
    link.split_once("?token=").unwrap().1.to_owned()
}

/// Everything that lets in, and is over: used, ended, run out.
fn graveyard(twin: &Twin) -> Vec<Credential> {
    let posted = |route: &str, token: &str| {
        let fields = match route {
            "/auth/magic" => json!({ "token": token }),
            _ => json!({ "token": token, "password": BETTER }),
        };
        Credential::token(twin, route, &fields)
    };
    let mut ada = twin.visitor(ADA);
    let verify = token_of(&ada.signs_up(GOOD).receives_link());
    ada.asks_json("/auth/verify", &json!({ "token": verify }));
    assert!(ada.is_signed_in());
    let first = ada.copied();

    let mut tablet = ada.elsewhere();
    tablet.asks_for_link_to("/private");
    let magic = token_of(&tablet.receives_link());
    tablet.asks_json("/auth/magic", &json!({ "token": magic }));
    let mut phone = ada.elsewhere();
    phone.forgets_password();
    let late = token_of(&phone.receives_link());
    twin.waits(Span::minutes(61));
    phone.forgets_password();
    let reset = token_of(&phone.receives_link());
    let fields = json!({ "token": reset, "password": BETTER });
    assert_eq!(phone.asks_json("/auth/reset", &fields).status, 200);
    BETTER.clone_into(&mut phone.password);
    assert_eq!(phone.tries_to_sign_in().status, 200);
    let last = phone.copied();
    phone.signs_out();
    assert!(!ada.is_signed_in() && !phone.is_signed_in());

    let mut dead = Vec::new();
    for (name, who) in [
        ("a session that was reset", &first),
        ("one that was signed out", &last),
    ] {
        dead.push(Credential::cookies(name, who, "/private/page"));
        dead.push(Credential::cookies(name, who, "/auth/session"));
    }
    dead.push(posted("/auth/verify", &verify));
    dead.push(posted("/auth/magic", &magic));
    dead.push(posted("/auth/reset", &reset));
    dead.push(posted("/auth/reset", &late));
    twin.waits(Span::minutes(2));
    dead
}

#[test]
fn what_was_dead_once_stays_dead() {
    let (mut tried, mut rose) = (0, Vec::new());
    for (name, jumps) in JUMPS {
        let twin = Twin::new();
        twin.leaves_mail_unread();
        let mut dead = graveyard(&twin);
        for credential in &mut dead {
            assert!(!credential.rises(&twin));
            assert!(credential.is_dead, "{} is over", credential.name);
        }
        for jump in jumps {
            twin.clock_jumps(*jump);
            // From the jump on, past the moments at which each was made and ended.
            for step in 0..STEPS {
                // A minute is enough for a cookie; a token is dead for good or not, and costs a hash.
                let shown = |credential: &&mut Credential| step % 15 == 0 || !credential.costs;
                for credential in dead.iter_mut().filter(shown) {
                    tried += 1;
                    if credential.rises(&twin) {
                        rose.push(format!("{name}: {}", credential.name));
                    }
                }
                twin.clock_jumps(Span::seconds(29));
                twin.runs_alarms();
            }
            twin.clock_jumps(Span::seconds(-29 * STEPS));
        }
    }
    figure("clock_jumps", tried, tried - rose.len());
    rose.dedup();
    assert!(rose.is_empty(), "{rose:#?}");
}

/// What was made while the clock was 400 days ahead lives for its lifetime when the clock is right again.
#[test]
fn what_a_wrong_clock_made_does_not_live_until_then() {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    let mut ada = twin.member(ADA);
    twin.clock_jumps(LONG);
    ada.signs_in_with(GOOD);
    let ahead = ada.copied();
    let mut phone = ada.elsewhere();
    phone.forgets_password();
    let reset = token_of(&phone.receives_link());
    let mut bob = twin.visitor("bob@example.org");
    let verify = token_of(&bob.signs_up(GOOD).receives_link());
    twin.clock_jumps(Span::days(-400));

    let reauth = Credential::cookies("a fresh sign-in", &ahead, "/auth/session").shown;
    let session = ada.sends(&reauth).unwrap();
    assert_eq!(session.status, 200, "the session goes on");
    // Somebody comes by, so that the objects know that time went back.
    assert_eq!(
        ada.elsewhere()
            .asks_json("/auth/forgot", &json!({ "email": ADA }))
            .status,
        202
    );
    assert_eq!(
        ada.elsewhere()
            .asks_json("/auth/resend", &json!({ "email": "bob@example.org" }))
            .status,
        202
    );
    twin.waits(Span::days(8));
    let lives = [
        ada.sends(&reauth).unwrap().status,
        phone
            .asks_json(
                "/auth/reset",
                &json!({ "token": reset, "password": BETTER }),
            )
            .status,
        bob.asks_json("/auth/verify", &json!({ "token": verify }))
            .status,
    ];
    figure(
        "clock_jumps",
        3,
        lives.iter().filter(|status| **status != 200).count(),
    );
    assert!(lives.iter().all(|status| *status != 200), "{lives:?}");
}

/// A sensitive act asks for a sign-in of the last minutes, and none of the future is one.
#[test]
fn a_sign_in_of_the_future_is_not_a_fresh_one_for_ever() {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    let mut ada = twin.member(ADA);
    twin.clock_jumps(HOUR);
    ada.signs_out();
    ada.signs_in_with(GOOD);
    twin.clock_jumps(Span::hours(-1));
    ada.fetches("GET", "/auth/sessions");
    twin.waits(Span::minutes(6));
    let page = ada.asks_json("/auth/delete-account", &json!({}));
    figure("clock_jumps", 1, usize::from(page.status != 200));
    assert_eq!(
        (page.status, page.code().as_str()),
        (401, "auth.session.reauth")
    );
}

/// Wrong passwords, letters and registrations while the clock was ahead: a day after it was set right, all
/// that they had shut is open.
#[test]
fn nobody_is_shut_out_for_as_long_as_the_clock_was_wrong() {
    let mut figures = (0, 0);
    for (name, jump) in [("an hour", HOUR), ("400 days", LONG)] {
        let twin = Twin::new();
        twin.leaves_mail_unread();
        let mut ada = twin.member(ADA);
        ada.signs_out();
        let ip = "203.0.113.7";
        twin.clock_jumps(jump);
        let mut eve = twin.visitor(ADA);
        ip.clone_into(&mut eve.ip);
        let wrong = json!({ "email": ADA, "password": "not what she chose at all" });
        for _ in 0..30 {
            eve.asks_json("/auth/login", &wrong);
            eve.asks_json("/auth/forgot", &json!({ "email": ADA }));
            let email = format!("eve{}@example.org", figures.0);
            eve.asks_json(
                "/auth/register",
                &json!({ "email": email, "password": GOOD }),
            );
        }
        twin.runs_alarms();
        assert_eq!(eve.asks_json("/auth/login", &wrong).status, 429);
        twin.clock_jumps(Span(-jump.0));
        // Whoever comes by first, from that network and from another one, begins what is left of the wait.
        let fresh = json!({ "email": "zoe@example.org", "password": GOOD });
        let only = json!({ "email": ADA });
        let ways = [("login", &wrong), ("forgot", &only), ("register", &fresh)];
        for mut first in [eve, twin.visitor(ADA)] {
            let told =
                ways.map(|(way, fields)| first.asks_json(&format!("/auth/{way}"), fields).status);
            assert!(told.contains(&429), "{told:?}");
        }
        twin.waits(Span::hours(26));

        let before = twin.mails_of("auth.reset", ADA);
        let right = json!({ "email": ADA, "password": GOOD });
        let mut stranger = twin.visitor(ADA);
        ip.clone_into(&mut stranger.ip);
        let signed_in = stranger.asks_json("/auth/login", &right).status;
        stranger.asks_json("/auth/forgot", &json!({ "email": ADA }));
        let mut zoe = twin.visitor("zoe@example.org");
        ip.clone_into(&mut zoe.ip);
        let registered = zoe
            .asks_json(
                "/auth/register",
                &json!({ "email": "zoe@example.org", "password": GOOD }),
            )
            .status;
        let letters = twin.mails_of("auth.reset", ADA) - before;
        let opened = [signed_in == 200, registered == 202, letters == 1];
        figures.0 += opened.len();
        figures.1 += opened.iter().filter(|is_open| **is_open).count();
        assert_eq!((signed_in, registered, letters), (200, 202, 1), "{name}");
    }
    figure("clock_jumps", figures.0, figures.1);
}

/// A letter that was put off while the clock was ahead leaves when the clock is right, not 400 days later.
#[test]
fn a_letter_that_waits_is_not_put_off_by_as_much_as_the_clock_was_wrong() {
    let twin = Twin::new();
    let mut ada = twin.visitor(ADA);
    twin.clock_jumps(LONG);
    twin.notifier(Notifier::Answers(429, Some("60")));
    ada.signs_up(GOOD);
    twin.runs_alarms();
    twin.clock_jumps(Span::days(-400));
    twin.notifier(Notifier::Takes);
    // The next who asks for this address wakes its object.
    ada.asks_again();
    twin.waits(Span::hours(1));
    let came = twin.mails_of("auth.verify", ADA);
    figure("clock_jumps", 2, came);
    assert_eq!(came, 2, "the one that waited, and the one asked for now");
}
