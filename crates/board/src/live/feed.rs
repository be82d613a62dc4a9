//! The events that one visitor wants to see, as rows.

use callboard_core::{Event, Timestamp};
use futures_util::future::try_join_all;

use super::row::{Columns, Row, Telling};
use super::wanted::{Group, TROUBLE, Wanted};
use crate::api::{Api, Fault, List};
use crate::in_address::asking;
use crate::listing::{self, Source};
use crate::words::{Line, Listed};

/// How many are looked through for those that are wanted.
const LOOKED_THROUGH: usize = 200;
/// How many questions are asked at once.
const AT_ONCE: usize = 8;

pub(super) struct Feed {
    api: Api,
    pub(super) wanted: Wanted,
    columns: Columns,
    /// The platform of each source.
    platforms: Vec<(String, String)>,
}

impl Feed {
    pub(super) fn new(api: Api, wanted: Wanted, columns: Columns, sources: &[Source]) -> Self {
        let platforms = sources.iter().map(|it| (it.id.clone(), it.platform.clone())).collect();
        Self { api, wanted, columns, platforms }
    }

    /// The newest of those that are wanted, newest first.
    pub(super) async fn newest(&self, limit: usize) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        for some in self.newest_events(limit).await?.chunks(AT_ONCE) {
            let some = try_join_all(some.iter().map(|it| self.row(&it.event, it.recorded_at))).await?;
            rows.extend(some.into_iter().flatten());
        }
        Ok(rows)
    }

    async fn newest_events(&self, limit: usize) -> Result<Vec<Listed>, Fault> {
        let mut events = match self.wanted.group {
            Group::Everything => self.events(limit, "").await?,
            Group::Trouble => try_join_all(TROUBLE.map(|kind| self.events(limit, kind))).await?.concat(),
            _ => self.events(LOOKED_THROUGH, "").await?,
        };
        events.retain(|it| self.wanted.kind(it.event.kind.as_str()));
        events.sort_by_key(|it| std::cmp::Reverse(it.event.id));
        events.truncate(limit);
        Ok(events)
    }

    async fn events(&self, limit: usize, kind: &str) -> Result<Vec<Listed>, Fault> {
        let (limit, source) = (limit.to_string(), self.wanted.source.as_str());
        let path = asking("/v1/events", &[("limit", &limit), ("type", kind), ("source", source)]);
        let list: List<Listed> = self.api.get(&path).await?;
        Ok(list.items)
    }

    /// An event with who was told of it; nothing if it is no longer kept.
    pub(super) async fn row(&self, event: &Event, at: Timestamp) -> Result<Option<Row>, Fault> {
        let source = event.data.source.map(|source| source.to_string());
        let platform = self.platforms.iter().find(|(id, _)| Some(id) == source.as_ref());
        let line = Line::of(event, platform.map(|(_, platform)| platform.as_str()), at);
        self.told(line).await
    }

    /// The same rows as they are now; nothing in place of one that is no longer kept.
    pub(super) async fn again(&self, rows: &[Row]) -> Result<Vec<Option<Row>>, Fault> {
        let mut now = Vec::new();
        for some in rows.chunks(AT_ONCE) {
            now.extend(try_join_all(some.iter().map(|row| self.told(row.line.clone()))).await?);
        }
        Ok(now)
    }

    async fn told(&self, line: Line) -> Result<Option<Row>, Fault> {
        match listing::all::<Telling>(&self.api, &format!("/v1/events/{}/deliveries", line.id)).await {
            Ok(told) => Ok(Some(self.columns.row(line, &told))),
            Err(fault) if fault.is_not_found() => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}
