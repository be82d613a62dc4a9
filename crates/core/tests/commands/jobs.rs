//! Jobs, and what goes for everything that is made, changed and removed.

use callboard_core::EventType::{JobCreated, JobDeleted, JobStatusUpdated, JobUpdated};
use callboard_core::{
    About, Asker, Change, Command, CompanyId, Expected, Facts, Identifier, JobCommand, JobId, JobStatus,
    JobTold, Kind, Name, News, RefusalKind, command,
};
use serde_json::json;

use crate::desk::{Desk, at, called, facts, previous, text, without};

fn change(id: JobId, told: JobTold) -> Command {
    Command::Job(id, JobCommand::Change(facts(told)))
}

fn status(status: JobStatus) -> JobTold {
    JobTold { status: Some(status), ..JobTold::default() }
}

fn told(external_id: &str, told: JobTold) -> News {
    let job = About { external_id: text(external_id), told };
    News::Job { job, change: Change::Updated, status_only: false }
}

#[test]
fn a_new_job_is_drafted_and_told_once() {
    let mut desk = Desk::new();
    let id: JobId = desk.id();
    let create =
        Command::Job(id, JobCommand::Create(facts(JobTold { title: text("Auror"), ..JobTold::default() })));

    assert_eq!(desk.kinds(create.clone()), [JobCreated]);
    assert_eq!(desk.job(id).status, Some(JobStatus::Drafted));
    assert_eq!(desk.job(id).opened_at, Some(at(1)));
    assert_eq!(desk.refused(create), "already_there");
}

#[test]
fn what_a_job_cannot_be_without_is_missing() {
    let mut desk = Desk::new();
    let id = desk.a_job();
    let new = desk.id();

    assert_eq!(desk.refused(Command::Job(new, JobCommand::Create(Facts::default()))), "missing_fact");
    assert_eq!(desk.refused(Command::Job(id, JobCommand::Change(without("title")))), "missing_fact");
    assert_eq!(desk.refused(change(id, JobTold { title: text("  "), ..JobTold::default() })), "missing_fact");
    assert_eq!(desk.refused(Command::Job(id, JobCommand::Change(without("salary")))), "bad_fact");
    assert_eq!(desk.refused(change(id, status(JobStatus::from("open")))), "unknown_word");
    let both = Facts { told: JobTold { city: text("Cork"), ..JobTold::default() }, ..without("city") };
    assert_eq!(desk.refused(Command::Job(id, JobCommand::Change(both))), "bad_fact");
}

#[test]
fn a_changed_status_is_told_as_such_and_beside_what_else_changed() {
    let mut desk = Desk::new();
    let id = desk.a_job();

    assert_eq!(desk.kinds(change(id, status(JobStatus::Published))), [JobStatusUpdated]);
    let closed = JobTold { city: text("Cork"), ..status(JobStatus::Closed) };
    let events = desk.done(change(id, closed));

    assert_eq!(events.iter().map(|event| &event.kind).collect::<Vec<_>>(), [&JobUpdated, &JobStatusUpdated]);
    assert_eq!(previous(&events[0]), json!({"city": null}));
    assert_eq!(previous(&events[1]), json!({"status": "published"}));
}

#[test]
fn what_is_so_already_is_no_event_and_no_new_version() {
    let mut desk = Desk::new();
    let id = desk.a_job();
    let cork = || change(id, JobTold { city: text("Cork"), ..JobTold::default() });

    assert_eq!((desk.kinds(cork()), desk.version(id)), (vec![JobUpdated], 2));
    assert_eq!((desk.kinds(cork()), desk.version(id)), (vec![], 2));
    assert_eq!(desk.kinds(Command::Job(id, JobCommand::Change(without("code")))), []);
}

