//! Looks each name up once at a time, and so many names at once: whoever asks for one that is being looked up waits for the same
//! answer. A name server that does not answer holds up one thread, of those that the store is asked on as well, however many wait
//! for it; and many such servers hold up a part of those threads, and nobody whose name was answered soon before: see `places.rs`.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;
use tokio::sync::watch;

use self::places::Places;
use crate::guard::{LookingUp, Lookup, SystemLookup};

mod places;

type Answer = Result<Vec<IpAddr>, Arc<io::Error>>;
/// By name, where the answer will be.
type UnderWay = FxHashMap<String, watch::Receiver<Option<Answer>>>;

/// Asks another one for each name once at a time.
pub struct Together {
    lookup: Arc<dyn Lookup>,
    places: Arc<Places>,
    under_way: Arc<Mutex<UnderWay>>,
}

impl Together {
    /// Asks the system's resolver, for so many names at once; of them, so many that were not answered soon the last time, or
    /// of which nobody knows yet.
    pub fn of_system(at_once: usize, unknown_at_once: usize) -> Self {
        Self::new(Arc::new(SystemLookup), at_once, unknown_at_once)
    }

    fn new(lookup: Arc<dyn Lookup>, at_once: usize, unknown_at_once: usize) -> Self {
        let places = Arc::new(Places::new(at_once, unknown_at_once));
        Self { lookup, places, under_way: Arc::default() }
    }

    /// Where the answer will be. A look-up goes on though nobody waits for it any more: its thread does, too.
    fn ask(&self, host: &str) -> watch::Receiver<Option<Answer>> {
        let mut under_way = lock(&self.under_way);
        // One that broke off is not waited for.
        if let Some(answer) = under_way.get(host).filter(|answer| answer.has_changed().is_ok()) {
            return answer.clone();
        }
        let (answered, answer) = watch::channel(None);
        under_way.insert(host.to_owned(), answer.clone());
        let (host, looking_up) = (host.to_owned(), self.lookup.lookup(host));
        let (all, places) = (Arc::clone(&self.under_way), Arc::clone(&self.places));
        tokio::spawn(async move {
            let place = places.take(&host).await;
            let found = looking_up.await;
            places.was_answered(&host, &place);
            lock(&all).remove(&host);
            let _ = answered.send(Some(found.map_err(Arc::new)));
        });
        answer
    }
}

impl Lookup for Together {
    fn lookup(&self, host: &str) -> LookingUp {
        let mut answer = self.ask(host);
        Box::pin(async move {
            let answer = answer.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
            let answer = answer.ok_or_else(|| io::Error::other("the look-up broke off"))?;
            answer.map_err(|error| io::Error::new(error.kind(), error))
        })
    }
}

