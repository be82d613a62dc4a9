//! What `POST /api/interviews` comes to: the interview, with the job and the people that it needs.

use callboard_core::{
    Attendee, AttendeeKind, CandidateTold, Command, Entity, Extra, Facts, FeedbackCommand, FeedbackTold,
    Interview, InterviewCommand, InterviewFormat, InterviewId, InterviewTold, Job, JobCommand, JobId,
    JobStatus, JobTold, Kind, Name, RefusalCode, UserId, UserTold, World,
};
use callboard_dialects::rest::skype::{
    Asked, DEFAULT_POSITION_CODE, DEFAULT_POSITION_TITLE, Participant, Position, Scheduling,
    asks_for_feedback, merge,
};
use serde_json::{Map, Value};

use super::PLATFORM;
use super::timing::{schedule, zone};
use crate::keys::new_guid;
use crate::limits::EXTRA_BYTES;
use crate::platforms::error_object::ErrorObject;
use crate::platforms::partner::Partner;
use crate::platforms::people::Request;
use crate::problem::{Problem, codes};
use crate::time_zone::iana_name;

/// An interview that is to be made.
pub(super) struct Making {
    pub(super) interview: InterviewId,
    pub(super) commands: Vec<Command>,
}

impl Making {
    pub(super) async fn prepare(partner: &Partner, asked: &Asked) -> Result<Self, ErrorObject> {
        let code = asked.code.clone().unwrap_or_else(new_guid);
        let taken = partner.names(Kind::Interview, &code);
        let mut names = taken.clone();
        names.extend(asked.position.as_ref().map(|it| position_names(partner, it)).into_iter().flatten());
        names.extend(people_names(partner, asked.participants.as_deref().unwrap_or_default()));
        let world = partner.world(Vec::new(), names).await?;
        if partner.named(&world, &taken).is_some() {
            let message = format!("there is an interview with the code `{code}` already");
            return Err(ErrorObject::new(RefusalCode::EXTERNAL_ID_TAKEN.into(), message));
        }
        let mut request = Request::new(partner, &world);
        let job = asked.position.as_ref().map(|position| job(&mut request, position));
        let interview = partner.hub.mint();
        hold(&mut request, interview, code, job, asked)?;
        Ok(Self { interview, commands: request.commands })
    }
}

/// The interview with those who take part in it.
fn hold(
    request: &mut Request<'_>,
    id: InterviewId,
    code: String,
    job: Option<JobId>,
    asked: &Asked,
) -> Result<(), ErrorObject> {
    let zone = zone(asked, None, request.partner.settings().as_deref())?;
    let scheduled = schedule(asked, None, zone.clone())?;
    let participants = asked.participants.as_deref().unwrap_or_default();
    let cast = Cast::invite(request, participants, job)?;
    let application = cast.attendees.iter().find_map(|it| it.application_id.as_deref()?.parse().ok());
    let extra = kept(None, &Value::Null, asked)?
        .map(|kept| Extra::from([(PLATFORM.to_owned(), kept)]))
        .unwrap_or_default();
    let asks = asks_for_feedback(&extra);
    let told = InterviewTold {
        title: asked.title.clone(),
        format: Some(InterviewFormat::Online),
        start: scheduled.as_ref().map(|it| it.start),
        end: scheduled.as_ref().and_then(|it| it.end),
        time_zone: zone,
        attendees: (!cast.attendees.is_empty()).then_some(cast.attendees),
        extra,
        ..InterviewTold::default()
    };
    let external_ids = [(PLATFORM.to_owned(), Some(code))].into();
    let facts = Facts { external_ids, told, clear: Vec::new() };
    request.commands.push(Command::Interview(id, InterviewCommand::Create { application, facts }));
    if let Some(time) = asked.scheduling.as_ref().and_then(Scheduling::asks) {
        request.commands.push(Command::Interview(id, InterviewCommand::AskForTime(time)));
    }
    if asks {
        cast.interviewers.iter().for_each(|reviewer| assign(request, id, *reviewer));
    }
    Ok(())
}

/// Asks an interviewer for feedback when the interview is over.
pub(super) fn assign(request: &mut Request<'_>, interview: InterviewId, reviewer: UserId) {
    let facts = Facts::<FeedbackTold>::default();
    let command = FeedbackCommand::Assign { interview, reviewer, creator: None, facts };
    request.commands.push(Command::Feedback(request.partner.hub.mint(), command));
}

