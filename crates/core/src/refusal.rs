//! Refusals: why a command was not carried out, with a stable code and a sentence that says what to do.

use std::fmt;

/// What kind of refusal it is, which is what a protocol's status follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// What was asked for does not make sense, whatever is known.
    Invalid,
    /// What it speaks of is not there, or belongs to another company.
    NotFound,
    /// It makes sense, but not as things stand.
    Conflict,
    /// The thing is not in the version that was asked for.
    Outdated,
}

/// A code with what it means, for the page that explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalCode {
    /// The code itself; it never changes.
    pub code: &'static str,
    /// What kind of refusal it stands for.
    pub kind: RefusalKind,
    /// What it means, and what to do about it.
    pub meaning: &'static str,
}

macro_rules! refusal_codes {
    ($($name:ident = $code:literal $kind:ident: $meaning:literal;)*) => {
        impl RefusalCode {
            $(#[doc = $meaning] pub const $name: Self =
                Self { code: $code, kind: RefusalKind::$kind, meaning: $meaning };)*

            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

refusal_codes! {
    NOT_FOUND = "not_found" NotFound: "What the request speaks of is not there, has been removed, or belongs to another company. Look its id up again.";
    NO_SUCH_ATTENDEE = "no_such_attendee" NotFound: "Nobody with this id takes part in the interview. Read the interview for the ids of its attendees, or add the attendee first.";
    NO_SUCH_TAG = "no_such_tag" NotFound: "The candidate has no tag with this name or id. Read the candidate for the tags that are on.";
    NO_MEETING = "no_meeting" NotFound: "The interview has no links to join, so there are none to take away.";
    OUTDATED = "outdated" Outdated: "Someone changed the thing in between. Read it again, and decide again on what it is now.";
    MISSING_FACT = "missing_fact" Invalid: "Something that the thing cannot be without was not given, or was to be taken away. Give it.";
    BAD_FACT = "bad_fact" Invalid: "Something that was given makes no sense, such as an end before the start. The sentence says what; correct it.";
    UNKNOWN_WORD = "unknown_word" Invalid: "A word was given where only certain words have a meaning. The sentence lists them; use one of those.";
    NOT_BY_CHANGE = "not_by_change" Invalid: "What was to be changed has an action of its own: an interview's time is set by scheduling it, its attendees are added and removed one by one, an application is moved to a stage. Use that action.";
    NOTHING_GIVEN = "nothing_given" Invalid: "Feedback needs a score, a comment, ratings or answers. Give at least one of them.";
    BELONGS_ELSEWHERE = "belongs_elsewhere" Invalid: "Two things that were named together do not belong together, such as a candidate and somebody else's application. Leave one of them out, or name the right one.";
    NO_TIME_NEEDED = "no_time_needed" Invalid: "An interview on demand is taken whenever it suits the candidate, so nobody is asked for a time. Set its deadline instead.";
    TOO_MANY = "too_many" Conflict: "The thing holds as many of these as one may hold. Remove some that are not needed any more.";
    TOO_MUCH_TO_TELL = "too_much_to_tell" Conflict: "So many endpoints would be sent so much because of the request that everything else would wait for it. Say less in one request, or let fewer endpoints hear of it.";
    ALREADY_THERE = "already_there" Conflict: "A thing with this id has been made already. Use the one that is there, or another id.";
    EXTERNAL_ID_TAKEN = "external_id_taken" Conflict: "Another thing of the same kind already has this external id. Use that one, or take the id away from it first.";
    EMAIL_TAKEN = "email_taken" Conflict: "Another candidate, or another user, already has this e-mail address. Use that one, or change its address first.";
    ALREADY_APPLIED = "already_applied" Conflict: "The candidate has applied for this job already. Use that application, or remove it first.";
    APPLICATION_REMOVED = "application_removed" Conflict: "The application that the interview was held for has been removed, so the interview cannot be taken up again. Make a new application and a new interview.";
    STAGE_IS_TOLD_ELSEWHERE = "stage_is_told_elsewhere" Conflict: "A platform tells where this interview stands. Do it there; it will be told from there.";
    INTERVIEW_CANCELLED = "interview_cancelled" Conflict: "The interview has been cancelled. Schedule it, or ask for a time, to take it up again.";
    ALREADY_CANCELLED = "already_cancelled" Conflict: "The interview has been cancelled before; there is nothing left to cancel.";
    INTERVIEW_ARCHIVED = "interview_archived" Conflict: "The interview has been archived, and nothing happens to it any more. Make a new one.";
    ALREADY_ARCHIVED = "already_archived" Conflict: "The interview has been archived before; there is nothing left to do.";
    ALREADY_STARTED = "already_started" Conflict: "The interview has started. End it, or report that it failed, first.";
    NOT_STARTED = "not_started" Conflict: "The interview has not started, so it cannot end. Start it first, or cancel it.";
    INTERVIEW_OVER = "interview_over" Conflict: "The interview is over. It can still be given feedback on, and be archived; for another conversation make a new interview.";
    ALREADY_FAILED = "already_failed" Conflict: "It has been reported before that this went wrong. Schedule the interview again, start it, or submit the feedback.";
    ALREADY_ATTENDING = "already_attending" Conflict: "This person takes part in the interview already. Use the attendee that is there.";
    ALREADY_ASSIGNED = "already_assigned" Conflict: "This reviewer is assigned already. Submit the feedback that is there, or remove it first.";
    ERASED = "erased" Conflict: "The person whom this is about has been erased. What remains is the shape of what happened, which does not change any more.";
    ALREADY_ERASED = "already_erased" Conflict: "The candidate has been erased before; nothing personal is left.";
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    code: RefusalCode,
    sentence: String,
}

impl Refusal {
    /// A refusal for this reason; the sentence says what exactly is in the way, and what to do.
    pub fn new(code: RefusalCode, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into() }
    }

    /// The thing of which this is the id is not there.
    pub fn not_found(id: impl fmt::Display) -> Self {
        Self::new(RefusalCode::NOT_FOUND, format!("there is no {id}"))
    }

    /// What kind it is.
    pub fn kind(&self) -> RefusalKind {
        self.code.kind
    }

    /// Its stable code.
    pub fn code(&self) -> &'static str {
        self.code.code
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Refusal {}
