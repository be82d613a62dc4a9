//! Jobs (platforms.md 1.5.1).

use callboard_core::{About, Job, JobTold, SourceId};
use serde::de::MapAccess;

use super::ids::{id_of, user_id};
use super::members::{Member, Members};
use super::object::{self, CODED, PLAIN, Shape};

const ASSIGNED_TEAM: Shape = Shape(&[("assigned_users", PLAIN), ("recruiter_ids", PLAIN)]);
const NOTIFICATIONS: Shape = Shape(&[("new_application_email", PLAIN)]);
const BASE_FORM: Shape = Shape(&[
    ("current_title", PLAIN),
    ("current_company", PLAIN),
    ("location", PLAIN),
    ("phone", PLAIN),
    ("resume", PLAIN),
    ("cover_letter", PLAIN),
]);
const APPLICATION_FORM: Shape = Shape(&[("base_form", BASE_FORM), ("additional_form_ids", PLAIN)]);
const AUTO_RESPONDER: Shape = Shape(&[("id", PLAIN), ("email_subject", PLAIN), ("email_body", PLAIN)]);
const JOB_AD: Shape = Shape(&[("id", PLAIN), ("created_at", PLAIN), ("expires_at", PLAIN)]);

impl<'de> Members<'de> for About<JobTold> {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        let told = &mut self.told;
        match member.name {
            "id" => member.fact(&mut self.external_id),
            "title" => member.fact(&mut told.title),
            "description" => member.fact(&mut told.description),
            "location" => member.part(Location(told)),
            "owner_id" => member.fact(&mut told.owner_id),
            "status" => member.fact(&mut told.status),
            "type" => member.fact(&mut told.employment),
            "job_code" => member.fact(&mut told.code),
            "created_date" => member.fact(&mut told.opened_at),
            "published_date" => member.fact(&mut told.published_at),
            "category" => member.whole(&mut told.category),
            "hosted_url" => member.fact(&mut told.url),
            _ => member.keep(),
        }
    }
}

struct Location<'a>(&'a mut JobTold);

impl<'de> Members<'de> for Location<'_> {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        match member.name {
            "city" => member.fact(&mut self.0.city),
            _ => member.keep(),
        }
    }
}

/// Writes a job, as `source` calls it. `hosted_url` is there when it is known: no page of the documentation lists it.
pub(super) fn write(out: &mut Vec<u8>, job: &Job, source: Option<SourceId>) {
    object::write(out, &job.extra, |object| {
        object.member("id", &id_of(&job.external_ids, job.id, source));
        object.member("title", &job.title);
        object.member("description", &job.description);
        object.part("location", |location| {
            location.member("city", &job.city);
            location.kept("state", CODED);
            location.kept("country", CODED);
            location.kept("remote", PLAIN);
        });
        object.member("owner_id", &user_id(job.owner_id.as_deref(), &job.external_ids));
        object.member("status", &job.status);
        object.member("type", &job.employment);
        object.kept("experience", PLAIN);
        object.kept("salary", PLAIN);
        object.member("job_code", &job.code);
        object.member("created_date", &job.opened_at);
        object.member("published_date", &job.published_at);
        object.named("category", job.category.as_ref());
        object.kept("language", CODED);
        object.kept("assigned_team", ASSIGNED_TEAM);
        object.kept("notifications", NOTIFICATIONS);
        object.kept("application_form", APPLICATION_FORM);
        object.kept("auto_responder", AUTO_RESPONDER);
        object.kept_list("job_ads", JOB_AD);
        if let Some(url) = &job.url {
            object.member("hosted_url", url);
        }
    });
}
