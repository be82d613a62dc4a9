//! CloudEvents in structured mode.

use callboard_core::{Event, EventType};
use callboard_dialects::{Message, Recipient, Request, dialect};
use serde_json::{Value, json};

use crate::events::{event, telling_kinds};

const TO: Recipient<'static> =
    Recipient { url: "https://partner.example", public_url: "https://hub.example" };

fn told(event: &Event) -> Vec<u8> {
    let [body] = dialect("cloudevents").unwrap().render(event, &TO).try_into().unwrap();
    body
}

#[test]
fn a_cloudevent_says_the_same_as_the_native_form() {
    for kind in telling_kinds() {
        let event = event(kind.clone());
        let native = dialect("standard").unwrap().render(&event, &TO).remove(0);
        let as_native = dialect("standard").unwrap().parse(&native).unwrap();
        let as_cloud = dialect("cloudevents").unwrap().parse(&told(&event)).unwrap();
        assert_eq!(as_cloud.observations, as_native.observations);
        assert_eq!(as_cloud.label, format!("callboard.{kind}"));
    }
}

#[test]
fn a_type_without_our_prefix_is_understood_too() {
    let mut body: Value = serde_json::from_slice(&told(&event(EventType::JobCreated))).unwrap();
    body["type"] = json!("job.created");
    let reading = dialect("cloudevents").unwrap().parse(body.to_string().as_bytes()).unwrap();
    assert_eq!((reading.label.as_str(), reading.observations.len()), ("job.created", 1));
}

#[test]
fn the_required_attributes_are_there_and_the_subject_is_the_nearest_thing() {
    let everything = event(EventType::JobUpdated);
    let body: Value = serde_json::from_slice(&told(&everything)).unwrap();
    assert_eq!(body["specversion"], "1.0");
    assert_eq!(body["id"], everything.id.to_string());
    assert_eq!(body["source"], format!("https://hub.example/companies/{}", everything.company));
    assert_eq!(body["subject"], everything.data.interview.as_ref().unwrap().id.to_string());

    let mut job_only = everything;
    let job = job_only.data.job.take();
    job_only.data = callboard_core::Snapshot { job: job.clone(), ..Default::default() };
    let body: Value = serde_json::from_slice(&told(&job_only)).unwrap();
    assert_eq!(body["subject"], job.unwrap().id.to_string());
}

#[test]
fn what_is_no_cloudevent_of_version_1_is_unreadable() {
    let whole: Value = serde_json::from_slice(&told(&event(EventType::JobCreated))).unwrap();
    for name in ["specversion", "id", "source", "type", "data"] {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove(name);
        assert!(dialect("cloudevents").unwrap().parse(body.to_string().as_bytes()).is_err(), "{name}");
    }
    for (name, value) in
        [("specversion", json!("0.3")), ("id", json!("")), ("source", json!("")), ("type", json!(7))]
    {
        let mut body = whole.clone();
        body[name] = value;
        assert!(dialect("cloudevents").unwrap().parse(body.to_string().as_bytes()).is_err(), "{name}");
    }
    let batch = json!([whole]);
    assert!(dialect("cloudevents").unwrap().parse(batch.to_string().as_bytes()).is_err());
}

#[test]
fn a_cloudevent_is_signed_under_its_own_content_type() {
    let cloudevents = dialect("cloudevents").unwrap();
    let credentials = json!({"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"});
    let (body, at) = (told(&event(EventType::JobCreated)), "2026-02-01T12:00:00Z".parse().unwrap());
    let headers = cloudevents.signer(&credentials).unwrap().sign(&Message { id: "evt_1", body: &body, at });
    assert_eq!(headers[0], ("content-type", "application/cloudevents+json; charset=UTF-8".to_owned()));
    let verifier = cloudevents.verifier(&credentials).unwrap();
    assert!(verifier.verify(&Request { headers: &headers, token: None, body: &body }, at).is_ok());
    assert!(verifier.verify(&Request { headers: &headers, token: None, body: b"{}" }, at).is_err());
}
