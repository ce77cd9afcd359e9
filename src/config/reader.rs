//! Reading values and collecting everything that is wrong with them.
//!
//! A problem never stops the reading: the operator is told all of them at once. What a problem says may
//! be shown on a page and is logged, so it quotes names and never values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Problem;
use crate::kit::{sorted, time::Span};

/// What is wrong with one value, and what to do about it.
pub(super) struct Fault {
    pub(super) what: String,
    pub(super) fix: String,
}

/// A value that was read, or what is wrong with it.
pub(super) type Read<T> = Result<T, Fault>;

/// Shorthand for a refused value.
pub(super) fn fault<T>(what: impl Into<String>, fix: impl Into<String>) -> Read<T> {
    Err(Fault {
        what: what.into(),
        fix: fix.into(),
    })
}

/// The variables, and the problems found so far.
pub(super) struct Reader<'a> {
    values: &'a BTreeMap<String, Value>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(values: &'a BTreeMap<String, Value>) -> Self {
        Self {
            values,
            problems: Vec::new(),
        }
    }

    /// The value of a variable. What is null or blank counts as not set.
    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.values.get(name).filter(|value| is_set(value))
    }

    pub(super) fn problem(&mut self, name: &str, what: &str, fix: &str) {
        self.problems.push(Problem {
            name: name.to_owned(),
            what: what.to_owned(),
            fix: fix.to_owned(),
        });
    }

    /// Keeps a good value, and notes what is wrong with a bad one.
    pub(super) fn keep<T>(&mut self, name: &str, read: Read<T>) -> Option<T> {
        read.map_err(|fault| self.problem(name, &fault.what, &fault.fix))
            .ok()
    }

    /// A variable that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Read<T>,
    ) -> Option<T> {
        let value = self.value(name)?;
        self.keep(name, read(value))
    }

    /// A variable that has a default.
    pub(super) fn or<T>(
        &mut self,
        name: &str,
        default: T,
        read: impl FnOnce(&'a Value) -> Read<T>,
    ) -> T {
        self.optional(name, read).unwrap_or(default)
    }

    /// A variable that must be there.
    pub(super) fn required<T>(
        &mut self,
        name: &str,
        fix: &str,
        read: impl FnOnce(&'a Value) -> Read<T>,
    ) -> Option<T> {
        if self.value(name).is_none() {
            self.problem(name, "is missing", fix);
        }
        self.optional(name, read)
    }

    /// A variable that is a table; one that is not set is an empty table.
    pub(super) fn table(&mut self, name: &str) -> Table {
        Table::of(name, self.or(name, Map::new(), table))
    }

    /// The names of a setting that may go on in further variables, because one holds 5 KB: `first`,
    /// `first_2` and so on, as far as they are set. A gap, or a number spelt otherwise, would drop a part
    /// in silence, so it is a problem.
    pub(super) fn numbered(&mut self, first: &str) -> Vec<String> {
        let told = self.names_beginning(first);
        let mut names = vec![first.to_owned()];
        names.extend((2..=99).map(|n| format!("{first}_{n}")));
        let last = names.iter().rposition(|name| told.contains(name));
        names.truncate(last.map_or(0, |last| last.saturating_add(1)));
        for name in &names {
            if !told.contains(name) {
                let what = "is missing, although one that follows it is set";
                self.problem(name, what, "number them without a gap");
            }
        }
        for name in told.iter().filter(|name| !names.contains(name)) {
            let fix = format!("name them {first}, {first}_2, {first}_3 and so on, to 99");
            self.problem(name, "is no name that a part may have", &fix);
        }
        names
    }

    fn names_beginning(&self, start: &str) -> BTreeSet<String> {
        let begins = |(name, value): &(&String, &Value)| name.starts_with(start) && is_set(value);
        let named = self.values.iter().filter(begins);
        sorted::filled(named.map(|(name, _)| name.clone()))
    }
}

/// A table of ours, emptied key by key. Keys that remain are unknown.
pub(super) struct Table {
    name: String,
    entries: Map<String, Value>,
}

impl Table {
    pub(super) fn of(name: &str, entries: Map<String, Value>) -> Self {
        Self {
            name: name.to_owned(),
            entries,
        }
    }

    /// The value of a key, when it is there and good.
    pub(super) fn optional<T>(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        read: impl FnOnce(&Value) -> Read<T>,
    ) -> Option<T> {
        let value = self.entries.remove(key)?;
        reader.keep(&self.path(key), read(&value))
    }

    /// The value of a key, or its default.
    pub(super) fn or<T>(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        default: T,
        read: impl FnOnce(&Value) -> Read<T>,
    ) -> T {
        self.optional(reader, key, read).unwrap_or(default)
    }

    /// The value of a key that must be there.
    pub(super) fn required<T>(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        fix: &str,
        read: impl FnOnce(&Value) -> Read<T>,
    ) -> Option<T> {
        if !self.entries.contains_key(key) {
            reader.problem(&self.path(key), "is missing", fix);
        }
        self.optional(reader, key, read)
    }

    /// A table inside this one.
    pub(super) fn inner(&mut self, reader: &mut Reader<'_>, key: &str) -> Table {
        let entries = self.or(reader, key, Map::new(), table);
        Table::of(&self.path(key), entries)
    }

    /// The keys and values not read so far, for tables whose keys are the operator's.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.entries
    }

    /// Ends the reading: every key that was not asked for is a problem.
    pub(super) fn close(self, reader: &mut Reader<'_>) {
        for key in self.entries.keys() {
            let name = self.path(key);
            reader.problem(&name, "is not a key of this table", "remove or correct it");
        }
    }

    fn path(&self, key: &str) -> String {
        format!("{}.{}", self.name, key.escape_debug())
    }
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    }
}

