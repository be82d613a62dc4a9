//! What happened, as a callback of LaunchPad. Every scalar is a string, the order of the members that of the samples.
//!
//! `interview.id` names the assessment that candidates are invited to. Where LaunchPad itself named the interview, that is
//! told on. For one that was made here, it is the assessment's name, which the partner was given when it was made, and
//! `live_meeting_id` is our own id of the interview.

use std::borrow::Cow;

use callboard_core::{
    Application, Candidate, Event, EventType, Interview, Job, OverallStatus, ReviewerScore, Snapshot,
    Timestamp,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::naming;

/// The platform, as external ids name it.
const PLATFORM: &str = "launchpad";

/// The body that tells this event, if there is a word for it.
pub(super) fn write(event: &Event) -> Option<Vec<u8>> {
    let body = match event.kind {
        EventType::InterviewMeetingReady => serde_json::to_vec(&ZoomLink::of(event)?),
        EventType::InterviewAssessed => serde_json::to_vec(&AssessmentStatus::of(event)?),
        _ => return None,
    };
    Some(body.expect("texts are JSON"))
}

/// Seed 000.
#[derive(Serialize)]
struct ZoomLink<'a> {
    candidate: NamedCandidate<'a>,
    interview: Linked<'a>,
    metadata: Metadata,
    overall_status: Overall<'a>,
}

#[derive(Serialize)]
struct NamedCandidate<'a> {
    id: Cow<'a, str>,
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    custom_invite_id: Cow<'a, str>,
}

#[derive(Serialize)]
struct Linked<'a> {
    start_time: String,
    end_time: String,
    duration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    join_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewer_url: Option<&'a str>,
    id: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    live_meeting_id: Option<Cow<'a, str>>,
}

/// Seed 001.
#[derive(Serialize)]
struct AssessmentStatus<'a> {
    candidate: PlainCandidate<'a>,
    interview: Plain<'a>,
    result_details: ResultDetails<'a>,
    metadata: Metadata,
    overall_status: Overall<'a>,
}

#[derive(Serialize)]
struct PlainCandidate<'a> {
    id: Cow<'a, str>,
    email: &'a str,
    custom_invite_id: Cow<'a, str>,
}

#[derive(Serialize)]
struct Plain<'a> {
    id: Cow<'a, str>,
}

#[derive(Serialize)]
struct ResultDetails<'a> {
    status: &'static str,
    average_score: String,
    total_score: String,
    reviewers: Vec<Reviewer<'a>>,
}

#[derive(Serialize)]
struct Reviewer<'a> {
    email: &'a str,
    score: String,
    comment: &'a str,
}

#[derive(Serialize)]
struct Metadata {
    timestamp: String,
}

#[derive(Serialize)]
struct Overall<'a> {
    status: &'a OverallStatus,
}

impl<'a> ZoomLink<'a> {
    fn of(event: &'a Event) -> Option<Self> {
        let data = &event.data;
        let interview = data.interview.as_deref()?;
        interview.meeting.as_ref()?;
        Some(Self {
            candidate: NamedCandidate::of(data),
            interview: Linked::of(data, interview),
            metadata: event.timestamp.into(),
            overall_status: Overall { status: overall_status(data) },
        })
    }
}

impl<'a> AssessmentStatus<'a> {
    fn of(event: &'a Event) -> Option<Self> {
        let data = &event.data;
        let assessment = data.assessment.as_ref()?;
        Some(Self {
            candidate: PlainCandidate::of(data),
            interview: Plain { id: id_of(data, data.interview.as_deref()?) },
            result_details: ResultDetails {
                status: "reviewed",
                average_score: assessment.average.to_string(),
                total_score: assessment.total.to_string(),
                reviewers: assessment.reviewers.iter().map(Reviewer::from).collect(),
            },
            metadata: event.timestamp.into(),
            overall_status: Overall { status: &assessment.overall_status },
        })
    }
}

impl<'a> NamedCandidate<'a> {
    fn of(data: &'a Snapshot) -> Self {
        let (first_name, last_name) = data.candidate.as_deref().map(names).unwrap_or_default();
        let PlainCandidate { id, email, custom_invite_id } = PlainCandidate::of(data);
        Self { id, first_name, last_name, email, custom_invite_id }
    }
}

impl<'a> PlainCandidate<'a> {
    fn of(data: &'a Snapshot) -> Self {
        let candidate = data.candidate.as_deref();
        let linked = || Some(data.application.as_ref()?.candidate_id?.to_string().into());
        let id = candidate.map(|candidate| {
            let known = candidate.external_ids.get_for(PLATFORM, data.source);
            known.map_or_else(|| candidate.id.to_string().into(), Cow::Borrowed)
        });
        Self {
            id: id.or_else(linked).unwrap_or_default(),
            email: candidate.and_then(|it| it.email.as_deref()).unwrap_or_default(),
            custom_invite_id: data
                .application
                .as_deref()
                .map(|it| custom_invite_id(data, it))
                .unwrap_or_default(),
        }
    }
}

