//! Patterns without words: repeats, runs of the alphabet, walks over the keyboard.
//!
//! One idea covers most of them: a *stride*. Compare every character with the one `k` places on; where
//! the step between the two stays the same, the text is its first `k` characters carried on. `aaaa` and
//! `abcabc` stand still (`k` = 1, 3), `abcdef` counts (1), `112233` counts in twos (2), `1qaz2wsx3edc`
//! moves one key to the right in fours.

use super::{Part, estimate, size, stretch, words::TWICE};

/// The keyboard, row under row, without and with shift. Each row lies half a key to the right of the
/// one above.
const ROWS: [(&str, &str); 4] = [
    ("1234567890-=", "!@#$%^&*()_+"),
    ("qwertyuiop[]", "QWERTYUIOP{}"),
    ("asdfghjkl;'", "ASDFGHJKL:\""),
    ("zxcvbnm,./", "ZXCVBNM<>?"),
];
/// Keys, and how many neighbours one has on average.
const KEYS: f64 = 47.0;
const NEIGHBOURS: f64 = 4.6;
/// The longest stride at which a text may count or move; it may stand still at any.
const LONGEST_MOVE: usize = 5;

/// How one character follows another.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Same,
    /// So many places on in the alphabet.
    Count(i32),
    /// So many keys to the right, so many rows down.
    Move(i32, i32),
}

pub(super) fn find(text: &[char], about: &[String]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for stride in 1..text.len() {
        let mut start = 0;
        while let Some((step, end)) = run(text, start, stride) {
            let length = end.saturating_sub(start);
            let least = stride.saturating_mul(2).max(3);
            // What runs at a shorter stride is no news; and pricing it again would have no end.
            let known = parts.iter().any(|p| p.start <= start && end <= p.end);
            if step.is_some() && length >= least && !known {
                let first = stretch(text, start, start.saturating_add(stride));
                let cost = beginning(first, step, about) + size(length.div_ceil(stride)).log10();
                parts.push(Part { start, end, cost });
            }
            // The last pair of one run may begin the next.
            start = end.saturating_sub(stride).max(start.saturating_add(1));
        }
    }
    parts.extend(walks(text));
    parts
}

/// The longest run from `start`: its step, and where it ends. `None` at the end of the text.
fn run(text: &[char], start: usize, stride: usize) -> Option<(Option<Step>, usize)> {
    let from = text.get(start..)?;
    let mut pairs = from.iter().zip(from.get(stride..)?);
    let (a, b) = pairs.next()?;
    let after = start.saturating_add(stride).saturating_add(1);
    let Some(step) = steps(*a, *b, stride).next() else {
        return Some((None, after));
    };
    let more = pairs.take_while(|(a, b)| steps(**a, **b, stride).any(|s| s == step));
    Some((Some(step), after.saturating_add(more.count())))
}

/// What lies between two characters; the first that fits is the one followed.
fn steps(a: char, b: char, stride: usize) -> impl Iterator<Item = Step> {
    let same = (a == b).then_some(Step::Same);
    let moving = stride <= LONGEST_MOVE && a != b;
    let count = moving.then(|| counted(a, b)).flatten();
    let key = moving.then(|| moved(a, b)).flatten();
    [same, count, key].into_iter().flatten()
}

/// The difference of two digits or two letters of one case, up to three.
fn counted(a: char, b: char) -> Option<Step> {
    let alike = (a.is_ascii_digit() && b.is_ascii_digit())
        || (a.is_alphabetic() && b.is_alphabetic() && a.is_uppercase() == b.is_uppercase());
    let difference = i32::try_from(u32::from(b))
        .ok()?
        .checked_sub(i32::try_from(u32::from(a)).ok()?)?;
    (alike && difference.unsigned_abs() <= 3).then_some(Step::Count(difference))
}

/// From one key to a neighbouring one.
fn moved(a: char, b: char) -> Option<Step> {
    let ((x, y), (to_x, to_y)) = (key(a)?, key(b)?);
    let (right, down) = (to_x.checked_sub(x)?, to_y.checked_sub(y)?);
    let near = matches!((right, down), (-1 | 1, 0) | (0 | -1, 1) | (0 | 1, -1));
    near.then_some(Step::Move(right, down))
}

/// Column and row of the key that makes this character.
fn key(c: char) -> Option<(i32, i32)> {
    ROWS.iter().zip(0..).find_map(|((plain, shifted), row)| {
        let column = |keys: &str| keys.chars().zip(0..).find(|(key, _)| *key == c);
        let (_, column) = column(plain).or_else(|| column(shifted))?;
        Some((column, row))
    })
}

/// What the first characters of a run cost, and the way it goes on.
fn beginning(first: &[char], step: Option<Step>, about: &[String]) -> f64 {
    let whence = match first {
        [one] if "aAzZ019qQ!".contains(*one) => 0.6,
        [one] if one.is_ascii_digit() => 1.0,
        [one] if one.is_alphabetic() => 1.4,
        [_] => 1.5,
        _ => estimate(first, about),
    };
    let how = match step {
        None | Some(Step::Same) => 0.0,
        Some(Step::Count(1) | Step::Move(1, 0)) => 0.1,
        Some(Step::Count(_) | Step::Move(..)) => TWICE + 0.2,
    };
    whence + how
}

/// Walks from key to neighbouring key: `qazxswedc`, `poiuytfds`. A guesser tries all walks with so
/// many turns.
fn walks(text: &[char]) -> Vec<Part> {
    let mut parts = Vec::new();
    for start in 0..text.len() {
        let (mut turns, mut last) = (0_usize, None);
        let steps = stretch(text, start, text.len()).windows(2);
        let mut end = start.saturating_add(1);
        for pair in steps {
            let step = match pair {
                [a, b] if a == b => Some(Step::Same),
                [a, b] => moved(*a, *b),
                _ => None,
            };
            if step.is_none() {
                break;
            }
            if step != last {
                turns = turns.saturating_add(1);
            }
            (last, end) = (step, end.saturating_add(1));
            let length = end.saturating_sub(start);
            if length >= 4 {
                let places = choose(length.saturating_sub(1), turns);
                let cost = KEYS.log10() + NEIGHBOURS.log10() * size(turns) + places;
                parts.push(Part { start, end, cost });
            }
        }
    }
    parts
}

/// The decimal logarithm of the ways to choose `k` of `n`.
fn choose(n: usize, k: usize) -> f64 {
    (0..k)
        .map(|i| (size(n.saturating_sub(i)) / size(i.saturating_add(1))).log10())
        .sum()
}
