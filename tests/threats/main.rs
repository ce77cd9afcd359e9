//! What attackers do, one file per attack, and what becomes of it. Each test fails when its defence is
//! taken away.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may fail"
)]

#[path = "../twin/mod.rs"]
mod twin;

mod enumeration;
mod lockout_by_strangers;
mod mail_bomb;
mod parallel_guesses;
mod parallel_redemption;
mod planted_password;
