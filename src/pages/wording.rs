//! How words become sentences: the operator's text where there is one, else ours, with its gaps filled in.
//!
//! `WORDS` replaces any text by its name: `login.heading`, or the spelling of a code for the fact it states
//! and `<code>.next` for what to do next. A name that does not exist, or a gap that would stay open, is a
//! problem of the settings and told at start-up (`word_problem`); here nothing fails.

use std::collections::BTreeMap;

use crate::kit::time::{Span, Time};

use super::{Code, code_words, words};

/// One text: the name by which it is replaced, and how it reads unless it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    name: &'static str,
    text: &'static str,
}

impl Word {
    pub(super) const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text }
    }

    /// Our text.
    #[cfg(test)]
    pub(super) const fn text(self) -> &'static str {
        self.text
    }
}

/// The texts an operator replaced.
#[derive(Clone, Debug, Default)]
pub struct Words {
    own: BTreeMap<String, String>,
}

impl Words {
    /// Texts by name, as `WORDS` has them.
    pub fn new(own: BTreeMap<String, String>) -> Self {
        Self { own }
    }

    /// A text without gaps.
    pub(super) fn say(&self, word: Word) -> &str {
        self.own.get(word.name).map_or(word.text, String::as_str)
    }

    /// A text with its gaps filled in.
    pub(super) fn fill(&self, word: Word, values: &[(&str, &str)]) -> String {
        filled(self.say(word), values)
    }

    /// What stands before a gap and after it, so that a page can set off what fills it.
    pub(super) fn around(
        &self,
        word: Word,
        gap: &str,
        values: &[(&str, &str)],
    ) -> (String, Option<String>) {
        match self.say(word).split_once(gap) {
            Some((before, after)) => (filled(before, values), Some(filled(after, values))),
            None => (self.fill(word, values), None),
        }
    }

    /// The fact a code states, one sentence.
    pub(super) fn fact(&self, code: Code) -> &str {
        let own = self.own.get(code.as_str());
        own.map_or(code_words::said(code).0, String::as_str)
    }

    /// What to do next. A known waiting time in seconds takes the place of a vague one.
    pub(super) fn advice(&self, code: Code, retry_after: Option<i64>) -> String {
        match retry_after {
            Some(seconds) => {
                let time = self.duration(Span::seconds(seconds.max(1)));
                self.fill(words::RETRY, &[("time", &time)])
            }
            None => self.next(code).to_owned(),
        }
    }

    /// What to do next, when no waiting time is known.
    pub(super) fn next(&self, code: Code) -> &str {
        let own = (!self.own.is_empty()).then(|| self.own.get(&name_of_next(code)));
        own.flatten()
            .map_or(code_words::said(code).1, String::as_str)
    }

    /// Fact and advice, as `authMessage` carries them.
    pub(super) fn message(&self, code: Code, retry_after: Option<i64>) -> String {
        let (fact, advice) = (self.fact(code), self.advice(code, retry_after));
        if advice.is_empty() {
            fact.to_owned()
        } else {
            format!("{fact} {advice}")
        }
    }

    /// What stands below a field.
    pub(super) fn field_message(&self, field: &str, code: Code) -> String {
        let word = match (code, field) {
            (Code::FieldRequired, "email") => words::EMAIL_REQUIRED,
            (Code::FieldRequired, "password" | "newPassword") => words::PASSWORD_REQUIRED,
            (Code::LoginInvalid, "password") => words::PASSWORD_WRONG,
            (Code::FieldRequired, _) => words::REQUIRED,
            (Code::FieldInvalid, "email") => words::EMAIL_INVALID,
            (Code::FieldInvalid, _) => words::INVALID,
            _ => return self.message(code, None),
        };
        self.say(word).to_owned()
    }

    /// A waiting time as people say it, rounded up: `45 seconds`, `15 minutes`, `3 hours`.
    pub(super) fn duration(&self, span: Span) -> String {
        let seconds = span.seconds_up();
        let up = |size: i64| {
            seconds
                .saturating_add(size)
                .saturating_sub(1)
                .div_euclid(size)
        };
        match seconds {
            ..=90 => self.counted(seconds, words::SECOND, words::SECONDS),
            91..=5_400 => self.counted(up(60), words::MINUTE, words::MINUTES),
            5_401..=129_600 => self.counted(up(3_600), words::HOUR, words::HOURS),
            _ => self.counted(up(86_400), words::DAY, words::DAYS),
        }
    }

