//! What is written comes back as it was.

use std::sync::Arc;

use callboard_core::{
    AnswerVideo, Application, ApplicationStage, Candidate, EndpointId, EndpointState, Entity, Extra,
    Feedback, FeedbackStatus, Held, Identifier, Interview, InterviewFormat, Job, JobStatus, KeyId, Named,
    Note, ParentStage, Person, Question, Record, Score, Stage, StageMark, User,
};
use callboard_ledger::{Batch, Change, Company, EntityWrite, EventRow, Key, Scope, Store};
use serde_json::json;

use super::sample::*;

/// Something of each kind.
pub fn everything() -> Vec<Entity> {
    let id = |raw| raw;
    let extra = Extra::from([("viasto".to_owned(), json!({"customer": 7, "nested": [null, 1.5, "ä"]}))]);
    let person = Person { email: Some("ada@example.org".to_owned()), ..Person::default() };
    let mut job = Job::new(Identifier::from_raw(id(1)));
    (job.title, job.status, job.opened_at) =
        (Some("Engineer".into()), Some(JobStatus::Published), Some(noon()));
    let mut candidate = Candidate::new(Identifier::from_raw(2));
    candidate.applications = vec![Identifier::from_raw(3)];
    (candidate.tags, candidate.rating) = (Some(vec![Named { id: None, name: Some("rust".into()) }]), Some(5));
    let mut application = Application::new(Identifier::from_raw(3));
    application.candidate_id = Some(Identifier::from_raw(2));
    application.stage = Some(ApplicationStage { parent: ParentStage::Other("waiting".into()), custom: None });
    let mut interview = Interview::new(Identifier::from_raw(4));
    interview.stage =
        StageMark { value: Stage::SchedulingTime, code: Some(2000), text: Some("Pending".into()) };
    (interview.format, interview.start) =
        (Some(InterviewFormat::OnSite), Some(at("2018-02-26T17:50:17.4862382Z")));
    interview.extra = extra.clone();
    let mut feedback = Feedback::new(Identifier::from_raw(5));
    (feedback.status, feedback.score) = (Some(FeedbackStatus::Complete), "33.3333".parse::<Score>().ok());
    feedback.reviewer = Some(person.clone());
    let mut note = Note::new(Identifier::from_raw(6));
    (note.text, note.author) = (Some("strong\nhire".into()), Some(person));
    let mut question = Question::new(Identifier::from_raw(7));
    (question.job_id, question.text) = (Some(Identifier::from_raw(1)), Some("Why?".into()));
    let mut answer = AnswerVideo::new(Identifier::from_raw(8));
    (answer.question_id, answer.extra) = (Some(Identifier::from_raw(7)), extra);
    let mut user = User::new(Identifier::from_raw(9));
    user.name = Some("Grace".into());
    vec![
        Entity::Job(Arc::new(job)),
        Entity::Candidate(Arc::new(candidate)),
        Entity::Application(Arc::new(application)),
        Entity::Interview(Arc::new(interview)),
        Entity::Feedback(Arc::new(feedback)),
        Entity::Note(Arc::new(note)),
        Entity::Question(Arc::new(question)),
        Entity::AnswerVideo(Arc::new(answer)),
        Entity::User(Arc::new(user)),
    ]
}

pub fn all_nine_kinds_of_things_come_back_as_they_were(store: &dyn Store) {
    let record = Record {
        version: 1,
        as_of: Some(at("2018-02-26T17:50:17.4862382Z")),
        tags_as_of: [("rust".to_owned(), noon())].into(),
        stage_is_told: true,
        ..Record::default()
    };
    let held: Vec<Held> = everything()
        .into_iter()
        .map(|entity| Held { company: company(), entity, record: record.clone().into() })
        .collect();
    let entities =
        held.iter().map(|held| EntityWrite { held: held.clone(), base_version: 0, moved: true }).collect();
    engine(store).commit(&Batch { entities, ..Batch::default() }).unwrap();

    let mut loaded = engine(store).load(&[9, 8, 7, 6, 5, 4, 3, 2, 1, 77]).unwrap();
    loaded.sort_by_key(|held| held.entity.raw_id());
    assert_eq!(loaded, held);
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.entity(4).unwrap().as_ref(), Some(&held[3]));
    assert_eq!(reader.entity(77).unwrap(), None);
}

pub fn a_thing_that_changed_comes_back_as_it_is_now(store: &dyn Store) {
    let version = |title: &str, version| {
        let mut job = Job::new(Identifier::from_raw(1));
        job.title = Some(title.to_owned());
        let entity = Entity::Job(Arc::new(job));
        let record = Record { version, deleted: version == 2, ..Record::default() };
        EntityWrite {
            held: Held { company: company(), entity, record: record.into() },
            base_version: version - 1,
            moved: false,
        }
    };
    for write in [version("Engineer", 1), version("Senior Engineer", 2)] {
        engine(store).commit(&Batch { entities: vec![write], ..Batch::default() }).unwrap();
    }
    assert_eq!(engine(store).load(&[1]).unwrap(), [version("Senior Engineer", 2).held]);
}

pub fn what_people_configured_comes_back_and_what_they_removed_does_not(store: &dyn Store) {
    let company = Company { id: company(), name: "Default".to_owned(), stages: Vec::new(), time_zone: None };
    let key = |id| Key {
        id: KeyId::from_raw(id),
        company: company.id,
        name: "ci".to_owned(),
        scope: Scope::Write,
        hash: format!("{id:064x}"),
        created_at: noon(),
        signing: None,
        token_hash: None,
    };
    let disabled = EndpointState::Disabled { reason: "gone".to_owned(), since: noon() };
    let mut changed = endpoint(21);
    changed.state = disabled;
    change(
        store,
        vec![
            Change::PutCompany(company.clone()),
            Change::PutKey(key(31)),
            Change::PutKey(key(32)),
            Change::DeleteKey(KeyId::from_raw(31)),
            Change::PutSource(source(11)),
            Change::PutSource(source(12)),
            Change::DeleteSource(Identifier::from_raw(12)),
            Change::PutEndpoint(endpoint(21)),
            Change::PutEndpoint(changed.clone()),
            Change::PutEndpoint(endpoint(22)),
            Change::DeleteEndpoint(EndpointId::from_raw(22)),
        ],
    );

    let directory = store.reader().unwrap().directory().unwrap();
    assert_eq!(
        directory.companies().map(|it| (**it).clone()).collect::<Vec<_>>(),
        std::slice::from_ref(&company)
    );
    assert_eq!(directory.keys().map(|it| (**it).clone()).collect::<Vec<_>>(), [key(32)]);
    assert_eq!(directory.key_by_hash(&key(32).hash).map(|key| key.id), Some(KeyId::from_raw(32)));
    assert_eq!(directory.sources().map(|it| (**it).clone()).collect::<Vec<_>>(), [source(11)]);
    assert_eq!(directory.endpoints().map(|it| (**it).clone()).collect::<Vec<_>>(), [changed]);
}

pub fn an_event_comes_back_with_those_who_were_skipped(store: &dyn Store) {
    let skipped = vec![EndpointId::from_raw(21), EndpointId::from_raw(u64::MAX >> 1)];
    let row = EventRow { skipped, source: None, ..event(5) };
    engine(store).commit(&Batch { events: vec![row.clone()], ..Batch::default() }).unwrap();
    assert_eq!(store.reader().unwrap().event(row.id).unwrap(), Some(row));
}
