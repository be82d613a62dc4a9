//! What happens because of something: the events of a receipt, the deliveries of an event. They come about in the same batch,
//! so their ids lie right behind its own, and most are found there without an index. An index has only those that lie
//! further away: told again later, understood late, or told to very many.

/// Up to which id they are looked for: the last of the 64 among which its own is. The indexes of both stores say the same.
const BLOCK: i64 = (64 << 10) - 1;

/// A question for the ids of the events of a receipt: its id, or a place for it.
pub(crate) fn events_of(receipt: &str) -> String {
    following("events", "receipt", receipt)
}

/// The same for the deliveries of an event.
pub(crate) fn deliveries_of(event: &str) -> String {
    following("deliveries", "event", event)
}

fn following(table: &str, column: &str, origin: &str) -> String {
    format!(
        "SELECT id FROM {table} WHERE {column} = {origin} AND id BETWEEN {origin} AND ({origin} | {BLOCK})
         UNION ALL
         SELECT id FROM {table} WHERE {column} = {origin} AND id NOT BETWEEN {column} AND ({column} | {BLOCK})"
    )
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::sqlite::SqliteStore;

    #[test]
    fn neither_half_of_the_question_reads_the_whole_table() {
        let data = tempfile::tempdir().unwrap();
        drop(SqliteStore::open(data.path()).unwrap());
        let file = Connection::open(data.path().join("callboard.db")).unwrap();
        for (table, column, index) in
            [("events", "receipt", "events_of_receipt"), ("deliveries", "event", "deliveries_of_event")]
        {
            let sql = format!("EXPLAIN QUERY PLAN {}", following(table, column, "?1"));
            let mut statement = file.prepare(&sql).unwrap();
            let steps = statement.query_map([1], |row| row.get::<_, String>(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).filter(|step| step.contains(table)).collect();
            assert_eq!(steps.len(), 2, "{steps:?}");
            assert!(steps[0].contains("INTEGER PRIMARY KEY (rowid>? AND rowid<?)"), "{steps:?}");
            assert!(steps[1].contains(&format!("{index} ({column}=?)")), "{steps:?}");
        }
    }
}
