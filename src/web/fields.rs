//! Fields of a form or a JSON body: read once, strictly, before any action runs.
//!
//! A field is a text. It is named by the action, comes once, and is not empty; what is not named is
//! refused by name. So nothing an action does not know about ever rides along. Fields that are more than
//! texts are read by [`super::body`].

use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::{head::Head, strict::Strict};
use crate::pages::{Code, FieldErrors};

/// How many unknown fields are told by name; the answer must not grow with the question.
const MOST_TOLD: usize = 4;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/x-www-form-urlencoded`, from a page.
    Form,
    /// `application/json`.
    Json,
}

/// The fields as they came; `None` for one that was garbled, or holds a name twice.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, Option<Value>)>);

/// What was given under one name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given<'f> {
    /// Nothing, or an empty text.
    Nothing,
    /// One value.
    One(&'f Value),
    /// Several, or one that cannot be read.
    Wrong,
}

/// A field and whether it must be there.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    /// Refused when missing or empty.
    Required(&'static str),
    /// May be missing or empty.
    Optional(&'static str),
}

impl Format {
    /// Whether the request says its body is written so.
    pub fn matches(self, head: &Head<'_>) -> bool {
        let essence = head
            .header("content-type")
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default();
        let wanted = match self {
            Self::Form => "application/x-www-form-urlencoded",
            Self::Json => "application/json",
        };
        essence.trim().eq_ignore_ascii_case(wanted)
    }

    /// Reads a body; `None` when it is not what it says.
    pub fn read(self, body: &[u8]) -> Option<Fields> {
        match self {
            Self::Form => read_form(body),
            Self::Json => serde_json::from_str(core::str::from_utf8(body).ok()?).ok(),
        }
    }
}

impl Fields {
    /// Checks the fields against those the action names, in their order. All of them are texts.
    pub fn check(&self, named: &[Field]) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::none();
        for field in named {
            let name = field.name();
            match self.given_as(name) {
                Given::Nothing if matches!(field, Field::Optional(_)) => (),
                Given::Nothing => errors = errors.with(name, Code::FieldRequired),
                Given::One(Value::String(_)) => (),
                Given::One(_) | Given::Wrong => errors = errors.with(name, Code::FieldInvalid),
            }
        }
        let known: Vec<&str> = named.iter().map(|field| field.name()).collect();
        for unknown in self.unknown(&known) {
            errors = errors.with(&unknown, Code::FieldUnknown);
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    /// A field that was checked; empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        match self.given_as(name) {
            Given::One(Value::String(text)) => text,
            _ => "",
        }
    }

    /// A field that was checked, when there is something in it.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// What was given under this name.
    pub(super) fn given_as(&self, name: &str) -> Given<'_> {
        let mut all = self.0.iter().filter(|(known, _)| known == name);
        match (all.next(), all.next()) {
            (None, _) => Given::Nothing,
            (Some((_, Some(Value::String(text)))), None) if text.is_empty() => Given::Nothing,
            (Some((_, Some(value))), None) => Given::One(value),
            _ => Given::Wrong,
        }
    }

    /// The first few fields that are not among these. A name is a stranger's: it is told, shortened, and
    /// escaped wherever it is shown.
    pub(super) fn unknown<'f>(&'f self, named: &'f [&str]) -> impl Iterator<Item = String> + 'f {
        let unknown = |(name, _): &&(String, _)| !named.contains(&name.as_str());
        let shown = |(name, _): &(String, _)| name.chars().take(32).collect();
        self.0.iter().filter(unknown).take(MOST_TOLD).map(shown)
    }
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Required(name) | Self::Optional(name) => name,
        }
    }
}

fn read_form(body: &[u8]) -> Option<Fields> {
    let text = core::str::from_utf8(body).ok()?;
    let pairs = form_urlencoded::parse(text.as_bytes());
    let fields = pairs.map(|(name, value)| {
        // Decoded bytes that are no UTF-8 become U+FFFD: such a value was garbled on its way.
        let whole = !value.contains('\u{fffd}');
        (
            name.into_owned(),
            whole.then(|| Value::String(value.into_owned())),
        )
    });
    Some(Fields(fields.collect()))
}

/// Reads an object and keeps every member: a map would drop the first of two of one name, and another
/// parser keeps it.
impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, Strict(value))) = map.next_entry()? {
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMED: [Field; 2] = [Field::Required("email"), Field::Optional("next")];

    fn codes(format: Format, body: &str) -> Vec<(String, &'static str)> {
        match format.read(body.as_bytes()).unwrap().check(&NAMED) {
            Ok(()) => Vec::new(),
            Err(errors) => errors
                .iter()
                .map(|(name, code)| (name.to_owned(), code.as_str()))
                .collect(),
        }
    }

    #[test]
    fn fields_are_there_once_and_known() {
        use Format::{Form, Json};
        for (format, body, wrong) in [
            (Form, "email=a%40b&next=%2F", vec![]),
            (Json, r#"{"email":"a@b"}"#, vec![]),
            (Form, "", vec![("email", "auth.field.required")]),
            (
                Json,
                r#"{"email":""}"#,
                vec![("email", "auth.field.required")],
            ),
            (
                Form,
                "email=a&email=b",
                vec![("email", "auth.field.invalid")],
            ),
            (
                Json,
                r#"{"email":"a","email":"b"}"#,
                vec![("email", "auth.field.invalid")],
            ),
            (
                Json,
                r#"{"email":7}"#,
                vec![("email", "auth.field.invalid")],
            ),
            (
                Json,
                r#"{"email":null}"#,
                vec![("email", "auth.field.invalid")],
            ),
            (Form, "email=%ff", vec![("email", "auth.field.invalid")]),
            (
                Form,
                "email=a&role=admin",
                vec![("role", "auth.field.unknown")],
            ),
        ] {
            let wrong: Vec<_> = wrong
                .into_iter()
                .map(|(name, code)| (name.to_owned(), code))
                .collect();
            assert_eq!(codes(format, body), wrong, "{body}");
        }
        assert!(Form.read(&[0xff]).is_none());
        for body in ["", "[]", "7", "{", r#"{"email":"a"}x"#] {
            assert!(Json.read(body.as_bytes()).is_none(), "{body}");
        }
    }
}