/// The members without a word of ours, laid over those that an interview has. `None` if that changes nothing: what is
/// `shown` of it may have been sent back as it is.
pub(super) fn kept(
    interview: Option<&Interview>,
    shown: &Value,
    asked: &Asked,
) -> Result<Option<Value>, ErrorObject> {
    let differing = |members: &Map<String, Value>, shown: Option<&Value>| -> Map<String, Value> {
        let is_new =
            |(name, value): &(&String, &Value)| shown.and_then(|it| it.get(name.as_str())) != Some(value);
        members.iter().filter(is_new).map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let mut new = differing(&asked.kept, Some(shown));
    let scheduling = asked.scheduling.as_ref().map(|it| differing(&it.kept, shown.get("scheduling")));
    if let Some(scheduling) = scheduling.filter(|scheduling| !scheduling.is_empty()) {
        new.insert("scheduling".to_owned(), scheduling.into());
    }
    if new.is_empty() {
        return Ok(None);
    }
    let merged = merge(interview.and_then(|it| it.extra.get(PLATFORM)), &new);
    if merged.to_string().len() > EXTRA_BYTES {
        let message =
            format!("the members that are only kept have at most {EXTRA_BYTES} bytes as JSON, all in all");
        return Err(ErrorObject::new(codes::TOO_LARGE, message));
    }
    Ok(Some(merged))
}

/// Those who take part, in their order.
pub(super) struct Cast {
    pub(super) attendees: Vec<Attendee>,
    /// The company's people among them.
    pub(super) interviewers: Vec<UserId>,
}

impl Cast {
    /// The first candidate with an address is the one whose interview it is; they apply for the job by that.
    fn invite(
        request: &mut Request<'_>,
        participants: &[Participant],
        job: Option<JobId>,
    ) -> Result<Self, Problem> {
        let mut cast = Self { attendees: Vec::new(), interviewers: Vec::new() };
        let mut has_candidate = false;
        for participant in participants {
            let mut attendee = bare(participant);
            if participant.kind == AttendeeKind::Candidate && !has_candidate {
                has_candidate = true;
                let candidate = request.candidate(candidate_told(participant)?);
                let known = request.application(candidate, job).map(|application| application.id);
                let application = known.unwrap_or_else(|| request.apply(candidate, job, Facts::default()));
                attendee.application_id = Some(application.to_string());
            }
            cast.join(request, participant, attendee)?;
        }
        Ok(cast)
    }

    /// One more, who is made a user if they are one of the company's people and have an address.
    pub(super) fn join(
        &mut self,
        request: &mut Request<'_>,
        participant: &Participant,
        mut attendee: Attendee,
    ) -> Result<(), Problem> {
        if participant.kind == AttendeeKind::User && participant.email.is_some() {
            let user = request.user(user_told(participant)?);
            attendee.user_id = Some(user.to_string());
            self.interviewers.push(user);
        }
        self.attendees.push(attendee);
        Ok(())
    }
}

/// An attendee as the request names them.
pub(super) fn bare(participant: &Participant) -> Attendee {
    Attendee {
        kind: Some(participant.kind.clone()),
        display_name: participant.name.clone(),
        email: participant.email.clone(),
        ..Attendee::default()
    }
}

fn candidate_told(participant: &Participant) -> Result<CandidateTold, Problem> {
    Ok(CandidateTold {
        full_name: participant.name.clone(),
        email: participant.email.clone(),
        time_zone: participant.time_zone.as_deref().map(iana_name).transpose()?,
        ..CandidateTold::default()
    })
}

fn user_told(participant: &Participant) -> Result<UserTold, Problem> {
    Ok(UserTold {
        name: participant.name.clone(),
        email: participant.email.clone(),
        role: Some("interviewer".to_owned()),
        time_zone: participant.time_zone.as_deref().map(iana_name).transpose()?,
        ..UserTold::default()
    })
}

/// The addresses by which those who take part may be known.
pub(super) fn people_names(partner: &Partner, participants: &[Participant]) -> Vec<Name> {
    let name = |participant: &Participant| {
        let email = participant.email.as_deref()?;
        let kind = match participant.kind {
            AttendeeKind::Candidate => Kind::Candidate,
            _ => Kind::User,
        };
        Some(partner.email(kind, email))
    };
    participants.iter().filter_map(name).collect()
}

fn code_of(position: &Position) -> &str {
    position.code.as_deref().unwrap_or(DEFAULT_POSITION_CODE)
}

fn position_names(partner: &Partner, position: &Position) -> Vec<Name> {
    partner.names(Kind::Job, code_of(position))
}

/// The job with the position's code. An unknown code makes one; a known one stays as it is (`manage-jobs.md`).
fn job(request: &mut Request<'_>, position: &Position) -> JobId {
    if let Some(job) = known_job(request.partner, request.world, position) {
        return job.id;
    }
    let id = request.partner.hub.mint();
    let told = JobTold {
        title: Some(position.title.clone().unwrap_or_else(|| DEFAULT_POSITION_TITLE.to_owned())),
        description: position.description.clone(),
        url: position.url.clone(),
        code: Some(code_of(position).to_owned()),
        status: Some(JobStatus::Published),
        ..JobTold::default()
    };
    let external_ids = [(PLATFORM.to_owned(), Some(code_of(position).to_owned()))].into();
    let facts = Facts { external_ids, told, clear: Vec::new() };
    request.commands.push(Command::Job(id, JobCommand::Create(facts)));
    id
}

fn known_job<'w>(partner: &Partner, world: &'w World, position: &Position) -> Option<&'w Job> {
    match &partner.named(world, &position_names(partner, position))?.entity {
        Entity::Job(job) => Some(job),
        _ => None,
    }
}
