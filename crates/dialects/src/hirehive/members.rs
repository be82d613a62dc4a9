//! Reading JSON objects member by member: what has a word here becomes a fact at once, everything else is kept as it
//! came. There is no tree in between.

use std::borrow::Cow;
use std::fmt;

use callboard_core::{
    About, ApplicationTold, CandidateTold, Extra, FeedbackTold, InterviewTold, JobTold, Named, NoteTold,
    Person,
};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::dialect::Unreadable;

/// The platform, as [`Extra`] names it.
pub(super) const PLATFORM: &str = "hirehive";

/// Something that a JSON object is read into.
pub(super) trait Members<'de> {
    /// Takes a member in: as a fact, as a part with members of its own, or to keep.
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error>;
}

/// A member of an object, its value still to be read.
pub(super) struct Member<'m, A> {
    /// Its name.
    pub name: &'m str,
    map: &'m mut A,
    kept: &'m mut Map<String, Value>,
}

impl<'de, A: MapAccess<'de>> Member<'_, A> {
    /// Its value is this fact; `null` is none.
    pub fn fact<T: Deserialize<'de>>(self, fact: &mut Option<T>) -> Result<(), A::Error> {
        *fact = self.map.next_value()?;
        Ok(())
    }

    /// Its value is one of these words. Another word is taken as well, and kept.
    pub fn word(self, fact: &mut Option<String>, known: &[&str]) -> Result<(), A::Error> {
        *fact = self.map.next_value()?;
        if let Some(word) = fact
            && !known.contains(&word.as_str())
        {
            self.kept.insert(self.name.to_owned(), word.as_str().into());
        }
        Ok(())
    }

    /// Its value is the id of a thing.
    pub fn reference<T: Default>(self, thing: &mut Option<About<T>>) -> Result<(), A::Error> {
        let id: Option<String> = self.map.next_value()?;
        *thing = id.filter(|id| !id.is_empty()).map(|id| About { external_id: Some(id), told: T::default() });
        Ok(())
    }

    /// Its value is a whole thing, with what is to be kept of it.
    pub fn thing<T: Told>(self, thing: &mut Option<About<T>>) -> Result<(), A::Error>
    where
        About<T>: Members<'de>,
    {
        let mut about = About::default();
        let kept = self.map.next_value_seed(Reader(&mut about))?;
        *thing = kept.map(|kept| keeping(about, kept));
        Ok(())
    }

    /// Its value is an object that is one fact.
    pub fn whole<M: Members<'de> + Default>(self, fact: &mut Option<M>) -> Result<(), A::Error> {
        let mut whole = M::default();
        let kept = self.map.next_value_seed(Reader(&mut whole))?;
        *fact = kept.is_some().then_some(whole);
        insert(self.kept, self.name, kept);
        Ok(())
    }

    /// Its value is an object whose members belong to the same thing.
    pub fn part<M: Members<'de>>(self, mut part: M) -> Result<(), A::Error> {
        let kept = self.map.next_value_seed(Reader(&mut part))?;
        insert(self.kept, self.name, kept);
        Ok(())
    }

    /// There is no word for it. `null` says nothing, and is not kept.
    pub fn keep(self) -> Result<(), A::Error> {
        let value: Value = self.map.next_value()?;
        if !value.is_null() {
            self.kept.insert(self.name.to_owned(), value);
        }
        Ok(())
    }

    /// It says nothing that is not said elsewhere.
    pub fn skip(self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(drop)
    }
}

fn insert(kept: &mut Map<String, Value>, name: &str, part: Option<Map<String, Value>>) {
    if let Some(part) = part.filter(|part| !part.is_empty()) {
        kept.insert(name.to_owned(), part.into());
    }
}

/// Reads one object into `.0`; answers what is kept, or `None` for `null`.
pub(super) struct Reader<'m, M>(pub &'m mut M);

impl<'de, M: Members<'de>> DeserializeSeed<'de> for Reader<'_, M> {
    type Value = Option<Map<String, Value>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, M: Members<'de>> Visitor<'de> for Reader<'_, M> {
    type Value = Option<Map<String, Value>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut kept = Map::new();
        while let Some(MemberName(name)) = map.next_key()? {
            self.0.take(Member { name: &name, map: &mut map, kept: &mut kept })?;
        }
        Ok(Some(kept))
    }
}

/// A name as it stands in the body, copied only where it is written with escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct MemberName<'a>(#[serde(borrow)] Cow<'a, str>);

/// What one message told about a thing, with room for what is kept.
pub(super) trait Told: Default {
    /// What is kept, by platform.
    fn extra(&mut self) -> &mut Extra;
}

macro_rules! told {
    ($($told:ty),*) => {$(
        impl Told for $told {
            fn extra(&mut self) -> &mut Extra {
                &mut self.extra
            }
        }
    )*};
}
told!(ApplicationTold, CandidateTold, FeedbackTold, InterviewTold, JobTold, NoteTold);

/// The thing, with what is kept of it.
pub(super) fn keeping<T: Told>(mut about: About<T>, kept: Map<String, Value>) -> About<T> {
    if !kept.is_empty() {
        about.told.extra().insert(PLATFORM.to_owned(), kept.into());
    }
    about
}

/// Reads an object into `into`; answers what is kept.
pub(super) fn read<'de, M: Members<'de>>(
    json: &'de str,
    into: &mut M,
) -> Result<Map<String, Value>, Unreadable> {
    Reader(into)
        .deserialize(&mut serde_json::Deserializer::from_str(json))
        .map_err(|error| Unreadable(format!("`data.object` is not what its type says: {error}")))?
        .ok_or_else(|| Unreadable("`data.object` is null".to_owned()))
}

/// The thing, if it says which one it is.
pub(super) fn identified<T>(about: About<T>) -> Result<About<T>, Unreadable> {
    match about.external_id.as_deref() {
        None | Some("") => Err(Unreadable("`data.object` has no `id`".to_owned())),
        Some(_) => Ok(about),
    }
}

impl<'de> Members<'de> for Named {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        match member.name {
            "id" => member.fact(&mut self.id),
            "name" => member.fact(&mut self.name),
            _ => member.keep(),
        }
    }
}

impl<'de> Members<'de> for Person {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        match member.name {
            "id" => member.fact(&mut self.id),
            "name" => member.fact(&mut self.name),
            "email" => member.fact(&mut self.email),
            _ => member.keep(),
        }
    }
}
