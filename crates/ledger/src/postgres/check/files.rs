//! What can be proven of the database's own files from within. That every row can be read is seen by the other checks;
//! checksums of pages and a copy's soundness are the database's own business.

use tokio_postgres::types::Oid;

use crate::checking::Look;
use crate::engine::EngineError;
use crate::postgres::session::Session;

/// The store's indexes: those of all tables that lie where its own do.
const INDEXES: &str = "SELECT i.indexrelid, c.relname::TEXT, i.indisvalid AND i.indisready
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('callboard'))
    ORDER BY c.relname";
/// What compares an index with its table, where `amcheck` is installed and whoever asks may use it.
const COMPARES: &str = "SELECT p.oid::regproc::TEXT FROM pg_proc p
    JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
    JOIN pg_extension x ON x.oid = d.refobjid AND x.extname = 'amcheck'
    WHERE p.proname = 'bt_index_check' AND p.pronargs = 2 AND has_function_privilege(p.oid, 'EXECUTE')";

/// How far the files can be proven.
pub(super) struct Proof {
    /// The function that compares, by its name.
    compares: Option<String>,
}

impl Proof {
    pub(super) fn here(session: &mut Session) -> Result<Self, EngineError> {
        let found = session.maybe(COMPARES, &[])?;
        Ok(Self { compares: found.map(|row| row.try_get(0)).transpose()? })
    }

    pub(super) fn sentence(&self) -> &'static str {
        match self.compares {
            Some(_) => "the database's indexes are valid and agree with their tables, says amcheck",
            None => {
                "the database's indexes are valid; without amcheck they are not compared with their tables"
            }
        }
    }

    pub(super) fn look(&self, session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
        for row in session.rows(INDEXES, &[])? {
            look.row();
            let (index, name): (Oid, String) = (row.try_get(0)?, row.try_get(1)?);
            if !row.try_get::<_, bool>(2)? {
                look.find(name, "is not valid");
            } else if let Some(compares) = &self.compares {
                session.run("SAVEPOINT comparing")?;
                match session.rows(&format!("SELECT {compares}($1::OID, TRUE)"), &[&index]) {
                    Err(EngineError::Refused(sentence)) => look.find(name, sentence),
                    compared => drop(compared?),
                }
                session.run("ROLLBACK TO SAVEPOINT comparing")?;
            }
        }
        Ok(())
    }
}
