//! Sign-ups nobody finishes and links nobody opens, by the hundred thousand: when their time is over nothing is
//! left of them, no row and no alarm, and nobody has to come by for that.
//!
//! Hashing so many passwords would take hours and sweep nothing more, so one visitor signs up all the way, and
//! the others' commands go to their address objects with that visitor's hash.

use std::collections::BTreeSet;

use edgeward::{
    address::{Answer, Asker, Command, Wanted},
    kit::{
        asked::Asked,
        email::EmailAddress,
        id::{AskId, SignupId},
        password::hash::StoredPassword,
        return_path::ReturnPath,
        time::Span,
    },
};
use serde_json::{Value, json};

use crate::twin::{
    GOOD, Twin,
    figures::{figure, scale},
    objects::Kind,
};

/// So many share a town. Each object has a database of its own, and the twin looks for every token in each.
const TOWN: usize = 40;

/// Longer than anything lives that was never taken up.
const AGES: Span = Span::days(31);

/// The hash of one real sign-up.
fn hash_of_a_sign_up() -> StoredPassword {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    twin.visitor("ada@example.org").signs_up(GOOD);
    let objects = twin.world.objects_of(Kind::Address);
    let state: Value = serde_json::from_str(&objects[0].sql.state().unwrap()).unwrap();
    serde_json::from_value(state["pending"][0]["password"].clone()).unwrap()
}

fn bits(n: usize) -> [u8; 16] {
    let mut bits = [7; 16];
    bits[..8].copy_from_slice(&(n as u64).to_le_bytes());
    bits
}

/// Signs up as `n`, and asks for every other way in as well.
fn abandons(twin: &Twin, n: usize, password: &StoredPassword) {
    let email = format!("visitor{n}@example.org");
    let address = EmailAddress::parse(&email).unwrap();
    let next = ReturnPath::default();
    let asked = Asked {
        ask: AskId::from_bits(&bits(n)),
        browser: "Firefox on Linux".to_owned(),
        place: "Lisbon, PT".to_owned(),
        at: twin.now(),
        next: next.clone(),
    };
    let sign_up = Command::SignUp {
        address: address.clone(),
        signup: SignupId::from_bits(&bits(n)),
        password: password.clone(),
        next,
        device: None,
    };
    assert_eq!(twin.asks_address(&email, sign_up), Answer::Accepted);
    for what in [Wanted::Reset { by: None }, Wanted::Magic(asked)] {
        let wish = Command::Ask {
            address: address.clone(),
            what,
            asker: Asker::Browser(None),
        };
        assert_eq!(twin.asks_address(&email, wish), Answer::Accepted);
    }
    let attempt = Command::Attempt {
        device: None,
        signup: None,
    };
    assert!(matches!(
        twin.asks_address(&email, attempt),
        Answer::Counted { .. }
    ));
}

/// Objects that still hold a row, or sleep towards an alarm.
fn remains(twin: &Twin) -> usize {
    let kinds = [Kind::Address, Kind::Account, Kind::Network, Kind::Link];
    let objects = kinds
        .into_iter()
        .flat_map(|kind| twin.world.objects_of(kind));
    let remains = |sql_has_tables: bool, has_alarm: bool| sql_has_tables || has_alarm;
    objects
        .filter(|object| {
            remains(
                !object.sql.tables().is_empty(),
                object.alarm.get().is_some(),
            )
        })
        .count()
}

#[test]
fn sign_ups_nobody_finishes_and_links_nobody_opens_sweep_themselves_away() {
    let people = scale(200, 100_000);
    let password = hash_of_a_sign_up();
    let mut left = 0;
    for town in 0..people.div_ceil(TOWN) {
        let twin = Twin::new();
        twin.leaves_mail_unread();
        let here = (town * TOWN)..people.min((town + 1) * TOWN);
        for n in here.clone() {
            abandons(&twin, n, &password);
        }
        twin.runs_alarms();
        let kinds = twin.mails().into_iter().map(|mail| mail.kind);
        let kinds: BTreeSet<_> = kinds.collect();
        assert_eq!(kinds.len(), 3, "a link of each kind was mailed: {kinds:?}");
        assert_eq!(remains(&twin), here.len());
        twin.waits(AGES);
        let remains = remains(&twin);
        left += remains;
        figure("sweeping", here.len(), here.len() - remains);
    }
    assert_eq!(left, 0, "objects that hold something for nothing");
}

/// The same for people with an account: what was mailed to them and never opened, and sessions that idled.
#[test]
fn links_and_sessions_of_an_account_end_and_leave_nothing_but_the_account() {
    let people = scale(10, 500);
    let (mut tried, mut swept) = (0, 0);
    for n in 0..people {
        let twin = Twin::new();
        twin.leaves_mail_unread();
        let mut ada = twin.member(&format!("visitor{n}@example.org"));
        ada.acts("change-email", &[("email", "another@example.org")]);
        let mut phone = ada.elsewhere();
        phone.forgets_password().asks_for_link_to("/private");
        twin.runs_alarms();
        let account = twin.world.objects_of(Kind::Account).pop().unwrap();
        let state = || -> Value { serde_json::from_str(&account.sql.state().unwrap()).unwrap() };
        let tokens = |state: &Value| {
            let links = &state["living"]["links"];
            let live = |kind: &str| links[kind].as_array().map_or(0, Vec::len);
            ["reset", "magic", "email", "redeemed"].map(live)
        };
        assert_eq!(tokens(&state()), [1, 1, 1, 0], "each was mailed");
        // A mark of a browser lives half a year, and is the address's.
        twin.waits(Span::days(181));
        let after = state();
        let is_swept = tokens(&after) == [0; 4]
            && after["living"]["sessions"] == json!([])
            && after["living"]["duties"] == json!([]);
        let sleeps = |kind| {
            let objects = twin.world.objects_of(kind);
            objects.iter().all(|object| object.alarm.get().is_none())
        };
        let all_sleep = [Kind::Address, Kind::Account, Kind::Network].map(sleeps);
        tried += 1;
        swept += usize::from(is_swept && all_sleep == [true; 3]);
        assert!(
            is_swept && all_sleep == [true; 3],
            "{after:#} {all_sleep:?}"
        );
    }
    figure("sweeping", tried, swept);
}
