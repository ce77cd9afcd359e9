//! A notifier that is away for a virtual hour and more, in every way of being away. Whatever was owed when it
//! left and is still good when it returns comes then: at least once, under the name it had from the beginning.
//! What ran out meanwhile never comes.

use std::collections::{BTreeMap, BTreeSet};

use edgeward::kit::time::{Span, Time};
use serde_json::json;

use crate::twin::{
    GOOD, Mail, Notifier, Twin,
    figures::{figure, scale},
};

/// The ways of being away, and how long a letter may wait for its next try after the last one failed so: a
/// minute before its end, or what the receiver asked for. Dying in the middle of an answer and hanging are one
/// here: nothing was heard.
fn ways() -> Vec<(&'static str, Notifier, Span)> {
    let answers = |status, after| Notifier::Answers(status, after);
    let (soon, date) = (Span::minutes(1), "Wed, 21 Oct 2026 07:28:00 GMT");
    vec![
        ("hangs", Notifier::Hangs, soon),
        (
            "takes and dies before it says so",
            Notifier::TakesUnheard,
            soon,
        ),
        ("500", answers(500, None), soon),
        ("302", answers(302, None), soon),
        ("410", answers(410, None), soon),
        ("429", answers(429, Some("120")), Span::minutes(3)),
        ("429 until a date", answers(429, Some(date)), soon),
        (
            "503 for longer than a day",
            answers(503, Some("999999999")),
            Span::hours(25),
        ),
    ]
}

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

/// Letters of every kind are owed, while nobody takes one.
fn everybody_wants_a_letter(twin: &Twin, notifier: &Notifier) {
    let mut ada = twin.member(ADA);
    twin.mails();
    twin.notifier(notifier.clone());
    twin.visitor(BOB).signs_up(GOOD);
    let mut phone = ada.elsewhere();
    phone.forgets_password().asks_for_link_to("/private");
    ada.acts("change-email", &[("email", "ada@example.net")]);
    let invitation = json!({ "email": "cleo@example.org", "roles": ["billing"] });
    let invited = twin
        .operator("ops")
        .posts("/auth/admin/invitations", &invitation);
    assert_eq!(invited.status, 200);
    twin.visitor(ADA).signs_up(GOOD);
    twin.runs_alarms();
}

/// The kinds owed by then, and until when each is good: a day, but for the links of shorter life.
fn lives() -> BTreeMap<&'static str, Span> {
    BTreeMap::from([
        ("auth.verify", Span::hours(24)),
        ("auth.reset", Span::minutes(60)),
        ("auth.magic", Span::minutes(10)),
        ("auth.email_change", Span::minutes(60)),
        ("auth.invite", Span::days(7)),
        ("auth.notice.already_registered", Span::hours(24)),
    ])
}

/// By kind, what came after the notifier's return.
fn came(mails: &[Mail], since: Time) -> BTreeMap<String, Vec<Mail>> {
    let mut came: BTreeMap<String, Vec<Mail>> = BTreeMap::new();
    for mail in mails.iter().filter(|mail| mail.at >= since) {
        came.entry(mail.kind.clone())
            .or_default()
            .push(mail.clone());
    }
    came
}

#[test]
fn what_is_still_good_comes_when_the_notifier_is_back_and_nothing_else() {
    let (mut tried, mut survived) = (0, 0);
    let aways = [8, 58, 5, 30, 120, 23 * 60].map(Span::minutes);
    for away in aways.into_iter().take(scale(2, 6)) {
        for (way, notifier, patience) in ways() {
            let twin = Twin::new();
            twin.leaves_mail_unread();
            everybody_wants_a_letter(&twin, &notifier);
            let begun = twin.now();
            twin.waits(away);
            twin.notifier(Notifier::Takes);
            let back = twin.now();
            let before: BTreeMap<String, BTreeSet<String>> = came(&twin.mails(), begun)
                .into_iter()
                .map(|(kind, mails)| (kind, mails.into_iter().map(|mail| mail.id).collect()))
                .collect();
            twin.waits(Span::days(8));
            let mails = came(&twin.mails(), back);
            for (kind, life) in lives() {
                let what = format!("{kind}, {way} for {} s", away.seconds_up());
                let none = Vec::new();
                let letters = mails.get(kind).unwrap_or(&none);
                let in_time = letters.iter().all(|mail| mail.at < begun + life);
                let must_come = life.0 > away.0 + patience.0;
                let is_there = !must_come || !letters.is_empty();
                let ids: BTreeSet<_> = letters.iter().map(|mail| mail.id.clone()).collect();
                let one_name =
                    ids.len() <= 1 && before.get(kind).is_none_or(|known| ids.is_subset(known));
                tried += 3;
                survived += [in_time, is_there, one_name]
                    .iter()
                    .filter(|is| **is)
                    .count();
                assert!(in_time, "{what}: sent when it was worthless");
                assert!(is_there, "{what}: never came");
                assert!(one_name, "{what}: {ids:?}, {before:?}");
            }
        }
    }
    figure("notifier_outage", tried, survived);
}

/// However often it is tried, and wherever the process dies meanwhile, a link that was handed over works until
/// one of its name is used.
#[test]
fn every_link_that_was_ever_handed_over_is_good_until_one_is_used() {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    twin.notifier(Notifier::TakesUnheard);
    let mut bob = twin.visitor(BOB);
    bob.signs_up(GOOD);
    twin.waits(Span::hours(1));
    let mails = twin.mails();
    let tokens: Vec<_> = mails.iter().map(|mail| mail.token().to_owned()).collect();
    assert!(tokens.len() >= 5, "{} tries", tokens.len());
    let mut good = 0;
    for token in &tokens {
        let page = bob
            .elsewhere()
            .visits(&format!("/login/verify?token={token}"))
            .status();
        good += usize::from(page == 200);
    }
    let used = bob
        .asks_json("/auth/verify", &json!({ "token": tokens[0] }))
        .status;
    let rest = tokens.iter().map(|token| {
        bob.asks_json("/auth/verify", &json!({ "token": token }))
            .code()
    });
    let dead = rest.filter(|code| code == "auth.token.used").count();
    figure(
        "notifier_outage",
        2 * tokens.len() + 1,
        good + dead + usize::from(used == 200),
    );
    assert_eq!((good, used, dead), (tokens.len(), 200, tokens.len()));
}
