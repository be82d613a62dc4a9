//! Times as the platforms write them (platforms.md 8).

use callboard_core::Timestamp;
use jiff::{RoundMode, TimestampRound, Unit};

/// .NET's: seven digits and `Z`, `2018-02-26T17:50:17.4862382Z`.
pub(super) fn seven_digits(time: Timestamp) -> String {
    format!("{time:.7}")
}

/// .NET's again, as its JSON writer puts dates into objects: zeros at the end are left out, `2023-11-07T05:31:56Z`.
pub(super) fn as_few_digits(time: Timestamp) -> String {
    time.to_string()
}

/// Python's: six digits and an offset, `2015-03-16T15:32:34.174752+00:00`.
pub(super) fn six_digits(time: Timestamp) -> String {
    let mut text = format!("{time:.6}");
    text.pop();
    text + "+00:00"
}

/// JavaScript's: three digits and `Z`, `2018-01-24T15:25:00.000Z`.
pub(super) fn three_digits(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// The time without what a platform's clock does not tell.
pub(super) fn cut_to(time: Timestamp, unit: Unit) -> Timestamp {
    time.round(TimestampRound::new().smallest(unit).mode(RoundMode::Trunc))
        .expect("rounding towards zero stays in range")
}
