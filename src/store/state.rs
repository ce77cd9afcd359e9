//! The one row an object keeps its state in.

use serde::{Serialize, de::DeserializeOwned};

use super::{Sql, StoreFault, VERSION, Value};
use crate::{
    account::AccountState, address::AddressState, kit::json, link::LinkState, network::NetworkState,
};

const HAS_TABLE: &str = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'state'";
const CREATE: &str = "CREATE TABLE IF NOT EXISTS state \
    (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, body TEXT NOT NULL)";
const LOAD: &str = "SELECT version, body FROM state WHERE id = 1";
const SAVE: &str = "INSERT INTO state (id, version, body) VALUES (1, ?, ?) \
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body";
const CLEAR: &str = "DROP TABLE state";

/// A state that an object keeps. Its default is an object nothing was ever written to.
pub trait Stored: Clone + Default + PartialEq + Serialize + DeserializeOwned {}
impl Stored for AddressState {}
impl Stored for AccountState {}
impl Stored for NetworkState {}
impl Stored for LinkState {}

/// What changing a state came to.
#[derive(Debug)]
pub struct Changed<S, R> {
    /// The state as it is stored now.
    pub state: S,
    /// What the change returned.
    pub result: R,
    /// Whether anything was written.
    pub wrote: bool,
}

/// Loads the state, lets `rules` change it, and stores it when it differs. One transaction by the
/// runtime's rule, since nothing here waits. A state that became blank again is removed.
pub fn change<S: Stored, R>(
    sql: &dyn Sql,
    rules: impl FnOnce(&mut S) -> R,
) -> Result<Changed<S, R>, StoreFault> {
    let stored = load::<S>(sql)?;
    let before = stored.clone().unwrap_or_default();
    let mut state = before.clone();
    let result = rules(&mut state);
    let wrote = state != before;
    if wrote && state == S::default() {
        sql.write(CLEAR, &[])?;
    } else if wrote {
        let body = serde_json::to_string(&state)
            .map_err(|cause| StoreFault::Corrupt(cause.to_string()))?;
        if stored.is_none() {
            sql.write(CREATE, &[])?;
        }
        sql.write(
            SAVE,
            &[Value::Integer(i64::from(VERSION)), Value::Text(body)],
        )?;
    }
    Ok(Changed {
        state,
        result,
        wrote,
    })
}

/// `None`: nothing was ever written.
fn load<S: Stored>(sql: &dyn Sql) -> Result<Option<S>, StoreFault> {
    if sql.read(HAS_TABLE, &[])?.is_empty() {
        return Ok(None);
    }
    let rows = sql.read(LOAD, &[])?;
    let (version, body) = match rows.first().map(Vec::as_slice) {
        None => return Ok(None),
        Some([Value::Integer(version), Value::Text(body)]) => (*version, body),
        Some(_) => return Err(StoreFault::Corrupt("the row has another shape".into())),
    };
    let version =
        u32::try_from(version).map_err(|_| StoreFault::Corrupt("a negative version".into()))?;
    if version > VERSION.saturating_add(1) {
        return Err(StoreFault::Newer(version));
    }
    let state: S = json::read(body).map_err(|cause| StoreFault::Corrupt(cause.to_string()))?;
    // A blank state is never stored: what reads as one was written as something else.
    if state == S::default() {
        return Err(StoreFault::Corrupt("the row reads as blank".into()));
    }
    Ok(Some(state))
}
