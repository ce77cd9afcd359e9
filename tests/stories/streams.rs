//! Streams: a WebSocket or server-sent events do not outlive what let them in.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use crate::twin::{BETTER, GOOD, Stream, Twin, Visitor};

const ADA: &str = "ada@example.org";
const NEW_DEVICE: &str = "auth.notice.new_device";
const PASSWORD_CHANGED: &str = "auth.notice.password_changed";

/// Ada at her desk and on her phone, and Bob; each with an open stream.
struct Room {
    twin: Twin,
    desk: Visitor,
    phone: Visitor,
    on_desk: Stream,
    on_phone: Stream,
    bobs: Stream,
}

impl Room {
    fn new() -> Self {
        let twin = Twin::new();
        let mut desk = twin.member(ADA);
        let mut phone = desk.elsewhere();
        phone.signs_in().is_told(NEW_DEVICE);
        let mut bob = twin.member("bob@example.org");
        Self {
            on_desk: desk.opens_stream("/private/events"),
            on_phone: phone.opens_stream("/private/events"),
            bobs: bob.opens_stream("/private/events"),
            twin,
            desk,
            phone,
        }
    }

    fn patches(&mut self, change: &Value) {
        let route = format!("/auth/admin/accounts/{}", self.desk.account());
        let page = self.twin.operator("ops").patches(&route, change);
        assert_eq!(page.status, 200, "{page:?}");
    }

    /// Which of Ada's streams go on: at her desk, on her phone. Bob's does whatever she does.
    fn open(&self) -> (bool, bool) {
        assert!(self.bobs.is_open(), "somebody else's goes on");
        (self.on_desk.is_open(), self.on_phone.is_open())
    }
}

#[test]
fn a_stream_ends_with_its_session_and_with_no_other() {
    type End = fn(&mut Room);
    let ends: [(&str, (bool, bool), End); 8] = [
        ("signing out", (false, true), |room| {
            room.desk.signs_out();
        }),
        ("ending it from another browser", (true, false), |room| {
            let session = room.phone.session();
            room.desk
                .fetches("DELETE", &format!("/auth/sessions/{session}"));
        }),
        ("ending all others", (true, false), |room| {
            room.desk.acts("end-others", &[]);
        }),
        ("ending all", (false, false), |room| {
            room.desk
                .asks_json("/auth/end-sessions", &json!({ "which": "all" }));
        }),
        (
            "signing in again, which replaces it",
            (false, true),
            |room| {
                room.desk.signs_in();
            },
        ),
        ("an operator who ends all", (false, false), |room| {
            room.patches(&json!({ "endSessions": true }));
        }),
        (
            "an operator who disables the account",
            (false, false),
            |room| {
                room.patches(&json!({ "enabled": false }));
            },
        ),
        (
            "an operator who demands another password",
            (false, false),
            |room| {
                room.patches(&json!({ "forcePasswordChange": true }));
            },
        ),
    ];
    for (what, open, end) in ends {
        let mut room = Room::new();
        assert_eq!(room.open(), (true, true), "before {what}");
        end(&mut room);
        assert_eq!(room.open(), open, "{what}");
    }
}

#[test]
fn a_reset_a_deletion_and_an_address_taken_back_end_all() {
    let room = Room::new();
    let mut stranger = room.desk.elsewhere();
    stranger.forgets_password().opens_mail().chooses(BETTER);
    stranger.is_told(PASSWORD_CHANGED);
    assert_eq!(room.open(), (false, false), "a reset");

    let mut room = Room::new();
    room.desk.acts("delete-account", &[]);
    room.desk.is_told("auth.notice.deletion");
    assert_eq!(room.open(), (false, false), "the end of the account");

    let mut room = Room::new();
    room.desk.moves_to("ada@example.net");
    assert_eq!(room.open(), (true, true), "another address ends nothing");
    room.desk.reads(ADA).elsewhere().opens_mail().presses();
    assert_eq!(room.open(), (false, false), "taking it back does");
}

#[test]
fn another_password_ends_all_and_who_chose_it_comes_again() {
    let mut room = Room::new();
    let change = [("password", GOOD), ("newPassword", BETTER)];
    room.desk.acts("change-password", &change);
    room.desk.is_told(PASSWORD_CHANGED);
    assert_eq!(
        room.open(),
        (false, false),
        "a copied cookie must not listen on under the old id"
    );
    assert!(room.desk.opens_stream("/private/events").is_open());
}

#[test]
fn other_roles_end_all_and_who_comes_again_is_judged_by_them() {
    let mut room = Room::new();
    room.patches(&json!({ "roles": ["admin"] }));
    assert_eq!(room.open(), (false, false));
    let before = room.desk.opens_stream("/admin/events");
    assert!(before.is_open());
    room.patches(&json!({ "roles": [] }));
    assert!(
        !before.is_open(),
        "what the origin was told is not true any more"
    );
    assert_eq!(room.desk.asks_for_stream("/admin/events").status, 403);
    assert!(room.desk.opens_stream("/private/events").is_open());
}

#[test]
fn a_copied_cookie_that_is_noticed_ends_both_streams() {
    let twin = Twin::new();
    let mut ada = twin.member(ADA);
    let mut copy = ada.copied();
    let (hers, theirs) = (
        ada.opens_stream("/private/a"),
        copy.opens_stream("/private/b"),
    );
    copy.jar.lose("__Host-edgeward-device");
    twin.waits(Span::minutes(16));
    ada.visits("/private");
    assert!(
        hers.is_open() && theirs.is_open(),
        "a new generation ends nothing"
    );
    twin.waits(Span::minutes(11));
    copy.fetches("GET", "/private");
    ada.is_told("auth.notice.session_theft");
    assert!(!hers.is_open() && !theirs.is_open());
}

