//! Finding what a message refers to, making what is unknown, and tying it together.

use super::draft::Draft;
use super::thing::Thing;
use crate::application::{Application, ApplicationTold};
use crate::external::{Kind, Name};
use crate::id::{ApplicationId, CandidateId, Identifier, JobId};
use crate::job::{Job, JobTold};
use crate::observation::{About, Belonging};
use crate::people::{Candidate, CandidateTold};

/// What a message refers to, as far as it says or as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Belongs {
    /// The job.
    pub job: Option<JobId>,
    /// The candidate.
    pub candidate: Option<CandidateId>,
    /// The application.
    pub application: Option<ApplicationId>,
}

/// What ties the job and the candidate of a message together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tie {
    /// An application, even where only one of the two is told: an interview is held for one.
    Always,
    /// An application where it is told, or both of the two are.
    WhereTold,
}

impl Draft<'_> {
    /// Finds or makes what a message refers to, and takes what it tells about that in passing. `known` is the
    /// application that the thing at hand is known to belong to.
    pub fn belonging(&mut self, of: &Belonging, known: Option<ApplicationId>, tie: Tie) -> Belongs {
        let belongs = self.place(of.job.as_ref(), of.candidate.as_ref(), of.application.as_ref(), known, tie);
        if let (Some(id), Some(job)) = (belongs.job, &of.job) {
            self.refer::<Job>(id, &job.told);
        }
        if let (Some(id), Some(candidate)) = (belongs.candidate, &of.candidate) {
            self.refer_to_candidate(id, &candidate.told);
        }
        if let (Some(id), Some(application)) = (belongs.application, &of.application) {
            self.refer::<Application>(id, &application.told);
        }
        belongs
    }

    /// Finds or makes what a message refers to, and ties it together; takes no facts.
    pub fn place(
        &mut self,
        job: Option<&About<JobTold>>,
        candidate: Option<&About<CandidateTold>>,
        application: Option<&About<ApplicationTold>>,
        known: Option<ApplicationId>,
        tie: Tie,
    ) -> Belongs {
        let called = application.and_then(|about| about.external_id.as_ref());
        let named = self.find_external::<Application>(called);
        let found = named.or_else(|| known.filter(|id| self.may_be::<Application>(*id, called)));
        if let Some(id) = found.filter(|_| named.is_none()) {
            self.call::<Application>(id, called);
        }
        let ours = found
            .and_then(|id| self.get::<Application>(id))
            .map_or((None, None), |application| (application.job_id, application.candidate_id));
        let job = job.map_or(ours.0, |about| self.job(about, ours.0));
        let candidate = candidate.map_or(ours.1, |about| self.candidate(about, ours.1));
        let by_pair = if called.is_none() { self.find_pair(candidate, job) } else { None };
        let is_due = called.is_some() || (candidate.is_some() && (job.is_some() || tie == Tie::Always));
        let id = found.or(by_pair).or_else(|| is_due.then(|| self.make::<Application>(called)));
        if let Some(id) = id {
            self.link(id, candidate, job);
        }
        Belongs { job, candidate, application: id }
    }

    /// The job that is meant: by what the teller calls it, else the one already known to be meant.
    pub fn job(&mut self, about: &About<JobTold>, known: Option<JobId>) -> Option<JobId> {
        self.find_external::<Job>(about.external_id.as_ref())
            .or_else(|| self.known_or_made::<Job>(about, known))
    }

    /// The candidate who is meant: by what the teller calls them, else by e-mail, else the one already known.
    pub fn candidate(
        &mut self,
        about: &About<CandidateTold>,
        known: Option<CandidateId>,
    ) -> Option<CandidateId> {
        let (company, email) = (self.teller.company, about.told.email.as_ref());
        let by_email = email.and_then(|email| Name::told_email(Kind::Candidate, company, email));
        let called = about.external_id.as_ref();
        let id = match self.find_external::<Candidate>(called) {
            Some(id) => id,
            None => match by_email.as_ref().and_then(|name| self.find::<Candidate>(name)) {
                Some(id) => {
                    self.call::<Candidate>(id, called);
                    id
                }
                None => {
                    if called.is_none()
                        && let Some((id, email)) = known.zip(email)
                        && by_email.as_ref().is_some_and(|name| self.is_address_of_another(id, name, email))
                    {
                        self.unreconciled(format!(
                            "{email} is not the address of {id}, who stays the candidate"
                        ));
                        return None;
                    }
                    self.known_or_made::<Candidate>(about, known)?
                }
            },
        };
        if let (Some(name), Some(email)) = (by_email, &about.told.email)
            && !self.is_past_address(id, email)
            && !self.name(name, id)
        {
            self.unreconciled(format!(
                "{email} is the address of another candidate; it does not lead to {id}"
            ));
        }
        Some(id)
    }

    /// Is this, which leads nowhere yet, the address of somebody else than this candidate, of whom another one is known?
    fn is_address_of_another(&self, id: CandidateId, name: &Name, email: &str) -> bool {
        let known = self.get::<Candidate>(id).and_then(|candidate| candidate.email.as_ref());
        let known = known.and_then(|known| Name::told_email(Kind::Candidate, self.teller.company, known));
        known.is_some_and(|known| known != *name) && !self.is_past_address(id, email)
    }

    /// Is an address that is told now older than the one that is known, or than its being taken away?
    fn is_past_address(&self, id: CandidateId, email: &str) -> bool {
        let (Some(record), Some(candidate)) = (self.record(id), self.get::<Candidate>(id)) else {
            return false;
        };
        let is_older = record.as_of.is_some_and(|as_of| self.at < as_of);
        let is_other =
            candidate.email.as_ref().map_or(record.settled.contains("email"), |known| known != email);
        is_older && is_other
    }

    /// The thing already known to be meant, unless the teller calls that by another name; else a new one, unless
    /// nothing was told by which it could be known.
    fn known_or_made<T: Thing>(&mut self, about: &About<T::Told>, known: Option<T::Id>) -> Option<T::Id> {
        let called = about.external_id.as_ref();
        if let Some(id) = known.filter(|id| self.may_be::<T>(*id, called)) {
            self.call::<T>(id, called);
            return Some(id);
        }
        (called.is_some() || !T::is_nothing(&about.told)).then(|| self.make::<T>(called))
    }

    /// Is this thing there, and can it be the one that the teller calls so, as far as it is not found by that?
    fn may_be<T: Thing>(&self, id: T::Id, called: Option<&String>) -> bool {
        let is_called = |thing: &T| thing.external_ids().get(self.teller.platform).is_some();
        self.get::<T>(id).is_some_and(|thing| called.is_none() || !is_called(thing))
    }

    /// A candidate's application for a job, one that was removed only if there is no other. Every application of a candidate can be reached from there.
    fn find_pair(&self, candidate: Option<CandidateId>, job: Option<JobId>) -> Option<ApplicationId> {
        let candidate = self.get::<Candidate>(candidate?)?;
        let is_for_job = |id: &ApplicationId| self.get::<Application>(*id).is_some_and(|it| it.job_id == job);
        let is_gone = |id: &ApplicationId| self.record(*id).is_some_and(|record| record.deleted);
        candidate.applications.iter().copied().filter(is_for_job).min_by_key(is_gone)
    }

    fn link(&mut self, id: ApplicationId, candidate: Option<CandidateId>, job: Option<JobId>) {
        let Some(application) = self.get::<Application>(id).cloned() else { return };
        match (application.candidate_id, candidate) {
            (None, Some(candidate)) => {
                self.change::<Application>(id).candidate_id = Some(candidate);
                self.change::<Candidate>(candidate).applications.push(id);
            }
            (Some(ours), Some(theirs)) if ours != theirs => self.contradicted(id, ours, theirs),
            _ => {}
        }
        match (application.job_id, job) {
            (None, Some(job)) => self.change::<Application>(id).job_id = Some(job),
            (Some(ours), Some(theirs)) if ours != theirs => self.contradicted(id, ours, theirs),
            _ => {}
        }
    }

    fn contradicted<I: Identifier>(&mut self, id: ApplicationId, ours: I, theirs: I) {
        self.unreconciled(format!("{id} belongs to {ours}, not to {theirs}; it stays there"));
    }
}
