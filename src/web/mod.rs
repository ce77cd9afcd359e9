//! What the gate and our own routes decide about a request. No runtime: requests come in as texts,
//! decisions go out as values.

pub mod access;
pub mod explain;
pub mod paths;
