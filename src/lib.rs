//! Edgeward: an authentication gateway at the edge.
//!
//! # The map
//!
//! ```text
//! kit        small pure tools: time, dice, addresses, secrets, tokens, keys, budgets, passwords
//! account    the state machine of one person
//! address    who owns one e-mail address, its pending sign-ups, lanes, purses and wishes
//! network    how often one client network knocked
//! link       one smart link: its terms, its uses, its end
//! config     variables and secrets, read once and checked whole
//! store      state, journal and their SQL, behind a trait of two methods
//! outbox     letters: their payloads and signatures, and what a receiver's answer means
//! object     the four objects as typed servers: load, handle, commit, answer; then what they owe
//! pages      view struct → HTML; every word a visitor can read
//! web        routes, guards, forms, cookies, access rules, the gate's verdict, signed identity, flows
//! edge       the Worker: entry, objects, fetches (wasm only)
//! ```
//!
//! # The law
//!
//! - Imports run one way: `kit ← account, address, network, link ← store, outbox ← object`; then `config`, which
//!   knows `kit` alone, and `pages`; then `web`, then `edge`. Nobody imports `edge`.
//! - Rules are pure. Time and randomness are arguments; what changed and what to answer are results.
//!   Everything but `edge` compiles and is tested on the host.
//! - `edge` alone knows the runtime, and has no rules.
//! - Nothing panics: a panic would take every request in flight in the isolate with it.
//! - A refusal is an answer, because a failed attempt changes counters. `Err` is for things that are broken.

pub mod account;
pub mod address;
pub mod config;
#[cfg(target_arch = "wasm32")]
pub mod edge;
pub mod kit;
pub mod link;
pub mod network;
pub mod object;
pub mod outbox;
pub mod pages;
pub mod store;
pub mod web;
