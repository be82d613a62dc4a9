//! A journal that is cut, spoilt or gone: a write that a crash cut off is told from damage to what was acknowledged.

use std::fs;
use std::path::Path;

use callboard_ledger::EngineError;
use tempfile::TempDir;

use crate::{BLOCK, JOURNAL, after, batch, crash, open, refusal, there};

/// Promises of one block and of several, none of them folded, after a crash; and where the record of each begins and ends.
fn promised() -> (TempDir, Vec<(usize, usize)>) {
    let (data, _store, mut engine) = open();
    let mut ends = Vec::new();
    for (id, length) in (1..).zip([10, 5_000, 300, 9_000, 1]) {
        let start = ends.last().map_or(0, |(_, end): &(usize, usize)| end.next_multiple_of(BLOCK));
        engine.promise(&batch(id, length)).unwrap();
        let journal = fs::read(data.path().join(JOURNAL)).unwrap();
        let said = u32::from_le_bytes(journal[start..start + 4].try_into().unwrap()) as usize;
        ends.push((start, start + 16 + said));
    }
    (crash(data.path()), ends)
}

/// Around the beginning and the end of a record, and within.
fn places((start, end): (usize, usize)) -> [usize; 7] {
    [start, start + 1, start + 15, start + 16, usize::midpoint(start, end), end - 1, end]
}

/// The same files, but that one byte of the journal is another.
fn spoilt(data: &Path, place: usize) -> TempDir {
    let spoilt = crash(data);
    flip(spoilt.path(), place);
    spoilt
}

/// Makes a byte of the journal another one, or what it was.
fn flip(data: &Path, place: usize) {
    let mut bytes = fs::read(data.join(JOURNAL)).unwrap();
    bytes[place] ^= 1;
    fs::write(data.join(JOURNAL), bytes).unwrap();
}

#[test]
fn wherever_the_journal_is_cut_what_is_whole_before_that_is_there() {
    let (crashed, ends) = promised();
    let journal = fs::read(crashed.path().join(JOURNAL)).unwrap();
    for place in ends.iter().copied().flat_map(places) {
        let cut = crash(crashed.path());
        fs::write(cut.path().join(JOURNAL), &journal[..place]).unwrap();
        let whole = ends.iter().filter(|(_, end)| *end <= place).count() as u64;
        assert_eq!(after(&cut), (1..=whole).collect::<Vec<_>>(), "cut at {place}");
    }
}

#[test]
fn a_journal_that_is_spoilt_before_its_last_record_is_not_taken_for_one_that_ends_there() {
    let (crashed, ends) = promised();
    let (all, last) = ((1..=ends.len() as u64).collect::<Vec<_>>(), ends.len() as u64);
    for (number, record) in (1..).zip(ends) {
        for place in places(record) {
            let spoilt = spoilt(crashed.path(), place);
            if place == record.1 {
                assert_eq!(after(&spoilt), all, "a byte of the filling is nobody's");
            } else if number == last {
                assert_eq!(after(&spoilt), all[..all.len() - 1], "it may not have been finished: {place}");
            } else {
                let why = refusal(spoilt.path());
                assert!(
                    why.contains(&format!("{JOURNAL}: record {number} cannot be read")),
                    "{place}: {why}"
                );
                assert!(why.contains("move it away"), "{why}");

                // Nothing has been done to it
                flip(spoilt.path(), place);
                assert_eq!(after(&spoilt), all, "spoilt at {place}, and put right");
            }
        }
    }
}

#[test]
fn what_is_left_of_earlier_rounds_behind_a_record_that_was_not_finished_is_no_later_one() {
    // Given a half that has been folded and is written over from its beginning, with the other one's record folded as well
    let (data, _store, mut engine) = open();
    for id in 1..=3 {
        engine.promise(&batch(id, 10)).unwrap();
    }
    engine.fold().unwrap();
    engine.promise(&batch(4, 10)).unwrap();
    engine.fold().unwrap();
    engine.promise(&batch(5, 10)).unwrap();

    // When the crash comes while that is written, then what was acknowledged is there
    assert_eq!(after(&spoilt(data.path(), 20)), [1, 2, 3, 4]);

    // And once there is more behind it, it is missed
    for id in 6..=7 {
        engine.promise(&batch(id, 10)).unwrap();
    }
    let why = refusal(spoilt(data.path(), 20).path());
    assert!(why.contains("record 5 cannot be read"), "{why}");
    let both = spoilt(data.path(), 20);
    flip(both.path(), BLOCK + 20);
    assert!(refusal(both.path()).contains("records 5 to 6 cannot be read"), "{}", refusal(both.path()));
}

#[test]
fn nothing_is_promised_behind_a_journal_that_is_gone_or_spoilt() {
    let gone: fn(&Path) = |journal| fs::remove_file(journal).unwrap();
    let spoilt: fn(&Path) = |journal| fs::write(journal, [0; BLOCK]).unwrap();
    for (word, harm) in [("gone", gone), ("damaged", spoilt)] {
        let (data, _store, mut engine) = open();
        engine.promise(&batch(1, 10)).unwrap();
        harm(&data.path().join(JOURNAL));
        let refused = engine.fold().unwrap_err();
        assert!(matches!(&refused, EngineError::Refused(why) if why.contains(word)), "{refused}");
        for _ in 0..2 {
            assert!(engine.promise(&batch(2, 10)).is_err(), "nobody would find it there");
            assert!(engine.fold().is_err());
        }
    }
}

#[test]
fn a_fold_that_finds_the_journal_spoilt_names_the_first_record_that_it_cannot_read() {
    let (data, store, mut engine) = open();
    for id in 1..=3 {
        engine.promise(&batch(id, 10)).unwrap();
    }
    flip(data.path(), BLOCK + 20);
    let refused = engine.fold().unwrap_err().to_string();
    assert!(refused.contains("damaged: record 2 cannot be read"), "{refused}");
    assert_eq!(there(&store), [0; 0]);
    assert!(refusal(crash(data.path()).path()).contains("record 2 cannot be read"));

    flip(data.path(), BLOCK + 20);
    engine.fold().unwrap();
    assert_eq!(there(&store), [1, 2, 3]);
}