    /// How long ago something was.
    pub(super) fn ago(&self, then: Time, now: Time) -> String {
        let passed = now.since(then);
        if passed < Span::minutes(1) {
            return self.say(words::JUST_NOW).to_owned();
        }
        self.fill(words::AGO, &[("time", &self.whole(passed))])
    }

    /// A time that passed, or that is promised, rounded down.
    pub(super) fn whole(&self, span: Span) -> String {
        let seconds = span.0 / 1000;
        match seconds {
            ..60 => self.counted(seconds, words::SECOND, words::SECONDS),
            60..7_200 => self.counted(seconds / 60, words::MINUTE, words::MINUTES),
            7_200..172_800 => self.counted(seconds / 3_600, words::HOUR, words::HOURS),
            _ => self.counted(seconds / 86_400, words::DAY, words::DAYS),
        }
    }

    /// A day as people write it, in UTC: `23 November 2026`.
    pub(super) fn day(&self, moment: Time) -> String {
        let Ok(at) = time::OffsetDateTime::from_unix_timestamp(moment.unix_seconds()) else {
            return String::new();
        };
        let (day, year) = (at.day().to_string(), at.year().to_string());
        let month = usize::from(u8::from(at.month())).saturating_sub(1);
        let month = words::MONTHS.get(month).map_or("", |word| self.say(*word));
        self.fill(
            words::DATE,
            &[("day", &day), ("month", month), ("year", &year)],
        )
    }

    fn counted(&self, count: i64, one: Word, many: Word) -> String {
        let word = if count == 1 { one } else { many };
        self.fill(word, &[("count", &count.to_string())])
    }
}

/// Every name `WORDS` may have, with our text. Names of codes come last.
pub fn word_list() -> impl Iterator<Item = (String, &'static str)> {
    let pages = words::PAGES.iter();
    let pages = pages.flat_map(|page| [page.heading, page.lead, page.button, page.aside]);
    let words = words::ALL.iter().copied().chain(pages);
    let words = words.map(|word| (word.name.to_owned(), word.text));
    let codes = Code::ALL.iter().flat_map(|&code| {
        let (fact, next) = code_words::said(code);
        let next = (!next.is_empty()).then(|| (name_of_next(code), next));
        core::iter::once((code.as_str().to_owned(), fact)).chain(next)
    });
    words.chain(codes)
}

/// Whether `WORDS` may have this name.
pub fn is_word(name: &str) -> bool {
    word_list().any(|(known, _)| known == name)
}

/// What is wrong with one entry of `WORDS`, and what to do about it. Quotes no text of the operator's.
pub fn word_problem(name: &str, text: &str) -> Option<(&'static str, String)> {
    let Some((_, ours)) = word_list().find(|(known, _)| known == name) else {
        let fix = "correct the name, or remove it: docs/words.md has every name";
        return Some(("is not the name of a text", fix.to_owned()));
    };
    let known: Vec<&str> = gaps(ours).collect();
    if gaps(text).all(|gap| known.contains(&gap)) {
        return None;
    }
    let fix = if known.is_empty() {
        "write it without {…}".to_owned()
    } else {
        format!("this text knows {{{}}}", known.join("}, {"))
    };
    Some(("has a {…} that nothing fills in", fix))
}

fn name_of_next(code: Code) -> String {
    format!("{code}.next")
}

