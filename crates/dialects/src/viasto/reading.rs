//! What a webhook of viasto says: that something was created or modified, and where it can be fetched. Nothing is told
//! about the things but their names.

use std::borrow::Cow;

use callboard_core::{
    About, Belonging, Change, FeedbackChange, FeedbackStatus, FeedbackTold, JobTold, News, NoteTold,
    Observation, Person, Timestamp,
};
use serde::Deserialize;

use super::resource;
use crate::dialect::{Reading, Unreadable, text};

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Envelope<'a> {
    time: Option<Timestamp>,
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    data: Option<Data<'a>>,
}

/// The members of all five events (seed 003).
#[derive(Default, Deserialize)]
#[serde(expecting = "an object")]
struct Data<'a> {
    #[serde(borrow)]
    action: Option<Text<'a>>,
    #[serde(borrow)]
    project: Option<Text<'a>>,
    #[serde(borrow)]
    candidate: Option<Text<'a>>,
    #[serde(borrow)]
    question: Option<Text<'a>>,
    #[serde(borrow)]
    answervideo: Option<Text<'a>>,
    #[serde(borrow)]
    rating: Option<Text<'a>>,
    #[serde(borrow)]
    customer: Option<Text<'a>>,
    #[serde(borrow)]
    note: Option<Text<'a>>,
}

/// A text as it stands in the body, copied only where it is written with escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads a body. An event that we do not know is no error: it is told that it came, and nothing else.
pub(super) fn read(body: &[u8]) -> Result<Reading, Unreadable> {
    let envelope: Envelope<'_> = serde_json::from_str(text(body)?)
        .map_err(|error| Unreadable(format!("the body is no webhook of viasto: {error}")))?;
    let data = envelope.data.unwrap_or_default();
    let news = match envelope.event.as_ref() {
        "project_changed" => Some(data.project_changed()?),
        "candidate_changed" => Some(data.candidate_changed()?),
        "answervideo_changed" => Some(data.answer_video_changed()?),
        "rating_changed" => Some(data.rating_changed()?),
        "note_changed" => Some(data.note_changed()?),
        _ => None,
    };
    let observations = news.map(|news| Observation { at: envelope.time, news }).into_iter().collect();
    Ok(Reading { label: envelope.event.into_owned(), observations })
}

/// The names of all that a webhook names, what it is about last. None for an event that we do not know.
pub(super) fn names_in(body: &[u8]) -> Option<Vec<String>> {
    let envelope: Envelope<'_> = serde_json::from_str(text(body).ok()?).ok()?;
    let data = envelope.data?;
    let named: &[&Option<Text<'_>>] = match envelope.event.as_ref() {
        "project_changed" => &[&data.project],
        "candidate_changed" => &[&data.project, &data.candidate],
        "answervideo_changed" => &[&data.project, &data.candidate, &data.question, &data.answervideo],
        "rating_changed" => &[&data.project, &data.candidate, &data.rating],
        "note_changed" => &[&data.project, &data.candidate, &data.customer, &data.answervideo, &data.note],
        _ => return None,
    };
    named.last()?.as_ref().and_then(|Text(url)| resource::path(url))?;
    let urls = named.iter().copied().flatten();
    Some(urls.filter_map(|Text(url)| resource::path(url)).map(str::to_owned).collect())
}

impl Data<'_> {
    fn project_changed(&self) -> Result<News, Unreadable> {
        let job: About<JobTold> = needed("project", self.project.as_ref())?;
        Ok(News::Job { job, change: self.change()?, status_only: false })
    }

    /// A project's candidate is an application in our words; the person behind it has no other name.
    fn candidate_changed(&self) -> Result<News, Unreadable> {
        let application = needed("candidate", self.candidate.as_ref())?;
        let of = Belonging { application: None, ..self.belonging()? };
        Ok(News::Application { application, of, change: self.change()?, stage_only: false })
    }

    fn answer_video_changed(&self) -> Result<News, Unreadable> {
        Ok(News::AnswerVideo {
            answer_video: needed("answervideo", self.answervideo.as_ref())?,
            question: named("question", self.question.as_ref())?,
            of: self.belonging()?,
            change: self.change()?,
        })
    }

    /// A rating that is there has been given; how it came out must be fetched.
    fn rating_changed(&self) -> Result<News, Unreadable> {
        let mut feedback: About<FeedbackTold> = needed("rating", self.rating.as_ref())?;
        feedback.told.status = Some(FeedbackStatus::Complete);
        let change = if self.is_new()? { FeedbackChange::Submitted } else { FeedbackChange::Updated };
        Ok(News::Feedback { feedback, interview: None, of: self.belonging()?, change })
    }

    fn note_changed(&self) -> Result<News, Unreadable> {
        let mut note: About<NoteTold> = needed("note", self.note.as_ref())?;
        note.told.author = name("customer", self.customer.as_ref())?
            .map(|customer| Person { id: Some(customer), ..Person::default() });
        Ok(News::Note {
            note,
            of: self.belonging()?,
            answer_video: named("answervideo", self.answervideo.as_ref())?,
            change: self.change()?,
        })
    }

    fn belonging(&self) -> Result<Belonging, Unreadable> {
        Ok(Belonging {
            job: named("project", self.project.as_ref())?,
            candidate: named("candidate", self.candidate.as_ref())?,
            application: named("candidate", self.candidate.as_ref())?,
        })
    }

    fn change(&self) -> Result<Change, Unreadable> {
        Ok(if self.is_new()? { Change::Created } else { Change::Updated })
    }

    /// The sample of seed 003 has no `action`, though its table lists one: then the thing was modified.
    fn is_new(&self) -> Result<bool, Unreadable> {
        match self.action.as_ref().map(|Text(action)| action.as_ref()) {
            Some("created") => Ok(true),
            Some("modified") | None => Ok(false),
            Some(other) => {
                let other: String = other.chars().take(40).collect();
                Err(Unreadable(format!("`data.action` is neither `created` nor `modified`: `{other}`")))
            }
        }
    }
}

fn needed<T: Default>(member: &str, url: Option<&Text<'_>>) -> Result<About<T>, Unreadable> {
    named(member, url)?.ok_or_else(|| Unreadable(format!("there is no `data.{member}`")))
}

fn named<T: Default>(member: &str, url: Option<&Text<'_>>) -> Result<Option<About<T>>, Unreadable> {
    Ok(name(member, url)?.map(|path| About { external_id: Some(path), told: T::default() }))
}

/// What viasto calls a thing: the path of its URL.
fn name(member: &str, url: Option<&Text<'_>>) -> Result<Option<String>, Unreadable> {
    let Some(Text(url)) = url else { return Ok(None) };
    let path = resource::path(url).ok_or_else(|| {
        let url: String = url.chars().take(80).collect();
        Unreadable(format!("`data.{member}` is no resource URL: `{url}`"))
    })?;
    Ok(Some(path.to_owned()))
}
