//! Scores: decimal numbers that add up exactly.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Ten-thousandths make up one point.
const UNIT: i64 = 10_000;
/// Beyond this many points either way a number is no score.
const MAX_POINTS: i64 = 1_000_000_000;

/// A score in points, exact to four decimals, so that a total is the sum of its parts to the last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(i64);

/// The text is not a decimal number within a billion points either way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a score: a decimal number within a billion either way")]
pub struct ScoreError(String);

impl Score {
    /// A score of whole points; beyond a billion points it is cut off there.
    pub fn from_points(points: i64) -> Self {
        Self(points.clamp(-MAX_POINTS, MAX_POINTS) * UNIT)
    }

    /// The nearest score to a number; `None` for what is not finite or beyond a billion points.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    #[expect(clippy::cast_precision_loss, reason = "the limits are far below 2^53")]
    pub fn from_f64(points: f64) -> Option<Self> {
        (points.abs() <= MAX_POINTS as f64).then(|| Self((points * UNIT as f64).round() as i64))
    }

    /// The number of points.
    #[expect(clippy::cast_precision_loss, reason = "a score stays below 2^53 ten-thousandths")]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / UNIT as f64
    }

    /// The sum of scores.
    pub fn total(scores: impl IntoIterator<Item = Score>) -> Score {
        Self(scores.into_iter().fold(0, |sum, score| sum.saturating_add(score.0)))
    }

    /// The mean of scores, rounded to the nearest ten-thousandth; `None` when there are none.
    pub fn mean(scores: impl IntoIterator<Item = Score>) -> Option<Score> {
        let (mut sum, mut count) = (0_i128, 0_i128);
        for score in scores {
            sum += i128::from(score.0);
            count += 1;
        }
        let half = if sum < 0 { -count / 2 } else { count / 2 };
        let mean = (sum + half).checked_div(count)?;
        Some(Self(i64::try_from(mean).expect("a mean lies between its parts")))
    }
}

impl fmt::Display for Score {
    /// As few digits as say it exactly: `50`, `33.3333`, `-0.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (points, parts) =
            (self.0.unsigned_abs() / UNIT.unsigned_abs(), self.0.unsigned_abs() % UNIT.unsigned_abs());
        if parts == 0 {
            return write!(f, "{sign}{points}");
        }
        let decimals = format!("{parts:04}");
        write!(f, "{sign}{points}.{}", decimals.trim_end_matches('0'))
    }
}

impl FromStr for Score {
    type Err = ScoreError;

    fn from_str(text: &str) -> Result<Self, ScoreError> {
        let number: f64 = text.trim().parse().map_err(|_| ScoreError(text.chars().take(64).collect()))?;
        Self::from_f64(number).ok_or_else(|| ScoreError(text.chars().take(64).collect()))
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % UNIT == 0 {
            serializer.serialize_i64(self.0 / UNIT)
        } else {
            serializer.serialize_f64(self.as_f64())
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Score {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Score".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "minimum": -MAX_POINTS, "maximum": MAX_POINTS })
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let points = f64::deserialize(deserializer)?;
        Self::from_f64(points)
            .ok_or_else(|| serde::de::Error::custom("a score lies within a billion points either way"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_score_reads_back_from_text_and_json(parts in -MAX_POINTS * UNIT..=MAX_POINTS * UNIT) {
            let score = Score(parts);
            prop_assert_eq!(score.to_string().parse::<Score>(), Ok(score));
            prop_assert_eq!(serde_json::from_str::<Score>(&serde_json::to_string(&score).unwrap()).unwrap(), score);
        }

        #[test]
        fn a_mean_lies_between_the_lowest_and_the_highest(parts in prop::collection::vec(-9_999_999_i64..9_999_999, 1..20)) {
            let mean = Score::mean(parts.iter().map(|part| Score(*part))).unwrap();
            prop_assert!(mean.0 >= *parts.iter().min().unwrap() && mean.0 <= *parts.iter().max().unwrap());
        }
    }

    #[test]
    fn the_seed_s_three_scores_of_fifty_make_an_average_of_50_and_a_total_of_150() {
        let scores = [Score::from_points(50); 3];
        assert_eq!(Score::mean(scores).unwrap().to_string(), "50");
        assert_eq!(Score::total(scores).to_string(), "150");
    }

    #[test]
    fn what_is_no_score_is_refused() {
        for text in ["", "fifty", "NaN", "inf", "1e300", "-2000000000"] {
            assert!(text.parse::<Score>().is_err(), "{text}");
        }
    }
}
