//! What people ask for is decided in turn with everything else, and answered when it is durable.

use bytes::Bytes;
use callboard_core::{
    ApplicationCommand, ApplicationId, CandidateCommand, CandidateId, CandidateTold, Command, Entity, Facts,
    FileCommand, FileId, FileTold, Held, Identifier, InterviewCommand, InterviewId, JobId, Kind, Name,
};
use callboard_ledger::{Asking, LedgerError, Outcome};

use crate::support::{
    Asked, Fault, Hub, answers, asking, create, create_named, intake, only_if, out, refused, retitle, source,
    unname,
};

async fn thing(hub: &Hub, raw_id: u64) -> Option<Held> {
    hub.ledger.read(move |reader| reader.entity(raw_id)).await.unwrap()
}

fn title(held: &Held) -> Option<&str> {
    match &held.entity {
        Entity::Job(job) => job.title.as_deref(),
        other => panic!("{other:?} is no job"),
    }
}

/// Asks for all of these while the writer is busy, so that they are one batch. Answers how many commits that took, too.
async fn together(
    hub: &Hub,
    all: Vec<Asking>,
) -> (Vec<Result<callboard_ledger::Carried, LedgerError>>, usize) {
    let busy = hub.busy().await;
    let before = hub.control.commits();
    let mut asked = Vec::new();
    for asking in all {
        asked.push(Asked::new(hub.ledger.command(asking)).await);
    }
    busy.over().await;
    (answers(asked).await, hub.control.commits() - before)
}

#[tokio::test]
async fn a_command_is_carried_out_in_one_transaction_with_the_webhooks_that_wait_with_it() {
    // Given a command between two webhooks
    let mut hub = Hub::with_endpoints(1).await;
    let ledger = hub.ledger.clone();
    let busy = hub.busy().await;
    let before = hub.control.commits();
    let first = Asked::new(ledger.record(intake("first"))).await;
    let command = Asked::new(ledger.command(asking(vec![create(1, "Engineer")]))).await;
    let second = Asked::new(ledger.record(intake("second"))).await;
    busy.over().await;

    // Then all of them are written at once
    assert_eq!(first.await.unwrap().outcome, Outcome::Understood);
    let done = out(command.await);
    assert_eq!(second.await.unwrap().outcome, Outcome::Understood);
    assert_eq!(hub.control.commits() - before, 1);

    // And what came of the command is there, came from nowhere else, and is owed
    assert_eq!(thing(&hub, 1).await.as_ref(), done.things.first());
    assert_eq!((done.things.len(), done.events.len(), done.things[0].record.version), (1, 1, 1));
    let id = done.events[0];
    let event = hub.ledger.read(move |reader| reader.event(id)).await.unwrap().unwrap();
    assert_eq!((event.source, event.receipt, event.subject), (None, None, 1));
    assert_eq!(hub.heard_owed().iter().filter(|owed| owed.event == id).count(), 1);
}

#[tokio::test]
async fn a_refusal_changes_nothing_and_takes_no_other_down() {
    let hub = Hub::new();
    let (answers, commits) = together(
        &hub,
        vec![
            asking(vec![create(1, "Engineer")]),
            asking(vec![retitle(77, "Nobody")]),
            asking(vec![create(2, "Half done"), retitle(77, "Nobody")]),
            asking(vec![create(3, "Designer")]),
        ],
    )
    .await;
    let [first, unknown, half, last] = <[_; 4]>::try_from(answers).unwrap();
    assert_eq!((out(first).things.len(), out(last).things.len()), (1, 1));
    assert_eq!((refused(unknown), refused(half)), ("not_found", "not_found"));
    assert_eq!(commits, 1);
    assert!(thing(&hub, 1).await.is_some() && thing(&hub, 3).await.is_some());
    assert_eq!(thing(&hub, 2).await, None);
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().events, 2);

    // And it has not been remembered as if it had been made
    out(hub.ledger.command(asking(vec![create(2, "Done")])).await);
}

