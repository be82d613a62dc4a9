//! A project's candidate: who they are, and how far their interview and its evaluation are.

use callboard_core::{
    Application, ApplicationId, AttendeeAnswer, AttendeeKind, Candidate, Feedback, FeedbackId,
    FeedbackStatus, Interview, InterviewId, InterviewMode, ParentStage, Stage, Timestamp, time_of,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::belonging::CandidateOf;
use super::suite::Project;
use crate::known::{known, present};
use crate::viasto::writing::microseconds;

/// How far a candidate's interview is, in viasto's words (platforms.md 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CandidateStatus {
    /// There is no interview yet.
    New,
    /// There is one, and no time for it has been settled.
    Invited,
    /// A time is settled, or the candidate has accepted the invitation.
    Confirmed,
    /// It is under way.
    Interviewing,
    /// It is over.
    Interviewed,
    /// The deadline passed before it began.
    Expired,
    /// It was cancelled, or went wrong.
    Aborted,
    /// The application was decided, or the interview put away, without it having been held.
    Skipped,
}

/// How far the evaluation is (platforms.md 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EvaluationStatus {
    /// No reviewer has given feedback.
    Pending,
    /// Some have, of those who were asked.
    Partial,
    /// All who were asked have.
    Completed,
}

impl CandidateStatus {
    /// The status of a candidate with this application, if one is known, and this interview, if there is one.
    pub fn of(application: Option<&Application>, interview: Option<&Interview>, now: Timestamp) -> Self {
        let Some(interview) = interview else { return Self::without_interview(application) };
        let is_over = interview.deadline.is_some_and(|deadline| deadline < now);
        match &interview.stage.value {
            _ if interview.is_cancelled() => Self::Aborted,
            Stage::InterviewCanceled | Stage::InterviewFailed => Self::Aborted,
            Stage::InterviewStarted => Self::Interviewing,
            Stage::InterviewCompleted
            | Stage::FeedbackCollecting
            | Stage::FeedbackFailed
            | Stage::FeedbackCompleted => Self::Interviewed,
            Stage::InterviewArchived if was_held(interview) => Self::Interviewed,
            Stage::InterviewArchived => Self::Skipped,
            _ if is_over => Self::Expired,
            Stage::SchedulingCompleted if is_confirmed(interview) => Self::Confirmed,
            Stage::InterviewCreated
            | Stage::SchedulingTime
            | Stage::SchedulingFailed
            | Stage::SchedulingCompleted
            | Stage::Other(_) => Self::Invited,
        }
    }

    fn without_interview(application: Option<&Application>) -> Self {
        let parent =
            application.and_then(|application| application.stage.as_ref()).map(|stage| &stage.parent);
        match parent {
            Some(ParentStage::Rejected | ParentStage::Offered | ParentStage::Hired) => Self::Skipped,
            _ => Self::New,
        }
    }
}

/// An archived interview does not say what it was before; what came of it does.
fn was_held(interview: &Interview) -> bool {
    let joined = interview.attendees.iter().flatten().any(|attendee| attendee.joined_at.is_some());
    joined || interview.assessed || !interview.feedback.is_empty()
}

/// A live interview with a time is confirmed; one on demand, once the candidate has accepted.
fn is_confirmed(interview: &Interview) -> bool {
    let accepted = interview.attendees.iter().flatten().any(|attendee| {
        attendee.kind == Some(AttendeeKind::Candidate) && attendee.answer == Some(AttendeeAnswer::Accepted)
    });
    interview.mode != Some(InterviewMode::OnDemand) || accepted
}

impl EvaluationStatus {
    /// The status of an evaluation by this feedback.
    pub fn of<'f>(feedback: impl IntoIterator<Item = &'f Feedback>) -> Self {
        let (mut asked, mut given) = (0, 0);
        for one in feedback {
            asked += 1;
            given += i32::from(one.status == Some(FeedbackStatus::Complete));
        }
        match given {
            0 => Self::Pending,
            given if given == asked => Self::Completed,
            _ => Self::Partial,
        }
    }
}

impl Project<'_> {
    /// A candidate of this project.
    pub fn candidate(&self, of: CandidateOf) -> Value {
        let application = self.application_of(of);
        let interview = self.interview_of(of);
        let person = self.person_behind(of);
        let fact =
            |fact: fn(&Candidate) -> &Option<String>| person.and_then(|person| fact(person).as_deref());
        json!({
            "resource_uri": self.candidate_url(of),
            "first_name": fact(|it| &it.first_name),
            "last_name": fact(|it| &it.last_name),
            "username": fact(|it| &it.email),
            "status": CandidateStatus::of(application, interview, self.suite.now),
            "confirmationdate": null,
            "photo": fact(|it| &it.image_url),
            "cv": null,
            "evaluation_status": EvaluationStatus::of(self.feedback_on(of)),
            "my_evaluation_status": null,
            "email": fact(|it| &it.email),
            "project": self.url.0,
            "phone": fact(|it| &it.phone),
            "gender": null,
            "created_by": null,
            "address": fact(|it| &it.address),
            "deadline": interview.and_then(|it| it.deadline).map(microseconds),
            "invitationdate": interview.map(|it| microseconds(time_of(it.id))),
            "interviewdate": interview.and_then(|it| it.start).map(microseconds),
            "partner_data": application.and_then(|it| it.custom_invite_id.as_deref()),
            "shares": [],
            "interview_suite_url": interview.and_then(|it| it.meeting.as_ref()).and_then(|it| it.join_url.as_deref()),
            "company": self.suite.urls().url(),
            "interview_key": null,
            "full_name": person.and_then(Candidate::display_name),
        })
    }

    fn application_of(&self, of: CandidateOf) -> Option<&Application> {
        let world = self.suite.world;
        let id: ApplicationId = match of {
            CandidateOf::Application(id) => id,
            CandidateOf::Interview(id) => known(world, id)?.application_id?,
        };
        known(world, id).map(|it| &**it)
    }

    /// The candidate's interview: the newest that was not cancelled, else the newest.
    fn interview_of(&self, of: CandidateOf) -> Option<&Interview> {
        let interviews = || self.interviews_of(of).filter_map(|id| present(self.suite.world, id)).rev();
        let newest = interviews().find(|it| !it.is_cancelled()).or_else(|| interviews().next());
        newest.map(|it| &**it)
    }

    fn interviews_of(&self, of: CandidateOf) -> impl DoubleEndedIterator<Item = InterviewId> {
        let of_application: &[InterviewId] = match of {
            CandidateOf::Application(id) => known(self.suite.world, id).map_or(&[], |it| &it.interviews),
            CandidateOf::Interview(_) => &[],
        };
        let itself = match of {
            CandidateOf::Interview(id) => Some(id),
            CandidateOf::Application(_) => None,
        };
        of_application.iter().copied().chain(itself)
    }

    /// All feedback on a candidate: on their interviews, and on the application as a whole.
    pub(super) fn feedback_on(&self, of: CandidateOf) -> Vec<&Feedback> {
        let world = self.suite.world;
        let on_interviews = self
            .interviews_of(of)
            .filter_map(|id| present(world, id))
            .filter(|interview| !interview.is_cancelled())
            .flat_map(|interview| interview.feedback.iter().copied());
        let as_a_whole: &[FeedbackId] = match of {
            CandidateOf::Application(id) => known(world, id).map_or(&[], |it| &it.feedback),
            CandidateOf::Interview(_) => &[],
        };
        on_interviews
            .chain(as_a_whole.iter().copied())
            .filter_map(|id| present(world, id))
            .map(|it| &**it)
            .collect()
    }
}
