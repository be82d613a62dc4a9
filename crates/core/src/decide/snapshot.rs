//! What an event carries: the thing that it is about, and everything that belongs to it.

use super::draft::Draft;
use crate::application::ApplicationMark;
use crate::event::Snapshot;
use crate::id::{AnswerVideoId, ApplicationId, CandidateId, FeedbackId, InterviewId, JobId, NoteId};
use crate::people::Candidate;
use crate::recording::{Note, Question};

impl Draft<'_> {
    /// About a job.
    pub fn about_job(&self, id: JobId) -> Snapshot {
        Snapshot { job: self.get(id).cloned(), ..Snapshot::default() }
    }

    /// About a candidate.
    pub fn about_candidate(&self, id: CandidateId) -> Snapshot {
        let applications = self.applications_of(id);
        Snapshot { candidate: self.get(id).cloned(), applications, ..Snapshot::default() }
    }

    /// Each application of a candidate that is for a job.
    pub fn applications_of(&self, id: CandidateId) -> Vec<ApplicationMark> {
        let of = self.get::<Candidate>(id).map(|candidate| candidate.applications.as_slice());
        let marked = of.unwrap_or_default().iter().filter_map(|id| {
            let job_id = self.get::<crate::Application>(*id)?.job_id?;
            Some(ApplicationMark { id: *id, job_id })
        });
        marked.collect()
    }

    /// About an application: also who applies, and what for.
    pub fn about_application(&self, id: ApplicationId) -> Snapshot {
        self.with_application(Snapshot::default(), Some(id))
    }

    /// About an interview: also the application that it is held for.
    pub fn about_interview(&self, id: InterviewId) -> Snapshot {
        let interview = self.get::<crate::Interview>(id).cloned();
        let application_id = interview.as_ref().and_then(|interview| interview.application_id);
        self.with_application(Snapshot { interview, ..Snapshot::default() }, application_id)
    }

    /// About feedback: also the interview, if it is tied to one, and the application.
    pub fn about_feedback(&self, id: FeedbackId) -> Snapshot {
        let feedback = self.get::<crate::Feedback>(id).cloned();
        let (interview_id, application_id) = feedback
            .as_ref()
            .map_or((None, None), |feedback| (feedback.interview_id, feedback.application_id));
        let mut about = interview_id.map_or_else(Snapshot::default, |id| self.about_interview(id));
        if about.application.is_none() {
            about = self.with_application(about, application_id);
        }
        Snapshot { feedback, ..about }
    }

    /// About a note: also whom and what it was written on.
    pub fn about_note(&self, id: NoteId) -> Snapshot {
        let note = self.get::<Note>(id).cloned();
        let mut about =
            self.with_application(Snapshot::default(), note.as_ref().and_then(|note| note.application_id));
        if let Some(note) = &note {
            if let Some(candidate_id) = note.candidate_id {
                about.candidate = self.get(candidate_id).cloned();
                if about.application.is_none() {
                    about.applications = self.applications_of(candidate_id);
                }
            }
            about.answer_video = note.answer_video_id.and_then(|id| self.get(id)).cloned();
        }
        Snapshot { note, ..about }
    }

    /// About a recorded answer: also the question, and the application that it was recorded for.
    pub fn about_answer_video(&self, id: AnswerVideoId) -> Snapshot {
        let answer_video = self.get::<crate::AnswerVideo>(id).cloned();
        let (application_id, question_id) = answer_video
            .as_ref()
            .map_or((None, None), |answer_video| (answer_video.application_id, answer_video.question_id));
        let question = question_id.and_then(|id| self.get::<Question>(id)).cloned();
        let mut about =
            self.with_application(Snapshot { question, answer_video, ..Snapshot::default() }, application_id);
        if about.job.is_none() {
            let job_id = about.question.as_ref().and_then(|question| question.job_id);
            about.job = job_id.and_then(|id| self.get(id)).cloned();
        }
        about
    }

    fn with_application(&self, about: Snapshot, id: Option<ApplicationId>) -> Snapshot {
        let Some(application) = id.and_then(|id| self.get::<crate::Application>(id)).cloned() else {
            return about;
        };
        Snapshot {
            job: application.job_id.and_then(|id| self.get(id)).cloned(),
            candidate: application.candidate_id.and_then(|id| self.get(id)).cloned(),
            application: Some(application),
            ..about
        }
    }
}
