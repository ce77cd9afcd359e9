//! Parsers of what strangers and operators write, under fuzz: cookies, tokens, addresses, paths, return paths,
//! heads, bodies, rules, settings, key rings. Each has a property that must hold for any bytes whatever.
//!
//! As a test each is tried with its corpus (`tests/threats/__fuzz__/parsers__<name>/corpus`), with mutations of
//! that, and with random bytes; `cargo bolero` drives the same targets by a fuzzer for as long as one likes
//! (CONTRIBUTING.md).

mod properties;
mod seeds;

use std::{fs, path::PathBuf};

use bolero::check;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::twin::{
    Chance,
    figures::{figure, scale},
};

/// One test for each target. Bolero finds its corpus by the name of the function that calls `check!`.
macro_rules! targets {
    ($($name:ident)*) => {
        const TARGETS: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                mutated(stringify!($name), properties::$name);
                check!()
                    .with_iterations(scale(200, 5_000))
                    .for_each(|input: &[u8]| properties::$name(input));
            }
        )*
    };
}

targets! { address body cookie head keyring path return_path rules settings token }

fn corpus_of(target: &str) -> PathBuf {
    let folder = format!("tests/threats/__fuzz__/parsers__{target}/corpus");
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// Counts what was tried, and shows the input that a property did not hold for.
struct Trial<'t> {
    target: &'t str,
    tried: usize,
    input: Vec<u8>,
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        figure("parsers", self.tried, self.tried - usize::from(failed));
        if failed {
            println!("{}: {}", self.target, self.input.escape_ascii());
        }
    }
}

/// Tries the corpus, and mutations of it.
fn mutated(target: &str, property: fn(&[u8])) {
    let mut files: Vec<PathBuf> = fs::read_dir(corpus_of(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let corpus: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(!corpus.is_empty(), "{target} has a corpus");
    let chance = Chance::new(20_261_126);
    let mut trial = Trial {
        target,
        tried: 0,
        input: Vec::new(),
    };
    let rounds = scale(2_000, 100_000);
    let inputs = corpus.iter().cloned();
    for input in inputs.chain((0..rounds).map(|_| mutation(&corpus, &chance))) {
        trial.tried += 1;
        trial.input = input;
        property(&trial.input);
    }
}

/// One of the corpus with a few things done to it.
fn mutation(corpus: &[Vec<u8>], chance: &Chance) -> Vec<u8> {
    let mut input = corpus[chance.below(corpus.len())].clone();
    for _ in 0..=chance.below(4) {
        let at = chance.below(input.len() + 1);
        let to = at + chance.below(input.len() - at + 1);
        match chance.below(7) {
            0 if at < input.len() => input[at] ^= 1 << chance.below(8),
            1 => drop(input.drain(at..to)),
            2 => {
                let part = input[at..to].to_vec();
                input.splice(at..at, part);
            }
            3 => input.truncate(at),
            4 => {
                let other = &corpus[chance.below(corpus.len())];
                let from = chance.below(other.len() + 1);
                input.splice(at..to, other[from..].iter().copied());
            }
            5 => input.insert(at, u8::try_from(chance.below(256)).unwrap()),
            _ => {
                let thing = seeds::TROUBLE[chance.below(seeds::TROUBLE.len())];
                input.splice(at..at, thing.iter().copied());
            }
        }
    }
    input
}

/// What Edgeward itself writes is in the corpus: a fuzzer hardly comes upon a right signature. A new seed is
/// written by `EDGEWARD_WRITE_CORPUS=1 cargo test --test threats parsers::`.
#[test]
fn the_corpus_holds_what_is_right() {
    for target in TARGETS {
        let folder = corpus_of(target);
        for seed in seeds::of(target) {
            let name = HEXLOWER.encode(&Sha256::digest(&seed)[..8]);
            if std::env::var_os("EDGEWARD_WRITE_CORPUS").is_some() {
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join(&name), &seed).unwrap();
            }
            assert_eq!(fs::read(folder.join(&name)).ok(), Some(seed), "{target}");
        }
    }
}
