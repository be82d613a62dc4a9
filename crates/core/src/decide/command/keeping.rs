//! What making and changing a thing has in common, whatever it is.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Done, naming};
use crate::command::Facts;
use crate::decide::draft::Draft;
use crate::decide::thing::Thing;
use crate::entity_macro::as_json;
use crate::event::{EventType, Snapshot};
use crate::external::levels;
use crate::id::Identifier;
use crate::limits::MAX_LEVELS;
use crate::refusal::{Refusal, RefusalCode};
use crate::world::Record;

/// A kind of thing that commands make and change.
pub(super) trait Kept: Thing {
    /// How it is told that one was made, if that is told.
    const CREATED: Option<EventType>;

    /// What an event about one carries.
    fn about(draft: &Draft<'_>, id: Self::Id) -> Snapshot;
    /// What is wrong with it.
    fn faults(&self) -> Vec<Refusal>;
    /// The address by which it can be found.
    fn email(&self) -> Option<&str> {
        None
    }
}

/// Refuses an id under which something has been made already.
pub(super) fn is_free<I: Identifier>(draft: &Draft<'_>, id: I) -> Done {
    match draft.held(id.raw()) {
        None => Ok(()),
        Some(_) => Err(Refusal::new(
            RefusalCode::ALREADY_THERE,
            format!("{id} has been made already; use another id"),
        )),
    }
}

/// Makes a thing, of which the links are known, and tells it.
pub(super) fn make<T: Kept>(draft: &mut Draft<'_>, id: T::Id, thing: T, facts: &Facts<T::Told>) -> Done {
    is_free(draft, id)?;
    let thing = with_facts(thing, facts)?.0;
    if let Some(fault) = thing.faults().into_iter().next() {
        return Err(fault);
    }
    let email = thing.email().map(str::to_owned);
    let record = Record { as_of: Some(draft.at), announced: T::CREATED.is_some(), ..Record::default() };
    draft.add(thing.into_entity(), record);
    naming::give::<T>(draft, id, &facts.external_ids)?;
    naming::move_email::<T>(draft, id, None, email.as_deref())?;
    if let Some(kind) = T::CREATED {
        draft.emit(kind, T::about(draft, id));
    }
    Ok(())
}

/// Changes a thing. Answers the old values of what changed: nothing where that is how it was. One that has not been
/// told of yet is told of first, as it was.
pub(super) fn amend<T: Kept>(
    draft: &mut Draft<'_>,
    id: T::Id,
    facts: &Facts<T::Told>,
) -> Result<Map<String, Value>, Refusal> {
    let before = draft.wanted::<T>(id)?.clone();
    let (after, mut previous) = with_facts(T::clone(&before), facts)?;
    let known = before.faults();
    if let Some(fault) = after.faults().into_iter().find(|fault| !known.contains(fault)) {
        return Err(fault);
    }
    let renamed = naming::would_change(&*before, &facts.external_ids);
    if previous.is_empty() && !renamed {
        return Ok(previous);
    }
    announce::<T>(draft, id);
    let email = after.email().map(str::to_owned);
    *draft.change::<T>(id) = after;
    if renamed {
        previous.insert("external_ids".to_owned(), as_json(Some(before.external_ids())));
        naming::give::<T>(draft, id, &facts.external_ids)?;
    }
    if before.email() != email.as_deref() {
        naming::move_email::<T>(draft, id, before.email(), email.as_deref())?;
        settle(draft, id, ["email"]);
    }
    settle(draft, id, facts.clear.iter().map(String::as_str));
    touch(draft, id);
    Ok(previous)
}

/// A thing with what is said about it, and the old values of what that changes.
fn with_facts<T: Kept>(mut thing: T, facts: &Facts<T::Told>) -> Result<(T, Map<String, Value>), Refusal> {
    let mut previous = thing.take(&facts.told, true);
    if levels(T::extra(&facts.told)) > MAX_LEVELS {
        return Err(bad(format!(
            "the members that there is no word for nest more than {MAX_LEVELS} levels of lists and objects"
        )));
    }
    let mut told = facts.told.clone();
    for fact in &facts.clear {
        if !T::FACTS.contains(&fact.as_str()) {
            return Err(bad(format!("there is no `{fact}` to take away")));
        }
        if T::forget(&mut told, fact) {
            return Err(bad(format!("`{fact}` was both given and taken away; do one of the two")));
        }
        if let Some(old) = thing.clear(fact) {
            previous.insert(fact.clone(), old);
        }
    }
    Ok((thing, previous))
}

/// Tells that a thing was made, if that has not been told yet.
pub(super) fn announce<T: Kept>(draft: &mut Draft<'_>, id: T::Id) {
    if let Some(kind) = T::CREATED
        && draft.record(id).is_some_and(|record| !record.announced)
    {
        draft.change_record(id).announced = true;
        draft.emit(kind, T::about(draft, id));
    }
}

/// Removes a thing. What a platform says of it from now on comes too late.
pub(super) fn remove<I: Identifier>(draft: &mut Draft<'_>, id: I) {
    touch(draft, id);
    let record = draft.change_record(id);
    record.announced = true;
    record.deleted = true;
}

/// What is older than now does not undo this. A platform's clock may be ahead; what it told stays the newest it told.
pub(super) fn touch<I: Identifier>(draft: &mut Draft<'_>, id: I) {
    let at = Some(draft.at);
    let record = draft.change_record(id);
    record.as_of = record.as_of.max(at);
}

/// From now on only news fills these facts in, no older message does.
pub(super) fn settle<'f, I: Identifier>(
    draft: &mut Draft<'_>,
    id: I,
    facts: impl IntoIterator<Item = &'f str>,
) {
    let facts: BTreeSet<String> = facts.into_iter().map(str::to_owned).collect();
    if !facts.is_empty() {
        draft.change_record(id).settled.extend(facts);
    }
}

/// Something makes no sense.
pub(super) fn bad(sentence: String) -> Refusal {
    Refusal::new(RefusalCode::BAD_FACT, sentence)
}

/// Something is missing.
pub(super) fn missing(sentence: &str) -> Refusal {
    Refusal::new(RefusalCode::MISSING_FACT, sentence)
}

/// A word that must be one of those that Callboard knows.
macro_rules! unknown_word {
    ($type:ty, $word:expr, $what:literal) => {
        $word.as_ref().filter(|word| !word.is_known()).map(|word| {
            let words: Vec<&str> = <$type>::KNOWN.iter().map(|known| known.as_str()).collect();
            let sentence = format!("`{word}` is no {}; use one of: {}", $what, words.join(", "));
            crate::refusal::Refusal::new(crate::refusal::RefusalCode::UNKNOWN_WORD, sentence)
        })
    };
}
pub(super) use unknown_word;

/// Is there nothing to read in a text?
pub(super) fn is_blank(text: Option<&String>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}
