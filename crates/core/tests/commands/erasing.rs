//! A candidate is forgotten: nothing personal stays, and the shape of what happened does.

use callboard_core::EventType::{
    ApplicationDeleted, CandidateDeleted, InterviewCancelled, InterviewStageUpdated,
};
use callboard_core::{
    About, Answer, AnswerVideoCommand, AnswerVideoTold, ApplicationCommand, ApplicationTold, Attendee,
    CandidateCommand, CandidateId, CandidateTold, Change, Command, CompanyId, Entity, Event, FeedbackCommand,
    FeedbackTold, FileCommand, FileTold, HostLink, Identifier, InterviewCommand, InterviewId, InterviewTold,
    Kind, Meeting, Name, Named, News, NoteCommand, NotePlace, NoteTold, Score, Stage,
};

use crate::desk::{Desk, called, facts, text};

/// In every word that is about the person.
const PERSONAL: &str = "Potter";

struct Told {
    desk: Desk,
    candidate: CandidateId,
    over: InterviewId,
    ahead: InterviewId,
    events: Vec<Event>,
    erase: CandidateCommand,
}

fn personal() -> Option<String> {
    text("words of Potter")
}

/// Everything that can be told about a candidate, with words that are theirs.
fn everything() -> Told {
    let mut desk = Desk::new();
    let (job, snape) = (desk.a_job(), desk.a_user("snape"));
    let candidate = desk.id();
    let mut events = Vec::new();
    let told = CandidateTold {
        full_name: personal(),
        email: text("harry@Potter.uk"),
        phone: text("Potter 0815"),
        tags: Some(vec![Named { id: None, name: personal() }]),
        ..CandidateTold::default()
    };
    let create = CandidateCommand::Create(called(facts(told), "platform", Some("can_Potter")));
    events.extend(desk.done(Command::Candidate(candidate, create)));
    let tag = CandidateCommand::AddTag(Named { id: None, name: text("Potter2") });
    events.extend(desk.done(Command::Candidate(candidate, tag)));
    let application = desk.applied(candidate, Some(job));
    let letter = ApplicationTold {
        cover_letter: personal(),
        custom_invite_id: text("7Potter"),
        ..ApplicationTold::default()
    };
    let letter = ApplicationCommand::Change(called(facts(letter), "platform", Some("app_Potter")));
    events.extend(desk.done(Command::Application(application, letter)));
    let (over, ahead) = (desk.held_for(application, Some(9_000)), desk.held_for(application, Some(9_000)));
    for id in [over, ahead] {
        let told = InterviewTold { title: personal(), location: personal(), ..InterviewTold::default() };
        let told = called(facts(told), "platform", Some(&format!("{id}_Potter")));
        for command in [
            InterviewCommand::Change(told),
            InterviewCommand::AddAttendee(Attendee {
                application_id: Some(application.to_string()),
                ..Attendee::default()
            }),
            InterviewCommand::AddAttendee(Attendee { display_name: personal(), ..Attendee::default() }),
            InterviewCommand::AddAttendee(Attendee {
                user_id: Some(snape.to_string()),
                ..Attendee::default()
            }),
            InterviewCommand::PutMeeting(Meeting {
                join_url: text("https://Potter"),
                start_url: Some(HostLink("https://Potter".to_owned())),
                provider: text("zoom"),
                id: text("Potter"),
            }),
            InterviewCommand::Fail { reason: personal() },
            InterviewCommand::Start,
        ] {
            events.extend(desk.done(Command::Interview(id, command)));
        }
    }
    events.extend(desk.done(Command::Interview(over, InterviewCommand::End)));
    let (feedback, _) = desk.assign(over, snape);
    for comment in ["Potter", "Potter!"] {
        let told = FeedbackTold {
            score: Some(Score::from_points(50)),
            comment: text(comment),
            answers: Some(vec![Answer { question_id: "q".to_owned(), text: comment.to_owned() }]),
            ..FeedbackTold::default()
        };
        events.extend(desk.done(Command::Feedback(feedback, FeedbackCommand::Submit(facts(told)))));
    }
    let (note, video, file) = (desk.id(), desk.id(), desk.id());
    let told = AnswerVideoTold { url: personal(), thumbnail_url: personal(), ..AnswerVideoTold::default() };
    let record = AnswerVideoCommand::Create {
        interview: Some(over),
        application: None,
        question: None,
        facts: facts(told),
    };
    events.extend(desk.done(Command::AnswerVideo(video, record)));
    let place = NotePlace { answer_video: Some(video), author: Some(snape), ..NotePlace::default() };
    let told = facts(NoteTold { text: personal(), ..NoteTold::default() });
    events.extend(desk.done(Command::Note(note, NoteCommand::Create { place, facts: told })));
    let told = facts(FileTold { name: personal(), url: personal(), ..FileTold::default() });
    let create =
        FileCommand::Create { candidate: Some(candidate), application: None, note: None, facts: told };
    desk.done(Command::File(file, create));
    let store = FileCommand::Store { size_bytes: 1, sha256: "Potter".to_owned(), content_type: None };
    desk.done(Command::File(file, store));
    let erase = CandidateCommand::Erase {
        notes: vec![note],
        files: vec![file],
        answer_videos: vec![video],
        feedback: vec![feedback],
    };
    Told { desk, candidate, over, ahead, events, erase }
}

