//! Years and dates.

use super::{Part, stretch};

/// A year between 1900 and 2049, give or take: people choose recent ones.
const YEAR: f64 = 1.9;
/// A day of a hundred years.
const DATE: f64 = 4.5;
/// A day of a hundred years, with one of a few signs between.
const DATE_WITH_SIGNS: f64 = 5.1;

pub(super) fn find(text: &[char]) -> Vec<Part> {
    let mut parts = Vec::new();
    for start in 0..text.len() {
        for length in 4..=10_usize {
            let end = start.saturating_add(length);
            let part = stretch(text, start, end);
            let cost = if let Some(digits) = digits(part) {
                undivided(&digits)
            } else {
                divided(part)
            };
            parts.extend(cost.map(|cost| Part { start, end, cost }));
        }
    }
    parts
}

/// The digits, when there is nothing else.
fn digits(part: &[char]) -> Option<Vec<u32>> {
    let digits: Option<Vec<u32>> = part.iter().map(|c| c.to_digit(10)).collect();
    digits.filter(|digits| !digits.is_empty())
}

fn undivided(digits: &[u32]) -> Option<f64> {
    let (halves, rest) = digits.as_chunks::<2>();
    let pairs: Vec<u32> = halves.iter().map(|pair| number(pair)).collect();
    match (pairs.as_slice(), rest) {
        ([19 | 20, _], []) => is_year(number(digits)).then_some(YEAR),
        ([a, b, c], []) => {
            let date = is_day(*a, *b) || is_day(*b, *c);
            date.then_some(DATE)
        }
        ([a, b, c, d], []) => {
            let last = is_day(*a, *b) && is_year(number(&[*c / 10, *c % 10, *d / 10, *d % 10]));
            let first = is_day(*c, *d) && is_year(number(&[*a / 10, *a % 10, *b / 10, *b % 10]));
            (last || first).then_some(DATE)
        }
        _ => None,
    }
}

/// `1.2.1990`, `1990-02-01`, `01/02/90`.
fn divided(part: &[char]) -> Option<f64> {
    let sign = *part.iter().find(|c| "-/._, ".contains(**c))?;
    let fields: Vec<Vec<u32>> = part
        .split(|c| *c == sign)
        .map(digits)
        .collect::<Option<_>>()?;
    let [first, middle, last] = fields.as_slice() else {
        return None;
    };
    let short = |field: &[u32]| field.len() <= 2;
    let year = |field: &[u32]| field.len() == 2 || is_year(number(field));
    let (a, b, c) = (number(first), number(middle), number(last));
    let ends = short(first) && short(middle) && year(last) && is_day(a, b);
    let begins = short(middle) && short(last) && year(first) && is_day(b, c);
    (ends || begins).then_some(DATE_WITH_SIGNS)
}

fn number(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |sum: u32, digit| {
        sum.saturating_mul(10).saturating_add(*digit)
    })
}

fn is_year(year: u32) -> bool {
    (1900..2050).contains(&year)
}

/// Whether the two are day and month, in either order.
fn is_day(a: u32, b: u32) -> bool {
    let (least, most) = (a.min(b), a.max(b));
    (1..=12).contains(&least) && (1..=31).contains(&most)
}
