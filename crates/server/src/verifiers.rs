//! Each source's verifier, made once from its credentials and kept until they change.

use std::sync::{Arc, RwLock};

use callboard_core::{Source, SourceId};
use callboard_dialects::{CredentialsError, Dialect, Verify, dialect, verifier};
use rustc_hash::FxHashMap;

/// A source, ready to be listened to.
pub(crate) struct Ear {
    pub(crate) source: Arc<Source>,
    pub(crate) dialect: &'static dyn Dialect,
    pub(crate) verifier: Box<dyn Verify>,
}

#[derive(Default)]
pub(crate) struct Verifiers {
    by_source: RwLock<FxHashMap<SourceId, Arc<Ear>>>,
}

impl Verifiers {
    pub(crate) fn ear(&self, source: &Arc<Source>) -> Result<Arc<Ear>, CredentialsError> {
        let known = self.by_source.read().expect("looking up does not panic").get(&source.id).cloned();
        if let Some(ear) = known
            && Arc::ptr_eq(&ear.source, source)
        {
            return Ok(ear);
        }
        let dialect = dialect(&source.platform)
            .ok_or_else(|| CredentialsError(format!("no platform is called `{}`", source.platform)))?;
        let verifier = verifier(dialect, &source.credentials.0, source.rotated.as_ref())?;
        let ear = Arc::new(Ear { source: Arc::clone(source), dialect, verifier });
        self.by_source.write().expect("putting does not panic").insert(source.id, Arc::clone(&ear));
        Ok(ear)
    }
}
