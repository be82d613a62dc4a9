//! The events, and what each of them changes in the objects that later ones carry.

use callboard_core::Timestamp;
use jiff::SignedDuration;
use serde::Serialize;

use super::casting::{self, user};
use super::objects::{
    Application, Candidate, Compliance, Data, Envelope, Feedback, File, Gdpr, Interview, Job, JobReference,
    Named, Note, NoteCreator, Resume, SocialProfile, Source, Stage, TagAlone, TagOfCandidate,
};
use crate::story::cast::{Colleague, comment, panel};
use crate::story::ending::Ending;
use crate::story::letter::Story;
use crate::story::moment::{as_few_digits, seven_digits};
use crate::story::teller::{Teller, later};

/// A form that a reviewer was asked to fill in.
pub(super) struct Asked {
    reviewer: Colleague,
    feedback: Feedback,
}

/// Writes letters, all of them in the envelope that this account's webhooks have.
struct Pen {
    teller: Teller,
    /// The envelope has neither `id` nor `version`.
    brief: bool,
}

impl Pen {
    fn write<T: Serialize>(&mut self, kind: &'static str, summary: String, object: &T) {
        let at = self.teller.now();
        let id = (!self.brief).then(|| format!("whevt_{}", self.teller.alphanumeric(10)));
        let version = (!self.brief).then_some(1);
        let timestamp = seven_digits(at);
        let envelope = Envelope { id, version, r#type: kind, timestamp, data: Data { object } };
        self.teller.tell(at, kind, summary, &envelope);
    }
}

/// A job, someone who applies for it, and how far that has got.
pub(super) struct Telling {
    pen: Pen,
    /// The tag's events carry the tag alone.
    tags_alone: bool,
    recruiter: Colleague,
    panel: Vec<Colleague>,
    job: Job,
    candidate: Candidate,
    application_id: String,
    resume_id: String,
    applied_at: String,
    stage: &'static str,
    interview: Interview,
    interview_end: Timestamp,
    interviews: Vec<String>,
    feedback: Vec<String>,
}

impl Telling {
    pub fn cast(mut teller: Teller) -> Self {
        let mut colleagues = panel(&mut teller, 3);
        let recruiter = colleagues.remove(0);
        let job = casting::job(&mut teller, recruiter);
        let application_id = casting::id("app", &mut teller);
        let candidate = casting::candidate(&mut teller, &application_id);
        let (interview, interview_end) =
            casting::interview(&mut teller, &job, &candidate, &application_id, recruiter, &colleagues);
        Self {
            tags_alone: teller.one_time_in(3),
            resume_id: casting::id("file", &mut teller),
            pen: Pen { brief: teller.one_time_in(4), teller },
            recruiter,
            panel: colleagues,
            job,
            candidate,
            application_id,
            applied_at: String::new(),
            stage: "new",
            interview,
            interview_end,
            interviews: Vec::new(),
            feedback: Vec::new(),
        }
    }

    pub fn job_is_created(&mut self) {
        self.pen.teller.minutes_pass(0..=30);
        self.job.created_date = self.now();
        self.tell_job("job.created", "Job created");
    }

    pub fn job_is_updated(&mut self) {
        self.pen.teller.minutes_pass(10..=600);
        self.job.salary = "€46,000 – €58,000";
        self.tell_job("job.updated", "Job changed");
    }

    pub fn job_status_becomes(&mut self, status: &'static str) {
        self.pen.teller.minutes_pass(5..=600);
        self.job.status = status;
        if status == "published" {
            self.job.published_date = Some(self.now());
        }
        self.tell_job("job.status.updated", &format!("Job {status}"));
    }

    pub fn job_is_deleted(&mut self) {
        self.pen.teller.minutes_pass(5..=600);
        self.tell_job("job.deleted", "Job deleted");
    }

    pub fn candidate_applies(&mut self) {
        self.pen.teller.minutes_pass(60..=3_000);
        self.applied_at = self.now();
        self.tell_application("application.created", "Applied");
    }

    pub fn application_moves_to(&mut self, stage: &'static str) {
        self.pen.teller.minutes_pass(60..=3_000);
        self.stage = stage;
        self.tell_application("application.stage.updated", &format!("Application moved to {stage}"));
    }

    pub fn application_is_deleted(&mut self) {
        self.pen.teller.minutes_pass(60..=3_000);
        self.tell_application("application.deleted", "Application withdrawn");
    }

