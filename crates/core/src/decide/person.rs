//! People referred to in passing: each becomes one of our users.

use super::draft::Draft;
use crate::external::{Kind, Name};
use crate::people::{Person, User, UserTold};

impl Draft<'_> {
    /// The person, with our user for them: found by the platform's id, then by e-mail, else made. Nobody can be found
    /// again by a name alone, so that makes no user.
    pub fn person(&mut self, told: &Person) -> Person {
        let by_email = told.email.as_ref().map(|email| Name::email(Kind::User, self.teller.company, email));
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

    /// The person as told, with what was known about the same one before kept where it was not told. Of someone who was
    /// not mentioned here before, what is not told is our user's.
    pub fn person_after(&mut self, known: Option<&Person>, told: &Person) -> Person {
        let mut person = self.person(told);
        if let Some(known) = known.filter(|known| known.is_same(&person)) {
            person.user = person.user.or(known.user);
            person.id = person.id.or_else(|| known.id.clone());
            person.name = person.name.or_else(|| known.name.clone());
            person.email = person.email.or_else(|| known.email.clone());
        } else if let Some(user) = person.user.and_then(|id| self.get::<User>(id)) {
            person.name = person.name.or_else(|| user.name.clone());
            person.email = person.email.or_else(|| user.email.clone());
        }
        person
    }
}
