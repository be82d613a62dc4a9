//! The way of an interview through its stages.

use callboard_core::{Stage, Timestamp};

use crate::words::stage_words;

/// The way that an interview takes if all goes well.
const WAY: [Stage; 7] = [
    Stage::InterviewCreated,
    Stage::SchedulingTime,
    Stage::SchedulingCompleted,
    Stage::InterviewStarted,
    Stage::InterviewCompleted,
    Stage::FeedbackCollecting,
    Stage::FeedbackCompleted,
];

/// A stop on the way.
#[derive(Debug, PartialEq)]
pub(super) struct Stop {
    pub(super) name: String,
    /// When it was last reached.
    pub(super) at: Option<Timestamp>,
    pub(super) state: StopState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopState {
    /// The interview has been there, or has passed it.
    Passed,
    Here,
    /// It went wrong there, or ended.
    Ended,
    ToCome,
}

impl StopState {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Here => "here",
            Self::Ended => "ended",
            Self::ToCome => "to-come",
        }
    }
}

/// The way, from the moves that are known, oldest first, and where it stands now.
pub(super) fn stops(moves: &[(Stage, Timestamp)], now: &Stage) -> Vec<Stop> {
    let reached = |stage: &Stage| moves.iter().rev().find(|(to, _)| to == stage).map(|(_, at)| *at);
    let place = WAY.iter().position(|stage| stage == now);
    let furthest = place.or_else(|| WAY.iter().rposition(|stage| reached(stage).is_some()));
    let mut stops: Vec<Stop> = WAY
        .iter()
        .enumerate()
        .map(|(at, stage)| Stop {
            name: stage_words(stage.as_str()),
            at: reached(stage).filter(|_| furthest.is_some_and(|furthest| at <= furthest)),
            state: match furthest {
                Some(furthest) if place == Some(at) && at == furthest => StopState::Here,
                Some(furthest) if at <= furthest => StopState::Passed,
                _ => StopState::ToCome,
            },
        })
        .collect();
    if place.is_none() {
        let off = Stop { name: stage_words(now.as_str()), at: reached(now), state: StopState::Ended };
        stops.insert(furthest.map_or(0, |furthest| furthest + 1), off);
    }
    stops
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(60 * minute).unwrap()
    }

    fn states(stops: &[Stop]) -> String {
        stops.iter().map(|stop| &stop.state.name()[..1]).collect()
    }

    #[test]
    fn what_was_skipped_counts_as_passed_and_what_is_ahead_does_not() {
        let moves = [(Stage::InterviewCreated, at(1)), (Stage::SchedulingCompleted, at(3))];
        let stops = stops(&moves, &Stage::SchedulingCompleted);
        assert_eq!(states(&stops), "pphtttt");
        assert_eq!(stops[1].at, None);
        assert_eq!(stops[2].at, Some(at(3)));
    }

    #[test]
    fn one_that_went_wrong_stops_where_it_did() {
        let moves = [
            (Stage::InterviewCreated, at(1)),
            (Stage::SchedulingTime, at(2)),
            (Stage::SchedulingFailed, at(3)),
        ];
        let stops = stops(&moves, &Stage::SchedulingFailed);
        assert_eq!(states(&stops), "ppettttt");
        assert_eq!((stops[2].name.as_str(), stops[2].at), ("Scheduling failed", Some(at(3))));
    }

    #[test]
    fn one_that_went_back_has_not_been_further_on() {
        let moves = [(Stage::SchedulingCompleted, at(1)), (Stage::SchedulingTime, at(2))];
        let stops = stops(&moves, &Stage::SchedulingTime);
        assert_eq!(states(&stops), "phttttt");
        assert_eq!(stops[2].at, None);
    }
}
