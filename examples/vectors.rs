//! Writes the vectors that every verifier must pass: `cargo run -q --example vectors -- origin/vectors`.
//!
//! What should be believed is signed by the gateway's own code. What must be refused is that, altered; or,
//! where the gateway would never write such a thing, signed by `forge.rs` with the same key. The keys are
//! hashes of public labels: they are for these files, and protect nothing.

#![expect(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a vector that cannot be made must stop this; and lists are long"
)]

#[path = "vectors/altered.rs"]
mod altered;
#[path = "vectors/assertion.rs"]
mod assertion;
#[path = "vectors/claims.rs"]
mod claims;
#[path = "vectors/digests.rs"]
mod digests;
#[path = "vectors/forge.rs"]
mod forge;
#[path = "vectors/identity.rs"]
mod identity;
#[path = "vectors/members.rs"]
mod members;
#[path = "vectors/refused.rs"]
mod refused;
#[path = "vectors/said.rs"]
mod said;
#[path = "vectors/shape.rs"]
mod shape;
#[path = "vectors/signatures.rs"]
mod signatures;
#[path = "vectors/token.rs"]
mod token;
#[path = "vectors/tokens.rs"]
mod tokens;

use std::{env, fs, io, path::Path};

use serde_json::json;
use shape::{Settings, Vector};

fn main() -> io::Result<()> {
    let folder = env::args_os()
        .nth(1)
        .ok_or_else(|| io::Error::other("name the folder: origin/vectors"))?;
    for (name, text) in files() {
        fs::write(Path::new(&folder).join(name), text)?;
    }
    Ok(())
}

/// Each file's name and text.
pub fn files() -> Vec<(&'static str, String)> {
    let identity = [
        identity::vectors(),
        refused::vectors(),
        altered::vectors(),
        members::vectors(),
        digests::vectors(),
    ];
    let assertion = [
        assertion::vectors(),
        tokens::vectors(),
        signatures::vectors(),
        claims::vectors(),
    ];
    vec![
        (
            "identity.json",
            text(identity::ABOUT, &shape::settings(), identity.concat()),
        ),
        (
            "assertion.json",
            text(assertion::ABOUT, &assertion::settings(), assertion.concat()),
        ),
    ]
}

/// One vector on each line; what is the same for most stands at the top.
fn text(about: &str, usual: &Settings, vectors: Vec<Vector>) -> String {
    let lines: Vec<String> = vectors
        .into_iter()
        .map(|vector| vector.line(usual).to_string())
        .collect();
    let top = json!({"about": about, "settings": usual}).to_string();
    let top = top.strip_suffix('}').unwrap_or_default();
    format!("{top},\"vectors\":[\n{}\n]}}\n", lines.join(",\n"))
}
