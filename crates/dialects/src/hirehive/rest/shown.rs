//! Things as HireHive shows them.

use callboard_core::{
    Application, ApplicationId, CandidateId, Entity, Feedback, Interview, Note, Snapshot, User, World,
};
use serde_json::value::RawValue;

use super::super::ids::id_of;
use super::super::{application, candidate, feedback, interview, job, note, object};
use crate::known::known;

/// What is known: the things to be shown, and everything that they lead to.
#[derive(Clone, Copy)]
pub struct Shown<'a>(pub &'a World);

impl Shown<'_> {
    /// A thing as an object; `None` for a kind that HireHive does not have.
    pub fn object(self, entity: &Entity) -> Option<Box<RawValue>> {
        let mut out = Vec::new();
        match entity {
            Entity::Job(it) => job::write(&mut out, it, None),
            Entity::Candidate(it) => candidate::write(&mut out, it, None),
            Entity::Application(it) => application::write(&mut out, it, &self.around(Some(it.id), None)),
            Entity::Interview(it) => interview::write(&mut out, it, &self.around_interview(it)),
            Entity::Feedback(it) => feedback::write(&mut out, it, &self.around_feedback(it)),
            Entity::Note(it) => note::write(&mut out, it, &self.around_note(it)),
            Entity::User(it) => user(&mut out, it),
            Entity::Question(_) | Entity::AnswerVideo(_) | Entity::File(_) => return None,
        }
        Some(raw(out))
    }

    /// The `source` of an application.
    pub fn source(self, application: &Application) -> Box<RawValue> {
        let mut out = Vec::new();
        application::write_source(&mut out, application);
        raw(out)
    }

    fn around_interview(self, interview: &Interview) -> Snapshot {
        self.around(interview.application_id, None)
    }

    fn around_feedback(self, feedback: &Feedback) -> Snapshot {
        let by_interview = || known(self.0, feedback.interview_id?)?.application_id;
        self.around(feedback.application_id.or_else(by_interview), None)
    }

    fn around_note(self, note: &Note) -> Snapshot {
        self.around(note.application_id, note.candidate_id)
    }

    /// What an event about this carries beside it.
    fn around(self, application: Option<ApplicationId>, candidate: Option<CandidateId>) -> Snapshot {
        let application = application.and_then(|id| known(self.0, id)).cloned();
        let job = application.as_ref().and_then(|it| it.job_id).and_then(|id| known(self.0, id)).cloned();
        let candidate = candidate.or(application.as_ref().and_then(|it| it.candidate_id));
        let candidate = candidate.and_then(|id| known(self.0, id)).cloned();
        Snapshot { job, candidate, application, ..Snapshot::default() }
    }
}

/// Which members a user has is not documented (platforms.md 1.6): these are what is known of one.
fn user(out: &mut Vec<u8>, user: &User) {
    object::write(out, &user.extra, |object| {
        object.member("id", &id_of(&user.external_ids, user.id, None));
        object.member("name", &user.name);
        object.member("email", &user.email);
        object.member("role", &user.role);
        object.member("time_zone", &user.time_zone);
    });
}

fn raw(json: Vec<u8>) -> Box<RawValue> {
    let text = String::from_utf8(json).expect("JSON is text");
    RawValue::from_string(text).expect("the writers write JSON")
}
