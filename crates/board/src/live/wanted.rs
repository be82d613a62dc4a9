//! Which events a visitor wants to see.

use serde::Deserialize;

use crate::in_address::asking;

/// What goes wrong.
pub(super) const TROUBLE: [&str; 3] = ["endpoint.disabled", "delivery.failed", "receipt.quarantined"];

/// What happens, in groups that people think of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(super) enum Group {
    #[default]
    Everything,
    Interviews,
    Feedback,
    Applications,
    Candidates,
    Jobs,
    Answers,
    Trouble,
}

impl Group {
    pub(super) const ALL: [Self; 8] = [
        Self::Everything,
        Self::Interviews,
        Self::Feedback,
        Self::Applications,
        Self::Candidates,
        Self::Jobs,
        Self::Answers,
        Self::Trouble,
    ];

    /// As it stands in an address: what the names of its events begin with, if there is such a thing.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Everything => "",
            Self::Interviews => "interview.",
            Self::Feedback => "feedback.",
            Self::Applications => "application.",
            Self::Candidates => "candidate.",
            Self::Jobs => "job.",
            Self::Answers => "answer_video.",
            Self::Trouble => "trouble",
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Everything => "Everything",
            Self::Interviews => "Interviews",
            Self::Feedback => "Feedback",
            Self::Applications => "Applications",
            Self::Candidates => "Candidates",
            Self::Jobs => "Jobs",
            Self::Answers => "Recorded answers",
            Self::Trouble => "Trouble",
        }
    }
}

impl From<String> for Group {
    /// One that there is not is everything.
    fn from(name: String) -> Self {
        Self::ALL.into_iter().find(|it| it.name() == name).unwrap_or_default()
    }
}

/// What is asked for; nothing means everything.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    pub(super) group: Group,
    /// From which source.
    #[serde(default)]
    pub(super) source: String,
}

/// As much of an event as says whether it is wanted.
#[derive(Deserialize)]
struct FromWhere {
    data: HasSource,
}

#[derive(Deserialize)]
struct HasSource {
    source: Option<String>,
}

impl Wanted {
    /// Is it of this kind?
    pub(super) fn kind(&self, kind: &str) -> bool {
        match self.group {
            Group::Trouble => is_trouble(kind),
            group => kind.starts_with(group.name()),
        }
    }

    /// Is an event, in its native form, from there?
    pub(super) fn is_from_there(&self, event: &str) -> bool {
        if self.source.is_empty() {
            return true;
        }
        let from: Option<FromWhere> = serde_json::from_str(event).ok();
        from.is_some_and(|it| it.data.source.as_ref() == Some(&self.source))
    }

    pub(super) fn is_everything(&self) -> bool {
        self.group == Group::Everything && self.source.is_empty()
    }

    /// Where it can be listened to.
    pub(super) fn stream(&self) -> String {
        asking("/board/live", &[("group", self.group.name()), ("source", &self.source)])
    }
}

pub(super) fn is_trouble(kind: &str) -> bool {
    TROUBLE.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(group: &str, source: &str) -> Wanted {
        Wanted { group: group.to_owned().into(), source: source.to_owned() }
    }

    #[test]
    fn a_group_that_there_is_not_is_everything() {
        assert!(wanted("no such group", "").is_everything());
        assert!(wanted("no such group", "").kind("job.created"));
        assert!(!wanted("job.", "").kind("interview.created"));
        assert!(wanted("trouble", "").kind("delivery.failed") && !wanted("trouble", "").kind("job.created"));
    }

    #[test]
    fn whatever_is_asked_for_stays_within_its_part_of_the_address() {
        let stream = wanted("answer_video.", "src_1&group=job.#").stream();
        assert_eq!(stream, "/board/live?group=answer_video.&source=src_1%26group%3Djob.%23");
    }
}
