//! Trouble with an endpoint is told to others, without what is secret, and never goes round in circles.

use std::time::Duration;

use callboard_core::{
    CompanyId, DeliveryId, Endpoint, EndpointId, EndpointState, Event, EventId, EventType, GivenUp, IdMint,
    Identifier, Ordering, Sealed, delivery_failed, endpoint_disabled,
};
use serde_json::{Value, json};

use crate::hub::{COMPANY, at};

fn endpoint(raw: u64) -> Endpoint {
    Endpoint {
        id: EndpointId::from_raw(raw),
        company: CompanyId::from_raw(COMPANY),
        url: "https://ats.example/hooks/s3cret".to_owned(),
        dialect: "standard".to_owned(),
        events: Vec::new(),
        sources: Vec::new(),
        credentials: Sealed(json!({"secret": "s3cret"})),
        rotated: None,
        told_since: None,
        formerly: Vec::new(),
        failing_since: Some(at(0)),
        ordering: Ordering::Interview,
        hold_for: Duration::from_secs(3600),
        retry: Vec::new(),
        rate_limit: None,
        description: String::new(),
        state: EndpointState::Disabled { reason: "failing".to_owned(), since: at(9) },
        created_at: at(0),
    }
}

fn given_up(event_type: EventType) -> GivenUp {
    let error = Some("no connection could be made".to_owned());
    let (id, event) = (DeliveryId::from_raw(5), EventId::from_raw(4));
    GivenUp { id, event, event_type, attempts: 10, status: None, error }
}

fn both(about: &Endpoint) -> [Event; 2] {
    let mut mint = IdMint::new(1, 0);
    let failed = delivery_failed(about, given_up(EventType::JobCreated), at(9), &mut mint);
    [endpoint_disabled(about, at(9), &mut mint), failed.unwrap()]
}

#[test]
fn an_event_about_an_endpoint_says_which_and_why_and_nothing_that_is_secret() {
    let [disabled, failed] = both(&endpoint(3)).map(|event| serde_json::to_value(&event).unwrap());

    let id = json!(EndpointId::from_raw(3));
    let (since, now) = (json!(at(0)), json!(at(9)));
    let mark = json!({"id": id, "host": "ats.example", "failing_since": since});
    let mut switched_off = mark.clone();
    switched_off["reason"] = json!("failing");
    switched_off["since"] = now;
    assert_eq!(
        (&disabled["type"], &disabled["data"]),
        (&json!("endpoint.disabled"), &json!({"endpoint": switched_off}))
    );
    let delivery = json!({
        "id": DeliveryId::from_raw(5), "event": EventId::from_raw(4), "event_type": "job.created", "attempts": 10,
        "error": "no connection could be made",
    });
    let data = json!({"endpoint": mark, "delivery": delivery});
    assert_eq!((&failed["type"], &failed["data"]), (&json!("delivery.failed"), &data));
    assert!(![disabled, failed].iter().map(Value::to_string).any(|said| said.contains("s3cret")));
}

#[test]
fn nobody_is_told_about_their_own_trouble_and_everybody_about_another_s_in_the_order_of_its_endpoint() {
    for event in both(&endpoint(3)) {
        assert!(!endpoint(3).wants(&event) && endpoint(4).wants(&event));
        assert_eq!(event.subject(), 3);
    }
}

#[test]
fn that_trouble_could_not_be_told_is_no_event() {
    let mut mint = IdMint::new(1, 0);
    for told in [EventType::EndpointDisabled, EventType::DeliveryFailed] {
        assert_eq!(delivery_failed(&endpoint(3), given_up(told), at(9), &mut mint), None);
    }
    assert!(
        delivery_failed(&endpoint(3), given_up(EventType::ReceiptQuarantined), at(9), &mut mint).is_some()
    );
}
