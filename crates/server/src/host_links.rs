//! Host links are secrets (invariant I8): they are delivered to those who are owed them, and hidden everywhere else.

use std::borrow::Cow;

/// The members whose values let whoever holds them host a meeting (platforms.md 4.3).
const MEMBERS: [&str; 2] = ["\"start_url\"", "\"reviewer_url\""];
const HIDDEN: &str = "(hidden)";

/// The same JSON text with host links hidden. Works on text, so that a body that is not quite JSON is covered too.
pub(crate) fn hide(text: &str) -> Cow<'_, str> {
    if !MEMBERS.iter().any(|member| text.contains(member)) {
        return Cow::Borrowed(text);
    }
    let mut hidden = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(value) = next_value(rest) {
        hidden.push_str(&rest[..value]);
        hidden.push_str(HIDDEN);
        rest = &rest[value + string_end(&rest[value..])..];
    }
    hidden.push_str(rest);
    Cow::Owned(hidden)
}

/// Where the text of the next secret string begins.
fn next_value(text: &str) -> Option<usize> {
    MEMBERS
        .iter()
        .flat_map(|member| text.match_indices(member).map(|(at, _)| at + member.len()))
        .filter_map(|end| {
            let after = &text[end..];
            let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
            Some(text.len() - value.len())
        })
        .min()
}

/// How long the text of a JSON string is, up to its closing quote.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::hide;

    #[test]
    fn host_links_are_hidden_and_all_else_stays() {
        let text = r#"{"start_url" : "https://z.us/s/1?zak=\"secret\"", "join_url":"https://j", "reviewer_url":"x"}"#;
        let hidden = hide(text);
        assert_eq!(
            hidden,
            r#"{"start_url" : "(hidden)", "join_url":"https://j", "reviewer_url":"(hidden)"}"#
        );
    }

    #[test]
    fn a_body_that_breaks_off_is_hidden_to_its_end() {
        assert_eq!(hide(r#"{{"start_url":"https://z.us/s/1?zak=se"#), r#"{{"start_url":"(hidden)"#);
    }

    #[test]
    fn a_link_that_is_not_text_stays_as_it_is() {
        assert_eq!(hide(r#"{"start_url":null,"a":"b"}"#), r#"{"start_url":null,"a":"b"}"#);
    }
}
