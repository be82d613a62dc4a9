//! What holds for all events and all bodies of HireHive.

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

#[path = "wire/learning.rs"]
mod learning;

use std::sync::Arc;

use callboard_core::{
    Answer, Application, ApplicationId, ApplicationStage, Attendee, AttendeeKind, Candidate, CandidateId,
    CompanyId, Event, EventId, EventType, Feedback, FeedbackId, FeedbackStatus, HostLink, Identifier,
    Interview, InterviewFormat, InterviewId, Job, JobId, JobStatus, Meeting, Named, Note, NoteId,
    ParentStage, Person, Rating, Score, Snapshot, SourceId, Stage, Timestamp, UserId,
};
use callboard_dialects::{Recipient, dialect};
use learning::learned;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

const TO: Recipient<'static> =
    Recipient { url: "https://ats.example/hooks", public_url: "https://callboard.example" };

const KINDS: [EventType; 20] = [
    EventType::JobCreated,
    EventType::JobUpdated,
    EventType::JobStatusUpdated,
    EventType::JobDeleted,
    EventType::CandidateUpdated,
    EventType::CandidateNoteCreated,
    EventType::CandidateNoteUpdated,
    EventType::CandidateNoteDeleted,
    EventType::CandidateTagAdded,
    EventType::CandidateTagRemoved,
    EventType::ApplicationCreated,
    EventType::ApplicationStageUpdated,
    EventType::ApplicationDeleted,
    EventType::InterviewCreated,
    EventType::InterviewUpdated,
    EventType::InterviewCancelled,
    EventType::InterviewMeetingReady,
    EventType::FeedbackRequested,
    EventType::FeedbackSubmitted,
    EventType::FeedbackUpdated,
];

fn text() -> impl Strategy<Value = Option<String>> {
    of(prop_oneof!["[a-z]{1,8}", "\\PC{1,12}", Just("\"\\\u{0}\n".to_owned())])
}

fn time() -> impl Strategy<Value = Option<Timestamp>> {
    of((0_i64..4_000_000_000, 0..1_000_000_000_i32).prop_map(|(at, ns)| Timestamp::new(at, ns).unwrap()))
}

fn named() -> impl Strategy<Value = Named> {
    ("[a-z]{1,5}", text()).prop_map(|(id, name)| Named { id: Some(id), name })
}

fn person() -> impl Strategy<Value = Person> {
    (of(any::<u64>()), text(), text(), text()).prop_map(|(user, id, name, email)| Person {
        user: user.map(UserId::from_raw),
        id,
        name,
        email,
    })
}

/// Gives a thing HireHive's name for it or none, and something that only HireHive knows.
macro_rules! told_by_hirehive {
    ($thing:ident, $known:expr) => {
        if $known {
            $thing.external_ids.note("hirehive", SourceId::from_raw(9), "x_1a2b3c");
            $thing.extra.insert("hirehive".to_owned(), json!({ "new_member": [1, null, { "deep": 2.5 }] }));
        }
    };
}

prop_compose! {
    fn job()(title in text(), description in text(), status in of("[a-z]{1,6}|closed"), city in text(),
             opened_at in time(), published_at in time(), category in of(named()), url in text(), known: bool) -> Job {
        let mut job = Job::new(JobId::from_raw(1));
        told_by_hirehive!(job, known);
        let status = status.as_deref().map(JobStatus::from);
        Job { title, description, status, city, opened_at, published_at, category, url, ..job }
    }
}

prop_compose! {
    fn candidate()(first_name in text(), last_name in text(), full_name in text(), email in text(),
                   phone in text(), address in text(), tags in of(prop::collection::vec(named(), 0..3)),
                   rating in of(any::<i64>()), known: bool) -> Candidate {
        let mut candidate = Candidate::new(CandidateId::from_raw(2));
        told_by_hirehive!(candidate, known);
        candidate.applications = vec![ApplicationId::from_raw(3)];
        Candidate { first_name, last_name, full_name, email, phone, address, tags, rating, ..candidate }
    }
}

