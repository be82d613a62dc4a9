//! What platforms call things, and what they say that we have no word for.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{CompanyId, Identifier, SourceId};

/// Members that Callboard has no word for, as one JSON object a platform.
pub type Extra = BTreeMap<String, Value>;

/// What platforms call a thing: `{"skype": "RENE2010"}`. A second account at the same platform that uses another name
/// for it stands beside the first under `platform/source`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ExternalIds(BTreeMap<String, String>);

impl ExternalIds {
    /// Is it known to no platform?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What `platform` calls it.
    pub fn get(&self, platform: &str) -> Option<&str> {
        self.0.get(platform).map(String::as_str)
    }

    /// What `source`, an account at `platform`, calls it, or else what the platform does.
    pub fn get_for(&self, platform: &str, source: Option<SourceId>) -> Option<&str> {
        let source = source.filter(|_| self.0.len() > 1);
        let own = source.and_then(|source| self.0.get(&format!("{platform}/{source}")));
        own.map(String::as_str).or_else(|| self.get(platform))
    }

    /// Notes what `source`, an account at `platform`, calls it. Answers whether that was new.
    pub fn note(&mut self, platform: &str, source: SourceId, value: &str) -> bool {
        match self.0.get(platform) {
            Some(known) if known == value => false,
            Some(_) => {
                self.0.insert(format!("{platform}/{source}"), value.to_owned()).as_deref() != Some(value)
            }
            None => {
                self.0.insert(platform.to_owned(), value.to_owned());
                true
            }
        }
    }

    /// Puts the name that was given through the API, in place of the one before, which is answered.
    pub fn put(&mut self, platform: &str, value: &str) -> Option<String> {
        self.0.insert(platform.to_owned(), value.to_owned())
    }

    /// Takes a name away. Answers what it was.
    pub fn remove(&mut self, platform: &str) -> Option<String> {
        self.0.remove(platform)
    }

    /// Every name, by platform or by platform and source.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(platform, value)| (platform.as_str(), value.as_str()))
    }
}

/// The kinds of things that can be found by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A [`crate::Job`].
    Job,
    /// A [`crate::Candidate`].
    Candidate,
    /// A [`crate::Application`].
    Application,
    /// A [`crate::Interview`].
    Interview,
    /// A [`crate::Feedback`].
    Feedback,
    /// A [`crate::Note`].
    Note,
    /// A [`crate::Question`].
    Question,
    /// A [`crate::AnswerVideo`].
    AnswerVideo,
    /// A [`crate::User`].
    User,
    /// A [`crate::File`].
    File,
}

impl Kind {
    /// A short word for it, the prefix of its ids.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Candidate => "can",
            Self::Application => "app",
            Self::Interview => "int",
            Self::Feedback => "fdbk",
            Self::Note => "note",
            Self::Question => "qustn",
            Self::AnswerVideo => "ansv",
            Self::User => "usr",
            Self::File => "file",
        }
    }
}

/// A name under which an entity can be found: what a source calls it, or a person's e-mail within a company.
/// The scope is part of the name, so that no name leads from one company into another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(Box<str>);

impl Name {
    /// What `source` calls a thing.
    pub fn external(kind: Kind, source: SourceId, value: &str) -> Self {
        Self::of(kind, ':', source.raw(), &[value])
    }

    /// What a platform, or a program of the company's own, calls a thing, whichever account tells of it: names that were
    /// given through the API.
    pub fn given(kind: Kind, company: CompanyId, platform: &str, value: &str) -> Self {
        Self::of(kind, '=', company.raw(), &[platform, ":", value])
    }

    /// A person's e-mail address within a company; letter case does not matter.
    pub fn email(kind: Kind, company: CompanyId, email: &str) -> Self {
        Self::of(kind, '@', company.raw(), &[&email.trim().to_lowercase()])
    }

    /// The same of what a message gives as an address, if it is one: an empty text or a dash would lead to everybody who has
    /// none.
    pub(crate) fn told_email(kind: Kind, company: CompanyId, email: &str) -> Option<Self> {
        is_address(email).then(|| Self::email(kind, company, email))
    }

    /// Put together in one piece of memory: names are made for each message.
    fn of(kind: Kind, mark: char, whose: u64, value: &[&str]) -> Self {
        let kind = kind.as_str();
        let digits = (u64::BITS - whose.leading_zeros()).div_ceil(4).max(1) as usize;
        let length = value.iter().map(|part| part.len()).sum::<usize>();
        let mut name = String::with_capacity(kind.len() + digits + length + 2);
        write!(name, "{kind}{mark}{whose:x}:").expect("a text takes all that is written");
        name.extend(value.iter().copied());
        Self(name.into())
    }

    /// What it says beside whose and of what kind it is: an e-mail address; a source's name for a thing.
    pub(crate) fn value(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, value)| value)
    }

    /// The text that stands for it in a store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Has this the form of an e-mail address, name@host?
pub(crate) fn is_address(text: &str) -> bool {
    let text = text.trim();
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        && !text.chars().any(|char| char.is_whitespace() || char.is_control())
}

/// How deep the lists and objects lie in each other, in what there is no word for.
pub(crate) fn levels(extra: &Extra) -> usize {
    extra.values().map(levels_of).max().unwrap_or_default()
}

fn levels_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(levels_of).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(levels_of).max().unwrap_or_default(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_it_names_and_whose_it_is_and_leads_from_no_company_into_another() {
        let (source, company) = (SourceId::from_raw(0), CompanyId::from_raw(u64::MAX));
        let names = [
            Name::external(Kind::Interview, source, "RENE:2010"),
            Name::given(Kind::Interview, company, "skype", "RENE2010"),
            Name::email(Kind::Candidate, CompanyId::from_raw(0x10), " Rene@Example.com "),
        ];
        let stored = names.each_ref().map(Name::as_str);
        let expected = [
            format!("{}:0:RENE:2010", Kind::Interview.as_str()),
            format!("{}=ffffffffffffffff:skype:RENE2010", Kind::Interview.as_str()),
            format!("{}@10:rene@example.com", Kind::Candidate.as_str()),
        ];
        assert_eq!(stored, expected.each_ref().map(String::as_str));
    }
}
