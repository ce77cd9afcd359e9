//! What the gateway signs, and what a verifier must refuse, is what `origin/vectors/` says: the verifiers of
//! all languages are tested against those files, and those files against the gateway's own code.

use std::fs;

#[expect(dead_code, reason = "its main is for people")]
#[path = "../../examples/vectors.rs"]
mod generator;

#[test]
fn the_vectors_are_what_the_gateway_signs() {
    for (name, text) in generator::files() {
        let written = fs::read_to_string(format!("origin/vectors/{name}")).unwrap();
        let differs = text
            .lines()
            .zip(written.lines())
            .find(|(made, written)| made != written);
        assert!(
            text == written,
            "origins would refuse, or believe, something else: {differs:?}\nrun: cargo run -q --example vectors -- origin/vectors"
        );
    }
}