    pub fn candidate_fills_in_profile(&mut self) {
        self.pen.teller.minutes_pass(5..=60);
        let uri = format!("https://www.linkedin.com/in/{}", self.pen.teller.hex(10));
        self.candidate.social_profiles.push(SocialProfile { r#type: "linked_in", uri });
        self.candidate.rating = self.pen.teller.number_in(3..=5);
        let summary = self.about_candidate("Profile filled in");
        self.pen.write("candidate.updated", summary, &self.candidate);
    }

    pub fn tag_is_added(&mut self, name: &'static str) {
        self.pen.teller.minutes_pass(5..=60);
        let tag = Named { id: casting::id("tag", &mut self.pen.teller), name: name.to_owned() };
        self.candidate.tags.push(tag.clone());
        self.tell_tag("candidate.tag.added", "added", &tag);
    }

    /// Takes off the tag that was put on last.
    pub fn tag_is_removed(&mut self) {
        self.pen.teller.minutes_pass(5..=60);
        if let Some(tag) = self.candidate.tags.pop() {
            self.tell_tag("candidate.tag.removed", "removed", &tag);
        }
    }

    pub fn note_is_written(&mut self) -> Note {
        self.pen.teller.minutes_pass(5..=600);
        let note = Note {
            id: casting::id("note", &mut self.pen.teller),
            date_created: self.now(),
            text: comment(&mut self.pen.teller),
            creator: NoteCreator {
                name: self.recruiter.name,
                user_id: user(self.recruiter),
                guest_id: None,
                recruiter: None,
            },
            files: [],
            mentioned_users: self.panel.iter().copied().map(user).collect(),
            restricted: false,
            share: None,
            candidate_id: self.candidate.id.clone(),
            application_id: self.application_id.clone(),
        };
        self.tell_note("candidate.note.created", "Note", &note);
        note
    }

    pub fn note_is_changed(&mut self, note: &mut Note) {
        self.pen.teller.minutes_pass(1..=60);
        note.text = comment(&mut self.pen.teller);
        self.tell_note("candidate.note.updated", "Note changed", note);
    }

    pub fn note_is_deleted(&mut self, note: &Note) {
        self.pen.teller.minutes_pass(1..=60);
        self.tell_note("candidate.note.deleted", "Note deleted", note);
    }

    pub fn interview_is_created(&mut self) {
        self.pen.teller.minutes_pass(5..=600);
        self.interviews.push(self.interview.id.clone());
        self.tell_interview("interview.created", "Interview created");
    }

    /// The candidate accepts, and there is a link to join by.
    pub fn meeting_is_arranged(&mut self) {
        self.pen.teller.minutes_pass(5..=600);
        for attendee in &mut self.interview.event.attendees {
            attendee.status = "accepted";
        }
        self.interview.meta.online_meeting_type = "teams_for_business";
        let room = self.pen.teller.alphanumeric(24);
        self.interview.meta.meeting_url = Some(format!("https://teams.example.com/l/meetup-join/{room}"));
        self.tell_interview("interview.updated", "Meeting arranged");
    }

    pub fn interview_is_moved(&mut self) {
        self.pen.teller.minutes_pass(5..=600);
        let start = self.pen.teller.appointment();
        self.interview_end = later(start, SignedDuration::from_mins(45));
        self.interview.event.start = as_few_digits(start);
        self.interview.event.end = as_few_digits(self.interview_end);
        self.tell_interview("interview.updated", "Interview moved");
    }

    pub fn interview_takes_place(&mut self) {
        self.pen.teller.wait_until(self.interview_end);
        self.interview.event.status = "past";
        self.tell_interview("interview.updated", "Interview over");
    }

    pub fn interview_is_cancelled(&mut self) {
        self.pen.teller.minutes_pass(5..=600);
        self.interview.event.status = "cancelled";
        self.tell_interview("interview.cancelled", "Interview cancelled");
    }

    /// Everyone on the panel is asked for feedback.
    pub fn feedback_is_requested(&mut self) -> Vec<Asked> {
        let mut all_asked = Vec::new();
        for reviewer in self.panel.clone() {
            self.pen.teller.minutes_pass(1..=10);
            let id = casting::id("fdbk", &mut self.pen.teller);
            self.feedback.push(id.clone());
            let (application_id, candidate) = (self.application_id.clone(), self.named_candidate());
            let feedback =
                casting::feedback(id, application_id, candidate, self.recruiter, reviewer, self.now());
            let asked = Asked { reviewer, feedback };
            self.tell_feedback("feedback.requested", "Feedback requested from", &asked);
            all_asked.push(asked);
        }
        all_asked
    }

    pub fn feedback_is_submitted(&mut self, asked: &mut Asked) {
        self.pen.teller.minutes_pass(10..=2_000);
        self.fill_in(asked);
        self.tell_feedback("feedback.submitted", "Feedback by", asked);
    }

    pub fn feedback_is_changed(&mut self, asked: &mut Asked) {
        self.pen.teller.minutes_pass(10..=2_000);
        self.fill_in(asked);
        self.tell_feedback("feedback.updated", "Feedback changed by", asked);
    }

    /// What every story's ending has.
    pub fn ending(&self) -> Ending {
        Ending {
            interview: self.interview.id.clone(),
            join_url: self.interview.meta.meeting_url.clone(),
            ..Ending::default()
        }
    }

    pub fn the_end(self, ending: Ending) -> Story {
        self.pen.teller.the_end(ending)
    }

    fn fill_in(&mut self, asked: &mut Asked) {
        asked.feedback.status = "complete";
        asked.feedback.date_complete = Some(self.now());
        casting::fill_in(&mut asked.feedback, &mut self.pen.teller);
    }

    fn tell_job(&mut self, kind: &'static str, what: &str) {
        let summary = format!("{} · {what}", self.job.title);
        self.pen.write(kind, summary, &self.job);
    }

    fn tell_application(&mut self, kind: &'static str, what: &str) {
        let summary = format!("{} · {}", self.about_candidate(what), self.job.title);
        let file = |extension: &'static str, content_type: &'static str| File {
            name: "resume",
            original_name: "My résumé, final (2)",
            content_type,
            file_extension: extension,
        };
        let application = Application {
            id: &self.application_id,
            candidate: &self.candidate,
            applied_at: &self.applied_at,
            job: JobReference { id: &self.job.id, title: self.job.title },
            cover_letter: "Dear all,\n\nI have wanted to do this for years.",
            stage: Stage { parent_stage: self.stage, custom_stage: None },
            resume: Some(Resume {
                id: &self.resume_id,
                original: file(
                    "docx",
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                ),
                pdf: file("pdf", "application/pdf"),
            }),
            source: Source {
                origin: "applied",
                source: "LinkedIn",
                contact: None,
                user: None,
                recruiter: None,
            },
            interviews: self.interviews.iter().map(String::as_str).collect(),
            feedback: self.feedback.iter().map(String::as_str).collect(),
            potential_duplicate: false,
            compliance: Compliance { gdpr: Gdpr { consent_requests: [], consent_expires_at: None } },
        };
        self.pen.write(kind, summary, &application);
    }

    fn tell_tag(&mut self, kind: &'static str, done: &str, tag: &Named) {
        let summary = self.about_candidate(&format!("Tag {done}: {}", tag.name));
        if self.tags_alone {
            let candidate_id = &self.candidate.id;
            self.pen.write(kind, summary, &TagAlone { id: &tag.id, name: &tag.name, candidate_id });
        } else {
            self.pen.write(kind, summary, &TagOfCandidate { candidate: &self.candidate, tag });
        }
    }

    fn tell_note(&mut self, kind: &'static str, what: &str, note: &Note) {
        let summary = self.about_candidate(&format!("{what} by {}", note.creator.name));
        self.pen.write(kind, summary, note);
    }

    fn tell_interview(&mut self, kind: &'static str, what: &str) {
        let summary = format!("{} · {}", self.about_candidate(what), self.job.title);
        self.pen.write(kind, summary, &self.interview);
    }

    fn tell_feedback(&mut self, kind: &'static str, what: &str, asked: &Asked) {
        let summary = self.about_candidate(&format!("{what} {}", asked.reviewer.name));
        self.pen.write(kind, summary, &asked.feedback);
    }

    fn about_candidate(&self, what: &str) -> String {
        format!("{} · {what}", self.candidate.full_name)
    }

    fn named_candidate(&self) -> Named {
        Named { id: self.candidate.id.clone(), name: self.candidate.full_name.clone() }
    }

    fn now(&self) -> String {
        as_few_digits(self.pen.teller.now())
    }
}
