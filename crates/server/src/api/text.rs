//! How much people may fill in (invariant I7).

use serde_json::Value;

use crate::limits::{CREDENTIALS_BYTES, NAMED_BY_ENDPOINT, TEXT_CHARS};
use crate::problem::{Problem, codes};

/// What [`check_text`] lets through, for a schema.
pub(crate) const TEXT: &str = r"^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$";
/// What [`check_name`] lets through, for a schema.
pub(crate) const NAME: &str = r"^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*[^\s\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069][^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$";

/// Does it do something to what shows the text: to a terminal, or to the order of the characters around it, so that they
/// read as something else? The marks that writing from right to left needs are none of these.
pub(crate) fn is_control(it: char) -> bool {
    it.is_control() || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name or a description: short, and nothing in it that does something to a terminal.
pub(crate) fn check_text(member: &str, text: &str) -> Result<(), Problem> {
    if text.chars().count() > TEXT_CHARS {
        return Err(Problem::new(codes::TOO_LONG, format!("`{member}` has at most {TEXT_CHARS} characters")));
    }
    if text.chars().any(|it| is_control(it) && it != '\n') {
        return Err(Problem::new(codes::BAD_TEXT, format!("`{member}` has a control character in it")));
    }
    Ok(())
}

/// A name that cannot be left empty.
pub(crate) fn check_name(member: &str, name: &str) -> Result<(), Problem> {
    if name.trim().is_empty() {
        return Err(Problem::new(codes::BAD_TEXT, format!("`{member}` is empty")));
    }
    check_text(member, name)
}

/// A list of what an endpoint is told.
pub(crate) fn check_count<T>(member: &str, list: &[T]) -> Result<(), Problem> {
    if list.len() <= NAMED_BY_ENDPOINT {
        return Ok(());
    }
    Err(Problem::new(codes::LIST_TOO_LONG, format!("`{member}` names at most {NAMED_BY_ENDPOINT}")))
}

/// Credentials as they were given.
pub(crate) fn check_credentials(given: Option<&Value>) -> Result<(), Problem> {
    if given.is_none_or(|given| given.to_string().len() <= CREDENTIALS_BYTES) {
        return Ok(());
    }
    let detail = format!("`credentials` has at most {CREDENTIALS_BYTES} bytes");
    Err(Problem::new(codes::BAD_CREDENTIALS, detail))
}
