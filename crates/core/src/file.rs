//! Files about a candidate: what they are, and where they can be had.

use crate::entity_macro::entity;
use crate::id::{ApplicationId, CandidateId, FileId, NoteId};

entity! {
    /// A file about a candidate: a link to it, or the bytes themselves, which the store keeps beside.
    File(FileId) told as FileTold
    links {
        /// Whom it is about.
        candidate_id: Option<CandidateId>,
        /// The application it came with.
        application_id: Option<ApplicationId>,
        /// The note it is attached to.
        note_id: Option<NoteId>,
        /// Are its bytes kept here?
        stored: bool,
    }
    facts {
        /// What it is called.
        name: String,
        /// What is in it, as a media type.
        content_type: String,
        /// What it is for: `resume`, `cover_letter`, `attachment`.
        purpose: String,
        /// Where it can be had, if not here.
        url: String,
        /// How large it is, in bytes.
        size_bytes: i64,
        /// The SHA-256 of its bytes, in lower-case hex.
        sha256: String,
    }
}
