//! A request as a command that one can run.

use crate::request::Shown;

/// The command. What is masked in it has to be filled in.
pub(super) fn command(request: &Shown, body: &str) -> String {
    let mut command = format!("curl -X {} {}", request.method, quoted(&request.url));
    for header in request.headers.iter().filter(|it| it.name != "host") {
        command.push_str(&format!(" \\\n  -H {}", quoted(&format!("{}: {}", header.name, header.value))));
    }
    command.push_str(&format!(" \\\n  --data-binary {}", quoted(body)));
    command
}

/// As a shell takes it for one word, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_body_ends_the_quotes() {
        assert_eq!(quoted("it's; rm -rf /"), r"'it'\''s; rm -rf /'");
    }
}
