//! Who takes part: people are added and removed, answer the invitation, and join.

use super::standing::{Phase, go, in_the_way, is_to_come, stage_is_ours};
use crate::application::Application;
use crate::command::Facts;
use crate::decide::command::keeping::{amend, bad};
use crate::decide::command::referring::ours;
use crate::decide::command::{Done, referring};
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::id::{ApplicationId, AttendeeId, InterviewId, UserId};
use crate::interview::{Attendee, AttendeeAnswer, AttendeeKind, Interview, InterviewMode, InterviewTold};
use crate::limits::MAX_ATTENDEES;
use crate::people::Candidate;
use crate::refusal::{Refusal, RefusalCode};
use crate::stage::Stage;

/// How many have to join for a live interview to start (seed 004: "at least two participants").
const LIVE_STARTS_WITH: usize = 2;

pub(super) fn add(draft: &mut Draft<'_>, id: InterviewId, attendee: &Attendee) -> Done {
    is_to_come(draft, id)?;
    let interview = draft.wanted::<Interview>(id)?;
    let (application, mut all) = (interview.application_id, interview.attendees.clone().unwrap_or_default());
    let attendee = invite(draft, application, attendee, &all)?;
    all.push(attendee);
    put(draft, id, all)
}

pub(super) fn remove(draft: &mut Draft<'_>, id: InterviewId, attendee: &str) -> Done {
    is_to_come(draft, id)?;
    let (place, mut all) = find(draft, id, attendee)?;
    all.remove(place);
    put(draft, id, all)
}

pub(super) fn answer(
    draft: &mut Draft<'_>,
    id: InterviewId,
    attendee: &str,
    answer: &AttendeeAnswer,
) -> Done {
    is_to_come(draft, id)?;
    let (place, mut all) = find(draft, id, attendee)?;
    all[place].answer = Some(answer.clone());
    put(draft, id, all)
}

/// With enough people in it, an interview starts. Someone who has joined may come in again.
pub(super) fn join(draft: &mut Draft<'_>, id: InterviewId, attendee: &str) -> Done {
    let found = stage_is_ours(draft, id)?;
    if matches!(found, Phase::Over | Phase::Cancelled | Phase::Archived) {
        return Err(in_the_way(draft, id, found));
    }
    let (place, mut all) = find(draft, id, attendee)?;
    // Only who joined since it came to where it stands is in it: after a failure everyone joins anew.
    let since = draft.record(id).and_then(|record| record.stage_as_of).filter(|_| found != Phase::Started);
    let is_in =
        |attendee: &Attendee| attendee.joined_at.is_some_and(|at| since.is_none_or(|since| at >= since));
    if !is_in(&all[place]) {
        all[place].joined_at = Some(draft.at);
    }
    let present = all.iter().filter(|attendee| is_in(attendee)).count();
    put(draft, id, all)?;
    let on_demand = draft.wanted::<Interview>(id)?.mode == Some(InterviewMode::OnDemand);
    let wanted = if on_demand { 1 } else { LIVE_STARTS_WITH };
    if found != Phase::Started && present >= wanted {
        go(draft, id, Stage::InterviewStarted);
    }
    Ok(())
}

fn find(draft: &Draft<'_>, id: InterviewId, attendee: &str) -> Result<(usize, Vec<Attendee>), Refusal> {
    let all = draft.wanted::<Interview>(id)?.attendees.clone().unwrap_or_default();
    let place = all.iter().position(|known| known.id.as_deref() == Some(attendee));
    let place = place.ok_or_else(|| {
        Refusal::new(
            RefusalCode::NO_SUCH_ATTENDEE,
            format!("nobody with the id `{attendee}` takes part in {id}; read its attendees first"),
        )
    })?;
    Ok((place, all))
}

