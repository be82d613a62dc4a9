//! What happened, as webhooks of viasto: which of our things changed, by its URL here.

use callboard_core::{ApplicationId, Candidate, Event, EventType, Snapshot, Timestamp};
use serde::Serialize;

use super::resource::{Company, Place};
use crate::dialect::Recipient;

#[derive(Serialize)]
struct Envelope<'a, D> {
    endpoint: &'a str,
    time: String,
    event: &'static str,
    data: D,
}

#[derive(Serialize)]
struct ProjectChanged {
    action: &'static str,
    project: String,
}

#[derive(Serialize)]
struct CandidateChanged {
    action: &'static str,
    project: String,
    candidate: String,
}

#[derive(Serialize)]
struct AnswerVideoChanged {
    action: &'static str,
    project: String,
    candidate: String,
    question: Option<String>,
    answervideo: String,
}

#[derive(Serialize)]
struct RatingChanged {
    action: &'static str,
    project: String,
    candidate: String,
    rating: String,
}

#[derive(Serialize)]
struct NoteChanged {
    action: &'static str,
    project: String,
    customer: Option<String>,
    answervideo: Option<String>,
    candidate: String,
    note: String,
}

const CREATED: &str = "created";
const MODIFIED: &str = "modified";

/// The bodies that tell this event: one, or for what concerns a candidate one an application, or none.
pub(super) fn write(event: &Event, to: &Recipient<'_>) -> Vec<Vec<u8>> {
    let writer = Writer {
        event,
        data: &event.data,
        to,
        company: Company { public_url: to.public_url, id: event.company },
    };
    let body = match event.kind {
        EventType::JobCreated => writer.project(CREATED),
        EventType::JobUpdated | EventType::JobStatusUpdated => writer.project(MODIFIED),
        EventType::ApplicationCreated => writer.candidate(CREATED),
        EventType::ApplicationStageUpdated | EventType::InterviewStageUpdated => writer.candidate(MODIFIED),
        EventType::CandidateUpdated | EventType::CandidateTagAdded | EventType::CandidateTagRemoved => {
            return writer.each_application();
        }
        EventType::AnswerVideoCreated => writer.answer_video(CREATED),
        EventType::AnswerVideoUpdated => writer.answer_video(MODIFIED),
        EventType::FeedbackSubmitted => writer.rating(CREATED),
        EventType::FeedbackUpdated => writer.rating(MODIFIED),
        EventType::CandidateNoteCreated => writer.note(CREATED),
        EventType::CandidateNoteUpdated => writer.note(MODIFIED),
        _ => None,
    };
    body.into_iter().collect()
}

struct Writer<'a> {
    event: &'a Event,
    data: &'a Snapshot,
    to: &'a Recipient<'a>,
    company: Company<'a>,
}

impl Writer<'_> {
    fn project(&self, action: &'static str) -> Option<Vec<u8>> {
        let project = self.company.job(self.data.job.as_ref()?.id).0;
        Some(self.body("project_changed", ProjectChanged { action, project }))
    }

    fn candidate(&self, action: &'static str) -> Option<Vec<u8>> {
        Some(self.candidate_at(self.place(None)?, action))
    }

    fn each_application(&self) -> Vec<Vec<u8>> {
        let own = self.data.application.as_ref().map(|application| application.id);
        let known = self.data.candidate.iter().flat_map(|candidate| candidate.applications.iter().copied());
        known
            .clone()
            .chain(own.filter(|own| !known.clone().any(|id| id == *own)))
            .map(|id| self.candidate_at(self.application(id), MODIFIED))
            .collect()
    }

    fn candidate_at(&self, place: Place, action: &'static str) -> Vec<u8> {
        let project = place.project(&self.company);
        let candidate = place.candidate(&project);
        self.body("candidate_changed", CandidateChanged { action, project: project.0, candidate })
    }

    fn answer_video(&self, action: &'static str) -> Option<Vec<u8>> {
        let video = self.data.answer_video.as_deref()?;
        let place = self.place(video.application_id).or_else(|| video.interview_id.map(Place::Interview))?;
        let project = place.project(&self.company);
        let question = self.data.question.as_ref().map(|question| question.id).or(video.question_id);
        Some(self.body(
            "answervideo_changed",
            AnswerVideoChanged {
                action,
                candidate: place.candidate(&project),
                question: question.map(|id| project.question(id)),
                answervideo: project.answer_video(video.id),
                project: project.0,
            },
        ))
    }

    fn rating(&self, action: &'static str) -> Option<Vec<u8>> {
        let feedback = self.data.feedback.as_deref()?;
        let place =
            self.place(feedback.application_id).or_else(|| feedback.interview_id.map(Place::Interview))?;
        let project = place.project(&self.company);
        Some(self.body(
            "rating_changed",
            RatingChanged {
                action,
                candidate: place.candidate(&project),
                rating: project.rating(feedback.id),
                project: project.0,
            },
        ))
    }

    fn note(&self, action: &'static str) -> Option<Vec<u8>> {
        let note = self.data.note.as_deref()?;
        let place = self.place(note.application_id).or_else(|| {
            let candidate: &Candidate = self.data.candidate.as_deref()?;
            candidate.applications.first().map(|id| self.application(*id))
        })?;
        let project = place.project(&self.company);
        let author = note.author.as_ref().and_then(|author| author.user);
        let answer_video = self.data.answer_video.as_ref().map(|it| it.id).or(note.answer_video_id);
        Some(self.body(
            "note_changed",
            NoteChanged {
                action,
                customer: author.map(|user| self.company.customer(user)),
                answervideo: answer_video.map(|id| project.answer_video(id)),
                candidate: place.candidate(&project),
                note: project.note(note.id),
                project: project.0,
            },
        ))
    }

    /// Where the thing belongs: to the linked application, to the event's, or else to its interview.
    fn place(&self, linked: Option<ApplicationId>) -> Option<Place> {
        let interview = self.data.interview.as_deref();
        linked
            .or_else(|| self.data.application.as_ref().map(|application| application.id))
            .or_else(|| interview?.application_id)
            .map(|id| self.application(id))
            .or_else(|| interview.map(|interview| Place::Interview(interview.id)))
    }

    /// An application, with its job as far as the event says.
    fn application(&self, id: ApplicationId) -> Place {
        let own = self.data.application.as_ref().filter(|application| application.id == id);
        let job = own.and_then(|application| application.job_id.or_else(|| Some(self.data.job.as_ref()?.id)));
        let marked = || self.data.applications.iter().find(|marked| marked.id == id);
        Place::Application(id, job.or_else(|| Some(marked()?.job_id)))
    }

    fn body(&self, event: &'static str, data: impl Serialize) -> Vec<u8> {
        let envelope =
            Envelope { endpoint: self.to.url, time: microseconds(self.event.timestamp), event, data };
        serde_json::to_vec(&envelope).expect("texts are JSON")
    }
}

/// `2015-03-16T15:32:34.174752+00:00`, as Python writes it.
pub(super) fn microseconds(at: Timestamp) -> String {
    let mut time = format!("{at:.6}");
    time.pop();
    time + "+00:00"
}
