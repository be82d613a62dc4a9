//! Feedback on applications (platforms.md 1.5.5). What the form says is in `questions.rs`.

use callboard_core::{
    About, Belonging, ExternalIds, Feedback, FeedbackStatus, FeedbackTold, Named, Person, Snapshot,
};
use serde::de::MapAccess;
use serde_json::Value;

use super::ids::{application_id, candidate_id, id_of, person_id};
use super::members::{self, Member, Members, identified, keeping};
use super::object::{self, Object};
use super::questions::{self, Said, has};
use crate::dialect::Unreadable;

/// Feedback with what it is about.
#[derive(Default)]
struct Whole {
    feedback: About<FeedbackTold>,
    of: Belonging,
    form: Named,
    questions: Option<Vec<Value>>,
}

/// Reads feedback. Its score is the sum of all ratings on all scorecards; its comment, the answers in words, one a line.
/// That there is no rating, or no answer in words, is told only once the form has been filled in.
pub(super) fn read(json: &str) -> Result<(About<FeedbackTold>, Belonging), Unreadable> {
    let mut whole = Whole::default();
    let mut kept = members::read(json, &mut whole)?;
    let told = &mut whole.feedback.told;
    for person in [&mut told.creator, &mut told.reviewer] {
        person.take_if(|person| *person == Person::default());
    }
    if let Some(questions) = whole.questions {
        let said = Said::by(&questions);
        let is_told = |member| told.status == Some(FeedbackStatus::Complete) && has(&questions, member);
        told.score = said.score();
        told.comment = said.comment();
        told.ratings = Some(said.ratings).filter(|ratings| !ratings.is_empty() || is_told("ratings"));
        told.answers = Some(said.answers).filter(|answers| !answers.is_empty() || is_told("text"));
        kept.insert("questions".to_owned(), questions.into());
    }
    if whole.form != Named::default() {
        told.form = Some(whole.form);
    }
    Ok((identified(keeping(whole.feedback, kept))?, whole.of))
}

impl<'de> Members<'de> for Whole {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        let told = &mut self.feedback.told;
        match member.name {
            "id" => member.fact(&mut self.feedback.external_id),
            "application_id" => member.reference(&mut self.of.application),
            "form_id" => member.fact(&mut self.form.id),
            "candidate" => member.thing(&mut self.of.candidate),
            "creator" => member.whole(&mut told.creator),
            "reviewer" => member.whole(&mut told.reviewer),
            "name" => member.fact(&mut self.form.name),
            "status" => member.fact(&mut told.status),
            "date_created" => member.fact(&mut told.requested_at),
            "date_complete" => member.fact(&mut told.completed_at),
            "questions" => member.fact(&mut self.questions),
            _ => member.keep(),
        }
    }
}

/// Writes feedback.
pub(super) fn write(out: &mut Vec<u8>, feedback: &Feedback, data: &Snapshot) {
    let (form, names) = (feedback.form.as_ref(), &feedback.external_ids);
    object::write(out, &feedback.extra, |object| {
        object.member("id", &id_of(names, feedback.id, data.source));
        object.member("application_id", &application_id(data, feedback.application_id));
        object.member("form_id", &form.and_then(|form| form.id.as_deref()));
        match candidate_id(data, None) {
            None => object.member("candidate", &()),
            Some(id) => object.part("candidate", |candidate| {
                candidate.member("id", &id);
                candidate.member("name", &data.candidate.as_ref().and_then(|it| it.display_name()));
            }),
        }
        person(object, "creator", feedback.creator.as_ref(), names);
        person(object, "reviewer", feedback.reviewer.as_ref(), names);
        object.member("name", &form.and_then(|form| form.name.as_deref()));
        object.member("status", &feedback.status);
        object.member("date_created", &feedback.requested_at);
        object.member("date_complete", &feedback.completed_at);
        let kept = object.kept_value("questions").and_then(Value::as_array);
        object.written_by("questions", |out| questions::write(out, kept, feedback));
    });
}

/// A person is an id and a name here; where only the e-mail address is known, that is the name.
fn person(object: &mut Object<'_, '_>, name: &'static str, person: Option<&Person>, feedback: &ExternalIds) {
    let id = person.and_then(|person| person_id(person, feedback));
    let called = person.and_then(|person| person.name.as_ref().or(person.email.as_ref()));
    if id.is_none() && called.is_none() {
        return object.member(name, &());
    }
    object.part(name, |part| {
        part.member("id", &id);
        part.member("name", &called);
    });
}
