//! Interviews made and changed: `POST /v1/interviews`, `PATCH /v1/interviews/{id}`.

use std::sync::Arc;

use axum::extract::State;
use callboard_core::{
    ApplicationId, Attendee, AttendeeKind, CandidateId, Command, Entity, Facts, FeedbackCommand, Identifier,
    Interview, InterviewCommand, InterviewFormat, InterviewId, InterviewMode, InterviewTold, Kind,
    MAX_ATTENDEES, MAX_REVIEWERS, UserId,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::attendees::AttendeeForm;
use super::meeting::MeetingForm;
use super::slot::{Minutes, SlotForm, When};
use crate::api::asking::Posted;
use crate::api::order::Order;
use crate::api::things::form::{Fact, Form, New, Reading};
use crate::api::things::member::{Line, Member, Moment, Names, Several, Word, Zone, as_text};
use crate::api::things::noun::{Desk, Noun};
use crate::auth::{Caller, Writer};
use crate::hub::Hub;
use crate::openapi::{Made, View};
use crate::problem::Problem;

/// What is said of an interview.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "InterviewForm")]
pub(in crate::api::things) struct InterviewForm {
    /// What it is held for.
    application_id: Fact<ApplicationId>,
    /// What it is called.
    title: Fact<Line>,
    /// How people meet.
    format: Fact<Word<InterviewFormat>>,
    /// Whether people meet, or the candidate answers alone; `live` when nothing is said.
    mode: Fact<Word<InterviewMode>>,
    /// When it starts. Without an offset from UTC it is a time in `time_zone`, else in the company's. Without a start, an
    /// interview that is live is asked a time for.
    start: Fact<When>,
    /// When it ends.
    end: Fact<When>,
    /// How long it is, instead of `end`.
    duration_min: Fact<Minutes>,
    /// The zone in which it is arranged: an IANA or a Windows name.
    time_zone: Fact<Zone>,
    /// The address, if people meet at one.
    location: Fact<Line>,
    /// Until when an interview on demand can be taken.
    deadline: Fact<Moment>,
    /// The user who arranges it.
    organizer_id: Fact<UserId>,
    /// Who takes part. When nothing is said, the candidate of the application.
    attendees: Fact<Several<AttendeeForm, MAX_ATTENDEES>>,
    /// The links to join.
    meeting: Fact<MeetingForm>,
    /// The users who are to give feedback on it.
    reviewers: Fact<Several<UserId, MAX_REVIEWERS>>,
    external_ids: Names,
}

const TIME: &str = "POST the time to /v1/interviews/{id}/schedule";

impl Form for InterviewForm {
    const ONCE: &'static [(&'static str, &'static str)] = &[
        ("application_id", "make another interview for another application"),
        ("mode", "make another interview to have it live or on demand"),
        ("start", TIME),
        ("end", TIME),
        ("duration_min", TIME),
        (
            "attendees",
            "POST to /v1/interviews/{id}/attendees, DELETE /v1/interviews/{id}/attendees/{attendee}",
        ),
        ("meeting", "PUT the links to /v1/interviews/{id}/meeting"),
        ("reviewers", "POST a reviewer to /v1/interviews/{id}/feedback, DELETE /v1/feedback/{id}"),
        ("stage", "POST to /v1/interviews/{id}/start, /end, /cancel and so on"),
    ];
}

impl InterviewForm {
    fn facts(self, desk: &Desk<'_>) -> Result<Facts<InterviewTold>, Problem> {
        let mut reading = Reading::default();
        if matches!(self.time_zone, Fact::Cleared) {
            reading.read("time_zone", Fact::<Zone>::Cleared)?;
        }
        let slot = SlotForm {
            start: self.start,
            end: self.end,
            duration_min: self.duration_min,
            time_zone: self.time_zone,
        };
        let slot = slot.meant(desk)?;
        let told = InterviewTold {
            title: reading.read("title", self.title)?,
            format: reading.read("format", self.format)?,
            mode: reading.read("mode", self.mode)?,
            start: slot.start,
            end: slot.end,
            time_zone: slot.time_zone,
            location: reading.read("location", self.location)?,
            deadline: reading.read("deadline", self.deadline)?,
            organizer_id: reading.read("organizer_id", self.organizer_id)?.map(as_text),
            attendees: reading.read("attendees", self.attendees)?,
            ..InterviewTold::default()
        };
        reading.into_facts(self.external_ids, told)
    }
}

impl Noun for Interview {
    type Id = InterviewId;
    type Form = InterviewForm;
    const KIND: Kind = Kind::Interview;
    const COLLECTION: &'static str = "interviews";
    const FILTERS: &'static [&'static str] = &["state", "candidate", "job", "application"];

    fn change(id: InterviewId, form: InterviewForm, desk: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        Ok(vec![Command::Interview(id, InterviewCommand::Change(form.facts(desk)?))])
    }
}

/// The interview with its links and its reviewers, all of it or nothing.
pub(super) async fn make(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Posted { body: New(form), once }: Posted<New<InterviewForm>>,
) -> Result<Made<View<Interview>>, Problem> {
    let id: InterviewId = hub.mint();
    let commands = commands(&hub, caller, id, form).await?;
    Order::of(caller, commands).once(once).showing_host_links().made(&hub, id, Interview::COLLECTION).await
}

async fn commands(
    hub: &Hub,
    caller: Caller,
    id: InterviewId,
    mut form: InterviewForm,
) -> Result<Vec<Command>, Problem> {
    let application = std::mem::take(&mut form.application_id).told();
    let meeting = std::mem::take(&mut form.meeting).told();
    let meeting = meeting.map(|meeting| meeting.checked("meeting")).transpose()?;
    let reviewers = std::mem::take(&mut form.reviewers).told();
    let reviewers = reviewers.map(|reviewers| reviewers.checked("reviewers")).transpose()?;
    let mut facts = form.facts(&Desk { directory: &hub.ledger.directory(), caller })?;
    if let (None, Some(application)) = (&facts.told.attendees, application) {
        facts.told.attendees = candidate_of(hub, application).await?.map(|_| vec![candidate(application)]);
    }
    let create = InterviewCommand::Create { application, facts };
    let links = meeting.map(InterviewCommand::PutMeeting);
    let asked = reviewers.into_iter().flatten().map(|reviewer| {
        let facts = Facts::default();
        let assign = FeedbackCommand::Assign { interview: id, reviewer, creator: None, facts };
        Command::Feedback(hub.mint(), assign)
    });
    let of_interview = [create].into_iter().chain(links).map(|command| Command::Interview(id, command));
    Ok(of_interview.chain(asked).collect())
}

fn candidate(application: ApplicationId) -> Attendee {
    Attendee {
        kind: Some(AttendeeKind::Candidate),
        application_id: Some(application.to_string()),
        ..Attendee::default()
    }
}

/// Who applies. Whether the application may be spoken of is for the rules to say.
async fn candidate_of(hub: &Hub, application: ApplicationId) -> Result<Option<CandidateId>, Problem> {
    let held = hub.ledger.read(move |reader| reader.entity(application.raw())).await?;
    Ok(held.and_then(|held| match held.entity {
        Entity::Application(application) => application.candidate_id,
        _ => None,
    }))
}
