//! A candidate is forgotten: everything personal leaves the things that are about them, and the names that lead there.

use super::Done;
use super::application::close;
use super::keeping::remove;
use crate::application::Application;
use crate::decide::draft::Draft;
use crate::decide::thing::Thing;
use crate::erasure::{Erasure, Personal};
use crate::event::EventType;
use crate::feedback::Feedback;
use crate::file::File;
use crate::id::{
    AnswerVideoId, ApplicationId, CandidateId, FeedbackId, FileId, Identifier, InterviewId, NoteId,
};
use crate::interview::Interview;
use crate::people::Candidate;
use crate::recording::{AnswerVideo, Note};
use crate::refusal::{Refusal, RefusalCode};

/// A platform's name for something is looked for only if it has as many characters: `7` is found everywhere.
const MIN_WORD_CHARS: usize = 6;

/// What no link of a candidate leads to.
pub(super) struct Traces<'a> {
    pub(super) notes: &'a [NoteId],
    pub(super) files: &'a [FileId],
    pub(super) answer_videos: &'a [AnswerVideoId],
    pub(super) feedback: &'a [FeedbackId],
}

/// Everything that is about a candidate by its links.
struct About {
    applications: Vec<ApplicationId>,
    interviews: Vec<InterviewId>,
    feedback: Vec<FeedbackId>,
}

/// Forgets a candidate, removed before or not. What is told by that is told of what is left.
pub(super) fn erase(draft: &mut Draft<'_>, id: CandidateId, traces: &Traces<'_>) -> Done {
    let was_removed = is_there_to_erase(draft, id)?;
    let mut about = about(draft, id);
    belong(draft, id, &about, traces)?;
    about.feedback.extend(traces.feedback);
    about.feedback.sort_unstable();
    about.feedback.dedup();
    let words = words(draft, id, &about);

    forget::<Candidate>(draft, id);
    about.applications.iter().for_each(|id| forget::<Application>(draft, *id));
    about.interviews.iter().for_each(|id| forget::<Interview>(draft, *id));
    about.feedback.iter().for_each(|id| forget::<Feedback>(draft, *id));
    for note in traces.notes {
        forget::<Note>(draft, *note);
        remove(draft, *note);
    }
    for answer_video in traces.answer_videos {
        forget::<AnswerVideo>(draft, *answer_video);
        remove(draft, *answer_video);
    }
    for file in traces.files {
        if there::<File>(draft, *file)?.stored {
            draft.drop_file(*file);
        }
        forget::<File>(draft, *file);
        remove(draft, *file);
    }

    for application in &about.applications {
        if draft.record(*application).is_some_and(|record| !record.deleted) {
            close(draft, *application);
        }
    }
    if !was_removed {
        remove(draft, id);
        draft.emit(EventType::CandidateDeleted, draft.about_candidate(id));
    }
    let applications = about.applications.iter().map(|id| id.raw());
    let subjects = [id.raw()].into_iter().chain(applications);
    let subjects = subjects.chain(about.interviews.iter().map(|id| id.raw())).collect();
    draft.erase(Erasure { candidate: id, subjects, words });
    Ok(())
}

/// Is the candidate there, and not erased yet? Answers whether they have been removed.
fn is_there_to_erase(draft: &Draft<'_>, id: CandidateId) -> Result<bool, Refusal> {
    let held = draft.held(id.raw()).filter(|held| held.company == draft.teller.company);
    let held = held.filter(|_| draft.get::<Candidate>(id).is_some());
    let record = &held.ok_or_else(|| Refusal::not_found(id))?.record;
    if record.erased_at.is_some() {
        let sentence = format!("{id} has been erased already; nothing personal is left");
        return Err(Refusal::new(RefusalCode::ALREADY_ERASED, sentence));
    }
    Ok(record.deleted)
}

