//! Small pure tools. They know nothing of accounts, pages or the runtime.

pub mod asked;
pub mod budget;
pub mod dice;
pub mod ed25519;
pub mod email;
pub mod encoding;
pub mod id;
pub mod invited;
pub mod json;
pub mod keys;
pub mod lane;
pub mod password;
pub mod proof;
pub mod queue;
pub mod redeemed;
pub mod return_path;
pub mod role;
pub mod sealed;
pub mod secret;
pub mod sorted;
pub mod time;
pub mod token;
