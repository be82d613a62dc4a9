//! HireHive's objects, their members in the order of its documentation (platforms.md 1.5).

#![expect(clippy::struct_field_names, reason = "the names are the platform's")]

use serde::Serialize;

/// What surrounds each object.
#[derive(Serialize)]
pub(super) struct Envelope<'a, T> {
    /// The introduction of the documentation knows neither this nor the version; each event's page does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    pub r#type: &'static str,
    pub timestamp: String,
    pub data: Data<'a, T>,
}

#[derive(Serialize)]
pub(super) struct Data<'a, T> {
    pub object: &'a T,
}

#[derive(Clone, Serialize)]
pub(super) struct Named {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Copy, Serialize)]
pub(super) struct Coded {
    pub id: &'static str,
    pub name: &'static str,
    pub code: &'static str,
}

#[derive(Serialize)]
pub(super) struct Job {
    pub id: String,
    pub title: &'static str,
    pub description: String,
    pub location: JobLocation,
    pub owner_id: String,
    pub status: &'static str,
    pub r#type: &'static str,
    pub experience: &'static str,
    pub salary: &'static str,
    pub job_code: String,
    pub created_date: String,
    pub published_date: Option<String>,
    pub category: Named,
    pub language: Coded,
    pub assigned_team: Team,
    pub notifications: Notifications,
    pub application_form: ApplicationForm,
    pub auto_responder: AutoResponder,
    pub job_ads: [Named; 0],
}

#[derive(Serialize)]
pub(super) struct JobLocation {
    pub city: &'static str,
    pub state: Option<Coded>,
    pub country: Coded,
    pub remote: &'static str,
}

#[derive(Serialize)]
pub(super) struct Team {
    pub assigned_users: Vec<String>,
    pub recruiter_ids: [String; 0],
}

#[derive(Serialize)]
pub(super) struct Notifications {
    pub new_application_email: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct ApplicationForm {
    pub base_form: BaseForm,
    pub additional_form_ids: [String; 0],
}

#[derive(Serialize)]
pub(super) struct BaseForm {
    pub current_title: &'static str,
    pub current_company: &'static str,
    pub location: &'static str,
    pub phone: &'static str,
    pub resume: &'static str,
    pub cover_letter: &'static str,
}

#[derive(Serialize)]
pub(super) struct AutoResponder {
    pub id: String,
    pub email_subject: Option<&'static str>,
    pub email_body: Option<&'static str>,
}

#[derive(Clone, Serialize)]
pub(super) struct Candidate {
    pub id: String,
    pub full_name: String,
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub email: String,
    pub phone_number: String,
    pub title: Option<&'static str>,
    pub company: Option<&'static str>,
    pub location: CandidateLocation,
    pub image_url: Option<String>,
    pub tags: Vec<Named>,
    pub rating: u32,
    pub application_ids: Vec<String>,
    pub social_profiles: Vec<SocialProfile>,
}

#[derive(Clone, Serialize)]
pub(super) struct CandidateLocation {
    pub address: &'static str,
    pub country: Country,
}

#[derive(Clone, Serialize)]
pub(super) struct Country {
    pub name: &'static str,
    pub code: &'static str,
}

#[derive(Clone, Serialize)]
pub(super) struct SocialProfile {
    pub r#type: &'static str,
    pub uri: String,
}

#[derive(Serialize)]
pub(super) struct Application<'a> {
    pub id: &'a str,
    pub candidate: &'a Candidate,
    pub applied_at: &'a str,
    pub job: JobReference<'a>,
    pub cover_letter: &'static str,
    pub stage: Stage,
    pub resume: Option<Resume<'a>>,
    pub source: Source,
    pub interviews: Vec<&'a str>,
    pub feedback: Vec<&'a str>,
    pub potential_duplicate: bool,
    pub compliance: Compliance,
}

#[derive(Serialize)]
pub(super) struct JobReference<'a> {
    pub id: &'a str,
    pub title: &'static str,
}

#[derive(Serialize)]
pub(super) struct Stage {
    pub parent_stage: &'static str,
    pub custom_stage: Option<Named>,
}

