//! The native form on the wire.

use callboard_core::{Event, EventType};
use callboard_dialects::{Recipient, dialect};

use crate::events::{event, small_event};

const TO: Recipient<'static> =
    Recipient { url: "https://partner.example", public_url: "https://hub.example" };

/// The very text, with a line for each member.
fn by_member(body: Vec<u8>) -> String {
    String::from_utf8(body).unwrap().replace(",\"", ",\n\"").replace(":{", ":{\n")
}

#[test]
fn a_native_body_is_the_event_s_own_json() {
    for kind in EventType::KNOWN {
        let event = event(kind.clone());
        let [body] = dialect("standard").unwrap().render(&event, &TO).try_into().unwrap();
        assert_eq!(serde_json::from_slice::<Event>(&body).unwrap(), event);
    }
}

#[test]
fn a_native_body_looks_like_this() {
    let [body] = dialect("standard").unwrap().render(&small_event(), &TO).try_into().unwrap();
    insta::assert_snapshot!(by_member(body));
}

#[test]
fn a_cloudevent_looks_like_this() {
    let [body] = dialect("cloudevents").unwrap().render(&small_event(), &TO).try_into().unwrap();
    insta::assert_snapshot!(by_member(body));
}
