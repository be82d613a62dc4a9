//! Things in lists: by what they are, what they belong to, and how they stand.

use std::sync::Arc;

use callboard_core::{
    Application, CompanyId, Entity, Held, Identifier, Interview, Job, JobStatus, Kind, Note, Record,
};
use callboard_ledger::{Batch, EntityWrite, Listed, Page, Store, ThingFilter};

use super::sample::*;

fn held(entity: Entity) -> Held {
    Held { company: company(), entity, record: Record { version: 1, ..Record::default() }.into() }
}

fn job(id: u64, status: JobStatus) -> Held {
    let mut job = Job::new(Identifier::from_raw(id));
    job.status = Some(status);
    held(Entity::Job(Arc::new(job)))
}

fn application(id: u64, job: u64) -> Held {
    let mut application = Application::new(Identifier::from_raw(id));
    application.job_id = Some(Identifier::from_raw(job));
    held(Entity::Application(Arc::new(application)))
}

fn interview(id: u64, application: u64) -> Held {
    let mut interview = Interview::new(Identifier::from_raw(id));
    interview.application_id = Some(Identifier::from_raw(application));
    held(Entity::Interview(Arc::new(interview)))
}

fn removed(held: Held) -> Held {
    Held { record: Record { deleted: true, ..(*held.record).clone() }.into(), ..held }
}

fn write(store: &dyn Store, things: impl IntoIterator<Item = Held>) {
    let writes = things.into_iter().map(|held| EntityWrite { held, base_version: 0, moved: true });
    engine(store).commit(&Batch { entities: writes.collect(), ..Batch::default() }).unwrap();
}

fn change(store: &dyn Store, held: Held, moved: bool) {
    let record = Record { version: held.record.version + 1, ..(*held.record).clone() };
    let write = EntityWrite {
        base_version: held.record.version,
        held: Held { record: record.into(), ..held },
        moved,
    };
    engine(store).commit(&Batch { entities: vec![write], ..Batch::default() }).unwrap();
}

fn things(store: &dyn Store, filter: &ThingFilter, page: Page) -> Listed<Held> {
    store.reader().unwrap().things(filter, page).unwrap()
}

fn ids(store: &dyn Store, filter: &ThingFilter, page: Page) -> Vec<u64> {
    things(store, filter, page).items.iter().map(|held| held.entity.raw_id()).collect()
}

fn all(kind: Kind) -> ThingFilter {
    ThingFilter::all(company(), kind)
}

pub fn things_page_back_from_the_newest_within_bounds(store: &dyn Store) {
    write(store, (1..=5).map(|id| job(id, JobStatus::Published)));
    let page = |before, after, from, limit| {
        ids(store, &all(Kind::Job), Page { before, after, from, ..Page::newest(limit) })
    };
    assert_eq!(page(None, None, None, 2), [5, 4]);
    assert_eq!(page(Some(4), None, None, 2), [3, 2]);
    assert_eq!(page(Some(4), None, Some(3), 2), [3]);
    assert_eq!(page(None, None, Some(4), 9), [5, 4]);
    assert_eq!(page(None, Some(0), Some(3), 2), [3, 4]);
    assert_eq!(page(None, None, Some(u64::MAX), 9), [0; 0]);
    assert_eq!(page(None, None, None, 0), [0; 0]);
    let whole = things(store, &all(Kind::Job), Page::newest(2));
    assert_eq!((whole.items[0].clone(), whole.next), (job(5, JobStatus::Published), Some(4)));
}

pub fn a_page_of_things_ends_where_they_say_much(store: &dyn Store) {
    let jobs = (1..=8).map(|id| {
        let mut job = Job::new(Identifier::from_raw(id));
        job.description = Some("x".repeat(if id == 4 { 100_000 } else { 1_000 }));
        held(Entity::Job(Arc::new(job)))
    });
    write(store, jobs);
    let page = |before| things(store, &all(Kind::Job), Page { before, bytes: 2_500, ..Page::newest(5) });
    let ids = |listed: &Listed<Held>| listed.items.iter().map(|it| it.entity.raw_id()).collect::<Vec<_>>();

    let first = page(None);
    assert_eq!((ids(&first), first.next), (vec![8, 7, 6], Some(6)));
    let second = page(first.next);
    assert_eq!((ids(&second), second.next), (vec![5, 4], Some(4)));
    let third = page(second.next);
    assert_eq!((ids(&third), third.next), (vec![3, 2, 1], Some(1)));
    assert_eq!(page(third.next), Listed::default());
}

