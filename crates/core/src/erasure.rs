//! Erasing a person: what is personal leaves, the shape of what happened stays.
//!
//! What stays is ids of ours, links between things, times, types, stages, scores, whose opinion it is, and words of a
//! fixed vocabulary. What leaves is everything else that is about the person or in free words, for free words can name
//! anyone: an interview's title and place, the reason for a stage, comments and answers in words, notes, tags, links to
//! recordings and meetings, and what platforms call the person and what belongs to them. Names and addresses of the
//! company's own people stay; those of anyone else who attended leave, because nobody can tell that it is not the person.

use std::sync::Arc;

use serde_json::Value;

use crate::application::Application;
use crate::command::TimeAsked;
use crate::event::{Event, Snapshot};
use crate::external::{ExternalIds, Extra};
use crate::feedback::Feedback;
use crate::file::File;
use crate::id::{ApplicationId, AttendeeId, CandidateId};
use crate::interview::{Attendee, AttendeeKind, Interview, Meeting};
use crate::job::Named;
use crate::people::Candidate;
use crate::recording::{AnswerVideo, Note};

/// A candidate who is to be forgotten, and where traces of them may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Who.
    pub candidate: CandidateId,
    /// What events about them are kept in order by, see [`Event::subject`]: the candidate, their applications, and the
    /// interviews held for those.
    pub subjects: Vec<u64>,
    /// Words by which a message that led to no event is recognised as speaking of them, whatever their letter case:
    /// e-mail addresses, names as platforms call them, phone number. None is so short that it would be found everywhere.
    pub words: Vec<String>,
}

/// The old values that may stay: times, scores and words of a fixed vocabulary.
const KEPT_BEFORE: [&str; 17] = [
    "status",
    "start",
    "end",
    "deadline",
    "format",
    "mode",
    "score",
    "ratings",
    "form",
    "requested_at",
    "completed_at",
    "applied_at",
    "written_at",
    "recorded_at",
    "duration_s",
    "reviewer",
    "creator",
];

impl Event {
    /// The same event with nothing personal about a candidate left in it: ids, times, stages, types and scores stay.
    #[must_use]
    pub fn erased(mut self) -> Self {
        let Snapshot {
            source: _,
            thin: _,
            job: _,
            question: _,
            applications: _,
            endpoint: _,
            delivery: _,
            candidate,
            application,
            interview,
            feedback,
            assessment,
            note,
            tag,
            answer_video,
            receipt,
            previous,
        } = &mut self.data;
        erase_shared(candidate);
        erase_shared(application);
        erase_shared(interview);
        erase_shared(feedback);
        erase_shared(note);
        erase_shared(answer_video);
        for reviewer in assessment.iter_mut().flat_map(|assessment| &mut assessment.reviewers) {
            reviewer.comment = None;
        }
        if let Some(tag) = tag {
            *tag = Named::default();
        }
        if let Some(receipt) = receipt {
            receipt.reason.clear();
        }
        for (fact, old) in previous {
            erase_before(fact, old);
        }
        self
    }
}

/// Something that is about a person.
pub(crate) trait Personal {
    /// Takes everything personal out.
    fn erase(&mut self);
}

fn erase_shared<T: Personal + Clone>(thing: &mut Option<Arc<T>>) {
    if let Some(thing) = thing {
        Arc::make_mut(thing).erase();
    }
}

fn erase_before(fact: &str, old: &mut Value) {
    if fact == "stage" {
        let is_own = old.get("text").and_then(Value::as_str).is_some_and(|text| !is_fixed(text));
        if let Some(stage) = old.as_object_mut().filter(|_| is_own) {
            stage.remove("text");
        }
    } else if !KEPT_BEFORE.contains(&fact) {
        *old = Value::Null;
    }
}

/// Are these words that go with a stage by themselves, and are nobody's own?
fn is_fixed(text: &str) -> bool {
    TimeAsked::ALL.iter().any(|asked| asked.text() == text)
}

fn erase_names(external_ids: &mut ExternalIds, extra: &mut Extra) {
    *external_ids = ExternalIds::default();
    extra.clear();
}

impl Personal for Candidate {
    fn erase(&mut self) {
        *self = Self { applications: std::mem::take(&mut self.applications), ..Self::new(self.id) };
    }
}

impl Personal for Application {
    fn erase(&mut self) {
        erase_names(&mut self.external_ids, &mut self.extra);
        self.cover_letter = None;
        self.custom_invite_id = None;
    }
}

impl Personal for Interview {
    fn erase(&mut self) {
        erase_names(&mut self.external_ids, &mut self.extra);
        self.title = None;
        self.location = None;
        self.meeting = self
            .meeting
            .take()
            .filter(|meeting| meeting.provider.is_some())
            .map(|meeting| Meeting { provider: meeting.provider, ..Meeting::default() });
        self.stage.text = self.stage.text.take().filter(|text| is_fixed(text));
        self.attendees.iter_mut().flatten().for_each(Attendee::erase);
    }
}

impl Personal for Attendee {
    fn erase(&mut self) {
        let is_staff = match &self.kind {
            Some(kind) => *kind == AttendeeKind::User,
            None => self.user_id.is_some(),
        };
        if is_staff {
            return;
        }
        // What a platform calls them leads to them; our own ids lead to what has been erased.
        self.id = self.id.take().filter(|id| id.parse::<AttendeeId>().is_ok());
        self.application_id = self.application_id.take().filter(|id| id.parse::<ApplicationId>().is_ok());
        self.user_id = None;
        self.display_name = None;
        self.email = None;
    }
}

impl Personal for Feedback {
    fn erase(&mut self) {
        erase_names(&mut self.external_ids, &mut self.extra);
        self.comment = None;
        for answer in self.answers.iter_mut().flatten() {
            answer.text.clear();
        }
    }
}

impl Personal for Note {
    fn erase(&mut self) {
        erase_names(&mut self.external_ids, &mut self.extra);
        self.text = None;
    }
}

impl Personal for AnswerVideo {
    fn erase(&mut self) {
        erase_names(&mut self.external_ids, &mut self.extra);
        self.url = None;
        self.thumbnail_url = None;
    }
}

impl Personal for File {
    fn erase(&mut self) {
        erase_names(&mut self.external_ids, &mut self.extra);
        self.stored = false;
        self.name = None;
        self.url = None;
        self.sha256 = None;
    }
}
