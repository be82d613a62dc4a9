//! `callboard interview`: what it is, when it is, and what happens to it.

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;

use super::alike::{Alike, ExternalIds, Noun, OneArgs, PageArgs, Seen, States};
use super::attendee::{AttendeeCommand, Who};
use super::form::{Body, Form, Usage};
use super::moment::{Moment, minutes};

pub(crate) type InterviewArgs = Noun<InterviewCommand>;

/// Who is asked for a time, and in which way.
const WAYS_TO_ASK: [&str; 4] =
    ["interviewer_selects", "interviewer_proposes", "candidate_selects", "candidate_proposes"];

#[derive(Subcommand)]
pub(crate) enum InterviewCommand {
    #[command(flatten)]
    Alike(Alike<NewInterview, InterviewFields, InterviewFilter>),
    /// Set its time, or another one
    Schedule {
        /// The interview's id
        id: String,
        #[command(flatten)]
        time: Time,
        #[command(flatten)]
        seen: Seen,
    },
    /// Ask someone for a time
    Ask {
        /// The interview's id
        id: String,
        /// Who is asked, and for what
        #[arg(value_parser = WAYS_TO_ASK)]
        how: String,
        #[command(flatten)]
        seen: Seen,
    },
    /// Who takes part
    Attendee {
        #[command(subcommand)]
        command: AttendeeCommand,
    },
    /// An attendee joined. With the second one it starts; one on demand with the first
    Join {
        /// The interview's id
        id: String,
        /// The attendee's id
        attendee: String,
        #[command(flatten)]
        seen: Seen,
    },
    /// It has started
    Start(OneArgs),
    /// It is over: assigned reviewers are asked for feedback
    End(OneArgs),
    /// The scheduling, the interview or the feedback went wrong, whichever is under way
    Fail(ReasonArgs),
    /// It will not take place
    Cancel(ReasonArgs),
    /// Put it away
    Archive(OneArgs),
    /// The links to join
    Meeting {
        #[command(subcommand)]
        command: MeetingCommand,
    },
    /// Every reviewer's score, and what they come to
    Assessment {
        /// The interview's id
        id: String,
    },
    /// What happened to it, oldest first, and who was told
    Timeline {
        /// The interview's id
        id: String,
        #[command(flatten)]
        page: PageArgs,
    },
}

#[derive(Args)]
pub(crate) struct ReasonArgs {
    #[command(flatten)]
    pub(crate) one: OneArgs,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum MeetingCommand {
    /// The links are these, in place of what they were
    Put {
        /// The interview's id
        id: String,
        #[command(flatten)]
        meeting: MeetingArgs,
        #[command(flatten)]
        seen: Seen,
    },
    /// There are no links any more
    Remove(OneArgs),
}

/// The links to join an interview.
#[derive(Args, Serialize)]
#[command(next_help_heading = "Meeting")]
pub(crate) struct MeetingArgs {
    /// Whose meeting it is: zoom, skype, `teams_for_business`, `hangouts_meet` or another word
    #[arg(long, value_name = "WORD")]
    provider: Option<String>,
    /// The link for everyone
    #[arg(long, value_name = "URL")]
    join_url: Option<String>,
    /// The link for the host: a secret, shown nowhere later
    #[arg(long, value_name = "URL")]
    start_url: Option<String>,
    /// The provider's id for the meeting
    #[arg(long, value_name = "ID")]
    #[serde(rename = "id")]
    meeting_id: Option<String>,
}

impl Form for MeetingArgs {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(Body::given(self))
    }
}

/// When an interview is.
#[derive(Args)]
#[command(next_help_heading = "Time")]
pub(crate) struct Time {
    /// When it starts: 2026-12-01T14:00+01:00, or 2026-12-01T14:00 in --zone
    #[arg(long, value_name = "TIME")]
    start: Option<Moment>,
    /// When it ends
    #[arg(long, value_name = "TIME", requires = "start", conflicts_with = "length")]
    end: Option<Moment>,
    /// How long it is, such as 45m
    #[arg(long = "for", value_name = "LENGTH", requires = "start", value_parser = minutes)]
    length: Option<i64>,
    /// The zone in which it is arranged, such as Europe/Berlin [default: the company's]
    #[arg(long)]
    zone: Option<String>,
}

