//! The journal of an account: append-only lines, each chained to the one before by a keyed hash over the
//! account too, so that a line removed, altered or brought from elsewhere shows. Lines live 400 days. Where they
//! begin after that, a checkpoint says: number and chain of the last line that is gone, under a MAC.

use hmac::Mac;

use super::{Sql, StoreFault, Value};
use crate::{
    account::{Checkpoint, Event, JournalLine},
    kit::{
        encoding,
        id::AccountId,
        keys::keyed,
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
/// The last line that may go.
const LAST_OF: &str = "SELECT seq, chain FROM journal WHERE at < ? ORDER BY seq DESC LIMIT 1";
/// Of an erased account one line stays: the one that says so.
const LAST_BUT_ONE: &str = "SELECT seq, chain FROM journal ORDER BY seq DESC LIMIT 1 OFFSET 1";
const CUT: &str = "DELETE FROM journal WHERE seq <= ?";
const CREATE_CHECKPOINT: &str = "CREATE TABLE IF NOT EXISTS checkpoint \
    (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, chain TEXT NOT NULL, mac TEXT NOT NULL)";
const HAS_CHECKPOINT: &str =
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'checkpoint'";
const SET_CHECKPOINT: &str = "INSERT INTO checkpoint (id, seq, chain, mac) VALUES (1, ?, ?, ?) \
    ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, chain = excluded.chain, mac = excluded.mac";
const CHECKPOINT: &str = "SELECT seq, chain, mac FROM checkpoint";

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

/// A journal as it was found.
#[derive(Debug)]
pub struct Verified {
    /// Every line, oldest first.
    pub lines: Vec<JournalLine>,
    /// What the first of them follows, when older ones are gone.
    pub checkpoint: Option<Checkpoint>,
    /// Whether the chain holds.
    pub holds: bool,
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

    /// Appends events of this account, in one transaction with whatever is written beside it, and gives them as they
    /// were written.
    pub fn append(
        self,
        account: &AccountId,
        events: &[Event],
        now: Time,
    ) -> Result<Vec<JournalLine>, StoreFault> {
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
            let text = serde_json::to_string(event)
                .map_err(|cause| StoreFault::Corrupt(cause.to_string()))?;
            let mut line = JournalLine {
                seq,
                at: now,
                line: text,
                chain: String::new(),
            };
            line.chain = self.link(Some(account), &chain, &line);
            chain.clone_from(&line.chain);
            let row = [
                Value::Integer(seq),
                Value::Integer(now.0),
                Value::Text(line.line.clone()),
                Value::Text(chain.clone()),
            ];
            self.sql.write(APPEND, &row)?;
            lines.push(line);
        }
        Ok(lines)
    }

    /// Removes lines older than 400 days.
    pub fn prune(self, account: &AccountId, now: Time) -> Result<(), StoreFault> {
        let before = Value::Integer((now - LIFE).0);
        self.cut(account, LAST_OF, &[before])
    }

    /// Removes every line but the last.
    pub fn erase(self, account: &AccountId) -> Result<(), StoreFault> {
        self.cut(account, LAST_BUT_ONE, &[])
    }

    /// Removes the line that a query finds and all before it, and leaves a checkpoint. Read first, written last.
    fn cut(self, account: &AccountId, query: &str, values: &[Value]) -> Result<(), StoreFault> {
        if self.end.is_none() {
            return Ok(());
        }
        let Some(checkpoint) = self.sql.read(query, values)?.pop() else {
            return Ok(());
        };
        let [Value::Integer(seq), Value::Text(chain)] = checkpoint.as_slice() else {
            return Err(misshapen());
        };
        let mac = self.vouch(account, *seq, chain);
        let row = [
            Value::Integer(*seq),
            Value::Text(chain.clone()),
            Value::Text(mac),
        ];
        self.sql.write(CREATE_CHECKPOINT, &[])?;
        self.sql.write(SET_CHECKPOINT, &row)?;
        self.sql.write(CUT, &[Value::Integer(*seq)])
    }

    /// Every line, and whether the chain holds: from the very first line, or from the checkpoint before the first
    /// that is left.
    pub fn verify(&self, account: &AccountId) -> Result<Verified, StoreFault> {
        let lines = self.lines()?;
        let checkpoint = self.checkpoint()?;
        let vouched = checkpoint.as_ref().is_none_or(|checkpoint| {
            let made = self.vouch(account, checkpoint.seq, &checkpoint.chain);
            equal(made.as_bytes(), checkpoint.mac.as_bytes())
        });
        let (mut seq, mut chain) = match &checkpoint {
            Some(checkpoint) => (checkpoint.seq, checkpoint.chain.as_str()),
            None => (0, ""),
        };
        let mut holds = vouched;
        // Lines of before accounts were chained in: they may begin a journal, and follow no line of now.
        let mut unbound = true;
        for line in &lines {
            let is = |account| {
                equal(
                    self.link(account, chain, line).as_bytes(),
                    line.chain.as_bytes(),
                )
            };
            let is_bound = is(Some(account));
            holds &= line.seq == seq.saturating_add(1) && (is_bound || unbound && is(None));
            unbound &= !is_bound;
            (seq, chain) = (line.seq, &line.chain);
        }
        Ok(Verified {
            lines,
            checkpoint,
            holds,
        })
    }

    /// Every line, oldest first.
    pub fn lines(&self) -> Result<Vec<JournalLine>, StoreFault> {
        if self.end.is_none() {
            return Ok(Vec::new());
        }
        let line = |row: Vec<Value>| match <[Value; 4]>::try_from(row) {
            Ok(
                [
                    Value::Integer(seq),
                    Value::Integer(at),
                    Value::Text(line),
                    Value::Text(chain),
                ],
            ) => Ok(JournalLine {
                seq,
                at: Time(at),
                line,
                chain,
            }),
            _ => Err(misshapen()),
        };
        self.sql.read(ALL, &[])?.into_iter().map(line).collect()
    }

    fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreFault> {
        if self.sql.read(HAS_CHECKPOINT, &[])?.is_empty() {
            return Ok(None);
        }
        match self.sql.read(CHECKPOINT, &[])?.first().map(Vec::as_slice) {
            None => Ok(None),
            Some([Value::Integer(seq), Value::Text(chain), Value::Text(mac)]) => {
                Ok(Some(Checkpoint {
                    seq: *seq,
                    chain: chain.clone(),
                    mac: mac.clone(),
                }))
            }
            Some(_) => Err(misshapen()),
        }
    }

    fn link(&self, account: Option<&AccountId>, before: &str, line: &JournalLine) -> String {
        let account = account.map_or(String::new(), |account| format!("{}\n", account.as_str()));
        let JournalLine { seq, at, line, .. } = line;
        self.mac(&format!("{account}{before}\n{seq}\n{}\n{line}", at.0))
    }

    fn vouch(&self, account: &AccountId, seq: i64, chain: &str) -> String {
        self.mac(&format!("checkpoint\n{}\n{seq}\n{chain}", account.as_str()))
    }

    fn mac(&self, text: &str) -> String {
        let mut mac = keyed(self.key.0.reveal());
        mac.update(text.as_bytes());
        encoding::base64url(&mac.finalize().into_bytes())
    }
}

fn misshapen() -> StoreFault {
    StoreFault::Corrupt("a journal line has another shape".into())
}

/// The number and the chain of the last line.
fn last(sql: &dyn Sql) -> Result<(i64, String), StoreFault> {
    match sql.read(LAST, &[])?.first().map(Vec::as_slice) {
        None => Ok((0, String::new())),
        Some([Value::Integer(seq), Value::Text(chain)]) => Ok((*seq, chain.clone())),
        Some(_) => Err(misshapen()),
    }
}
