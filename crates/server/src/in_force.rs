//! Which limits are in force, for whoever asks: made from the constants that the program goes by. What it fetches from platforms
//! has limits of its own, in `callboard-fetch`, which knows nothing of doors; docs/operating.md lists them with these.

use std::time::Duration;

use callboard_core as core;
use callboard_ledger as ledger;
use callboard_outbox::guard::MAX_URL_BYTES;
use callboard_outbox::{limits as outbox, retry, sender};
use schemars::JsonSchema;
use serde::Serialize;

use crate::limits as doors;

/// How much there may be of something.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Limit {
    /// Its name, which stays the same.
    name: &'static str,
    value: u64,
    unit: Unit,
    /// What it bounds.
    meaning: &'static str,
}

/// What a limit counts: `count`, `bytes`, `characters`, or `seconds`.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Unit {
    Count,
    Bytes,
    Characters,
    Seconds,
}

/// All of them, by where a thing meets them: at the door, in the store, on its way out.
pub(crate) fn in_force() -> Vec<Limit> {
    let all = [
        at_the_door(),
        of_configuration(),
        of_things(),
        of_lists(),
        of_writing(),
        of_attempts(),
        of_backlogs(),
    ];
    all.into_iter().flatten().collect()
}

fn count(name: &'static str, value: usize, meaning: &'static str) -> Limit {
    Limit { name, value: value as u64, unit: Unit::Count, meaning }
}

fn bytes(name: &'static str, value: usize, meaning: &'static str) -> Limit {
    Limit { name, value: value as u64, unit: Unit::Bytes, meaning }
}

fn characters(name: &'static str, value: usize, meaning: &'static str) -> Limit {
    Limit { name, value: value as u64, unit: Unit::Characters, meaning }
}

fn time(name: &'static str, value: Duration, meaning: &'static str) -> Limit {
    Limit { name, value: value.as_secs(), unit: Unit::Seconds, meaning }
}

fn at_the_door() -> Vec<Limit> {
    vec![
        bytes("body", doors::BODY_BYTES, "a request's body"),
        bytes(
            "body_beginning",
            doors::BEGINNING_BYTES,
            "bodies arriving on one connection, for which there is room",
        ),
        bytes("arriving", doors::ARRIVING_BYTES, "what arrives beside that, on all connections at once"),
        bytes("head", doors::HEADER_BYTES, "a request's head"),
        count("headers", doors::HEADERS, "headers of a request"),
        time("head_time", doors::HEAD_TIME, "how long a request's head may take, from when it is waited for"),
        time("body_time", doors::BODY_TIME, "how long a request's body may take"),
        time("handshake_time", doors::HANDSHAKE_TIME, "how long a TLS handshake may take"),
        time("idle_time", doors::IDLE_TIME, "silence on a connection"),
        count("connections", doors::CONNECTIONS, "connections at once"),
        count("live_listeners", doors::LIVE_LISTENERS, "listeners to the live stream at once, of a company"),
        time("stop_time", doors::STOP_TIME, "how long requests under way may take at a stop"),
        bytes("kept_headers", doors::KEPT_HEADER_BYTES, "headers kept with a receipt"),
        count("rejections_kept", doors::REJECTIONS_KEPT, "refusals kept for each source, in memory"),
        bytes("idempotency_key", doors::IDEMPOTENCY_KEY_BYTES, "an `Idempotency-Key`"),
        time(
            "idempotency_time",
            ledger::ANSWERS_KEPT.unsigned_abs(),
            "how long an answer is kept for such a key",
        ),
        count("if_match_tags", doors::IF_MATCH_TAGS, "versions named in an `If-Match`"),
        count("skype_tokens", doors::SKYPE_TOKENS, "tokens of Skype's API that are remembered"),
        time("skype_token_time", doors::SKYPE_TOKEN_TIME.unsigned_abs(), "how long such a token may hold"),
    ]
}

