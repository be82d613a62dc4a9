//! Applications, each with its candidate in full (platforms.md 1.5.2).

use callboard_core::{
    About, Application, ApplicationStage, ApplicationTold, Belonging, Named, ParentStage, Snapshot,
};
use serde::de::MapAccess;

use super::candidate;
use super::ids::{id_of, job_id};
use super::members::{self, Member, Members, PLATFORM, identified, keeping};
use super::object::{self, NAMED, Object, PLAIN, Shape};
use crate::dialect::Unreadable;

const FILE: Shape =
    Shape(&[("name", PLAIN), ("original_name", PLAIN), ("content_type", PLAIN), ("file_extension", PLAIN)]);
const RESUME: Shape = Shape(&[("id", PLAIN), ("original", FILE), ("pdf", FILE)]);
const CONSENT_REQUEST: Shape = Shape(&[("status", PLAIN), ("sent_at", PLAIN), ("expires_at", PLAIN)]);
const GDPR: Shape = Shape(&[("consent_requests", CONSENT_REQUEST), ("consent_expires_at", PLAIN)]);
const COMPLIANCE: Shape = Shape(&[("gdpr", GDPR)]);

/// An application with whose it is and what for.
#[derive(Default)]
struct Whole {
    application: About<ApplicationTold>,
    of: Belonging,
    parent_stage: Option<ParentStage>,
    custom_stage: Option<Named>,
}

/// Reads an application.
pub(super) fn read(json: &str) -> Result<(About<ApplicationTold>, Belonging), Unreadable> {
    let mut whole = Whole::default();
    let kept = members::read(json, &mut whole)?;
    let Whole { mut application, of, parent_stage, custom_stage: custom } = whole;
    application.told.stage = parent_stage.map(|parent| ApplicationStage { parent, custom });
    Ok((identified(keeping(application, kept))?, of))
}

impl<'de> Members<'de> for Whole {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        let told = &mut self.application.told;
        match member.name {
            "id" => member.fact(&mut self.application.external_id),
            "candidate" => member.thing(&mut self.of.candidate),
            "applied_at" => member.fact(&mut told.applied_at),
            "job" => member.thing(&mut self.of.job),
            "cover_letter" => member.fact(&mut told.cover_letter),
            "stage" => member.part(Stage(self)),
            "source" => member.part(Source(told)),
            _ => member.keep(),
        }
    }
}

struct Stage<'a>(&'a mut Whole);

impl<'de> Members<'de> for Stage<'_> {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        match member.name {
            "parent_stage" => member.fact(&mut self.0.parent_stage),
            "custom_stage" => member.whole(&mut self.0.custom_stage),
            _ => member.keep(),
        }
    }
}

/// Where an application came from.
pub(super) struct Source<'a>(pub &'a mut ApplicationTold);

impl<'de> Members<'de> for Source<'_> {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        match member.name {
            "origin" => member.fact(&mut self.0.origin),
            _ => member.keep(),
        }
    }
}

/// Writes an application.
pub(super) fn write(out: &mut Vec<u8>, application: &Application, data: &Snapshot) {
    let stage = application.stage.as_ref();
    object::write(out, &application.extra, |object| {
        object.member("id", &id_of(&application.external_ids, application.id, data.source));
        object.written_by("candidate", |out| match &data.candidate {
            Some(candidate) => candidate::write(out, candidate, data.source),
            None => out.extend_from_slice(b"null"),
        });
        object.member("applied_at", &application.applied_at);
        match job_id(data) {
            None => object.member("job", &()),
            Some(id) => object.part("job", |job| {
                job.member("id", &id);
                job.member("title", &data.job.as_ref().and_then(|job| job.title.as_deref()));
            }),
        }
        object.member("cover_letter", &application.cover_letter);
        object.part("stage", |part| {
            part.member("parent_stage", &stage.map(|stage| &stage.parent));
            part.named("custom_stage", stage.and_then(|stage| stage.custom.as_ref()));
        });
        object.kept("resume", RESUME);
        object.part("source", |part| source(part, application));
        object.kept_or("interviews", PLAIN, &application.interviews);
        object.kept_or("feedback", PLAIN, &application.feedback);
        object.kept("potential_duplicate", PLAIN);
        object.kept("compliance", COMPLIANCE);
    });
}

fn source(source: &mut Object<'_, '_>, application: &Application) {
    source.member("origin", &application.origin);
    source.kept("source", PLAIN);
    source.kept("contact", NAMED);
    source.kept("user", NAMED);
    source.kept("recruiter", NAMED);
}

/// Writes where an application came from, alone.
pub(super) fn write_source(out: &mut Vec<u8>, application: &Application) {
    let kept = application.extra.get(PLATFORM).and_then(|kept| kept.get("source"));
    object::write_with(out, kept, |part| source(part, application));
}
