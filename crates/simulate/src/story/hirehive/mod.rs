//! HireHive: nineteen events, each with the whole object it is about (seed 002, platforms.md 1.4 and 1.5).

mod casting;
mod objects;
mod story;
mod telling;

pub(super) use story::story;
