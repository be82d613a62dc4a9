//! Which things a hub's last batches have changed: it leaves that with each of them, so that the others read anew what has
//! changed and nothing else.

use std::collections::VecDeque;

use crate::batch::Batch;

/// So many batches are told of. Whoever has missed more reads everything anew.
const BATCHES: usize = 4;
/// The most things in one of them.
const THINGS: usize = 1_000;

/// The trail of a hub that writes.
#[derive(Default)]
pub(super) struct Trail {
    /// What each batch has changed, one after the other.
    batches: VecDeque<Vec<i64>>,
    /// The number of the batch before the first of them.
    after: i64,
}

impl Trail {
    /// This batch comes next, under this number.
    pub(super) fn note(&mut self, number: i64, batch: &Batch) {
        // A name that leads nowhere any more, or to another thing, is not found by what it led to.
        if !batch.dropped_names.is_empty() || batch.entities.len() > THINGS {
            return self.begin_after(number);
        }
        self.batches
            .push_back(batch.entities.iter().map(|it| it.held.entity.raw_id().cast_signed()).collect());
        if self.batches.len() > BATCHES {
            self.batches.pop_front();
        }
        self.after = number - i64::try_from(self.batches.len()).expect("they are a few");
    }

    /// Of what was changed up to this batch, nothing is told.
    pub(super) fn begin_after(&mut self, number: i64) {
        self.batches.clear();
        self.after = number;
    }

    /// What others are told: things, and after which batch they were changed.
    pub(super) fn left(&self) -> (Vec<i64>, i64) {
        (self.batches.iter().flatten().copied().collect(), self.after)
    }
}

/// What a hub has left.
pub(super) struct Left {
    /// The number of its last batch.
    pub(super) batch: i64,
    /// What it has changed after a batch with that number; nothing if it is of a version that does not tell.
    pub(super) changed: Option<(Vec<i64>, i64)>,
}

impl Left {
    /// What it has changed after this batch, if it tells of as much.
    pub(super) fn since(&self, batch: i64) -> Option<&[i64]> {
        let (things, after) = self.changed.as_ref()?;
        // A database may have lost what one that failed had: then it is not known what is not so any more.
        (*after <= batch && batch <= self.batch).then_some(things)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use callboard_core::{Candidate, CompanyId, Entity, Held, Identifier, Kind, Name, Record};

    use super::*;
    use crate::batch::EntityWrite;

    fn changing(things: &[u64]) -> Batch {
        let write = |raw: &u64| {
            let entity = Entity::Candidate(Arc::new(Candidate::new(Identifier::from_raw(*raw))));
            let held = Held { company: CompanyId::from_raw(1), entity, record: Record::default().into() };
            EntityWrite { held, base_version: 0, moved: true }
        };
        Batch { entities: things.iter().map(write).collect(), ..Batch::default() }
    }

    fn left(trail: &Trail, batch: i64) -> Left {
        Left { batch, changed: Some(trail.left()) }
    }

    #[test]
    fn whoever_has_missed_a_few_batches_hears_what_they_changed_and_whoever_has_missed_more_that_it_is_not_known()
     {
        let mut trail = Trail::default();
        for number in 1..=6 {
            trail.note(number, &changing(&[number.cast_unsigned() * 10]));
        }
        let left = left(&trail, 6);
        assert_eq!(left.since(5), Some(&[30, 40, 50, 60][..]), "more than need be does no harm");
        assert_eq!(left.since(2), Some(&[30, 40, 50, 60][..]));
        assert_eq!(left.since(1), None);
        assert_eq!(left.since(7), None, "a batch that was heard of is not there any more");
    }

    #[test]
    fn what_cannot_be_told_by_things_or_is_too_much_is_not_known() {
        let name = Name::email(Kind::Candidate, CompanyId::from_raw(1), "rene@example.com");
        let dropping = Batch { dropped_names: vec![name], ..changing(&[7]) };
        let many: Vec<u64> = (0..=1_000).collect();
        for unclear in [dropping, changing(&many)] {
            let mut trail = Trail::default();
            trail.note(1, &changing(&[1]));
            trail.note(2, &unclear);
            trail.note(3, &changing(&[3]));
            let left = left(&trail, 3);
            assert_eq!(left.since(1), None);
            assert_eq!(left.since(2), Some(&[3][..]));
        }
    }

    #[test]
    fn of_a_hub_that_tells_nothing_nothing_is_known() {
        assert_eq!(Left { batch: 1, changed: None }.since(1), None);
    }
}
