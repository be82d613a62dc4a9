//! What a thin message only points at, told once it has been fetched.

use callboard_core::EventType::{FeedbackSubmitted, FeedbackUpdated};
use callboard_core::{
    ApplicationTold, Belonging, Entity, FeedbackChange, FeedbackStatus, FeedbackTold, Identifier, Kind, News,
    Person, QuestionTold, Remark, Score, UserTold,
};

use crate::hub::{Hub, told};
use crate::news::{about, job_told, text};

fn rating(told: FeedbackTold, change: FeedbackChange) -> News {
    let application = Some(about("candidates/5", ApplicationTold::default()));
    let of = Belonging { application, ..Belonging::default() };
    let told = FeedbackTold { status: Some(FeedbackStatus::Complete), ..told };
    News::Feedback { feedback: about("ratings/3", told), interview: None, of, change }
}

fn user(name: &str) -> News {
    let told = UserTold { name: text(name), email: text("minerva@hogwarts.com"), ..UserTold::default() };
    News::User { user: about("customers/5", told) }
}

#[test]
fn what_was_told_thinly_and_then_fetched_is_told_again_in_full_and_once() {
    let mut hub = Hub::new();
    hub.hear(&told(0, user("Minerva McGonagall")));
    let fetched = FeedbackTold {
        score: Some(Score::from_points(4)),
        reviewer: Some(Person { id: text("customers/5"), ..Person::default() }),
        ..FeedbackTold::default()
    };

    let thin = hub.events(1, rating(FeedbackTold::default(), FeedbackChange::Submitted));
    let full = hub.events(2, rating(fetched.clone(), FeedbackChange::Submitted));
    let again = hub.hear(&told(3, rating(fetched, FeedbackChange::Submitted)));

    assert_eq!((&thin[0].kind, thin[0].data.thin), (&FeedbackSubmitted, true));
    assert_eq!((&full[0].kind, full[0].data.thin), (&FeedbackUpdated, false));
    let feedback = full[0].data.feedback.as_deref().unwrap();
    assert_eq!(feedback.score, Some(Score::from_points(4)));
    let reviewer = feedback.reviewer.as_ref().unwrap();
    assert_eq!(reviewer.name.as_deref(), Some("Minerva McGonagall"), "the user's name, known by then");
    assert_eq!((again.events.len(), again.remarks), (0, vec![Remark::Known]));
}

#[test]
fn a_user_is_taken_quietly_and_found_again_by_address() {
    let mut hub = Hub::new();
    let first = hub.hear(&told(1, user("Minerva")));
    let renamed = hub.hear(&told(2, user("Minerva McGonagall")));
    let known = hub.hear(&told(3, user("Minerva McGonagall")));
    let mut elsewhere = user("M. McGonagall");
    if let News::User { user } = &mut elsewhere {
        user.external_id = text("customers/77");
    }
    hub.hear(&told(4, elsewhere));

    assert_eq!((first.events.len(), first.remarks), (0, vec![]));
    assert_eq!((renamed.entities.len(), renamed.remarks), (1, vec![]));
    assert_eq!(known.remarks, [Remark::Known]);
    let Entity::User(user) = hub.entity(Kind::User, "customers/77") else { panic!() };
    assert_eq!(user.id.raw(), hub.entity(Kind::User, "customers/5").raw_id());
    assert_eq!(user.name.as_deref(), Some("M. McGonagall"));
}

#[test]
fn a_question_is_taken_quietly_and_tied_to_its_job() {
    let mut hub = Hub::new();
    let of = Belonging {
        job: Some(about("projects/1", job_told("Seeker", callboard_core::JobStatus::Published))),
        ..Belonging::default()
    };
    let told_text = QuestionTold { text: text("Why us?"), ..QuestionTold::default() };

    let heard = hub.hear(&told(1, News::Question { question: about("questions/2", told_text), of }));

    assert_eq!((heard.events.len(), heard.remarks), (0, vec![]));
    let Entity::Question(question) = hub.entity(Kind::Question, "questions/2") else { panic!() };
    assert_eq!(question.text.as_deref(), Some("Why us?"));
    assert_eq!(question.job_id.unwrap().raw(), hub.entity(Kind::Job, "projects/1").raw_id());
}
