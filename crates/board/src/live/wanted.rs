//! Which events a visitor wants to see.

use serde::Deserialize;

/// What happens, in groups that people think of.
pub(super) const GROUPS: [(&str, &str); 8] = [
    ("", "Everything"),
    ("interview.", "Interviews"),
    ("feedback.", "Feedback"),
    ("application.", "Applications"),
    ("candidate.", "Candidates"),
    ("job.", "Jobs"),
    ("answer_video.", "Recorded answers"),
    ("trouble", "Trouble"),
];

/// What is asked for; nothing means everything.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Wanted {
    /// One of [`GROUPS`].
    #[serde(default)]
    pub(super) group: String,
    /// From which source.
    #[serde(default)]
    pub(super) source: String,
}

impl Wanted {
    /// Is it of this kind?
    pub(super) fn kind(&self, kind: &str) -> bool {
        match self.group.as_str() {
            "trouble" => ["endpoint.disabled", "delivery.failed", "receipt.quarantined"].contains(&kind),
            group => kind.starts_with(group),
        }
    }

    /// Is it from there?
    pub(super) fn source(&self, source: Option<&str>) -> bool {
        self.source.is_empty() || source == Some(self.source.as_str())
    }

    pub(super) fn is_everything(&self) -> bool {
        self.group.is_empty() && self.source.is_empty()
    }
}
