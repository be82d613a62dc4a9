//! Our own short texts, written in Markdown, as HTML.

use pulldown_cmark::{Parser, html};

/// The text as HTML, paragraphs and all.
pub(super) fn paragraphs(markdown: &str) -> String {
    let mut written = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut written, Parser::new(markdown));
    written
}

/// A text of one paragraph, without the paragraph around it.
pub(super) fn line(markdown: &str) -> String {
    let written = paragraphs(markdown);
    let trimmed = written.trim();
    match trimmed.strip_prefix("<p>").and_then(|it| it.strip_suffix("</p>")) {
        Some(inner) if !inner.contains("<p>") => inner.to_owned(),
        _ => trimmed.to_owned(),
    }
}