prop_compose! {
    fn application()(stage in of(("[a-z]{1,6}|hired", of(named()))), applied_at in time(), cover_letter in text(),
                     origin in text(), linked: bool, known: bool) -> Application {
        let mut application = Application::new(ApplicationId::from_raw(3));
        told_by_hirehive!(application, known);
        application.candidate_id = linked.then(|| CandidateId::from_raw(2));
        application.job_id = linked.then(|| JobId::from_raw(1));
        let stage = stage
            .map(|(parent, custom)| ApplicationStage { parent: ParentStage::from(parent.as_str()), custom });
        Application { stage, applied_at, cover_letter, origin, ..application }
    }
}

prop_compose! {
    fn meeting()(join_url in text(), start_url in text(), provider in of("zoom|teams_for_business")) -> Meeting {
        Meeting { join_url, start_url: start_url.map(HostLink), provider, id: None }
    }
}

prop_compose! {
    fn attendee()(id in text(), kind in of("user|robot"), email in text()) -> Attendee {
        Attendee { id, kind: kind.as_deref().map(AttendeeKind::from), email, ..Attendee::default() }
    }
}

prop_compose! {
    fn interview()(title in text(), location in text(), format in of("online|vr"), start in time(), end in time(),
                   attendees in of(prop::collection::vec(attendee(), 0..3)), meeting in of(meeting()),
                   linked: bool, known: bool) -> Interview {
        let mut interview = Interview::new(InterviewId::from_raw(4));
        told_by_hirehive!(interview, known);
        interview.application_id = linked.then(|| ApplicationId::from_raw(3));
        interview.meeting = meeting;
        let format = format.as_deref().map(InterviewFormat::from);
        Interview { title, location, format, start, end, attendees, ..interview }
    }
}

prop_compose! {
    fn feedback()(status in of("pending|complete|lost"), reviewer in of(person()), creator in of(person()),
                  score in of(-9_999.0..9_999.0), comment in text(), form in of(named()),
                  ratings in of(prop::collection::vec(("[a-z]{1,4}", -99_i64..99), 0..3)),
                  answers in of(prop::collection::vec(("[a-z]{1,4}", "\\PC{1,9}"), 0..3)),
                  completed_at in time(), known: bool) -> Feedback {
        let mut feedback = Feedback::new(FeedbackId::from_raw(5));
        told_by_hirehive!(feedback, known);
        let line = |(option_id, rating)| Rating { option_id, rating };
        let answer = |(question_id, text)| Answer { question_id, text };
        Feedback {
            status: status.as_deref().map(FeedbackStatus::from), reviewer, creator,
            score: score.and_then(Score::from_f64), comment, form,
            ratings: ratings.map(|them| them.into_iter().map(line).collect()),
            answers: answers.map(|them| them.into_iter().map(answer).collect()),
            completed_at, ..feedback
        }
    }
}

prop_compose! {
    fn note()(text in text(), author in of(person()), written_at in time(), known: bool) -> Note {
        let mut note = Note::new(NoteId::from_raw(6));
        told_by_hirehive!(note, known);
        note.candidate_id = known.then(|| CandidateId::from_raw(2));
        Note { text, author, written_at, ..note }
    }
}

