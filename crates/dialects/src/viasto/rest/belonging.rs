//! What is in which project, also where a webhook had to let something else stand in for it.

use std::str::FromStr;

use callboard_core::{ApplicationId, Entity, IdError, Identifier, InterviewId, JobId, Note, Question, World};

use crate::known::known;

/// What a project's URL names: a job, or what stands in for one that is not known (see `resource.rs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectOf {
    /// A job.
    Job(JobId),
    /// An application of which no job was known when it was told.
    Application(ApplicationId),
    /// An interview of which no application was known when it was told.
    Interview(InterviewId),
}

/// What a candidate's URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateOf {
    /// An application.
    Application(ApplicationId),
    /// An interview of which no application was known when it was told.
    Interview(InterviewId),
}

impl FromStr for ProjectOf {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.split_once('_').map(|(prefix, _)| prefix) {
            Some(ApplicationId::PREFIX) => text.parse().map(Self::Application),
            Some(InterviewId::PREFIX) => text.parse().map(Self::Interview),
            _ => text.parse().map(Self::Job),
        }
    }
}

impl FromStr for CandidateOf {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.split_once('_').map(|(prefix, _)| prefix) {
            Some(InterviewId::PREFIX) => text.parse().map(Self::Interview),
            _ => text.parse().map(Self::Application),
        }
    }
}

impl ProjectOf {
    /// The number of the id.
    pub fn raw(self) -> u64 {
        match self {
            Self::Job(id) => id.raw(),
            Self::Application(id) => id.raw(),
            Self::Interview(id) => id.raw(),
        }
    }

    /// The job, as far as it is known by now.
    pub fn job(self, world: &World) -> Option<JobId> {
        match self {
            Self::Job(id) => Some(id),
            Self::Application(id) => Whose::application(world, id).job,
            Self::Interview(id) => Whose::interview(world, id).job,
        }
    }

    /// Is it in this project? What is known to be in another one is not; what is not known to be in any is in whichever
    /// names it, since a webhook may have named it so.
    pub fn holds(self, world: &World, entity: &Entity) -> bool {
        match entity {
            Entity::Question(it) => self.holds_question(world, it),
            Entity::Note(it) if it.application_id.is_none() => self.holds_note(world, it),
            entity => self.fits(&Whose::of(world, entity)),
        }
    }

    fn holds_question(self, world: &World, question: &Question) -> bool {
        may_be(question.job_id, self.job(world))
    }

    /// A note on nobody's application is in every project that its candidate is in.
    fn holds_note(self, world: &World, note: &Note) -> bool {
        let candidate = note.candidate_id.and_then(|id| known(world, id));
        let mut applications = candidate.into_iter().flat_map(|candidate| &candidate.applications);
        applications.any(|id| self.fits(&Whose::application(world, *id)))
    }

    fn fits(self, whose: &Whose) -> bool {
        match self {
            Self::Job(id) => may_be(whose.job, Some(id)),
            Self::Application(id) => may_be(whose.application, Some(id)),
            Self::Interview(id) => may_be(whose.interview, Some(id)),
        }
    }
}

impl CandidateOf {
    /// The number of the id.
    pub fn raw(self) -> u64 {
        match self {
            Self::Application(id) => id.raw(),
            Self::Interview(id) => id.raw(),
        }
    }

    /// Whose it is: the application's, or that of an interview that has none.
    pub(super) fn of(world: &World, entity: &Entity) -> Option<Self> {
        let whose = Whose::of(world, entity);
        whose.application.map(Self::Application).or(whose.interview.map(Self::Interview))
    }
}

fn may_be<T: PartialEq + Copy>(known: Option<T>, asked: Option<T>) -> bool {
    known.is_none() || asked.is_none() || known == asked
}

/// What a thing belongs to, as far as it is known.
#[derive(Default)]
struct Whose {
    job: Option<JobId>,
    application: Option<ApplicationId>,
    interview: Option<InterviewId>,
}

impl Whose {
    fn of(world: &World, entity: &Entity) -> Self {
        match entity {
            Entity::Job(it) => Self { job: Some(it.id), ..Self::default() },
            Entity::Application(it) => Self::application(world, it.id),
            Entity::Interview(it) => Self::interview(world, it.id),
            Entity::Feedback(it) => Self::either(world, it.application_id, it.interview_id),
            Entity::AnswerVideo(it) => Self::either(world, it.application_id, it.interview_id),
            Entity::Note(it) => Self::either(world, it.application_id, None),
            _ => Self::default(),
        }
    }

    fn application(world: &World, id: ApplicationId) -> Self {
        let job = known(world, id).and_then(|application| application.job_id);
        Self { job, application: Some(id), interview: None }
    }

    fn interview(world: &World, id: InterviewId) -> Self {
        let application = known(world, id).and_then(|interview| interview.application_id);
        let whose = application.map_or_else(Self::default, |id| Self::application(world, id));
        Self { interview: Some(id), ..whose }
    }

    fn either(world: &World, application: Option<ApplicationId>, interview: Option<InterviewId>) -> Self {
        let by_interview = interview.map_or_else(Self::default, |id| Self::interview(world, id));
        match application {
            Some(id) => Self { interview, ..Self::application(world, id) },
            None => by_interview,
        }
    }
}
