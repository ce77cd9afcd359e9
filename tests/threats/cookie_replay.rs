//! Every cookie that was ever set, shown again after each way in which things end: whoever kept a copy is
//! not signed in by it, alone or beside any device cookie, and redeems nothing with it a second time.
//!
//! The cookies are written down as the answers of a long story through all flows set them, so a new flow
//! and a new cookie are replayed too.

use std::collections::BTreeSet;

use edgeward::{
    kit::{time::Span, token::LinkKind},
    web::cookie::{self, ChangeTicket, SessionCookie},
};
use serde_json::{Value, json};

use crate::twin::{
    BETTER, GOOD, HOME, Request, Twin, Visitor,
    figures::{figure, scale},
};

const ADA: &str = "ada@example.org";
const OTHER: &str = "ada@example.net";
const THIRD: &str = "seven green umbrellas wait";
const FOURTH: &str = "ten crooked chimneys smoke";
const DEVICE: &str = "__Host-edgeward-device";
const ROW: &str = "cookie_replay";

/// How things end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    SignOut,
    OneByAnother,
    Others,
    All,
    ByOperator,
    PasswordChange,
    Reset,
    Disabled,
    DisabledAndBack,
    ForcedChange,
    Deleted,
    DeletedAndBack,
    Erased,
    RolesTaken,
    AddressTakenBack,
    Unused,
}

const ENDS: [End; 16] = [
    End::SignOut,
    End::OneByAnother,
    End::Others,
    End::All,
    End::ByOperator,
    End::PasswordChange,
    End::Reset,
    End::Disabled,
    End::DisabledAndBack,
    End::ForcedChange,
    End::Deleted,
    End::DeletedAndBack,
    End::Erased,
    End::RolesTaken,
    End::AddressTakenBack,
    End::Unused,
];

/// Where a cookie may sign in. The first two look at the account only when the window is over.
const PLACES: [(&str, &str); 7] = [
    ("GET", "/private"),
    ("GET", "/optional/page"),
    ("POST", "/private"),
    ("GET", "/auth/session"),
    ("GET", "/strict/page"),
    ("GET", "/admin/page"),
    ("GET", "/login/account"),
];

fn patched(twin: &Twin, account: &str, change: &Value) {
    let page = twin
        .operator("ops")
        .patches(&format!("/auth/admin/accounts/{account}"), change);
    assert_eq!(page.code(), "auth.admin.updated");
}

/// Ada goes through every flow, and has one session in the end, as an administrator.
fn long_story(twin: &Twin) -> Visitor {
    twin.leaves_mail_unread();
    let mut ada = twin.member(ADA);
    let account = ada.account();
    for pause in [Span::seconds(61), Span::minutes(16), Span::minutes(16)] {
        twin.waits(pause);
        ada.visits("/private");
    }
    ada.signs_in().elsewhere().signs_in();
    let terms = json!({ "path": "/reports", "expiresIn": 600 });
    let link = twin.operator("links").makes_link(&terms);
    ada.visits(&link.target).presses();
    ada.asks_for_link_to("/").opens_mail().presses();
    let invitation = json!({ "email": ADA, "roles": ["billing"] });
    let invitations = twin.operator("invitations");
    invitations.posts("/auth/admin/invitations", &invitation);
    ada.opens_mail().presses();
    assert_eq!(ada.told, "auth.invite.success");
    let fields = [("password", GOOD), ("newPassword", BETTER)];
    ada.acts("change-password", &fields);
    BETTER.clone_into(&mut ada.password);
    ada.moves_to(OTHER);
    let back = ada.reads(ADA).receives_link();
    ADA.clone_into(&mut ada.email);
    ada.visits(&back).presses();
    assert_eq!(ada.told, "auth.undo.email");
    twin.waits(Span::days(1));
    ada.forgets_password().opens_mail().chooses(THIRD);
    assert_eq!(ada.told, "auth.reset.success");
    ada.visits("/login").signs_in().acts("delete-account", &[]);
    ada.opens_mail().presses();
    assert_eq!(ada.told, "auth.undo.deletion");
    patched(twin, &account, &json!({ "forcePasswordChange": true }));
    ada.visits("/login").signs_in().chooses(GOOD);
    patched(twin, &account, &json!({ "roles": ["admin"] }));
    ada.submits("/login/resend", &[("email", "x")]);
    assert_eq!(ada.fetches("POST", "/admin/page").status, 200);
    // What was redeemed last is answered again for ten minutes; then nothing is.
    twin.waits(Span::minutes(11));
    assert_eq!(ada.fetches("GET", "/private").status, 200);
    ada
}