/// Nothing panics while it holds this lock.
fn lock(under_way: &Mutex<UnderWay>) -> MutexGuard<'_, UnderWay> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::Semaphore;
    use tokio::time::timeout;

    use super::*;
    use crate::limits::PROMPT;

    /// Answers when a test lets it, and notes what it was asked.
    #[derive(Default)]
    struct Slow {
        asked: Mutex<Vec<String>>,
        may_answer: Arc<FxHashMap<String, Semaphore>>,
    }

    impl Slow {
        fn of(hosts: [&str; 3]) -> Arc<Self> {
            let gates = hosts.map(|host| (host.to_owned(), Semaphore::new(0)));
            Arc::new(Self { asked: Mutex::default(), may_answer: Arc::new(gates.into_iter().collect()) })
        }

        fn answers(&self, host: &str) {
            self.may_answer[host].add_permits(1);
        }

        fn asked(&self) -> Vec<String> {
            std::mem::take(&mut self.asked.lock().unwrap())
        }
    }

    impl Lookup for Slow {
        fn lookup(&self, host: &str) -> LookingUp {
            self.asked.lock().unwrap().push(host.to_owned());
            let (host, may_answer) = (host.to_owned(), Arc::clone(&self.may_answer));
            Box::pin(async move {
                let Some(gate) = may_answer.get(&host) else { return std::future::pending().await };
                gate.acquire().await.unwrap().forget();
                assert_ne!(host, "broken.example");
                if host == "none.example" {
                    return Err(io::Error::new(io::ErrorKind::NotFound, "no such name"));
                }
                Ok(vec![IpAddr::from([198, 51, 100, 7])])
            })
        }
    }

    #[tokio::test]
    async fn many_that_ask_for_one_name_are_one_look_up_and_hold_up_nobody_else() {
        let slow = Slow::of(["a.example", "b.example", "none.example"]);
        let together = Together::new(Arc::clone(&slow) as Arc<dyn Lookup>, 8, 6);
        let waiting: Vec<_> = (0..64).map(|_| tokio::spawn(together.lookup("a.example"))).collect();
        let other = together.lookup("b.example");
        assert_eq!(slow.asked(), ["a.example", "b.example"]);

        slow.answers("b.example");
        assert_eq!(other.await.unwrap().len(), 1);
        assert!(waiting.iter().all(|it| !it.is_finished()));
        slow.answers("a.example");
        for one in waiting {
            assert_eq!(one.await.unwrap().unwrap(), [IpAddr::from([198, 51, 100, 7])]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_names_are_looked_up_at_once_and_the_next_when_one_has_been_also_if_nobody_waits_for_it()
    {
        let slow = Slow::of(["a.example", "b.example", "none.example"]);
        let together = Together::new(Arc::clone(&slow) as Arc<dyn Lookup>, 1, 1);
        drop(together.lookup("a.example"));
        let mut other = together.lookup("b.example");
        slow.answers("b.example");
        let waited = timeout(Duration::from_secs(1), &mut other).await;
        assert!(waited.is_err(), "there is no place for it yet");
        slow.answers("a.example");
        assert_eq!(other.await.unwrap().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn names_whose_servers_are_silent_hold_up_none_that_was_answered_soon_before() {
        // Given a name that was answered soon, and more that are not answered at all than there are places
        let slow = Slow::of(["a.example", "b.example", "none.example"]);
        let together = Together::new(Arc::clone(&slow) as Arc<dyn Lookup>, 4, 3);
        slow.answers("a.example");
        together.lookup("a.example").await.unwrap();
        (0..8).for_each(|silent| drop(together.lookup(&format!("silent-{silent}.example"))));

        // When it is looked up again, then it is answered, though one that nobody knows waits
        let unknown = together.lookup("b.example");
        slow.answers("b.example");
        slow.answers("a.example");
        let answered = timeout(PROMPT / 2, together.lookup("a.example")).await;
        assert_eq!(answered.unwrap().unwrap().len(), 1);
        assert!(timeout(PROMPT, unknown).await.is_err());

        // And when it was not answered soon, it waits like the others
        let mut late = together.lookup("a.example");
        assert!(timeout(PROMPT, &mut late).await.is_err());
        slow.answers("a.example");
        late.await.unwrap();
        slow.answers("a.example");
        assert!(timeout(PROMPT, together.lookup("a.example")).await.is_err());
    }

    #[tokio::test]
    async fn what_was_answered_is_not_kept_and_an_error_is_everyone_s() {
        let slow = Slow::of(["a.example", "b.example", "none.example"]);
        let together = Together::new(Arc::clone(&slow) as Arc<dyn Lookup>, 8, 6);
        let both = [together.lookup("none.example"), together.lookup("none.example")];
        slow.answers("none.example");
        for one in both {
            let error = one.await.unwrap_err();
            assert_eq!((error.kind(), error.to_string().as_str()), (io::ErrorKind::NotFound, "no such name"));
        }
        slow.answers("none.example");
        together.lookup("none.example").await.unwrap_err();
        assert_eq!(slow.asked(), ["none.example", "none.example"]);
    }

    #[tokio::test]
    async fn one_that_broke_off_is_begun_anew() {
        let slow = Slow::of(["broken.example", "b.example", "none.example"]);
        let together = Together::new(Arc::clone(&slow) as Arc<dyn Lookup>, 8, 6);
        for _ in 0..2 {
            slow.answers("broken.example");
            let error = together.lookup("broken.example").await.unwrap_err();
            assert_eq!(error.to_string(), "the look-up broke off");
        }
    }
}
