//! Writing JSON objects member by member, in the documented order, with what was kept put back in its place.

use callboard_core::{Extra, Named};
use serde::Serialize;
use serde_json::{Map, Value};

use super::members::PLATFORM;

/// The documented members of an object that is kept whole, in order, each with its own. In a list it is that of each
/// element.
#[derive(Clone, Copy)]
pub(super) struct Shape(pub &'static [(&'static str, Shape)]);

/// A value without documented members.
pub(super) const PLAIN: Shape = Shape(&[]);
/// Something with an id and a name.
pub(super) const NAMED: Shape = Shape(&[("id", PLAIN), ("name", PLAIN)]);
/// A country, a state or a language.
pub(super) const CODED: Shape = Shape(&[("id", PLAIN), ("name", PLAIN), ("code", PLAIN)]);

/// A JSON object being written.
pub(super) struct Object<'o, 'k> {
    out: &'o mut Vec<u8>,
    kept: Option<&'k Map<String, Value>>,
    written: Vec<&'static str>,
}

/// Writes the object of a thing of which `extra` was kept.
pub(super) fn write<'k>(out: &mut Vec<u8>, extra: &'k Extra, members: impl FnOnce(&mut Object<'_, 'k>)) {
    write_with(out, extra.get(PLATFORM), members);
}

/// Writes the object of which these members were kept.
pub(super) fn write_with<'k>(
    out: &mut Vec<u8>,
    kept: Option<&'k Value>,
    members: impl FnOnce(&mut Object<'_, 'k>),
) {
    out.push(b'{');
    let mut object = Object { out, kept: kept.and_then(Value::as_object), written: Vec::new() };
    members(&mut object);
    object.leftovers();
    out.push(b'}');
}

impl<'k> Object<'_, 'k> {
    /// A fact; `null` where it is not known.
    pub fn member(&mut self, name: &'static str, value: &impl Serialize) {
        self.name(name);
        json(self.out, value);
    }

    /// A member with members of its own.
    pub fn part(&mut self, name: &'static str, members: impl FnOnce(&mut Object<'_, 'k>)) {
        self.name(name);
        write_with(self.out, self.kept.and_then(|kept| kept.get(name)), members);
    }

    /// Something with an id and a name; `null` where there is none.
    pub fn named(&mut self, name: &'static str, value: Option<&Named>) {
        match value {
            None => self.member(name, &()),
            Some(named) => self.part(name, |part| {
                part.member("id", &named.id);
                part.member("name", &named.name);
            }),
        }
    }

    /// A member that some other code writes.
    pub fn written_by(&mut self, name: &'static str, write: impl FnOnce(&mut Vec<u8>)) {
        self.name(name);
        write(self.out);
    }

    /// A member that was kept; `null` where there is none.
    pub fn kept(&mut self, name: &'static str, shape: Shape) {
        self.kept_or(name, shape, &());
    }

    /// A list that was kept; an empty one where there is none.
    pub fn kept_list(&mut self, name: &'static str, shape: Shape) {
        self.kept_or(name, shape, &[(); 0]);
    }

    /// A member that was kept, or else this; so also where an empty list was kept, which may have been filled since.
    pub fn kept_or(&mut self, name: &'static str, shape: Shape, otherwise: &impl Serialize) {
        self.name(name);
        match self.kept_value(name) {
            Some(value) if value.as_array().is_none_or(|list| !list.is_empty()) => {
                shaped(self.out, value, shape);
            }
            _ => json(self.out, otherwise),
        }
    }

    /// What was kept under this name.
    pub fn kept_value(&self, name: &str) -> Option<&'k Value> {
        self.kept.and_then(|kept| kept.get(name))
    }

    fn name(&mut self, name: &'static str) {
        comma(self.out);
        json(self.out, name);
        self.out.push(b':');
        if self.kept.is_some() {
            self.written.push(name);
        }
    }

    fn leftovers(&mut self) {
        for (name, value) in self.kept.into_iter().flatten() {
            if !self.written.contains(&name.as_str()) {
                comma(self.out);
                json(self.out, name);
                self.out.push(b':');
                json(self.out, value);
            }
        }
    }
}

/// Writes a value that was kept, its documented members first and in order.
pub(super) fn shaped(out: &mut Vec<u8>, value: &Value, shape: Shape) {
    match value {
        Value::Object(members) => {
            let documented =
                shape.0.iter().filter_map(|(name, shape)| members.get(*name).map(|it| (*name, it, *shape)));
            let others = members
                .iter()
                .filter(|(name, _)| shape.0.iter().all(|(known, _)| known != name))
                .map(|(name, value)| (name.as_str(), value, PLAIN));
            out.push(b'{');
            for (name, value, shape) in documented.chain(others) {
                comma(out);
                json(out, name);
                out.push(b':');
                shaped(out, value, shape);
            }
            out.push(b'}');
        }
        Value::Array(elements) => {
            out.push(b'[');
            for element in elements {
                comma(out);
                shaped(out, element, shape);
            }
            out.push(b']');
        }
        scalar => json(out, scalar),
    }
}

fn comma(out: &mut Vec<u8>) {
    if !matches!(out.last(), Some(b'{' | b'[')) {
        out.push(b',');
    }
}

fn json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    serde_json::to_writer(out, value).expect("facts are JSON, and a vector takes everything");
}
