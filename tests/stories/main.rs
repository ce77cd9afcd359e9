//! What people do, told as stories on the twin of the gateway. A newcomer learns the product from these.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[path = "../twin/mod.rs"]
mod twin;

mod devices;
mod hooks;
mod letters;
mod main_path;
mod sessions;
mod sign_in;
mod sign_up;
mod smart_links;
mod verify;
mod words;
