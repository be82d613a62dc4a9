//! The body is not the one that was signed. What happened to it on the way?
//!
//! Most often something parsed the body and wrote it anew (platforms.md 7.2). That can be told: written the way it was,
//! it would match.

/// Says what is wrong with a body, given a test whether another one would match.
pub(super) fn explain(body: &[u8], matches: impl Fn(&[u8]) -> bool) -> String {
    let guess = if matches(body.trim_ascii()) {
        "white space was added around it on the way"
    } else if [b"\n".as_slice(), b"\r\n"].iter().any(|end| matches(&[body, end].concat())) {
        "the end of its last line was cut off on the way"
    } else if REWRITINGS.iter().any(|spacing| matches(&rewritten(body, *spacing))) {
        "the body was re-serialised on the way; verify the bytes as they arrive, before they are parsed"
    } else {
        "it was altered on the way, or the token belongs to another request"
    };
    format!("the body does not match the hash in the token's `sub`: {guess}")
}

/// How the tokens of a JSON text are set apart.
#[derive(Clone, Copy)]
enum Spacing {
    /// `{"a":1,"b":2}`, as most libraries write.
    None,
    /// `{"a": 1, "b": 2}`, as Python writes.
    Spaces,
    /// One member a line, each level indented by so many spaces, as people print.
    Lines(usize),
}

const REWRITINGS: [Spacing; 4] = [Spacing::None, Spacing::Spaces, Spacing::Lines(2), Spacing::Lines(4)];
/// Deeper levels are not indented further, so that no body grows beyond measure.
const MAX_INDENTED: usize = 16;

/// The same tokens in the same order, set apart in another way.
fn rewritten(json: &[u8], spacing: Spacing) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let (mut in_string, mut escaped, mut depth) = (false, false, 0_usize);
    for &byte in json {
        if in_string {
            out.push(byte);
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'{' | b'[' => {
                depth += 1;
                out.push(byte);
                break_line(&mut out, spacing, depth);
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                close(&mut out, byte, spacing, depth);
            }
            b',' => {
                out.push(byte);
                match spacing {
                    Spacing::Spaces => out.push(b' '),
                    Spacing::None | Spacing::Lines(_) => break_line(&mut out, spacing, depth),
                }
            }
            b':' => {
                out.push(byte);
                if !matches!(spacing, Spacing::None) {
                    out.push(b' ');
                }
            }
            _ => {
                in_string = byte == b'"';
                out.push(byte);
            }
        }
    }
    out
}

fn break_line(out: &mut Vec<u8>, spacing: Spacing, depth: usize) {
    if let Spacing::Lines(indent) = spacing {
        out.push(b'\n');
        out.resize(out.len() + indent * depth.min(MAX_INDENTED), b' ');
    }
}

/// Closes an object or an array; an empty one stays on its line.
fn close(out: &mut Vec<u8>, byte: u8, spacing: Spacing, depth: usize) {
    let content = out.trim_ascii_end().len();
    if matches!(out[..content].last(), Some(b'{' | b'[')) {
        out.truncate(content);
    } else {
        break_line(out, spacing, depth);
    }
    out.push(byte);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_rewritten_body_is_what_well_known_writers_write() {
        let value = json!({"a": [1, {"b": "x \\\" y, {z}"}], "c": {}, "d": [], "e": null});
        let compact = serde_json::to_vec(&value).unwrap();
        let pretty = serde_json::to_vec_pretty(&value).unwrap();
        assert_eq!(rewritten(&pretty, Spacing::None), compact);
        assert_eq!(rewritten(&compact, Spacing::Lines(2)), pretty);
        assert_eq!(rewritten(&pretty, Spacing::Lines(2)), pretty);
        assert_eq!(rewritten(br#"{"a":[1,2],"b":{}}"#, Spacing::Spaces), br#"{"a": [1, 2], "b": {}}"#);
    }

    #[test]
    fn what_is_no_json_is_no_trouble() {
        for body in [&b"}}]]"[..], b"\"\\", b"[[[[", b"{,:", b"\xff\xfe{"] {
            for spacing in REWRITINGS {
                let _ = rewritten(body, spacing);
            }
        }
        assert!(serde_json::from_slice::<Value>(&rewritten(b" [ 1 , 2 ] ", Spacing::Lines(4))).is_ok());
    }
}
