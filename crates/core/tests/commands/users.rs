//! Users: nothing is told of them, but they are found by their addresses.

use callboard_core::{
    About, Change, Command, CompanyId, EventType, Facts, Identifier, Kind, Name, News, NoteTold, Person,
    Stage, UserCommand, UserId, UserTold,
};

use crate::desk::{Desk, facts, text, without};

fn change(id: UserId, facts: Facts<UserTold>) -> Command {
    Command::User(id, UserCommand::Change(facts))
}

fn email(email: &str) -> Facts<UserTold> {
    facts(UserTold { email: text(email), ..UserTold::default() })
}

#[test]
fn a_user_has_an_address_that_nobody_else_has() {
    let mut desk = Desk::new();
    let (snape, moody) = (desk.a_user("snape"), desk.a_user("moody"));
    let new = desk.id();

    assert_eq!(desk.refused(Command::User(new, UserCommand::Create(Facts::default()))), "missing_fact");
    assert_eq!(desk.refused(change(moody, email("snape@hogwarts.com"))), "email_taken");
    assert_eq!(desk.refused(change(moody, without("email"))), "missing_fact");
    assert_eq!(desk.refused(change(moody, email("moody"))), "bad_fact");
    assert_eq!(desk.kinds(change(moody, email("alastor@ministry.uk"))), []);
    assert_eq!(desk.version(moody), 2);
    desk.done(Command::User(snape, UserCommand::Delete { feedback: Vec::new() }));
    assert_eq!(desk.refused(change(snape, email("s@s.uk"))), "not_found");
    desk.done(change(moody, email("snape@hogwarts.com")));
    desk.company = CompanyId::from_raw(7);
    assert_eq!(desk.refused(change(moody, email("s@s.uk"))), "not_found");
}

#[test]
fn no_assessment_waits_for_a_user_who_is_gone_and_what_they_gave_stays() {
    let mut desk = Desk::new();
    let interview = desk.over();
    let (snape, moody) = (desk.a_user("snape"), desk.a_user("moody"));
    let (given, _) = desk.assign(interview, snape);
    let (wanted, _) = desk.assign(interview, moody);
    desk.score(given, 30);
    let delete = |user| Command::User(user, UserCommand::Delete { feedback: vec![given, wanted] });

    let told = desk.kinds(delete(moody));
    assert_eq!(told, [EventType::InterviewStageUpdated, EventType::InterviewAssessed]);
    assert_eq!(desk.stage(interview), Stage::FeedbackCompleted);
    assert!(desk.held(wanted).record.deleted);

    assert_eq!(desk.kinds(delete(snape)), []);
    assert_eq!(desk.interview(interview).feedback, [given]);
}

#[test]
fn a_webhook_finds_a_user_by_the_new_address_and_no_longer_by_the_old_one() {
    let mut desk = Desk::new();
    let id = desk.a_user("snape");
    desk.done(change(id, email("severus@spinners.end")));
    let written = |external_id: &str, by: &str| News::Note {
        note: About {
            external_id: text(external_id),
            told: NoteTold {
                text: text("?"),
                author: Some(Person { email: text(by), ..Person::default() }),
                ..NoteTold::default()
            },
        },
        of: callboard_core::Belonging::default(),
        answer_video: None,
        change: Change::Created,
    };
    let author = |decision: &callboard_core::Decision| {
        decision.events[0].data.note.as_ref().unwrap().author.as_ref().unwrap().user
    };

    assert_eq!(author(&desk.hear(9, written("note_1", "severus@spinners.end"))), Some(id));
    assert_ne!(author(&desk.hear(9, written("note_2", "snape@hogwarts.com"))), Some(id));
    let old = Name::email(Kind::User, desk.company, "snape@hogwarts.com");
    assert_ne!(desk.world.named(&old), Some(id.raw()));
}
