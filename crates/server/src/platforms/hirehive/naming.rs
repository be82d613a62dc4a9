//! Which thing an id means: ours, or what HireHive calls it.

use callboard_core::{Held, Identifier, Kind, MAX_EXTERNAL_ID_CHARS, Name, RefusalCode, World};

use super::visit::Visit;
use crate::problem::Problem;

const PLATFORM: &str = "hirehive";

impl Visit {
    /// The number of the id of the thing of this kind that is meant, with what it leads to. It is this company's, and
    /// has not been removed.
    pub(super) async fn find<I: Identifier>(&self, kind: Kind, id: &str) -> Result<(I, World), Problem> {
        let unknown = || Problem::new(RefusalCode::NOT_FOUND.into(), format!("there is no `{id}`"));
        if id.chars().count() > MAX_EXTERNAL_ID_CHARS {
            return Err(unknown());
        }
        let ours = id.parse::<I>().ok().map(I::raw);
        let names = self.names(kind, id);
        let world = self.hub.ledger.world(ours.into_iter().collect(), names.clone()).await?;
        let called = names.iter().filter_map(|name| world.named(name));
        let found = ours.into_iter().chain(called).find(|raw_id| {
            world.entity(*raw_id).is_some_and(|held| self.is_present(held) && held.entity.kind() == kind)
        });
        found.map(|raw_id| (I::from_raw(raw_id), world)).ok_or_else(unknown)
    }

    /// Our id for what a body names in passing.
    pub(super) async fn ours<I: Identifier>(&self, kind: Kind, id: &str) -> Result<I, Problem> {
        Ok(self.find(kind, id).await?.0)
    }

    /// The same where it may name nothing.
    pub(super) async fn put_ours<I: Identifier>(
        &self,
        kind: Kind,
        id: &mut Option<String>,
    ) -> Result<(), Problem> {
        if let Some(named) = id {
            *named = self.ours::<I>(kind, named).await?.to_string();
        }
        Ok(())
    }

    fn is_present(&self, held: &Held) -> bool {
        held.company == self.company.id && !held.record.deleted
    }

    /// What HireHive may call it: as the API was told, or as any of the company's accounts at HireHive tells.
    fn names(&self, kind: Kind, id: &str) -> Vec<Name> {
        let company = self.company.id;
        let directory = self.hub.ledger.directory();
        let accounts =
            directory.sources().filter(|source| source.company == company && source.platform == PLATFORM);
        std::iter::once(Name::given(kind, company, PLATFORM, id))
            .chain(accounts.map(|source| Name::external(kind, source.id, id)))
            .collect()
    }
}
