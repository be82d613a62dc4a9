//! Plays a platform: so many interviews at once, each one's letters strictly one after another.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::forgery::Forgery;
use super::pace::Pace;
use super::patience::wait_after;
use super::playing::{Clock, PlayError, Playing};
use super::seal::Seal;
use super::tally::{Delivered, Outcome, Tally};
use crate::post::Post;
use crate::story::{Letter, Stories};

/// Told of each letter when it is known what became of it.
type OnDelivered = dyn Fn(&Delivered<'_>) + Send + Sync;

/// Plays a platform to a hub.
pub struct Player {
    stage: Arc<Stage>,
}

impl Player {
    /// Gets ready to play. The clock tells at what time requests are signed.
    pub fn new(playing: Playing, clock: Clock) -> Result<Self, PlayError> {
        if playing.per_second.is_some_and(|rate| !rate.is_finite() || rate <= 0.0) {
            return Err(PlayError::Rate);
        }
        let stage = Stage {
            stories: Stories::new(playing.platform, playing.seed, playing.start)
                .calling(playing.to.to_string()),
            next_story: AtomicU64::new(0),
            seal: Seal::new(&playing)?,
            post: Post::to(&playing.to, &playing.extra_roots)?,
            clock,
            playing,
        };
        Ok(Self { stage: Arc::new(stage) })
    }

    /// Plays until all interviews are told; `on_delivered` hears of each letter. Dropping the future ends the play.
    ///
    /// Played again, it goes on with the interviews that come next.
    pub async fn play(&self, on_delivered: impl Fn(&Delivered<'_>) + Send + Sync + 'static) -> Tally {
        let first = self.stage.next_story.load(Ordering::Relaxed);
        let end = self.stage.playing.count.map_or(u64::MAX, |count| first.saturating_add(count));
        let pace = self.stage.playing.per_second.map(|rate| Arc::new(Pace::of(rate)));
        let on_delivered: Arc<OnDelivered> = Arc::new(on_delivered);

        let mut voices = JoinSet::new();
        for _ in 0..self.stage.playing.at_once.max(1) {
            let voice = Voice {
                stage: Arc::clone(&self.stage),
                pace: pace.clone(),
                on_delivered: Arc::clone(&on_delivered),
                tally: Tally::default(),
            };
            voices.spawn(voice.tell_until(end));
        }
        let mut tally = Tally::default();
        while let Some(told) = voices.join_next().await {
            match told {
                Ok(part) => tally += part,
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => {}
            }
        }
        tally
    }
}

/// What all voices share.
struct Stage {
    playing: Playing,
    stories: Stories,
    next_story: AtomicU64,
    seal: Seal,
    post: Post,
    clock: Clock,
}

impl Stage {
    fn next_story_before(&self, end: u64) -> Option<u64> {
        self.next_story
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| (next < end).then(|| next + 1))
            .ok()
    }

    /// Chances that depend on the seed and the story alone, not on whose voice tells it.
    fn dice(&self, story: u64) -> StdRng {
        let mut dice = StdRng::seed_from_u64(self.playing.seed);
        StdRng::seed_from_u64(dice.next_u64() ^ story)
    }

    /// Tries until there is an answer that does not ask to come again. Each try is signed afresh.
    async fn send(&self, letter: &Letter, forgery: Option<Forgery>) -> (Outcome, u32) {
        let mut tries = 0;
        loop {
            tries += 1;
            let now = (self.clock)();
            let sealed = match forgery {
                None => self.seal.honest(letter, now),
                Some(forgery) => self.seal.forged(letter, now, forgery),
            };
            let outcome = self.post.post(sealed.to, sealed.headers, sealed.body).await;
            let Some(wait) = wait_after(&outcome, tries, (self.clock)()) else {
                let outcome = match outcome {
                    Ok(reply) => Outcome::Answered(reply.status),
                    Err(error) => Outcome::Unanswered(error.to_string()),
                };
                return (outcome, tries);
            };
            sleep(wait).await;
        }
    }
}

/// Tells one interview at a time.
struct Voice {
    stage: Arc<Stage>,
    pace: Option<Arc<Pace>>,
    on_delivered: Arc<OnDelivered>,
    tally: Tally,
}

impl Voice {
    async fn tell_until(mut self, end: u64) -> Tally {
        while let Some(number) = self.stage.next_story_before(end) {
            self.tell(number).await;
            self.tally.interviews += 1;
        }
        self.tally
    }

    async fn tell(&mut self, number: u64) {
        let stage = Arc::clone(&self.stage);
        let playing = &stage.playing;
        let mut dice = stage.dice(number);
        let mut letters = stage.stories.story(number).into_letters();
        if playing.shuffle {
            letters.shuffle(&mut dice);
        }
        let forgeries = if playing.forge { Forgery::of(playing.platform, &playing.credentials) } else { &[] };
        for letter in &letters {
            let forgery = forgeries.choose(&mut dice).copied();
            self.deliver(letter, forgery, false).await;
            if playing.duplicate {
                self.deliver(letter, forgery, true).await;
            }
        }
    }

    async fn deliver(&mut self, letter: &Letter, forgery: Option<Forgery>, again: bool) {
        if let Some(pace) = &self.pace {
            pace.turn().await;
        }
        let started = Instant::now();
        let (outcome, tries) = self.stage.send(letter, forgery).await;
        let delivered = Delivered { letter, outcome, again, forgery, tries, took: started.elapsed() };
        self.tally.count(&delivered);
        (self.on_delivered)(&delivered);
    }
}
