//! Refusals: why a command was not carried out, with a stable code and a sentence that says what to do.

use std::fmt;

/// What kind of refusal it is, which is what a protocol's status follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// What was asked for does not make sense, whatever is known.
    Invalid,
    /// What it speaks of is not there, or belongs to another company.
    NotFound,
    /// It makes sense, but not as things stand.
    Conflict,
    /// The thing is not in the version that was asked for.
    Outdated,
}

/// A code with what it means, for the page that explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalCode {
    /// The code itself; it never changes.
    pub code: &'static str,
    /// What kind of refusal it stands for.
    pub kind: RefusalKind,
    /// What it means, and what to do about it.
    pub meaning: &'static str,
}

macro_rules! refusal_codes {
    ($($name:ident = $code:literal $kind:ident: $meaning:literal;)*) => {
        impl RefusalCode {
            $(#[doc = $meaning] pub const $name: Self =
                Self { code: $code, kind: RefusalKind::$kind, meaning: $meaning };)*

            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

refusal_codes! {
    NOT_FOUND = "not_found" NotFound: "What the request speaks of is not there, has been removed, or belongs to another company.";
    OUTDATED = "outdated" Outdated: "Someone changed the thing in between. Read it again, and decide again on what it is now.";
    MISSING_FACT = "missing_fact" Invalid: "Something that the thing cannot be without was not given, or was taken away.";
    BAD_FACT = "bad_fact" Invalid: "Something that was given makes no sense, such as an end before the start.";
    EXTERNAL_ID_TAKEN = "external_id_taken" Conflict: "Another thing of the same kind already has this external id.";
    EMAIL_TAKEN = "email_taken" Conflict: "Another candidate, or another user, already has this e-mail address. Use that one, or change it.";
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    code: RefusalCode,
    sentence: String,
}

impl Refusal {
    /// A refusal for this reason; the sentence says what exactly is in the way, and what to do.
    pub fn new(code: RefusalCode, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into() }
    }

    /// The thing of which this is the id is not there.
    pub fn not_found(id: impl fmt::Display) -> Self {
        Self::new(RefusalCode::NOT_FOUND, format!("there is no {id}"))
    }

    /// What kind it is.
    pub fn kind(&self) -> RefusalKind {
        self.code.kind
    }

    /// Its stable code.
    pub fn code(&self) -> &'static str {
        self.code.code
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Refusal {}