#[derive(Serialize)]
pub(super) struct Resume<'a> {
    pub id: &'a str,
    pub original: File,
    pub pdf: File,
}

#[derive(Serialize)]
pub(super) struct File {
    pub name: &'static str,
    pub original_name: &'static str,
    pub content_type: &'static str,
    pub file_extension: &'static str,
}

#[derive(Serialize)]
pub(super) struct Source {
    pub origin: &'static str,
    pub source: &'static str,
    pub contact: Option<Named>,
    pub user: Option<Named>,
    pub recruiter: Option<Named>,
}

#[derive(Serialize)]
pub(super) struct Compliance {
    pub gdpr: Gdpr,
}

#[derive(Serialize)]
pub(super) struct Gdpr {
    pub consent_requests: [String; 0],
    pub consent_expires_at: Option<String>,
}

/// The REST API's note, and whom it is about.
#[derive(Serialize)]
pub(super) struct Note {
    pub id: String,
    pub date_created: String,
    pub text: &'static str,
    pub creator: NoteCreator,
    pub files: [File; 0],
    pub mentioned_users: Vec<String>,
    pub restricted: bool,
    pub share: Option<Named>,
    pub candidate_id: String,
    pub application_id: String,
}

#[derive(Serialize)]
pub(super) struct NoteCreator {
    pub name: &'static str,
    pub user_id: String,
    pub guest_id: Option<String>,
    pub recruiter: Option<String>,
}

/// A tag with its candidate: one of the two likely forms, neither of them documented.
#[derive(Serialize)]
pub(super) struct TagOfCandidate<'a> {
    pub candidate: &'a Candidate,
    pub tag: &'a Named,
}

/// The other form.
#[derive(Serialize)]
pub(super) struct TagAlone<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub candidate_id: &'a str,
}

#[derive(Serialize)]
pub(super) struct Feedback {
    pub id: String,
    pub application_id: String,
    pub form_id: &'static str,
    pub candidate: Named,
    pub creator: Named,
    pub reviewer: Named,
    pub name: &'static str,
    pub status: &'static str,
    pub date_created: String,
    pub date_complete: Option<String>,
    pub questions: [Question; 2],
}

#[derive(Serialize)]
pub(super) struct Question {
    pub id: &'static str,
    pub r#type: &'static str,
    pub question: &'static str,
    pub description: Option<&'static str>,
    pub required: bool,
    pub restricted: bool,
    pub display_order: u32,
    pub options: &'static [QuestionOption],
    pub answer: Option<Answer>,
}

#[derive(Serialize)]
pub(super) struct QuestionOption {
    pub id: &'static str,
    pub label: &'static str,
    pub description: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Answer {
    pub question_id: &'static str,
    pub text: Option<&'static str>,
    pub ratings: Vec<Rating>,
    pub selected_options: [String; 0],
    pub selected_option: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Rating {
    pub option_id: &'static str,
    pub rating: u32,
}

#[derive(Serialize)]
pub(super) struct Interview {
    pub id: String,
    pub candidate_id: String,
    pub application_id: String,
    pub job_id: String,
    pub event: Event,
    pub meta: Meta,
}

#[derive(Serialize)]
pub(super) struct Event {
    pub title: String,
    pub location: &'static str,
    pub r#type: &'static str,
    pub status: &'static str,
    pub start: String,
    pub end: String,
    pub time_zone: &'static str,
    pub organizer_id: String,
    pub attendees: Vec<Attendee>,
}

#[derive(Serialize)]
pub(super) struct Attendee {
    pub id: String,
    pub application_id: Option<String>,
    pub user_id: Option<String>,
    pub r#type: &'static str,
    pub status: &'static str,
    pub display_name: String,
    pub email: String,
}

#[derive(Serialize)]
pub(super) struct Meta {
    pub note_for_candidate: &'static str,
    pub note_for_attendees: &'static str,
    pub attach_resume_to_invite: bool,
    pub online_meeting_type: &'static str,
    pub meeting_url: Option<String>,
}