#[tokio::test]
async fn of_two_who_change_the_same_version_one_is_told_that_it_is_outdated() {
    let hub = Hub::new();
    out(hub.ledger.command(asking(vec![create(1, "Engineer")])).await);
    let change = |title: &str, version| only_if(1, version, asking(vec![retitle(1, title)]));

    // In one batch
    let (answers, _) = together(&hub, vec![change("Ada's", 1), change("Grace's", 1)]).await;
    let [first, second] = <[_; 2]>::try_from(answers).unwrap();
    assert_eq!(refused(second), "outdated");
    let done = out(first);
    assert_eq!((title(&done.things[0]), done.things[0].record.version), (Some("Ada's"), 2));
    assert_eq!(thing(&hub, 1).await.as_ref(), Some(&done.things[0]));

    // And one after the other
    assert_eq!(refused(hub.ledger.command(change("Grace's", 1)).await), "outdated");
    assert_eq!(out(hub.ledger.command(change("Grace's", 2)).await).things[0].record.version, 3);
}

#[tokio::test]
async fn many_who_change_the_same_thing_at_once_lose_no_update() {
    let hub = Hub::new();
    out(hub.ledger.command(asking(vec![create(1, "0")])).await);
    let retitled = |number: u32| asking(vec![retitle(1, &number.to_string())]);
    let (answers, commits) = together(&hub, (1..=50).map(retitled).collect()).await;
    let versions: Vec<u64> = answers.into_iter().map(|it| out(it).things[0].record.version).collect();
    assert_eq!(versions, (2..=51).collect::<Vec<_>>());
    assert_eq!(commits, 1);
    assert_eq!(title(&thing(&hub, 1).await.unwrap()), Some("50"));
}

#[tokio::test]
async fn a_batch_with_commands_that_others_were_faster_than_is_decided_anew() {
    let hub = Hub::new();
    let busy = hub.busy().await;
    let create = Asked::new(hub.ledger.command(asking(vec![create(1, "Engineer")]))).await;
    let change = Asked::new(hub.ledger.command(asking(vec![retitle(1, "Designer")]))).await;
    let wrong = Asked::new(hub.ledger.command(asking(vec![retitle(77, "Nobody")]))).await;
    hub.control.fail([Fault::Conflict, Fault::Conflict]);
    busy.over().await;

    assert_eq!(out(create.await).things[0].record.version, 1);
    assert_eq!(out(change.await).things[0].record.version, 2);
    assert_eq!(refused(wrong.await), "not_found");
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().events, 2);
}

#[tokio::test]
async fn a_command_that_breaks_us_is_refused_and_takes_no_other_down() {
    let hub = Hub::new();
    let external_ids = [("skype".to_owned(), Some("break the planner".to_owned()))].into();
    let facts = Facts { external_ids, ..Facts::default() };
    let breaking = InterviewCommand::Create { application: None, facts };
    let breaking = asking(vec![Command::Interview(InterviewId::from_raw(9), breaking)]);
    let first = asking(vec![create(1, "Engineer")]);
    let (answers, _) = together(&hub, vec![first, breaking, asking(vec![retitle(1, "Designer")])]).await;

    let [first, broken, last] = <[_; 3]>::try_from(answers).unwrap();
    assert!(matches!(broken, Err(LedgerError::Broke)));
    assert_eq!((out(first).things[0].record.version, out(last).things[0].record.version), (1, 2));
    assert_eq!(thing(&hub, 9).await, None);
}

