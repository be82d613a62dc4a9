//! Everything that people configured, in memory: few, small, and asked for with every request.

use std::hash::Hash;
use std::sync::Arc;

use callboard_core::{CompanyId, Endpoint, EndpointId, EndpointState, KeyId, Source, SourceId};
use rustc_hash::FxHashMap;

use crate::batch::{Change, Company, Key};

/// Companies, keys, sources and endpoints as they stand. A new one is published with each change.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    generation: u64,
    companies: FxHashMap<CompanyId, Arc<Company>>,
    keys: FxHashMap<KeyId, Arc<Key>>,
    /// Whose key it is that is shown so.
    shown: FxHashMap<Shown, KeyId>,
    sources: FxHashMap<SourceId, Arc<Source>>,
    endpoints: FxHashMap<EndpointId, Arc<Endpoint>>,
}

impl Directory {
    /// All of it as it is stored.
    pub(crate) fn of(
        companies: Vec<Company>,
        keys: Vec<Key>,
        sources: Vec<Source>,
        endpoints: Vec<Endpoint>,
    ) -> Self {
        let mut directory = Self::default();
        let companies = companies.into_iter().map(Change::PutCompany);
        let configured = companies.chain(keys.into_iter().map(Change::PutKey));
        let configured = configured.chain(sources.into_iter().map(Change::PutSource));
        let configured = configured.chain(endpoints.into_iter().map(Change::PutEndpoint));
        configured.for_each(|change| directory.apply(&change));
        directory
    }

    /// Takes a change in. Changes of deliveries are none of its business.
    pub fn apply(&mut self, change: &Change) {
        self.apply_as(change, self.generation + 1);
    }

    /// Takes a change in, by which it becomes this generation.
    pub(crate) fn apply_as(&mut self, change: &Change, generation: u64) {
        self.generation = generation;
        match change {
            Change::PutCompany(company) => {
                self.companies.insert(company.id, Arc::new(company.clone()));
            }
            Change::PutKey(key) => {
                self.withdraw(key.id);
                self.shown.extend(Shown::ways(key).map(|way| (way, key.id)));
                self.keys.insert(key.id, Arc::new(key.clone()));
            }
            Change::DeleteKey(id) => self.withdraw(*id),
            Change::PutSource(source) => {
                self.sources.insert(source.id, Arc::new(source.clone()));
            }
            Change::DeleteSource(id) => {
                self.sources.remove(id);
            }
            Change::PutEndpoint(endpoint) => {
                self.endpoints.insert(endpoint.id, Arc::new(endpoint.clone()));
            }
            Change::DeleteEndpoint(id) => {
                self.endpoints.remove(id);
            }
            Change::Retry(_)
            | Change::Cancel(_)
            | Change::CallOff(_)
            | Change::EraseReceipts(..)
            | Change::Searched(_)
            | Change::PointerDone(_)
            | Change::PointerLater { .. }
            | Change::StartReplay(_)
            | Change::LetGo(_)
            | Change::ReplayCame(_)
            | Change::EndReplay { .. } => {}
        }
    }

    /// Goes up with each change: what was worked out from one generation holds until the next. No two directories that
    /// a ledger shows have the same generation, not even when the change that led to one of them was not taken.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The same as this generation, after another one: what is alike in both is the same.
    pub(crate) fn after(mut self, before: &Self, generation: u64) -> Self {
        share(&mut self.companies, &before.companies);
        share(&mut self.keys, &before.keys);
        share(&mut self.sources, &before.sources);
        share(&mut self.endpoints, &before.endpoints);
        Self { generation, ..self }
    }

    /// Endpoints that are not what they are in the other one, or that are only in one of the two.
    pub(crate) fn endpoints_unlike(&self, other: &Self) -> Vec<EndpointId> {
        let unlike = self.endpoints.iter().filter(|(id, endpoint)| other.endpoints.get(id) != Some(endpoint));
        let gone = other.endpoints.keys().filter(|id| !self.endpoints.contains_key(id));
        unlike.map(|(id, _)| *id).chain(gone.copied()).collect()
    }

    /// Is what a change is about the same as in the other one, but for how the hub itself says that an endpoint is doing?
    pub(crate) fn is_alike(&self, other: &Self, change: &Change) -> bool {
        match change {
            Change::PutCompany(it) => self.companies.get(&it.id) == other.companies.get(&it.id),
            Change::PutKey(it) => self.keys.get(&it.id) == other.keys.get(&it.id),
            Change::DeleteKey(id) => self.keys.get(id) == other.keys.get(id),
            Change::PutSource(it) => self.sources.get(&it.id) == other.sources.get(&it.id),
            Change::DeleteSource(id) => self.sources.get(id) == other.sources.get(id),
            Change::PutEndpoint(Endpoint { id, .. }) | Change::DeleteEndpoint(id) => {
                let settings = |endpoint: &Arc<Endpoint>| Endpoint {
                    state: EndpointState::Enabled,
                    failing_since: None,
                    told_since: None,
                    formerly: Vec::new(),
                    ..Endpoint::clone(endpoint)
                };
                self.endpoint(*id).map(settings) == other.endpoint(*id).map(settings)
            }
            _ => true,
        }
    }

    /// The source with this id.
    pub fn source(&self, id: SourceId) -> Option<&Arc<Source>> {
        self.sources.get(&id)
    }

    /// The endpoint with this id.
    pub fn endpoint(&self, id: EndpointId) -> Option<&Arc<Endpoint>> {
        self.endpoints.get(&id)
    }

