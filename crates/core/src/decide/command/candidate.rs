//! What can be asked of a candidate.

use super::erasing::Traces;
use super::keeping::{Kept, amend, announce, bad, is_blank, make, missing, remove};
use super::{Done, application, erasing, tags};
use crate::command::{CandidateCommand, Facts};
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::external::is_address;
use crate::id::CandidateId;
use crate::limits::MAX_TAGS;
use crate::people::{Candidate, CandidateTold};
use crate::refusal::{Refusal, RefusalCode};

/// The stars that a candidate can have (platforms.md 1.5.3).
const STARS: std::ops::RangeInclusive<i64> = 1..=5;

impl Kept for Candidate {
    const CREATED: Option<EventType> = Some(EventType::CandidateCreated);

    fn about(draft: &Draft<'_>, id: CandidateId) -> Snapshot {
        draft.about_candidate(id)
    }

    fn faults(&self) -> Vec<Refusal> {
        let told = [&self.first_name, &self.last_name, &self.full_name, &self.email];
        let is_nobody = told.into_iter().all(|fact| is_blank(fact.as_ref()));
        let nobody = is_nobody.then(|| missing("a candidate needs a name or an e-mail address"));
        let rating = self.rating.filter(|rating| !STARS.contains(rating));
        let rating = rating.map(|rating| bad(format!("the rating is {rating}; it goes from 1 to 5")));
        let tags = self.tags.iter().flatten();
        let unnamed = tags.clone().any(|tag| is_blank(tag.id.as_ref()) && is_blank(tag.name.as_ref()));
        let unnamed = unnamed.then(|| missing("a tag needs a name"));
        let many = (tags.count() > MAX_TAGS).then(|| {
            Refusal::new(
                RefusalCode::TOO_MANY,
                format!("a candidate has at most {MAX_TAGS} tags; take one off first"),
            )
        });
        let faults = [nobody, rating, unnamed, many].into_iter().flatten();
        faults.chain(address_faults(self.email.as_ref())).collect()
    }

    fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
}

/// What is wrong with an address, as far as that shows.
pub(super) fn address_faults(email: Option<&String>) -> Option<Refusal> {
    let wrong = email.filter(|email| !is_address(email));
    wrong.map(|email| bad(format!("`{email}` is no e-mail address; it has the form name@host")))
}

pub(super) fn carry_out(draft: &mut Draft<'_>, id: CandidateId, command: &CandidateCommand) -> Done {
    match command {
        CandidateCommand::Create(facts) => create(draft, id, facts),
        CandidateCommand::Change(facts) => change(draft, id, facts),
        CandidateCommand::AddTag(tag) => tags::add(draft, id, tag),
        CandidateCommand::RemoveTag(tag) => tags::remove(draft, id, tag),
        CandidateCommand::Delete => delete(draft, id),
        CandidateCommand::Erase { notes, files, answer_videos, feedback } => {
            erasing::erase(draft, id, &Traces { notes, files, answer_videos, feedback })
        }
    }
}

fn create(draft: &mut Draft<'_>, id: CandidateId, facts: &Facts<CandidateTold>) -> Done {
    let mut facts = facts.clone();
    facts.told.tags = facts.told.tags.map(tags::once);
    make(draft, id, Candidate::new(id), &facts)?;
    if facts.told.tags.is_some() {
        tags::list(draft, id);
    }
    Ok(())
}

/// A whole list of tags is told tag by tag, as if each had been put on and taken off alone.
fn change(draft: &mut Draft<'_>, id: CandidateId, facts: &Facts<CandidateTold>) -> Done {
    let mut facts = facts.clone();
    let is_cleared = facts.clear.iter().any(|fact| fact == "tags");
    facts.clear.retain(|fact| fact != "tags");
    let tags = facts.told.tags.take();
    if is_cleared && tags.is_some() {
        return Err(bad("`tags` was both given and taken away; do one of the two".to_owned()));
    }
    let previous = amend::<Candidate>(draft, id, &facts)?;
    if !previous.is_empty() {
        draft.emit(EventType::CandidateUpdated, Snapshot { previous, ..draft.about_candidate(id) });
    }
    match tags.or_else(|| is_cleared.then(Vec::new)) {
        Some(tags) => tags::put(draft, id, &tags),
        None => Ok(()),
    }
}

fn delete(draft: &mut Draft<'_>, id: CandidateId) -> Done {
    let applications = draft.wanted::<Candidate>(id)?.applications.clone();
    announce::<Candidate>(draft, id);
    for application in applications {
        if draft.record(application).is_some_and(|record| !record.deleted) {
            application::delete(draft, application)?;
        }
    }
    remove(draft, id);
    draft.emit(EventType::CandidateDeleted, draft.about_candidate(id));
    Ok(())
}
