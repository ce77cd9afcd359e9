//! Whether the time of a comparison tells how much of a secret was guessed: the method of dudect (Reparaz,
//! Balasch, Verbauwhede, 2017). A guess that is wrong in its first byte and one that is wrong in its last
//! are measured in random order, and Welch's t says whether their times differ.
//!
//! It is written out here, since the crate `dudect-bencher` brings along others that nobody keeps up. What it
//! finds is a matter of chance and of the machine. So the short form prints what it finds of ours, and only
//! demands that a comparison that stops at the first difference is noticed.

use std::{hint::black_box, time::Instant};

use edgeward::kit::{
    encoding::from_base64url,
    keys::{KeyRing, Purpose, keyed},
    sealed::Signer,
    token::TokenHash,
};
use hmac::Mac;
use serde_json::json;

use crate::twin::{
    Chance,
    figures::{figure, scale},
    settings::encoded,
};

/// From here on dudect calls it a leak beyond doubt.
const LEAK: f64 = 10.0;

/// Something that is compared with a secret, and two guesses of one length at it.
struct Comparison<'c> {
    name: &'static str,
    compare: Box<dyn Fn(&str) -> bool + 'c>,
    /// Wrong at once.
    early: String,
    /// Wrong at the end.
    late: String,
    /// How often one measurement compares, so that it takes longer than the clock's step.
    times: usize,
}

impl Comparison<'_> {
    /// Nanoseconds of many measurements, of early and of late differences. Both guesses are compared from one
    /// place in memory.
    #[expect(
        clippy::disallowed_methods,
        reason = "here the clock is what is looked at"
    )]
    fn measure(&self, samples: usize, chance: &Chance) -> [Vec<f64>; 2] {
        let mut measured = [Vec::new(), Vec::new()];
        let mut guess = self.early.clone();
        for _ in 0..samples {
            let class = chance.below(2);
            guess.clear();
            guess.push_str([&self.early, &self.late][class]);
            let began = Instant::now();
            for _ in 0..self.times {
                assert!(!black_box((self.compare)(black_box(&guess))));
            }
            let took = began.elapsed().as_nanos();
            measured[class].push(f64::from(u32::try_from(took).unwrap_or(u32::MAX)));
        }
        measured
    }

    /// The largest |t| over several cuts: interruptions make a long tail, which hides what there is.
    fn leak(&self, samples: usize, seed: u64) -> f64 {
        let [early, late] = self.measure(samples, &Chance::new(seed));
        let mut all = [early.as_slice(), &late].concat();
        all.sort_by(f64::total_cmp);
        let cuts = [50, 75, 90, 95, 99].map(|percent| all[all.len() * percent / 100]);
        let below = |class: &[f64], cut: f64| -> Vec<f64> {
            class.iter().copied().filter(|took| *took <= cut).collect()
        };
        let found = cuts.map(|cut| welch(&below(&early, cut), &below(&late, cut)).abs());
        found.into_iter().fold(0.0, f64::max)
    }
}

/// Welch's t of two samples; nothing where one of them is all alike.
fn welch(left: &[f64], right: &[f64]) -> f64 {
    let count = |class: &[f64]| f64::from(u32::try_from(class.len()).unwrap());
    let mean = |class: &[f64]| class.iter().sum::<f64>() / count(class);
    let spread = |class: &[f64]| {
        let middle = mean(class);
        let squares = class.iter().map(|took| (took - middle).powi(2));
        squares.sum::<f64>() / (count(class) - 1.0) / count(class)
    };
    let error = (spread(left) + spread(right)).sqrt();
    if error > 0.0 {
        (mean(left) - mean(right)) / error
    } else {
        0.0
    }
}

/// What nobody may write: it stops at the first difference.
#[inline(never)]
fn stops_early(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left == right)
}

