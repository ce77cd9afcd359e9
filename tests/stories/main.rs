//! What people do, told as stories on the twin of the gateway. A newcomer learns the product from these.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[path = "../twin/mod.rs"]
mod twin;

mod address;
mod checks;
mod deletion;
mod devices;
mod hooks;
mod invitations;
mod letters;
mod magic;
mod main_path;
mod operators;
mod password;
mod reset;
mod sessions;
mod sign_in;
mod sign_up;
mod smart_links;
mod step_up;
mod streams;
mod verify;
mod words;
