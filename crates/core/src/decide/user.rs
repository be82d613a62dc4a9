//! News of one of the company's people. There is no event for it: whatever they do from now on carries their name.

use super::draft::Draft;
use super::telling::Manner;
use crate::external::{Kind, Name};
use crate::observation::About;
use crate::people::{User, UserTold};

pub(super) fn hear(draft: &mut Draft<'_>, user: &About<UserTold>) {
    let called = user.external_id.as_ref();
    let (company, email) = (draft.teller.company, user.told.email.as_ref());
    let by_email = email.and_then(|email| Name::told_email(Kind::User, company, email));
    let found = draft.find_external::<User>(called).or_else(|| {
        let id = draft.find::<User>(by_email.as_ref()?)?;
        draft.call::<User>(id, called);
        Some(id)
    });
    let id = found.unwrap_or_else(|| draft.make::<User>(called));
    if let Some(name) = by_email
        && !draft.name(name, id)
    {
        draft.unreconciled(format!("the address of {id} is another user's; it does not lead to {id}"));
    }
    if let Some(heard) = draft.tell::<User>(id, &user.told, Manner::Full) {
        draft.taken_quietly |= heard.changed;
    }
}
