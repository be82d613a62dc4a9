//! What happened in a run, line by line: hashed, so that two runs can be compared, and kept if someone wants to read it.

use std::fmt::{self, Write};

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

pub struct Trace {
    hash: u64,
    lines: Option<String>,
}

impl Trace {
    /// `kept` keeps the lines, which takes time.
    pub fn new(kept: bool) -> Self {
        Self { hash: FNV_START, lines: kept.then(String::new) }
    }

    pub fn note(&mut self, line: fmt::Arguments<'_>) {
        let _ = self.write_fmt(format_args!("{line}\n"));
    }

    /// Two runs with the same hash went the same way.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    pub fn lines(&self) -> &str {
        self.lines.as_deref().unwrap_or_default()
    }
}

impl Write for Trace {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        }
        if let Some(lines) = &mut self.lines {
            lines.push_str(text);
        }
        Ok(())
    }
}
