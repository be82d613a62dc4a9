//! What can be asked of a user. Nothing is told of one.

use super::candidate::address_faults;
use super::keeping::{Kept, amend, is_blank, make, missing, remove};
use super::{Done, feedback};
use crate::command::UserCommand;
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::id::UserId;
use crate::people::User;
use crate::refusal::Refusal;

impl Kept for User {
    const CREATED: Option<EventType> = None;

    fn about(_: &Draft<'_>, _: UserId) -> Snapshot {
        Snapshot::default()
    }

    fn faults(&self) -> Vec<Refusal> {
        let address = is_blank(self.email.as_ref()).then(|| missing("a user needs an e-mail address"));
        address.into_iter().chain(address_faults(self.email.as_ref())).collect()
    }

    fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
}

pub(super) fn carry_out(draft: &mut Draft<'_>, id: UserId, command: &UserCommand) -> Done {
    match command {
        UserCommand::Create(facts) => make(draft, id, User::new(id), facts),
        UserCommand::Change(facts) => amend::<User>(draft, id, facts).map(|_| ()),
        UserCommand::Delete { feedback } => {
            draft.wanted::<User>(id)?;
            remove(draft, id);
            // Else an assessment would wait for someone who is gone.
            let owed = feedback.iter().filter(|feedback| feedback::is_owed_by(draft, **feedback, id));
            owed.copied().collect::<Vec<_>>().into_iter().try_for_each(|owed| feedback::unassign(draft, owed))
        }
    }
}