impl<'a> Linked<'a> {
    fn of(data: &'a Snapshot, interview: &'a Interview) -> Self {
        let meeting = interview.meeting.as_ref();
        let join_url = meeting.and_then(|meeting| meeting.join_url.as_deref());
        let start_url = meeting.and_then(|meeting| meeting.start_url.as_ref()).map(|link| link.0.as_str());
        let minutes =
            interview.start.zip(interview.end).map(|(start, end)| end.duration_since(start).as_mins());
        Self {
            start_time: interview.start.map(milliseconds).unwrap_or_default(),
            end_time: interview.end.map(milliseconds).unwrap_or_default(),
            duration: minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
            join_url,
            start_url,
            candidate_url: join_url,
            reviewer_url: start_url,
            id: id_of(data, interview),
            live_meeting_id: live_meeting_id(data, interview),
        }
    }
}

impl<'a> From<&'a ReviewerScore> for Reviewer<'a> {
    fn from(reviewer: &'a ReviewerScore) -> Self {
        Self {
            email: reviewer.reviewer.email.as_deref().unwrap_or_default(),
            score: reviewer.score.to_string(),
            comment: reviewer.comment.as_deref().unwrap_or_default(),
        }
    }
}

impl From<Timestamp> for Metadata {
    fn from(at: Timestamp) -> Self {
        Self { timestamp: milliseconds(at) }
    }
}

fn milliseconds(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// What the partner, or LaunchPad, calls an assessment.
pub(super) fn assessment_id(job: &Job) -> Cow<'_, str> {
    job.external_ids.get(PLATFORM).map_or_else(|| job.id.to_string().into(), Cow::Borrowed)
}

/// The assessment that an interview is part of, by the name that LaunchPad or a partner of ours knows it under.
fn assessment(data: &Snapshot) -> Option<&str> {
    data.job.as_deref()?.external_ids.get_for(PLATFORM, data.source)
}

fn id_of<'a>(data: &'a Snapshot, interview: &'a Interview) -> Cow<'a, str> {
    match (interview.external_ids.get_for(PLATFORM, data.source), assessment(data)) {
        (Some(own), Some(assessment)) if naming::is_of(own, assessment) => assessment.into(),
        (Some(own), _) => own.into(),
        (None, Some(assessment)) => assessment.into(),
        (None, None) => interview.id.to_string().into(),
    }
}

/// The platform's id for the meeting; for an interview that was made here, our own of the interview.
fn live_meeting_id<'a>(data: &'a Snapshot, interview: &'a Interview) -> Option<Cow<'a, str>> {
    if interview.external_ids.get(PLATFORM).is_none() && assessment(data).is_some() {
        return Some(interview.id.to_string().into());
    }
    Some(interview.meeting.as_ref()?.id.as_deref()?.into())
}

/// The candidate of an invitation, as its answer tells it: as in the callbacks about it.
pub(super) fn invited(data: &Snapshot) -> Value {
    serde_json::to_value(NamedCandidate::of(data)).expect("texts are JSON")
}

/// The meeting of an invitation, as its answer tells it: with both links in that API's own spelling, empty if not known.
pub(super) fn live_meeting(data: &Snapshot) -> Value {
    let Some(interview) = data.interview.as_deref() else { return Value::Null };
    let linked = Linked::of(data, interview);
    json!({
        "start_time": linked.start_time,
        "end_time": linked.end_time,
        "duration": linked.duration,
        "candidate_url": linked.candidate_url.unwrap_or_default(),
        "reviewer_url": linked.reviewer_url.unwrap_or_default(),
        "id": linked.id,
        "live_meeting_id": linked.live_meeting_id.unwrap_or_default(),
    })
}

fn custom_invite_id<'a>(data: &Snapshot, application: &'a Application) -> Cow<'a, str> {
    application
        .custom_invite_id
        .as_deref()
        .or_else(|| application.external_ids.get_for(PLATFORM, data.source))
        .map_or_else(|| application.id.to_string().into(), Cow::Borrowed)
}

/// Both names. Where only the whole one is known, its last word is the family name.
fn names(candidate: &Candidate) -> (&str, &str) {
    match (&candidate.first_name, &candidate.last_name, &candidate.full_name) {
        (None, None, Some(full)) => full.rsplit_once(' ').unwrap_or((full, "")),
        (first, last, _) => (first.as_deref().unwrap_or_default(), last.as_deref().unwrap_or_default()),
    }
}

/// How far the application is as a whole. That there is a link to join says that something is still to come, unless the
/// application is decided.
fn overall_status(data: &Snapshot) -> &OverallStatus {
    static IN_PROGRESS: OverallStatus = OverallStatus::InProgress;
    static COMPLETED: OverallStatus = OverallStatus::Completed;
    match &data.assessment {
        Some(assessment) => &assessment.overall_status,
        None if data.application.as_ref().is_some_and(|it| it.is_decided()) => &COMPLETED,
        None => &IN_PROGRESS,
    }
}