/// It ends. Whoever else Ada needs for that comes from elsewhere.
fn ends(twin: &Twin, ada: &mut Visitor, account: &str, end: End) {
    let mut other = ada.elsewhere();
    let by_other = matches!(end, End::OneByAnother | End::Others | End::AddressTakenBack);
    if by_other {
        assert!(other.visits("/login").signs_in().is_signed_in());
    }
    match end {
        End::SignOut => _ = ada.signs_out(),
        End::OneByAnother => {
            let session = ada.session();
            other.fetches("DELETE", &format!("/auth/sessions/{session}"));
        }
        End::Others => _ = other.acts("end-others", &[]),
        End::All => _ = ada.acts("end-all", &[]),
        End::ByOperator => patched(twin, account, &json!({ "endSessions": true })),
        End::PasswordChange => {
            ada.acts(
                "change-password",
                &[("password", GOOD), ("newPassword", FOURTH)],
            );
            assert_eq!(ada.told, "auth.password.changed");
        }
        End::Reset => {
            other.forgets_password().opens_mail().chooses(FOURTH);
            assert_eq!(other.told, "auth.reset.success");
        }
        End::Disabled => patched(twin, account, &json!({ "enabled": false })),
        End::DisabledAndBack => {
            patched(twin, account, &json!({ "enabled": false }));
            patched(twin, account, &json!({ "enabled": true }));
        }
        End::ForcedChange => patched(twin, account, &json!({ "forcePasswordChange": true })),
        End::Deleted | End::DeletedAndBack | End::Erased => {
            ada.acts("delete-account", &[("password", GOOD)]);
            let link = ada.receives_link();
            match end {
                End::DeletedAndBack => {
                    other.visits(&link).presses();
                    assert_eq!(other.told, "auth.undo.deletion");
                }
                End::Erased => twin.waits(Span::hours(73)),
                _ => (),
            }
        }
        End::RolesTaken => patched(twin, account, &json!({ "roles": [] })),
        End::AddressTakenBack => {
            other.moves_to(OTHER);
            let link = other.reads(ADA).receives_link();
            other.visits(&link).presses();
            assert_eq!(other.told, "auth.undo.email");
        }
        End::Unused => twin.waits(Span::hours(12)),
    }
}

/// What was tried, and what got through.
#[derive(Default)]
struct Tally {
    tried: usize,
    got_through: Vec<String>,
}

impl Tally {
    fn counts(&mut self, what: impl Fn() -> String, got_through: bool) {
        self.tried += 1;
        if got_through {
            self.got_through.push(what());
        }
    }
}

/// Whether these cookies sign anybody in at this place.
fn signs_in(twin: &Twin, cookies: &str, method: &str, target: &str) -> bool {
    let request = Request::new(method, &format!("{HOME}{target}"))
        .with("cookie", cookies)
        .with("sec-fetch-site", "same-origin")
        .with("accept", "*/*");
    let page = twin.world.request(&request).unwrap();
    let prefix = format!("{}=", SessionCookie::NAME);
    let given = page.set_cookies().any(|cookie| {
        let value = cookie.strip_prefix(&prefix);
        value.is_some_and(|value| !value.starts_with(';'))
    });
    let known = page.seen.as_ref().and_then(|seen| seen.account.as_ref());
    let ours = target.starts_with("/auth/") || target.starts_with("/login/");
    given || known.is_some() || (ours && page.status == 200)
}

/// Whether a link or a proof that waits in this cookie is worth anything yet.
fn redeems(twin: &Twin, name: &str, value: &str) -> bool {
    let kind = LinkKind::ALL
        .into_iter()
        .find(|kind| cookie::ticket_name(*kind) == name);
    let page = match kind {
        Some(kind) => format!("/login/{}", kind.as_str()),
        None if name == ChangeTicket::NAME => "/login".to_owned(),
        None => return false,
    };
    let mut thief = twin.visitor("thief@example.org");
    thief.jar.plant(name, value);
    thief.visits(&page);
    if thief.page().input("visit").is_none() {
        return false;
    }
    if thief.page().asks_for("password") || thief.page().asks_for("newPassword") {
        thief.chooses("the password of a thief, at last");
    } else {
        thief.presses();
    }
    let told = thief.told.clone();
    let refused = [
        "auth.token.used",
        "auth.token.invalid",
        "auth.login.invalid",
    ];
    thief.is_signed_in() || !(refused.contains(&told.as_str()) || told.is_empty())
}

