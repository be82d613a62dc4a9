//! `/v1/notes`, and those of one candidate under `/v1/candidates/{id}/notes`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use callboard_core::{
    AnswerVideoId, ApplicationId, CandidateId, Command, Facts, Kind, Note, NoteCommand, NoteId, NotePlace,
    NoteTold, UserId,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::form::{Fact, Form, New, Reading};
use super::listing::{OfOne, listed};
use super::member::{Names, Text, senseless};
use super::noun::{Desk, Makeable, Noun, Removable, Shown};
use crate::api::asking::Posted;
use crate::api::body::{Asked, Id};
use crate::api::order::Order;
use crate::auth::{Caller, Writer};
use crate::hub::Hub;
use crate::listing::List;
use crate::openapi::{Made, View};
use crate::problem::Problem;

/// What is said of a note. A candidate, an application or a recorded answer is needed.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "NoteForm")]
pub(super) struct NoteForm {
    /// What it says.
    text: Fact<Text>,
    /// Whom it is about.
    candidate_id: Fact<CandidateId>,
    /// The application it is written on; its candidate goes without saying.
    application_id: Fact<ApplicationId>,
    /// The recorded answer it is written on; its application goes without saying.
    answer_video_id: Fact<AnswerVideoId>,
    /// The user who writes it.
    author_id: Fact<UserId>,
    external_ids: Names,
}

const FIXED: &str = "write another note on another one";

impl Form for NoteForm {
    const NEEDED: &'static [&'static str] = &["text"];
    const ONCE: &'static [(&'static str, &'static str)] = &[
        ("candidate_id", FIXED),
        ("application_id", FIXED),
        ("answer_video_id", FIXED),
        ("author_id", "a note stays the note of whoever wrote it"),
    ];
}

impl NoteForm {
    fn facts(self) -> Result<Facts<NoteTold>, Problem> {
        let mut reading = Reading::default();
        let told = NoteTold { text: reading.read("text", self.text)?, ..NoteTold::default() };
        reading.into_facts(self.external_ids, told)
    }
}

impl Noun for Note {
    type Id = NoteId;
    type Form = NoteForm;
    const KIND: Kind = Kind::Note;
    const COLLECTION: &'static str = "notes";
    const FILTERS: &'static [&'static str] = &["candidate"];

    fn change(id: NoteId, form: NoteForm, _: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        Ok(vec![Command::Note(id, NoteCommand::Change(form.facts()?))])
    }
}

impl Removable for Note {
    fn remove(id: NoteId) -> Command {
        Command::Note(id, NoteCommand::Delete)
    }
}

impl Makeable for Note {
    fn make(id: NoteId, mut form: NoteForm, _: &Desk<'_>) -> Result<Command, Problem> {
        let place = NotePlace {
            candidate: std::mem::take(&mut form.candidate_id).told(),
            application: std::mem::take(&mut form.application_id).told(),
            answer_video: std::mem::take(&mut form.answer_video_id).told(),
            author: std::mem::take(&mut form.author_id).told(),
        };
        Ok(Command::Note(id, NoteCommand::Create { place, facts: form.facts()? }))
    }
}

pub(super) async fn list_of_candidate(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(candidate): Id<CandidateId>,
    Asked(OfOne(mut filter)): Asked<OfOne<Note>>,
) -> Result<Json<List<Shown<Note>>>, Problem> {
    filter.of.candidate = Some(candidate);
    listed::<Note>(&hub, caller, filter).await
}

pub(super) async fn make_on_candidate(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(candidate): Id<CandidateId>,
    Posted { body: New(mut form), once }: Posted<New<NoteForm>>,
) -> Result<Made<View<Note>>, Problem> {
    if form.candidate_id.told().is_some_and(|named| named != candidate) {
        return Err(senseless("`candidate_id` is another one than the address names; leave it out"));
    }
    form.candidate_id = Fact::Told(candidate);
    let id = hub.mint();
    let command = Note::make(id, form, &Desk { directory: &hub.ledger.directory(), caller })?;
    Order::of(caller, vec![command]).once(once).made(&hub, id, Note::COLLECTION).await
}
