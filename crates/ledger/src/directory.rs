//! Everything that people configured, in memory: few, small, and asked for with every request.

use std::sync::Arc;

use callboard_core::{CompanyId, Endpoint, EndpointId, KeyId, Source, SourceId};
use rustc_hash::FxHashMap;

use crate::batch::{Change, Company, Key};

/// Companies, keys, sources and endpoints as they stand. A new one is published with each change.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    generation: u64,
    companies: FxHashMap<CompanyId, Arc<Company>>,
    keys: FxHashMap<KeyId, Arc<Key>>,
    sources: FxHashMap<SourceId, Arc<Source>>,
    endpoints: FxHashMap<EndpointId, Arc<Endpoint>>,
}

impl Directory {
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
                self.keys.insert(key.id, Arc::new(key.clone()));
            }
            Change::DeleteKey(id) => {
                self.keys.remove(id);
            }
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
            Change::Retry(_) | Change::Cancel(_) => {}
        }
    }

    /// Goes up with each change: what was worked out from one generation holds until the next. No two directories that
    /// a ledger shows have the same generation, not even when the change that led to one of them was not taken.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The source with this id.
    pub fn source(&self, id: SourceId) -> Option<&Arc<Source>> {
        self.sources.get(&id)
    }

    /// The endpoint with this id.
    pub fn endpoint(&self, id: EndpointId) -> Option<&Arc<Endpoint>> {
        self.endpoints.get(&id)
    }

    /// The key whose SHA-256 in lower-case hex this is.
    pub fn key_by_hash(&self, hash: &str) -> Option<&Arc<Key>> {
        self.keys.values().find(|key| key.hash == hash)
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
