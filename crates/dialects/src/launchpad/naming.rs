//! What LaunchPad's `interview.id` names: the assessment that any number of candidates are invited to (platforms.md 4.2).
//! That is our job. The interview that one of them gives has no name of its own there, so it is known by both.

/// The name of the interview that one candidate gives, by their invitation, else by themselves.
pub(super) fn interview(assessment: &str, invite: Option<&str>, candidate: Option<&str>) -> String {
    match invite.or(candidate) {
        Some(who) => format!("{assessment}/{who}"),
        None => assessment.to_owned(),
    }
}

/// Is this the name of one candidate's interview in an assessment?
pub(super) fn is_of(name: &str, assessment: &str) -> bool {
    name.strip_prefix(assessment).is_some_and(|rest| rest.starts_with('/'))
}
