//! How far long work is: a bar on a terminal, a line now and then elsewhere. On standard error, so that what is printed
//! stays what was asked for.

use std::cell::Cell;
use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// How far some work is.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    /// What was said last where there is no terminal.
    said: Cell<u64>,
}

impl Progress {
    pub(crate) fn begin() -> Self {
        let bar = std::io::stderr().is_terminal().then(ProgressBar::new_spinner);
        Self { bar, said: Cell::new(0) }
    }

    /// So much is done, of so much if that is known.
    pub(crate) fn at(&self, done: u64, total: Option<u64>, more: &str) {
        let Some(bar) = &self.bar else { return self.say(done, total, more) };
        if let (Some(total), None) = (total, bar.length()) {
            bar.set_length(total);
            bar.set_style(style("{bar:30} {human_pos}/{human_len} {per_sec} {msg}, {eta} left"));
        } else if total.is_none() {
            bar.set_style(style("{spinner} {human_pos} {per_sec} {msg}"));
        }
        bar.set_position(done);
        bar.set_message(more.to_owned());
    }

    /// A line for each time that it has doubled: many at first, and few in a long log.
    fn say(&self, done: u64, total: Option<u64>, more: &str) {
        if done < self.said.get().max(1) {
            return;
        }
        self.said.set(done * 2);
        let of = total.map(|total| format!(" of {total}")).unwrap_or_default();
        let more = if more.is_empty() { String::new() } else { format!(", {more}") };
        eprintln!("{done}{of}{more}");
    }

    pub(crate) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates above are well formed")
}
