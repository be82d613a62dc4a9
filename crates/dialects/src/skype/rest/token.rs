//! What a call's token says about itself, before anyone has verified it.

use callboard_core::Timestamp;

use crate::dialect::{Headers, Rejection};
use crate::skype::claims::Claims;
use crate::skype::verifying::{self, readable};

/// A token that has not been verified: it names the key by which that can be done, and nothing in it is to be believed
/// before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The API key that it is said to be issued by.
    pub issuer: String,
    /// What tells the call from every other one, without braces. A call must have it.
    pub unique: String,
    /// Until when it holds.
    pub ends: Timestamp,
}

impl Token {
    /// Reads the token of a call.
    pub fn read(headers: &dyn Headers) -> Result<Self, Rejection> {
        let json = verifying::claims_of(headers)?;
        let claims: Claims<'_> = readable(&json, "claims")?;
        let needed = |name: &str| Rejection::new("malformed", format!("the token has no `{name}`"));
        Ok(Self {
            issuer: claims.iss.as_deref().map(str::to_owned).ok_or_else(|| needed("iss"))?,
            unique: claims.unique().ok_or_else(|| needed("jti"))?,
            ends: claims.ends()?,
        })
    }
}
