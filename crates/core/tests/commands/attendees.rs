//! Who takes part, and when that makes an interview start.

use callboard_core::EventType::{InterviewStageUpdated, InterviewUpdated};
use callboard_core::{
    Attendee, AttendeeAnswer, AttendeeKind, Command, CompanyId, Identifier, InterviewCommand, InterviewId,
    InterviewMode, InterviewTold, MAX_ATTENDEES, Stage,
};

use crate::desk::{Desk, at, facts, text};

fn guest(name: &str) -> Attendee {
    Attendee { display_name: text(name), ..Attendee::default() }
}

fn add(id: InterviewId, attendee: Attendee) -> Command {
    Command::Interview(id, InterviewCommand::AddAttendee(attendee))
}

fn join(id: InterviewId, attendee: &str) -> Command {
    Command::Interview(id, InterviewCommand::Join { attendee: attendee.to_owned() })
}

fn attendees(desk: &Desk, id: InterviewId) -> Vec<Attendee> {
    desk.interview(id).attendees.clone().unwrap_or_default()
}

/// The ids of two guests who take part from now on.
fn two(desk: &mut Desk, id: InterviewId) -> [String; 2] {
    ["hagrid", "luna"].map(|name| {
        desk.done(add(id, guest(name)));
        attendees(desk, id).pop().unwrap().id.unwrap()
    })
}

#[test]
fn who_is_known_takes_part_by_name_and_what_goes_without_saying_is_said() {
    let mut desk = Desk::new();
    let (application, user) = (desk.an_application(), desk.a_user("snape"));
    let by_id = vec![
        Attendee { user_id: Some(user.to_string()), ..Attendee::default() },
        Attendee { application_id: Some(application.to_string()), ..Attendee::default() },
        guest("Hagrid"),
    ];
    let id = desk.id();
    let told = InterviewTold { attendees: Some(by_id), ..InterviewTold::default() };
    let create = InterviewCommand::Create { application: Some(application), facts: facts(told) };
    desk.done(Command::Interview(id, create));

    let all = attendees(&desk, id);
    let shown: Vec<_> =
        all.iter().map(|it| (it.kind.clone().unwrap(), it.display_name.as_deref().unwrap())).collect();
    let expected = [
        (AttendeeKind::User, "snape"),
        (AttendeeKind::Candidate, "hpotter"),
        (AttendeeKind::Guest, "Hagrid"),
    ];
    assert_eq!(shown, expected);
    assert_eq!(all[1].email.as_deref(), Some("hpotter@hogwarts.com"));
    assert!(all.iter().all(|it| it.id.as_ref().unwrap().starts_with("attd_")));
    assert!(all.iter().all(|it| it.answer == Some(AttendeeAnswer::Pending)));
}

#[test]
fn attendees_come_answer_and_go_and_each_is_a_change_of_the_interview() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    assert_eq!(desk.kinds(add(id, guest("hagrid"))), [InterviewUpdated]);
    let hagrid = attendees(&desk, id)[0].id.clone().unwrap();
    let answer =
        |answer| Command::Interview(id, InterviewCommand::Answer { attendee: hagrid.clone(), answer });

    assert_eq!(desk.kinds(answer(AttendeeAnswer::Maybe)), [InterviewUpdated]);
    assert_eq!(desk.kinds(answer(AttendeeAnswer::Maybe)), []);
    assert_eq!(desk.refused(answer(AttendeeAnswer::from("howl"))), "unknown_word");
    let remove = Command::Interview(id, InterviewCommand::RemoveAttendee(hagrid.clone()));
    assert_eq!(desk.kinds(remove.clone()), [InterviewUpdated]);
    for gone in [remove, answer(AttendeeAnswer::Accepted), join(id, &hagrid)] {
        assert_eq!(desk.refused(gone), "no_such_attendee");
    }
}

