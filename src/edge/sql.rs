//! The object's own SQLite behind [`Sql`].

use worker::{SqlStorage, SqlStorageValue};

use crate::store::{Sql, StoreFault, Value};

/// The database of one object.
pub(super) struct ObjectSql(pub(super) SqlStorage);

impl Sql for ObjectSql {
    fn write(&self, sql: &str, values: &[Value]) -> Result<(), StoreFault> {
        self.0.exec(sql, bindings(values)).map(drop).map_err(fault)
    }

    fn read(&self, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, StoreFault> {
        let cursor = self.0.exec(sql, bindings(values)).map_err(fault)?;
        cursor
            .raw()
            .map(|row| row.map_err(fault)?.into_iter().map(value).collect())
            .collect()
    }
}

fn bindings(values: &[Value]) -> Vec<SqlStorageValue> {
    let binding = |value: &Value| match value {
        Value::Integer(number) => SqlStorageValue::Integer(*number),
        Value::Text(text) => SqlStorageValue::String(text.clone()),
    };
    values.iter().map(binding).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "whole numbers come back as floats below 2^53"
)]
fn value(value: SqlStorageValue) -> Result<Value, StoreFault> {
    match value {
        SqlStorageValue::Integer(number) => Ok(Value::Integer(number)),
        SqlStorageValue::Float(number) => Ok(Value::Integer(number as i64)),
        SqlStorageValue::String(text) => Ok(Value::Text(text)),
        SqlStorageValue::Null | SqlStorageValue::Boolean(_) | SqlStorageValue::Blob(_) => Err(
            StoreFault::Corrupt("a column of a type we never write".into()),
        ),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape `map_err` asks for"
)]
fn fault(cause: worker::Error) -> StoreFault {
    StoreFault::Sql(cause.to_string())
}
