//! The names that lead to things: external ids given through the API, and e-mail addresses.

use std::collections::BTreeMap;

use super::Done;
use super::keeping::{Kept, bad};
use crate::decide::draft::Draft;
use crate::decide::thing::Thing;
use crate::external::Name;
use crate::id::Identifier;
use crate::limits::{MAX_EXTERNAL_ID_CHARS, MAX_EXTERNAL_IDS};
use crate::refusal::{Refusal, RefusalCode};

/// External ids by platform; `None` takes one away.
type Given = BTreeMap<String, Option<String>>;

/// Do these external ids differ from those that a thing has?
pub(super) fn would_change<T: Thing>(thing: &T, given: &Given) -> bool {
    given.iter().any(|(platform, value)| thing.external_ids().get(platform) != value.as_deref())
}

/// Gives a thing these external ids, in place of those it had for the same platforms. A message finds it by them, and no
/// longer by the ones they replace.
pub(super) fn give<T: Thing>(draft: &mut Draft<'_>, id: T::Id, given: &Given) -> Done {
    for (platform, value) in given {
        let known = draft.get::<T>(id).and_then(|thing| thing.external_ids().get(platform));
        if known == value.as_deref() {
            continue;
        }
        for name in names_of(draft, id, platform) {
            draft.release(&name, id.raw());
        }
        match value {
            None => {
                draft.change::<T>(id).external_ids_mut().remove(platform);
            }
            Some(value) => {
                check(platform, value)?;
                let name = Name::given(T::KIND, draft.teller.company, platform, value);
                claim(draft, &name, RefusalCode::EXTERNAL_ID_TAKEN, &format!("{platform}:{value}"))?;
                draft.change::<T>(id).external_ids_mut().put(platform, value);
                draft.lead(name, id.raw(), platform.clone());
            }
        }
    }
    match draft.get::<T>(id).map_or(0, |thing| thing.external_ids().iter().count()) {
        0..=MAX_EXTERNAL_IDS => Ok(()),
        _ => Err(Refusal::new(
            RefusalCode::TOO_MANY,
            format!("{id} would have more than {MAX_EXTERNAL_IDS} external ids; take some away first"),
        )),
    }
}

/// Makes a person's new address lead to them, and the old one no longer.
pub(super) fn move_email<T: Kept>(
    draft: &mut Draft<'_>,
    id: T::Id,
    old: Option<&str>,
    new: Option<&str>,
) -> Done {
    let company = draft.teller.company;
    let named = |email: &str| Name::email(T::KIND, company, email);
    let (old, name) = (old.map(named), new.map(named));
    if let Some(old) = old.filter(|old| Some(old) != name.as_ref())
        && draft.record(id).is_some_and(|record| record.names.contains_key(&old))
    {
        draft.release(&old, id.raw());
    }
    let Some((name, email)) = name.zip(new) else { return Ok(()) };
    if draft.named(&name) != Some(id.raw()) {
        claim(draft, &name, RefusalCode::EMAIL_TAKEN, email)?;
        draft.lead(name, id.raw(), String::new());
    }
    Ok(())
}

/// Every name that leads to a thing by what a platform, or the API, calls it there.
fn names_of<I: Identifier>(draft: &Draft<'_>, id: I, member: &str) -> Vec<Name> {
    let names = draft.record(id).map(|record| &record.names);
    names.into_iter().flatten().filter(|(_, of)| *of == member).map(|(name, _)| name.clone()).collect()
}

/// Takes a name for oneself. A thing that has been removed does not need it any more.
fn claim(draft: &mut Draft<'_>, name: &Name, taken: RefusalCode, spoken: &str) -> Done {
    let Some(raw_id) = draft.named(name) else { return Ok(()) };
    match draft.held(raw_id) {
        Some(held) if !held.record.deleted => {
            let holder = held.entity.id();
            Err(Refusal::new(
                taken,
                format!("`{spoken}` leads to {holder} already; use that one, or change it there first"),
            ))
        }
        Some(_) => {
            draft.release(name, raw_id);
            Ok(())
        }
        None => Ok(()),
    }
}

fn check(platform: &str, value: &str) -> Done {
    let is_word = |text: &str| {
        !text.trim().is_empty()
            && text.chars().count() <= MAX_EXTERNAL_ID_CHARS
            && !text.chars().any(char::is_control)
    };
    if !is_word(platform) || platform.contains([':', '/']) {
        return Err(bad(format!(
            "an external id is for a platform of 1 to {MAX_EXTERNAL_ID_CHARS} characters without `:` and `/`"
        )));
    }
    if !is_word(value) {
        return Err(bad(format!(
            "the external id for {platform} must be 1 to {MAX_EXTERNAL_ID_CHARS} characters, none of them a control \
             character"
        )));
    }
    Ok(())
}
