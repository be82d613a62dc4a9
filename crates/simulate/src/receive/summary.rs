//! What a webhook says, as a person would put it.

use callboard_core::{
    About, Attendee, AttendeeKind, Belonging, CandidateTold, Change, FeedbackChange, News, Person, Timestamp,
};
use callboard_dialects::{DIALECTS, Dialect, Reading};
use serde::Deserialize;

/// Longer texts are cut.
const MAX_QUOTE_CHARS: usize = 60;

/// What a body says.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// In which dialect.
    pub dialect: &'static str,
    /// What it tells.
    pub reading: Reading,
    /// The same in one line: the word for what happened, two spaces, then who and what, divided by ` · `.
    pub summary: String,
}

impl Said {
    /// Reads a body in this dialect, or in the first one that makes sense of it. The error is a sentence for people.
    pub fn read(dialect: Option<&'static dyn Dialect>, body: &[u8]) -> Result<Self, String> {
        let (dialect, reading) = match dialect {
            Some(dialect) => (dialect, dialect.parse(body).map_err(|error| error.to_string())?),
            None => guess(body).ok_or("it looks like a webhook of none of the platforms")?,
        };
        let summary = summary(&reading, body);
        Ok(Self { dialect: dialect.name(), reading, summary })
    }
}

/// The dialects are told apart by their bodies; those that know only one envelope are tried before those that accept
/// any `type`.
fn guess(body: &[u8]) -> Option<(&'static dyn Dialect, Reading)> {
    ["skype", "launchpad", "viasto", "cloudevents", "hirehive", "standard"]
        .iter()
        .filter_map(|name| DIALECTS.iter().find(|dialect| dialect.name() == *name))
        .filter_map(|dialect| Some((*dialect, dialect.parse(body).ok()?)))
        .find(|(_, reading)| !reading.observations.is_empty())
}

fn summary(reading: &Reading, body: &[u8]) -> String {
    let Some(told) = reading.observations.first() else { return reading.label.clone() };
    let (headline, mut parts) = parts(&reading.label, &told.news);
    if let News::Stage { .. } = told.news
        && let Some(name) = native_candidate(body)
    {
        parts.insert(0, Some(name));
    }
    let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { headline } else { format!("{headline}  {}", parts.join(" · ")) }
}

/// The word for what happened, and what is to be said about it, the most telling first.
fn parts(label: &str, news: &News) -> (String, Vec<Option<String>>) {
    let headline = match change(news).filter(|_| label.ends_with("_changed")) {
        Some(change) => format!("{label} {change}"),
        None => label.to_owned(),
    };
    match news {
        News::Job { job, status_only, .. } => {
            let status = job.told.status.as_ref().filter(|_| *status_only).map(ToString::to_string);
            (headline, vec![job.told.title.clone().or_else(|| short(job)), status])
        }
        News::Candidate { candidate, .. } => (headline, vec![name(candidate).or_else(|| short(candidate))]),
        News::Tag { candidate, tag, .. } => {
            (headline, vec![name(candidate).or_else(|| short(candidate)), tag.name.clone()])
        }
        News::Application { application, of, stage_only, .. } => {
            let stage =
                application.told.stage.as_ref().filter(|_| *stage_only).map(|it| it.parent.to_string());
            (headline, vec![who(of).or_else(|| short(application)), what_for(of), stage])
        }
        News::Interview { interview, of, .. } => {
            let by_name = of.candidate.as_ref().and_then(name);
            let attendee = interview.told.attendees.as_deref().and_then(candidate_among);
            let title = interview.told.title.clone();
            let start = interview.told.start.map(readable);
            let someone = by_name.or(attendee).or_else(|| who(of)).or_else(|| short(interview));
            (headline, vec![someone, title, start])
        }
        News::Stage { interview, current, .. } => {
            let known_by = interview.told.title.clone().or_else(|| short(interview));
            (current.value.to_string(), vec![known_by, current.text.clone()])
        }
        News::Meeting { interview, of, .. } => {
            let start = interview.told.start.map(readable);
            (headline, vec![who(of).or_else(|| short(interview)), start])
        }
        News::Assessed { interview, of, average, total, overall_status, .. } => {
            let average = average.map(|average| format!("average {average}"));
            let total = total.map(|total| format!("total {total}"));
            let overall = overall_status.as_ref().map(ToString::to_string);
            (headline, vec![who(of).or_else(|| short(interview)), average, total, overall])
        }
        News::Feedback { feedback, of, .. } => {
            let reviewer = feedback.told.reviewer.as_ref().and_then(person).map(|name| format!("by {name}"));
            let score = feedback.told.score.map(|score| format!("{score} points"));
            (headline, vec![who(of).or_else(|| short(feedback)), reviewer, score])
        }
        News::Note { note, of, .. } => {
            let author = note.told.author.as_ref().and_then(person).map(|name| format!("by {name}"));
            let text = note.told.text.as_deref().map(quote);
            (headline, vec![who(of).or_else(|| short(note)), author, text])
        }
        News::AnswerVideo { answer_video, question, of, .. } => {
            let question =
                question.as_ref().and_then(|it| it.told.text.as_deref().map(quote).or_else(|| short(it)));
            (headline, vec![who(of).or_else(|| short(answer_video)), question])
        }
        News::Question { question, .. } => {
            let text = question.told.text.as_deref().map(quote);
            (headline, vec![text.or_else(|| short(question))])
        }
        News::User { user } => (headline, vec![user.told.name.clone().or_else(|| short(user))]),
    }
}

