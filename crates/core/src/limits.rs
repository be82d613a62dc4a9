//! How many of something one thing may hold where commands add them one by one, or messages of platforms do.

/// Attendees of one interview.
pub const MAX_ATTENDEES: usize = 100;
/// Reviewers assigned to one interview, or asked about one application as a whole.
pub const MAX_REVIEWERS: usize = 50;
/// Reviewers' scores that one message may list. Each is compared with all others.
pub const MAX_SCORES: usize = 500;
/// Feedback on one interview, or on one application itself, that messages may come to: as much as one of them may list.
pub const MAX_FEEDBACK: usize = MAX_SCORES;
/// Tags on one candidate.
pub const MAX_TAGS: usize = 100;
/// Tags on one candidate that messages may come to: platforms allow more than commands do. Of as many tags it is known
/// when they were put on or taken off.
pub const MAX_TAGS_TOLD: usize = 500;
/// Applications of one candidate, those that have been removed included.
pub const MAX_APPLICATIONS: usize = 500;
/// Interviews held for one application, those that were cancelled included.
pub const MAX_INTERVIEWS: usize = 200;
/// Ratings, and as many answers, in one feedback.
pub const MAX_ANSWERS: usize = 200;
/// External ids of one thing.
pub const MAX_EXTERNAL_IDS: usize = 32;
/// Names that lead to one thing, by messages: what each account calls it, or has called it, and addresses.
pub const MAX_NAMES: usize = 1_000;
/// Levels of lists and objects in each other, in what a thing has that there is no word for. JSON is read up to 127 of them, and
/// what a thing is stored and told in takes some.
pub const MAX_LEVELS: usize = 64;
/// Characters of an external id, or of the platform that it is for.
pub const MAX_EXTERNAL_ID_CHARS: usize = 255;
