//! The names under which the things that an observation speaks of may already be known.

use super::decision::Teller;
use crate::external::{Kind, Name};
use crate::feedback::FeedbackTold;
use crate::observation::{About, Belonging, News, Observation};
use crate::people::{CandidateTold, Person};

/// A name under which a thing may be known, and the one to look for if it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// What the teller calls it, or a person's e-mail address.
    pub name: Name,
    /// The same as it was given through the API, for whichever account tells of it.
    pub otherwise: Option<Name>,
}

impl From<Name> for Sought {
    fn from(name: Name) -> Self {
        Self { name, otherwise: None }
    }
}

impl Observation {
    /// The names under which the things it speaks of may already be known: what to load before deciding, together with
    /// everything that [`crate::Entity::links`] leads to from there.
    pub fn names(&self, teller: &Teller<'_>) -> Vec<Sought> {
        let mut names = Names { teller, found: Vec::new() };
        match &self.news {
            News::Job { job, .. } => names.thing(Kind::Job, job),
            News::Candidate { candidate, .. } | News::Tag { candidate, .. } => names.candidate(candidate),
            News::Application { application, of, .. } => {
                names.thing(Kind::Application, application);
                names.belonging(of);
            }
            News::Interview { interview, of, .. }
            | News::Stage { interview, of, .. }
            | News::Meeting { interview, of, .. } => {
                names.thing(Kind::Interview, interview);
                names.belonging(of);
            }
            News::Assessed { interview, of, scores, .. } => {
                names.thing(Kind::Interview, interview);
                names.belonging(of);
                for score in scores {
                    names.person(&score.reviewer);
                }
            }
            News::Feedback { feedback, interview, of, .. } => {
                names.feedback(feedback);
                names.perhaps(Kind::Interview, interview.as_ref());
                names.belonging(of);
            }
            News::Note { note, of, answer_video, .. } => {
                names.thing(Kind::Note, note);
                names.perhaps(Kind::AnswerVideo, answer_video.as_ref());
                names.belonging(of);
                if let Some(author) = &note.told.author {
                    names.person(author);
                }
            }
            News::AnswerVideo { answer_video, question, of, .. } => {
                names.thing(Kind::AnswerVideo, answer_video);
                names.perhaps(Kind::Question, question.as_ref());
                names.belonging(of);
            }
            News::Question { question, of } => {
                names.thing(Kind::Question, question);
                names.belonging(of);
            }
            News::User { user } => {
                names.thing(Kind::User, user);
                names.email(Kind::User, user.told.email.as_deref());
            }
        }
        names.found
    }
}

struct Names<'a> {
    teller: &'a Teller<'a>,
    found: Vec<Sought>,
}

impl Names<'_> {
    fn thing<T>(&mut self, kind: Kind, about: &About<T>) {
        self.external(kind, about.external_id.as_deref());
    }

    fn perhaps<T>(&mut self, kind: Kind, about: Option<&About<T>>) {
        self.external(kind, about.and_then(|about| about.external_id.as_deref()));
    }

    fn belonging(&mut self, of: &Belonging) {
        self.perhaps(Kind::Job, of.job.as_ref());
        self.perhaps(Kind::Application, of.application.as_ref());
        if let Some(candidate) = &of.candidate {
            self.candidate(candidate);
        }
    }

    fn candidate(&mut self, candidate: &About<CandidateTold>) {
        self.thing(Kind::Candidate, candidate);
        self.email(Kind::Candidate, candidate.told.email.as_deref());
    }

    fn feedback(&mut self, feedback: &About<FeedbackTold>) {
        self.thing(Kind::Feedback, feedback);
        for person in [&feedback.told.reviewer, &feedback.told.creator].into_iter().flatten() {
            self.person(person);
        }
    }

    fn person(&mut self, person: &Person) {
        self.external(Kind::User, person.id.as_deref());
        self.email(Kind::User, person.email.as_deref());
    }

    fn external(&mut self, kind: Kind, value: Option<&str>) {
        let (Some(value), teller) = (value, self.teller) else { return };
        let given = Name::given(kind, teller.company, teller.platform, value);
        self.found.push(match teller.source {
            Some(source) => Sought { name: Name::external(kind, source, value), otherwise: Some(given) },
            None => given.into(),
        });
    }

    fn email(&mut self, kind: Kind, email: Option<&str>) {
        let name = email.and_then(|email| Name::told_email(kind, self.teller.company, email));
        self.found.extend(name.map(Sought::from));
    }
}
