//! Reads JSON of our own into types, by way of a tree.
//!
//! serde makes a reader for each type and each format. Straight from text, the reader of a struct takes a list
//! as well as an object, watches its place in the text, and is written out anew for every type; this makes up
//! a good part of the program. From a tree it takes an object and nothing else. What others send is read by
//! `web`, which is stricter; what we stored ourselves names no member twice.

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, EnumAccess, Error as _, MapAccess, SeqAccess,
        VariantAccess, Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::{Error, Number, Value, map, value::Value::Null};

/// Reads `text`.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    read_tree(serde_json::from_str(text)?)
}

/// Reads what was parsed already.
pub fn read_tree<T: DeserializeOwned>(tree: Value) -> Result<T, Error> {
    T::deserialize(Tree(tree))
}

struct Tree(Value);

struct Items(std::vec::IntoIter<Value>);

/// In a box, and stepped through by functions of its own: what stands here is written out for every type.
struct Members(Box<Rest>);

struct Rest {
    members: map::IntoIter,
    value: Value,
}

struct Variant {
    name: String,
    value: Value,
}

impl Tree {
    #[inline(never)]
    fn object(self) -> Result<Members, Error> {
        match self.0 {
            Value::Object(members) => Ok(Members(Box::new(Rest {
                members: members.into_iter(),
                value: Null,
            }))),
            other => Err(unexpected(&other)),
        }
    }

    #[inline(never)]
    fn list(self) -> Result<Items, Error> {
        match self.0 {
            Value::Array(items) => Ok(Items(items.into_iter())),
            other => Err(unexpected(&other)),
        }
    }

    #[inline(never)]
    fn text(self) -> Result<String, Error> {
        match self.0 {
            Value::String(text) => Ok(text),
            other => Err(unexpected(&other)),
        }
    }

    #[inline(never)]
    fn number(self) -> Result<Number, Error> {
        match self.0 {
            Value::Number(number) => Ok(number),
            other => Err(unexpected(&other)),
        }
    }
}

impl Members {
    #[inline(never)]
    fn name(&mut self) -> Option<String> {
        let (name, value) = self.0.members.next()?;
        self.0.value = value;
        Some(name)
    }

    #[inline(never)]
    fn value(&mut self) -> Tree {
        Tree(self.0.value.take())
    }
}

/// Says of which kind a value is, and not what it is.
fn unexpected(value: &Value) -> Error {
    Error::custom(match value {
        Null => "null is in the wrong place",
        Value::Bool(_) => "a boolean is in the wrong place",
        Value::Number(_) => "a number is in the wrong place",
        Value::String(_) => "a text is in the wrong place",
        Value::Array(_) => "a list is in the wrong place",
        Value::Object(_) => "an object is in the wrong place",
    })
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Error> {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(number), _, _) => visitor.visit_u64(number),
        (_, Some(number), _) => visitor.visit_i64(number),
        (_, _, Some(number)) => visitor.visit_f64(number),
        (None, None, None) => Err(Error::custom("a number is too large")),
    }
}

/// A number, whatever its width: the visitor sees to that it fits.
macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visit_number(&self.number()?, visitor)
        })*
    };
}

/// A text.
macro_rules! texts {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.visit_string(self.text()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Tree {
    type Error = Error;

    numbers! {
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_f32 deserialize_f64
    }
    texts! { deserialize_str deserialize_string deserialize_identifier }
    forward_to_deserialize_any! { char bytes byte_buf unit unit_struct }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::Number(number) => visit_number(&number, visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(_) => visitor.visit_seq(self.list()?),
            Value::Object(_) => visitor.visit_map(self.object()?),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Bool(flag) => visitor.visit_bool(flag),
            other => Err(unexpected(&other)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.list()?)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.list()?)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_seq(self.list()?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.object()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(self.object()?)
    }

    /// `"name"`, or `{"name": value}`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let variant = match self.0 {
            Value::String(name) => Variant { name, value: Null },
            Value::Object(members) if members.len() == 1 => {
                let mut members = members.into_iter();
                let (name, value) = members.next().unwrap_or_default();
                Variant { name, value }
            }
            other => return Err(unexpected(&other)),
        };
        visitor.visit_enum(variant)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let next = self.0.next();
        next.map(|item| seed.deserialize(Tree(item))).transpose()
    }
}

impl<'de> MapAccess<'de> for Members {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        match self.name() {
            Some(name) => seed.deserialize(StrDeserializer::new(&name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.value())
    }
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Tree;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Tree), Error> {
        let name = seed.deserialize(StrDeserializer::<Error>::new(&self.name))?;
        Ok((name, Tree(self.value)))
    }
}

impl<'de> VariantAccess<'de> for Tree {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.0 {
            Null => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.list()?)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(self.object()?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row {
        id: u32,
        #[serde(default)]
        name: Option<String>,
        shape: Shape,
        #[serde(default)]
        rest: BTreeMap<String, (i64, f64)>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Shape {
        Dot,
        Line(Vec<u8>),
        Edge { from: i32, to: i32 },
    }

    fn row(shape: &str) -> Option<Row> {
        read(&format!(r#"{{"id":1,"later":[{{}}],"shape":{shape}}}"#)).ok()
    }

    #[test]
    fn it_reads_what_serde_writes() {
        for shape in [
            Shape::Dot,
            Shape::Line(vec![1, 2]),
            Shape::Edge { from: -1, to: 3 },
        ] {
            let row = Row {
                id: 7,
                name: Some("ada".into()),
                shape,
                rest: [("a".to_owned(), (-1, 0.5))].into(),
            };
            let text = serde_json::to_string(&row).unwrap();
            assert_eq!(read::<Row>(&text).unwrap(), row);
        }
    }

    #[test]
    fn a_member_it_does_not_know_is_passed_over() {
        assert_eq!(row(r#""dot""#).unwrap().shape, Shape::Dot);
    }

    #[test]
    fn another_shape_is_refused() {
        for shape in [
            "null",
            "1",
            "[]",
            "{}",
            r#""line""#,
            r#""square""#,
            r#"{"dot":1}"#,
            r#"{"line":[256]}"#,
            r#"{"line":[-1]}"#,
            r#"{"line":{}}"#,
            r#"{"edge":[1,2]}"#,
            r#"{"edge":{"from":1}}"#,
            r#"{"dot":null,"line":[]}"#,
        ] {
            assert_eq!(row(shape), None, "{shape}");
        }
        assert!(
            read::<Row>(r#"[1,null,"dot"]"#).is_err(),
            "a list is no struct"
        );
        assert!(read::<Row>(r#"{"id":1,"shape":"dot"} x"#).is_err());
    }
}
