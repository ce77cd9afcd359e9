//! The fields of a JSON body where they are more than texts: lists, flags, numbers, objects.
//!
//! A route names each field as it reads it, and [`Body::close`] says everything that is wrong at once,
//! with the codes of [`super::fields`]: what is missing or empty, what has another shape or comes twice,
//! and what nobody named.

use serde_json::Value;

use super::{
    fields::{Fields, Given},
    reply::Reply,
};
use crate::pages::{Code, FieldErrors};

/// A body being read.
pub struct Body<'f> {
    fields: &'f Fields,
    named: Vec<&'static str>,
    errors: FieldErrors,
}

impl<'f> Body<'f> {
    /// Begins to read these fields.
    pub fn of(fields: &'f Fields) -> Self {
        Self {
            fields,
            named: Vec::new(),
            errors: FieldErrors::none(),
        }
    }

    /// A field that must be there. `None` was noted, and comes out when the body is closed.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let found = self.find(name, read);
        if found.is_none() {
            self.note(name, Code::FieldRequired);
        }
        found
    }

    /// A field that may be missing or empty.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        self.find(name, read)
    }

    /// A field is wrong for a reason of the route's own. The first reason of a field stays.
    pub fn note(&mut self, name: &str, code: Code) {
        self.errors = core::mem::take(&mut self.errors).with(name, code);
    }

    /// Whether something is wrong with this field.
    pub fn has_note(&self, name: &str) -> bool {
        self.errors.of(name).is_some()
    }

    /// Everything was named. What was made of the fields, if nothing is wrong with them.
    pub fn close<T>(mut self, made: Option<T>) -> Result<T, Reply> {
        for unknown in self.fields.unknown(&self.named) {
            self.errors = self.errors.with(&unknown, Code::FieldUnknown);
        }
        match made {
            Some(made) if self.errors.is_empty() => Ok(made),
            None if self.errors.is_empty() => Err(Reply::new(400, Code::RequestMalformed)),
            _ => Err(Reply::fields(self.errors)),
        }
    }

    fn find<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        self.named.push(name);
        let found = match self.fields.given_as(name) {
            Given::Nothing => return None,
            Given::One(value) => read(value),
            Given::Wrong => None,
        };
        if found.is_none() {
            self.note(name, Code::FieldInvalid);
        }
        found
    }
}

/// A text.
pub fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// `true` or `false`.
pub fn flag(value: &Value) -> Option<bool> {
    value.as_bool()
}

/// A whole number.
pub fn whole(value: &Value) -> Option<i64> {
    value.as_i64()
}

/// A list, each of its entries read alike; one that cannot be read spoils it.
pub fn list<T>(value: &Value, each: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::fields::Format;

    #[derive(Debug, PartialEq)]
    struct Asked {
        email: String,
        roles: Option<Vec<String>>,
        enabled: Option<bool>,
        uses: Option<i64>,
    }

    fn read(body: &str) -> Result<Asked, Vec<(String, &'static str)>> {
        let fields = Format::Json.read(body.as_bytes()).unwrap();
        let mut body = Body::of(&fields);
        let email = body.required("email", text);
        let roles = body.optional("roles", |value| list(value, text));
        let enabled = body.optional("enabled", flag);
        let uses = body.optional("uses", whole);
        body.close(email.map(|email| Asked {
            email,
            roles,
            enabled,
            uses,
        }))
        .map_err(|reply| {
            assert_eq!(reply.status, 422);
            let errors = reply.fields.iter();
            errors
                .map(|(name, code)| (name.to_owned(), code.as_str()))
                .collect()
        })
    }

    #[test]
    fn fields_have_their_types() {
        let asked = read(r#"{"email":"a","roles":["x","y"],"enabled":false,"uses":3}"#);
        let expected = Asked {
            email: "a".into(),
            roles: Some(vec!["x".into(), "y".into()]),
            enabled: Some(false),
            uses: Some(3),
        };
        assert_eq!(asked, Ok(expected));
        let bare = read(r#"{"email":"a","roles":""}"#).unwrap();
        assert_eq!(bare.roles, None, "empty counts as missing");
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        for (body, wrong) in [
            (r"{}", vec![("email", "auth.field.required")]),
            (r#"{"email":""}"#, vec![("email", "auth.field.required")]),
            (r#"{"email":7}"#, vec![("email", "auth.field.invalid")]),
            (r#"{"email":null}"#, vec![("email", "auth.field.invalid")]),
            (
                r#"{"email":"a","email":"a"}"#,
                vec![("email", "auth.field.invalid")],
            ),
            (
                r#"{"email":"a","roles":"x","enabled":"true","uses":1.5}"#,
                vec![
                    ("enabled", "auth.field.invalid"),
                    ("roles", "auth.field.invalid"),
                    ("uses", "auth.field.invalid"),
                ],
            ),
            (
                r#"{"email":"a","roles":["x",1]}"#,
                vec![("roles", "auth.field.invalid")],
            ),
            (
                r#"{"email":"a","roles":[{"x":1,"x":2}]}"#,
                vec![("roles", "auth.field.invalid")],
            ),
            (
                r#"{"email":"a","role":[],"Email":"a"}"#,
                vec![
                    ("Email", "auth.field.unknown"),
                    ("role", "auth.field.unknown"),
                ],
            ),
        ] {
            let wrong: Vec<_> = wrong
                .into_iter()
                .map(|(name, code)| (name.to_owned(), code))
                .collect();
            assert_eq!(read(body), Err(wrong), "{body}");
        }
    }
}
