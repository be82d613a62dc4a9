//! Who is owed an event, and in what words.

use callboard_core::{
    CompanyId, Endpoint, EndpointId, Event, EventId, EventType, Identifier, Interview, InterviewId, Snapshot,
    Stage,
};
use callboard_ledger::{Change, Directory, Plan, Planner};
use callboard_outbox::Planning;
use serde_json::{Value, json};

use super::hub::{company, disabled, endpoint, start};

const URL: &str = "https://ats.example/hooks";

fn stage_updated() -> Event {
    let mut interview = Interview::new(InterviewId::from_raw(9));
    interview.stage = Stage::InterviewStarted.into();
    let data = Snapshot {
        interview: Some(interview.into()),
        previous: serde_json::Map::from_iter([(
            "stage".to_owned(),
            json!({ "value": "SchedulingCompleted" }),
        )]),
        ..Snapshot::default()
    };
    Event {
        id: EventId::from_raw(10),
        kind: EventType::InterviewStageUpdated,
        timestamp: start(),
        company: company(),
        data,
    }
}

fn plan(planning: &mut Planning, endpoints: &Directory) -> Plan {
    planning.plan(&stage_updated(), &b"{}"[..].into(), endpoints)
}

fn directory(endpoints: impl IntoIterator<Item = Endpoint>) -> Directory {
    let mut directory = Directory::default();
    endpoints.into_iter().for_each(|endpoint| directory.apply(&Change::PutEndpoint(endpoint)));
    directory
}

fn speaking(dialect: &str, endpoint: Endpoint) -> Endpoint {
    Endpoint { dialect: dialect.to_owned(), events: Vec::new(), ..endpoint }
}

#[test]
fn each_endpoint_is_told_in_its_own_words_and_the_native_form_is_not_copied() {
    let endpoints = directory([
        speaking("standard", endpoint(1, URL)),
        speaking("skype", endpoint(2, URL)),
        speaking("skype", endpoint(3, "https://partner.example/skype")),
        speaking("launchpad", endpoint(4, URL)),
    ]);
    let Plan { owed, skipped } = plan(&mut Planning::new("https://hub.example/"), &endpoints);

    assert_eq!(owed.iter().map(|planned| planned.endpoint.raw()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(owed[0].body, None);
    let skype: Value = serde_json::from_slice(owed[1].body.as_ref().unwrap()).unwrap();
    assert!(skype.to_string().contains("InterviewStarted"), "{skype}");
    assert_eq!(
        owed[1].body.as_ref().unwrap().as_ptr(),
        owed[2].body.as_ref().unwrap().as_ptr(),
        "rendered once"
    );
    assert_eq!(skipped, [EndpointId::from_raw(4)], "LaunchPad has no word for it");
}

#[test]
fn only_who_asked_is_told_and_never_another_company() {
    let stranger = Endpoint { company: CompanyId::from_raw(7), ..endpoint(2, URL) };
    let uninterested = Endpoint { events: vec!["job.*".to_owned()], ..endpoint(3, URL) };
    let endpoints = directory([endpoint(1, URL), stranger, uninterested, disabled(endpoint(4, URL))]);

    let plan = plan(&mut Planning::new("https://hub.example"), &endpoints);
    assert_eq!(plan.owed.iter().map(|planned| planned.endpoint.raw()).collect::<Vec<_>>(), [1, 4]);
    assert_eq!(plan.skipped, []);
}

#[test]
fn a_change_of_endpoints_is_heeded_at_once() {
    let mut planning = Planning::new("https://hub.example");
    let mut endpoints = directory([endpoint(1, URL)]);
    assert_eq!(plan(&mut planning, &endpoints).owed.len(), 1);
    endpoints.apply(&Change::PutEndpoint(endpoint(2, URL)));
    assert_eq!(plan(&mut planning, &endpoints).owed.len(), 2);
    endpoints.apply(&Change::DeleteEndpoint(EndpointId::from_raw(1)));
    assert_eq!(plan(&mut planning, &endpoints).owed[0].endpoint.raw(), 2);
}