pub fn things_of_other_companies_and_kinds_are_not_listed(store: &dyn Store) {
    let elsewhere = Held { company: CompanyId::from_raw(2), ..job(2, JobStatus::Published) };
    write(store, [job(1, JobStatus::Published), elsewhere, application(3, 1)]);
    assert_eq!(ids(store, &all(Kind::Job), ALL), [1]);
    let ids_of = ThingFilter { ids: Some(vec![1, 2, 3, 77]), ..all(Kind::Job) };
    assert_eq!(ids(store, &ids_of, ALL), [1]);
    assert_eq!(ids(store, &ThingFilter { parents: Some(vec![1]), ..all(Kind::Job) }, ALL), [0; 0]);
}

pub fn things_are_listed_by_what_they_belong_to(store: &dyn Store) {
    let mut note = Note::new(Identifier::from_raw(30));
    note.candidate_id = Some(Identifier::from_raw(10));
    let jobs = [job(1, JobStatus::Published), job(2, JobStatus::Published)];
    let applications = [application(10, 1), application(11, 1), application(12, 2)];
    let interviews = [interview(20, 12), interview(21, 11), interview(22, 10), interview(23, 10)];
    write(store, jobs.into_iter().chain(applications).chain(interviews));
    write(store, [held(Entity::Note(Arc::new(note)))]);

    let of = |kind, parents: &[u64]| ThingFilter { parents: Some(parents.to_vec()), ..all(kind) };
    assert_eq!(ids(store, &of(Kind::Application, &[1]), ALL), [11, 10]);
    assert_eq!(ids(store, &of(Kind::Interview, &[10, 11]), ALL), [23, 22, 21]);
    assert_eq!(
        ids(store, &of(Kind::Interview, &[10, 11]), Page { before: Some(23), ..Page::newest(1) }),
        [22]
    );
    assert_eq!(ids(store, &of(Kind::Note, &[10]), ALL), [30], "an interview of 10 is no note of it");
    assert_eq!(ids(store, &of(Kind::Interview, &[]), ALL), [0; 0]);
    let of_job = |grandparent| ThingFilter { grandparent: Some(grandparent), ..all(Kind::Interview) };
    assert_eq!(ids(store, &of_job(1), ALL), [23, 22, 21]);
    assert_eq!(ids(store, &of_job(2), ALL), [20]);
}

pub fn a_thing_that_moves_is_listed_where_it_belongs_now(store: &dyn Store) {
    write(store, [application(10, 1), interview(20, 10)]);
    change(store, application(10, 2), true);
    // This change has nothing to do with what it belongs to
    change(store, interview(20, 10), false);

    let of = |kind, parent| ThingFilter { parents: Some(vec![parent]), ..all(kind) };
    assert_eq!(ids(store, &of(Kind::Application, 1), ALL), [0; 0]);
    assert_eq!(ids(store, &of(Kind::Application, 2), ALL), [10]);
    assert_eq!(ids(store, &of(Kind::Interview, 10), ALL), [20]);
}

pub fn things_are_listed_by_how_they_stand_removed_ones_only_if_asked_for(store: &dyn Store) {
    let (open, closed) = (JobStatus::Published, JobStatus::Closed);
    write(store, [job(1, open.clone()), job(2, closed.clone()), removed(job(3, open)), job(4, closed)]);
    let in_states = |states: &[&str], removed| ThingFilter {
        states: Some(states.iter().map(|state| (*state).to_owned()).collect()),
        removed,
        ..all(Kind::Job)
    };
    assert_eq!(ids(store, &all(Kind::Job), ALL), [4, 2, 1]);
    assert_eq!(ids(store, &in_states(&["published"], false), ALL), [1]);
    assert_eq!(ids(store, &in_states(&["published"], true), ALL), [3, 1]);
    assert_eq!(ids(store, &in_states(&["published", "closed"], false), Page::newest(2)), [4, 2]);
    assert_eq!(ids(store, &in_states(&[], true), ALL), [0; 0]);
}

/// How many things one page looks at, at the most.
const SCANNED: u64 = 20_000;

pub fn a_page_says_where_it_stopped_when_too_many_do_not_match(store: &dyn Store) {
    // Given one that matches behind more than one page looks at
    let (open, closed) = (JobStatus::Published, JobStatus::Closed);
    write(store, [job(1, open)].into_iter().chain((2..=SCANNED + 2).map(|id| job(id, closed.clone()))));
    let filter = ThingFilter { states: Some(vec!["published".to_owned()]), ..all(Kind::Job) };

    let first = things(store, &filter, Page::newest(10));
    assert_eq!((first.items.len(), first.next), (0, Some(3)));

    let second = Page { before: first.next, ..Page::newest(10) };
    assert_eq!(ids(store, &filter, second), [1]);
    assert_eq!(things(store, &filter, second).next, None, "there is nothing beyond");
}
