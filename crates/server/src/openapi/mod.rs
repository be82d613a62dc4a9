//! The API describes itself: what its document says is drawn from the types that the handlers take and give.
//!
//! `aide` walks the routes, `schemars` the types. It is aide's 0.16 before its release, pinned: the one before it speaks an
//! old `schemars` that knows neither our entities' schemas nor `OpenAPI` 3.1's dialect of them.

mod answers;
mod document;
mod inputs;
mod says;
mod tidying;

pub(crate) use answers::{Accepted, Gone, Made, Now, Told, View};
pub(crate) use document::{document, undescribed};
pub(crate) use inputs::{Part, header, refusals};
pub(crate) use says::{refused_with, says};
