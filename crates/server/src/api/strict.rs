//! JSON that can be read in one way only. Readers differ in which of two members of one name they go by, and serde takes a
//! list for an object whose members it has in order: what is checked by one program could then mean something else to
//! the next.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// The name of a member that an object in this JSON has twice. What is no JSON has none.
pub(crate) fn doubled_member(json: &[u8]) -> Option<String> {
    let doubled = RefCell::new(None);
    let _ = Once(&doubled).deserialize(&mut serde_json::Deserializer::from_slice(json));
    doubled.into_inner()
}

/// Looks through a value for an object with two members of one name, and breaks off there.
#[derive(Clone, Copy)]
struct Once<'a>(&'a RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! nothing_in {
    ($($visit:ident $scalar:ty,)*) => {
        $(fn $visit<E>(self, _: $scalar) -> Result<(), E> {
            Ok(())
        })*
    };
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    nothing_in! { visit_bool bool, visit_i64 i64, visit_u64 u64, visit_f64 f64, visit_str &str, }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = object.next_key::<String>()? {
            if names.contains(&name) {
                self.0.replace(Some(name));
                return Err(A::Error::custom("twice"));
            }
            names.insert(name);
            object.next_value_seed(self)?;
        }
        Ok(())
    }
}

/// A value in which a list never stands for an object.
pub(crate) struct Strict(pub(crate) Value);

impl IntoDeserializer<'_, serde_json::Error> for Strict {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Strict {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Array(list) => visitor.visit_seq(SeqDeserializer::new(list.into_iter().map(Strict))),
            Value::Object(object) => {
                visitor.visit_map(MapDeserializer::new(object.into_iter().map(|(name, it)| (name, Self(it)))))
            }
            scalar => scalar.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        if self.0.is_array() {
            return Err(Self::Error::invalid_type(Unexpected::Seq, &"an object"));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        // By such names `serde_json` knows types of its own, which are read from it alone.
        if name.starts_with("$serde_json") {
            return self.0.deserialize_newtype_struct(name, visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn a_member_that_is_there_twice_is_found_wherever_it_is_and_however_it_is_written() {
        let found = |json: &str| doubled_member(json.as_bytes());
        assert_eq!(found(r#"{"a":1,"b":{"a":[{"c":null,"d":"x"},{"c":true}]}}"#), None);
        assert_eq!(found(r#"{"a":1,"b":2,"a":1}"#).as_deref(), Some("a"));
        assert_eq!(found(r#"{"a":[0.5,{"b":{},"\u0062":[]}]}"#).as_deref(), Some("b"));
        assert_eq!(found("no JSON"), None);
    }

    #[test]
    fn a_list_is_no_object() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Pair {
            a: Option<f64>,
            b: Option<Vec<String>>,
        }
        let read = |value: Value| Vec::<Option<Pair>>::deserialize(Strict(value));
        let pair = Pair { a: Some(7.0), b: Some(vec!["x".to_owned()]) };
        assert_eq!(read(json!([null, {"a": 7, "b": ["x"]}])).unwrap(), [None, Some(pair)]);
        let whole = Box::<RawValue>::deserialize(Strict(json!({"a": [7]}))).unwrap();
        assert_eq!(whole.get(), r#"{"a":[7]}"#);
        assert!(read(json!([[7, ["x"]]])).is_err());
        assert!(read(json!([[]])).is_err());
    }
}
