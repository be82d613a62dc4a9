//! Notes, on whom and by whom.

use callboard_core::EventType::{CandidateNoteCreated, CandidateNoteDeleted, CandidateNoteUpdated};
use callboard_core::{
    AnswerVideoCommand, Command, CompanyId, Entity, Facts, Identifier, NoteCommand, NoteId, NotePlace,
    NoteTold,
};
use serde_json::json;

use crate::desk::{Desk, at, facts, previous, text, without};

fn says(words: &str) -> Facts<NoteTold> {
    facts(NoteTold { text: text(words), ..NoteTold::default() })
}

fn write(id: NoteId, place: &NotePlace, words: &str) -> Command {
    Command::Note(id, NoteCommand::Create { place: place.clone(), facts: says(words) })
}

#[test]
fn a_note_is_written_changed_and_removed_and_each_is_told() {
    let mut desk = Desk::new();
    let (candidate, author) = (desk.a_candidate("hpotter"), desk.a_user("snape"));
    let id = desk.id();
    let place = NotePlace { candidate: Some(candidate), author: Some(author), ..NotePlace::default() };

    let events = desk.done(write(id, &place, "Late again"));
    assert_eq!(events[0].kind, CandidateNoteCreated);
    let note = events[0].data.note.as_ref().unwrap();
    assert_eq!((note.author.as_ref().unwrap().user, note.written_at), (Some(author), Some(at(desk.now))));
    assert_eq!(events[0].data.candidate.as_ref().unwrap().id, candidate);

    let changed = desk.done(Command::Note(id, NoteCommand::Change(says("On time"))));
    assert_eq!(
        (&changed[0].kind, previous(&changed[0])),
        (&CandidateNoteUpdated, json!({"text": "Late again"}))
    );
    assert_eq!(desk.refused(Command::Note(id, NoteCommand::Change(without("text")))), "missing_fact");
    assert_eq!(desk.kinds(Command::Note(id, NoteCommand::Delete)), [CandidateNoteDeleted]);
    assert_eq!(desk.refused(Command::Note(id, NoteCommand::Delete)), "not_found");
}

#[test]
fn a_note_on_a_recorded_answer_is_about_its_application_and_its_candidate() {
    let mut desk = Desk::new();
    let interview = desk.an_interview(None);
    let application = desk.interview(interview).application_id;
    let video = desk.id();
    let record = AnswerVideoCommand::Create {
        interview: Some(interview),
        application: None,
        question: None,
        facts: Facts::default(),
    };
    desk.done(Command::AnswerVideo(video, record));
    let id = desk.id();

    let place = NotePlace { answer_video: Some(video), ..NotePlace::default() };
    let events = desk.done(write(id, &place, "Well said"));

    let data = &events[0].data;
    assert_eq!(data.application.as_ref().map(|it| it.id), application);
    assert!(data.candidate.is_some() && data.answer_video.is_some());
    let Entity::Note(note) = &desk.held(id).entity else { panic!("a note") };
    assert_eq!((note.application_id, note.answer_video_id), (application, Some(video)));
}

#[test]
fn a_note_is_about_somebody_who_is_there_and_about_one_only() {
    let mut desk = Desk::new();
    let application = desk.an_application();
    let (other, id) = (desk.a_candidate("rweasley"), desk.id());
    let nobody = desk.id();
    let both = NotePlace { candidate: Some(other), application: Some(application), ..NotePlace::default() };
    let unknown = NotePlace { candidate: Some(other), author: Some(nobody), ..NotePlace::default() };
    let alone = NotePlace { candidate: Some(other), ..NotePlace::default() };

    assert_eq!(desk.refused(write(id, &NotePlace::default(), "?")), "missing_fact");
    assert_eq!(desk.refused(write(id, &both, "?")), "belongs_elsewhere");
    assert_eq!(desk.refused(write(id, &unknown, "?")), "not_found");
    assert_eq!(desk.refused(write(id, &alone, "  ")), "missing_fact");
    desk.company = CompanyId::from_raw(7);
    assert_eq!(desk.refused(write(id, &alone, "?")), "not_found");
}
