//! An event in a line that a person reads at a glance.

use callboard_core::{Event, EventType, Snapshot, StageMark, Timestamp};
use serde::Deserialize;

use crate::api::{Api, Fault};
use crate::listing::encoded;

/// The words in which endpoints are told.
pub(crate) const DIALECTS: [&str; 6] =
    ["standard", "cloudevents", "launchpad", "hirehive", "viasto", "skype"];

/// An event as the API shows it.
#[derive(Clone, Deserialize)]
pub(crate) struct Listed {
    pub(crate) recorded_at: Timestamp,
    pub(crate) event: Event,
}

/// What happened, if it is still kept.
pub(crate) async fn line_of(api: &Api, event: &str) -> Result<Option<Line>, Fault> {
    match api.get::<Listed>(&format!("/v1/events/{}", encoded(event))).await {
        Ok(listed) => Ok(Some(Line::of(&listed.event, None, listed.recorded_at))),
        Err(fault) if fault.is_not_found() => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    pub(crate) kind: String,
    /// Where it came from: a platform's name, or nothing if it was asked for through the API.
    pub(crate) platform: Option<String>,
    pub(crate) who: String,
    pub(crate) what: String,
    /// For a move from one stage to another.
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    /// The interview that it is about.
    pub(crate) interview: Option<String>,
}

impl Line {
    pub(crate) fn of(event: &Event, platform: Option<&str>, at: Timestamp) -> Self {
        let data = &event.data;
        let is_move = event.kind == EventType::InterviewStageUpdated;
        Self {
            id: event.id.to_string(),
            at,
            kind: event.kind.to_string(),
            platform: platform.map(str::to_owned),
            who: who(data).unwrap_or_else(|| event.id.to_string()),
            what: what(event),
            from: previous_stage(data).filter(|_| is_move),
            to: data.interview.as_ref().filter(|_| is_move).map(|it| stage_words(it.stage.value.as_str())),
            interview: data.interview.as_ref().map(|it| it.id.to_string()),
        }
    }

    /// Two letters that stand for the platform.
    pub(crate) fn mark(&self) -> &'static str {
        mark(self.platform.as_deref())
    }
}

/// Two letters that stand for a platform, or for a dialect.
pub(crate) fn mark(name: Option<&str>) -> &'static str {
    match name {
        Some("launchpad") => "LP",
        Some("hirehive") => "HH",
        Some("viasto") => "vi",
        Some("skype") => "Sk",
        Some("standard") => "St",
        Some("cloudevents") => "CE",
        _ => "CB",
    }
}

/// A platform as people call it.
pub(crate) fn platform_words(name: &str) -> &str {
    match name {
        "launchpad" => "LaunchPad",
        "hirehive" => "HireHive",
        "viasto" => "viasto",
        "skype" => "Skype Interviews",
        "standard" => "Standard Webhooks",
        "cloudevents" => "CloudEvents",
        other => other,
    }
}

/// How a delivery stands, as people say it.
pub(crate) fn standing(state: &str) -> &str {
    match state {
        "pending" => "owed",
        "delivered" => "told",
        "failed" => "given up",
        "cancelled" => "called off",
        other => other,
    }
}

/// The candidate, else the job, else the endpoint, else what the platform calls the thing.
fn who(data: &Snapshot) -> Option<String> {
    let candidate = data.candidate.as_ref();
    let ids = [
        data.interview.as_ref().map(|it| &it.external_ids),
        data.application.as_ref().map(|it| &it.external_ids),
        candidate.map(|it| &it.external_ids),
        data.job.as_ref().map(|it| &it.external_ids),
    ];
    let named = [
        candidate.and_then(|it| it.display_name()),
        candidate.and_then(|it| it.email.clone()),
        data.job.as_ref().and_then(|it| it.title.clone()),
        data.endpoint.as_ref().map(|it| it.host.clone()),
        ids.into_iter().flatten().find_map(|ids| ids.iter().next().map(|(_, name)| short(name))),
        data.interview.as_ref().map(|it| it.id.to_string()),
    ];
    named.into_iter().flatten().find(|name| !name.trim().is_empty())
}

