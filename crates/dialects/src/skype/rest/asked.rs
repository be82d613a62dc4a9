//! What is asked for with `POST /api/interviews` and `PUT /api/interviews/{code}`.

use callboard_core::StageMark;
use serde_json::{Map, Value};

use super::kept::read_kept;
use super::members::Members;
use super::participant::Participant;
use super::scheduling::Scheduling;
use crate::dialect::Unreadable;
use crate::skype::metadata;

/// An interview as it is asked for. Whatever is left out, or null, is not asked for: `{}` is enough.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// What the partner calls the interview.
    pub code: Option<String>,
    /// What it is called for people.
    pub title: Option<String>,
    /// The job it is for.
    pub position: Option<Position>,
    /// Who takes part; the whole list.
    pub participants: Option<Vec<Participant>>,
    /// When, or who is to propose when.
    pub scheduling: Option<Scheduling>,
    /// The stage it is to be in.
    pub stage: Option<StageMark>,
    /// The members that Callboard has no word for, as they came.
    pub kept: Map<String, Value>,
}

/// A job, as far as a request says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// Its title.
    pub title: Option<String>,
    /// The company's own code for it: an unknown one makes a job.
    pub code: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Where it is advertised.
    pub url: Option<String>,
}

impl Asked {
    /// Reads a body. The sentence of an error names the member that is wrong.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let body: Value = serde_json::from_slice(body)
            .map_err(|error| Unreadable(format!("the body is no JSON: {error}")))?;
        let members = Members::of(&body, "")?;
        Ok(Self {
            code: members.text("code")?,
            title: members.text("title")?,
            position: members.object("position")?.map(|it| Position::read(&it)).transpose()?,
            participants: participants(&members)?,
            scheduling: members.object("scheduling")?.map(|it| Scheduling::read(&it)).transpose()?,
            stage: members.object("stage")?.map(|it| stage(&it)).transpose()?,
            kept: read_kept(&members)?,
        })
    }
}

impl Position {
    fn read(members: &Members<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            title: members.text("title")?,
            code: members.text("code")?,
            description: members.text("description")?,
            url: members.text("url")?,
        })
    }
}

fn participants(members: &Members<'_>) -> Result<Option<Vec<Participant>>, Unreadable> {
    let Some(list) = members.objects("participants")? else { return Ok(None) };
    list.iter().map(Participant::read).collect::<Result<_, _>>().map(Some)
}

fn stage(members: &Members<'_>) -> Result<StageMark, Unreadable> {
    let value = members.text("value")?.ok_or_else(|| members.must_be("value", "the name of a stage"))?;
    Ok(metadata::mark(&value, members.text("metadata")?.as_deref()))
}
