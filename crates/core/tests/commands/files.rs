//! Files: what is known of them, and that their bytes go with them.

use callboard_core::{
    Command, CompanyId, Entity, Facts, FileCommand, FileId, FileTold, Identifier, NoteCommand, NotePlace,
    NoteTold,
};

use crate::desk::{Desk, facts, text, without};

fn named(name: &str) -> Facts<FileTold> {
    facts(FileTold { name: text(name), ..FileTold::default() })
}

#[test]
fn a_file_s_bytes_are_kept_and_go_with_it() {
    let mut desk = Desk::new();
    let (application, id) = (desk.an_application(), desk.id());
    let facts = named("cv.pdf");
    let create = FileCommand::Create { candidate: None, application: Some(application), note: None, facts };
    assert_eq!(desk.kinds(Command::File(id, create)), []);
    let store = || FileCommand::Store {
        size_bytes: 3,
        sha256: "ab".to_owned(),
        content_type: text("application/pdf"),
    };

    desk.done(Command::File(id, store()));
    desk.done(Command::File(id, store()));
    let Entity::File(file) = &desk.held(id).entity else { panic!("a file") };
    assert_eq!((file.stored, file.size_bytes, file.candidate_id.is_some()), (true, Some(3), true));
    assert_eq!(desk.version(id), 2, "the same bytes again are nothing new");

    let decision = desk.ask(&[Command::File(id, FileCommand::Delete)]).unwrap();
    assert_eq!(decision.dropped_files, [id]);
    assert_eq!(desk.refused(Command::File(id, store())), "not_found");
}

#[test]
fn a_file_is_about_somebody_and_has_a_name() {
    let mut desk = Desk::new();
    let (harry, ron) = (desk.a_candidate("hpotter"), desk.a_candidate("rweasley"));
    let (note, id): (_, FileId) = (desk.id(), desk.id());
    let place = NotePlace { candidate: Some(harry), ..NotePlace::default() };
    let says = facts(NoteTold { text: text("See there"), ..NoteTold::default() });
    desk.done(Command::Note(note, NoteCommand::Create { place, facts: says }));
    let create = |candidate, note, facts| {
        Command::File(id, FileCommand::Create { candidate, application: None, note, facts })
    };

    assert_eq!(desk.refused(create(None, None, named("cv.pdf"))), "missing_fact");
    assert_eq!(desk.refused(create(Some(harry), None, Facts::default())), "missing_fact");
    assert_eq!(desk.refused(create(Some(ron), Some(note), named("cv.pdf"))), "belongs_elsewhere");
    desk.done(create(None, Some(note), named("cv.pdf")));
    assert_eq!(desk.refused(Command::File(id, FileCommand::Change(without("name")))), "missing_fact");
    let decision = desk.ask(&[Command::File(id, FileCommand::Delete)]).unwrap();
    assert_eq!(decision.dropped_files, [], "no bytes were kept");
    desk.company = CompanyId::from_raw(7);
    assert_eq!(desk.refused(create(Some(harry), None, named("cv.pdf"))), "not_found");
}
