//! A page about every problem's code, and the same as a file of the documentation.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use super::{Page, html, text};
use crate::problem::{Code, Problem};

#[derive(Template)]
#[template(path = "problems.html")]
struct Problems {
    groups: Vec<Group>,
}

/// Codes that share a status.
struct Group {
    status: u16,
    title: &'static str,
    codes: Vec<Told>,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct One {
    told: Told,
    title: &'static str,
}

struct Told {
    code: &'static str,
    status: u16,
    /// As HTML.
    meaning: String,
}

fn tell(code: &Code) -> Told {
    Told { code: code.name(), status: code.status(), meaning: text::line(code.meaning()) }
}

fn title(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason()).unwrap_or_default()
}

fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for code in Code::all() {
        if groups.last().is_none_or(|group| group.status != code.status()) {
            groups.push(Group { status: code.status(), title: title(code.status()), codes: Vec::new() });
        }
        groups.last_mut().expect("there is one by now").codes.push(tell(&code));
    }
    groups
}

/// Every code on one page.
pub(super) fn render_all() -> String {
    Problems { groups: groups() }.render().expect("a template that only writes text does not fail")
}

/// One code's page.
pub(super) async fn show(Path(code): Path<String>) -> Result<Page, Problem> {
    let known = Code::all().into_iter().find(|it| it.name() == code);
    let told = known.as_ref().map(tell).ok_or_else(|| Problem::not_found("code"))?;
    let one = One { title: title(told.status), told };
    Ok(html(one.render().expect("a template that only writes text does not fail")))
}

/// `docs/problems.md`.
#[cfg(test)]
pub(super) fn markdown() -> String {
    let mut written = include_str!("problems.md").to_owned();
    for group in groups() {
        written += &format!("\n## {} {}\n", group.status, group.title);
        for code in Code::all().iter().filter(|code| code.status() == group.status) {
            written += &format!("\n### {}\n\n{}\n", code.name(), code.meaning());
        }
    }
    written
}
