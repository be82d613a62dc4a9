//! Looking things up in a part of what is known.

use std::sync::Arc;

use callboard_core::{
    AnswerVideo, AnswerVideoId, Application, ApplicationId, Candidate, CandidateId, Entity, Feedback,
    FeedbackId, Identifier, Interview, InterviewId, Job, JobId, Note, NoteId, Question, QuestionId, User,
    UserId, World,
};

/// An id that leads to one kind of thing.
pub(crate) trait LeadsTo: Identifier {
    /// The kind of thing.
    type Thing;

    /// The thing itself, if it is of that kind.
    fn thing(entity: &Entity) -> Option<&Arc<Self::Thing>>;
}

macro_rules! leads_to {
    ($($id:ty => $thing:ident;)*) => {$(
        impl LeadsTo for $id {
            type Thing = $thing;

            fn thing(entity: &Entity) -> Option<&Arc<$thing>> {
                match entity {
                    Entity::$thing(it) => Some(it),
                    _ => None,
                }
            }
        }
    )*};
}

leads_to! {
    JobId => Job;
    CandidateId => Candidate;
    ApplicationId => Application;
    InterviewId => Interview;
    FeedbackId => Feedback;
    NoteId => Note;
    QuestionId => Question;
    AnswerVideoId => AnswerVideo;
    UserId => User;
}

/// The thing with this id, also if it has been removed.
pub(crate) fn known<I: LeadsTo>(world: &World, id: I) -> Option<&Arc<I::Thing>> {
    I::thing(&world.entity(id.raw())?.entity)
}

/// The thing with this id, unless it has been removed.
pub(crate) fn present<I: LeadsTo>(world: &World, id: I) -> Option<&Arc<I::Thing>> {
    let held = world.entity(id.raw()).filter(|held| !held.record.deleted)?;
    I::thing(&held.entity)
}
