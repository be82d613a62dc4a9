//! What is known: entities by id, and ids by name. A decision reads a world; applying the decision gives the next one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::application::Application;
use crate::external::{Extra, Kind, Name};
use crate::feedback::{Feedback, FeedbackStatus};
use crate::file::File;
use crate::id::{ApplicationId, CandidateId, CompanyId, Identifier, InterviewId, JobId};
use crate::interview::Interview;
use crate::job::{Job, JobStatus};
use crate::people::{Candidate, User};
use crate::recording::{AnswerVideo, Note, Question};

/// Any of the things that the hub knows about.
#[derive(Debug, Clone, PartialEq)]
pub enum Entity {
    /// A job.
    Job(Arc<Job>),
    /// A candidate.
    Candidate(Arc<Candidate>),
    /// An application.
    Application(Arc<Application>),
    /// An interview.
    Interview(Arc<Interview>),
    /// Feedback.
    Feedback(Arc<Feedback>),
    /// A note.
    Note(Arc<Note>),
    /// A question.
    Question(Arc<Question>),
    /// A recorded answer.
    AnswerVideo(Arc<AnswerVideo>),
    /// A user.
    User(Arc<User>),
    /// A file.
    File(Arc<File>),
}

impl Entity {
    /// What it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Job(_) => Kind::Job,
            Self::Candidate(_) => Kind::Candidate,
            Self::Application(_) => Kind::Application,
            Self::Interview(_) => Kind::Interview,
            Self::Feedback(_) => Kind::Feedback,
            Self::Note(_) => Kind::Note,
            Self::Question(_) => Kind::Question,
            Self::AnswerVideo(_) => Kind::AnswerVideo,
            Self::User(_) => Kind::User,
            Self::File(_) => Kind::File,
        }
    }

    /// The number of its id.
    pub fn raw_id(&self) -> u64 {
        match self {
            Self::Job(it) => it.id.raw(),
            Self::Candidate(it) => it.id.raw(),
            Self::Application(it) => it.id.raw(),
            Self::Interview(it) => it.id.raw(),
            Self::Feedback(it) => it.id.raw(),
            Self::Note(it) => it.id.raw(),
            Self::Question(it) => it.id.raw(),
            Self::AnswerVideo(it) => it.id.raw(),
            Self::User(it) => it.id.raw(),
            Self::File(it) => it.id.raw(),
        }
    }

    /// Its id, as text.
    pub fn id(&self) -> String {
        match self {
            Self::Job(it) => it.id.to_string(),
            Self::Candidate(it) => it.id.to_string(),
            Self::Application(it) => it.id.to_string(),
            Self::Interview(it) => it.id.to_string(),
            Self::Feedback(it) => it.id.to_string(),
            Self::Note(it) => it.id.to_string(),
            Self::Question(it) => it.id.to_string(),
            Self::AnswerVideo(it) => it.id.to_string(),
            Self::User(it) => it.id.to_string(),
            Self::File(it) => it.id.to_string(),
        }
    }

    /// The things that a decision about this one may have to look at as well. Bounded by one candidate's own data: a job
    /// does not lead to its applications.
    pub fn links(&self) -> Vec<u64> {
        fn raw<I: Identifier>(ids: impl IntoIterator<Item = I>) -> impl Iterator<Item = u64> {
            ids.into_iter().map(I::raw)
        }
        match self {
            Self::Job(_) | Self::User(_) => Vec::new(),
            Self::Question(it) => raw(it.job_id).collect(),
            Self::Candidate(it) => raw(it.applications.iter().copied()).collect(),
            Self::Application(it) => raw(it.candidate_id)
                .chain(raw(it.job_id))
                .chain(raw(it.interviews.iter().copied()))
                .chain(raw(it.feedback.iter().copied()))
                .collect(),
            Self::Interview(it) => raw(it.application_id).chain(raw(it.feedback.iter().copied())).collect(),
            Self::Feedback(it) => raw(it.interview_id).chain(raw(it.application_id)).collect(),
            Self::File(it) => {
                raw(it.candidate_id).chain(raw(it.application_id)).chain(raw(it.note_id)).collect()
            }
            Self::Note(it) => {
                raw(it.candidate_id).chain(raw(it.application_id)).chain(raw(it.answer_video_id)).collect()
            }
            Self::AnswerVideo(it) => {
                raw(it.application_id).chain(raw(it.interview_id)).chain(raw(it.question_id)).collect()
            }
        }
    }

    /// What it belongs to, by the number of its id: an application to its job, an interview or a recorded answer to its
    /// application, feedback to its interview, else its application, a note to its candidate, else its application, a file
    /// to its candidate, a question to its job.
    pub fn parent(&self) -> Option<u64> {
        match self {
            Self::Job(_) | Self::Candidate(_) | Self::User(_) => None,
            Self::Application(it) => it.job_id.map(JobId::raw),
            Self::Interview(it) => it.application_id.map(ApplicationId::raw),
            Self::Feedback(it) => {
                it.interview_id.map(InterviewId::raw).or_else(|| it.application_id.map(ApplicationId::raw))
            }
            Self::Note(it) => {
                it.candidate_id.map(CandidateId::raw).or_else(|| it.application_id.map(ApplicationId::raw))
            }
            Self::Question(it) => it.job_id.map(JobId::raw),
            Self::AnswerVideo(it) => it.application_id.map(ApplicationId::raw),
            Self::File(it) => it.candidate_id.map(CandidateId::raw),
        }
    }

    /// Where it stands, in a word: a job's status, an application's parent stage, an interview's stage, feedback's status.
    pub fn state(&self) -> Option<&str> {
        match self {
            Self::Job(it) => it.status.as_ref().map(JobStatus::as_str),
            Self::Application(it) => it.stage.as_ref().map(|stage| stage.parent.as_str()),
            Self::Interview(it) => Some(it.stage.value.as_str()),
            Self::Feedback(it) => it.status.as_ref().map(FeedbackStatus::as_str),
            _ => None,
        }
    }

    /// The e-mail address by which it can be found, if it is somebody who has one.
    pub(crate) fn email(&self) -> Option<&str> {
        match self {
            Self::Candidate(it) => it.email.as_deref(),
            Self::User(it) => it.email.as_deref(),
            _ => None,
        }
    }

    /// Members of it that there is no word for.
    pub(crate) fn extra(&self) -> &Extra {
        match self {
            Self::Job(it) => &it.extra,
            Self::Candidate(it) => &it.extra,
            Self::Application(it) => &it.extra,
            Self::Interview(it) => &it.extra,
            Self::Feedback(it) => &it.extra,
            Self::Note(it) => &it.extra,
            Self::Question(it) => &it.extra,
            Self::AnswerVideo(it) => &it.extra,
            Self::User(it) => &it.extra,
            Self::File(it) => &it.extra,
        }
    }

    /// Its JSON form, as stored.
    pub fn to_json(&self) -> Vec<u8> {
        let json = match self {
            Self::Job(it) => serde_json::to_vec(it),
            Self::Candidate(it) => serde_json::to_vec(it),
            Self::Application(it) => serde_json::to_vec(it),
            Self::Interview(it) => serde_json::to_vec(it),
            Self::Feedback(it) => serde_json::to_vec(it),
            Self::Note(it) => serde_json::to_vec(it),
            Self::Question(it) => serde_json::to_vec(it),
            Self::AnswerVideo(it) => serde_json::to_vec(it),
            Self::User(it) => serde_json::to_vec(it),
            Self::File(it) => serde_json::to_vec(it),
        };
        json.expect("facts have text keys only, which is all that JSON asks for")
    }

    /// Reads back what [`Entity::to_json`] wrote.
    pub fn from_json(kind: Kind, json: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            Kind::Job => Self::Job(Arc::new(serde_json::from_slice(json)?)),
            Kind::Candidate => Self::Candidate(Arc::new(serde_json::from_slice(json)?)),
            Kind::Application => Self::Application(Arc::new(serde_json::from_slice(json)?)),
            Kind::Interview => Self::Interview(Arc::new(serde_json::from_slice(json)?)),
            Kind::Feedback => Self::Feedback(Arc::new(serde_json::from_slice(json)?)),
            Kind::Note => Self::Note(Arc::new(serde_json::from_slice(json)?)),
            Kind::Question => Self::Question(Arc::new(serde_json::from_slice(json)?)),
            Kind::AnswerVideo => Self::AnswerVideo(Arc::new(serde_json::from_slice(json)?)),
            Kind::User => Self::User(Arc::new(serde_json::from_slice(json)?)),
            Kind::File => Self::File(Arc::new(serde_json::from_slice(json)?)),
        })
    }
}

