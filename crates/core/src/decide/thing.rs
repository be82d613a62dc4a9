//! What the kinds of entities have in common, as far as the rules treat them alike.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::application::{Application, ApplicationTold};
use crate::external::{ExternalIds, Extra, Kind};
use crate::feedback::{Feedback, FeedbackTold};
use crate::file::{File, FileTold};
use crate::id::{
    AnswerVideoId, ApplicationId, CandidateId, FeedbackId, FileId, Identifier, InterviewId, JobId, NoteId,
    QuestionId, UserId,
};
use crate::interview::{Interview, InterviewTold};
use crate::job::{Job, JobTold};
use crate::people::{Candidate, CandidateTold, User, UserTold};
use crate::recording::{AnswerVideo, AnswerVideoTold, Note, NoteTold, Question, QuestionTold};
use crate::world::Entity;

/// A kind of entity.
pub(super) trait Thing: Clone {
    /// Its ids.
    type Id: Identifier;
    /// What one message can tell about it.
    type Told: Clone;
    /// What it is called by.
    const KIND: Kind;
    /// The names of its facts.
    const FACTS: &'static [&'static str];

    /// One of which nothing is known.
    fn new(id: Self::Id) -> Self;
    /// What platforms call it.
    fn external_ids(&self) -> &ExternalIds;
    /// What platforms call it, to be added to.
    fn external_ids_mut(&mut self) -> &mut ExternalIds;
    /// What was told that there is no word for.
    fn extra(told: &Self::Told) -> &Extra;
    /// Was nothing told?
    fn is_nothing(told: &Self::Told) -> bool;
    /// Would taking this change anything?
    fn would_take(&self, told: &Self::Told, newer: bool) -> bool;
    /// Takes what was told; answers the old values of what changed.
    fn take(&mut self, told: &Self::Told, newer: bool) -> Map<String, Value>;
    /// Takes a fact away; answers what it was, if it was known.
    fn clear(&mut self, fact: &str) -> Option<Value>;
    /// Leaves a fact out of what was told; answers whether it was told.
    fn forget(told: &mut Self::Told, fact: &str) -> bool;
    /// Out of the entity that holds it.
    fn of(entity: &Entity) -> Option<&Arc<Self>>;
    /// Out of the entity that holds it, to be changed.
    fn of_mut(entity: &mut Entity) -> Option<&mut Arc<Self>>;
    /// Into an entity.
    fn into_entity(self) -> Entity;
}

macro_rules! things {
    ($($thing:ident($id:ident) told as $told:ident;)*) => {$(
        impl Thing for $thing {
            type Id = $id;
            type Told = $told;
            const KIND: Kind = Kind::$thing;
            const FACTS: &'static [&'static str] = Self::FACTS;

            fn new(id: $id) -> Self { Self::new(id) }
            fn external_ids(&self) -> &ExternalIds { &self.external_ids }
            fn external_ids_mut(&mut self) -> &mut ExternalIds { &mut self.external_ids }
            fn extra(told: &$told) -> &Extra { &told.extra }
            fn is_nothing(told: &$told) -> bool { told.is_empty() }
            fn would_take(&self, told: &$told, newer: bool) -> bool { self.would_take(told, newer) }
            fn take(&mut self, told: &$told, newer: bool) -> Map<String, Value> { self.take(told, newer) }
            fn clear(&mut self, fact: &str) -> Option<Value> { self.clear(fact) }
            fn forget(told: &mut $told, fact: &str) -> bool { told.forget(fact) }
            fn of(entity: &Entity) -> Option<&Arc<Self>> {
                if let Entity::$thing(it) = entity { Some(it) } else { None }
            }
            fn of_mut(entity: &mut Entity) -> Option<&mut Arc<Self>> {
                if let Entity::$thing(it) = entity { Some(it) } else { None }
            }
            fn into_entity(self) -> Entity { Entity::$thing(Arc::new(self)) }
        }
    )*};
}

things! {
    Job(JobId) told as JobTold;
    Candidate(CandidateId) told as CandidateTold;
    Application(ApplicationId) told as ApplicationTold;
    Interview(InterviewId) told as InterviewTold;
    Feedback(FeedbackId) told as FeedbackTold;
    Note(NoteId) told as NoteTold;
    Question(QuestionId) told as QuestionTold;
    AnswerVideo(AnswerVideoId) told as AnswerVideoTold;
    User(UserId) told as UserTold;
    File(FileId) told as FileTold;
}
