//! `callboard candidate`, `user` and `note`: people, and what is written about them.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::alike::{ExternalIds, Noun, OneArgs, Seen, Whole};
use super::form::{Body, Form};
use super::subject::Subject;

pub(crate) type CandidateArgs = Noun<CandidateCommand>;
pub(crate) type UserArgs = Noun<Whole<NewUser, UserChanges, UserFilter>>;
pub(crate) type NoteArgs = Noun<Whole<NewNote, NoteChanges, NoteFilter>>;

#[derive(Subcommand)]
pub(crate) enum CandidateCommand {
    #[command(flatten)]
    Whole(Whole<NewCandidate, CandidateChanges, CandidateFilter>),
    /// Write a note on one
    Note {
        /// The candidate's id
        id: String,
        #[command(flatten)]
        note: NoteOn,
    },
    /// Put a tag on one, or take it off
    Tag {
        #[command(subcommand)]
        command: TagCommand,
    },
    /// Remove one, and everything personal about them, everywhere. This cannot be undone
    Erase {
        #[command(flatten)]
        one: OneArgs,
        /// Yes, everything
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum TagCommand {
    /// Put a tag on
    Add(TagArgs),
    /// Take a tag off
    Remove(TagArgs),
}

#[derive(Args)]
pub(crate) struct TagArgs {
    /// The candidate's id
    pub(crate) id: String,
    /// The tag's name
    pub(crate) tag: String,
    #[command(flatten)]
    pub(crate) seen: Seen,
}

#[derive(Args)]
pub(crate) struct NewCandidate {
    /// Their whole name; or give --first-name and --last-name
    name: Option<String>,
    #[command(flatten)]
    fields: CandidateFields,
}

#[derive(Args)]
pub(crate) struct CandidateChanges {
    /// Their whole name
    #[arg(long, value_name = "NAME")]
    full_name: Option<String>,
    #[command(flatten)]
    fields: CandidateFields,
}

/// What can be said about a candidate.
#[derive(Args, Serialize)]
struct CandidateFields {
    /// Given name
    #[arg(long, value_name = "NAME")]
    first_name: Option<String>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    last_name: Option<String>,
    /// E-mail address; no other candidate may have it
    #[arg(long)]
    email: Option<String>,
    /// Phone number
    #[arg(long)]
    phone: Option<String>,
    /// Their present job title
    #[arg(long)]
    title: Option<String>,
    /// Their present employer
    #[arg(long)]
    employer: Option<String>,
    /// Postal address or place
    #[arg(long)]
    address: Option<String>,
    /// A picture
    #[arg(long, value_name = "URL")]
    #[serde(rename = "image_url")]
    image: Option<String>,
    /// Tags, with commas between
    #[arg(long, alias = "tag", value_delimiter = ',', value_name = "NAMES")]
    tags: Vec<String>,
    /// Stars, 1 to 5
    #[arg(long, value_name = "STARS", value_parser = clap::value_parser!(u8).range(1..=5))]
    rating: Option<u8>,
    /// The zone they live in, such as Europe/Berlin
    #[arg(long)]
    #[serde(rename = "time_zone")]
    zone: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    external_ids: ExternalIds,
}

impl Form for CandidateFields {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.external_ids.name(Body::given(self)))
    }
}

impl Form for NewCandidate {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.fields.form()?.with_some("full_name", self.name.as_deref()))
    }
}

impl Form for CandidateChanges {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.fields.form()?.with_some("full_name", self.full_name.as_deref()))
    }
}

#[derive(Args, Serialize)]
pub(crate) struct CandidateFilter {
    /// Only the one with this e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Only those who applied for this job
    #[arg(long, value_name = "ID")]
    job: Option<String>,
}

#[derive(Args)]
pub(crate) struct NewUser {
    /// E-mail address; no other user may have it
    email: String,
    #[command(flatten)]
    fields: UserFields,
}

#[derive(Args)]
pub(crate) struct UserChanges {
    /// E-mail address; no other user may have it
    #[arg(long)]
    email: Option<String>,
    #[command(flatten)]
    fields: UserFields,
}

/// What can be said about a user.
#[derive(Args, Serialize)]
struct UserFields {
    /// The name to show
    #[arg(long)]
    name: Option<String>,
    /// What they do: recruiter, interviewer, reviewer
    #[arg(long)]
    role: Option<String>,
    /// The zone they live in, such as Europe/Berlin
    #[arg(long)]
    #[serde(rename = "time_zone")]
    zone: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    external_ids: ExternalIds,
}

impl Form for UserFields {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.external_ids.name(Body::given(self)))
    }
}

impl Form for NewUser {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.fields.form()?.with("email", self.email.as_str()))
    }
}

impl Form for UserChanges {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.fields.form()?.with_some("email", self.email.as_deref()))
    }
}

#[derive(Args, Serialize)]
pub(crate) struct UserFilter {
    /// Only the one with this e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
}

#[derive(Args)]
pub(crate) struct NewNote {
    /// What it is written on: the id of a candidate, an application or an answer video
    on: Subject,
    #[command(flatten)]
    note: NoteOn,
}

/// A note on something that is named elsewhere.
#[derive(Args)]
pub(crate) struct NoteOn {
    /// What it says
    text: String,
    /// The user who writes it
    #[arg(long, value_name = "USER")]
    author: Option<String>,
    #[command(flatten)]
    external_ids: ExternalIds,
}

impl Form for NoteOn {
    fn form(&self) -> anyhow::Result<Body> {
        let body = Body::default().with("text", self.text.as_str());
        Ok(self.external_ids.name(body.with_some("author_id", self.author.as_deref())))
    }
}

impl Form for NewNote {
    fn form(&self) -> anyhow::Result<Body> {
        self.on.among(&["candidate_id", "application_id", "answer_video_id"], self.note.form()?)
    }
}

#[derive(Args, Serialize)]
pub(crate) struct NoteChanges {
    /// What it says
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    external_ids: ExternalIds,
}

impl Form for NoteChanges {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.external_ids.name(Body::given(self)))
    }
}

#[derive(Args, Serialize)]
pub(crate) struct NoteFilter {
    /// Only those on this candidate
    #[arg(long, value_name = "ID")]
    candidate: Option<String>,
}
