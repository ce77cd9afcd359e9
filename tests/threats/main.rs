//! What attackers do, one file per attack, and what becomes of it. Each test fails when its defence is
//! taken away.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may fail"
)]

#[path = "../twin/mod.rs"]
mod twin;

mod assertions;
mod began_before;
mod body_swaps;
mod clock_jumps;
mod cookie_replay;
mod cookie_swaps;
mod crash_points;
mod crash_points_of_flows;
mod cross_site;
mod enumeration;
mod header_games;
mod hook_failures;
mod host_games;
mod link_matrix;
mod lockout_by_strangers;
mod mail_bomb;
mod network_games;
mod notifier_outage;
mod open_redirect;
mod operators_guard;
mod overtaken_proofs;
mod parallel_guesses;
mod parallel_redemption;
mod password_spray;
mod path_games;
mod planted_password;
mod proxy_games;
mod rerouting;
mod renewals;
mod session_fixation;
mod side_doors;
mod siege;
mod smart_links;
mod sweeping;
mod takeovers;
