//! Taking in what a message tells about a thing: newest by the platform's event time wins, older fills gaps.

use serde_json::{Map, Value};

use super::draft::Draft;
use super::thing::Thing;
use crate::external::Name;
use crate::id::Identifier;

/// How a message speaks of a thing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// It tells facts about it.
    Full,
    /// It says that the thing was made or changed, and at most by whom, not how (viasto).
    Thin,
    /// It is about something else of the thing: its stage, its links, its end.
    Aside,
}

impl Manner {
    /// How a message speaks that claims that the thing was made or changed.
    pub fn of<T: Thing>(told: &T::Told) -> Self {
        if T::is_nothing(told) { Self::Thin } else { Self::Full }
    }

    /// How a message speaks that mainly tells something else.
    pub fn beside<T: Thing>(told: &T::Told) -> Self {
        if T::is_nothing(told) { Self::Aside } else { Self::Full }
    }
}

/// What became of a message about a thing's own data.
pub(super) struct Heard {
    /// The thing had not been announced before: its `created` event is due.
    pub first: bool,
    /// It is news: facts differ, or the thing is told of for the first time, or a thin message is newer than any before.
    pub changed: bool,
    /// The message said only *that* it changed.
    pub thin: bool,
    /// The old values of the facts that changed.
    pub previous: Map<String, Value>,
}

impl Draft<'_> {
    /// Takes in what a message tells about the thing itself, which is announced from now on. None when the thing has
    /// been removed.
    pub fn tell<T: Thing>(&mut self, id: T::Id, told: &T::Told, manner: Manner) -> Option<Heard> {
        let (at, record) = (self.at, self.record(id)?);
        let (as_of, first, deleted) = (record.as_of, !record.announced, record.deleted);
        if deleted {
            self.told_after_deletion::<T>(id, told);
            return None;
        }
        let newer = as_of.is_none_or(|as_of| at >= as_of);
        let later = as_of.is_none_or(|as_of| at > as_of);
        let mut previous = self.take::<T>(id, told, newer);
        let differs = !previous.is_empty();
        if first {
            self.change_record(id).announced = true;
            // What was not known before has just been told by the `created` event; it is not said to have been nothing.
            previous.retain(|_, old| !old.is_null());
        }
        if later && manner != Manner::Aside {
            self.change_record(id).as_of = Some(at);
        }
        self.late |= !newer;
        let claimed = manner != Manner::Aside && (first || (manner == Manner::Thin && later));
        let changed = newer && (differs || claimed);
        Some(Heard { first, changed, thin: manner == Manner::Thin, previous })
    }

    /// Would anything of a message about a thing be taken?
    pub fn would_tell<T: Thing>(&self, id: T::Id, told: &T::Told) -> bool {
        let newer = self.is_newest(id);
        self.get::<T>(id).is_some_and(|thing| thing.would_take(told, newer))
    }

    /// Is nothing that is known of a thing newer than the message?
    pub fn is_newest<I: Identifier>(&self, id: I) -> bool {
        self.record(id).and_then(|record| record.as_of).is_none_or(|as_of| self.at >= as_of)
    }

    /// Takes in what a message tells in passing about a thing that it refers to: only what was missing.
    pub fn refer<T: Thing>(&mut self, id: T::Id, told: &T::Told) {
        if self.record(id).is_some_and(|record| !record.deleted) {
            self.take::<T>(id, told, false);
        }
    }

    /// Removes a thing. Answers whether that is news.
    pub fn delete<T: Thing>(&mut self, id: T::Id, told: &T::Told) -> bool {
        let (at, Some(record)) = (self.at, self.record(id)) else { return false };
        let as_of = record.as_of;
        if record.deleted {
            self.late |= as_of.is_some_and(|as_of| at < as_of);
            return false;
        }
        self.take::<T>(id, told, as_of.is_none_or(|as_of| at >= as_of));
        let record = self.change_record(id);
        record.as_of = record.as_of.max(Some(at));
        record.announced = true;
        record.deleted = true;
        true
    }

    fn told_after_deletion<T: Thing>(&mut self, id: T::Id, told: &T::Told) {
        let at = self.at;
        if self.record(id).and_then(|record| record.as_of).is_some_and(|as_of| at < as_of) {
            self.take::<T>(id, told, false);
            self.late = true;
        } else {
            self.unreconciled(format!("{id} was told of after it had been removed; it stays removed"));
        }
    }

    /// Takes what was told. What our own people settled is filled in by newer messages only.
    fn take<T: Thing>(&mut self, id: T::Id, told: &T::Told, newer: bool) -> Map<String, Value> {
        let settled = self.record(id).map(|record| record.settled.clone()).unwrap_or_default();
        if settled.is_empty() {
            return self.take_all::<T>(id, told, newer);
        }
        let mut rest = told.clone();
        let retold: Vec<&String> = settled.iter().filter(|fact| T::forget(&mut rest, fact)).collect();
        if !newer {
            return self.take_all::<T>(id, &rest, newer);
        }
        if !retold.is_empty() {
            self.change_record(id).settled.retain(|fact| !retold.contains(&fact));
        }
        self.take_all::<T>(id, told, newer)
    }

    fn take_all<T: Thing>(&mut self, id: T::Id, told: &T::Told, newer: bool) -> Map<String, Value> {
        if !self.get::<T>(id).is_some_and(|thing| thing.would_take(told, newer)) {
            return Map::new();
        }
        let previous = self.change::<T>(id).take(told, newer);
        if let Some(old) = previous.get("email").and_then(Value::as_str) {
            self.let_go_of::<T>(id, old);
        }
        previous
    }

    /// An address that somebody has no longer does not lead to them: whoever has it next is somebody else.
    fn let_go_of<T: Thing>(&mut self, id: T::Id, address: &str) {
        let name = Name::email(T::KIND, self.teller.company, address);
        let is_theirs = self.record(id).is_some_and(|record| record.names.contains_key(&name));
        let now = self.held(id.raw()).and_then(|held| held.entity.email());
        let is_still = now.is_some_and(|now| Name::email(T::KIND, self.teller.company, now) == name);
        if is_theirs && !is_still {
            self.release(&name, id.raw());
        }
    }
}
