//! Formats, pinned to the byte: what crosses a border or is stored must be read and written by the next build
//! as by this one. Each failure says what would break.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "../twin/mod.rs"]
mod twin;

mod commands;
mod journal;
mod outside;
mod rows;
mod vectors;
