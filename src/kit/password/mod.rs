//! Passwords: what may become one, and how one is kept.

pub mod blocklist;
pub mod strength;
