//! From an observation to events: the way in and the way out.

use jiff::Timestamp;

use super::draft::Draft;
use super::{
    answer_video, application, assessment, candidate, feedback, interview, job, meeting, note, question,
    stage, user,
};
use crate::erasure::Erasure;
use crate::event::Event;
use crate::external::Name;
use crate::id::{CompanyId, FileId, IdMint, SourceId};
use crate::observation::{News, Observation};
use crate::world::{Held, World};

/// Who tells, and when it came in. Everything a decision needs that is neither known nor told.
pub struct Teller<'a> {
    /// The company whose world this is.
    pub company: CompanyId,
    /// The account that tells; none when the company's own people ask for something.
    pub source: Option<SourceId>,
    /// The platform it is at, as in [`crate::ExternalIds`].
    pub platform: &'a str,
    /// When the message came in.
    pub received_at: Timestamp,
}

/// What could not simply be taken as news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Everything it says was known.
    Known,
    /// It is older than what is known; at the most it told something that was missing.
    Late,
    /// It contradicts what is known; the sentence says how, and which was kept.
    Unreconciled(String),
}

/// What comes of an observation.
#[derive(Debug, Default, PartialEq)]
pub struct Decision {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The things that are new or changed, each with its version raised by one.
    pub entities: Vec<Held>,
    /// Names that lead to them.
    pub names: Vec<(Name, u64)>,
    /// Names that lead nowhere any more. Where one is among `names` too, it leads there.
    pub dropped_names: Vec<Name>,
    /// What could not simply be taken as news.
    pub remarks: Vec<Remark>,
    /// Files whose bytes are not kept any more.
    pub dropped_files: Vec<FileId>,
    /// Candidates who are to be forgotten, wherever a store has written of them.
    pub erasures: Vec<Erasure>,
}

/// Decides what an observation comes to. Pure: the same world, observation, teller and mint give the same decision.
///
/// The world must hold whatever [`Observation::names`] leads to, and what that is linked to.
pub fn decide(world: &World, told: &Observation, teller: &Teller<'_>, mint: &mut IdMint) -> Decision {
    let mut draft = Draft::new(world, teller, told.at.unwrap_or(teller.received_at), mint);
    match &told.news {
        News::Job { job, change, status_only } => job::hear(&mut draft, job, *change, *status_only),
        News::Candidate { candidate, change } => candidate::hear(&mut draft, candidate, *change),
        News::Tag { candidate, tag, added } => candidate::hear_tag(&mut draft, candidate, tag, *added),
        News::Application { application, of, change, stage_only } => {
            application::hear(&mut draft, application, of, *change, *stage_only);
        }
        News::Interview { interview, of, meeting, change } => {
            interview::hear(&mut draft, interview, of, meeting.as_ref(), *change);
        }
        News::Stage { interview, of, previous, current } => {
            stage::hear(&mut draft, interview, of, previous.as_ref(), current);
        }
        News::Meeting { interview, of, meeting, overall_status } => {
            meeting::hear(&mut draft, interview, of, meeting, overall_status.as_ref());
        }
        News::Assessed { interview, of, scores, average, total, overall_status } => {
            let result =
                assessment::Result { average: *average, total: *total, overall: overall_status.as_ref() };
            assessment::hear(&mut draft, interview, of, scores, &result);
        }
        News::Feedback { feedback, interview, of, change } => {
            feedback::hear(&mut draft, feedback, interview.as_ref(), of, *change);
        }
        News::Note { note, of, answer_video, change } => {
            note::hear(&mut draft, note, of, answer_video.as_ref(), *change);
        }
        News::AnswerVideo { answer_video, question, of, change } => {
            answer_video::hear(&mut draft, answer_video, question.as_ref(), of, *change);
        }
        News::Question { question, of } => question::hear(&mut draft, question, of),
        News::User { user } => user::hear(&mut draft, user),
    }
    draft.finish()
}

/// What a world holds, or that it does not, of all that a decision changes.
#[derive(Debug)]
pub struct Before {
    entities: Vec<(u64, Option<Held>)>,
    names: Vec<(Name, Option<u64>)>,
}

impl World {
    /// What is there before a decision is taken in.
    pub fn before(&self, decision: &Decision) -> Before {
        let raw_ids = decision.entities.iter().map(|held| held.entity.raw_id());
        let names = decision.dropped_names.iter().chain(decision.names.iter().map(|(name, _)| name));
        Before {
            entities: raw_ids.map(|raw_id| (raw_id, self.entity(raw_id).cloned())).collect(),
            names: names.map(|name| (name.clone(), self.named(name))).collect(),
        }
    }

    /// Takes a decision back that has been taken in, the last one first.
    pub fn take_back(&mut self, before: Before) {
        for (raw_id, held) in before.entities {
            match held {
                Some(held) => self.put(held),
                None => self.take_out(raw_id),
            }
        }
        for (name, raw_id) in before.names {
            match raw_id {
                Some(raw_id) => self.name(name, raw_id),
                None => self.unname(&name),
            }
        }
    }

    /// Takes a decision in, so that the next one sees it.
    pub fn apply(&mut self, decision: &Decision) {
        for held in &decision.entities {
            self.put(held.clone());
        }
        for name in &decision.dropped_names {
            self.unname(name);
        }
        for (name, raw_id) in &decision.names {
            self.name(name.clone(), *raw_id);
        }
    }
}
