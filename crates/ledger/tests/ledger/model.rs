//! Whatever is asked in whatever order, with failing commits and restarts in between: the ledger comes to the same as
//! a simple model of it in memory.

mod reference;

use std::sync::Arc;

use callboard_core::{EndpointId, Identifier};
use callboard_ledger::{Attempt, Change, Delivery, DeliveryFilter, DeliveryState, Notice, Page, Settlement};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::support::{Asked, Fault, Hub, endpoint, intake, moved};
use reference::{Ask, Model, STAGES};

/// What is asked together, and so becomes one batch.
#[derive(Debug, Clone)]
enum Step {
    Together(Vec<Ask>),
    /// The same, but the store does not take it.
    InVain(Vec<Ask>, Fault),
    /// The same, but others are faster the first time.
    AtSecondTry(Vec<Ask>),
    Restart,
}

fn ask() -> impl Strategy<Value = Ask> {
    let delivery = 0..12_usize;
    let state = prop_oneof![
        Just(DeliveryState::Pending),
        Just(DeliveryState::Delivered),
        Just(DeliveryState::Failed)
    ];
    prop_oneof![
        6 => (0..4_usize, 0..6_u32, 0..STAGES.len())
            .prop_map(|(interview, message, stage)| Ask::Record { interview, message, stage }),
        3 => (delivery.clone(), state).prop_map(|(delivery, state)| Ask::Settle { delivery, state }),
        1 => delivery.clone().prop_map(Ask::Retry),
        1 => delivery.prop_map(Ask::Cancel),
        1 => (1..4_u64).prop_map(Ask::Put),
        1 => (1..4_u64).prop_map(Ask::Delete),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let asks = || prop::collection::vec(ask(), 1..6);
    let fault = prop_oneof![Just(Fault::Full), Just(Fault::Failed)];
    prop_oneof![
        8 => asks().prop_map(Step::Together),
        2 => (asks(), fault).prop_map(|(asks, fault)| Step::InVain(asks, fault)),
        1 => asks().prop_map(Step::AtSecondTry),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_ledger_comes_to_the_same_as_its_model(steps in prop::collection::vec(step(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut hub = Hub::open(Arc::new(tempfile::tempdir().unwrap()));
            let mut model = Model::default();
            for step in steps {
                hub = take(hub, &mut model, step).await;
                hub.ledger.resume_calling_off().await.unwrap();
                model.call_off();
                compare(&hub, &model).await;
            }
        });
    }
}

/// Takes a step, in the ledger and in the model, and compares what everyone was told.
async fn take(mut hub: Hub, model: &mut Model, step: Step) -> Hub {
    let (asks, faults) = match step {
        Step::Restart => return hub.reopen().await,
        Step::Together(asks) => (asks, vec![]),
        Step::InVain(asks, fault) => (asks, vec![fault]),
        Step::AtSecondTry(asks) => (asks, vec![Fault::Conflict]),
    };
    let in_vain = faults.first().is_some_and(|fault| *fault != Fault::Conflict);
    let ledger = hub.ledger.clone();
    let busy = hub.busy().await;
    let (mut recorded, mut done) = (Vec::new(), Vec::new());
    for ask in &asks {
        match ask {
            Ask::Record { interview, message, stage } => {
                let code = format!("code {interview}");
                let mut intake = moved(&code, i64::from(*message), STAGES[*stage].clone());
                intake.unique = Some(format!("{interview} {message}"));
                recorded.push(Asked::new(ledger.record(intake)).await);
            }
            Ask::Settle { delivery, state } => {
                let settlements = model.settlement(*delivery, *state).into_iter().collect();
                done.push(Asked::new(ledger.settle(settlements)).await);
            }
            other => done.push(Asked::new(ledger.change(model.wish(other))).await),
        }
    }
    hub.control.fail(faults);
    busy.over().await;

    let (mut answers, mut is_done) = (Vec::new(), Vec::new());
    for asked in recorded {
        answers.push(asked.await.ok().map(|recorded| (recorded.outcome, recorded.events)));
    }
    for asked in done {
        is_done.push(asked.await.is_ok());
    }
    assert!(is_done.iter().all(|is_done| *is_done != in_vain));
    if in_vain {
        assert!(answers.iter().all(Option::is_none));
        assert!(hub.heard().is_empty(), "nothing is said about what did not come to pass");
        return hub;
    }
    let known = model.deliveries.len();
    assert_eq!(answers.into_iter().map(Option::unwrap).collect::<Vec<_>>(), model.take(&asks));
    let heard = hub.heard().into_iter().filter_map(|notice| match notice {
        Notice::Owed(owed) => Some(owed),
        _ => None,
    });
    let heard: Vec<_> = heard.flatten().collect();
    let expected = model.deliveries[known..].iter().map(|delivery| delivery.endpoint);
    assert_eq!(
        heard.iter().map(|owed| owed.endpoint.raw()).collect::<Vec<_>>(),
        expected.collect::<Vec<_>>()
    );
    for (delivery, owed) in model.deliveries[known..].iter_mut().zip(heard) {
        delivery.id = Some(owed.delivery);
    }
    hub
}

/// Compares everything that is stored.
async fn compare(hub: &Hub, model: &Model) {
    let totals = hub.ledger.read(|reader| reader.totals()).await.unwrap();
    assert_eq!(totals, model.totals());
    let page = Page { after: Some(0), ..Page::newest(10_000) };
    let deliveries: Vec<Delivery> = hub
        .ledger
        .read(move |reader| reader.deliveries(&DeliveryFilter::default(), page))
        .await
        .unwrap()
        .items;
    let stored: Vec<_> =
        deliveries.iter().map(|it| (Some(it.id), it.endpoint.raw(), it.state, it.attempts)).collect();
    let expected: Vec<_> =
        model.deliveries.iter().map(|it| (it.id, it.endpoint, it.state, it.attempts)).collect();
    assert_eq!(stored, expected);
    for endpoint in 1..4 {
        let owed: Vec<_> = hub.owed(endpoint).await.iter().map(|owed| Some(owed.delivery)).collect();
        let expected = deliveries
            .iter()
            .filter(|it| it.state == DeliveryState::Pending && it.endpoint.raw() == endpoint)
            .map(|it| Some(it.id));
        assert_eq!(owed, expected.collect::<Vec<_>>());
    }
    for delivery in &deliveries {
        let id = delivery.id;
        let attempts = hub.ledger.read(move |reader| reader.attempts(id)).await.unwrap();
        let numbers: Vec<u32> = attempts.iter().map(|attempt| attempt.number).collect();
        assert_eq!(numbers, (1..=delivery.attempts).collect::<Vec<_>>(), "every attempt is on record");
    }
    let there: Vec<_> =
        (1..4).filter(|id| hub.ledger.directory().endpoint(EndpointId::from_raw(*id)).is_some()).collect();
    assert_eq!(there, model.endpoints.iter().copied().collect::<Vec<_>>());
}

impl Model {
    /// The next attempt at a delivery, if there is one in this place.
    fn settlement(&mut self, place: usize, state: DeliveryState) -> Option<Settlement> {
        let delivery = self.deliveries.get(place)?.id?;
        // No two attempts begin at the same time.
        self.clock += 1;
        let attempt = Attempt {
            number: self.deliveries[place].attempts + 1,
            at: intake("x").received_at + SignedDuration::from_secs(self.clock),
            took_us: 1,
            status: Some(200),
            error: None,
            response: bytes::Bytes::new(),
        };
        Some(Settlement { delivery, attempt, state, next_at: None, overtook: Vec::new(), news: None })
    }

    /// What is owed to nobody is called off, also what an attempt under way left owed after its endpoint was removed.
    fn call_off(&mut self) {
        for delivery in &mut self.deliveries {
            if delivery.state == DeliveryState::Pending && !self.endpoints.contains(&delivery.endpoint) {
                delivery.state = DeliveryState::Cancelled;
            }
        }
    }

    /// What a person wants, if there is a delivery in this place.
    fn wish(&self, ask: &Ask) -> Vec<Change> {
        let delivery = |place: &usize| self.deliveries.get(*place).and_then(|delivery| delivery.id);
        let change = match ask {
            Ask::Retry(place) => delivery(place).map(Change::Retry),
            Ask::Cancel(place) => delivery(place).map(Change::Cancel),
            Ask::Put(id) => Some(Change::PutEndpoint(endpoint(*id))),
            Ask::Delete(id) => Some(Change::DeleteEndpoint(EndpointId::from_raw(*id))),
            Ask::Record { .. } | Ask::Settle { .. } => None,
        };
        change.into_iter().collect()
    }
}