/// A text with another character in this place.
fn altered(text: &str, at: usize) -> String {
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

/// A signed value, whose MAC is compared.
fn of_macs<'c>(
    name: &'static str,
    compare: Box<dyn Fn(&str) -> bool + 'c>,
    value: &str,
) -> Comparison<'c> {
    let (signed, tag) = value.rsplit_once('.').unwrap();
    Comparison {
        name,
        compare,
        early: format!("{signed}.{}", altered(tag, 0)),
        // The last character has bits to spare, and one that uses them is refused as it is decoded.
        late: format!("{signed}.{}", altered(tag, 41)),
        times: 1,
    }
}

fn of_hashes<'c>(
    name: &'static str,
    compare: Box<dyn Fn(&str) -> bool + 'c>,
    hash: &str,
) -> Comparison<'c> {
    Comparison {
        name,
        compare,
        early: altered(hash, 0),
        late: altered(hash, 42),
        times: 16,
    }
}

fn hash_of(text: &str) -> TokenHash {
    serde_json::from_value(json!(text)).unwrap()
}

#[test]
fn welchs_t_is_that_of_the_textbook() {
    let t = welch(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.0, 4.0, 6.0, 8.0, 10.0]);
    assert!((t - -1.897_366_596).abs() < 1e-6, "{t}");
    assert!(welch(&[1.0, 1.0], &[1.0, 1.0]).abs() < f64::EPSILON);
}

#[test]
fn comparisons_do_not_tell_where_a_guess_goes_wrong() {
    let signer = Signer::new(
        &KeyRing::parse(&encoded("c1", "cookie")).unwrap(),
        Purpose::Session,
    );
    let value = signer.sign(br#"{"a":"acc_ada","s":"ses_ada","g":7}"#);
    let key = keyed(b"the key of the control");
    let control_value = {
        let (before, _) = value.rsplit_once('.').unwrap();
        let tag = key.clone().chain_update(before).finalize().into_bytes();
        format!("{before}.{}", edgeward::kit::encoding::base64url(&tag))
    };
    let leaky_check = |text: &str| {
        let (before, tag) = text.rsplit_once('.').unwrap();
        let right = key.clone().chain_update(before).finalize().into_bytes();
        stops_early(&right, &from_base64url(tag).unwrap())
    };
    let hash = encoded("", "a token").split_off(1);
    let kept = hash_of(&hash);
    // Both hashes are made before the clock starts: what is measured compares and does nothing else.
    let guesses = [0, 42].map(|at| (altered(&hash, at), hash_of(&altered(&hash, at))));
    let same = |text: &str| {
        let late = text.as_bytes()[0] == hash.as_bytes()[0];
        kept == guesses[usize::from(late)].1
    };
    let leaky_same = |text: &str| stops_early(hash.as_bytes(), text.as_bytes());
    assert!(signer.check(&value).is_some() && leaky_check(&control_value));
    assert!(kept == hash_of(&hash) && leaky_same(&hash));

    let controls = [
        of_macs(
            "a MAC, by a comparison that stops early",
            Box::new(leaky_check),
            &control_value,
        ),
        of_hashes(
            "a token's hash, by a comparison that stops early",
            Box::new(leaky_same),
            &hash,
        ),
    ];
    let ours = [
        of_macs(
            "a MAC",
            Box::new(|text| signer.check(text).is_some()),
            &value,
        ),
        of_hashes("a token's hash", Box::new(same), &hash),
    ];
    let samples = scale(20_000, 400_000);
    let demands_ours = samples > 100_000;
    let mut right = Vec::new();
    for (comparison, leaks) in controls
        .iter()
        .map(|one| (one, true))
        .chain(ours.iter().map(|one| (one, false)))
    {
        // Chance makes a leak of nothing now and then, and never of the same thing three times.
        let found = [1, 2, 3].map(|seed| comparison.leak(samples, seed));
        let least = found.into_iter().fold(f64::INFINITY, f64::min);
        println!("{}: |t| of {found:.1?}", comparison.name);
        if leaks || demands_ours {
            right.push((comparison.name, (least > LEAK) == leaks, found));
        }
    }
    let survived = right.iter().filter(|(_, right, _)| *right).count();
    figure("constant_time", right.len(), survived);
    assert_eq!(survived, right.len(), "{right:?}");
}
