//! What the company's own people ask for.

use callboard_core::{
    Asker, CandidateCommand, CandidateId, CandidateTold, Command, Expected, Facts, Identifier, JobCommand,
    JobId, JobStatus, JobTold, NoteCommand, NoteId, NotePlace, NoteTold, Timestamp,
};
use callboard_ledger::{Asking, Carried, Done, LedgerError};

use super::source;

pub fn noon() -> Timestamp {
    "2026-02-26T12:00:00Z".parse().unwrap()
}

/// A request for these commands, all of them or none.
pub fn asking(commands: Vec<Command>) -> Asking {
    let asker = Asker { company: source().company, at: noon(), expected: None };
    Asking { asker, commands, blobs: Vec::new(), remember: None }
}

/// The same, but only of a thing in this version.
pub fn only_if(raw_id: u64, version: u64, asking: Asking) -> Asking {
    let expected = Some(Expected { raw_id, versions: vec![version] });
    Asking { asker: Asker { expected, ..asking.asker }, ..asking }
}

fn job(title: &str) -> Facts<JobTold> {
    let told =
        JobTold { title: Some(title.to_owned()), status: Some(JobStatus::Published), ..JobTold::default() };
    Facts { told, ..Facts::default() }
}

/// Makes a job.
pub fn create(id: u64, title: &str) -> Command {
    Command::Job(JobId::from_raw(id), JobCommand::Create(job(title)))
}

/// Makes a candidate, and a note about them.
pub fn create_noted(candidate: u64, note: u64) -> [Command; 2] {
    let candidate = CandidateId::from_raw(candidate);
    let named = CandidateTold { full_name: Some("Ada Lovelace".to_owned()), ..CandidateTold::default() };
    let said = NoteTold { text: Some("Writes programs".to_owned()), ..NoteTold::default() };
    let place = NotePlace { candidate: Some(candidate), ..NotePlace::default() };
    [
        Command::Candidate(candidate, CandidateCommand::Create(Facts { told: named, ..Facts::default() })),
        Command::Note(
            NoteId::from_raw(note),
            NoteCommand::Create { place, facts: Facts { told: said, ..Facts::default() } },
        ),
    ]
}

/// Makes a job that some other program calls so.
pub fn create_named(id: u64, value: &str) -> Command {
    let external_ids = [("ats".to_owned(), Some(value.to_owned()))].into();
    Command::Job(JobId::from_raw(id), JobCommand::Create(Facts { external_ids, ..job("Engineer") }))
}

/// Calls a job something else.
pub fn retitle(id: u64, title: &str) -> Command {
    let told = JobTold { title: Some(title.to_owned()), ..JobTold::default() };
    Command::Job(JobId::from_raw(id), JobCommand::Change(Facts { told, ..Facts::default() }))
}

/// Takes away what the other program called a job.
pub fn unname(id: u64) -> Command {
    let facts = Facts { external_ids: [("ats".to_owned(), None)].into(), ..Facts::default() };
    Command::Job(JobId::from_raw(id), JobCommand::Change(facts))
}

/// What was carried out now.
pub fn out(carried: Result<Carried, LedgerError>) -> Done {
    match carried {
        Ok(Carried::Out(done)) => done,
        other => panic!("{other:?} was not carried out"),
    }
}

/// The code with which it was refused.
pub fn refused(carried: Result<Carried, LedgerError>) -> &'static str {
    match carried {
        Err(LedgerError::Refused(refusal)) => refusal.code(),
        other => panic!("{other:?} was not refused"),
    }
}