prop_compose! {
    fn told_event()(kind in select(&KINDS), at in time(), job in job().boxed(), candidate in candidate().boxed(),
               application in application().boxed(), interview in interview().boxed(),
               feedback in feedback().boxed(), note in note().boxed(), tag in named(), past: bool,
               alone: bool) -> Event {
        let mut interview = interview;
        interview.stage = match kind {
            EventType::InterviewCancelled => Stage::InterviewCanceled.into(),
            EventType::InterviewUpdated if past => Stage::FeedbackCollecting.into(),
            _ => Stage::SchedulingTime.into(),
        };
        let data = Snapshot {
            job: (!alone || kind.as_str().starts_with("job.")).then(|| job.into()),
            candidate: (!alone || kind.as_str().starts_with("candidate.")).then(|| candidate.into()),
            application: (!alone || kind.as_str().starts_with("application.")).then(|| application.into()),
            interview: Some(interview.into()),
            feedback: Some(feedback.into()),
            note: Some(note.into()),
            tag: Some(tag),
            ..Snapshot::default()
        };
        Event {
            id: EventId::from_raw(42), kind, company: CompanyId::from_raw(1), data,
            timestamp: at.unwrap_or_default(),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_says_the_same_when_it_is_written_again(event in told_event()) {
        let hirehive = dialect("hirehive").unwrap();
        let bodies = hirehive.render(&event, &TO);
        prop_assert_eq!(bodies.len(), 1);

        let reading = hirehive.parse(&bodies[0]).unwrap();
        let again = Event {
            kind: EventType::from(reading.label.as_str()),
            timestamp: reading.observations[0].at.unwrap(),
            data: learned(&reading.observations[0].news),
            ..event
        };

        let (first, second) = (bodies, hirehive.render(&again, &TO));
        prop_assert_eq!(String::from_utf8_lossy(&first[0]), String::from_utf8_lossy(&second[0]));
    }

    #[test]
    fn a_reader_of_what_was_written_learns_nothing_that_was_not_known(event in told_event()) {
        let hirehive = dialect("hirehive").unwrap();
        let reading = hirehive.parse(&hirehive.render(&event, &TO)[0]).unwrap();
        let heard = learned(&reading.observations[0].news);
        if let (true, Some(known), Some(heard)) =
            (event.kind.as_str().starts_with("job."), event.data.job, heard.job) {
            let (id, external_ids, extra) = (known.id, known.external_ids.clone(), known.extra.clone());
            let heard = Job { id, external_ids, extra, ..Arc::unwrap_or_clone(heard) };
            prop_assert_eq!(&heard, &*known);
        }
        if let (true, Some(known), Some(heard)) =
            (event.kind.as_str().starts_with("interview."), event.data.interview, heard.interview) {
            prop_assert_eq!(&heard.title, &known.title);
            prop_assert_eq!(&heard.location, &known.location);
            prop_assert_eq!(&heard.format, &known.format);
            prop_assert_eq!((heard.start, heard.end), (known.start, known.end));
            prop_assert_eq!(heard.attendees.as_deref(), Some(known.attendees.as_deref().unwrap_or_default()));
            let link = |interview: &Interview| interview.meeting.as_ref().and_then(|it| it.join_url.clone());
            prop_assert_eq!(link(&heard), link(&known));
            prop_assert!(heard.meeting.as_ref().is_none_or(|meeting| meeting.start_url.is_none()));
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
        let _ = dialect("hirehive").unwrap().parse(&bytes);
    }

    #[test]
    fn no_change_to_a_sample_makes_the_reader_panic(
        event in told_event(), edits in prop::collection::vec((any::<Index>(), any::<u8>(), 0..4_u8), 1..6),
    ) {
        let hirehive = dialect("hirehive").unwrap();
        let mut body = hirehive.render(&event, &TO).remove(0);
        for (at, byte, edit) in edits {
            let at = at.index(body.len());
            match edit {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                2 => drop(body.remove(at)),
                _ => body.extend_from_within(at..),
            }
        }
        if let Ok(reading) = hirehive.parse(&body) {
            for observation in &reading.observations {
                let data = learned(&observation.news);
                hirehive.render(&Event { kind: reading.label.as_str().into(), data, ..event.clone() }, &TO);
            }
        }
    }
}

#[test]
fn nesting_without_end_is_unreadable() {
    let deep = "[".repeat(100_000);
    for body in [
        deep.clone(),
        format!(r#"{{"type":"job.created","data":{{"object":{{"id":"job_1","salary":{deep}"#),
        format!(
            r#"{{"type":"job.created","data":{{"object":{{"id":"job_1","salary":{deep}{}}}}}}}"#,
            "]".repeat(100_000)
        ),
    ] {
        assert!(dialect("hirehive").unwrap().parse(body.as_bytes()).is_err());
    }
}

#[test]
fn text_that_is_not_utf_8_is_unreadable() {
    let body = b"{\"type\":\"job.created\",\"data\":{\"object\":{\"id\":\"job_1\",\"title\":\"\xff\"}}}";
    assert!(dialect("hirehive").unwrap().parse(body).is_err());
}
