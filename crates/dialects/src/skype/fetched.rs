//! What `GET /api/interviews/{code}` says of an interview (platforms.md 2.5), in our words.
//!
//! The stage is not among it: it may lag behind the webhooks, which tell it in order. The field names of notes and feedback
//! are those of Callboard's own answers, since Microsoft's are not known.

use callboard_core::{
    About, Answer, Attendee, AttendeeKind, Belonging, CandidateTold, Change, FeedbackChange, FeedbackStatus,
    FeedbackTold, InterviewChange, InterviewTold, JobTold, Meeting, News, NoteTold, Observation, Person,
    Rating, Score, Timestamp, UserTold,
};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::rest::{DEFAULT_POSITION_CODE, Members};
use crate::dialect::Unreadable;
use crate::fetching::Fetched;

/// Participants, links, notes and feedback beyond this many are left out.
const MAX_LISTED: usize = 200;

/// Reads the answer about the interview with this code.
pub(super) fn read(code: &str, answer: &[u8]) -> Result<Fetched, Unreadable> {
    let answer: Value = serde_json::from_slice(answer)
        .map_err(|error| Unreadable(format!("the answer is no JSON: {error}")))?;
    let seen = Seen { code, members: Members::of(&answer, "")? };
    let people = seen.people()?;
    let of = Belonging { job: seen.job()?, candidate: candidate(&people), application: None };
    let mut news = users(&people);
    news.push(seen.interview(&people, &of)?);
    news.extend(seen.notes(&of)?);
    news.extend(seen.feedback()?);
    let observations = news.into_iter().map(|news| Observation { at: None, news }).collect();
    Ok(Fetched { label: "fetched interview".to_owned(), observations, refers_to: Vec::new() })
}

/// The stage that an answer shows.
pub(super) fn stage(answer: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    Members::of(&answer, "").ok()?.object("stage").ok()??.text("value").ok()?
}

/// Someone who takes part.
struct Participant {
    name: Option<String>,
    email: Option<String>,
    kind: AttendeeKind,
    time_zone: Option<String>,
}

struct Seen<'a> {
    code: &'a str,
    members: Members<'a>,
}

impl<'a> Seen<'a> {
    fn list(&self, name: &str) -> Result<Vec<Members<'a>>, Unreadable> {
        let mut list = self.members.objects(name)?.unwrap_or_default();
        list.truncate(MAX_LISTED);
        Ok(list)
    }

    fn people(&self) -> Result<Vec<Participant>, Unreadable> {
        self.list("participants")?.iter().map(Participant::read).collect()
    }

    /// The position, unless it is the one that an interview has that was given none.
    fn job(&self) -> Result<Option<About<JobTold>>, Unreadable> {
        let Some(position) = self.members.object("position")? else { return Ok(None) };
        let Some(code) = position.text("code")?.filter(|code| code != DEFAULT_POSITION_CODE) else {
            return Ok(None);
        };
        let told = JobTold {
            title: position.text("title")?,
            description: position.text("description")?,
            url: position.text("url")?,
            code: Some(code.clone()),
            ..JobTold::default()
        };
        Ok(Some(About { external_id: Some(code), told }))
    }

    fn interview(&self, people: &[Participant], of: &Belonging) -> Result<News, Unreadable> {
        let told = InterviewTold {
            title: self.members.text("title")?,
            attendees: (!people.is_empty()).then(|| people.iter().map(Participant::attendee).collect()),
            ..self.schedule()?
        };
        Ok(News::Interview {
            interview: self.itself(told),
            of: of.clone(),
            meeting: self.meeting()?,
            change: InterviewChange::Created,
        })
    }

    /// When it is. Microsoft's answers name no zone, and are read as UTC; a zone that nobody knows leaves the time open.
    fn schedule(&self) -> Result<InterviewTold, Unreadable> {
        let mut told = InterviewTold::default();
        let Some(scheduling) = self.members.object("scheduling")? else { return Ok(told) };
        let zone = scheduling.text("timezone")?.filter(|zone| TimeZone::get(zone).is_ok());
        let start = scheduling.text("start")?;
        let minutes = scheduling.minutes("duration")?.filter(|minutes| *minutes > 0);
        told.start = start.and_then(|start| moment(&start, zone.as_deref()));
        told.end = told
            .start
            .zip(minutes)
            .and_then(|(start, minutes)| start.checked_add(SignedDuration::from_mins(minutes.into())).ok());
        told.time_zone = zone;
        Ok(told)
    }

    /// The link to join: the candidate's, or everyone's. An interviewer's is nobody else's to use.
    fn meeting(&self) -> Result<Option<Meeting>, Unreadable> {
        let mut join_url = None;
        for link in self.list("urls")? {
            let is_to_join = link.text("type")?.is_some_and(|it| it.eq_ignore_ascii_case("interview"));
            let Some(url) = link.text("url")?.filter(|url| is_to_join && is_web(url)) else { continue };
            match link.text("participantType")?.map(|it| it.to_ascii_lowercase()).as_deref() {
                Some("candidate") => join_url = Some(url),
                Some("interviewer" | "recruiter") => {}
                _ => join_url = join_url.or(Some(url)),
            }
        }
        Ok(join_url.map(|url| Meeting { join_url: Some(url), ..Meeting::default() }))
    }

    /// The notes, where it is known by an address whom they are on. One without an id is known by its place.
    fn notes(&self, of: &Belonging) -> Result<Vec<News>, Unreadable> {
        let has_address = of.candidate.as_ref().is_some_and(|about| about.told.email.is_some());
        let list = if has_address { self.list("notes")? } else { Vec::new() };
        let mut notes = Vec::with_capacity(list.len());
        for (index, note) in list.iter().enumerate() {
            let Some(text) = note.text("text")? else { continue };
            let id = note.text("id")?.unwrap_or_else(|| format!("{}/notes/{}", self.code, index + 1));
            let told = NoteTold {
                text: Some(text),
                author: person(note, "author")?,
                written_at: note.text("timestamp")?.and_then(|text| text.parse().ok()),
                ..NoteTold::default()
            };
            notes.push(News::Note {
                note: About { external_id: Some(id), told },
                of: of.clone(),
                answer_video: None,
                change: Change::Created,
            });
        }
        Ok(notes)
    }

    /// The interviewers' feedback. One without an id is known by whose it is; one without either cannot be found again.
    fn feedback(&self) -> Result<Vec<News>, Unreadable> {
        let mut news = Vec::new();
        for feedback in self.list("feedback")? {
            let (id, reviewer) = (feedback.text("id")?, person(&feedback, "interviewer")?);
            if id.is_none() && reviewer.is_none() {
                continue;
            }
            let told = FeedbackTold { reviewer, ..scored(&feedback)? };
            let change = match told.status {
                Some(FeedbackStatus::Complete) => FeedbackChange::Submitted,
                _ => FeedbackChange::Requested,
            };
            news.push(News::Feedback {
                feedback: About { external_id: id, told },
                interview: Some(self.itself(InterviewTold::default())),
                of: Belonging::default(),
                change,
            });
        }
        Ok(news)
    }

    fn itself(&self, told: InterviewTold) -> About<InterviewTold> {
        About { external_id: Some(self.code.to_owned()), told }
    }
}