/// The names in braces.
fn gaps(text: &str) -> impl Iterator<Item = &str> {
    let inside = text.split('{').skip(1);
    let closed = inside.filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    closed.filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Fills the gaps in one pass, so that a value with braces in it stays as it is.
fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        whole.push_str(before);
        let value = after.split_once('}').and_then(|(name, tail)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((*value, tail))
        });
        if let Some((value, tail)) = value {
            whole.push_str(value);
            rest = tail;
        } else {
            whole.push('{');
            rest = after;
        }
    }
    whole.push_str(rest);
    whole
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn with(name: &str, text: &str) -> Words {
        Words::new([(name.to_owned(), text.to_owned())].into())
    }

    #[test]
    fn a_known_wait_takes_the_place_of_a_vague_one() {
        let words = Words::default();
        assert_eq!(
            words.message(Code::Throttled, Some(900)),
            "Too many attempts. Try again in 15 minutes."
        );
        for (seconds, said) in [
            (0, "1 second"),
            (45, "45 seconds"),
            (91, "2 minutes"),
            (3_600, "60 minutes"),
            (86_400, "24 hours"),
            (259_200, "3 days"),
        ] {
            let text = words.advice(Code::Busy, Some(seconds));
            assert_eq!(text, format!("Try again in {said}."));
        }
    }

    #[test]
    fn moments_are_told_as_people_tell_them() {
        let words = Words::default();
        let now = Time::from_unix_seconds(1_795_420_800);
        assert_eq!(words.ago(now, now), "just now");
        assert_eq!(words.ago(now - Span::seconds(119), now), "1 minute ago");
        assert_eq!(words.ago(now - Span::hours(23), now), "23 hours ago");
        assert_eq!(words.ago(now - Span::days(2), now), "2 days ago");
        assert_eq!(words.day(now), "23 November 2026");
    }

    #[test]
    fn fields_say_what_they_want() {
        let words = Words::default();
        assert_eq!(
            words.field_message("email", Code::FieldRequired),
            "Enter your e-mail address."
        );
        assert_eq!(
            words.field_message("newPassword", Code::FieldRequired),
            "Enter a password."
        );
        assert_eq!(
            words.field_message("password", Code::PasswordTooLong),
            words.message(Code::PasswordTooLong, None)
        );
    }

    #[test]
    fn the_operators_text_takes_the_place_of_ours() {
        let words = with("login.button", "Entrar");
        assert_eq!(words.say(words::SIGN_IN), "Entrar");
        assert_eq!(words.say(words::SIGN_OUT), "Sign out");
        let words = with("auth.throttled", "Langsam!");
        assert_eq!(
            words.message(Code::Throttled, None),
            "Langsam! Wait a while, then try again."
        );
        let words = with("auth.throttled.next", "Wait.");
        assert_eq!(
            words.message(Code::Throttled, None),
            "Too many attempts. Wait."
        );
        let words = with("time.date", "{month} {day}");
        assert_eq!(words.day(Time::from_unix_seconds(0)), "January 1");
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let words = with("sign_in_link.asked", "{browser}, {time}, {nobody}, {");
        let text = words.fill(
            words::ASKED,
            &[("time", "{browser}"), ("browser", "{time}")],
        );
        assert_eq!(text, "{time}, {browser}, {nobody}, {");
    }

    #[test]
    fn every_text_has_a_name_of_its_own() {
        let mut seen = HashSet::new();
        for (name, text) in word_list() {
            assert!(seen.insert(name.clone()), "{name} stands for two texts");
            let plain = |b: u8| b.is_ascii_lowercase() || matches!(b, b'_' | b'.');
            assert!(name.contains('.') && name.bytes().all(plain), "{name}");
            assert!(!text.is_empty(), "{name}");
            assert!(
                is_word(&name) && word_problem(&name, text).is_none(),
                "{name}"
            );
        }
    }

    #[test]
    fn what_would_not_be_said_is_a_problem() {
        assert!(!is_word("login.headline"));
        let (what, fix) = word_problem("login.headline", "Hello").unwrap();
        assert_eq!(what, "is not the name of a text");
        assert!(fix.contains("docs/words.md"));
        assert!(word_problem("login.heading", "Welcome").is_none());
        assert!(word_problem("login.heading", "{brand}: {} { brand").is_none());
        let (what, fix) = word_problem("login.heading", "To {brnad}").unwrap();
        assert_eq!(what, "has a {…} that nothing fills in");
        assert_eq!(fix, "this text knows {brand}");
        let (_, fix) = word_problem("login.button", "To {brand}").unwrap();
        assert_eq!(fix, "write it without {…}");
    }
}