/// What the hub notes about an entity beside what platforms tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Goes up by one with each change; 0 before the first write.
    pub version: u64,
    /// The event time of the newest message about the thing's own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// The event time of the newest message about an interview's stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_as_of: Option<Timestamp>,
    /// The event time of the newest message about an interview's links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting_as_of: Option<Timestamp>,
    /// The event time of the newest message that listed an interview's reviewers with their scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment_as_of: Option<Timestamp>,
    /// The event time of the newest message that told all of a candidate's tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags_listed_as_of: Option<Timestamp>,
    /// When each tag was last put on a candidate or taken off, by the tag's id (else its name), if that was later than all
    /// of them were told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags_as_of: BTreeMap<String, Timestamp>,
    /// Every name that leads to it, with the member of its external ids that goes with the name; empty for an e-mail
    /// address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<Name, String>,
    /// Facts that our own people took away or replaced as a whole, or that a platform took back: an older message does not
    /// fill them in again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub settled: BTreeSet<String>,
    /// Has it been told that it exists? A thing that was only referred to has not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub announced: bool,
    /// Does a platform tell this interview's stage itself? Then no stage is concluded from anything else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stage_is_told: bool,
    /// Has it been removed?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// When it was removed for good, with everything personal about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
}

/// An entity with its record.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Whose world it is in.
    pub company: CompanyId,
    /// What is known of it.
    pub entity: Entity,
    /// What the hub notes about it.
    pub record: Arc<Record>,
}