fn is_personal(json: &[u8]) -> bool {
    String::from_utf8_lossy(json).contains(PERSONAL)
}

#[test]
fn nothing_personal_stays_in_what_is_known_and_the_shape_does() {
    let Told { mut desk, candidate, over, ahead, erase, .. } = everything();
    let held = desk.world.iter().filter(|held| is_personal(&held.entity.to_json())).count();
    assert!(held >= 7, "the test speaks of Potter everywhere");

    let decision = desk.ask(&[Command::Candidate(candidate, erase)]).unwrap();

    for held in desk.world.iter() {
        assert!(!is_personal(&held.entity.to_json()), "{:?}", held.entity);
        assert!(!is_personal(&serde_json::to_vec(&held.record).unwrap()), "{:?}", held.record);
    }
    let kinds: Vec<_> = decision.events.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(kinds, [InterviewStageUpdated, InterviewCancelled, ApplicationDeleted, CandidateDeleted]);
    for event in &decision.events {
        assert!(!is_personal(&serde_json::to_vec(event).unwrap()), "{event:?}");
    }
    assert!(desk.interview(ahead).is_cancelled());
    let interview = desk.interview(over);
    assert_eq!((interview.stage.value.clone(), interview.assessed), (Stage::FeedbackCompleted, true));
    assert_eq!(desk.feedback(interview.feedback[0]).score, Some(Score::from_points(50)));
    let staff: Vec<_> =
        interview.attendees.iter().flatten().filter_map(|it| it.display_name.as_deref()).collect();
    assert_eq!(staff, ["snape"], "the company's own people keep their names");
    assert_eq!(interview.meeting.as_ref().unwrap().provider.as_deref(), Some("zoom"));
    assert!(decision.entities.iter().all(|held| held.record.erased_at.is_some()));
}

#[test]
fn a_store_is_told_where_else_to_look() {
    let Told { mut desk, candidate, over, ahead, erase, .. } = everything();
    let application = desk.interview(over).application_id.unwrap();

    let decision = desk.ask(&[Command::Candidate(candidate, erase)]).unwrap();

    let [erasure] = &decision.erasures[..] else { panic!("one erasure: {:?}", decision.erasures) };
    assert_eq!(erasure.candidate, candidate);
    assert_eq!(erasure.subjects, [candidate.raw(), application.raw(), over.raw(), ahead.raw()]);
    for word in ["harry@Potter.uk", "Potter 0815", "can_Potter", "app_Potter", "7Potter"] {
        assert!(erasure.words.iter().any(|known| known == word), "{word}: {:?}", erasure.words);
    }
    assert!(erasure.words.iter().all(|word| word.len() >= 6));
    assert_eq!(decision.dropped_files.len(), 1);
}

