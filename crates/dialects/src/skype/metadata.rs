//! `metadata`: a platform's reason for a stage, as `<code> - <text>` (platforms.md 2.4).

use callboard_core::{Stage, StageMark, TimeAsked};

/// What we say about a stage when nobody said more. Microsoft's documentation gives three of these codes; the others
/// are ours, spaced so that a step of the interview keeps its thousand.
const OWN_WORDS: [(Stage, u32, &str); 12] = [
    (Stage::InterviewCreated, 1, "Interview was created"), // Microsoft's
    (Stage::SchedulingTime, 2000, "Pending interviewer time selection"), // Microsoft's
    (Stage::SchedulingFailed, 2900, "Interview could not be scheduled"),
    (Stage::SchedulingCompleted, 3000, "Interview was scheduled"),
    (Stage::InterviewStarted, 4000, "Interview has started"),
    (Stage::InterviewFailed, 4900, "Interview failed"),
    (Stage::InterviewCompleted, 5000, "Interview was completed"),
    (Stage::FeedbackCollecting, 6000, "Pending interviewer feedback"),
    (Stage::FeedbackFailed, 6900, "Feedback could not be submitted"),
    (Stage::FeedbackCompleted, 7000, "Feedback was submitted"),
    (Stage::InterviewCanceled, 9000, "Interview was canceled"),
    (Stage::InterviewArchived, 10000, "Interview was archived"), // Microsoft's
];

/// Who is asked for a time, and in which way: all of them are `SchedulingTime`.
const TIMES_ASKED: [(TimeAsked, u32); 4] = [
    (TimeAsked::InterviewerSelects, 2000), // Microsoft's
    (TimeAsked::InterviewerProposes, 2001),
    (TimeAsked::CandidateSelects, 2002),
    (TimeAsked::CandidateProposes, 2003),
];

/// The mark that a stage and its metadata make. Metadata of another form is kept as text.
pub(super) fn mark(stage: &str, metadata: Option<&str>) -> StageMark {
    let value = Stage::from(stage);
    let Some(metadata) = metadata.filter(|it| !it.is_empty()) else { return value.into() };
    let (code, text) = coded(metadata).map_or((None, metadata), |(code, text)| (Some(code), text));
    StageMark { value, code, text: Some(text.to_owned()) }
}

fn coded(metadata: &str) -> Option<(u32, &str)> {
    let (digits, text) = metadata.split_once(" - ")?;
    let code: u32 = digits.parse().ok()?;
    // `+7` and `007` are numbers too, but would not be written back as they came.
    let is_written_so = digits == "0" || digits.starts_with(|first: char| matches!(first, '1'..='9'));
    (is_written_so && !text.is_empty()).then_some((code, text))
}

/// The metadata for a mark that a platform told: what it said, else our own words.
pub(super) fn told(mark: &StageMark) -> String {
    match (mark.code, &mark.text) {
        (Some(code), Some(text)) => format!("{code} - {text}"),
        (None, Some(text)) => match code_of_time(mark, text) {
            Some(code) => format!("{code} - {text}"),
            None => text.clone(),
        },
        (code, None) => match own_words(mark) {
            Some((own_code, text)) => format!("{} - {text}", code.unwrap_or(own_code)),
            None => code.map_or_else(|| mark.value.to_string(), |code| format!("{code} - {}", mark.value)),
        },
    }
}

/// The metadata for a mark that the hub's own people made: a reason in words has the code of its stage in front.
pub(super) fn own(mark: &StageMark) -> String {
    match (mark.code, &mark.text, own_words(mark)) {
        (None, Some(text), Some((code, _))) => {
            format!("{} - {text}", code_of_time(mark, text).unwrap_or(code))
        }
        _ => told(mark),
    }
}

fn own_words(mark: &StageMark) -> Option<(u32, &'static str)> {
    OWN_WORDS.iter().find(|(stage, ..)| *stage == mark.value).map(|(_, code, text)| (*code, *text))
}

fn code_of_time(mark: &StageMark, text: &str) -> Option<u32> {
    let asked =
        TIMES_ASKED.iter().find(|(asked, _)| mark.value == Stage::SchedulingTime && asked.text() == text)?;
    Some(asked.1)
}

/// Who is asked for a time by this mark, and in which way, if it says so.
pub(super) fn time_asked(mark: &StageMark) -> Option<TimeAsked> {
    let is_it = |(asked, code): &&(TimeAsked, u32)| {
        mark.code == Some(*code) || mark.text.as_deref() == Some(asked.text())
    };
    let asked = TIMES_ASKED.iter().find(is_it)?.0;
    (mark.value == Stage::SchedulingTime).then_some(asked)
}

/// The reason that a mark gives beside what every mark of its stage says.
pub(super) fn reason(mark: &StageMark) -> Option<String> {
    let usual = own_words(mark).map(|(_, text)| text);
    mark.text.clone().filter(|text| Some(text.as_str()) != usual)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_of_the_twelve_stages_has_its_own_code() {
        for stage in Stage::KNOWN {
            assert_eq!(OWN_WORDS.iter().filter(|(of, ..)| of == stage).count(), 1, "{stage}");
        }
        assert!(OWN_WORDS.is_sorted_by(|(_, a, _), (_, b, _)| a < b));
    }

    #[test]
    fn microsoft_s_own_words_are_used_where_they_are_known() {
        assert_eq!(told(&Stage::InterviewCreated.into()), "1 - Interview was created");
        assert_eq!(told(&Stage::SchedulingTime.into()), "2000 - Pending interviewer time selection");
        assert_eq!(told(&Stage::InterviewArchived.into()), "10000 - Interview was archived");
    }

    #[test]
    fn a_code_and_a_text_are_told_apart() {
        let mark = mark("SchedulingTime", Some("2000 - Pending interviewer time selection"));
        assert_eq!(mark.code, Some(2000));
        assert_eq!(mark.text.as_deref(), Some("Pending interviewer time selection"));
    }

    #[test]
    fn a_stage_that_nobody_knows_is_told_by_its_own_word() {
        assert_eq!(told(&mark("InterviewPaused", None)), "InterviewPaused");
    }

    fn said(stage: Stage, text: &str) -> StageMark {
        StageMark { text: Some(text.to_owned()), ..stage.into() }
    }

    #[test]
    fn whoever_is_asked_for_a_time_has_a_code_of_their_own() {
        for (asked, code) in TIMES_ASKED {
            let metadata = format!("{code} - {}", asked.text());
            assert_eq!(time_asked(&mark("SchedulingTime", Some(&metadata))), Some(asked));
            let mark = said(Stage::SchedulingTime, asked.text());
            assert_eq!((own(&mark), told(&mark)), (metadata.clone(), metadata));
        }
    }

    #[test]
    fn a_reason_in_our_people_s_words_has_the_code_of_its_stage_and_a_platform_s_stays_as_it_is() {
        let mark = said(Stage::InterviewFailed, "the line broke");
        assert_eq!((own(&mark), told(&mark)), ("4900 - the line broke".into(), "the line broke".into()));
        assert_eq!(own(&Stage::InterviewFailed.into()), "4900 - Interview failed");
        let with_code = StageMark { code: Some(17), ..mark };
        assert_eq!(own(&with_code), "17 - the line broke");
    }

    proptest! {
        #[test]
        fn metadata_is_told_on_as_it_came(metadata in prop_oneof!["[0-9]{0,11} ?-? ?.{0,12}", ".{1,40}"]) {
            prop_assume!(!metadata.is_empty());
            prop_assert_eq!(told(&mark("SchedulingTime", Some(&metadata))), metadata);
        }
    }
}
