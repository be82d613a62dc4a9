//! Rule 5: what is created, what is modified, and what is merely referred to; and that the newest by event time wins.

use callboard_core::EventType::{
    AnswerVideoCreated, AnswerVideoUpdated, ApplicationCreated, ApplicationStageUpdated, CandidateCreated,
    CandidateNoteCreated, CandidateNoteUpdated, CandidateUpdated, JobCreated, JobStatusUpdated, JobUpdated,
};
use callboard_core::{
    AnswerVideoTold, ApplicationMark, ApplicationTold, Belonging, CandidateTold, Change, Entity, JobStatus,
    JobTold, Kind, News, NoteTold, ParentStage, QuestionTold, Remark,
};
use serde_json::json;

use crate::hub::{Hub, told};
use crate::news::{
    about, application, candidate, candidate_told, job, job_told, note, of_application, reviewer, stage_told,
    tag, text,
};

#[test]
fn an_update_of_something_unknown_creates_it_first() {
    let mut hub = Hub::new();

    let events = hub.events(1, job("job_1", job_told("Auror", JobStatus::Published), Change::Updated));

    let kinds: Vec<_> = events.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(kinds, [JobCreated, JobUpdated]);
    assert!(events[1].data.previous.is_empty(), "nothing was known that could have changed");
}

#[test]
fn changed_facts_are_told_with_their_old_values_and_a_late_created_is_not_told() {
    let mut hub = Hub::new();
    hub.hear(&told(5, job("job_1", job_told("Auror", JobStatus::Drafted), Change::Created)));

    let status = News::Job {
        job: about("job_1", job_told("Auror", JobStatus::Published)),
        change: Change::Updated,
        status_only: true,
    };
    let events = hub.events(6, status);
    let late = hub.hear(&told(1, job("job_1", job_told("Clerk", JobStatus::Drafted), Change::Created)));

    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, JobStatusUpdated);
    assert_eq!(serde_json::Value::from(events[0].data.previous.clone()), json!({"status": "drafted"}));
    assert_eq!((late.events.len(), late.remarks), (0, vec![Remark::Late]));
}

#[test]
fn an_older_message_fills_what_is_missing_and_nothing_else() {
    let mut hub = Hub::new();
    let titled = JobTold { title: Some("Auror".to_owned()), ..JobTold::default() };
    hub.hear(&told(5, job("job_1", titled, Change::Created)));

    let late = hub.hear(&told(1, job("job_1", job_told("Clerk", JobStatus::Drafted), Change::Updated)));

    assert_eq!((late.events.len(), late.remarks), (0, vec![Remark::Late]));
    let Entity::Job(job) = hub.entity(Kind::Job, "job_1") else { panic!("a job is a job") };
    assert_eq!(job.title.as_deref(), Some("Auror"));
    assert_eq!(job.status, Some(JobStatus::Drafted));
}

#[test]
fn a_thing_that_is_merely_referred_to_is_held_but_not_told() {
    let mut hub = Hub::new();

    let kinds = hub.kinds(1, application("app_1", stage_told(ParentStage::New), Change::Created, false));
    let Entity::Job(known) = hub.entity(Kind::Job, "job_1") else { panic!("a job is a job") };
    assert_eq!(known.title.as_deref(), Some("Auror"));
    let later = hub.kinds(2, job("job_1", job_told("Auror", JobStatus::Published), Change::Created));

    assert_eq!(
        kinds,
        [CandidateCreated, ApplicationCreated],
        "the candidate was told in full, the job was not"
    );
    assert_eq!(later, [JobCreated]);
}

#[test]
fn what_happens_to_a_candidate_says_which_jobs_they_have_applied_for() {
    let mut hub = Hub::new();
    let created = hub.events(1, application("app_1", stage_told(ParentStage::New), Change::Created, false));
    let applied = created.iter().find_map(|event| event.data.application.clone()).unwrap();
    let expected = [ApplicationMark { id: applied.id, job_id: applied.job_id.unwrap() }];

    for (seconds, news) in [
        (2, tag("can_1", "seeker", true)),
        (3, candidate("can_1", candidate_told("harry"), Change::Updated)),
        (4, note("note_1", Some("Bold."), Change::Created)),
    ] {
        let events = hub.events(seconds, news);
        assert_eq!(events[0].data.applications, expected, "{}", events[0].kind);
    }
    let mut other = candidate_told("hpotter");
    other.phone = text("1");
    let News::Application { application, mut of, .. } =
        application("app_1", stage_told(ParentStage::New), Change::Updated, false)
    else {
        unreachable!("an application's news is news of an application")
    };
    of.candidate = Some(about("can_1", other));
    let of_both = News::Application { application, of, change: Change::Updated, stage_only: false };
    let updated = hub.events(5, of_both);
    assert_eq!((&updated[0].kind, &updated[0].data.applications[..]), (&CandidateUpdated, &expected[..]));
}