/// A part of what is known: enough for the decisions at hand.
#[derive(Debug, Clone, Default)]
pub struct World {
    entities: FxHashMap<u64, Held>,
    names: FxHashMap<Name, u64>,
    has_gaps: bool,
}

impl World {
    /// The thing with this id.
    pub fn entity(&self, raw_id: u64) -> Option<&Held> {
        self.entities.get(&raw_id)
    }

    /// The id of the thing with this name.
    pub fn named(&self, name: &Name) -> Option<u64> {
        self.names.get(name).copied()
    }

    /// Adds or replaces a thing.
    pub fn put(&mut self, held: Held) {
        self.entities.insert(held.entity.raw_id(), held);
    }

    /// Takes a thing out that nothing leads to.
    pub fn take_out(&mut self, raw_id: u64) {
        self.entities.remove(&raw_id);
    }

    /// Notes that a name leads to a thing.
    pub fn name(&mut self, name: Name, raw_id: u64) {
        self.names.insert(name, raw_id);
    }

    /// Forgets that a name leads anywhere.
    pub fn unname(&mut self, name: &Name) {
        self.names.remove(name);
    }

    /// Forgets a thing that may be another by now, with its names. Other things may lead to it still.
    pub fn forget(&mut self, raw_id: u64) {
        if let Some(held) = self.entities.remove(&raw_id) {
            held.record.names.keys().for_each(|name| self.unname(name));
            self.has_gaps = true;
        }
    }

    /// Has anything been forgotten that something held may lead to?
    pub fn has_gaps(&self) -> bool {
        self.has_gaps
    }

    /// Everything that is held, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Held> {
        self.entities.values()
    }

    /// How many things are held.
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Is nothing held?
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// Forgets everything held; what is stored stays.
    pub fn clear(&mut self) {
        self.entities.clear();
        self.names.clear();
        self.has_gaps = false;
    }
}
