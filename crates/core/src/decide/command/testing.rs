//! An endpoint is told something made up, so that people see whether it is reached.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Map, json};

use crate::application::Application;
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::interview::{Interview, Meeting};
use crate::job::Job;
use crate::people::Candidate;
use crate::stage::{Stage, StageMark};
use crate::subscription::Endpoint;
use crate::trouble::EndpointMark;

/// By which a person sees that it is none of the real ones.
const NAME: &str = "Callboard Test";
const EMAIL: &str = "callboard.test@example.com";
const LINK: &str = "https://example.com/callboard-test";
/// How long the made-up interview is.
const LENGTH: SignedDuration = SignedDuration::from_mins(30);

/// The event has everything that any dialect needs to tell something. None of it becomes part of the world.
pub(super) fn tell(draft: &mut Draft<'_>, endpoint: &Endpoint) {
    let mut job = Job::new(draft.mint());
    job.title = Some(NAME.to_owned());
    let mut candidate = Candidate::new(draft.mint());
    let mut application = Application::new(draft.mint());
    let mut interview = Interview::new(draft.mint());
    candidate.full_name = Some(NAME.to_owned());
    candidate.email = Some(EMAIL.to_owned());
    candidate.applications = vec![application.id];
    application.candidate_id = Some(candidate.id);
    application.job_id = Some(job.id);
    application.interviews = vec![interview.id];
    interview.application_id = Some(application.id);
    interview.title = Some(NAME.to_owned());
    interview.start = Some(draft.at);
    interview.end = draft.at.checked_add(LENGTH).ok();
    interview.meeting = Some(Meeting { join_url: Some(LINK.to_owned()), ..Meeting::default() });
    let from = interview.move_to(Stage::SchedulingCompleted.into());
    draft.emit(
        EventType::EndpointTest,
        Snapshot {
            job: Some(Arc::new(job)),
            candidate: Some(Arc::new(candidate)),
            application: Some(Arc::new(application)),
            interview: Some(Arc::new(interview)),
            endpoint: Some(Arc::new(EndpointMark::of(endpoint))),
            previous: came_from(&from),
            ..Snapshot::default()
        },
    );
}

fn came_from(stage: &StageMark) -> Map<String, serde_json::Value> {
    [("stage".to_owned(), json!(stage))].into_iter().collect()
}
