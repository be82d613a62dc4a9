//! When an interview is: requests say it without a zone, so the zone is looked for where one is known.

use callboard_core::{AttendeeKind, Interview, Schedule, Timestamp};
use callboard_dialects::rest::skype::{Asked, Start};
use callboard_ledger::Company;

use crate::platforms::error_object::ErrorObject;
use crate::problem::{Problem, codes};
use crate::time_zone::{iana_name, is_writable, moment_in};

/// The longest interview, in minutes.
const LONGEST_MIN: i64 = crate::limits::DURATION_MIN;

/// The zone that a request's times are in: the one it names with them, else an interviewer's, else anybody's who takes
/// part, else the interview's, else the company's. `None`: UTC.
pub(super) fn zone(
    asked: &Asked,
    interview: Option<&Interview>,
    company: Option<&Company>,
) -> Result<Option<String>, Problem> {
    let participants = asked.participants.as_deref().unwrap_or_default();
    let interviewer = participants.iter().filter(|it| it.kind == AttendeeKind::User);
    let theirs = interviewer.chain(participants).find_map(|it| it.time_zone.as_deref());
    let named = asked.scheduling.as_ref().and_then(|scheduling| scheduling.time_zone.as_deref());
    let given = named.or(theirs).map(iana_name).transpose()?;
    // What is known of old may be a zone that was never checked.
    let known = || interview?.time_zone.as_deref().and_then(|zone| iana_name(zone).ok());
    Ok(given.or_else(known).or_else(|| company?.time_zone.clone()))
}

/// The time that is asked for, of an interview that may have one already. `None` if none is, or it is the one known.
pub(super) fn schedule(
    asked: &Asked,
    interview: Option<&Interview>,
    zone: Option<String>,
) -> Result<Option<Schedule>, ErrorObject> {
    let Some(scheduling) = &asked.scheduling else { return Ok(None) };
    let known = interview.and_then(|it| it.start);
    let start = match scheduling.start {
        Some(Start::Instant(at)) => Some(at),
        Some(Start::Civil(clock)) => Some(moment_in(zone.as_deref().unwrap_or("UTC"), clock)?),
        None => known,
    };
    let Some(start) = start else { return Ok(None) };
    if !is_writable(start) {
        return Err(ErrorObject::new(codes::BAD_TIME, "`scheduling.start` is before the year 0"));
    }
    let known_min = interview.and_then(|it| Some(it.end?.duration_since(it.start?).as_mins()));
    let minutes = scheduling.duration_min.map(i64::from).or(known_min);
    let end = minutes.map(|minutes| end(start, minutes)).transpose()?;
    let is_known = known == Some(start) && interview.is_some_and(|it| it.end == end);
    Ok((!is_known).then_some(Schedule { start, end, time_zone: zone }))
}

fn end(start: Timestamp, minutes: i64) -> Result<Timestamp, ErrorObject> {
    if !(1..=LONGEST_MIN).contains(&minutes) {
        let message = format!("`scheduling.duration` is a number of minutes from 1 to {LONGEST_MIN}");
        return Err(ErrorObject::new(codes::BAD_BODY, message));
    }
    start
        .checked_add(jiff::SignedDuration::from_mins(minutes))
        .map_err(|_| ErrorObject::new(codes::BAD_BODY, "`scheduling.start` is too far away"))
}