fn of_configuration() -> Vec<Limit> {
    vec![
        characters("name", doors::TEXT_CHARS, "a name or description of what is configured"),
        bytes("endpoint_url", MAX_URL_BYTES, "the URL of an endpoint"),
        bytes("credentials", doors::CREDENTIALS_BYTES, "credentials, as JSON"),
        time(
            "rotation_overlap",
            doors::ROTATION_OVERLAP,
            "how long replaced credentials count unless said otherwise",
        ),
        time("rotation_overlap_most", doors::ROTATION_OVERLAP_MOST, "how long they may count"),
        count(
            "named_by_endpoint",
            doors::NAMED_BY_ENDPOINT,
            "event patterns, and as many sources, of an endpoint",
        ),
        count("endpoints_per_company", doors::ENDPOINTS_PER_COMPANY, "endpoints of a company"),
        count("sources_per_company", doors::SOURCES_PER_COMPANY, "sources of a company"),
        count("keys_per_company", doors::KEYS_PER_COMPANY, "API keys of a company"),
        time(
            "configuring_time",
            doors::CONFIGURING_TIME,
            "how long a change waits for others of the company's configuration",
        ),
        count("pipeline_stages", doors::PIPELINE_STAGES, "stages of a company's own pipeline"),
        time("look_up_time", doors::LOOK_UP_TIME, "how long looking up the name of a new endpoint may take"),
        count("replays_running", doors::REPLAYS_RUNNING, "replays of a company at once"),
    ]
}

fn of_things() -> Vec<Limit> {
    vec![
        characters("line", doors::LINE_CHARS, "a title, a name, a word about a thing"),
        characters(
            "long_text",
            doors::LONG_TEXT_CHARS,
            "a description, cover letter, note, comment or answer",
        ),
        bytes("email", doors::EMAIL_BYTES, "an e-mail address"),
        bytes("link", doors::LINK_BYTES, "a link"),
        bytes("file", doors::FILE_BYTES, "a file that is kept"),
        count("external_ids", core::MAX_EXTERNAL_IDS, "external ids of a thing"),
        characters("external_id", core::MAX_EXTERNAL_ID_CHARS, "one of them"),
        count("tags", core::MAX_TAGS, "tags of a candidate"),
        count("attendees", core::MAX_ATTENDEES, "attendees of an interview"),
        count("reviewers", core::MAX_REVIEWERS, "reviewers of an interview"),
        count("answers", core::MAX_ANSWERS, "ratings, and as many answers, in one feedback"),
        count("applications", core::MAX_APPLICATIONS, "applications of a candidate"),
        count("interviews", core::MAX_INTERVIEWS, "interviews of an application"),
        count("scores", core::MAX_SCORES, "reviewers' scores that one webhook lists"),
        count("feedback", core::MAX_FEEDBACK, "feedback on an interview that webhooks come to"),
        count("tags_told", core::MAX_TAGS_TOLD, "tags of a candidate that webhooks come to"),
        count("names", core::MAX_NAMES, "names that lead to one thing"),
        count("levels", core::MAX_LEVELS, "lists and objects in each other, in what there is no word for"),
    ]
}

fn of_lists() -> Vec<Limit> {
    vec![
        count("page_items", doors::PAGE_ITEMS, "items on a page"),
        bytes("page_bytes", ledger::LISTED_BYTES, "what a page says, unless it is one thing that says more"),
        count("looked_at", ledger::THINGS_LOOKED_AT, "rows read for one page of a list"),
        count("receipts_counted", ledger::RECEIPTS_COUNTED, "receipts of a source counted by their outcome"),
        count(
            "searched",
            doors::SEARCHED_ROWS,
            "candidates, and as many interviews, that one page of a search looks at",
        ),
        bytes("filter", doors::FILTER_BYTES, "a text in the filter of a list"),
        count("filter_states", doors::FILTER_STATES, "states in a filter"),
        count(
            "listed_things",
            doors::LISTED_THINGS,
            "things that lists of the platforms' own APIs page through",
        ),
        count("viasto_notes", doors::VIASTO_NOTES, "notes shown with a page of viasto's results"),
        count(
            "timeline_deliveries",
            doors::TIMELINE_DELIVERIES,
            "deliveries shown with an event of an interview's timeline, and with a page of it before it ends early",
        ),
        count("live_queue", ledger::LIVE_QUEUE, "events that a live stream may lag behind"),
        time("live_key", doors::LIVE_KEY_CHECKED_EVERY, "how long a live stream may stand without its key"),
    ]
}