#[tokio::test]
async fn a_name_that_was_taken_away_can_be_given_to_another_at_once_and_later() {
    let hub = Hub::new();
    let name = Name::given(Kind::Job, source().company, "ats", "4711");
    let leads_to = async |hub: &Hub| {
        let name = name.clone();
        hub.ledger.read(move |reader| reader.named(&[name])).await.unwrap()[0]
    };
    let all = vec![
        asking(vec![create_named(1, "4711")]),
        asking(vec![create_named(2, "4711")]),
        asking(vec![unname(1)]),
        asking(vec![create_named(3, "4711")]),
    ];
    let [first, taken, away, again] = <[_; 4]>::try_from(together(&hub, all).await.0).unwrap();
    assert_eq!(refused(taken), "external_id_taken");
    assert_eq!([first, away, again].map(|it| out(it).things.len()), [1, 1, 1]);
    assert_eq!(leads_to(&hub).await, Some(3));

    // Later, when it has been stored
    let all = vec![asking(vec![unname(3)]), asking(vec![create_named(4, "4711")])];
    let (answers, commits) = together(&hub, all).await;
    assert_eq!(answers.into_iter().map(|it| out(it).things.len()).collect::<Vec<_>>(), [1, 1]);
    assert_eq!((leads_to(&hub).await, commits), (Some(4), 1));
    let hub = hub.reopen().await;
    assert_eq!(refused(hub.ledger.command(asking(vec![create_named(5, "4711")])).await), "external_id_taken");
}

#[tokio::test]
async fn a_part_of_what_is_known_comes_with_everything_that_it_leads_to() {
    let hub = Hub::new();
    let (ada, job) = (CandidateId::from_raw(10), JobId::from_raw(1));
    let told = CandidateTold { email: Some("ada@example.com".to_owned()), ..CandidateTold::default() };
    let candidate = CandidateCommand::Create(Facts { told, ..Facts::default() });
    let facts = Facts::default();
    let application = ApplicationCommand::Create { candidate: ada, job: Some(job), facts };
    let all = vec![
        create(1, "Engineer"),
        create(2, "Another"),
        Command::Candidate(ada, candidate),
        Command::Application(ApplicationId::from_raw(20), application),
    ];
    out(hub.ledger.command(asking(all)).await);

    let name = Name::email(Kind::Candidate, source().company, "ada@example.com");
    let held = async |raw_ids: Vec<u64>, names: Vec<Name>| {
        let world = hub.ledger.world(raw_ids, names).await.unwrap();
        let mut held: Vec<u64> = world.iter().map(|held| held.entity.raw_id()).collect();
        held.sort_unstable();
        held
    };
    assert_eq!(held(vec![20, 77], Vec::new()).await, [1, 10, 20]);
    assert_eq!(held(Vec::new(), vec![name.clone()]).await, [1, 10, 20]);
    assert_eq!(hub.ledger.world(Vec::new(), vec![name.clone()]).await.unwrap().named(&name), Some(10));
}

#[tokio::test]
async fn bytes_of_a_file_are_stored_with_the_command_that_says_so_and_go_with_the_file() {
    let hub = Hub::new();
    let (ada, file) = (CandidateId::from_raw(10), FileId::from_raw(30));
    let told = CandidateTold { email: Some("ada@example.com".to_owned()), ..CandidateTold::default() };
    let named = FileTold { name: Some("cv.pdf".to_owned()), ..FileTold::default() };
    let create = FileCommand::Create {
        candidate: Some(ada),
        application: None,
        note: None,
        facts: Facts { told: named, ..Facts::default() },
    };
    let store = FileCommand::Store { size_bytes: 3, sha256: "00".repeat(32), content_type: None };
    let all = vec![
        Command::Candidate(ada, CandidateCommand::Create(Facts { told, ..Facts::default() })),
        Command::File(file, create),
        Command::File(file, store.clone()),
    ];
    let blobs = vec![(file, Bytes::from_static(b"pdf"))];
    out(hub.ledger.command(Asking { blobs: blobs.clone(), ..asking(all) }).await);
    let kept = async || hub.ledger.read(move |reader| reader.blob(file)).await.unwrap();
    assert_eq!(kept().await.as_deref(), Some(&b"pdf"[..]));

    out(hub.ledger.command(asking(vec![Command::File(file, FileCommand::Delete)])).await);
    assert_eq!(kept().await, None);
    // Bytes of what is not there any more are not kept either
    let late = Asking { blobs, ..asking(vec![Command::File(file, store)]) };
    assert_eq!(refused(hub.ledger.command(late).await), "not_found");
    assert_eq!(kept().await, None);
}
