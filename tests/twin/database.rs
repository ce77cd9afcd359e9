//! The database of one object: rusqlite in place of the object's own SQLite.

use std::cell::Cell;

use edgeward::store::{Sql, StoreFault, Value};
use rusqlite::{Connection, params_from_iter, types::Value as SqlValue};

/// A database in memory.
pub struct Database(Connection, Cell<usize>);

impl Database {
    pub fn new() -> Self {
        Self(Connection::open_in_memory().unwrap(), Cell::new(0))
    }

    /// How often a row was written. The schema, made when there is a first one, is no row.
    pub fn writes(&self) -> usize {
        self.1.get()
    }

    /// The names of its tables.
    pub fn tables(&self) -> Vec<String> {
        self.texts("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    }

    /// The stored state; `None` when nothing was ever written, or no more than a journal is left.
    pub fn state(&self) -> Option<String> {
        let has_state = self.tables().iter().any(|table| table == "state");
        has_state
            .then(|| self.texts("SELECT body FROM state").pop())
            .flatten()
    }

    /// Every text it holds.
    pub fn everything(&self) -> String {
        let has = |table| self.tables().iter().any(|known| known == table);
        let lines = if has("journal") {
            self.texts("SELECT line FROM journal")
        } else {
            Vec::new()
        };
        self.state().into_iter().chain(lines).collect()
    }

    /// The first column of every row.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.read(sql, &[]).unwrap();
        let text = |row: Vec<Value>| match row.into_iter().next() {
            Some(Value::Text(text)) => text,
            other => panic!("{sql}: {other:?} is no text"),
        };
        rows.into_iter().map(text).collect()
    }
}

impl Sql for Database {
    fn write(&self, sql: &str, values: &[Value]) -> Result<(), StoreFault> {
        if !sql.starts_with("CREATE") {
            self.1.set(self.1.get() + 1);
        }
        self.0
            .execute(sql, params_from_iter(values.iter().map(bound)))
            .map(drop)
            .map_err(|cause| fault(&cause))
    }

    fn read(&self, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, StoreFault> {
        let mut query = self.0.prepare_cached(sql).map_err(|cause| fault(&cause))?;
        let columns = query.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
        let rows = query
            .query_map(params_from_iter(values.iter().map(bound)), row)
            .map_err(|cause| fault(&cause))?;
        let rows: Vec<Vec<SqlValue>> = rows
            .collect::<Result<_, _>>()
            .map_err(|cause| fault(&cause))?;
        rows.into_iter()
            .map(|row| row.into_iter().map(value).collect())
            .collect()
    }
}

fn bound(value: &Value) -> SqlValue {
    match value {
        Value::Integer(number) => SqlValue::Integer(*number),
        Value::Text(text) => SqlValue::Text(text.clone()),
    }
}

fn value(value: SqlValue) -> Result<Value, StoreFault> {
    match value {
        SqlValue::Integer(number) => Ok(Value::Integer(number)),
        SqlValue::Text(text) => Ok(Value::Text(text)),
        other => Err(StoreFault::Corrupt(format!("{other:?} in a column"))),
    }
}

fn fault(cause: &rusqlite::Error) -> StoreFault {
    StoreFault::Sql(cause.to_string())
}
