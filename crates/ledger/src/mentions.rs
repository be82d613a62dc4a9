//! Does a message speak of someone? A search for words in what platforms sent, whatever way they write it.

/// A word with fewer characters than this says too little to erase a message for it.
const WORD_CHARS: usize = 4;

/// Words by which someone is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentions {
    words: Vec<String>,
}

impl Mentions {
    /// The words, but for those that are too short to say anything.
    pub fn of(words: &[String]) -> Self {
        let words = words.iter().map(|word| plain(word.trim().as_bytes()));
        Self { words: words.filter(|word| word.chars().count() >= WORD_CHARS).collect() }
    }

    /// Is there nothing to look for?
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Is one of the words in there, as a whole, in upper or lower case, written out or as JSON escapes it?
    pub fn are_in(&self, message: &[u8]) -> bool {
        if self.is_empty() || message.is_empty() {
            return false;
        }
        let message = plain(message);
        self.words.iter().any(|word| has_word(&message, word))
    }
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// A text in lower case, with the escapes of JSON resolved.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.contains('\\') { unescaped(&text).to_lowercase() } else { text.to_lowercase() }
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut units = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        // Two escapes may be one character.
        while let Some(unit) = unicode_escape(rest) {
            units.push(unit);
            rest = &rest[6..];
        }
        if units.is_empty() {
            let mut escape = rest[1..].chars();
            match escape.next() {
                Some('n' | 'r' | 't' | 'b' | 'f') => plain.push(' '),
                Some(character) => plain.push(character),
                None => {}
            }
            rest = escape.as_str();
        } else {
            plain.push_str(&String::from_utf16_lossy(&units));
            units.clear();
        }
    }
    plain + rest
}

/// The number in a `\\u00e9` at the start of a text.
fn unicode_escape(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(word: &str, message: &str) -> bool {
        Mentions::of(&[word.to_owned()]).are_in(message.as_bytes())
    }

    #[test]
    fn a_word_is_found_however_it_is_written() {
        assert!(mentions("ada@example.com", r#"{"email":"Ada@Example.com"}"#));
        assert!(mentions("ZO\u{cb} B\u{c9}AR", r#"{"name":"Zo\u00eb B\u00e9ar"}"#));
        assert!(mentions("Zo\u{eb} \u{1f43b}", r#"{"name":"Zo\u00EB \ud83d\udc3b"}"#));
        assert!(mentions("ada/lovelace", r#""https:\/\/example.com\/ada\/lovelace""#));
        assert!(mentions("Ada Lovelace", "{\"note\":\"spoke to\\nAda Lovelace\"}"));
        assert!(mentions("+49 30 123", r#"{"phone":"+49 30 123"}"#));
    }

    #[test]
    fn a_part_of_another_word_and_a_word_of_a_few_characters_are_not() {
        assert!(!mentions("ada@example.com", "nevada@example.com"));
        assert!(!mentions("RENE2010", "RENE20101"));
        assert!(!mentions("Ann", r#"{"name":"Ann"}"#), "too short to say anything");
        assert!(!mentions("", "anything"));
    }

    #[test]
    fn whatever_is_in_a_message_is_no_trouble() {
        for message in ["\\", "\\u", "\\u12", "\\ud83d", "\\ud83d\\u0041", "\\u00\u{e9}\u{e9}", "\u{0}\\\\"] {
            assert!(!mentions("ada@example.com", message));
        }
        assert!(!Mentions::of(&["word".to_owned()]).are_in(&[0xff, 0xfe, b'\\', 0x80]));
    }
}
