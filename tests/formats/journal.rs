//! The chain of a journal, and where it begins. What another build chains otherwise would look forged to this one.

use edgeward::{
    account::Event,
    kit::{
        id::AccountId,
        secret::SecretBytes,
        time::{Span, Time},
    },
    store::{Journal, JournalKey, Sql as _, Value},
};

use super::rows::EVENTS;
use crate::twin::{database::Database, settings};

const ACCOUNT: &str = "acc_aeaqcaibaeaqcaibaeaqcaibae";

/// A journal with every event, and what opens it.
fn journal() -> (Database, JournalKey, AccountId) {
    let (sql, key) = (
        Database::new(),
        JournalKey::new(SecretBytes::new(settings::bytes("journal"))),
    );
    let account = AccountId::parse(ACCOUNT).unwrap();
    let events: Vec<Event> = EVENTS
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (first, rest) = events.split_at(2);
    for (events, at) in [(first, 1_795_420_802_500), (rest, 1_795_420_902_500)] {
        let journal = Journal::open(&sql, &key).unwrap();
        journal.append(&account, events, Time(at)).unwrap();
    }
    (sql, key, account)
}

#[test]
fn the_chain_of_a_journal_is_what_it_always_was_and_shows_every_change() {
    let (sql, key, account) = journal();
    let found = |whose: &AccountId| Journal::open(&sql, &key).unwrap().verify(whose).unwrap();
    assert!(found(&account).holds && found(&account).lines.len() == EVENTS.len());
    let chain = sql.texts("SELECT chain FROM journal ORDER BY seq");
    assert_eq!(
        [&chain[0], &chain[1], chain.last().unwrap()],
        [
            "Fez7c_opdL5xBnrErxPjojUyeZbBIl9QJ06yfblhwTM",
            "uMKMgps_AX2C5bJ5X56YPScmreeck6vWog_u0s1xTxQ",
            "K408HjsO35Cq_kpvCQ5IUApEPuFSzL_XOTEO415bomc"
        ],
        "each link is in the next, so the last one is all of them"
    );
    for harm in [
        "UPDATE journal SET line = replace(line, 'link', 'password') WHERE seq = 2",
        "UPDATE journal SET at = at + 1 WHERE seq = 3",
        "DELETE FROM journal WHERE seq = 4",
        "DELETE FROM journal WHERE seq = 1",
        "DELETE FROM journal WHERE seq < 9",
        "UPDATE journal SET at = 0, line = '{\"event\":\"erased\"}' WHERE seq = 1",
    ] {
        sql.write("SAVEPOINT before", &[]).unwrap();
        sql.write(harm, &[]).unwrap();
        assert!(!found(&account).holds, "{harm}");
        sql.write("ROLLBACK TO before", &[]).unwrap();
    }
    assert!(found(&account).holds);
    let another = AccountId::from_bits(&[9; 16]);
    assert!(!found(&another).holds, "it is of one account");
}

#[test]
fn what_is_swept_leaves_a_checkpoint_that_nobody_can_make_up() {
    let (sql, key, account) = journal();
    let open = || Journal::open(&sql, &key).unwrap();
    let later = Time(1_795_420_902_500) + Span::days(400);
    open().prune(&account, later).unwrap();
    let found = open().verify(&account).unwrap();
    let checkpoint = found.checkpoint.unwrap();
    assert_eq!(
        (found.holds, found.lines[0].seq, checkpoint.seq),
        (true, 3, 2)
    );
    assert_eq!(
        checkpoint.mac,
        "rx2lqeu2ilarzkbANstJzTzGobCn7_xwOh3L-UKPFv8"
    );
    for harm in [
        "DELETE FROM journal WHERE seq = 3",
        "DELETE FROM checkpoint",
        "UPDATE checkpoint SET seq = 1",
        "UPDATE checkpoint SET seq = 3, chain = (SELECT chain FROM journal WHERE seq = 3)",
    ] {
        sql.write("SAVEPOINT before", &[]).unwrap();
        sql.write(harm, &[]).unwrap();
        if harm.contains("seq = 3,") {
            sql.write("DELETE FROM journal WHERE seq = 3", &[]).unwrap();
        }
        assert!(!open().verify(&account).unwrap().holds, "{harm}");
        sql.write("ROLLBACK TO before", &[]).unwrap();
    }
    open().erase(&account).unwrap();
    let found = open().verify(&account).unwrap();
    assert_eq!((found.holds, found.lines.len()), (true, 1));
    open().prune(&account, later).unwrap();
    assert!(open().verify(&account).unwrap().holds, "nothing is too old");
}

#[test]
fn lines_of_before_accounts_were_chained_in_begin_a_journal_and_follow_none() {
    let (sql, key, account) = journal();
    let open = || Journal::open(&sql, &key).unwrap();
    for (seq, chain) in OLD_CHAIN {
        let row = [Value::Text(chain.into()), Value::Integer(seq)];
        sql.write("UPDATE journal SET chain = ? WHERE seq = ?", &row)
            .unwrap();
    }
    sql.write("DELETE FROM journal WHERE seq > 2", &[]).unwrap();
    assert!(open().verify(&account).unwrap().holds);
    let more = [Event::PasswordChanged];
    open()
        .append(&account, &more, Time(1_795_420_902_500))
        .unwrap();
    assert!(open().verify(&account).unwrap().holds);
    sql.write("UPDATE journal SET seq = seq + 10", &[]).unwrap();
    assert!(!open().verify(&account).unwrap().holds);
}

/// The first two lines, as the version before chained them.
const OLD_CHAIN: [(i64, &str); 2] = [
    (1, "_81inxp-NdJFD8oHRqwpBh-UxJnKwlhUjLrSD0OGrTE"),
    (2, "p7qwFc2yc2xMM2H2p7hYLvhQw3wEn0EG-94kPNThc5o"),
];