/// Shows every cookie again, alone and beside devices. `late`: past the window too.
fn replays(twin: &Twin, end: End, set: &[(String, String)], own: &str, late: bool) -> Tally {
    let mut tally = Tally::default();
    let places = if late { &PLACES[..] } else { &PLACES[2..] };
    let places = &places[..scale(3, places.len())];
    let devices = set.iter().filter(|(name, _)| name == DEVICE);
    let devices: Vec<&str> = devices.map(|(_, value)| value.as_str()).collect();
    for (name, value) in set {
        let mut shown = vec![format!("{name}={value}")];
        let is_session = name == SessionCookie::NAME;
        for device in devices.iter().filter(|_| is_session) {
            // Other roles end nothing: the browser itself goes on.
            if end != End::RolesTaken || *device != own {
                shown.push(format!("{name}={value}; {DEVICE}={device}"));
            }
        }
        for cookies in &shown {
            for (method, target) in places {
                let got = signs_in(twin, cookies, method, target);
                let beside = cookies.contains(DEVICE);
                tally.counts(|| format!("{name} at {target}, device {beside}"), got);
            }
        }
        tally.counts(|| format!("{name} redeems"), redeems(twin, name, value));
    }
    tally
}

fn names(set: &[(String, String)]) -> BTreeSet<&str> {
    set.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn the_story_sets_every_cookie_there_is() {
    let twin = Twin::new();
    long_story(&twin);
    let set = twin.cookies_set();
    let mut all: BTreeSet<&str> = LinkKind::ALL.map(cookie::ticket_name).into();
    all.extend([
        SessionCookie::NAME,
        DEVICE,
        cookie::SIGNUP_NAME,
        cookie::MAGIC_NAME,
        cookie::LINK_NAME,
        ChangeTicket::NAME,
        cookie::Flash::NAME,
    ]);
    assert_eq!(names(&set), all);
    let sessions = set.iter().filter(|(name, _)| name == SessionCookie::NAME);
    assert!(sessions.count() > 10, "of many sessions and generations");
}

#[test]
fn no_cookie_signs_in_or_redeems_again_after_any_end() {
    let mut total = 0;
    for end in ENDS {
        let twin = Twin::new();
        let mut ada = long_story(&twin);
        let account = ada.account();
        let own = ada.cookie(DEVICE).unwrap().to_owned();
        let set = twin.cookies_set();
        ends(&twin, &mut ada, &account, end);
        let journal = twin.journal(&account);
        let rounds = [
            (Span::ZERO, false),
            (Span::seconds(61), true),
            (Span::minutes(11), true),
        ];
        for (after, late) in rounds.into_iter().step_by(scale(2, 1)) {
            twin.waits(after);
            let Tally { tried, got_through } = replays(&twin, end, &set, &own, late);
            total += tried;
            figure(ROW, tried, tried - got_through.len());
            assert_eq!(got_through, [""; 0], "{end:?} after {after:?}");
        }
        let done = twin.journal(&account);
        let more = done.iter().filter(|line| !journal.contains(line));
        let more: Vec<_> = more
            .filter(|line| !line.contains(r#""why":"replayed""#))
            .collect();
        assert!(more.is_empty(), "{end:?}: {more:?}");
    }
    assert!(total > 2_000, "{total}");
}

/// The browser that the owner still uses is not signed out by what others show, as long as that is young.
#[test]
fn the_owner_goes_on_where_nothing_of_theirs_ended() {
    for end in [End::PasswordChange, End::RolesTaken] {
        let twin = Twin::new();
        let mut ada = long_story(&twin);
        let account = ada.account();
        let own = ada.cookie(DEVICE).unwrap().to_owned();
        let recent: Vec<_> = [(
            SessionCookie::NAME.to_owned(),
            ada.cookie(SessionCookie::NAME).unwrap().to_owned(),
        )]
        .into();
        ends(&twin, &mut ada, &account, end);
        replays(&twin, end, &recent, &own, false);
        let goes_on = ada.is_signed_in();
        figure(ROW, 1, usize::from(goes_on));
        assert!(goes_on, "{end:?}");
    }
}
