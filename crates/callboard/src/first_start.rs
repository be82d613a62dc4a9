//! What a hub that finds nothing begins with: a company, the operator's, and an admin key of its.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use callboard_core::{CompanyId, IdMint, Timestamp};
use callboard_ledger::{Change, Company, Key, Ledger, Scope};
use callboard_server::{hash_key, hash_token_of, new_key};

/// The company that there is from the start.
const COMPANY: &str = "default";
/// The file in the data directory that holds a key that was made.
const FILE: &str = "admin.key";

/// An admin key that was made at the first start, and is kept in a file for its owner.
pub(crate) struct NewKey {
    pub(crate) key: String,
    pub(crate) path: PathBuf,
}

/// Sees to it that there is a company and a key to begin with: the one that is given, or else any. Answers one that was made.
pub(crate) async fn first_start(
    ledger: &Ledger,
    mint: &mut IdMint,
    now: Timestamp,
    given: Option<String>,
    data: &Path,
) -> anyhow::Result<Option<NewKey>> {
    // Of several hubs that start on an empty store one is first.
    loop {
        let directory = ledger.directory();
        let (key, made) = match &given {
            Some(key) if directory.key_by_hash(&hash_key(key)).is_some() => return Ok(None),
            Some(key) => (key.clone(), None),
            None if directory.keys().next().is_some() => return Ok(None),
            // The store knows a key by its hash alone: were it kept any later, and the hub ended in between, nobody would have it.
            None => {
                let made = NewKey::keep_in(data)?;
                (made.key.clone(), Some(made))
            }
        };
        let Some(company) = directory.operator() else {
            let (id, name) = (mint.mint(now), COMPANY.to_owned());
            let company = Company { id, name, stages: Vec::new(), time_zone: None };
            let admin = Change::PutKey(admin_key(&key, id, mint, now));
            ledger.begin_with(vec![Change::PutCompany(company), admin]).await?;
            if ledger.directory().key_by_hash(&hash_key(&key)).is_some() {
                return Ok(made);
            }
            made.map_or(Ok(()), NewKey::forget)?;
            continue;
        };
        ledger.change(vec![Change::PutKey(admin_key(&key, company.id, mint, now))]).await?;
        return Ok(made);
    }
}

fn admin_key(key: &str, company: CompanyId, mint: &mut IdMint, now: Timestamp) -> Key {
    Key {
        id: mint.mint(now),
        company,
        name: "admin".to_owned(),
        scope: Scope::Admin,
        hash: hash_key(key),
        created_at: now,
        signing: None,
        token_hash: Some(hash_token_of(key)),
    }
}

impl NewKey {
    /// Makes one, and leaves it in the data directory, for its owner's eyes only.
    fn keep_in(data: &Path) -> anyhow::Result<Self> {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data)
            .with_context(|| format!("cannot make {}", data.display()))?;
        let (key, path) = (new_key(), data.join(FILE));
        let cannot = || format!("cannot write {}", path.display());
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .with_context(cannot)?;
        writeln!(file, "{key}").and_then(|()| file.sync_all()).with_context(cannot)?;
        Ok(Self { key, path })
    }

    /// Another hub was first: this key opens nothing.
    fn forget(self) -> anyhow::Result<()> {
        std::fs::remove_file(&self.path).with_context(|| format!("cannot remove {}", self.path.display()))
    }
}