fn about(draft: &Draft<'_>, id: CandidateId) -> About {
    let applications = draft.get::<Candidate>(id).map(|it| it.applications.clone()).unwrap_or_default();
    let mut about = About { applications, interviews: Vec::new(), feedback: Vec::new() };
    for application in about.applications.iter().filter_map(|id| draft.get::<Application>(*id)) {
        about.interviews.extend(&application.interviews);
        about.feedback.extend(&application.feedback);
    }
    for interview in about.interviews.iter().filter_map(|id| draft.get::<Interview>(*id)) {
        about.feedback.extend(&interview.feedback);
    }
    about
}

/// Refuses to erase what is about somebody else.
fn belong(draft: &Draft<'_>, id: CandidateId, about: &About, traces: &Traces<'_>) -> Done {
    let is_theirs = |candidate: Option<CandidateId>,
                     application: Option<ApplicationId>,
                     interview: Option<InterviewId>| {
        candidate == Some(id)
            || application.is_some_and(|application| about.applications.contains(&application))
            || interview.is_some_and(|interview| about.interviews.contains(&interview))
    };
    for note in traces.notes {
        let it = there::<Note>(draft, *note)?;
        theirs(id, *note, is_theirs(it.candidate_id, it.application_id, None))?;
    }
    for answer_video in traces.answer_videos {
        let it = there::<AnswerVideo>(draft, *answer_video)?;
        theirs(id, *answer_video, is_theirs(None, it.application_id, it.interview_id))?;
    }
    for feedback in traces.feedback {
        let it = there::<Feedback>(draft, *feedback)?;
        theirs(id, *feedback, is_theirs(None, it.application_id, it.interview_id))?;
    }
    for file in traces.files {
        let it = there::<File>(draft, *file)?;
        theirs(id, *file, is_theirs(it.candidate_id, it.application_id, None))?;
    }
    Ok(())
}

/// A thing of the asker's, removed or not.
fn there<'d, T: Thing + 'd>(draft: &'d Draft<'_>, id: T::Id) -> Result<&'d T, Refusal> {
    let held = draft.held(id.raw()).filter(|held| held.company == draft.teller.company);
    held.and_then(|held| T::of(&held.entity)).map(AsRef::as_ref).ok_or_else(|| Refusal::not_found(id))
}

fn theirs<I: Identifier>(id: CandidateId, trace: I, is_theirs: bool) -> Done {
    if is_theirs {
        return Ok(());
    }
    let sentence = format!("{trace} is not about {id}; leave it out");
    Err(Refusal::new(RefusalCode::BELONGS_ELSEWHERE, sentence))
}

/// What a message that speaks of them has in it.
fn words(draft: &Draft<'_>, id: CandidateId, about: &About) -> Vec<String> {
    let Some((candidate, record)) = draft.get::<Candidate>(id).zip(draft.record(id)) else {
        return Vec::new();
    };
    let addresses = record.names.iter().filter(|(_, member)| member.is_empty());
    let mut words: Vec<String> = addresses.map(|(name, _)| name.value().to_owned()).collect();
    words.extend(candidate.email.clone());
    let mut names: Vec<String> = candidate.phone.iter().cloned().collect();
    names.extend(candidate.external_ids.iter().map(|(_, name)| name.to_owned()));
    for application in about.applications.iter().filter_map(|id| draft.get::<Application>(*id)) {
        names.extend(application.external_ids.iter().map(|(_, name)| name.to_owned()));
        names.extend(application.custom_invite_id.clone());
    }
    for interview in about.interviews.iter().filter_map(|id| draft.get::<Interview>(*id)) {
        names.extend(interview.external_ids.iter().map(|(_, name)| name.to_owned()));
    }
    words.extend(names.into_iter().filter(|name| name.chars().count() >= MIN_WORD_CHARS));
    words.sort_unstable();
    words.dedup();
    words
}

/// Takes everything personal out of a thing, and the names that lead to it.
fn forget<T: Thing + Personal>(draft: &mut Draft<'_>, id: T::Id) {
    let Some(record) = draft.record(id) else { return };
    for name in record.names.keys().cloned().collect::<Vec<_>>() {
        draft.release(&name, id.raw());
    }
    let at = draft.at;
    let record = draft.change_record(id);
    record.erased_at = Some(at);
    record.tags_as_of.clear();
    record.settled.clear();
    draft.change::<T>(id).erase();
}
