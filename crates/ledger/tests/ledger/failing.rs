//! What attempts show about an endpoint: written down with them, in one transaction, and told to others.

use callboard_core::{Endpoint, EndpointId, EndpointState, EventType, Identifier, Timestamp};
use callboard_ledger::{
    Attempt, Change, DeliveryState, EndpointNews, EventFilter, Notice, Owed, Page, Settlement, Standing,
};

use crate::support::{Asked, Fault, Hub, endpoint, intake};
use jiff::SignedDuration;

const BROKEN: u64 = 1;

fn at() -> Timestamp {
    intake("x").received_at
}

fn settled(owed: &Owed, state: DeliveryState, standing: Option<Standing>) -> Settlement {
    let attempt = Attempt {
        number: 10,
        at: at(),
        took_us: 900,
        status: None,
        error: Some("no connection could be made".to_owned()),
        response: bytes::Bytes::new(),
    };
    let news = standing.map(|standing| {
        Box::new(EndpointNews { endpoint: owed.endpoint, url: endpoint(BROKEN).url, standing })
    });
    Settlement { delivery: owed.delivery, attempt, state, next_at: None, overtook: Vec::new(), news }
}

const SWITCHED_OFF: fn() -> Standing = || Standing::Disabled { reason: "failing", since: at() };

impl Hub {
    /// How many events of this type there are.
    async fn happened(&self, kind: EventType) -> usize {
        let filter = EventFilter { kind: Some(kind), ..EventFilter::default() };
        self.ledger.read(move |reader| reader.events(&filter, Page::newest(1_000))).await.unwrap().items.len()
    }

    fn broken(&self) -> Endpoint {
        self.ledger.directory().endpoint(EndpointId::from_raw(BROKEN)).unwrap().as_ref().clone()
    }

    /// What the broken endpoint is owed of an interview that was just made.
    async fn owes(&mut self) -> Vec<Owed> {
        self.ledger.record(intake("RENE2010")).await.unwrap();
        self.heard_owed().into_iter().filter(|owed| owed.endpoint.raw() == BROKEN).collect()
    }
}

#[tokio::test]
async fn a_delivery_that_is_given_up_is_told_once_to_everyone_but_its_own_endpoint() {
    let mut hub = Hub::with_endpoints(3).await;
    let owed = hub.owes().await;
    let given_up = settled(&owed[0], DeliveryState::Failed, None);

    // When the same is settled twice, in one batch and in two, and first in vain
    hub.control.fail([Fault::Failed]);
    assert!(hub.ledger.settle(vec![given_up.clone()]).await.is_err());
    assert_eq!((hub.heard().len(), hub.happened(EventType::DeliveryFailed).await), (0, 0));
    hub.ledger.settle(vec![given_up.clone(), given_up.clone()]).await.unwrap();
    hub.ledger.settle(vec![given_up]).await.unwrap();

    // Then
    let told = hub.heard_owed();
    assert_eq!(told.iter().map(|owed| owed.endpoint.raw()).collect::<Vec<_>>(), [2, 3]);
    let body: serde_json::Value = serde_json::from_slice(&told[0].body).unwrap();
    assert_eq!(body["type"], "delivery.failed");
    assert_eq!(body["data"]["endpoint"]["host"], "partner.example");
    let delivery = &body["data"]["delivery"];
    assert_eq!((&delivery["attempts"], &delivery["status"]), (&10.into(), &serde_json::Value::Null));
    assert_eq!(delivery["event"], owed[0].event.to_string());
    assert!(told.iter().all(|owed| owed.lane == BROKEN), "in the order of the endpoint that it is about");
}

#[tokio::test]
async fn that_such_an_event_could_not_be_told_is_no_event() {
    let mut hub = Hub::with_endpoints(2).await;
    let owed = hub.owes().await;
    hub.ledger.settle(vec![settled(&owed[0], DeliveryState::Failed, None)]).await.unwrap();
    let told = hub.heard_owed();
    hub.ledger.settle(vec![settled(&told[0], DeliveryState::Failed, None)]).await.unwrap();
    assert_eq!(hub.heard().len(), 0);
    assert_eq!(hub.happened(EventType::DeliveryFailed).await, 1);
}

