//! How many of something one thing may hold where commands add them one by one.

/// Attendees of one interview.
pub const MAX_ATTENDEES: usize = 100;
/// Reviewers assigned to one interview, or asked about one application as a whole.
pub const MAX_REVIEWERS: usize = 50;
/// Reviewers' scores that one message may list. Each is compared with all others.
pub const MAX_SCORES: usize = 500;
/// Tags on one candidate.
pub const MAX_TAGS: usize = 100;
/// Applications of one candidate, those that have been removed included.
pub const MAX_APPLICATIONS: usize = 500;
/// Interviews held for one application, those that were cancelled included.
pub const MAX_INTERVIEWS: usize = 200;
/// Ratings, and as many answers, in one feedback.
pub const MAX_ANSWERS: usize = 200;
/// External ids of one thing.
pub const MAX_EXTERNAL_IDS: usize = 32;
/// Characters of an external id, or of the platform that it is for.
pub const MAX_EXTERNAL_ID_CHARS: usize = 255;
