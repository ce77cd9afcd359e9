//! What attackers do, one file per attack, and what becomes of it. Each test fails when its defence is
//! taken away.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test may fail, and says what it found"
)]

#[path = "../twin/mod.rs"]
mod twin;

mod assertions;
mod began_before;
mod body_swaps;
mod clock_jumps;
mod constant_time;
mod cookie_replay;
mod cookie_swaps;
mod crash_points;
mod crash_points_of_flows;
mod cross_site;
mod crypto_vectors;
mod enumeration;
mod header_games;
mod hook_failures;
mod host_games;
mod link_matrix;
mod lockout_by_strangers;
mod mail_bomb;
mod mutated_cookies;
mod network_games;
mod notifier_outage;
mod open_redirect;
mod operators_guard;
mod overtaken_proofs;
mod parallel_guesses;
mod parallel_redemption;
mod parsers;
mod password_spray;
mod path_games;
mod planted_password;
mod proxy_games;
mod renewals;
mod rerouting;
mod session_fixation;
mod side_doors;
mod siege;
mod smart_links;
mod sweeping;
mod takeovers;