#[test]
fn a_move_of_an_application_carries_the_stage_before() {
    let mut hub = Hub::new();
    hub.hear(&told(1, application("app_1", stage_told(ParentStage::New), Change::Created, false)));

    let events = hub.events(2, application("app_1", stage_told(ParentStage::Hired), Change::Updated, true));

    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, ApplicationStageUpdated);
    assert_eq!(events[0].data.previous["stage"], json!({"parent": "new"}));
    assert!(events[0].data.interview.is_none());
}

#[test]
fn a_thin_change_of_a_project_s_candidate_is_told_once_a_moment() {
    let mut hub = Hub::new();
    let changed = |change| News::Application {
        application: about("projects/17/candidates/5", ApplicationTold::default()),
        of: Belonging {
            job: Some(about("projects/17", JobTold::default())),
            candidate: Some(about("candidates/5", CandidateTold::default())),
            application: None,
        },
        change,
        stage_only: false,
    };
    assert_eq!(hub.kinds(1, changed(Change::Created)), [ApplicationCreated]);

    let events = hub.events(2, changed(Change::Updated));
    let again = hub.hear(&told(2, changed(Change::Updated)));
    let older = hub.hear(&told(1, changed(Change::Updated)));

    let kinds: Vec<_> = events.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(kinds, [CandidateCreated, CandidateUpdated]);
    assert!(events[1].data.thin);
    assert!(events[1].data.application.is_some() && events[1].data.candidate.is_some());
    assert!(events[1].data.job.is_some());
    assert_eq!((again.events.len(), again.remarks), (0, vec![Remark::Known]));
    assert_eq!((older.events.len(), older.remarks), (0, vec![Remark::Late]));
}

#[test]
fn notes_say_whether_they_were_written_or_changed_and_whom_they_are_about() {
    let mut hub = Hub::new();

    let written = hub.events(1, note("note_1", Some("Talented"), Change::Created));
    let changed = hub.events(2, note("note_1", Some("Troublesome"), Change::Updated));

    assert_eq!(written[0].kind, CandidateNoteCreated);
    assert!(written[0].data.candidate.is_some());
    assert!(written[0].data.note.as_ref().unwrap().author.as_ref().unwrap().user.is_some());
    assert_eq!(changed[0].kind, CandidateNoteUpdated);
    assert_eq!(changed[0].data.previous["text"], "Talented");
}

#[test]
fn a_note_of_which_only_the_author_is_told_is_changed_each_time_that_it_says_so() {
    let mut hub = Hub::new();
    let thin = |change| {
        let News::Note { of, answer_video, .. } = note("notes/4", None, change) else {
            unreachable!("a note's news is news of a note")
        };
        let told = NoteTold { author: Some(reviewer("snape")), ..NoteTold::default() };
        News::Note { note: about("notes/4", told), of, answer_video, change }
    };
    assert_eq!(hub.kinds(1, thin(Change::Created)), [CandidateNoteCreated]);

    let first = hub.events(2, thin(Change::Updated));
    let second = hub.events(3, thin(Change::Updated));

    for events in [first, second] {
        assert_eq!(events.len(), 1);
        assert!(events[0].kind == CandidateNoteUpdated && events[0].data.thin);
    }
}

#[test]
fn a_recorded_answer_carries_its_question_and_its_application() {
    let mut hub = Hub::new();
    let recorded = |change| News::AnswerVideo {
        answer_video: about("answervideos/9", AnswerVideoTold::default()),
        question: Some(about("questions/3", QuestionTold::default())),
        of: of_application("app_1"),
        change,
    };

    let created = hub.events(1, recorded(Change::Created));
    let updated = hub.events(2, recorded(Change::Updated));

    for (event, kind) in [(&created[0], AnswerVideoCreated), (&updated[0], AnswerVideoUpdated)] {
        assert_eq!(event.kind, kind);
        assert!(event.data.thin && event.data.question.is_some() && event.data.application.is_some());
        assert!(event.data.interview.is_none());
    }
}
