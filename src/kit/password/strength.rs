//! How many guesses a password outlasts, by an estimate of our own.
//!
//! The method is that of `zxcvbn` (D. L. Wheeler, "zxcvbn: Low-Budget Password Strength Estimation",
//! USENIX Security 2016): find every part that a guesser has a short way to (words, keyboard walks,
//! runs, repeats, years, dates), price each in guesses, and take the cheapest way to lay the parts
//! end to end. `zxcvbn` itself weighs 820 KB compressed; this is a thirtieth of it and knows fewer
//! words. Tests hold the two side by side.
//!
//! All figures are decimal logarithms of guesses.

mod calendar;
mod pattern;
mod words;

/// Beyond this many characters the estimate does not look: a longer password is at least as strong.
const LOOK: usize = 100;

/// What one character costs that nothing is known of. Ten, not the size of the alphabet: people choose
/// few of the characters they could, and the estimate must not be generous.
const UNKNOWN: f64 = 1.0;

/// What each character costs of letters that could be spoken.
const SPOKEN: f64 = 0.75;

/// What a guesser loses for every further part by not knowing how many there are. `zxcvbn` takes
/// 10,000, which passes any three parts, though they be `qwerty`, `123` and the visitor's own name;
/// ours takes 30, so that parts have to be worth something themselves.
const PER_PART: f64 = 1.5;

/// One way to guess the characters from `start` to `end`.
#[derive(Clone, Copy, Debug)]
struct Part {
    start: usize,
    end: usize,
    /// Decimal logarithm of the guesses.
    cost: f64,
}

/// The decimal logarithm of the guesses that find this password for someone who knows `about`:
/// lower-case words that are tried first.
pub fn guesses(password: &str, about: &[String]) -> f64 {
    let text: Vec<char> = password.chars().take(LOOK).collect();
    estimate(&text, about)
}

fn estimate(text: &[char], about: &[String]) -> f64 {
    let mut parts = words::find(text, about);
    parts.extend(calendar::find(text));
    parts.extend(pattern::find(text, about));
    parts.extend(unknown(text));
    cheapest(text.len(), &parts)
}

/// Any stretch may be guessed character by character.
fn unknown(text: &[char]) -> Vec<Part> {
    let mut parts = Vec::new();
    for start in 0..text.len() {
        let mut speech = Speech::default();
        for (end, c) in (1_usize..).zip(text).skip(start) {
            speech.hear(*c);
            let each = if speech.is_wordlike() {
                SPOKEN
            } else {
                UNKNOWN
            };
            let cost = each * size(end.saturating_sub(start));
            parts.push(Part { start, end, cost });
        }
    }
    parts
}

/// Whether letters could be spoken: then they are likely a word, a name or made from them.
#[derive(Default)]
struct Speech {
    letters: usize,
    vowels: usize,
    consonants_in_a_row: usize,
    broken: bool,
}

impl Speech {
    fn hear(&mut self, c: char) {
        self.letters = self.letters.saturating_add(1);
        if "aeiouyAEIOUY".contains(c) {
            self.vowels = self.vowels.saturating_add(1);
            self.consonants_in_a_row = 0;
        } else {
            self.consonants_in_a_row = self.consonants_in_a_row.saturating_add(1);
        }
        self.broken |= !c.is_ascii_alphabetic() || self.consonants_in_a_row > 3;
    }

    /// Four letters and more, a quarter to two thirds of them vowels, no crowd of consonants.
    fn is_wordlike(&self) -> bool {
        let share = size(self.vowels) / size(self.letters);
        !self.broken && self.letters >= 4 && (0.25..=0.67).contains(&share)
    }
}

/// The cheapest way to cover the text with parts: for every number of parts, the cheapest way to reach
/// every position; then the best of these numbers.
fn cheapest(length: usize, parts: &[Part]) -> f64 {
    let mut reached = vec![f64::INFINITY; length.saturating_add(1)];
    if let Some(start) = reached.first_mut() {
        *start = 0.0;
    }
    let mut best = if length == 0 { 0.0 } else { f64::INFINITY };
    let mut orders = 0.0;
    for count in 1..=length {
        let mut next = vec![f64::INFINITY; reached.len()];
        for part in parts {
            let so_far = reached.get(part.start).copied().unwrap_or(f64::INFINITY);
            if let Some(there) = next.get_mut(part.end) {
                *there = there.min(so_far + part.cost);
            }
        }
        reached = next;
        orders += size(count).log10();
        let total = reached.last().copied().unwrap_or(f64::INFINITY) + orders;
        let blind = PER_PART * size(count.saturating_sub(1));
        best = best.min(sum(total, blind));
        if orders + blind > best {
            break;
        }
    }
    best
}

/// log10(10^a + 10^b).
fn sum(a: f64, b: f64) -> f64 {
    let (most, least) = (a.max(b), a.min(b));
    if most.is_infinite() {
        return most;
    }
    most + (1.0 + 10f64.powf(least - most)).log10()
}

/// A small count as a number to reckon with.
fn size(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The characters from `start` to `end`; none when there are not so many.
fn stretch(text: &[char], start: usize, end: usize) -> &[char] {
    text.get(start..end).unwrap_or_default()
}
