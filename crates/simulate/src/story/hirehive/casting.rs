//! The objects as they are before anything has happened to them.

use callboard_core::Timestamp;
use jiff::SignedDuration;

use super::objects::{
    Answer, ApplicationForm, Attendee, AutoResponder, BaseForm, Candidate, CandidateLocation, Coded, Country,
    Event, Feedback, Interview, Job, JobLocation, Meta, Named, Notifications, Question, QuestionOption,
    Rating, Team,
};
use crate::story::cast::{Applicant, Colleague, comment, job_title};
use crate::story::moment::as_few_digits;
use crate::story::teller::{Teller, later};

const IRELAND: Coded = Coded { id: "country_ie", name: "Ireland", code: "IE" };
const ENGLISH: Coded = Coded { id: "lang_en", name: "English", code: "en-US" };
const ID_LENGTH: usize = 9;

const SKILLS: [QuestionOption; 3] = [
    QuestionOption { id: "opt_craft", label: "Craft", description: Some("Knows how it is done") },
    QuestionOption { id: "opt_people", label: "People", description: Some("Works well with others") },
    QuestionOption { id: "opt_drive", label: "Drive", description: None },
];
const SCORECARD: &str = "qustn_score1";
const OPINION: &str = "qustn_text1";

/// An id as HireHive makes them: letter case matters.
pub(super) fn id(prefix: &str, teller: &mut Teller) -> String {
    format!("{prefix}_{}", teller.alphanumeric(ID_LENGTH))
}

/// A colleague's id, the same in every story.
pub(super) fn user(colleague: Colleague) -> String {
    format!("usr_{}aB", colleague.number)
}

pub(super) fn job(teller: &mut Teller, owner: Colleague) -> Job {
    let title = job_title(teller);
    Job {
        id: id("job", teller),
        title,
        description: format!("<p>We are looking for a <b>{}</b>.</p>", title.replace('&', "&amp;")),
        location: JobLocation { city: "Cork", state: None, country: IRELAND, remote: "wfh_flexible" },
        owner_id: user(owner),
        status: "drafted",
        r#type: "full_time",
        experience: "mid_level",
        salary: "€42,000 – €55,000",
        job_code: format!("REQ-{}", teller.number_in(1_000..=9_999)),
        created_date: String::new(),
        published_date: None,
        category: Named { id: "cat_a1b2c3".to_owned(), name: "Operations".to_owned() },
        language: ENGLISH,
        assigned_team: Team { assigned_users: vec![user(owner)], recruiter_ids: [] },
        notifications: Notifications { new_application_email: vec![owner.email.to_owned()] },
        application_form: ApplicationForm {
            base_form: BaseForm {
                current_title: "optional",
                current_company: "optional",
                location: "off",
                phone: "required",
                resume: "required",
                cover_letter: "optional",
            },
            additional_form_ids: [],
        },
        auto_responder: AutoResponder { id: id("auto", teller), email_subject: None, email_body: None },
        job_ads: [],
    }
}

pub(super) fn candidate(teller: &mut Teller, application_id: &str) -> Candidate {
    let applicant = Applicant::cast(teller);
    Candidate {
        id: id("can", teller),
        full_name: applicant.name(),
        first_name: applicant.first_name,
        last_name: applicant.last_name,
        email: applicant.email,
        phone_number: format!("+353 1 555 {:04}", teller.number_in(0..=9_999)),
        title: None,
        company: None,
        location: CandidateLocation {
            address: "Galway",
            country: Country { name: IRELAND.name, code: IRELAND.code },
        },
        image_url: None,
        tags: Vec::new(),
        rating: 0,
        application_ids: vec![application_id.to_owned()],
        social_profiles: Vec::new(),
    }
}

/// An interview, and when it ends.
pub(super) fn interview(
    teller: &mut Teller,
    job: &Job,
    candidate: &Candidate,
    application_id: &str,
    organizer: Colleague,
    panel: &[Colleague],
) -> (Interview, Timestamp) {
    let start = later(teller.appointment(), SignedDuration::from_hours(14 * 24));
    let end = later(start, SignedDuration::from_mins(45));
    let mut attendees = vec![Attendee {
        id: id("attd", teller),
        application_id: Some(application_id.to_owned()),
        user_id: None,
        r#type: "candidate",
        status: "pending",
        display_name: candidate.full_name.clone(),
        email: candidate.email.clone(),
    }];
    attendees.extend(panel.iter().map(|&colleague| Attendee {
        id: id("attd", teller),
        application_id: None,
        user_id: Some(user(colleague)),
        r#type: "user",
        status: "accepted",
        display_name: colleague.name.to_owned(),
        email: colleague.email.to_owned(),
    }));
    let event = Event {
        title: format!("Interview: {}", job.title),
        location: "",
        r#type: "online",
        status: "active",
        start: as_few_digits(start),
        end: as_few_digits(end),
        time_zone: "Europe/Dublin",
        organizer_id: user(organizer),
        attendees,
    };
    let meta = Meta {
        note_for_candidate: "Please be there five minutes early.",
        note_for_attendees: "",
        attach_resume_to_invite: true,
        online_meeting_type: "unknown",
        meeting_url: None,
    };
    let interview = Interview {
        id: id("int", teller),
        candidate_id: candidate.id.clone(),
        application_id: application_id.to_owned(),
        job_id: job.id.clone(),
        event,
        meta,
    };
    (interview, end)
}

/// A form that is still empty.
pub(super) fn feedback(
    id: String,
    application_id: String,
    candidate: Named,
    creator: Colleague,
    reviewer: Colleague,
    date_created: String,
) -> Feedback {
    let named = |colleague: Colleague| Named { id: user(colleague), name: colleague.name.to_owned() };
    let question = |id, r#type, question, options, display_order| Question {
        id,
        r#type,
        question,
        description: None,
        required: true,
        restricted: false,
        display_order,
        options,
        answer: None,
    };
    Feedback {
        id,
        application_id,
        form_id: "form_9k2mQx",
        candidate,
        creator: named(creator),
        reviewer: named(reviewer),
        name: "After the interview",
        status: "pending",
        date_created,
        date_complete: None,
        questions: [
            question(SCORECARD, "scorecard", "How did they do?", &SKILLS, 1),
            question(OPINION, "text_area", "What do you think?", &[], 2),
        ],
    }
}

/// Answers both questions of a form, anew if they were answered before.
pub(super) fn fill_in(feedback: &mut Feedback, teller: &mut Teller) {
    let ratings = SKILLS.iter().map(|skill| Rating { option_id: skill.id, rating: teller.number_in(1..=5) });
    let ratings = ratings.collect();
    let answer = |question_id, text, ratings| {
        Some(Answer { question_id, text, ratings, selected_options: [], selected_option: None })
    };
    let [scorecard, opinion] = &mut feedback.questions;
    scorecard.answer = answer(SCORECARD, None, ratings);
    opinion.answer = answer(OPINION, Some(comment(teller)), Vec::new());
}
