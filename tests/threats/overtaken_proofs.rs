//! A password that was right a moment ago, or a link that was good, while a reset commits. Each way in and
//! each sensitive act is overtaken, at every one of its steps, by everything that ends what began before:
//! whatever came first in the account's journal, nothing of before comes after the end.

use edgeward::web::cookie::SessionCookie;
use serde_json::json;

use crate::twin::{
    BETTER, GOOD, HOME, Page, Request, Twin, Visitor,
    figures::{figure, scale},
    form,
};

const ADA: &str = "ada@example.org";
const FORM: &str = "application/x-www-form-urlencoded";
const ROW: &str = "overtaken_proofs";

/// What is on its way by an old proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slow {
    SignIn,
    SignInByPage,
    ByLink,
    ChangePassword,
    ChangeAddress,
    Delete,
}

/// What overtakes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fast {
    Reset,
    ChangePassword,
    EndAll,
    EndedByOperator,
    Disabled,
    ForcedChange,
    Deleted,
}

const SLOW: [Slow; 6] = [
    Slow::SignIn,
    Slow::SignInByPage,
    Slow::ByLink,
    Slow::ChangePassword,
    Slow::ChangeAddress,
    Slow::Delete,
];

const FAST: [Fast; 7] = [
    Fast::Reset,
    Fast::ChangePassword,
    Fast::EndAll,
    Fast::EndedByOperator,
    Fast::Disabled,
    Fast::ForcedChange,
    Fast::Deleted,
];

struct Scene {
    twin: Twin,
    account: String,
    thief: Visitor,
    /// A browser of the owner's.
    owner: Visitor,
    reset: String,
    magic: String,
}

fn token(link: &str) -> &str {
    link.split_once("?token=").unwrap().1
}

impl Scene {
    /// The owner at one browser, the thief at a copy of another, and who knows the password.
    fn new() -> Self {
        let twin = Twin::new();
        twin.leaves_mail_unread();
        let mut thief = twin.member(ADA);
        let account = thief.account();
        let mut owner = thief.elsewhere();
        owner.visits("/login").signs_in();
        let reset = owner.forgets_password().receives_link();
        let magic = thief.asks_for_link_to("/").receives_link();
        Self {
            twin,
            account,
            thief,
            owner,
            reset,
            magic,
        }
    }

    fn slow(&self, slow: Slow) -> Request {
        let outside = self.thief.elsewhere();
        let password = json!({ "email": ADA, "password": GOOD });
        match slow {
            Slow::SignIn => outside.json_request("/auth/login", &password),
            Slow::SignInByPage => {
                let body = form(&[("email", ADA), ("password", GOOD)]);
                let page = Request::new("POST", &format!("{HOME}/login"));
                outside.dressed(page.body(FORM, &body), "navigate")
            }
            Slow::ByLink => {
                let fields = json!({ "token": token(&self.magic) });
                outside.json_request("/auth/magic", &fields)
            }
            Slow::ChangePassword => {
                let fields =
                    json!({ "password": GOOD, "newPassword": "the password of a thief, at last" });
                self.thief.json_request("/auth/change-password", &fields)
            }
            Slow::ChangeAddress => {
                let fields = json!({ "email": "eve@example.net", "password": GOOD });
                self.thief.json_request("/auth/change-email", &fields)
            }
            Slow::Delete => {
                let fields = json!({ "password": GOOD });
                self.thief.json_request("/auth/delete-account", &fields)
            }
        }
    }

    fn fast(&self, fast: Fast) -> Request {
        let patch = |change: serde_json::Value| {
            let target = format!("/auth/admin/accounts/{}", self.account);
            let request = self.twin.operator("ops").request("PATCH", &target);
            request.body("application/json", &change.to_string())
        };
        let owner = |target: &str, fields| self.owner.json_request(target, &fields);
        match fast {
            Fast::Reset => {
                let fields = json!({ "token": token(&self.reset), "password": BETTER });
                owner("/auth/reset", fields)
            }
            Fast::ChangePassword => owner(
                "/auth/change-password",
                json!({ "password": GOOD, "newPassword": BETTER }),
            ),
            Fast::EndAll => owner("/auth/end-sessions", json!({ "which": "all" })),
            Fast::EndedByOperator => patch(json!({ "endSessions": true })),
            Fast::Disabled => patch(json!({ "enabled": false })),
            Fast::ForcedChange => patch(json!({ "forcePasswordChange": true })),
            Fast::Deleted => owner("/auth/delete-account", json!({ "password": GOOD })),
        }
    }

    /// Whether an answer signed somebody in who is in now.
    fn is_in(&self, page: &Page) -> bool {
        let mut browser = self.thief.elsewhere();
        browser.takes_cookies(page);
        browser.cookie(SessionCookie::NAME).is_some() && browser.is_signed_in()
    }
}

