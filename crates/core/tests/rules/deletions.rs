//! What is removed stays removed.

use callboard_core::EventType::{ApplicationDeleted, CandidateNoteDeleted, JobDeleted};
use callboard_core::{Change, JobStatus, ParentStage, Remark};

use crate::hub::{Hub, told};
use crate::news::{application, job, job_told, note, stage_told};

#[test]
fn of_something_unknown_that_is_gone_only_that_is_told() {
    let mut hub = Hub::new();

    assert_eq!(
        hub.kinds(1, job("job_1", job_told("Auror", JobStatus::Closed), Change::Deleted)),
        [JobDeleted]
    );
    assert_eq!(
        hub.kinds(1, application("app_1", stage_told(ParentStage::New), Change::Deleted, false)),
        [ApplicationDeleted]
    );
    assert_eq!(hub.kinds(1, note("note_1", None, Change::Deleted)), [CandidateNoteDeleted]);
}

#[test]
fn what_is_told_of_a_thing_after_its_removal_is_no_event() {
    let mut hub = Hub::new();
    hub.hear(&told(1, job("job_1", job_told("Auror", JobStatus::Published), Change::Created)));
    hub.hear(&told(5, job("job_1", job_told("Auror", JobStatus::Published), Change::Deleted)));

    let after = hub.hear(&told(6, job("job_1", job_told("Clerk", JobStatus::Drafted), Change::Updated)));
    let before = hub.hear(&told(2, job("job_1", job_told("Clerk", JobStatus::Drafted), Change::Updated)));
    let again = hub.hear(&told(5, job("job_1", job_told("Auror", JobStatus::Published), Change::Deleted)));

    assert!(after.events.is_empty() && matches!(&after.remarks[..], [Remark::Unreconciled(_)]));
    assert_eq!((before.events.len(), before.remarks), (0, vec![Remark::Late]));
    assert_eq!((again.events.len(), again.remarks), (0, vec![Remark::Known]));
}