#[test]
fn nothing_personal_stays_in_an_event_and_its_shape_does() {
    let Told { events, .. } = everything();
    assert!(events.iter().filter(|event| is_personal(&serde_json::to_vec(event).unwrap())).count() > 15);

    for event in events {
        let erased = event.clone().erased();
        let json = serde_json::to_string(&erased).unwrap();
        assert!(!json.contains(PERSONAL), "{json}");
        assert_eq!(erased.clone().erased(), erased, "once is enough");
        let shape = |event: &Event| {
            let data = &event.data;
            let stage = data.interview.as_ref().map(|interview| interview.stage.value.clone());
            let score = data.feedback.as_ref().and_then(|feedback| feedback.score);
            let previous: Vec<String> = data.previous.keys().cloned().collect();
            let sums = data.assessment.as_ref().map(|it| (it.average, it.total, it.reviewers.len()));
            (event.id, event.kind.clone(), event.timestamp, event.subject(), stage, score, sums, previous)
        };
        assert_eq!(shape(&erased), shape(&event));
        if let Some(before) = event.data.previous.get("score") {
            assert_eq!(erased.data.previous["score"], *before);
        }
    }
}

#[test]
fn what_platforms_quoted_leaves_with_it() {
    let mut desk = Desk::new();
    let receipt = desk.id();
    let mut mint = desk.mint.clone();
    let source = desk.source;
    let event =
        callboard_core::quarantined(desk.company, source, receipt, "Potter?", crate::desk::at(1), &mut mint);

    let erased = event.erased();

    assert_eq!(erased.data.receipt.as_ref().unwrap().id, receipt);
    assert!(!is_personal(&serde_json::to_vec(&erased).unwrap()));
}

#[test]
fn a_webhook_that_speaks_of_the_person_again_makes_a_new_one() {
    let Told { mut desk, candidate, erase, .. } = everything();
    desk.done(Command::Candidate(candidate, erase));
    let told = CandidateTold { email: text("harry@Potter.uk"), ..CandidateTold::default() };
    let news = News::Candidate {
        candidate: About { external_id: text("can_Potter"), told },
        change: Change::Updated,
    };

    desk.hear(0, news.clone());
    desk.hear(9_000, news);

    let found = desk.world.named(&Name::email(Kind::Candidate, desk.company, "harry@Potter.uk")).unwrap();
    assert_ne!(found, candidate.raw());
    assert!(!is_personal(&desk.held(candidate).entity.to_json()));
}

#[test]
fn who_was_removed_can_be_erased_still_but_nobody_twice() {
    let Told { mut desk, candidate, over, erase, .. } = everything();
    desk.done(Command::Candidate(candidate, CandidateCommand::Delete));

    assert_eq!(desk.kinds(Command::Candidate(candidate, erase.clone())), []);
    assert!(!is_personal(&desk.held(candidate).entity.to_json()));
    assert_eq!(desk.refused(Command::Candidate(candidate, erase)), "already_erased");
    assert_eq!(desk.refused(Command::Interview(over, InterviewCommand::Archive)), "erased");
    assert_eq!(desk.refused(Command::Candidate(candidate, CandidateCommand::Delete)), "not_found");
}

#[test]
fn what_is_about_somebody_else_is_not_erased_with_it() {
    let Told { mut desk, candidate, erase, .. } = everything();
    let ron = desk.a_candidate("rweasley");
    let note = desk.id();
    let place = NotePlace { candidate: Some(ron), ..NotePlace::default() };
    let told = facts(NoteTold { text: text("?"), ..NoteTold::default() });
    desk.done(Command::Note(note, NoteCommand::Create { place, facts: told }));
    let of =
        |notes| CandidateCommand::Erase { notes, files: vec![], answer_videos: vec![], feedback: vec![] };

    assert_eq!(desk.refused(Command::Candidate(candidate, of(vec![note]))), "belongs_elsewhere");
    let nothing = desk.id();
    assert_eq!(desk.refused(Command::Candidate(candidate, of(vec![nothing]))), "not_found");
    desk.company = CompanyId::from_raw(7);
    assert_eq!(desk.refused(Command::Candidate(candidate, erase)), "not_found");
    let Entity::Candidate(known) = &desk.held(ron).entity else { panic!("a candidate") };
    assert!(known.email.is_some());
}
