//! The rules of the house: each one by example, and all of them under any sequence of observations.

#![expect(clippy::unwrap_used, reason = "what a test needs is there, or the test is wrong")]

mod assessments;
mod deletions;
mod fetched;
mod hub;
mod interviews;
mod lives;
mod meetings;
mod news;
mod outgrowing;
mod people;
mod properties;
mod sequences;
mod stages;
mod tags;
mod trouble;
