//! Verifies who Edgeward says is asking.
//!
//! There is no way to get half an identity: whatever is missing, doubled, stale, meant for another request or
//! another application, or not understood, is refused.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use edgeward_origin::{EdgewardLayer, Verifier};
//!
//! let verifier = Verifier::new(&std::env::var("EDGEWARD_KEYS")?, "https://app.example.com")?;
//! let layer = EdgewardLayer::new(verifier);
//! # Ok(()) }
//! ```

#![warn(missing_docs)]

mod identity;
mod keys;
mod layer;
mod nonces;
mod reason;
mod received;
mod signature;
mod verifier;

pub use identity::{Claim, Identity, Link, Person, Verified};
pub use keys::{Keys, Mistake};
pub use layer::{EdgewardLayer, EdgewardService};
pub use nonces::{MemoryNonces, Nonces, Taken};
pub use reason::Reason;
pub use verifier::Verifier;
