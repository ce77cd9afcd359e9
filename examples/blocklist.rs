//! Makes the filter of common passwords: words, most common first, on standard input; the file's name
//! as the argument. `src/kit/password/data/build.mjs` calls it.
//!
//! Listed are all words of 15 and more characters, the first 5,000 of 8 to 14, and what people make
//! when a form asks for more: common words repeated or followed by digits, keyboard walks, digit runs.

use std::{
    collections::{BTreeMap, HashSet},
    error::Error,
    io::{BufRead, Write, stdin, stdout},
};

use edgeward::kit::password::blocklist;
use xorf::Xor16;

const LONG: usize = 15;
const SHORT: usize = 8;
const SHORT_WORDS: usize = 5_000;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: blocklist FILE < WORDS")?;
    let words = stdin().lock().lines().collect::<Result<Vec<_>, _>>()?;
    let mut list = List::default();
    for word in &words {
        match word.chars().count() {
            LONG.. => list.add(word, "long"),
            SHORT.. if list.count("short") < SHORT_WORDS => list.add(word, "short"),
            _ => {}
        }
    }
    made_of_words(&words, &mut list);
    made_of_keys(&mut list);
    made_of_one(&mut list);
    let filter = Xor16::from(&list.keys);
    std::fs::write(path, blocklist::write(&filter).ok_or("too many words")?)?;
    writeln!(stdout(), "{} passwords: {:?}", list.keys.len(), list.counts)?;
    Ok(())
}

#[derive(Default)]
struct List {
    known: HashSet<u64>,
    keys: Vec<u64>,
    counts: BTreeMap<&'static str, usize>,
}

impl List {
    fn add(&mut self, word: &str, origin: &'static str) {
        let key = blocklist::key(word);
        if self.known.insert(key) {
            self.keys.push(key);
            let count = self.counts.entry(origin).or_default();
            *count = count.saturating_add(1);
        }
    }

    fn count(&self, origin: &str) -> usize {
        self.counts.get(origin).copied().unwrap_or(0)
    }
}

/// `dragondragondragon`, `monkey123456789`.
fn made_of_words(words: &[String], list: &mut List) {
    for word in words.iter().take(500) {
        let times = LONG.div_ceil(word.len().max(1));
        list.add(&word.repeat(times), "repeated");
        list.add(&word.repeat(times.saturating_add(1)), "repeated");
        for digits in ["123456", "1234567", "12345678", "123456789", "1234567890"] {
            for text in [format!("{word}{digits}"), format!("{digits}{word}")] {
                if text.len() >= LONG {
                    list.add(&text, "with digits");
                }
            }
        }
    }
}

/// Rows and columns of the keyboard, walked on from any of them, forwards and back.
fn made_of_keys(list: &mut List) {
    let rows = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let columns = ["1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm"];
    let letters = ["qaz", "wsx", "edc", "rfv", "tgb", "yhn", "ujm"];
    for first in rows {
        for second in rows {
            for third in rows {
                let walk = [first, second, third].concat();
                for length in LONG..=walk.len() {
                    let part: String = walk.chars().take(length).collect();
                    let back: String = part.chars().rev().collect();
                    list.add(&part, "keys");
                    list.add(&back, "keys");
                }
            }
        }
    }
    for columns in [columns, letters] {
        for start in 0..columns.len() {
            let walk: String = columns
                .iter()
                .cycle()
                .skip(start)
                .take(7)
                .copied()
                .collect();
            let back: String = walk.chars().rev().collect();
            for length in LONG..=walk.len() {
                list.add(&walk.chars().take(length).collect::<String>(), "keys");
                list.add(&back.chars().take(length).collect::<String>(), "keys");
            }
        }
    }
}

/// One character or a pair of digits over and over, and digits that count up or down.
fn made_of_one(list: &mut List) {
    let blocks = ('a'..='z')
        .map(String::from)
        .chain((0..10).map(|n| n.to_string()))
        .chain((0..100).map(|n| format!("{n:02}")))
        .chain((0..10).map(|n| turned("0123456789", n)))
        .chain((0..10).map(|n| turned("9876543210", n)));
    for block in blocks {
        for length in LONG..=24 {
            let text: String = block.chars().cycle().take(length).collect();
            list.add(&text, "one");
        }
    }
}

/// The text, begun `by` characters later and its beginning put at the end.
fn turned(text: &str, by: usize) -> String {
    let around = text.chars().cycle().skip(by);
    around.take(text.len()).collect()
}