#[test]
fn nobody_takes_part_twice_and_only_so_many_do() {
    let mut desk = Desk::new();
    let id = desk.an_interview(None);
    let user = desk.a_user("snape");
    let snape = || Attendee { user_id: Some(user.to_string()), ..Attendee::default() };
    desk.done(add(id, snape()));

    let by_email = Attendee { email: text("snape@hogwarts.com"), ..Attendee::default() };
    for again in [snape(), by_email] {
        assert_eq!(desk.refused(add(id, again)), "already_attending");
    }
    assert_eq!(desk.refused(add(id, Attendee::default())), "bad_fact");
    let odd = Attendee { kind: Some(AttendeeKind::from("ghost")), ..guest("Nick") };
    assert_eq!(desk.refused(add(id, odd)), "unknown_word");

    let many: Vec<Command> =
        (1..MAX_ATTENDEES).map(|number| add(id, guest(&format!("guest {number}")))).collect();
    desk.ask(&many).unwrap();
    assert_eq!(desk.refused(add(id, guest("Nick"))), "too_many");
}

#[test]
fn another_company_s_people_and_other_candidates_do_not_take_part() {
    let mut desk = Desk::new();
    let stranger = desk.a_user("snape");
    let theirs = desk.an_application();
    desk.company = CompanyId::from_raw(7);
    let id = desk.an_interview(None);
    let (hermione, job) = (desk.a_candidate("hgranger"), desk.a_job());
    let other = desk.applied(hermione, Some(job));
    let user = |id: String| Attendee { user_id: Some(id), ..Attendee::default() };
    let candidate = |id: String| Attendee { application_id: Some(id), ..Attendee::default() };

    assert_eq!(desk.refused(add(id, user(stranger.to_string()))), "not_found");
    assert_eq!(desk.refused(add(id, user("usr_nonsense".to_owned()))), "not_found");
    assert_eq!(desk.refused(add(id, candidate(theirs.to_string()))), "not_found");
    assert_eq!(desk.refused(add(id, candidate(other.to_string()))), "belongs_elsewhere");
}

#[test]
fn a_live_interview_starts_with_the_second_who_joins() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    let [hagrid, luna] = two(&mut desk, id);

    assert_eq!(desk.kinds(join(id, &hagrid)), [InterviewUpdated]);
    assert_eq!(attendees(&desk, id)[0].joined_at, Some(at(desk.now)));
    assert_eq!(desk.kinds(join(id, &hagrid)), [], "the same one again");
    assert_eq!(desk.kinds(join(id, &luna)), [InterviewUpdated, InterviewStageUpdated]);
    assert_eq!(desk.stage(id), Stage::InterviewStarted);
    assert_eq!(desk.kinds(join(id, &luna)), []);
    desk.done(add(id, guest("Dobby")));
    let dobby = attendees(&desk, id).pop().unwrap().id.unwrap();
    assert_eq!(desk.kinds(join(id, &dobby)), [InterviewUpdated]);

    desk.done(Command::Interview(id, InterviewCommand::End));
    for late in [join(id, &hagrid), add(id, guest("Nick"))] {
        assert_eq!(desk.refused(late), "interview_over");
    }
}

#[test]
fn one_on_demand_starts_with_the_first_who_joins() {
    let mut desk = Desk::new();
    let id = desk.id();
    let told = InterviewTold {
        mode: Some(InterviewMode::OnDemand),
        attendees: Some(vec![guest("Luna")]),
        ..InterviewTold::default()
    };
    desk.done(Command::Interview(id, InterviewCommand::Create { application: None, facts: facts(told) }));
    let luna = attendees(&desk, id)[0].id.clone().unwrap();

    assert_eq!(desk.kinds(join(id, &luna)), [InterviewUpdated, InterviewStageUpdated]);
}

#[test]
fn after_a_failure_everyone_joins_anew() {
    let mut desk = Desk::new();
    let id = desk.an_interview(None);
    let [hagrid, luna] = two(&mut desk, id);
    desk.done(join(id, &hagrid));
    desk.done(join(id, &luna));
    desk.done(Command::Interview(id, InterviewCommand::Fail { reason: None }));

    assert_eq!(desk.kinds(join(id, &hagrid)), [InterviewUpdated]);
    assert_eq!(desk.stage(id), Stage::InterviewFailed);
    assert_eq!(desk.kinds(join(id, &luna)), [InterviewUpdated, InterviewStageUpdated]);

    desk.done(Command::Interview(id, InterviewCommand::Fail { reason: None }));
    desk.done(Command::Interview(id, InterviewCommand::Cancel { reason: None }));
    assert_eq!(desk.refused(join(id, &luna)), "interview_cancelled");
    assert_eq!(desk.refused(add(id, guest("Nick"))), "interview_cancelled");
}