/// What viasto's words leave open: `rating_changed` may mean either.
fn change(news: &News) -> Option<&'static str> {
    let created = match news {
        News::Job { change, .. }
        | News::Application { change, .. }
        | News::AnswerVideo { change, .. }
        | News::Note { change, .. } => *change == Change::Created,
        News::Feedback { change, .. } => *change == FeedbackChange::Submitted,
        _ => return None,
    };
    Some(if created { "created" } else { "modified" })
}

fn who(of: &Belonging) -> Option<String> {
    let candidate = of.candidate.as_ref().and_then(|it| name(it).or_else(|| short(it)));
    candidate.or_else(|| of.application.as_ref().and_then(short))
}

fn what_for(of: &Belonging) -> Option<String> {
    of.job.as_ref().and_then(|job| job.told.title.clone().or_else(|| short(job)))
}

fn name(candidate: &About<CandidateTold>) -> Option<String> {
    let told = &candidate.told;
    let parts: Vec<_> =
        [&told.first_name, &told.last_name].into_iter().flatten().map(String::as_str).collect();
    let from_parts = (!parts.is_empty()).then(|| parts.join(" "));
    told.full_name.clone().or(from_parts).or_else(|| told.email.clone())
}

fn person(person: &Person) -> Option<String> {
    let id = person.id.as_deref().map(ending);
    person.name.clone().or_else(|| person.email.clone()).or(id)
}

fn candidate_among(attendees: &[Attendee]) -> Option<String> {
    let candidate = attendees.iter().find(|it| it.kind == Some(AttendeeKind::Candidate))?;
    candidate.display_name.clone().or_else(|| candidate.email.clone())
}

/// What the sender calls a thing.
fn short<T>(thing: &About<T>) -> Option<String> {
    thing.external_id.as_deref().map(ending)
}

/// Of a URL or its path, the kind and the number: `candidates/5`.
fn ending(id: &str) -> String {
    let mut segments = id.trim_end_matches('/').rsplit('/');
    match (segments.next(), segments.next()) {
        (Some(last), Some(kind)) => format!("{kind}/{last}"),
        _ => id.to_owned(),
    }
}

fn readable(time: Timestamp) -> String {
    time.strftime("%-d %b %Y %H:%M UTC").to_string()
}

fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut kept: String = line.chars().take(MAX_QUOTE_CHARS).collect();
    if kept.len() < line.len() {
        kept.push('…');
    }
    format!("“{kept}”")
}

/// The candidate of a native event or a `CloudEvent`: of a stage they are told beside what the reading is about.
fn native_candidate(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        candidate: Candidate,
    }
    #[derive(Deserialize)]
    struct Candidate {
        full_name: Option<String>,
        first_name: Option<String>,
        last_name: Option<String>,
        email: Option<String>,
    }
    let Candidate { full_name, first_name, last_name, email } =
        serde_json::from_slice::<Body>(body).ok()?.data.candidate;
    let told = CandidateTold { full_name, first_name, last_name, email, ..CandidateTold::default() };
    name(&About { external_id: None, told })
}
