//! Tags put on candidates and taken off. What HireHive sends is not documented (platforms.md 1.4): both likely forms are
//! read, and the one that says more is written.

use callboard_core::{About, Candidate, CandidateTold, Named, SourceId};
use serde::de::MapAccess;

use super::candidate::{self, Tag};
use super::members::{self, Member, Members, identified};
use super::object;
use crate::dialect::Unreadable;

/// `{"candidate": {…}, "tag": {"id", "name"}}`, or `{"id", "name", "candidate_id"}`.
#[derive(Default)]
struct Tagging {
    candidate: Option<About<CandidateTold>>,
    candidate_id: Option<About<CandidateTold>>,
    tag: Option<Named>,
    flat: Named,
}

/// Reads whose tag it is, and which.
pub(super) fn read(json: &str) -> Result<(About<CandidateTold>, Named), Unreadable> {
    let mut tagging = Tagging::default();
    members::read(json, &mut tagging)?;
    let candidate = tagging.candidate.or(tagging.candidate_id).map_or_else(
        || Err(Unreadable("`data.object` has neither `candidate` nor `candidate_id`".to_owned())),
        identified,
    )?;
    let tag = tagging.tag.unwrap_or(tagging.flat);
    if tag.id.is_none() && tag.name.is_none() {
        return Err(Unreadable("`data.object` does not say which tag".to_owned()));
    }
    Ok((candidate, tag))
}

impl<'de> Members<'de> for Tagging {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        match member.name {
            "candidate" => member.thing(&mut self.candidate),
            "candidate_id" => member.reference(&mut self.candidate_id),
            "tag" => member.whole(&mut self.tag),
            "id" => member.fact(&mut self.flat.id),
            "name" => member.fact(&mut self.flat.name),
            _ => member.skip(),
        }
    }
}

/// Writes a candidate, as `source` calls them, with a tag.
pub(super) fn write(out: &mut Vec<u8>, candidate: &Candidate, tag: &Named, source: Option<SourceId>) {
    object::write(out, &callboard_core::Extra::new(), |object| {
        object.written_by("candidate", |out| candidate::write(out, candidate, source));
        object.member("tag", &Tag::from(tag));
    });
}
