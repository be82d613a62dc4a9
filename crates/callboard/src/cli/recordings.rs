//! `callboard answer-video` and `file`: what can be looked at.

use std::borrow::Cow;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::alike::{ExternalIds, Noun, Seen, Whole};
use super::form::{Body, Form, Usage};
use super::moment::{Moment, seconds};
use super::subject::Subject;

pub(crate) type AnswerVideoArgs = Noun<Whole<NewAnswerVideo, AnswerVideoChanges, AnswerVideoFilter>>;
pub(crate) type FileArgs = Noun<FileCommand>;

#[derive(Args)]
pub(crate) struct NewAnswerVideo {
    /// What it was recorded for: the id of an interview or an application
    of: Subject,
    /// What was asked
    #[arg(long, value_name = "ID")]
    question: Option<String>,
    #[command(flatten)]
    fields: AnswerVideoChanges,
}

impl Form for NewAnswerVideo {
    fn form(&self) -> anyhow::Result<Body> {
        let body = self.fields.form()?.with_some("question_id", self.question.as_deref());
        self.of.among(&["interview_id", "application_id"], body)
    }
}

/// What can be said about a recorded answer.
#[derive(Args, Serialize)]
pub(crate) struct AnswerVideoChanges {
    /// Where it can be seen
    #[arg(long, value_name = "URL")]
    #[serde(rename = "url")]
    link: Option<String>,
    /// When it was recorded
    #[arg(long, value_name = "TIME")]
    #[serde(skip)]
    recorded_at: Option<Moment>,
    /// The zone of a local time
    #[arg(long)]
    #[serde(skip)]
    zone: Option<String>,
    /// How long it is, such as 90s
    #[arg(long, value_name = "LENGTH", value_parser = seconds)]
    #[serde(rename = "duration_s")]
    length: Option<i64>,
    /// A picture of it
    #[arg(long, value_name = "URL")]
    #[serde(rename = "thumbnail_url")]
    thumbnail: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    external_ids: ExternalIds,
}

impl Form for AnswerVideoChanges {
    fn form(&self) -> anyhow::Result<Body> {
        let recorded_at = self.recorded_at.map(|at| at.in_zone(self.zone.as_deref())).transpose()?;
        let body = Body::given(self).with_some("recorded_at", recorded_at.map(|at| at.to_string()));
        Ok(self.external_ids.name(body))
    }
}

#[derive(Args, Serialize)]
pub(crate) struct AnswerVideoFilter {
    /// Only those recorded in this interview
    #[arg(long, value_name = "ID")]
    interview: Option<String>,
    /// Only those recorded for this application
    #[arg(long, value_name = "ID")]
    application: Option<String>,
    /// Only this candidate's
    #[arg(long, value_name = "ID")]
    candidate: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum FileCommand {
    #[command(flatten)]
    Whole(Whole<NewFile, FileChanges, FileFilter>),
    /// Keep these bytes in it, in place of what there was
    Upload {
        /// The file's id
        id: String,
        /// The file on this machine
        path: PathBuf,
        /// What is in it, as a media type [default: told by the name]
        #[arg(long = "type", value_name = "TYPE")]
        content_type: Option<String>,
        #[command(flatten)]
        seen: Seen,
    },
    /// Get its bytes
    Download {
        /// The file's id
        id: String,
        /// Where to put them; - is standard output [default: its name, here]
        #[arg(long, value_name = "PATH")]
        to: Option<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct NewFile {
    /// What it is about: the id of a candidate, an application or a note
    of: Subject,
    /// A file on this machine, which is uploaded; or give --link
    #[arg(required_unless_present = "link", conflicts_with = "link")]
    pub(crate) path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) fields: FileChanges,
}

impl Form for NewFile {
    fn form(&self) -> anyhow::Result<Body> {
        let body = self.fields.form()?;
        let path = self.path.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
        let link = self.fields.link.as_deref().and_then(|link| link.rsplit('/').next());
        let name = self.fields.name.clone().or(path.map(Cow::into_owned)).or(link.map(str::to_owned));
        let name = name.filter(|name| !name.is_empty());
        let Some(name) = name else { return Err(Usage::error("--name is missing: what is it called?")) };
        self.of.among(&["candidate_id", "application_id", "note_id"], body.with("name", name))
    }
}

/// What can be said about a file.
#[derive(Args, Serialize)]
pub(crate) struct FileChanges {
    /// What it is called
    #[arg(long)]
    name: Option<String>,
    /// What is in it, as a media type such as application/pdf
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// What it is for: resume, `cover_letter` or attachment
    #[arg(long, value_name = "WORD")]
    purpose: Option<String>,
    /// Where it can be had
    #[arg(long, value_name = "URL")]
    #[serde(rename = "url")]
    link: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    external_ids: ExternalIds,
}

impl Form for FileChanges {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.external_ids.name(Body::given(self)))
    }
}

#[derive(Args, Serialize)]
pub(crate) struct FileFilter {
    /// Only those about this candidate
    #[arg(long, value_name = "ID")]
    candidate: Option<String>,
}
