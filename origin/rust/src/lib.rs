//! Verifies who Edgeward says is asking.
//!
//! There is no way to get half an identity: whatever is missing, doubled, stale, meant for another request or
//! another application, or not understood, is refused.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use edgeward_origin::{EdgewardLayer, Keys, Verifier};
//!
//! let keys = Keys::parse(&std::env::var("EDGEWARD_KEYS")?)?;
//! let layer = EdgewardLayer::new(Verifier::new(keys, "https://app.example.com")?);
//! # Ok(()) }
//! ```

#![warn(missing_docs)]

mod assertion;
#[cfg(feature = "fetch")]
mod fetch;
mod identity;
mod keys;
mod keyset;
mod layer;
mod nonces;
mod reason;
mod received;
mod signature;
mod times;
mod verifier;

pub use identity::{Claim, Identity, Link, Person, Verified};
pub use keys::{Keys, Mistake};
pub use keyset::{Failure, Jwks};
pub use layer::{EdgewardLayer, EdgewardService};
pub use nonces::{MemoryNonces, Nonces, Taken};
pub use reason::Reason;
pub use verifier::{Trust, Verifier};
