//! Who asks through a platform's own API: a company, that calls things as it does at that platform.

use std::sync::Arc;

use callboard_core::{Asker, Command, CompanyId, Expected, Held, Kind, Name, World};
use callboard_ledger::{Asking, Carried, Company, Done, LedgerError};

use crate::hub::Hub;

/// A company, at a platform.
#[derive(Clone)]
pub(super) struct Partner {
    pub(super) hub: Arc<Hub>,
    pub(super) company: CompanyId,
    /// The platform, as in external ids.
    pub(super) platform: &'static str,
}

impl Partner {
    /// Every name under which the partner may know a thing: as it was given through an API, or as an account at the platform
    /// told it.
    pub(super) fn names(&self, kind: Kind, value: &str) -> Vec<Name> {
        let directory = self.hub.ledger.directory();
        let sources = directory.sources();
        let told = sources
            .filter(|source| source.company == self.company && source.platform == self.platform)
            .map(|source| Name::external(kind, source.id, value));
        std::iter::once(Name::given(kind, self.company, self.platform, value)).chain(told).collect()
    }

    /// The name of a person by their e-mail address.
    pub(super) fn email(&self, kind: Kind, email: &str) -> Name {
        Name::email(kind, self.company, email)
    }

    /// What these ids and names lead to, and everything that that leads to.
    pub(super) async fn world(&self, raw_ids: Vec<u64>, names: Vec<Name>) -> Result<World, LedgerError> {
        self.hub.ledger.world(raw_ids, names).await
    }

    /// A thing that is the company's, and has not been removed.
    pub(super) fn present<'w>(&self, world: &'w World, raw_id: u64) -> Option<&'w Held> {
        world.entity(raw_id).filter(|held| held.company == self.company && !held.record.deleted)
    }

    /// The thing that the first of these names leads to.
    pub(super) fn named<'w>(&self, world: &'w World, names: &[Name]) -> Option<&'w Held> {
        let mut ids = names.iter().filter_map(|name| world.named(name));
        ids.find_map(|raw_id| self.present(world, raw_id))
    }

    /// The company as it is configured.
    pub(super) fn settings(&self) -> Option<Arc<Company>> {
        self.hub.ledger.directory().company(self.company).cloned()
    }

    /// Carries commands out: all of them, or none.
    pub(super) async fn carry_out(
        &self,
        commands: Vec<Command>,
        expected: Option<Expected>,
    ) -> Result<Done, LedgerError> {
        let asker = Asker { company: self.company, at: self.hub.now(), expected };
        let asking = Asking { asker, commands, blobs: Vec::new(), remember: None };
        match self.hub.ledger.command(asking).await? {
            Carried::Out(done) => Ok(done),
            Carried::Before(_) => {
                unreachable!("only what is to be remembered can have been carried out before")
            }
        }
    }
}

/// How often a request is worked out anew that someone else got in the way of.
pub(super) const TRIES: usize = 8;

/// Did someone else make the same person or application in between, or change what was looked at? Then what is asked for
/// comes to something else now.
pub(super) fn is_overtaken(error: &LedgerError) -> bool {
    let LedgerError::Refused(refusal) = error else { return false };
    ["outdated", "email_taken", "already_applied"].contains(&refusal.code())
}
