//! A hub's memory in miniature: what a webhook of HireHive told, as things that an event can be about.

use std::sync::Arc;

use callboard_core::{
    Application, ApplicationId, Belonging, Candidate, CandidateId, Feedback, FeedbackId, Identifier,
    Interview, InterviewChange, InterviewId, Job, JobId, News, Note, NoteId, Snapshot, SourceId, Stage,
};

macro_rules! learn {
    ($thing:ident as $id:ident, $about:expr) => {{
        let mut thing = $thing::new($id::from_raw(7));
        if let Some(name) = &$about.external_id {
            thing.external_ids.note("hirehive", SourceId::from_raw(9), name);
        }
        thing.take(&$about.told, true);
        thing
    }};
}

/// What is known after this news, when nothing was known before.
pub fn learned(news: &News) -> Snapshot {
    match news {
        News::Job { job, .. } => {
            Snapshot { job: Some(Arc::new(learn!(Job as JobId, job))), ..Snapshot::default() }
        }
        News::Candidate { candidate, .. } => Snapshot {
            candidate: Some(Arc::new(learn!(Candidate as CandidateId, candidate))),
            ..Snapshot::default()
        },
        News::Tag { candidate, tag, .. } => Snapshot {
            candidate: Some(Arc::new(learn!(Candidate as CandidateId, candidate))),
            tag: Some(tag.clone()),
            ..Snapshot::default()
        },
        News::Application { application, of, .. } => Snapshot {
            application: Some(Arc::new(learn!(Application as ApplicationId, application))),
            ..belonging(of)
        },
        News::Interview { interview, of, meeting, change } => {
            let mut interview = learn!(Interview as InterviewId, interview);
            interview.meeting.clone_from(meeting);
            interview.stage = match change {
                InterviewChange::Cancelled => Stage::InterviewCanceled.into(),
                InterviewChange::Ended => Stage::InterviewCompleted.into(),
                _ => Stage::InterviewCreated.into(),
            };
            Snapshot { interview: Some(Arc::new(interview)), ..belonging(of) }
        }
        News::Feedback { feedback, of, .. } => {
            Snapshot { feedback: Some(Arc::new(learn!(Feedback as FeedbackId, feedback))), ..belonging(of) }
        }
        News::Note { note, of, .. } => {
            Snapshot { note: Some(Arc::new(learn!(Note as NoteId, note))), ..belonging(of) }
        }
        other => panic!("HireHive has no word for {other:?}"),
    }
}

fn belonging(of: &Belonging) -> Snapshot {
    Snapshot {
        job: of.job.as_ref().map(|it| Arc::new(learn!(Job as JobId, it))),
        candidate: of.candidate.as_ref().map(|it| Arc::new(learn!(Candidate as CandidateId, it))),
        application: of.application.as_ref().map(|it| Arc::new(learn!(Application as ApplicationId, it))),
        ..Snapshot::default()
    }
}
