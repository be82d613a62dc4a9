//! What a project has: candidates, questions, recorded answers, ratings and notes.

use callboard_core::{
    AnswerVideoId, CompanyId, Entity, FeedbackId, FeedbackStatus, Held, IdError, Identifier, Kind, NoteId,
    QuestionId, World,
};
use callboard_dialects::rest::viasto::{CandidateOf, Project, ProjectOf};
use callboard_ledger::{EngineError, Reader, ThingFilter};
use serde_json::Value;

use crate::platforms::gathering::gather;

/// A kind of thing in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    Candidates,
    Questions,
    AnswerVideos,
    Ratings,
    Notes,
}

impl Collection {
    /// The collection of this name in a path.
    pub(super) fn called(name: &str) -> Option<Self> {
        Some(match name {
            "candidates" => Self::Candidates,
            "questions" => Self::Questions,
            "answervideos" => Self::AnswerVideos,
            "ratings" => Self::Ratings,
            "notes" => Self::Notes,
            _ => return None,
        })
    }

    /// The number of the id that a path names.
    pub(super) fn raw_id(self, id: &str) -> Result<u64, IdError> {
        Ok(match self {
            Self::Candidates => id.parse::<CandidateOf>()?.raw(),
            Self::Questions => id.parse::<QuestionId>()?.raw(),
            Self::AnswerVideos => id.parse::<AnswerVideoId>()?.raw(),
            Self::Ratings => id.parse::<FeedbackId>()?.raw(),
            Self::Notes => id.parse::<NoteId>()?.raw(),
        })
    }

    /// A thing of this collection as it is shown; `None` for a thing of another kind.
    pub(super) fn view(self, project: &Project<'_>, entity: &Entity) -> Option<Value> {
        Some(match (self, entity) {
            (Self::Candidates, entity) => project.candidate(candidate(entity)?),
            (Self::Questions, Entity::Question(it)) => project.question(it),
            (Self::AnswerVideos, Entity::AnswerVideo(it)) => project.answer_video(it),
            (Self::Ratings, Entity::Feedback(it)) => project.rating(it),
            (Self::Notes, Entity::Note(it)) => project.note(it),
            _ => return None,
        })
    }
}

/// What a candidate is here: an application, or an interview that stands in for one.
pub(super) fn candidate(entity: &Entity) -> Option<CandidateOf> {
    match entity {
        Entity::Application(it) => Some(CandidateOf::Application(it.id)),
        Entity::Interview(it) => Some(CandidateOf::Interview(it.id)),
        _ => None,
    }
}

/// A project whose things are looked up.
pub(super) struct Scope<'r> {
    pub(super) reader: &'r mut dyn Reader,
    pub(super) company: CompanyId,
    pub(super) of: ProjectOf,
    /// The project, and what it leads to.
    pub(super) world: &'r World,
}

impl Scope<'_> {
    /// Everything of a kind that is in the project, oldest first.
    pub(super) fn all(&mut self, collection: Collection) -> Result<Vec<Held>, EngineError> {
        match collection {
            Collection::Candidates => self.candidates(),
            Collection::Questions => match self.of.job(self.world) {
                Some(job) => self.belonging_to(Kind::Question, vec![job.raw()]),
                None => Ok(Vec::new()),
            },
            Collection::AnswerVideos => {
                let candidates = self.candidates()?;
                let videos = self.belonging_to(Kind::AnswerVideo, raw_ids(&candidates))?;
                Ok(self.only_of_the_interview(videos))
            }
            Collection::Ratings => self.ratings(),
            Collection::Notes => self.notes(),
        }
    }

    fn candidates(&mut self) -> Result<Vec<Held>, EngineError> {
        match self.of {
            ProjectOf::Job(job) => self.belonging_to(Kind::Application, vec![job.raw()]),
            standing_in => Ok(self
                .world
                .entity(standing_in.raw())
                .filter(|held| !held.record.deleted)
                .cloned()
                .into_iter()
                .collect()),
        }
    }

    fn interviews(&mut self) -> Result<Vec<Held>, EngineError> {
        let candidates = self.candidates()?;
        let mut interviews = self.belonging_to(Kind::Interview, raw_ids(&candidates))?;
        interviews.extend(candidates.into_iter().filter(|it| it.entity.kind() == Kind::Interview));
        Ok(interviews)
    }

    /// Feedback that has been given: on interviews, and on applications as a whole.
    fn ratings(&mut self) -> Result<Vec<Held>, EngineError> {
        let mut parents = raw_ids(&self.candidates()?);
        parents.extend(raw_ids(&self.interviews()?));
        parents.sort_unstable();
        parents.dedup();
        let filter = ThingFilter {
            parents: Some(parents),
            states: Some(vec![FeedbackStatus::Complete.as_str().to_owned()]),
            ..ThingFilter::all(self.company, Kind::Feedback)
        };
        gather(self.reader, &filter)
    }

    /// Notes on the applications, and on their candidates as such.
    fn notes(&mut self) -> Result<Vec<Held>, EngineError> {
        let candidates = self.candidates()?;
        let people = candidates.iter().filter_map(|held| match &held.entity {
            Entity::Application(it) => it.candidate_id.map(Identifier::raw),
            _ => None,
        });
        let applications = raw_ids(&candidates);
        let mut notes = self.belonging_to(Kind::Note, people.collect())?;
        notes.retain(|held| match &held.entity {
            Entity::Note(it) => it.application_id.is_none_or(|id| applications.contains(&id.raw())),
            _ => false,
        });
        Ok(notes)
    }

    fn only_of_the_interview(&self, mut videos: Vec<Held>) -> Vec<Held> {
        if let ProjectOf::Interview(id) = self.of {
            videos.retain(
                |held| matches!(&held.entity, Entity::AnswerVideo(it) if it.interview_id == Some(id)),
            );
        }
        videos
    }

    fn belonging_to(&mut self, kind: Kind, parents: Vec<u64>) -> Result<Vec<Held>, EngineError> {
        let filter = ThingFilter { parents: Some(parents), ..ThingFilter::all(self.company, kind) };
        gather(self.reader, &filter)
    }
}

fn raw_ids(things: &[Held]) -> Vec<u64> {
    things.iter().map(|held| held.entity.raw_id()).collect()
}
