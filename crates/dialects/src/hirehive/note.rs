//! Notes on candidates: the note of the REST API, and after it whom it is about (platforms.md 1.5.4).

use callboard_core::{About, Belonging, Note, NoteTold, Person, Snapshot};
use serde::de::MapAccess;

use super::ids::{application_id, candidate_id, id_of, person_id};
use super::members::{self, Member, Members, identified, keeping};
use super::object::{self, PLAIN, Shape};
use crate::dialect::Unreadable;

const FILE: Shape = Shape(&[
    ("name", PLAIN),
    ("original_name", PLAIN),
    ("content_type", PLAIN),
    ("file_extension", PLAIN),
    ("id", PLAIN),
    ("type", PLAIN),
    ("size_in_kb", PLAIN),
    ("download_link", PLAIN),
]);
const SHARE: Shape = Shape(&[
    ("id", PLAIN),
    ("application_id", PLAIN),
    ("message", PLAIN),
    ("metadata", Shape(&[("expires_at", PLAIN), ("visits", PLAIN), ("expired", PLAIN), ("revoked", PLAIN)])),
    ("guest", Shape(&[("id", PLAIN), ("email", PLAIN)])),
    ("sender", Shape(&[("id", PLAIN), ("first_name", PLAIN), ("last_name", PLAIN)])),
]);

/// A note with whom it is about.
#[derive(Default)]
pub(super) struct Whole {
    pub note: About<NoteTold>,
    pub of: Belonging,
}

/// Reads a note.
pub(super) fn read(json: &str) -> Result<(About<NoteTold>, Belonging), Unreadable> {
    let mut whole = Whole::default();
    let kept = members::read(json, &mut whole)?;
    Ok((identified(keeping(whole.note, kept))?, whole.of))
}

impl<'de> Members<'de> for Whole {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        let told = &mut self.note.told;
        match member.name {
            "id" => member.fact(&mut self.note.external_id),
            "date_created" => member.fact(&mut told.written_at),
            "text" => member.fact(&mut told.text),
            "creator" => {
                let mut author = Person::default();
                member.part(Creator(&mut author))?;
                told.author = Some(author).filter(|author| *author != Person::default());
                Ok(())
            }
            "candidate_id" => member.reference(&mut self.of.candidate),
            "application_id" => member.reference(&mut self.of.application),
            _ => member.keep(),
        }
    }
}

/// The author. Guests and recruiters are no users, so their ids are kept.
struct Creator<'a>(&'a mut Person);

impl<'de> Members<'de> for Creator<'_> {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        match member.name {
            "name" => member.fact(&mut self.0.name),
            "user_id" => member.fact(&mut self.0.id),
            _ => member.keep(),
        }
    }
}

/// Writes a note.
pub(super) fn write(out: &mut Vec<u8>, note: &Note, data: &Snapshot) {
    let (author, names) = (note.author.as_ref(), &note.external_ids);
    object::write(out, &note.extra, |object| {
        object.member("id", &id_of(names, note.id, data.source));
        object.member("date_created", &note.written_at);
        object.member("text", &note.text);
        object.part("creator", |creator| {
            creator.member("name", &author.and_then(|author| author.name.as_ref().or(author.email.as_ref())));
            creator.member("user_id", &author.and_then(|author| person_id(author, names)));
            creator.kept("guest_id", PLAIN);
            creator.kept("recruiter", PLAIN);
        });
        object.kept_list("files", FILE);
        object.kept_list("mentioned_users", PLAIN);
        object.kept("restricted", PLAIN);
        object.kept("share", SHARE);
        object.member("candidate_id", &candidate_id(data, note.candidate_id));
        object.member("application_id", &application_id(data, note.application_id));
    });
}
