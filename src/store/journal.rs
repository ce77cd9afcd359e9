//! The journal of an account: append-only lines, each chained to the one before by a keyed hash, so that a
//! line removed or altered shows. Lines live 400 days; pruning keeps the chain of the last pruned line.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Sql, StoreFault, Value};
use crate::{
    account::{Event, JournalLine},
    kit::{
        encoding, json,
        secret::{SecretBytes, equal},
        time::{Span, Time},
    },
};

const CREATE: &str = "CREATE TABLE IF NOT EXISTS journal \
    (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, line TEXT NOT NULL, chain TEXT NOT NULL)";
const HAS_TABLE: &str = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal'";
const LAST: &str = "SELECT seq, chain FROM journal ORDER BY seq DESC LIMIT 1";
const APPEND: &str = "INSERT INTO journal (seq, at, line, chain) VALUES (?, ?, ?, ?)";
const ALL: &str = "SELECT seq, at, line, chain FROM journal ORDER BY seq";
/// Pruned lines leave their chain as a checkpoint: the oldest row loses its text and keeps its place.
const PRUNE: &str =
    "DELETE FROM journal WHERE at < ? AND seq < (SELECT MAX(seq) FROM journal WHERE at < ?)";

/// Of an erased account one line stays: the one that says so.
const ERASE: &str = "DELETE FROM journal WHERE seq < (SELECT MAX(seq) FROM journal)";

/// How long a line lives.
const LIFE: Span = Span::days(400);

/// The key of the chain.
#[derive(Clone, Debug)]
pub struct JournalKey(SecretBytes);

/// The journal in one object's database, and where it ends.
pub struct Journal<'a> {
    sql: &'a dyn Sql,
    key: &'a JournalKey,
    end: Option<(i64, String)>,
}

impl JournalKey {
    /// A key derived for this purpose alone.
    pub fn new(key: SecretBytes) -> Self {
        Self(key)
    }
}

impl<'a> Journal<'a> {
    /// Opens the journal in this database. Reads its end, so that appending needs to read nothing.
    pub fn open(sql: &'a dyn Sql, key: &'a JournalKey) -> Result<Self, StoreFault> {
        let exists = !sql.read(HAS_TABLE, &[])?.is_empty();
        let end = if exists { Some(last(sql)?) } else { None };
        Ok(Self { sql, key, end })
    }

    /// Appends events, in one transaction with whatever is written beside it, and gives them as they were written.
    pub fn append(self, events: &[Event], now: Time) -> Result<Vec<JournalLine>, StoreFault> {
        let mut lines = Vec::new();
        if events.is_empty() {
            return Ok(lines);
        }
        if self.end.is_none() {
            self.sql.write(CREATE, &[])?;
        }
        let (mut seq, mut chain) = self.end.clone().unwrap_or_default();
        for event in events {
            seq = seq.saturating_add(1);
            let line = serde_json::to_string(event)
                .map_err(|cause| StoreFault::Corrupt(cause.to_string()))?;
            chain = self.link(&chain, seq, now, &line);
            let row = [
                Value::Integer(seq),
                Value::Integer(now.0),
                Value::Text(line.clone()),
                Value::Text(chain.clone()),
            ];
            self.sql.write(APPEND, &row)?;
            lines.push(JournalLine {
                seq,
                at: now,
                line,
                chain: chain.clone(),
            });
        }
        Ok(lines)
    }

    /// Removes lines older than 400 days, all but the last of them, which is the checkpoint.
    pub fn prune(self, now: Time) -> Result<(), StoreFault> {
        if self.end.is_none() {
            return Ok(());
        }
        let end = Value::Integer((now - LIFE).0);
        self.sql.write(PRUNE, &[end.clone(), end])
    }

    /// Removes every line but the last.
    pub fn erase(self) -> Result<(), StoreFault> {
        if self.end.is_none() {
            return Ok(());
        }
        self.sql.write(ERASE, &[])
    }

    /// Every line, and whether the chain holds. It begins with the first line, with one that is so old that
    /// those before it were pruned, or with the one that says that the others were erased.
    pub fn verify(&self, now: Time) -> Result<(Vec<JournalLine>, bool), StoreFault> {
        let mut lines = Vec::new();
        if self.end.is_none() {
            return Ok((lines, true));
        }
        for row in self.sql.read(ALL, &[])? {
            let [
                Value::Integer(seq),
                Value::Integer(at),
                Value::Text(line),
                Value::Text(chain),
            ] = row.as_slice()
            else {
                return Err(StoreFault::Corrupt(
                    "a journal line has another shape".into(),
                ));
            };
            lines.push(JournalLine {
                seq: *seq,
                at: Time(*at),
                line: line.clone(),
                chain: chain.clone(),
            });
        }
        let follows = |pair: &[JournalLine]| match pair {
            [before, line] => {
                self.holds(&before.chain, line) && line.seq == before.seq.saturating_add(1)
            }
            _ => false,
        };
        let begins = lines
            .first()
            .is_none_or(|first| self.holds("", first) || is_checkpoint(first, now));
        let holds = begins && lines.windows(2).all(follows);
        Ok((lines, holds))
    }

    fn holds(&self, before: &str, line: &JournalLine) -> bool {
        let expected = self.link(before, line.seq, line.at, &line.line);
        equal(expected.as_bytes(), line.chain.as_bytes())
    }

    fn link(&self, before: &str, seq: i64, at: Time, line: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.0.reveal()) else {
            return String::new();
        };
        mac.update(format!("{before}\n{seq}\n{}\n{line}", at.0).as_bytes());
        encoding::base64url(&mac.finalize().into_bytes())
    }
}

/// Whether the lines before this one may be gone.
fn is_checkpoint(line: &JournalLine, now: Time) -> bool {
    let erased = || json::read(&line.line).is_ok_and(|event: Event| event == Event::Erased);
    line.at < now - LIFE || erased()
}

/// The number and the chain of the last line.
fn last(sql: &dyn Sql) -> Result<(i64, String), StoreFault> {
    match sql.read(LAST, &[])?.first().map(Vec::as_slice) {
        None => Ok((0, String::new())),
        Some([Value::Integer(seq), Value::Text(chain)]) => Ok((*seq, chain.clone())),
        Some(_) => Err(StoreFault::Corrupt(
            "a journal line has another shape".into(),
        )),
    }
}
