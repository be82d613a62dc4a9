//! People referred to in passing: each becomes one of our users.

use super::draft::Draft;
use crate::external::{Kind, Name, is_address};
use crate::people::{Person, User, UserTold};

impl Draft<'_> {
    /// The person, with our user for them: found by the platform's id, then by e-mail, else made. Nobody can be found
    /// again by a name alone, so that makes no user.
    pub fn person(&mut self, told: &Person) -> Person {
        let company = self.teller.company;
        let by_email = told.email.as_ref().and_then(|email| Name::told_email(Kind::User, company, email));
        let called = told.id.as_ref();
        let found = self.find_external::<User>(called).or_else(|| {
            let id = self.find::<User>(by_email.as_ref()?)?;
            self.call::<User>(id, called);
            Some(id)
        });
        let user = match found {
            Some(id) => id,
            None if called.is_some() || by_email.is_some() => self.make::<User>(called),
            None => return told.clone(),
        };
        if let Some(name) = by_email {
            self.name(name, user);
        }
        let facts = UserTold { name: told.name.clone(), email: told.email.clone(), ..UserTold::default() };
        self.refer::<User>(user, &facts);
        Person { user: Some(user), ..told.clone() }
    }

    /// The person as told, with what was known about the same one before kept where it was not told.
    pub fn person_after(&mut self, known: Option<&Person>, told: &Person) -> Person {
        let mut person = self.person(told);
        if let Some(known) = known.filter(|known| known.is_same(&person)) {
            person.user = person.user.or(known.user);
            person.id = person.id.or_else(|| known.id.clone());
            person.name = person.name.or_else(|| known.name.clone());
            person.email = person.email.or_else(|| known.email.clone());
        }
        person
    }

    /// Completes someone by what is known of our user. For messages that are news anyway: that a user got a name is none
    /// about whatever they wrote.
    pub fn complete(&self, person: Option<&mut Person>, told: Option<&Person>) {
        // Only a user whom the message itself leads to is sure to be at hand.
        let leads_to_user =
            told.is_some_and(|told| told.id.is_some() || told.email.as_deref().is_some_and(is_address));
        let Some(person) = person.filter(|_| leads_to_user) else { return };
        if let Some(user) = person.user.and_then(|id| self.get::<User>(id)) {
            person.name = person.name.take().or_else(|| user.name.clone());
            person.email = person.email.take().or_else(|| user.email.clone());
        }
    }
}
