//! Many interviews at once: the letters of several stories, mixed, each story's in its own order.

use std::collections::VecDeque;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::letter::{Letter, Story};

/// Interleaves stories: always one of the next letters of up to so many stories at once.
#[derive(Debug)]
pub struct Mixer<S> {
    stories: S,
    open: Vec<VecDeque<Letter>>,
    at_once: usize,
    dice: StdRng,
}

impl<S: Iterator<Item = Story>> Mixer<S> {
    /// Mixes so many stories at once, at least one; which letter comes next depends on the seed.
    pub fn new(stories: S, at_once: usize, seed: u64) -> Self {
        let at_once = at_once.max(1);
        Self { stories, open: Vec::new(), at_once, dice: StdRng::seed_from_u64(seed) }
    }
}

impl<S: Iterator<Item = Story>> Iterator for Mixer<S> {
    type Item = Letter;

    fn next(&mut self) -> Option<Letter> {
        while self.open.len() < self.at_once
            && let Some(story) = self.stories.next()
        {
            self.open.push(story.into_letters().into());
        }
        self.open.retain(|letters| !letters.is_empty());
        if self.open.is_empty() {
            return None;
        }
        let chosen = self.dice.random_range(0..self.open.len());
        let letter = self.open[chosen].pop_front();
        if self.open[chosen].is_empty() {
            self.open.swap_remove(chosen);
        }
        letter
    }
}