#[tokio::test]
async fn what_was_told_or_called_off_meanwhile_is_not_given_up() {
    let mut hub = Hub::with_endpoints(2).await;
    let owed = hub.owes().await;
    hub.ledger.change(vec![Change::Cancel(owed[0].delivery)]).await.unwrap();
    let told = settled(&owed[1], DeliveryState::Delivered, None);
    hub.ledger.settle(vec![told]).await.unwrap();
    for owed in &owed[..2] {
        hub.ledger.settle(vec![settled(owed, DeliveryState::Failed, None)]).await.unwrap();
    }
    assert_eq!(hub.happened(EventType::DeliveryFailed).await, 0);
}

#[tokio::test]
async fn an_endpoint_is_switched_off_with_the_attempt_that_showed_it_and_that_is_told_to_others_once() {
    let mut hub = Hub::with_endpoints(2).await;
    let owed = hub.owes().await;
    let failing = Standing::Failing(at());
    hub.ledger.settle(vec![settled(&owed[0], DeliveryState::Pending, Some(failing))]).await.unwrap();
    assert_eq!(hub.broken().failing_since, Some(at()));
    hub.heard();

    // When it is switched off twice
    for _ in 0..2 {
        let last = settled(&owed[0], DeliveryState::Pending, Some(SWITCHED_OFF()));
        hub.ledger.settle(vec![last]).await.unwrap();
    }

    // Then
    let state = EndpointState::Disabled { reason: "failing".to_owned(), since: at() };
    assert_eq!(hub.broken().state, state);
    assert_eq!(hub.happened(EventType::EndpointDisabled).await, 1);
    let heard = hub.heard();
    let [Notice::Owed(told), Notice::Endpoint(changed)] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((told.len(), told[0].endpoint.raw(), changed.raw()), (1, 2, BROKEN));
    let body: serde_json::Value = serde_json::from_slice(&told[0].body).unwrap();
    let about = &body["data"]["endpoint"];
    assert_eq!((&body["type"], &about["reason"]), (&"endpoint.disabled".into(), &"failing".into()));
    assert_eq!(about["failing_since"], at().to_string());

    // And that is how it is after a restart, with everything still owed
    let hub = hub.reopen().await;
    assert_eq!(hub.broken().state, state);
    assert_eq!(hub.owed(BROKEN).await.len(), owed.len());
}

#[tokio::test]
async fn news_about_a_url_that_a_person_has_changed_or_an_endpoint_that_was_removed_count_no_more() {
    let mut hub = Hub::with_endpoints(2).await;
    let owed = hub.owes().await;
    let moved = Endpoint { url: "https://elsewhere.example/".to_owned(), ..endpoint(BROKEN) };
    hub.ledger.change(vec![Change::PutEndpoint(moved.clone())]).await.unwrap();
    hub.ledger.settle(vec![settled(&owed[0], DeliveryState::Pending, Some(SWITCHED_OFF()))]).await.unwrap();
    assert_eq!(hub.broken(), moved);

    hub.ledger.change(vec![Change::DeleteEndpoint(moved.id)]).await.unwrap();
    hub.ledger.settle(vec![settled(&owed[0], DeliveryState::Failed, Some(SWITCHED_OFF()))]).await.unwrap();
    assert!(hub.ledger.directory().endpoint(moved.id).is_none());
    assert_eq!(hub.happened(EventType::EndpointDisabled).await, 0);
    assert_eq!(hub.happened(EventType::DeliveryFailed).await, 0);
}

#[tokio::test]
async fn that_an_endpoint_is_well_again_is_written_down() {
    let mut hub = Hub::with_endpoints(1).await;
    let owed = hub.owes().await;
    let failing = settled(&owed[0], DeliveryState::Pending, Some(Standing::Failing(at())));
    let well = settled(&owed[1], DeliveryState::Delivered, Some(Standing::Well));
    hub.ledger.settle(vec![failing, well]).await.unwrap();
    assert_eq!(hub.broken().failing_since, None);
    assert_eq!(hub.reopen().await.broken(), endpoint(BROKEN));
}