/// A platform's own name for something may be a path, of which the end tells most: `candidates/4`.
fn short(name: &str) -> String {
    let mut parts: Vec<&str> = name.trim_end_matches('/').rsplitn(3, '/').take(2).collect();
    parts.reverse();
    parts.join("/")
}

fn previous_stage(data: &Snapshot) -> Option<String> {
    let stage: StageMark = serde_json::from_value(data.previous.get("stage")?.clone()).ok()?;
    Some(stage_words(stage.value.as_str()))
}

/// `SchedulingTime` as people say it: `Scheduling time`.
pub(crate) fn stage_words(stage: &str) -> String {
    let mut words = String::with_capacity(stage.len() + 4);
    for letter in stage.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

fn what(event: &Event) -> String {
    let says = match &event.kind {
        EventType::JobCreated => "Job made",
        EventType::JobUpdated => "Job changed",
        EventType::JobStatusUpdated => "Job opened or closed",
        EventType::JobDeleted => "Job removed",
        EventType::CandidateCreated => "New candidate",
        EventType::CandidateUpdated => "Candidate changed",
        EventType::CandidateDeleted => "Candidate removed",
        EventType::CandidateNoteCreated => "Note written",
        EventType::CandidateNoteUpdated => "Note changed",
        EventType::CandidateNoteDeleted => "Note removed",
        EventType::CandidateTagAdded => "Tag added",
        EventType::CandidateTagRemoved => "Tag removed",
        EventType::ApplicationCreated => "Applied",
        EventType::ApplicationStageUpdated => "Application moved on",
        EventType::ApplicationDeleted => "Application removed",
        EventType::InterviewCreated => "Interview made",
        EventType::InterviewUpdated => "Interview changed",
        EventType::InterviewCancelled => "Interview cancelled",
        EventType::InterviewArchived => "Interview archived",
        EventType::InterviewStageUpdated => "Stage changed",
        EventType::InterviewMeetingReady => "Meeting link ready",
        EventType::InterviewAssessed => "All feedback is in",
        EventType::FeedbackRequested => "Feedback asked for",
        EventType::FeedbackSubmitted => "Feedback given",
        EventType::FeedbackUpdated => "Feedback changed",
        EventType::AnswerVideoCreated => "Answer recorded",
        EventType::AnswerVideoUpdated => "Answer changed",
        EventType::EndpointTest => "Endpoint tested",
        EventType::EndpointDisabled => "Endpoint disabled",
        EventType::DeliveryFailed => "Delivery given up",
        EventType::ReceiptQuarantined => "Could not be understood",
        EventType::Other(word) => word,
    };
    says.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn there_is_always_something_to_call_it() {
        let event: Event = serde_json::from_value(json!({
            "id": "evt_0sa2r34t00800", "type": "candidate.created", "timestamp": "2026-03-02T08:00:00Z",
            "company": "com_0sa2r32cg0001",
            "data": {"candidate": {"id": "can_0sa2r34qm0v00", "full_name": " ", "applications": [], "tags": []}},
        }))
        .unwrap();
        assert_eq!(Line::of(&event, None, event.timestamp).who, "evt_0sa2r34t00800");
    }

    #[test]
    fn a_move_between_stages_says_who_and_from_where_to_where() {
        let event: Event = serde_json::from_value(json!({
            "id": "evt_0sa2r34t00800", "type": "interview.stage.updated", "timestamp": "2026-03-02T08:00:00Z",
            "company": "com_0sa2r32cg0001",
            "data": {
                "interview": {
                    "id": "int_0sa2r34qm0v00", "external_ids": {"viasto": "https://x/api/v3/candidates/4/"},
                    "stage": {"value": "FeedbackCompleted", "code": 4200},
                },
                "previous": {"stage": {"value": "FeedbackCollecting"}},
            },
        }))
        .unwrap();
        let line = Line::of(&event, Some("skype"), event.timestamp);
        assert_eq!((line.mark(), line.who.as_str()), ("Sk", "candidates/4"));
        assert_eq!(line.from.as_deref(), Some("Feedback collecting"));
        assert_eq!(line.to.as_deref(), Some("Feedback completed"));
        assert_eq!(line.interview.as_deref(), Some("int_0sa2r34qm0v00"));
    }
}