#[test]
fn what_is_removed_is_not_there_any_more() {
    let mut desk = Desk::new();
    let id = desk.a_job();

    assert_eq!(desk.kinds(Command::Job(id, JobCommand::Delete)), [JobDeleted]);
    assert_eq!(desk.refused(Command::Job(id, JobCommand::Delete)), "not_found");
    assert_eq!(desk.refused(change(id, status(JobStatus::Closed))), "not_found");
}

#[test]
fn another_company_s_job_is_not_there() {
    let mut desk = Desk::new();
    let (id, owner) = (desk.a_job(), desk.a_user("minerva"));
    let ours = change(id, JobTold { owner_id: Some(owner.to_string()), ..JobTold::default() });
    assert_eq!(desk.kinds(ours), [JobUpdated]);

    desk.company = CompanyId::from_raw(7);
    let mine = desk.a_job();

    assert_eq!(desk.refused(change(id, status(JobStatus::Closed))), "not_found");
    for owner in [owner.to_string(), "usr_nobody".to_owned()] {
        let theirs = change(mine, JobTold { owner_id: Some(owner), ..JobTold::default() });
        assert_eq!(desk.refused(theirs), "not_found");
    }
}

#[test]
fn whoever_has_seen_another_version_decides_again() {
    let mut desk = Desk::new();
    let id = desk.a_job();
    let closed = [change(id, status(JobStatus::Closed))];
    let asker = |versions: &[u64]| Asker {
        expected: Some(Expected { raw_id: id.raw(), versions: versions.to_vec() }),
        ..desk.asker()
    };

    let refusal = command(&desk.world, &closed, &asker(&[7, 9]), &mut desk.mint.clone()).unwrap_err();

    assert_eq!((refusal.code(), refusal.kind()), ("outdated", RefusalKind::Outdated));
    assert!(command(&desk.world, &closed, &asker(&[7, 1]), &mut desk.mint.clone()).is_ok());
}

#[test]
fn a_webhook_finds_a_job_by_the_external_id_given_here_and_not_by_the_one_before() {
    let mut desk = Desk::new();
    let id = desk.a_job();
    let name = |desk: &mut Desk, value| {
        let facts = called(Facts::default(), "platform", value);
        desk.done(Command::Job(id, JobCommand::Change(facts)))
    };
    assert_eq!(previous(&name(&mut desk, Some("job_1"))[0]), json!({"external_ids": {}}));
    let city = |city: &str| JobTold { city: text(city), ..JobTold::default() };

    desk.hear(100, told("job_1", city("Cork")));
    assert_eq!(desk.job(id).city.as_deref(), Some("Cork"));

    name(&mut desk, Some("job_2"));
    desk.hear(200, told("job_1", city("Oslo")));
    desk.hear(200, told("job_2", city("Rome")));
    assert_eq!(desk.job(id).city.as_deref(), Some("Rome"));

    name(&mut desk, None);
    desk.hear(300, told("job_2", city("Bonn")));
    assert_eq!(desk.job(id).city.as_deref(), Some("Rome"));
    assert!(desk.job(id).external_ids.is_empty());
}

#[test]
fn a_name_that_a_webhook_gave_is_taken_away_as_well() {
    let mut desk = Desk::new();
    desk.hear(1, told("job_1", JobTold { title: text("Auror"), ..JobTold::default() }));
    let name = Name::external(Kind::Job, desk.source, "job_1");
    let id = JobId::from_raw(desk.world.named(&name).unwrap());

    desk.done(Command::Job(id, JobCommand::Change(called(Facts::default(), "platform", None))));

    assert_eq!(desk.world.named(&name), None);
}

#[test]
fn an_external_id_leads_to_one_job_until_that_is_removed() {
    let mut desk = Desk::new();
    let (first, second) = (desk.a_job(), desk.a_job());
    let call = |id| Command::Job(id, JobCommand::Change(called(Facts::default(), "hirehive", Some("job_1"))));
    desk.done(call(first));

    let refusal = desk.ask(&[call(second)]).unwrap_err();
    assert_eq!(refusal.code(), "external_id_taken");
    assert!(refusal.to_string().contains(&first.to_string()), "{refusal}");

    desk.done(Command::Job(first, JobCommand::Delete));
    assert_eq!(desk.kinds(call(second)), [JobUpdated]);
    let name = Name::given(Kind::Job, desk.company, "hirehive", "job_1");
    assert_eq!(desk.world.named(&name), Some(second.raw()));
}

