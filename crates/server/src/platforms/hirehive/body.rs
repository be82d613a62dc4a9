//! What a body says, within limits (invariant I7).

use callboard_core::{
    ApplicationTold, Attendee, CandidateTold, Extra, FeedbackTold, InterviewTold, JobTold, MAX_ATTENDEES,
    Meeting, RefusalCode,
};
use callboard_dialects::Unreadable;
use url::Url;

use crate::api::text::is_control;
use crate::limits::{EXTRA_BYTES, LINE_CHARS, LINK_BYTES, LONG_TEXT_CHARS};
use crate::problem::{Problem, codes};
use crate::time_zone;

/// What a reader says of a body that it cannot read.
pub(super) fn unreadable(error: &Unreadable) -> Problem {
    Problem::new(codes::BAD_BODY, error.to_string())
}

pub(super) fn check_job(job: &JobTold) -> Result<(), Problem> {
    check_long("description", job.description.as_ref())?;
    check_all(&[
        ("title", &job.title),
        ("location.city", &job.city),
        ("owner_id", &job.owner_id),
        ("type", &job.employment),
        ("job_code", &job.code),
        ("hosted_url", &job.url),
        ("category.id", &job.category.as_ref().and_then(|it| it.id.clone())),
        ("category.name", &job.category.as_ref().and_then(|it| it.name.clone())),
    ])?;
    check_extra(&job.extra)
}

pub(super) fn check_candidate(candidate: &CandidateTold) -> Result<(), Problem> {
    check_all(&[
        ("full_name", &candidate.full_name),
        ("first_name", &candidate.first_name),
        ("last_name", &candidate.last_name),
        ("email", &candidate.email),
        ("phone_number", &candidate.phone),
        ("title", &candidate.title),
        ("company", &candidate.employer),
        ("location.address", &candidate.address),
        ("image_url", &candidate.image_url),
    ])?;
    for tag in candidate.tags.iter().flatten() {
        check_all(&[("tags.id", &tag.id), ("tags.name", &tag.name)])?;
    }
    check_extra(&candidate.extra)
}

/// Also puts the zone's IANA name in the place of one of Windows.
pub(super) fn check_interview(
    interview: &mut InterviewTold,
    meeting: Option<&Meeting>,
) -> Result<(), Problem> {
    check_all(&[
        ("event.title", &interview.title),
        ("event.location", &interview.location),
        ("event.organizer_id", &interview.organizer_id),
    ])?;
    if interview.attendees.as_ref().is_some_and(|all| all.len() > MAX_ATTENDEES) {
        let detail = format!("`event.attendees` has at most {MAX_ATTENDEES} members");
        return Err(Problem::new(RefusalCode::TOO_MANY.into(), detail));
    }
    for Attendee { display_name, email, .. } in interview.attendees.iter().flatten() {
        check_all(&[("attendees.display_name", display_name), ("attendees.email", email)])?;
    }
    for (member, at) in [("start", interview.start), ("end", interview.end)] {
        if at.is_some_and(|at| !time_zone::is_writable(at)) {
            return Err(Problem::new(codes::BAD_TIME, format!("`event.{member}` is before the year 0")));
        }
    }
    if let Some(zone) = &mut interview.time_zone {
        *zone = time_zone::iana_name(zone)?;
    }
    if let Some(meeting) = meeting {
        check_all(&[("meta.online_meeting_type", &meeting.provider)])?;
        meeting.join_url.as_deref().map_or(Ok(()), |url| check_link("meta.meeting_url", url))?;
    }
    check_extra(&interview.extra)
}

/// Where an application came from.
pub(super) fn check_source(application: &ApplicationTold) -> Result<(), Problem> {
    check_all(&[("origin", &application.origin)])?;
    check_extra(&application.extra)
}

/// What a reviewer gave.
pub(super) fn check_feedback(feedback: &FeedbackTold) -> Result<(), Problem> {
    for answer in feedback.answers.iter().flatten() {
        check("answers.question_id", &answer.question_id, LINE_CHARS, &[])?;
    }
    for rating in feedback.ratings.iter().flatten() {
        check("answers.ratings.option_id", &rating.option_id, LINE_CHARS, &[])?;
    }
    check_long("answers", feedback.comment.as_ref())?;
    check_extra(&feedback.extra)
}

/// A text of the length of a letter.
pub(super) fn check_long(member: &str, text: Option<&String>) -> Result<(), Problem> {
    text.map_or(Ok(()), |text| check(member, text, LONG_TEXT_CHARS, &['\n', '\r', '\t']))
}

fn check_all(texts: &[(&str, &Option<String>)]) -> Result<(), Problem> {
    texts.iter().try_for_each(|(member, text)| match text {
        Some(text) => check(member, text, LINE_CHARS, &['\n']),
        None => Ok(()),
    })
}

fn check(member: &str, text: &str, most: usize, controls: &[char]) -> Result<(), Problem> {
    if text.chars().count() > most {
        return Err(Problem::new(codes::TOO_LONG, format!("`{member}` has at most {most} characters")));
    }
    if text.chars().any(|it| is_control(it) && !controls.contains(&it)) {
        return Err(Problem::new(codes::BAD_TEXT, format!("`{member}` has a control character in it")));
    }
    Ok(())
}

/// An address on the web, for people to follow.
fn check_link(member: &str, link: &str) -> Result<(), Problem> {
    let is_web = Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if is_web && link.len() <= LINK_BYTES {
        return Ok(());
    }
    let detail = format!("`{member}` is an `https` address of at most {LINK_BYTES} bytes");
    Err(Problem::new(RefusalCode::BAD_FACT.into(), detail))
}

/// What there is no word for is kept, within a limit of its own.
pub(super) fn check_extra(extra: &Extra) -> Result<(), Problem> {
    let bytes: usize = extra.values().map(|kept| kept.to_string().len()).sum();
    if bytes <= EXTRA_BYTES {
        return Ok(());
    }
    let detail = format!("members that Callboard has no word for take at most {EXTRA_BYTES} bytes");
    Err(Problem::new(codes::TOO_LONG, detail))
}
