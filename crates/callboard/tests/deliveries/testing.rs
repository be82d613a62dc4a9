//! `POST /v1/endpoints/{id}/test`: every dialect has words for it that its receivers understand.

use serde_json::{Value, json};

use crate::support::Hub;
use crate::support::ear::Ear;

#[test]
fn a_test_is_told_in_every_dialect_well_formed_and_signed_to_its_endpoint_alone() {
    // Given a receiver of each dialect that takes only what it can verify and read
    let hub = Hub::start();
    let ears = ["standard", "cloudevents", "launchpad", "hirehive", "viasto", "skype"].map(Ear::open);
    let endpoints: Vec<String> = ears.iter().map(|ear| ear.subscribe(&hub, &json!({}))).collect();

    for (ear, endpoint) in ears.iter().zip(&endpoints) {
        // When its endpoint is tested
        let owed = hub.post(&format!("/v1/endpoints/{endpoint}/test"), &json!({}));
        assert_eq!(owed["endpoint"], endpoint.as_str(), "{owed}");
        hub.settle();

        // Then it has heard one message, in words of its platform, and the delivery that was answered says so
        let delivery = hub.get(&format!("/v1/deliveries/{}", owed["id"].as_str().unwrap()));
        assert_eq!(
            (&delivery["state"], &delivery["attempts"]),
            (&json!("delivered"), &json!(1)),
            "{delivery}"
        );
        let heard = ear.heard();
        assert_eq!(heard.len(), 1, "{}", ear.dialect);
        assert_eq!(heard[0].dialect, Some(ear.dialect));
        let event = hub.get(&format!("/v1/events/{}", owed["event"].as_str().unwrap()));
        assert_eq!(event["event"]["type"], "endpoint.test", "{event}");
        let said: Value = serde_json::from_slice(&heard[0].body).unwrap();
        assert!(said.as_object().is_some_and(|it| !it.is_empty()), "{}: {said}", ear.dialect);
        assert!(heard[0].label.is_some(), "{}: {}", ear.dialect, heard[0].summary);
    }
    for ear in &ears {
        ear.assert_sound();
        assert_eq!(ear.heard().len(), 1, "nobody hears another's test: {}", ear.dialect);
    }
}