#[test]
fn an_external_id_that_cannot_be_one_is_refused() {
    let mut desk = Desk::new();
    let id = desk.a_job();
    let call = |platform: &str, value: &str| {
        Command::Job(id, JobCommand::Change(called(Facts::default(), platform, Some(value))))
    };

    for (platform, value) in
        [("", "1"), ("a:b", "1"), ("a/b", "1"), ("a", " "), ("a", "1\n2"), ("a", &"9".repeat(256))]
    {
        assert_eq!(desk.refused(call(platform, value)), "bad_fact", "{platform}:{value}");
    }
    let mut many = Facts::default();
    for number in 0..33 {
        many = called(many, &format!("platform {number}"), Some("1"));
    }
    assert_eq!(desk.refused(Command::Job(id, JobCommand::Change(many))), "too_many");
}

#[test]
fn an_older_webhook_undoes_nothing_that_was_asked_for_here() {
    let mut desk = Desk::new();
    desk.hear(0, told("job_1", JobTold { title: text("Auror"), city: text("Cork"), ..JobTold::default() }));
    let id = JobId::from_raw(desk.world.named(&Name::external(Kind::Job, desk.source, "job_1")).unwrap());
    desk.now = 100;
    let asked = Facts { told: JobTold { title: text("Seeker"), ..JobTold::default() }, ..without("city") };
    desk.done(Command::Job(id, JobCommand::Change(asked)));

    let late = JobTold { title: text("Keeper"), city: text("Oslo"), code: text("K"), ..JobTold::default() };
    desk.hear(50, told("job_1", late.clone()));

    let job = desk.job(id);
    let known = (job.title.as_deref(), job.city.as_deref(), job.code.as_deref());
    assert_eq!(known, (Some("Seeker"), None, Some("K")), "what was taken away stays away, a gap is filled");

    desk.hear(150, told("job_1", late));
    assert_eq!(desk.job(id).city.as_deref(), Some("Oslo"), "newer news has the last word");
}

#[test]
fn a_platform_whose_clock_is_ahead_does_not_keep_a_command_from_taking() {
    let mut desk = Desk::new();
    desk.hear(9_999, told("job_1", JobTold { title: text("Auror"), ..JobTold::default() }));
    let id = JobId::from_raw(desk.world.named(&Name::external(Kind::Job, desk.source, "job_1")).unwrap());

    desk.done(change(id, JobTold { title: text("Seeker"), ..JobTold::default() }));
    assert_eq!(desk.job(id).title.as_deref(), Some("Seeker"));

    desk.hear(9_998, told("job_1", JobTold { title: text("Keeper"), ..JobTold::default() }));
    assert_eq!(desk.job(id).title.as_deref(), Some("Seeker"), "older than the newest that it told");
}

#[test]
fn what_belongs_together_is_carried_out_together_or_not_at_all() {
    let mut desk = Desk::new();
    let id: JobId = desk.id();
    let create =
        Command::Job(id, JobCommand::Create(facts(JobTold { title: text("Auror"), ..JobTold::default() })));
    let open = change(id, status(JobStatus::Published));

    let refused = desk.ask(&[create.clone(), open.clone(), change(id, status(JobStatus::from("open")))]);
    assert_eq!(refused.unwrap_err().code(), "unknown_word");
    assert!(desk.world.is_empty());

    let together = desk.ask(&[create, open]).unwrap();
    assert_eq!(together.events.len(), 2);
    assert_eq!(desk.version(id), 1);
}
