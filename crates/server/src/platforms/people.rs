//! People and applications that a request speaks of: found, or made along the way.

use callboard_core::{
    Application, ApplicationCommand, ApplicationId, ApplicationTold, Candidate, CandidateCommand,
    CandidateId, CandidateTold, Command, Entity, Facts, Identifier, JobId, Kind, User, UserCommand, UserId,
    UserTold, World,
};

use super::partner::Partner;

/// A request in the making: what is known, and the commands that it has come to so far.
pub(super) struct Request<'a> {
    pub(super) partner: &'a Partner,
    pub(super) world: &'a World,
    pub(super) commands: Vec<Command>,
}

impl<'a> Request<'a> {
    pub(super) fn new(partner: &'a Partner, world: &'a World) -> Self {
        Self { partner, world, commands: Vec::new() }
    }

    /// The candidate with this address. One that is there already stays as it is.
    pub(super) fn candidate(&mut self, told: CandidateTold) -> CandidateId {
        let known = told.email.as_deref().and_then(|email| known_candidate(self.partner, self.world, email));
        if let Some(known) = known {
            return known.id;
        }
        let id = self.partner.hub.mint();
        let facts = Facts { told, ..Facts::default() };
        self.commands.push(Command::Candidate(id, CandidateCommand::Create(facts)));
        id
    }

    /// The user with this address. One that is there already stays as it is.
    pub(super) fn user(&mut self, told: UserTold) -> UserId {
        let known = told.email.as_deref().and_then(|email| known_user(self.partner, self.world, email));
        if let Some(known) = known {
            return known.id;
        }
        let id = self.partner.hub.mint();
        self.commands.push(Command::User(id, UserCommand::Create(Facts { told, ..Facts::default() })));
        id
    }

    /// A new application of a candidate.
    pub(super) fn apply(
        &mut self,
        candidate: CandidateId,
        job: Option<JobId>,
        facts: Facts<ApplicationTold>,
    ) -> ApplicationId {
        let id = self.partner.hub.mint();
        let command = ApplicationCommand::Create { candidate, job, facts };
        self.commands.push(Command::Application(id, command));
        id
    }

    /// A candidate's application for a job, if they have one.
    pub(super) fn application(&self, candidate: CandidateId, job: Option<JobId>) -> Option<&'a Application> {
        let Entity::Candidate(candidate) = &self.partner.present(self.world, candidate.raw())?.entity else {
            return None;
        };
        candidate.applications.iter().find_map(|id| {
            match &self.partner.present(self.world, id.raw())?.entity {
                Entity::Application(application) if application.job_id == job => Some(&**application),
                _ => None,
            }
        })
    }
}

/// The candidate with this address, if there is one.
pub(super) fn known_candidate<'w>(partner: &Partner, world: &'w World, email: &str) -> Option<&'w Candidate> {
    match &partner.named(world, &[partner.email(Kind::Candidate, email)])?.entity {
        Entity::Candidate(candidate) => Some(candidate),
        _ => None,
    }
}

/// The user with this address, if there is one.
pub(super) fn known_user<'w>(partner: &Partner, world: &'w World, email: &str) -> Option<&'w User> {
    match &partner.named(world, &[partner.email(Kind::User, email)])?.entity {
        Entity::User(user) => Some(user),
        _ => None,
    }
}