/// The line that an end leaves in the journal.
fn line_of(fast: Fast) -> &'static str {
    match fast {
        Fast::Reset => r#""event":"password_reset""#,
        Fast::ChangePassword => r#""event":"password_changed""#,
        Fast::EndAll => r#""why":"ended_elsewhere""#,
        Fast::EndedByOperator | Fast::Disabled | Fast::ForcedChange => r#""event":"patched""#,
        Fast::Deleted => r#""event":"deletion_asked""#,
    }
}

fn line_by(slow: Slow) -> &'static str {
    match slow {
        Slow::SignIn | Slow::SignInByPage | Slow::ByLink => r#""event":"signed_in""#,
        Slow::ChangePassword => r#""event":"password_changed""#,
        Slow::ChangeAddress => r#""event":"address_wanted""#,
        Slow::Delete => r#""event":"deletion_asked""#,
    }
}

/// Whether the password is as right afterwards as before.
fn keeps_password(fast: Fast) -> bool {
    matches!(fast, Fast::EndAll | Fast::EndedByOperator)
}

/// Whether it held when `fast` came after so many steps of `slow`; `None` when there are no more steps.
fn held(slow: Slow, fast: Fast, steps: usize) -> Option<bool> {
    let scene = Scene::new();
    let twin = &scene.twin;
    let before = twin.journal(&scene.account).len();
    let hashes = twin.world.cost().hashes;
    let mut was_looked_at = true;
    let [late, end] = twin.overtaken(scene.slow(slow), steps, || {
        was_looked_at = twin.world.cost().hashes > hashes;
        scene.fast(fast)
    })?;
    let journal = twin.journal(&scene.account);
    let since = &journal[before..];
    let all = |line: &str| since.iter().filter(|known| known.contains(line)).count();
    let last = |line: &str| since.iter().rposition(|known| known.contains(line));
    if end.status >= 400 {
        // What the thief did came first, and ended the owner's own right to go on.
        return Some(all(line_by(slow)) == 1);
    }
    let signs_in = matches!(slow, Slow::SignIn | Slow::SignInByPage);
    if keeps_password(fast) && signs_in && !was_looked_at {
        // The password is as right as before, and is looked at after the end.
        return Some(true);
    }
    let done_after = if line_of(fast) == line_by(slow) {
        all(line_of(fast)) > 1
    } else {
        last(line_by(slow)) > last(line_of(fast))
    };
    let mut browser = scene.thief.clone();
    browser.takes_cookies(&late);
    let is_in = browser.is_signed_in() || scene.is_in(&late);
    Some(all(line_of(fast)) > 0 && !done_after && !is_in)
}

#[test]
fn nothing_of_before_comes_after_the_end_whatever_is_overtaken_where() {
    let (mut tried, mut misses) = (0, Vec::new());
    for (place, slow) in SLOW.into_iter().enumerate() {
        for (other, fast) in FAST.into_iter().enumerate() {
            // In the short form each pair begins elsewhere, and where the password stays the same, and so the
            // epoch alone decides, the moment between is met in any case.
            let stride = if keeps_password(fast) {
                scale(2, 1)
            } else {
                scale(9, 1)
            };
            let mut steps = 1 + (place + other) % stride.min(4);
            while let Some(held) = held(slow, fast, steps) {
                tried += 1;
                if !held {
                    let what = format!("{slow:?} overtaken by {fast:?} after {steps} steps");
                    misses.push(what);
                }
                steps += stride;
            }
            assert!(steps > 4, "{slow:?} crosses to objects");
        }
    }
    figure(ROW, tried, tried - misses.len());
    assert!(misses.is_empty(), "{misses:#?}");
    assert!(tried >= 42, "{tried}");
}

/// Many guesses by the old password, and a reset among them, in orders drawn at random.
#[test]
fn of_twenty_sign_ins_around_a_reset_none_is_in_afterwards() {
    for seed in 0..u64::try_from(scale(2, 100)).unwrap() {
        let scene = Scene::new();
        scene.twin.world.shuffles(seed);
        let mut requests: Vec<Request> = (0..20).map(|_| scene.slow(Slow::SignIn)).collect();
        requests.push(scene.fast(Fast::Reset));
        let pages = scene.twin.at_once(requests);
        let (reset, sign_ins) = pages.split_last().unwrap();
        assert_eq!(reset.code(), "auth.reset.success", "seed {seed}");
        let stayed = sign_ins.iter().filter(|page| scene.is_in(page)).count();
        figure(ROW, sign_ins.len(), sign_ins.len() - stayed);
        assert_eq!(stayed, 0, "seed {seed}");
    }
}