#[tokio::test]
async fn settings_that_were_read_before_the_hub_had_something_to_say_do_not_take_it_back() {
    // Given someone who has read how an endpoint is set up
    let mut hub = Hub::with_endpoints(1).await;
    let owed = hub.owes().await;
    let read = hub.broken();

    // When they change it in the moment in which it is switched off, before that and after it, in one batch and in another
    let changed = |description: &str| {
        vec![Change::PutEndpoint(Endpoint { description: description.to_owned(), ..read.clone() })]
    };
    let ledger = hub.ledger.clone();
    let busy = hub.busy().await;
    let news = [Standing::Failing(at()), SWITCHED_OFF()];
    let settlements = news.map(|standing| settled(&owed[0], DeliveryState::Pending, Some(standing)));
    let first = Asked::new(ledger.change(changed("before it"))).await;
    let switched_off = Asked::new(ledger.settle(settlements.into())).await;
    let second = Asked::new(ledger.change(changed("with it"))).await;
    busy.over().await;
    for done in [first, switched_off, second] {
        done.await.unwrap();
    }
    let state = EndpointState::Disabled { reason: "failing".to_owned(), since: at() };
    let with_it = Endpoint {
        description: "with it".to_owned(),
        state: state.clone(),
        failing_since: Some(at()),
        ..read.clone()
    };
    assert_eq!(hub.broken(), with_it);
    hub.ledger.change(changed("after it")).await.unwrap();
    drop(ledger);

    // Then it has the new settings, and is switched off, also after a restart
    let after_it = Endpoint { description: "after it".to_owned(), ..with_it };
    assert_eq!(hub.broken(), after_it);
    assert_eq!(hub.reopen().await.broken(), after_it);
}

#[tokio::test]
async fn a_person_switches_an_endpoint_on_and_off_whatever_else_was_changed_meanwhile() {
    let mut hub = Hub::with_endpoints(1).await;
    let owed = hub.owes().await;
    let failing = settled(&owed[0], DeliveryState::Pending, Some(Standing::Failing(at())));
    hub.ledger.settle(vec![failing]).await.unwrap();
    let moved = Endpoint { description: "moved".to_owned(), ..endpoint(BROKEN) };
    hub.ledger.change(vec![Change::PutEndpoint(moved.clone())]).await.unwrap();
    hub.heard();

    // Off: how it was doing stays known
    let off = EndpointState::Disabled { reason: "person".to_owned(), since: at() };
    hub.ledger.switch_endpoint(moved.id, off.clone(), at(), None).await.unwrap();
    assert_eq!(hub.broken(), Endpoint { state: off, failing_since: Some(at()), ..moved.clone() });

    // On: it begins anew
    hub.ledger.switch_endpoint(moved.id, EndpointState::Enabled, at(), None).await.unwrap();
    let anew = Endpoint { told_since: Some(at()), ..moved };
    assert_eq!(hub.broken(), anew);
    let again = at() + SignedDuration::from_secs(1);
    hub.ledger.switch_endpoint(anew.id, EndpointState::Enabled, again, None).await.unwrap();
    assert_eq!(hub.broken(), anew, "it was on already");
    let heard = hub.heard();
    assert!(
        matches!(heard[..], [Notice::Endpoint(_), Notice::Endpoint(_), Notice::Endpoint(_)]),
        "{heard:?}"
    );

    // One that has been removed does not come back
    hub.ledger.change(vec![Change::DeleteEndpoint(anew.id)]).await.unwrap();
    hub.ledger.switch_endpoint(anew.id, EndpointState::Enabled, at(), None).await.unwrap();
    assert!(hub.reopen().await.ledger.directory().endpoint(anew.id).is_none());
}

#[tokio::test]
async fn another_dialect_counts_for_what_is_owed_from_then_on() {
    let mut hub = Hub::with_endpoints(1).await;
    let earlier = hub.owes().await;
    let settings = hub.broken();
    let in_another = |dialect: &str| Endpoint { dialect: dialect.to_owned(), ..settings.clone() };
    hub.ledger.change(vec![Change::PutEndpoint(in_another("hirehive"))]).await.unwrap();
    hub.heard();
    hub.ledger.record(intake("another")).await.unwrap();
    let later = hub.heard_owed();

    let told = |owed: &Owed| hub.broken().told(owed.delivery).dialect.clone();
    assert!(earlier.iter().all(|owed| told(owed) == settings.dialect));
    assert!(!later.is_empty() && later.iter().all(|owed| told(owed) == "hirehive"));

    // Whoever changes something else leaves that alone, whatever they had read
    let renamed = Endpoint { description: "renamed".to_owned(), ..in_another("hirehive") };
    hub.ledger.change(vec![Change::PutEndpoint(renamed)]).await.unwrap();
    assert!(earlier.iter().all(|owed| told(owed) == settings.dialect));

    // So many are kept, the last ones
    for dialect in ["standard", "skype", "viasto", "launchpad"] {
        hub.ledger.change(vec![Change::PutEndpoint(in_another(dialect))]).await.unwrap();
    }
    let kept: Vec<String> = hub.broken().formerly.into_iter().map(|former| former.dialect).collect();
    assert_eq!(kept, ["hirehive", "standard", "skype", "viasto"]);
}
