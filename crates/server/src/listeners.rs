//! Who listens to the live stream: so many of each company at once, since each that does costs something with every event.

use std::sync::{Arc, Mutex};

use callboard_core::CompanyId;
use rustc_hash::FxHashMap;

use crate::limits::LIVE_LISTENERS;

/// How many listen, by company.
#[derive(Default)]
pub(crate) struct Listeners {
    of: Mutex<FxHashMap<CompanyId, usize>>,
}

/// A place among a company's listeners, until it is dropped.
pub(crate) struct Listening {
    among: Arc<Listeners>,
    company: CompanyId,
}

impl Listeners {
    /// A place for one more, unless the company has [`LIVE_LISTENERS`] already.
    pub(crate) fn admit(self: &Arc<Self>, company: CompanyId) -> Option<Listening> {
        let mut of = self.of.lock().expect("counting does not panic");
        let count = of.entry(company).or_default();
        if *count == LIVE_LISTENERS {
            return None;
        }
        *count += 1;
        Some(Listening { among: Arc::clone(self), company })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut of = self.among.of.lock().expect("counting does not panic");
        if let Some(count) = of.get_mut(&self.company) {
            *count -= 1;
            if *count == 0 {
                of.remove(&self.company);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::Identifier;

    use super::*;

    #[test]
    fn a_company_has_so_many_places_whatever_others_take_and_one_that_is_left_is_free() {
        let listeners = Arc::new(Listeners::default());
        let [one, other] = [1, 2].map(CompanyId::from_raw);
        let mut taken: Vec<_> = (0..LIVE_LISTENERS).map(|_| listeners.admit(one).unwrap()).collect();
        assert!(listeners.admit(one).is_none());
        assert!(listeners.admit(other).is_some());

        taken.pop();
        let again = listeners.admit(one);
        assert!(again.is_some());
        assert!(listeners.admit(one).is_none());

        drop((taken, again));
        assert!(listeners.of.lock().unwrap().is_empty(), "nobody is counted who has gone");
    }
}
