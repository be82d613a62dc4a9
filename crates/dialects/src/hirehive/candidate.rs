//! Candidates (platforms.md 1.5.3).

use callboard_core::{About, Candidate, CandidateTold, Named, SourceId};
use serde::Serialize;
use serde::de::MapAccess;

use super::ids::id_of;
use super::members::{Member, Members};
use super::object::{self, PLAIN, Shape};

const COUNTRY: Shape = Shape(&[("name", PLAIN), ("code", PLAIN)]);
const SOCIAL_PROFILE: Shape = Shape(&[("type", PLAIN), ("uri", PLAIN)]);

impl<'de> Members<'de> for About<CandidateTold> {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        let told = &mut self.told;
        match member.name {
            "id" => member.fact(&mut self.external_id),
            // Feedback names its candidate with a `name` alone (platforms.md 1.5.5).
            "full_name" | "name" => member.fact(&mut told.full_name),
            "first_name" => member.fact(&mut told.first_name),
            "last_name" => member.fact(&mut told.last_name),
            "email" => member.fact(&mut told.email),
            "phone_number" => member.fact(&mut told.phone),
            "title" => member.fact(&mut told.title),
            "company" => member.fact(&mut told.employer),
            "location" => member.part(Location(told)),
            "image_url" => member.fact(&mut told.image_url),
            "tags" => member.fact(&mut told.tags),
            "rating" => member.fact(&mut told.rating),
            _ => member.keep(),
        }
    }
}

struct Location<'a>(&'a mut CandidateTold);

impl<'de> Members<'de> for Location<'_> {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        match member.name {
            "address" => member.fact(&mut self.0.address),
            _ => member.keep(),
        }
    }
}

/// Writes a candidate, as `source` calls them.
pub(super) fn write(out: &mut Vec<u8>, candidate: &Candidate, source: Option<SourceId>) {
    object::write(out, &candidate.extra, |object| {
        object.member("id", &id_of(&candidate.external_ids, candidate.id, source));
        object.member("full_name", &candidate.display_name());
        object.member("first_name", &candidate.first_name);
        object.member("last_name", &candidate.last_name);
        object.member("email", &candidate.email);
        object.member("phone_number", &candidate.phone);
        object.member("title", &candidate.title);
        object.member("company", &candidate.employer);
        object.part("location", |location| {
            location.member("address", &candidate.address);
            location.kept("country", COUNTRY);
        });
        object.member("image_url", &candidate.image_url);
        let tags: Vec<_> = candidate.tags.iter().flatten().map(Tag::from).collect();
        object.member("tags", &tags);
        object.member("rating", &candidate.rating);
        object.kept_or("application_ids", PLAIN, &candidate.applications);
        object.kept_list("social_profiles", SOCIAL_PROFILE);
    });
}

/// A tag as it is written, nothing left out.
#[derive(Serialize)]
pub(super) struct Tag<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
}

impl<'a> From<&'a Named> for Tag<'a> {
    fn from(tag: &'a Named) -> Self {
        Self { id: tag.id.as_deref(), name: tag.name.as_deref() }
    }
}