#[test]
fn one_session_too_many_ends_the_stream_of_the_oldest() {
    let twin = Twin::new();
    let mut ada = twin.member(ADA);
    let oldest = ada.opens_stream("/private/events");
    for _ in 0..49 {
        ada.elsewhere().signs_in();
    }
    assert!(oldest.is_open());
    twin.waits(Span::minutes(2));
    ada.elsewhere().signs_in();
    assert!(!oldest.is_open());
    ada.is_told(NEW_DEVICE);
}

#[test]
fn nobody_uses_a_session_by_listening() {
    let twin = Twin::new();
    let mut ada = twin.member(ADA);
    let stream = ada.opens_stream("/private/events");
    twin.waits(Span::hours(11));
    ada.visits("/private");
    twin.waits(Span::minutes(12 * 60 - 1));
    assert!(stream.is_open());
    twin.waits(Span::minutes(1));
    assert!(!stream.is_open(), "its session idled out");
}

#[test]
fn at_the_absolute_limit_the_alarm_ends_it_however_busy_the_session_is() {
    let twin = Twin::new();
    let mut ada = twin.member(ADA);
    let stream = ada.opens_stream("/private/events");
    for _ in 0..27 {
        twin.waits(Span::hours(6));
        ada.visits("/private");
    }
    twin.waits(Span::minutes(6 * 60 - 1));
    assert!(stream.is_open());
    twin.waits(Span::minutes(1));
    assert!(!stream.is_open(), "nobody touched it: the alarm did");
}

#[test]
fn a_session_that_ends_before_the_watch_begins_is_refused() {
    let twin = Twin::new();
    let mut ada = twin.member(ADA);
    let copy = ada.copied();
    let answered = copy.clone().asks_for_stream("/private/events");
    ada.signs_out();
    assert!(!copy.is_answered(&answered).is_open());

    let mut bob = twin.member("bob@example.org");
    let answered = bob.asks_for_stream("/private/events");
    twin.is_off_for(Span::hours(12));
    assert!(
        !bob.is_answered(&answered).is_open(),
        "idle for too long, though no alarm has swept it"
    );
}

#[test]
fn events_are_asked_for_at_the_account_and_cost_no_row() {
    let twin = Twin::new();
    let mut ada = twin.member(ADA);
    let mut copy = ada.copied();
    let before = twin.writes();
    let (stream, cost) = twin.cost_of(|| ada.opens_stream("/private/events"));
    assert_eq!(
        (cost.calls, twin.writes() - before),
        (1, 0),
        "beside the watch"
    );
    assert!(stream.is_open());
    ada.signs_out();
    let page = copy.asks_for_stream("/private/events");
    assert_eq!(
        (page.status, page.code().as_str()),
        (401, "auth.session.ended"),
        "at once: a browser that comes again would come for a minute else"
    );
}

#[test]
fn what_is_public_is_watched_by_nobody() {
    let twin = Twin::new();
    let mut ada = twin.member(ADA);
    let page = ada.asks_for_stream("/public/events");
    assert!(page.seen.unwrap().watches.is_empty());
    let page = ada.elsewhere().asks_for_stream("/optional/events");
    assert!(page.seen.unwrap().watches.is_empty());
    let page = ada.asks_for_stream("/optional/events");
    assert_eq!(page.seen.unwrap().watches.len(), 1);
}

#[test]
fn a_stream_by_a_smart_link_ends_with_the_link() {
    let twin = Twin::new();
    let links = twin.operator("links");
    let terms = json!({ "path": "/reports/42", "expiresIn": 3600, "uses": "until expiry" });
    let holder = |link: &str| {
        let mut eve = twin.visitor("eve@example.org");
        eve.visits(link).presses();
        eve
    };
    let (first, second) = (links.makes_link(&terms), links.makes_link(&terms));
    let (mut eve, mut bob) = (holder(&first.target), holder(&second.target));
    let (revoked, expires) = (
        eve.opens_stream("/reports/42"),
        bob.opens_stream("/reports/42"),
    );
    assert!(revoked.is_open() && expires.is_open());
    links.revokes(&first);
    assert!(!revoked.is_open() && expires.is_open());
    twin.waits(Span::minutes(59));
    assert!(expires.is_open());
    twin.waits(Span::minutes(1));
    assert!(!expires.is_open());
}

#[test]
fn whoever_is_signed_in_and_has_a_link_depends_on_both() {
    let twin = Twin::new();
    let links = twin.operator("links");
    let mut ada = twin.member(ADA);
    let terms = json!({
        "path": "/reports/42", "expiresIn": 3600, "uses": "until expiry", "account": ada.account()
    });
    let link = links.makes_link(&terms);
    ada.visits(&link.target).presses();
    let stream = ada.opens_stream("/reports/42");
    assert!(stream.is_open());
    links.revokes(&link);
    assert!(!stream.is_open(), "the origin was told of the link");

    let link = links.makes_link(&terms);
    ada.visits(&link.target).presses();
    let stream = ada.opens_stream("/reports/42");
    let change = [("password", GOOD), ("newPassword", BETTER)];
    ada.acts("change-password", &change);
    ada.is_told(PASSWORD_CHANGED);
    assert!(!stream.is_open(), "in another epoch that link is void");
}