fn of_writing() -> Vec<Limit> {
    vec![
        count("writer_queue", ledger::WRITER_QUEUE, "jobs waiting for the writer"),
        bytes("writer_queue_bytes", ledger::WRITER_QUEUE_BYTES, "bodies and files among them"),
        count("batch_jobs", ledger::BATCH_JOBS, "jobs in one transaction"),
        count("request_owed", ledger::REQUEST_OWED, "deliveries that one webhook or command comes to"),
        bytes("request_bytes", ledger::REQUEST_BYTES, "bodies that one webhook or command comes to"),
        count("batch_owed", ledger::BATCH_OWED, "deliveries that one owes before it takes no more jobs"),
        bytes("batch_bytes", ledger::BATCH_BYTES, "bodies that one has before it takes no more jobs"),
        count(
            "batch_notices",
            ledger::BATCH_NOTICES,
            "what else one says to the outbox before it takes no more jobs",
        ),
        count("readers", ledger::READERS, "questions to the store at once"),
        count("outbox_readers", ledger::OUTBOX_READERS, "those about what is owed, beside them"),
        time("asked_within", ledger::ASKED_WITHIN, "how long a question waits for its turn"),
        count("notices", ledger::NOTICE_QUEUE, "transactions that wait for the outbox to hear of them"),
        count(
            "replayed_at_once",
            ledger::REPLAYED_AT_ONCE,
            "deliveries or events that a page of a replay sees to",
        ),
        count("let_go_at_once", ledger::LET_GO_AT_ONCE, "rows let go in one transaction for their age"),
        time("lease", ledger::LEASE, "a hub's silence until others tell its endpoints"),
    ]
}

fn of_attempts() -> Vec<Limit> {
    vec![
        time("connect_time", sender::CONNECT_LIMIT, "how long an attempt's connection may take"),
        time("attempt_time", sender::ANSWER_LIMIT, "how long an attempt may take in all"),
        bytes("answer_head", sender::ANSWER_HEAD_BYTES, "the head of an endpoint's answer"),
        bytes("answer_kept", sender::KEPT_BODY_BYTES, "what is kept of an answer's body"),
        count("retries", retry::MAX_RETRIES, "retries of a delivery"),
        time("retry_wait", retry::MAX_DELAY, "the wait before one of them"),
        time("retry_after", retry::MAX_RETRY_AFTER, "how long a `Retry-After` is heeded for its delivery"),
        time("hold", outbox::LONGEST_HOLD, "how long a `Retry-After` holds the whole endpoint"),
        count(
            "failures_in_a_row",
            outbox::FAILURES_IN_A_ROW as usize,
            "failures that speak of the endpoint before it is only probed",
        ),
        count("refusals_in_a_row", outbox::REFUSALS_IN_A_ROW as usize, "failures of any kind before that"),
        time("probe_wait", outbox::LONGEST_PROBE_WAIT, "the wait between two probes"),
        time("failing_time", outbox::FAILING_LIMIT, "how long an endpoint may fail until it is disabled"),
        count("idle_connections", sender::IDLE_CONNECTIONS, "connections kept open to endpoints"),
    ]
}

fn of_backlogs() -> Vec<Limit> {
    vec![
        count("in_flight", outbox::IN_FLIGHT_TOTAL, "attempts at once"),
        count("in_flight_per_endpoint", outbox::IN_FLIGHT_PER_ENDPOINT, "attempts at once at one endpoint"),
        count("unsettled", outbox::UNSETTLED, "attempts not yet durable"),
        count(
            "settled_meanwhile",
            outbox::SETTLED_MEANWHILE,
            "attempts that became durable while what is owed is read from the store",
        ),
        bytes("bodies_in_memory", outbox::BODIES_IN_MEMORY_BYTES, "bodies of deliveries in memory"),
        count(
            "owed_in_memory",
            outbox::OWED_IN_MEMORY_PER_ENDPOINT,
            "deliveries of one endpoint with their bodies in memory",
        ),
        count("known", outbox::KNOWN_TOTAL, "deliveries known in memory"),
        count("known_per_endpoint", outbox::KNOWN_PER_ENDPOINT, "deliveries of one endpoint known in memory"),
        count("lane_ahead", outbox::LANE_AHEAD, "deliveries of one interview with their bodies in memory"),
        count("overtook_named", outbox::OVERTOOK_NAMED, "overtaken deliveries named on a record"),
    ]
}