impl Participant {
    fn read(members: &Members<'_>) -> Result<Self, Unreadable> {
        let kind = match members.text("role")?.unwrap_or_default().to_ascii_lowercase().as_str() {
            "candidate" => AttendeeKind::Candidate,
            "interviewer" | "recruiter" | "" => AttendeeKind::User,
            other => AttendeeKind::from(other),
        };
        Ok(Self {
            name: members.text("name")?,
            email: members.text("email")?,
            kind,
            time_zone: members.text("timezone")?,
        })
    }

    fn attendee(&self) -> Attendee {
        Attendee {
            kind: Some(self.kind.clone()),
            display_name: self.name.clone(),
            email: self.email.clone(),
            ..Attendee::default()
        }
    }
}

/// The one candidate among those who take part.
fn candidate(people: &[Participant]) -> Option<About<CandidateTold>> {
    let candidate = people.iter().find(|it| it.kind == AttendeeKind::Candidate)?;
    let told = CandidateTold {
        full_name: candidate.name.clone(),
        email: candidate.email.clone(),
        time_zone: candidate.time_zone.clone(),
        ..CandidateTold::default()
    };
    (!told.is_empty()).then_some(About { external_id: None, told })
}

/// The company's people among those who take part, as far as they can be found again.
fn users(people: &[Participant]) -> Vec<News> {
    let users = people.iter().filter(|it| it.kind == AttendeeKind::User && it.email.is_some());
    let told = users.map(|it| UserTold {
        name: it.name.clone(),
        email: it.email.clone(),
        time_zone: it.time_zone.clone(),
        ..UserTold::default()
    });
    told.map(|told| News::User { user: About { external_id: None, told } }).collect()
}

fn person(members: &Members<'_>, name: &str) -> Result<Option<Person>, Unreadable> {
    let Some(person) = members.object(name)? else { return Ok(None) };
    let (name, email) = (person.text("name")?, person.text("email")?);
    let is_someone = name.is_some() || email.is_some();
    Ok(is_someone.then(|| Person { name, email, ..Person::default() }))
}

fn scored(feedback: &Members<'_>) -> Result<FeedbackTold, Unreadable> {
    let score: Option<Score> = feedback.text("score")?.and_then(|text| text.parse().ok());
    let status = feedback.text("status")?.as_deref().map(FeedbackStatus::from);
    let ratings = entries(feedback, "ratings", |it| {
        let (id, points) = (it.text("id")?, it.text("rating")?);
        Ok(id
            .zip(points.and_then(|it| it.parse().ok()))
            .map(|(option_id, rating)| Rating { option_id, rating }))
    })?;
    let answers = entries(feedback, "answers", |it| {
        Ok(it.text("id")?.zip(it.text("text")?).map(|(question_id, text)| Answer { question_id, text }))
    })?;
    Ok(FeedbackTold {
        status: status.or(score.map(|_| FeedbackStatus::Complete)),
        score,
        comment: feedback.text("comment")?,
        ratings,
        answers,
        completed_at: feedback.text("timestamp")?.and_then(|text| text.parse().ok()),
        ..FeedbackTold::default()
    })
}

/// The entries of a list that make sense; none of an empty one.
fn entries<T>(
    members: &Members<'_>,
    name: &str,
    read: impl Fn(&Members<'_>) -> Result<Option<T>, Unreadable>,
) -> Result<Option<Vec<T>>, Unreadable> {
    let list = members.objects(name)?.unwrap_or_default();
    let entries = list.iter().take(MAX_LISTED).map(read).collect::<Result<Vec<_>, _>>()?;
    let entries: Vec<T> = entries.into_iter().flatten().collect();
    Ok((!entries.is_empty()).then_some(entries))
}

/// A time, in the zone it is written in, else in this one, else in UTC.
fn moment(text: &str, zone: Option<&str>) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        let zone = zone.map_or(Ok(TimeZone::UTC), TimeZone::get).ok()?;
        Some(civil.to_zoned(zone).ok()?.timestamp())
    })
}

fn is_web(url: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme))
}
