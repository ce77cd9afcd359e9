//! Where an object's state lives: one versioned row, and for accounts a journal, in the object's own SQLite.
//!
//! The database is reached by a trait of two synchronous methods. In the Worker it is the object's SQL, in
//! tests it is rusqlite. Synchronous is the point: between an object's first read and its last write there
//! is no await, so nobody comes between them, and the runtime commits the writes together.
//!
//! Decide first, write last: an early return between two writes would leave half of them.

mod journal;
mod state;
mod wire;

pub use journal::{Journal, JournalKey, Verified};
pub use state::{Changed, Stored, change};
pub use wire::{Envelope, Reply, VERSION};

/// A value in a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
}

/// The database of one object.
pub trait Sql {
    /// Runs a statement that changes something.
    fn write(&self, sql: &str, values: &[Value]) -> Result<(), StoreFault>;
    /// Runs a query; rows in order, each with its columns in order.
    fn read(&self, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, StoreFault>;
}

/// The store cannot be used. Nothing was changed; the caller answers 503.
#[derive(Clone, Debug, PartialEq)]
pub enum StoreFault {
    /// The database refused.
    Sql(String),
    /// What is stored was written by a version that is too new to be understood.
    Newer(u32),
    /// What is stored is not what we wrote.
    Corrupt(String),
}

impl core::fmt::Display for StoreFault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Sql(cause) => write!(f, "the object's database refused: {cause}"),
            Self::Newer(version) => write!(
                f,
                "the stored state has version {version}, too new for this build"
            ),
            Self::Corrupt(cause) => write!(f, "the stored state cannot be read: {cause}"),
        }
    }
}