fn put(draft: &mut Draft<'_>, id: InterviewId, all: Vec<Attendee>) -> Done {
    let told = InterviewTold { attendees: Some(all), ..InterviewTold::default() };
    let previous = amend::<Interview>(draft, id, &Facts { told, ..Facts::default() })?;
    if !previous.is_empty() {
        draft.emit(EventType::InterviewUpdated, Snapshot { previous, ..draft.about_interview(id) });
    }
    Ok(())
}

/// Why these are too many.
pub(super) fn too_many(attendees: &[Attendee]) -> Option<Refusal> {
    (attendees.len() > MAX_ATTENDEES).then(|| {
        Refusal::new(
            RefusalCode::TOO_MANY,
            format!("at most {MAX_ATTENDEES} people take part in an interview; remove one first"),
        )
    })
}

/// The attendees of a new interview.
pub(super) fn invited(
    draft: &mut Draft<'_>,
    application: Option<ApplicationId>,
    attendees: &[Attendee],
) -> Result<Vec<Attendee>, Refusal> {
    // Each is compared with all others.
    if let Some(refusal) = too_many(attendees) {
        return Err(refusal);
    }
    let mut all = Vec::with_capacity(attendees.len());
    for attendee in attendees {
        let attendee = invite(draft, application, attendee, &all)?;
        all.push(attendee);
    }
    Ok(all)
}

/// An attendee with an id, with the kind and the answer that go without saying, and as far as we know who it is, with
/// the name and the address known.
fn invite(
    draft: &mut Draft<'_>,
    application: Option<ApplicationId>,
    told: &Attendee,
    others: &[Attendee],
) -> Result<Attendee, Refusal> {
    let mut attendee = told.clone();
    let (mut name, mut email) = (None, None);
    if let Some(user) = ours::<UserId>(attendee.user_id.as_ref())? {
        let person = referring::person(draft, user)?;
        (name, email) = (person.name, person.email);
        attendee.kind.get_or_insert(AttendeeKind::User);
    }
    if let Some(theirs) = ours::<ApplicationId>(attendee.application_id.as_ref())? {
        let candidate = draft.wanted::<Application>(theirs)?.candidate_id;
        if application != Some(theirs) {
            return Err(Refusal::new(
                RefusalCode::BELONGS_ELSEWHERE,
                format!(
                    "the interview is not held for {theirs}; a candidate attends interviews of their own"
                ),
            ));
        }
        if let Some(candidate) = candidate.and_then(|id| draft.get::<Candidate>(id)) {
            (name, email) = (candidate.display_name(), candidate.email.clone());
        }
        attendee.kind.get_or_insert(AttendeeKind::Candidate);
    }
    attendee.display_name = attendee.display_name.or(name);
    attendee.email = attendee.email.or(email);
    attendee.kind.get_or_insert(AttendeeKind::Guest);
    attendee.answer.get_or_insert(AttendeeAnswer::Pending);
    attendee.joined_at = None;
    is_somebody_else(&attendee, others)?;
    if attendee.id.is_none() {
        attendee.id = Some(draft.mint::<AttendeeId>().to_string());
    }
    Ok(attendee)
}

fn is_somebody_else(attendee: &Attendee, others: &[Attendee]) -> Done {
    let keys =
        |of: &Attendee| [of.user_id.clone(), of.application_id.clone(), of.email.clone(), of.id.clone()];
    let theirs = keys(attendee);
    if theirs[..3].iter().all(Option::is_none) && attendee.display_name.is_none() {
        return Err(bad(
            "an attendee needs a user_id, an application_id, an email or a display_name".to_owned()
        ));
    }
    let is_same = |other: &&Attendee| {
        keys(other).iter().zip(&theirs).any(|(known, new)| known.is_some() && known == new)
    };
    match others.iter().find(is_same) {
        None => Ok(()),
        Some(known) => Err(Refusal::new(
            RefusalCode::ALREADY_ATTENDING,
            format!(
                "this person takes part already, as attendee {}",
                known.id.as_deref().unwrap_or("of the interview")
            ),
        )),
    }
}
