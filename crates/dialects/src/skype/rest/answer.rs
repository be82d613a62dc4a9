//! An interview as `GET /api/interviews/{code}` shows it.

use callboard_core::{Attendee, Candidate, Feedback, Interview, Job, Note, Person, User, UserId};
use serde_json::{Map, Value, json};

use super::{DEFAULT_POSITION_CODE, DEFAULT_POSITION_TITLE, kept, participant, scheduling};
use crate::skype::metadata;

/// An interview with everything that an answer shows of it.
pub struct Known<'a> {
    /// The interview.
    pub interview: &'a Interview,
    /// The job it is for.
    pub job: Option<&'a Job>,
    /// Whose it is.
    pub candidate: Option<&'a Candidate>,
    /// The company's people among those who take part.
    pub users: Vec<&'a User>,
    /// The feedback on it.
    pub feedback: Vec<&'a Feedback>,
    /// The notes on its candidate that were written on its application.
    pub notes: Vec<&'a Note>,
    /// Does a platform tell its stage? Then what that said about the stage is shown as it came.
    pub stage_is_told: bool,
}

impl Known<'_> {
    /// What the interview is called: by the partner, else by us. It is the `interviewCode` of its webhooks.
    pub fn code(&self) -> String {
        super::super::wire::code_of(self.interview, None)
    }

    /// The answer. The field names of notes and feedback are ours: Microsoft's documentation only says that they are
    /// there (platforms.md 2.5). Of code that was written nothing is known, so there are no snapshots.
    pub fn answer(&self) -> Value {
        let interview = self.interview;
        let kept = interview.extra.get("skype");
        let attendees = self.attendees();
        let participants: Vec<Value> =
            attendees.iter().map(|attendee| participant::shown(attendee, self.zone(attendee))).collect();
        let mut answer = json!({
            "code": self.code(),
            "title": interview.title,
            "position": self.position(),
            "capabilities": kept::capabilities(kept, !participants.is_empty()),
            "skypeConfig": kept::skype_config(kept),
            "codingConfig": kept::coding_config(kept),
            "tasks": kept::tasks(kept),
            "participants": participants,
            "scheduling": scheduling::shown(interview, kept.and_then(|kept| kept.get("scheduling"))),
            "urls": self.urls(&attendees),
            "stage": self.stage(),
            "notes": self.notes.iter().map(|note| shown_note(note)).collect::<Vec<_>>(),
            "feedback": self.feedback.iter().map(|feedback| shown_feedback(feedback)).collect::<Vec<_>>(),
            "codeSnapshots": [],
        });
        if let Some(answer) = answer.as_object_mut() {
            answer.extend(kept::others(kept).map(|(name, value)| (name.clone(), value.clone())));
        }
        answer
    }

    /// Who takes part, with the names and addresses that are known of them.
    pub fn attendees(&self) -> Vec<Attendee> {
        let attendees = self.interview.attendees.as_deref().unwrap_or_default();
        let completed = attendees.iter().map(|attendee| {
            let user = self.user(attendee.user_id.as_deref());
            participant::completed(attendee, self.candidate, user)
        });
        completed.collect()
    }

    fn user(&self, id: Option<&str>) -> Option<&User> {
        let id: UserId = id?.parse().ok()?;
        self.users.iter().copied().find(|user| user.id == id)
    }

    /// The zone that an attendee lives in.
    fn zone(&self, attendee: &Attendee) -> Option<&str> {
        let candidate = self.candidate.filter(|_| attendee.application_id.is_some());
        let of_user = || self.user(attendee.user_id.as_deref())?.time_zone.as_deref();
        candidate.and_then(|it| it.time_zone.as_deref()).or_else(of_user)
    }

    fn position(&self) -> Value {
        let Some(job) = self.job else {
            return json!({
                "title": DEFAULT_POSITION_TITLE, "code": DEFAULT_POSITION_CODE, "description": "", "url": null,
            });
        };
        let code = job.code.clone().or_else(|| job.external_ids.get("skype").map(str::to_owned));
        json!({
            "title": job.title.as_deref().unwrap_or(DEFAULT_POSITION_TITLE),
            "code": code.unwrap_or_else(|| job.id.to_string()),
            "description": job.description.as_deref().unwrap_or_default(),
            "url": job.url,
        })
    }

    /// The link to join, for each who takes part; for everyone where nobody is named. There is none before a meeting is
    /// set. The host's link is a secret, and not among them.
    fn urls(&self, attendees: &[Attendee]) -> Vec<Value> {
        let meeting = self.interview.meeting.as_ref();
        let Some(url) = meeting.and_then(|meeting| meeting.join_url.as_deref()) else {
            return Vec::new();
        };
        let link = |kind: Option<&str>, who: &str| json!({"url": url, "type": "Interview", "participantType": kind, "participant": who});
        let named = attendees.iter().filter_map(|attendee| {
            Some(link(Some(participant::role(attendee.kind.as_ref())), attendee.email.as_deref()?))
        });
        let links: Vec<Value> = named.collect();
        if links.is_empty() { vec![link(None, "all")] } else { links }
    }

    fn stage(&self) -> Value {
        let mark = &self.interview.stage;
        let metadata = if self.stage_is_told { metadata::told(mark) } else { metadata::own(mark) };
        json!({"value": mark.value, "metadata": metadata})
    }
}

fn shown_note(note: &Note) -> Value {
    json!({
        "id": note.id,
        "text": note.text,
        "author": note.author.as_ref().map(shown_person),
        "timestamp": note.written_at,
    })
}

fn shown_feedback(feedback: &Feedback) -> Value {
    let ratings = feedback.ratings.iter().flatten();
    let answers = feedback.answers.iter().flatten();
    json!({
        "id": feedback.id,
        "status": feedback.status,
        "interviewer": feedback.reviewer.as_ref().map(shown_person),
        "score": feedback.score,
        "comment": feedback.comment,
        "ratings": ratings.map(|it| json!({"id": it.option_id, "rating": it.rating})).collect::<Vec<_>>(),
        "answers": answers.map(|it| json!({"id": it.question_id, "text": it.text})).collect::<Vec<_>>(),
        "timestamp": feedback.completed_at,
    })
}

fn shown_person(person: &Person) -> Value {
    let mut shown = Map::new();
    shown.insert("name".to_owned(), person.name.clone().into());
    shown.insert("email".to_owned(), person.email.clone().into());
    Value::Object(shown)
}
