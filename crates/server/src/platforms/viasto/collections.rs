//! What a project has: candidates, questions, recorded answers, ratings and notes.

use std::collections::HashSet;

use callboard_core::{
    AnswerVideoId, ApplicationId, CandidateId, CompanyId, Entity, FeedbackId, FeedbackStatus, Held, IdError,
    Identifier, Kind, NoteId, QuestionId, World,
};
use callboard_dialects::rest::viasto::{CandidateOf, Project, ProjectOf};
use callboard_ledger::{EngineError, Reader, ThingFilter};
use serde_json::Value;

use crate::platforms::gathering::{count, count_ids};

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

/// Someone in a project, and who that is if it is known.
type Applicant = (u64, Option<CandidateId>);

impl Scope<'_> {
    /// Everything of a kind that is in the project, oldest first, by the numbers of the ids.
    pub(super) fn all(&mut self, collection: Collection) -> Result<Vec<u64>, EngineError> {
        match collection {
            Collection::Candidates => self.candidates(),
            Collection::Questions => match self.of.job(self.world) {
                Some(job) => self.ids_belonging_to(Kind::Question, vec![job.raw()]),
                None => Ok(Vec::new()),
            },
            Collection::AnswerVideos => self.answer_videos(),
            Collection::Ratings => self.ratings(),
            Collection::Notes => self.notes(),
        }
    }

    fn candidates(&mut self) -> Result<Vec<u64>, EngineError> {
        Ok(self.applicants()?.into_iter().map(|(raw_id, _)| raw_id).collect())
    }

    fn applicants(&mut self) -> Result<Vec<Applicant>, EngineError> {
        match self.of {
            ProjectOf::Job(job) => {
                self.belonging_to(Kind::Application, vec![job.raw()], |held| Some(applicant(held)))
            }
            standing_in => {
                let held = self.world.entity(standing_in.raw()).filter(|held| !held.record.deleted);
                Ok(held.map(applicant).into_iter().collect())
            }
        }
    }

    /// Those of an interview that stands in for an application, or else all of the applications.
    fn answer_videos(&mut self) -> Result<Vec<u64>, EngineError> {
        let of = self.of;
        let candidates = self.candidates()?;
        self.belonging_to(Kind::AnswerVideo, candidates, |held| match (&held.entity, of) {
            (Entity::AnswerVideo(it), ProjectOf::Interview(id)) if it.interview_id != Some(id) => None,
            _ => Some(held.entity.raw_id()),
        })
    }

    /// Feedback that has been given: on interviews, and on applications as a whole.
    fn ratings(&mut self) -> Result<Vec<u64>, EngineError> {
        let mut parents = self.candidates()?;
        parents.extend(self.ids_belonging_to(Kind::Interview, parents.clone())?);
        parents.sort_unstable();
        parents.dedup();
        let filter = ThingFilter {
            parents: Some(parents),
            states: Some(vec![FeedbackStatus::Complete.as_str().to_owned()]),
            ..ThingFilter::all(self.company, Kind::Feedback)
        };
        Ok(count_ids(self.reader, &filter)?.all)
    }

    /// Notes on the applications, and on their candidates as such.
    fn notes(&mut self) -> Result<Vec<u64>, EngineError> {
        let applicants = self.applicants()?;
        let people = applicants.iter().filter_map(|(_, person)| person.map(Identifier::raw)).collect();
        let applications: HashSet<u64> = applicants.into_iter().map(|(raw_id, _)| raw_id).collect();
        let is_here = |id: ApplicationId| applications.contains(&id.raw());
        self.belonging_to(Kind::Note, people, |held| match &held.entity {
            Entity::Note(it) if it.application_id.is_none_or(is_here) => Some(held.entity.raw_id()),
            _ => None,
        })
    }

    fn ids_belonging_to(&mut self, kind: Kind, parents: Vec<u64>) -> Result<Vec<u64>, EngineError> {
        self.belonging_to(kind, parents, |held| Some(held.entity.raw_id()))
    }

    /// What is picked of everything of a kind that belongs to these.
    fn belonging_to<T>(
        &mut self,
        kind: Kind,
        parents: Vec<u64>,
        pick: impl FnMut(&Held) -> Option<T>,
    ) -> Result<Vec<T>, EngineError> {
        let filter = ThingFilter { parents: Some(parents), ..ThingFilter::all(self.company, kind) };
        Ok(count(self.reader, &filter, pick)?.all)
    }
}

fn applicant(held: &Held) -> Applicant {
    let person = match &held.entity {
        Entity::Application(application) => application.candidate_id,
        _ => None,
    };
    (held.entity.raw_id(), person)
}
