//! What came of attempts, and what follows from it in the same transaction: a delivery that was given up is an event, and
//! so is an endpoint that the hub switches off. What people want of an endpoint's state meets the hub's own word on it here.

use std::sync::{Arc, PoisonError};

use callboard_core::{
    DeliveryId, Endpoint, EndpointId, EndpointState, GivenUp, Identifier, Timestamp, delivery_failed,
    endpoint_disabled,
};
use jiff::SignedDuration;

use crate::batch::{Attempt, Change, DeliveryState, EndpointNews, Settlement, Standing};
use crate::deciding::Deciding;
use crate::engine::{Engine, EngineError};
use crate::job::Job;
use crate::ledger::{Ledger, LedgerError};
use crate::pages::Awaited;

impl Ledger {
    /// Writes down what came of attempts, all of it or nothing. Waits for its turn rather than being turned away; but where
    /// hubs write in turn, attempts that all [decide nothing](Settlement::decides_nothing) need none.
    pub async fn settle(&self, settlements: Vec<Settlement>) -> Result<(), LedgerError> {
        let decide_nothing = settlements.iter().all(Settlement::decides_nothing);
        let Some(settler) = self.settler.as_ref().filter(|_| decide_nothing) else {
            return self.insist(|reply| Job::Settle(settlements, reply)).await;
        };
        let settler = Arc::clone(settler);
        let settling = move || settler.lock().unwrap_or_else(PoisonError::into_inner).settle(&settlements);
        let settled = if let Some(steps) = self.readers.steps() {
            steps.write().await;
            settling()
        } else {
            let broke = |error| EngineError::Failed(format!("settling broke off: {error}"));
            tokio::task::spawn_blocking(settling).await.map_err(broke).flatten()
        };
        settled.map_err(|error| LedgerError::Store(Arc::new(error)))
    }
}

impl Deciding<'_> {
    pub(crate) fn settle(
        &mut self,
        engine: &mut dyn Engine,
        settlements: &[Settlement],
    ) -> Result<(), EngineError> {
        for settlement in settlements {
            if settlement.state == DeliveryState::Failed && !self.is_given_up(settlement) {
                self.give_up(engine, settlement)?;
            }
            if let Some(news) = &settlement.news {
                self.hear(news);
            }
            self.decided.batch.settlements.push(settlement.clone());
        }
        Ok(())
    }

    /// Has this batch given the delivery up already?
    fn is_given_up(&self, settlement: &Settlement) -> bool {
        let same = |it: &Settlement| it.delivery == settlement.delivery && it.state == DeliveryState::Failed;
        self.decided.batch.settlements.iter().any(same)
    }

    /// Tells that a delivery was given up, if it was owed until now, by an endpoint that there is.
    fn give_up(&mut self, engine: &mut dyn Engine, settlement: &Settlement) -> Result<(), EngineError> {
        let attempt = &settlement.attempt;
        let awaited = engine.awaited(settlement.delivery)?;
        let Some(Awaited { endpoint, event, kind, .. }) =
            awaited.filter(|it| attempt.number > it.again_after)
        else {
            return Ok(());
        };
        let Some(endpoint) = self.directory.endpoint(endpoint).cloned() else { return Ok(()) };
        let given_up = GivenUp {
            id: settlement.delivery,
            event,
            event_type: kind,
            attempts: attempt.number,
            status: attempt.status,
            error: attempt.error.clone(),
        };
        if let Some(event) = delivery_failed(&endpoint, given_up, ended_at(attempt), self.mint) {
            self.happened(None, event);
        }
        Ok(())
    }

    /// Takes in how an endpoint is doing. What a person has changed meanwhile counts more, and what a hub has to say of one that
    /// it has lost to another does not count.
    fn hear(&mut self, news: &EndpointNews) {
        let endpoint = self.directory.endpoint(news.endpoint).filter(|it| it.url == news.url);
        let Some(present) = endpoint.filter(|_| self.berth.holds(news.endpoint.raw())).cloned() else {
            return;
        };
        let mut endpoint = present.as_ref().clone();
        let mut switched_off_at = None;
        match news.standing {
            Standing::Failing(since) => endpoint.failing_since = Some(since),
            Standing::Well => endpoint.failing_since = None,
            Standing::Disabled { reason, since } if endpoint.state == EndpointState::Enabled => {
                endpoint.state = EndpointState::Disabled { reason: reason.to_owned(), since };
                switched_off_at = Some(since);
            }
            Standing::Disabled { .. } => return,
        }
        if endpoint == *present {
            return;
        }
        self.configure(Change::PutEndpoint(endpoint.clone()));
        if let Some(at) = switched_off_at {
            let event = endpoint_disabled(&endpoint, at, self.mint);
            self.happened(None, event);
        }
    }
}

impl Deciding<'_> {
    /// Switches an endpoint on or off, as a person wants it: all else about it stays as it is by now. One that is switched on
    /// begins anew.
    pub(crate) fn switch(&mut self, id: EndpointId, state: &EndpointState, at: Timestamp) {
        let Some(endpoint) = self.directory.endpoint(id) else { return };
        let mut switched = Endpoint { state: state.clone(), ..endpoint.as_ref().clone() };
        if *state == EndpointState::Enabled {
            switched.failing_since = None;
            if endpoint.state != EndpointState::Enabled {
                switched.told_since = Some(at);
            }
        }
        self.configure(Change::PutEndpoint(switched));
    }

    /// An endpoint with these settings. Whether it is switched on, and how it is doing, is as the writer knows it: whoever
    /// changed the settings may have read them before the hub itself had something to say. What is elsewhere begins anew.
    pub(crate) fn with_its_present_state(&self, settings: &Endpoint) -> Endpoint {
        let mut endpoint = settings.clone();
        if let Some(present) = self.directory.endpoint(settings.id) {
            endpoint.state.clone_from(&present.state);
            endpoint.formerly.clone_from(&present.formerly);
            if present.dialect != settings.dialect {
                let mut before = present.as_ref().clone();
                before.change_dialect_after(DeliveryId::from_raw(self.mint.last()));
                endpoint.formerly = before.formerly;
            }
            if present.url == settings.url {
                (endpoint.failing_since, endpoint.told_since) = (present.failing_since, present.told_since);
            } else {
                endpoint.failing_since = None;
            }
        }
        endpoint
    }
}

fn ended_at(attempt: &Attempt) -> Timestamp {
    let took = SignedDuration::from_micros(attempt.took_us.try_into().unwrap_or(i64::MAX));
    attempt.at.checked_add(took).unwrap_or(Timestamp::MAX)
}