    fn withdraw(&mut self, id: KeyId) {
        if let Some(key) = self.keys.remove(&id) {
            Shown::ways(&key).for_each(|way| {
                self.shown.remove(&way);
            });
        }
    }

    /// The key with this id.
    pub fn key(&self, id: KeyId) -> Option<&Arc<Key>> {
        self.keys.get(&id)
    }

    /// The key whose SHA-256 in lower-case hex this is.
    pub fn key_by_hash(&self, hash: &str) -> Option<&Arc<Key>> {
        self.key_shown(&Shown::Itself(hash.to_owned()))
    }

    /// The key for which a token stands whose SHA-256 in lower-case hex this is.
    pub fn key_by_token_hash(&self, hash: &str) -> Option<&Arc<Key>> {
        self.key_shown(&Shown::Token(hash.to_owned()))
    }

    /// The key that signs under this name: see [`crate::SigningPair`].
    pub fn key_by_api_key(&self, api_key: &str) -> Option<&Arc<Key>> {
        self.key_shown(&Shown::ApiKey(api_key.to_owned()))
    }

    fn key_shown(&self, shown: &Shown) -> Option<&Arc<Key>> {
        self.keys.get(self.shown.get(shown)?)
    }

    /// The company with this id.
    pub fn company(&self, id: CompanyId) -> Option<&Arc<Company>> {
        self.companies.get(&id)
    }

    /// The company of those who operate the hub: the one with the lowest id.
    pub fn operator(&self) -> Option<&Arc<Company>> {
        self.companies.values().min_by_key(|company| company.id)
    }

    /// Every company.
    pub fn companies(&self) -> impl Iterator<Item = &Arc<Company>> {
        self.companies.values()
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<Key>> {
        self.keys.values()
    }

    /// Every source.
    pub fn sources(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.sources.values()
    }

    /// Every endpoint.
    pub fn endpoints(&self) -> impl Iterator<Item = &Arc<Endpoint>> {
        self.endpoints.values()
    }
}

/// How a key is shown by whoever has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Shown {
    /// The SHA-256 of the key.
    Itself(String),
    /// The SHA-256 of a token that stands for it.
    Token(String),
    /// What it signs under.
    ApiKey(String),
}

impl Shown {
    fn ways(key: &Key) -> impl Iterator<Item = Self> {
        let signing = key.signing.as_ref().map(|pair| Self::ApiKey(pair.api_key.clone()));
        let itself = (!key.hash.is_empty()).then(|| Self::Itself(key.hash.clone()));
        itself.into_iter().chain(key.token_hash.clone().map(Self::Token)).chain(signing)
    }
}

/// What is alike in both is one in memory: what was worked out from it holds.
fn share<I: Eq + Hash, T: PartialEq>(now: &mut FxHashMap<I, Arc<T>>, before: &FxHashMap<I, Arc<T>>) {
    for (id, one) in now {
        if let Some(same) = before.get(id).filter(|same| *same == one) {
            *one = Arc::clone(same);
        }
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::{Identifier, Sealed, Timestamp};
    use serde_json::json;

    use super::*;
    use crate::batch::{Scope, SigningPair};

    fn key(id: u64, hash: &str) -> Key {
        Key {
            id: KeyId::from_raw(id),
            company: CompanyId::from_raw(1),
            name: "ci".to_owned(),
            scope: Scope::Write,
            hash: hash.to_owned(),
            token_hash: Some(format!("token of {hash}")),
            signing: Some(SigningPair { api_key: format!("pair of {hash}"), api_secret: Sealed(json!("s")) }),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn found(directory: &Directory, hash: &str) -> [Option<u64>; 3] {
        let ways = [
            directory.key_by_hash(hash),
            directory.key_by_token_hash(&format!("token of {hash}")),
            directory.key_by_api_key(&format!("pair of {hash}")),
        ];
        ways.map(|key| key.map(|key| key.id.raw()))
    }

    #[test]
    fn a_key_is_found_by_whatever_is_shown_of_it_until_it_is_withdrawn_or_made_anew() {
        let mut directory = Directory::default();
        directory.apply(&Change::PutKey(key(1, "a")));
        directory.apply(&Change::PutKey(key(2, "b")));
        assert_eq!((found(&directory, "a"), found(&directory, "b")), ([Some(1); 3], [Some(2); 3]));
        assert_eq!(directory.key_by_hash("token of a"), None, "a token is no key");

        directory.apply(&Change::PutKey(key(1, "c")));
        assert_eq!((found(&directory, "a"), found(&directory, "c")), ([None; 3], [Some(1); 3]));
        directory.apply(&Change::DeleteKey(KeyId::from_raw(1)));
        assert_eq!((found(&directory, "c"), found(&directory, "b")), ([None; 3], [Some(2); 3]));
    }

    #[test]
    fn a_key_that_only_signs_is_not_found_by_an_empty_hash() {
        let mut directory = Directory::default();
        directory.apply(&Change::PutKey(key(1, "")));
        assert_eq!(directory.key_by_hash(""), None);
    }

    #[test]
    fn the_operator_is_the_company_with_the_lowest_id() {
        let mut directory = Directory::default();
        for id in [7, 3, 9] {
            let (name, stages) = (format!("company {id}"), Vec::new());
            let id = CompanyId::from_raw(id);
            directory.apply(&Change::PutCompany(Company { id, name, time_zone: None, stages }));
        }
        assert_eq!(directory.operator().map(|company| company.id.raw()), Some(3));
        let seventh = directory.company(CompanyId::from_raw(7));
        assert_eq!(seventh.map(|company| company.name.as_str()), Some("company 7"));
        assert_eq!(directory.company(CompanyId::from_raw(1)), None);
    }
}
