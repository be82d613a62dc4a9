//! Records: entries as they lie in the journal. A record is a head (its length, a checksum, its number), the form of the
//! entry, the entry, and zeros up to the next block of the disk: what is durable is never written over by what comes next.

use crate::engine::EngineError;

use super::entry::{Entry, FORM};

pub(super) const BLOCK_BYTES: usize = 4_096;
/// How many bytes come after the head, a checksum, and the record's number.
const HEAD_BYTES: usize = 16;

/// A record of an entry, as it is written: in place of what is on this sheet of paper.
pub(super) fn record(
    entry: &Entry<'_>,
    number: u64,
    epoch: i64,
    mut paper: Vec<u8>,
) -> Result<Vec<u8>, EngineError> {
    paper.clear();
    paper.resize(HEAD_BYTES, 0);
    paper.push(FORM);
    let mut bytes =
        postcard::to_extend(entry, paper).map_err(|error| EngineError::Refused(error.to_string()))?;
    let sum = checksum(epoch, number, &bytes[HEAD_BYTES..]);
    let too_long = |_| EngineError::Refused("a batch of 4 GiB".to_owned());
    let length = u32::try_from(bytes.len() - HEAD_BYTES).map_err(too_long)?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    bytes[4..8].copy_from_slice(&sum.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    bytes.resize(bytes.len().next_multiple_of(BLOCK_BYTES), 0);
    Ok(bytes)
}

/// A record that was read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept<'j> {
    pub(super) number: u64,
    said: &'j [u8],
}

impl<'j> Kept<'j> {
    /// What it says.
    pub(super) fn entry(&self) -> Result<Entry<'j>, EngineError> {
        let refused = |reason: &str| EngineError::Refused(format!("the journal beside the store: {reason}"));
        match self.said {
            [FORM, entry @ ..] => postcard::from_bytes(entry).map_err(|error| refused(&error.to_string())),
            _ => Err(refused("another version of Callboard wrote it; start that one once, and stop it")),
        }
    }
}

/// The records that these bytes begin with, those of this epoch that are whole and follow upon each other, and where they
/// end. What comes after them was not finished, or is left of an earlier time.
pub(super) fn records(bytes: &[u8], epoch: i64) -> (Vec<Kept<'_>>, usize) {
    let mut found: Vec<Kept<'_>> = Vec::new();
    let mut end = 0;
    while let Some((kept, length)) = first(bytes.get(end..).unwrap_or_default(), epoch) {
        if found.last().is_some_and(|last| kept.number != last.number + 1) {
            break;
        }
        found.push(kept);
        end += length;
    }
    (found, end)
}

/// All records of this epoch in these bytes that are whole, wherever they begin: also those behind one that is not, and
/// what is left of an earlier round.
pub(super) fn whole(bytes: &[u8], epoch: i64) -> Vec<Kept<'_>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(rest) = bytes.get(at..) {
        at += first(rest, epoch).map_or(BLOCK_BYTES, |(kept, length)| {
            found.push(kept);
            length
        });
    }
    found
}

fn first(bytes: &[u8], epoch: i64) -> Option<(Kept<'_>, usize)> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (sum, rest) = rest.split_first_chunk()?;
    let (number, rest) = rest.split_first_chunk()?;
    let (length, sum) = (u32::from_le_bytes(*length) as usize, u32::from_le_bytes(*sum));
    let (number, said) = (u64::from_le_bytes(*number), rest.get(..length)?);
    (length > 0 && checksum(epoch, number, said) == sum)
        .then_some((Kept { number, said }, (HEAD_BYTES + length).next_multiple_of(BLOCK_BYTES)))
}

/// The epoch is in the sum, so that nothing counts that is left of another time or another store.
fn checksum(epoch: i64, number: u64, said: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&epoch.to_le_bytes());
    hasher.update(&number.to_le_bytes());
    hasher.update(said);
    hasher.finalize()
}
