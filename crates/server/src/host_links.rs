//! Host links are secrets (invariant I8): they are delivered to those who are owed them, and hidden everywhere else.

use std::borrow::Cow;

/// The members whose values let whoever holds them host a meeting (platforms.md 4.3).
const MEMBERS: [&str; 2] = ["start_url", "reviewer_url"];
/// What the two have in common: looking for it alone, a long text is gone through once.
const ENDING: &str = "_url";
/// What is shown instead of a secret.
pub(crate) const HIDDEN: &str = "(hidden)";

/// The same JSON text with host links hidden. Works on text, so that a body that is not quite JSON is covered too, and
/// one that is quoted inside of a string, as an endpoint may answer with what it was told.
pub(crate) fn hide(text: &str) -> Cow<'_, str> {
    if !MEMBERS.iter().any(|member| text.contains(member)) {
        return Cow::Borrowed(text);
    }
    let mut hidden = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((value, depth)) = next_value(rest) {
        hidden.push_str(&rest[..value]);
        hidden.push_str(HIDDEN);
        rest = &rest[value + string_end(&rest[value..], depth)..];
    }
    hidden.push_str(rest);
    Cow::Owned(hidden)
}

/// Where the text of the next secret string begins, and how many backslashes stand before its quotes.
fn next_value(text: &str) -> Option<(usize, usize)> {
    text.match_indices(ENDING).map(|(at, _)| text.split_at(at + ENDING.len())).find_map(|(member, after)| {
        MEMBERS.iter().find(|it| member.ends_with(**it))?;
        let (_, after) = quote(after)?;
        let (depth, value) = quote(after.trim_start().strip_prefix(':')?.trim_start())?;
        Some((text.len() - value.len(), depth))
    })
}

/// Takes a quote off the front, with the backslashes before it: how many they were, and what comes after it.
fn quote(text: &str) -> Option<(usize, &str)> {
    let quote = text.trim_start_matches('\\');
    Some((text.len() - quote.len(), quote.strip_prefix('"')?))
}

/// How long the text of a JSON string is, up to its closing quote, which has `depth` backslashes before it.
fn string_end(text: &str, depth: usize) -> usize {
    let mut backslashes = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\\' => backslashes += 1,
            // A backslash that belongs to the string is written as so many; whatever is left belongs to the quote.
            b'"' if backslashes % (2 * (depth + 1)) <= depth => return at - backslashes.min(depth),
            _ => backslashes = 0,
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

    #[test]
    fn a_body_that_is_quoted_inside_of_another_is_covered() {
        let text = r#"{"got":"{\"start_url\": \"https://z.us/s/1?zak=\\\"se\\\"\",\"a\":\"b\"}","ok":true}"#;
        assert_eq!(hide(text), r#"{"got":"{\"start_url\": \"(hidden)\",\"a\":\"b\"}","ok":true}"#);
    }
}