/// A text, without the white space around it.
pub(super) fn text(value: &Value) -> Read<&str> {
    match value.as_str() {
        Some(text) => Ok(text.trim()),
        None => fault("is not a text", "write it in quotes"),
    }
}

/// `true`, `false`, `"on"`, `"off"`, `"true"` or `"false"`.
pub(super) fn flag(value: &Value) -> Read<bool> {
    match (value, value.as_str().map(str::trim)) {
        (Value::Bool(flag), _) => Ok(*flag),
        (_, Some("on" | "true")) => Ok(true),
        (_, Some("off" | "false")) => Ok(false),
        _ => fault("is neither on nor off", "set it to \"on\" or \"off\""),
    }
}

/// A whole number within bounds, as a number or as text.
pub(super) fn number(value: &Value, least: u32, most: u32) -> Read<u32> {
    let number = match value {
        Value::Number(number) => number.as_u64().and_then(|n| u32::try_from(n).ok()),
        Value::String(text) => decimal(text.trim()),
        _ => None,
    };
    match number.filter(|number| (least..=most).contains(number)) {
        Some(number) => Ok(number),
        None => fault(
            format!("is not a whole number from {least} to {most}"),
            "set it to one",
        ),
    }
}

/// A decimal number without sign: what `u32::parse` takes, less its `+`.
pub(super) fn decimal(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// One of a few words.
pub(super) fn choice<T: Copy>(value: &Value, words: &[(&str, T)]) -> Read<T> {
    let word = text(value)?;
    if let Some((_, choice)) = words.iter().find(|(known, _)| *known == word) {
        return Ok(*choice);
    }
    let known: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
    fault(
        "is not one of the words it may be",
        format!("set it to one of: {}", known.join(", ")),
    )
}

/// A length of time in whole seconds, from `least` to `most`.
pub(super) fn span(value: &Value, least: Span, most: Span) -> Read<Span> {
    let read = match text(value)? {
        "0s" => Some(Span::ZERO),
        text => Span::parse(text),
    };
    let whole = |span: &Span| *span == Span::seconds(span.seconds_up());
    match read.filter(|span| whole(span) && (least..=most).contains(span)) {
        Some(span) => Ok(span),
        None => fault(
            format!("is not a time from {least} to {most}"),
            "write it like 90s, 15m, 24h or 7d",
        ),
    }
}

/// A table, or the JSON text of one.
pub(super) fn table(value: &Value) -> Read<Map<String, Value>> {
    match json(value)? {
        Value::Object(table) => Ok(table),
        _ => fault("is not a table", "write a TOML table, or JSON text {…}"),
    }
}

/// A list, or the JSON text of one.
pub(super) fn list(value: &Value) -> Read<Vec<Value>> {
    match json(value)? {
        Value::Array(list) => Ok(list),
        _ => fault("is not a list", "write a TOML list, or JSON text […]"),
    }
}

fn json(value: &Value) -> Read<Value> {
    let Some(text) = value.as_str() else {
        return Ok(value.clone());
    };
    serde_json::from_str(text).or_else(|error| {
        let (line, column) = (error.line(), error.column());
        fault(
            format!("is not JSON: see line {line}, column {column}"),
            "correct the text, or write a TOML table or list",
        )
    })
}
