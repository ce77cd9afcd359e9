//! Words: those that people put into passwords, those of the form, and listed passwords as parts of
//! longer ones. In any case, backwards, and with the usual signs for letters.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{Part, size, stretch};
use crate::kit::password::blocklist;

/// One line for every half decade of rank, most common first; words in alphabetical order.
static FILE: &str = include_str!("../data/words.txt");

/// What each word costs. A guesser tries the lists in turn, so the first band costs 10.
static WORDS: LazyLock<BTreeMap<&'static str, f64>> = LazyLock::new(|| {
    let bands = FILE.lines().enumerate();
    bands
        .flat_map(|(band, line)| {
            line.split(' ')
                .map(move |word| (word, 1.0 + 0.5 * size(band)))
        })
        .collect()
});

/// A word of the form is tried first.
const OWN: f64 = 0.5;
/// A listed password is one of some 20,000.
const LISTED: f64 = 4.25;
const LONGEST_WORD: usize = 24;
const LISTED_LENGTHS: core::ops::RangeInclusive<usize> = 8..=24;
/// Twice the guesses: for trying both of two ways.
pub(super) const TWICE: f64 = core::f64::consts::LOG10_2;

/// Which letters the signs stand for. `1`, `!` and `|` stand for either of two.
const PLAIN: [(char, char); 16] = [
    ('4', 'a'),
    ('@', 'a'),
    ('8', 'b'),
    ('(', 'c'),
    ('3', 'e'),
    ('€', 'e'),
    ('6', 'g'),
    ('9', 'g'),
    ('1', 'i'),
    ('!', 'i'),
    ('|', 'i'),
    ('0', 'o'),
    ('$', 's'),
    ('5', 's'),
    ('7', 't'),
    ('2', 'z'),
];

pub(super) fn find(text: &[char], about: &[String]) -> Vec<Part> {
    let lower: Vec<char> = text.iter().copied().map(lower_case).collect();
    let as_i: Vec<char> = lower.iter().copied().map(letter).collect();
    let as_l: Vec<char> = lower
        .iter()
        .map(|&c| {
            if letter(c) == 'i' && c != 'i' {
                'l'
            } else {
                letter(c)
            }
        })
        .collect();
    let longest = about.iter().map(|word| word.chars().count()).max();
    let longest = longest.unwrap_or(0).max(LONGEST_WORD);
    let mut parts = Vec::new();
    for start in 0..text.len() {
        let last = text.len().min(start.saturating_add(longest));
        for end in start.saturating_add(3)..=last {
            let shape = shape(stretch(text, start, end));
            let signs = signs(stretch(&lower, start, end), stretch(&as_i, start, end));
            let readings = [(&lower, 0.0), (&as_i, signs), (&as_l, signs)];
            let different = if signs > 0.0 { 3 } else { 1 };
            let cost = readings
                .into_iter()
                .take(different)
                .filter_map(|(reading, extra)| {
                    Some(price(stretch(reading, start, end), about)? + extra)
                })
                .reduce(f64::min);
            parts.extend(cost.map(|cost| Part {
                start,
                end,
                cost: cost + shape,
            }));
        }
    }
    parts
}

/// What it costs to guess this word, forwards or backwards.
fn price(word: &[char], about: &[String]) -> Option<f64> {
    let forwards: String = word.iter().collect();
    let backwards: String = word.iter().rev().collect();
    let own = |text: &str| about.iter().any(|word| word == text).then_some(OWN);
    let known = |text: &str| {
        (word.len() <= LONGEST_WORD)
            .then(|| WORDS.get(text).copied())
            .flatten()
    };
    let listed = || {
        (LISTED_LENGTHS.contains(&word.len()) && blocklist::contains(&forwards)).then_some(LISTED)
    };
    own(&forwards)
        .or_else(|| known(&forwards))
        .or_else(|| Some(own(&backwards).or_else(|| known(&backwards))? + TWICE))
        .or_else(listed)
}

fn lower_case(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn letter(c: char) -> char {
    PLAIN
        .iter()
        .find(|(sign, _)| *sign == c)
        .map_or(c, |(_, letter)| *letter)
}

/// What the capitals cost: nothing without any, one bit where everyone puts them, more elsewhere.
fn shape(word: &[char]) -> f64 {
    let letters = word.iter().filter(|c| c.is_alphabetic()).count();
    let capitals = word.iter().filter(|c| c.is_uppercase()).count();
    let first = word.first().is_some_and(|c| c.is_uppercase());
    let last = word.last().is_some_and(|c| c.is_uppercase());
    match capitals {
        0 => 0.0,
        1 if first || last => TWICE,
        _ if capitals == letters => TWICE,
        _ => {
            TWICE
                * size(
                    capitals
                        .min(letters.saturating_sub(capitals))
                        .saturating_add(1),
                )
        }
    }
}

/// What signs for letters cost: one bit for each kind, or two where both sign and letter occur.
fn signs(word: &[char], read: &[char]) -> f64 {
    let mut kinds: Vec<char> = Vec::new();
    for (sign, letter) in word.iter().zip(read) {
        if sign != letter && !kinds.contains(sign) {
            kinds.push(*sign);
        }
    }
    let mixed = kinds.iter().filter(|&&sign| word.contains(&letter(sign)));
    TWICE * size(kinds.len().saturating_add(mixed.count()))
}
