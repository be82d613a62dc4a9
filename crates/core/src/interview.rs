//! Interviews, live or on demand, and the links to join them.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entity_macro::entity;
use crate::id::{ApplicationId, FeedbackId, InterviewId};
use crate::open_enum::open_enum;
use crate::stage::{Stage, StageMark};

open_enum! {
    /// How people meet (seed 002).
    InterviewFormat {
        /// By phone.
        Phone = "phone",
        /// Over the internet.
        Online = "online",
        /// At an address.
        OnSite = "on_site",
    }
}

open_enum! {
    /// Whether people meet, or the candidate answers alone.
    InterviewMode {
        /// People meet at a time.
        Live = "live",
        /// The candidate answers recorded questions when it suits.
        OnDemand = "on_demand",
    }
}

open_enum! {
    /// What an attendee is (seed 002).
    AttendeeKind {
        /// One of the company's people.
        User = "user",
        /// The candidate.
        Candidate = "candidate",
        /// Anyone else.
        Guest = "guest",
    }
}

open_enum! {
    /// What an attendee answered to the invitation (seed 002).
    AttendeeAnswer {
        /// Will come.
        Accepted = "accepted",
        /// Has not answered.
        Pending = "pending",
        /// May come.
        Maybe = "maybe",
        /// Will not come.
        Declined = "declined",
    }
}

/// Someone who takes part in an interview. Ids are the platform's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attendee {
    /// The attendee's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The application, if this is the candidate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// The user, if this is one of the company's people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// What they are.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<AttendeeKind>,
    /// What they answered.
    #[serde(default, rename = "status", skip_serializing_if = "Option::is_none")]
    pub answer: Option<AttendeeAnswer>,
    /// The name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When they joined, as far as the hub was asked to note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<Timestamp>,
}

/// A link that makes whoever holds it the host of a meeting: a secret (platforms.md 4.3). It is delivered to those who
/// are owed it, and shown nowhere else; its `Debug` form tells nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct HostLink(pub String);

impl fmt::Debug for HostLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostLink(…)")
    }
}

/// The links to join an interview.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Meeting {
    /// For the candidate and everyone else: `join_url`, `candidate_url`, `meeting_url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_url: Option<String>,
    /// For the host: `start_url`, `reviewer_url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_url: Option<HostLink>,
    /// Whose meeting it is, in the platform's word: `teams_for_business`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The platform's id for the meeting: `live_meeting_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl Meeting {
    /// Is there a link to join by?
    pub fn is_ready(&self) -> bool {
        self.join_url.is_some() || self.start_url.is_some()
    }
}

impl Default for StageMark {
    fn default() -> Self {
        Stage::InterviewCreated.into()
    }
}

entity! {
    /// An interview, live or on demand.
    Interview(InterviewId) told as InterviewTold
    links {
        /// The application it is held for, once known.
        application_id: Option<ApplicationId>,
        /// Where it stands.
        stage: StageMark,
        /// The links to join it.
        meeting: Option<Meeting>,
        /// The feedback asked for or given on it, one a reviewer.
        feedback: Vec<FeedbackId>,
        /// Have all assigned reviewers scored?
        assessed: bool,
        /// Was it cancelled? It stays so when a cancelled interview is archived.
        cancelled: bool,
    }
    facts {
        /// What it is called.
        title: String,
        /// The address, if people meet at one.
        location: String,
        /// How people meet.
        format: InterviewFormat,
        /// When it starts.
        start: Timestamp,
        /// When it ends.
        end: Timestamp,
        /// The zone in which it was arranged: an IANA or a Windows name.
        time_zone: String,
        /// The user who arranged it, by the platform's id.
        organizer_id: String,
        /// Who takes part.
        attendees: Vec<Attendee>,
        /// Whether people meet, or the candidate answers alone.
        mode: InterviewMode,
        /// Until when an interview on demand can be taken.
        deadline: Timestamp,
    }
}

impl Interview {
    /// Moves it to a stage. Answers the one it comes from.
    pub fn move_to(&mut self, stage: StageMark) -> StageMark {
        self.cancelled = match stage.value {
            Stage::InterviewCanceled => true,
            Stage::InterviewArchived => self.cancelled,
            _ => false,
        };
        std::mem::replace(&mut self.stage, stage)
    }

    /// Was it cancelled, and not taken up again since?
    pub fn is_cancelled(&self) -> bool {
        self.cancelled || self.stage.value == Stage::InterviewCanceled
    }

    /// Is it neither cancelled nor archived?
    pub fn is_open(&self) -> bool {
        !self.is_cancelled() && self.stage.value != Stage::InterviewArchived
    }
}
