//! One hub tells another: what arrives there is the same event, with the same facts, under the second hub's ids.

use callboard_core::{CompanyId, Event, EventType, IdMint, Identifier, SourceId, Teller, World, decide};
use callboard_dialects::{Recipient, dialect};
use serde_json::{Map, Value};

use crate::events::{event, telling_kinds};

const TO: Recipient<'static> =
    Recipient { url: "https://second.example", public_url: "https://first.example" };

/// Members that are a hub's own: ids, and what leads from thing to thing.
const OWN: [&str; 14] = [
    "id",
    "external_ids",
    "extra",
    "user",
    "feedback_id",
    "applications",
    "interviews",
    "feedback",
    "candidate_id",
    "job_id",
    "application_id",
    "interview_id",
    "answer_video_id",
    "question_id",
];

/// What the second hub makes of it, knowing nothing yet.
fn retold(event: &Event, name: &str) -> Vec<Event> {
    let dialect = dialect(name).unwrap();
    let body = dialect.render(event, &TO).remove(0);
    let reading = dialect.parse(&body).unwrap();
    let teller = Teller {
        company: CompanyId::from_raw(900),
        source: Some(SourceId::from_raw(901)),
        platform: name,
        received_at: event.timestamp,
    };
    let (mut world, mut mint) = (World::default(), IdMint::new(1, 0));
    let mut events = Vec::new();
    for observation in &reading.observations {
        let decision = decide(&world, observation, &teller, &mut mint);
        world.apply(&decision);
        events.extend(decision.events);
    }
    events
}

/// The facts of a thing, without what is a hub's own.
fn facts(thing: &Value) -> Value {
    match thing {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
            Value::Object(kept.map(|(name, value)| (name.clone(), facts(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(facts).collect()),
        other => other.clone(),
    }
}

/// The thing that an event of this kind is about, as its snapshot calls it.
fn about(kind: &EventType) -> &'static str {
    match kind.as_str() {
        "interview.assessed" => "assessment",
        name if name.starts_with("candidate.note") => "note",
        name if name.starts_with("candidate.tag") => "tag",
        name => ["answer_video", "application", "candidate", "feedback", "interview", "job"]
            .into_iter()
            .find(|thing| name.starts_with(thing))
            .unwrap(),
    }
}

/// The facts that an event tells. An interview's stage, links and assessment are no facts but what follows from events of
/// their own, and only those tell them.
fn told_about(event: &Event) -> Value {
    let thing = about(&event.kind);
    let mut facts = facts(&serde_json::to_value(&event.data).unwrap()[thing]);
    if let ("interview", Value::Object(members)) = (thing, &mut facts) {
        let told = match event.kind {
            EventType::InterviewStageUpdated => "stage",
            EventType::InterviewMeetingReady => "meeting",
            _ => "",
        };
        members.retain(|name, _| {
            name == told || !["stage", "meeting", "assessed", "cancelled"].contains(&name.as_str())
        });
    }
    facts
}

#[test]
fn what_one_hub_tells_another_tells_on_with_the_same_facts() {
    for name in ["standard", "cloudevents"] {
        for kind in telling_kinds() {
            let sent = event(kind.clone());
            let events = retold(&sent, name);
            let same: Vec<&Event> = events.iter().filter(|event| event.kind == kind).collect();
            assert_eq!(
                same.len(),
                1,
                "{name}: {kind} became {:?}",
                events.iter().map(|it| &it.kind).collect::<Vec<_>>()
            );
            assert_eq!(told_about(&sent), told_about(same[0]), "{name}: {kind}");
        }
    }
}