impl Form for Time {
    /// The hub reads local times in their zone, which may be one that this machine does not know.
    fn form(&self) -> anyhow::Result<Body> {
        Ok(Body::default()
            .with_some("start", self.start.map(|start| start.to_string()))
            .with_some("end", self.end.map(|end| end.to_string()))
            .with_some("duration_min", self.length)
            .with_some("time_zone", self.zone.as_deref()))
    }
}

impl Time {
    /// The time to set: there has to be one.
    pub(crate) fn to_set(&self) -> anyhow::Result<Body> {
        if self.start.is_none() {
            return Err(Usage::error("--start is missing: when is it to be?"));
        }
        self.form()
    }
}

#[derive(Args)]
pub(crate) struct NewInterview {
    /// The application it is held for
    #[arg(long, value_name = "ID", conflicts_with = "candidate")]
    pub(crate) application: Option<String>,
    /// Whom it is held with, in place of --application where they have one application only
    #[arg(long, value_name = "ID")]
    pub(crate) candidate: Option<String>,
    /// Whether people meet, or the candidate answers alone
    #[arg(long, value_parser = ["live", "on_demand"])]
    mode: Option<String>,
    /// Who takes part: the id of a user or an application, or a guest's e-mail address; several with commas
    #[arg(long, alias = "attendee", value_delimiter = ',', value_name = "WHO")]
    attendees: Vec<Who>,
    /// Users who are to review it; several with commas
    #[arg(long, alias = "reviewer", value_delimiter = ',', value_name = "USERS")]
    reviewers: Vec<String>,
    #[command(flatten)]
    fields: InterviewFields,
    #[command(flatten)]
    time: Time,
    #[command(flatten)]
    meeting: MeetingArgs,
}

impl Form for NewInterview {
    fn form(&self) -> anyhow::Result<Body> {
        let attendees: Vec<Value> =
            self.attendees.iter().map(|who| who.form().map(Value::from)).collect::<Result<_, _>>()?;
        let body = self
            .fields
            .in_zone(self.time.zone.as_deref())?
            .with_some("application_id", self.application.as_deref())
            .with_some("mode", self.mode.as_deref())
            .with_some("attendees", (!attendees.is_empty()).then_some(attendees))
            .with_some("reviewers", (!self.reviewers.is_empty()).then(|| self.reviewers.clone()))
            .with_some("meeting", self.meeting.form()?.some());
        Ok(body.and(self.time.form()?))
    }
}

/// What can be said about an interview.
#[derive(Args, Serialize)]
pub(crate) struct InterviewFields {
    /// What it is called
    #[arg(long)]
    title: Option<String>,
    /// How people meet: phone, online or `on_site`
    #[arg(long)]
    format: Option<String>,
    /// The address, if people meet at one
    #[arg(long, value_name = "PLACE")]
    location: Option<String>,
    /// Until when one on demand can be taken
    #[arg(long, value_name = "TIME")]
    #[serde(skip)]
    deadline: Option<Moment>,
    /// The user who arranges it
    #[arg(long, value_name = "USER")]
    #[serde(rename = "organizer_id")]
    organizer: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    external_ids: ExternalIds,
}

impl InterviewFields {
    fn in_zone(&self, zone: Option<&str>) -> anyhow::Result<Body> {
        let deadline = self.deadline.map(|time| time.in_zone(zone)).transpose()?;
        let body = Body::given(self).with_some("deadline", deadline.map(|time| time.to_string()));
        Ok(self.external_ids.name(body))
    }
}

impl Form for InterviewFields {
    fn form(&self) -> anyhow::Result<Body> {
        self.in_zone(None)
    }
}

#[derive(Args, Serialize)]
pub(crate) struct InterviewFilter {
    /// Only those with this candidate
    #[arg(long, value_name = "ID")]
    candidate: Option<String>,
    /// Only those for this job
    #[arg(long, value_name = "ID")]
    job: Option<String>,
    /// Only those held for this application
    #[arg(long, value_name = "ID")]
    application: Option<String>,
    #[command(flatten)]
    state: States,
}
