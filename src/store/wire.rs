//! Commands and answers on their way between the Worker and its objects: one JSON text each way.
//!
//! Both sides carry a version, because during a deployment an old Worker speaks to a new object and the
//! other way round. A field that is not known is ignored; what is newer than the next version is refused.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::StoreFault;
use crate::kit::json;

/// The version of stored rows and of commands. Version N reads N−1 and N+1.
pub const VERSION: u32 = 1;

/// A command on its way to an object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope<C> {
    /// The version of the sender.
    pub v: u32,
    /// What is asked.
    pub command: C,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply<A> {
    /// The answer.
    Answer(A),
    /// Something is broken or too new; the log says what. The caller answers 503.
    Fault,
}

impl<C: Serialize + DeserializeOwned> Envelope<C> {
    /// Stamps a command with our version.
    pub fn new(command: C) -> Self {
        Self {
            v: VERSION,
            command,
        }
    }

    /// As it travels.
    pub fn seal(&self) -> Result<String, StoreFault> {
        serde_json::to_string(self).map_err(|cause| StoreFault::Corrupt(cause.to_string()))
    }

    /// Reads a command.
    pub fn open(text: &str) -> Result<Self, StoreFault> {
        let corrupt = |cause: serde_json::Error| StoreFault::Corrupt(cause.to_string());
        let tree: serde_json::Value = serde_json::from_str(text).map_err(corrupt)?;
        let v = tree.get("v").and_then(serde_json::Value::as_u64);
        match v.and_then(|v| u32::try_from(v).ok()) {
            Some(v) if v > VERSION.saturating_add(1) => Err(StoreFault::Newer(v)),
            _ => json::read_tree(tree).map_err(corrupt),
        }
    }
}
