//! How large a thing may become by what platforms tell of it. Each event about a thing carries its lists, and whatever leads to it
//! loads what they lead to: one that grows with every message would hold up everybody else before long.

use super::decision::Decision;
use crate::external::levels;
use crate::limits::{MAX_APPLICATIONS, MAX_FEEDBACK, MAX_INTERVIEWS, MAX_LEVELS, MAX_NAMES, MAX_TAGS_TOLD};
use crate::world::{Entity, Held, World};

/// How many of something a thing has.
#[derive(Clone, Copy)]
struct Size {
    many: usize,
    most: usize,
    what: &'static str,
}

/// What a thing has no list of.
const NOTHING: Size = Size { many: 0, most: 0, what: "" };

impl Decision {
    /// Why this is not to be taken: a thing would have more of something than it may, and more than in `world`, in which
    /// this was decided. What makes nothing larger never outgrows anything. What commands may add to a thing they check
    /// themselves.
    pub fn outgrows(&self, world: &World) -> Option<String> {
        self.entities.iter().find_map(|held| outgrown(world.entity(held.entity.raw_id()), held))
    }
}

fn outgrown(before: Option<&Held>, after: &Held) -> Option<String> {
    let known = before.map_or([NOTHING; 4], sizes);
    let is_outgrown = |(before, after): &(Size, Size)| after.many > after.most && after.many > before.many;
    let (_, Size { most, what, .. }) = known.into_iter().zip(sizes(after)).find(is_outgrown)?;
    let thing = before.map_or_else(|| "something that is new".to_owned(), |held| held.entity.id());
    Some(format!("{thing} would have more than {most} {what}, which is as many as there can be"))
}

/// Everything of a thing that grows as messages come in, and how deep it may be.
fn sizes(held: &Held) -> [Size; 4] {
    let size = |many, most, what| Size { many, most, what };
    let names = size(held.record.names.len(), MAX_NAMES, "names");
    let deep = size(levels(held.entity.extra()), MAX_LEVELS, "levels of lists and objects");
    match &held.entity {
        Entity::Candidate(it) => {
            let tags = size(it.tags.as_ref().map_or(0, Vec::len), MAX_TAGS_TOLD, "tags");
            [names, deep, size(it.applications.len(), MAX_APPLICATIONS, "applications"), tags]
        }
        Entity::Application(it) => {
            let interviews = size(it.interviews.len(), MAX_INTERVIEWS, "interviews");
            [names, deep, interviews, size(it.feedback.len(), MAX_FEEDBACK, "pieces of feedback")]
        }
        Entity::Interview(it) => {
            [names, deep, size(it.feedback.len(), MAX_FEEDBACK, "pieces of feedback"), NOTHING]
        }
        Entity::Job(_)
        | Entity::Feedback(_)
        | Entity::Note(_)
        | Entity::Question(_)
        | Entity::AnswerVideo(_)
        | Entity::User(_)
        | Entity::File(_) => [names, deep, NOTHING, NOTHING],
    }
}
