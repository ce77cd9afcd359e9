//! A JSON value in which no object has a name twice. Parsers differ in which of the two they keep, so a
//! value with one is no value.

use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The value; `None` when a name comes twice in it.
pub(super) struct Strict(pub(super) Option<Value>);

struct Reader;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict(Some(Value::Null)))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(Some(Value::Bool(value))))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict(Some(Value::Number(value.into()))))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict(Some(Value::Number(value.into()))))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Strict, E> {
        Ok(Strict(Number::from_f64(value).map(Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Strict, E> {
        Ok(Strict(Some(Value::String(value.to_owned()))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let mut list = Some(Vec::new());
        while let Some(Strict(item)) = items.next_element()? {
            list = list.zip(item).map(|(mut list, item)| {
                list.push(item);
                list
            });
        }
        Ok(Strict(list.map(Value::Array)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Strict, A::Error> {
        let mut map = Some(Map::new());
        while let Some((name, Strict(member))) = members.next_entry::<String, Strict>()? {
            map = map
                .zip(member)
                .and_then(|(mut map, member)| map.insert(name, member).is_none().then_some(map));
        }
        Ok(Strict(map.map(Value::Object)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_it_stands() {
        for text in [
            "null",
            "true",
            "-7",
            "18446744073709551615",
            "1.5",
            r#""a""#,
            r#"[1,[2,{"a":[]}],"b"]"#,
            r#"{"a":{"a":1},"b":null}"#,
        ] {
            let Strict(value) = serde_json::from_str(text).unwrap();
            assert_eq!(value, serde_json::from_str(text).ok(), "{text}");
        }
    }

    #[test]
    fn a_name_that_comes_twice_anywhere_spoils_it() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"[{"b":{"a":1,"\u0061":2}}]"#,
            r#"{"x":[{"a":1,"a":2}],"y":1}"#,
        ] {
            let Strict(value) = serde_json::from_str(text).unwrap();
            assert_eq!(value, None, "{text}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(serde_json::from_str::<Strict>(&deep).is_err());
    }
}
