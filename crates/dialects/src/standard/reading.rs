//! What a native event says to a hub that is not its own: the sender's things are named by the sender's ids.

use callboard_core::{
    About, Belonging, Change, EventType, FeedbackChange, InterviewChange, InterviewTold, Named, News,
    Observation, OverallStatus, Person, Score, ScoreTold, StageMark, Timestamp,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::things::{AnswerVideo, Application, Candidate, Feedback, Interview, Job, Note, Question};
use crate::dialect::{Reading, Unreadable, text};

/// A native body; what only its own hub can use, its id and its company, stays unread.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: EventType,
    timestamp: Option<Timestamp>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// Reads a native body.
pub(super) fn read(body: &[u8]) -> Result<Reading, Unreadable> {
    let body: Body<'_> = serde_json::from_str(text(body)?)
        .map_err(|error| Unreadable(format!("the body is no event: {error}")))?;
    Ok(Reading {
        observations: observations(&body.kind, body.timestamp, body.data)?,
        label: body.kind.to_string(),
    })
}

/// What an event of this kind with this `data` tells: nothing, if it is about the sending hub itself, or of a kind that
/// we do not know.
pub(crate) fn observations(
    kind: &EventType,
    at: Option<Timestamp>,
    data: Option<&RawValue>,
) -> Result<Vec<Observation>, Unreadable> {
    if is_about_the_hub(kind) {
        return Ok(Vec::new());
    }
    let data = data.ok_or_else(|| lacking(kind, "data"))?;
    let data: Data = serde_json::from_str(data.get())
        .map_err(|error| Unreadable(format!("the `data` of this `{kind}` makes no sense: {error}")))?;
    Ok(vec![Observation { at, news: data.news(kind)? }])
}

fn is_about_the_hub(kind: &EventType) -> bool {
    use EventType::{DeliveryFailed, EndpointDisabled, EndpointTest, Other, ReceiptQuarantined};
    matches!(kind, EndpointTest | EndpointDisabled | DeliveryFailed | ReceiptQuarantined | Other(_))
}

fn lacking(kind: &EventType, member: &str) -> Unreadable {
    let kind: String = kind.as_str().chars().take(64).collect();
    Unreadable(format!("this `{kind}` lacks `{member}`"))
}

#[derive(Deserialize)]
struct Data {
    job: Option<Job>,
    candidate: Option<Candidate>,
    application: Option<Application>,
    interview: Option<Interview>,
    feedback: Option<Feedback>,
    assessment: Option<Assessment>,
    note: Option<Note>,
    tag: Option<Named>,
    question: Option<Question>,
    answer_video: Option<AnswerVideo>,
    #[serde(default)]
    previous: Previous,
}

/// The one old value that says something which the new ones do not.
#[derive(Default, Deserialize)]
struct Previous {
    stage: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Assessment {
    average: Option<Score>,
    total: Option<Score>,
    #[serde(default)]
    reviewers: Vec<ReviewerScore>,
    overall_status: Option<OverallStatus>,
}

#[derive(Deserialize)]
struct ReviewerScore {
    #[serde(default)]
    reviewer: Person,
    score: Option<Score>,
    comment: Option<String>,
}

impl Data {
    fn news(self, kind: &EventType) -> Result<News, Unreadable> {
        use EventType as E;
        match kind {
            E::JobCreated => self.job_news(kind, Change::Created, false),
            E::JobUpdated => self.job_news(kind, Change::Updated, false),
            E::JobStatusUpdated => self.job_news(kind, Change::Updated, true),
            E::JobDeleted => self.job_news(kind, Change::Deleted, false),
            E::CandidateCreated => self.candidate_news(kind, Change::Created),
            E::CandidateUpdated => self.candidate_news(kind, Change::Updated),
            E::CandidateDeleted => self.candidate_news(kind, Change::Deleted),
            E::CandidateNoteCreated => self.note_news(kind, Change::Created),
            E::CandidateNoteUpdated => self.note_news(kind, Change::Updated),
            E::CandidateNoteDeleted => self.note_news(kind, Change::Deleted),
            E::CandidateTagAdded => self.tag_news(kind, true),
            E::CandidateTagRemoved => self.tag_news(kind, false),
            E::ApplicationCreated => self.application_news(kind, Change::Created, false),
            E::ApplicationStageUpdated => self.application_news(kind, Change::Updated, true),
            E::ApplicationDeleted => self.application_news(kind, Change::Deleted, false),
            E::InterviewCreated => self.interview_news(kind, InterviewChange::Created),
            E::InterviewUpdated => self.interview_news(kind, InterviewChange::Updated),
            E::InterviewCancelled => self.interview_news(kind, InterviewChange::Cancelled),
            E::InterviewArchived => self.interview_news(kind, InterviewChange::Archived),
            E::InterviewStageUpdated => self.stage_news(kind),
            E::InterviewMeetingReady => self.meeting_news(kind),
            E::InterviewAssessed => self.assessed_news(kind),
            E::FeedbackRequested => self.feedback_news(kind, FeedbackChange::Requested),
            E::FeedbackSubmitted => self.feedback_news(kind, FeedbackChange::Submitted),
            E::FeedbackUpdated => self.feedback_news(kind, FeedbackChange::Updated),
            E::AnswerVideoCreated => self.answer_video_news(kind, Change::Created),
            E::AnswerVideoUpdated => self.answer_video_news(kind, Change::Updated),
            E::EndpointTest
            | E::EndpointDisabled
            | E::DeliveryFailed
            | E::ReceiptQuarantined
            | E::Other(_) => Err(Unreadable(format!("`{kind}` tells nothing about interviews"))),
        }
    }

    /// What the thing belongs to. The thing itself has been taken out before.
    fn belonging(&mut self) -> Belonging {
        Belonging {
            job: self.job.take().map(About::from),
            candidate: self.candidate.take().map(About::from),
            application: self.application.take().map(About::from),
        }
    }

    fn job_news(self, kind: &EventType, change: Change, status_only: bool) -> Result<News, Unreadable> {
        let job = needed(kind, "job", self.job)?.into();
        Ok(News::Job { job, change, status_only })
    }

    fn candidate_news(self, kind: &EventType, change: Change) -> Result<News, Unreadable> {
        let candidate = needed(kind, "candidate", self.candidate)?.into();
        Ok(News::Candidate { candidate, change })
    }

    fn tag_news(self, kind: &EventType, added: bool) -> Result<News, Unreadable> {
        let candidate = needed(kind, "candidate", self.candidate)?.into();
        Ok(News::Tag { candidate, tag: needed(kind, "tag", self.tag)?, added })
    }

    fn note_news(mut self, kind: &EventType, change: Change) -> Result<News, Unreadable> {
        let mut note = needed(kind, "note", self.note.take())?;
        note.author = note.author.map(elsewhere);
        let answer_video = self.answer_video.take().map(About::from);
        Ok(News::Note { note: note.into(), of: self.belonging(), answer_video, change })
    }

    fn application_news(
        mut self,
        kind: &EventType,
        change: Change,
        stage_only: bool,
    ) -> Result<News, Unreadable> {
        let application = needed(kind, "application", self.application.take())?.into();
        Ok(News::Application { application, of: self.belonging(), change, stage_only })
    }

    fn interview_news(mut self, kind: &EventType, change: InterviewChange) -> Result<News, Unreadable> {
        let mut interview = self.interview(kind)?;
        let meeting = interview.meeting.take();
        Ok(News::Interview { interview: interview.into(), of: self.belonging(), meeting, change })
    }

    /// An interview that is still in its first stage is written without one.
    fn stage_news(mut self, kind: &EventType) -> Result<News, Unreadable> {
        let mut interview = self.interview(kind)?;
        let current = interview.stage.take().unwrap_or_default();
        let previous = self.previous.stage.take().and_then(|stage| StageMark::deserialize(stage).ok());
        Ok(News::Stage { interview: interview.into(), of: self.belonging(), previous, current })
    }

    fn meeting_news(mut self, kind: &EventType) -> Result<News, Unreadable> {
        let mut interview = self.interview(kind)?;
        let meeting = needed(kind, "interview.meeting", interview.meeting.take())?;
        let interview = interview.into();
        Ok(News::Meeting { interview, of: self.belonging(), meeting, overall_status: None })
    }

    fn assessed_news(mut self, kind: &EventType) -> Result<News, Unreadable> {
        let interview: About<InterviewTold> = self.interview(kind)?.into();
        let assessment = needed(kind, "assessment", self.assessment.take())?;
        let scores = assessment.reviewers.into_iter().map(|it| ScoreTold {
            reviewer: elsewhere(it.reviewer),
            score: it.score,
            comment: it.comment,
        });
        Ok(News::Assessed {
            interview,
            of: self.belonging(),
            scores: scores.collect(),
            average: assessment.average,
            total: assessment.total,
            overall_status: assessment.overall_status,
        })
    }

    fn feedback_news(mut self, kind: &EventType, change: FeedbackChange) -> Result<News, Unreadable> {
        let mut feedback = needed(kind, "feedback", self.feedback.take())?;
        feedback.reviewer = feedback.reviewer.map(elsewhere);
        feedback.creator = feedback.creator.map(elsewhere);
        let interview = self.interview.take().map(About::from);
        Ok(News::Feedback { feedback: feedback.into(), interview, of: self.belonging(), change })
    }

    fn answer_video_news(mut self, kind: &EventType, change: Change) -> Result<News, Unreadable> {
        let answer_video = needed(kind, "answer_video", self.answer_video.take())?.into();
        let question = self.question.take().map(About::from);
        Ok(News::AnswerVideo { answer_video, question, of: self.belonging(), change })
    }

    fn interview(&mut self, kind: &EventType) -> Result<Interview, Unreadable> {
        needed(kind, "interview", self.interview.take())
    }
}

fn needed<T>(kind: &EventType, member: &str, thing: Option<T>) -> Result<T, Unreadable> {
    thing.ok_or_else(|| lacking(kind, member))
}

/// A person of another hub: its user is none of ours, but the id of that user is what the hub calls them.
fn elsewhere(person: Person) -> Person {
    let id = person.id.or_else(|| person.user.map(|user| user.to_string()));
    Person { user: None, id, ..person }
}
