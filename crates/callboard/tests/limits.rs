//! The table of limits in docs/operating.md says what the program does: each of its rows is made from its constants, but for a few
//! that are held elsewhere.

use std::collections::BTreeSet;
use std::time::Duration;

use callboard_core as core;
use callboard_dialects::rest::launchpad;
use callboard_fetch::limits as fetch;
use callboard_ledger as ledger;
use callboard_outbox::guard::MAX_URL_BYTES;
use callboard_outbox::{limits as outbox, retry, sender};
use callboard_server::limits as server;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

fn number(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

fn bytes(bytes: usize) -> String {
    match bytes {
        whole if whole % MIB == 0 => format!("{} MiB", number(whole / MIB)),
        whole if whole % KIB == 0 => format!("{} KiB", number(whole / KIB)),
        odd => format!("{} bytes", number(odd)),
    }
}

fn time(time: Duration) -> String {
    match time.as_secs() {
        hours if hours > 0 && hours % 3600 == 0 => format!("{} h", hours / 3600),
        seconds => format!("{seconds} s"),
    }
}

fn days(time: Duration) -> String {
    format!("{} days", time.as_secs() / (24 * 3600))
}

/// Of a store that hubs share.
fn shared() -> Vec<(&'static str, String)> {
    vec![
        ("an answer of a PostgreSQL database", time(ledger::postgres::ANSWERS_WITHIN)),
        ("a step that brings a store there up to date", time(ledger::postgres::BROUGHT_UP_WITHIN)),
        ("a hub's silence while it has the turn to write there", time(ledger::postgres::SILENT_WITHIN)),
        ("a hub's wait for that turn", time(ledger::postgres::TAKEN_UP_WITHIN)),
        ("a hub's silence until others tell its endpoints", time(ledger::LEASE)),
        ("comparing an index of a database with its table", time(ledger::postgres::COMPARED_WITHIN)),
        (
            "rows and bytes copied at once",
            format!("{}, {}", number(ledger::COPIED_ROWS), bytes(ledger::COPIED_BYTES)),
        ),
        ("a step of such a copy", time(ledger::postgres::COPY_STEP_WITHIN)),
    ]
}

fn reads() -> String {
    format!("{} reads of {} bring", server::LISTING_READS, bytes(ledger::LISTED_BYTES))
}

fn of_lists() -> Vec<(&'static str, String)> {
    vec![
        ("rows read for one page of a list", number(ledger::THINGS_LOOKED_AT)),
        ("receipts of a source counted by their outcome", number(ledger::RECEIPTS_COUNTED)),
        (
            "candidates, and interviews, that one page of a search looks at for a part of a name",
            format!("{} of each", number(server::SEARCHED_ROWS)),
        ),
        (
            "what such a list counts and pages through",
            format!("{} things, oldest first, of what {}", number(server::LISTED_THINGS), reads()),
        ),
        (
            "notes shown with a page of viasto's results",
            format!("{}, of what one read brings, the latest", number(server::VIASTO_NOTES)),
        ),
        (
            "applications of a job, looked through for its candidates",
            format!("{}, the latest, of what {}", number(server::LISTED_THINGS), reads()),
        ),
        (
            "deliveries shown with an event of an interview's timeline; with a page of it before it ends early",
            format!("{0}, the latest; {0}", number(server::TIMELINE_DELIVERIES)),
        ),
        (
            "interviews shown with a candidate who was found",
            format!("{}, the latest", server::FOUND_INTERVIEWS),
        ),
        (
            "what one page of a list says",
            format!("{}, or one thing that says more", bytes(ledger::LISTED_BYTES)),
        ),
    ]
}

/// What is said about things, and shown of them.
fn of_things() -> Vec<(&'static str, String)> {
    let pair = |one: String, other: String| format!("{one}, {other}");
    vec![
        (
            "lists and objects in each other, in what a thing has that there is no word for",
            format!("{} levels", number(core::MAX_LEVELS)),
        ),
        ("a title, a name, a word about a thing", format!("{} characters", number(server::LINE_CHARS))),
        (
            "a description, cover letter, note, comment or answer",
            format!("{} characters", number(server::LONG_TEXT_CHARS)),
        ),
        (
            "an e-mail address, a link",
            format!("{} bytes, {} bytes", number(server::EMAIL_BYTES), number(server::LINK_BYTES)),
        ),
        ("an interview that is said by its duration", format!("{} h", server::DURATION_MIN / 60)),
        (
            "a text in the filter of a list; states in it",
            format!("{} bytes; {}", server::FILTER_BYTES, server::FILTER_STATES),
        ),
        (
            "an `Idempotency-Key`; how long its answer is kept",
            format!("{} characters; {} h", server::IDEMPOTENCY_KEY_BYTES, ledger::ANSWERS_KEPT.as_hours()),
        ),
        (
            "how long replaced credentials count: unless said otherwise, at the most",
            pair(time(server::ROTATION_OVERLAP), days(server::ROTATION_OVERLAP_MOST)),
        ),
        ("members without a word in a body of HireHive's, as JSON", bytes(server::EXTRA_BYTES)),
        (
            "members without a word that an interview keeps of Skype's API, as JSON",
            bytes(server::EXTRA_BYTES),
        ),
        ("a token of Skype's API", "holds for an hour at the most".to_owned()),
        ("notes shown with an interview in Skype's form", format!("{}, the latest", server::SKYPE_NOTES)),
        ("reviewers of an invitation in LaunchPad's form", number(launchpad::REVIEWERS)),
        (
            "replays at once, of a company; of an endpoint or a source",
            format!("{}; 1", server::REPLAYS_RUNNING),
        ),
    ]
}

fn limits() -> Vec<(&'static str, String)> {
    let pair = |one: String, other: String| format!("{one}, {other}");
    vec![
        ("request body", bytes(server::BODY_BYTES)),
        (
            "what has arrived of bodies that are not whole yet, beside 16 KiB on each connection",
            bytes(server::ARRIVING_BYTES),
        ),
        ("request head", pair(bytes(server::HEADER_BYTES), format!("{} headers", server::HEADERS))),
        ("time for a request's head, from when it is waited for", time(server::HEAD_TIME)),
        ("time for a request's body", time(server::BODY_TIME)),
        ("TLS handshake", time(server::HANDSHAKE_TIME)),
        ("silence on a connection", time(server::IDLE_TIME)),
        ("connections at once", number(server::CONNECTIONS)),
        ("requests at once on one HTTP/2 connection", server::HTTP2_REQUESTS.to_string()),
        ("listeners to the live stream at once, of a company", number(server::LIVE_LISTENERS)),
        ("requests under way at a stop", time(server::STOP_TIME)),
        ("items on a page", number(server::PAGE_ITEMS)),
        ("items on a page of viasto's and HireHive's lists", number(server::VIASTO_PAGE_ITEMS)),
        (
            "events that a translated webhook is shown to come to, and their bytes in all dialects",
            pair(number(server::TRANSLATED_EVENTS), bytes(server::TRANSLATED_BYTES)),
        ),
        ("reviewers in one that is translated", number(core::MAX_REVIEWERS)),
        ("reviewers' scores that one webhook lists", number(core::MAX_SCORES)),
        (
            "what one webhook or command comes to: bodies, once for each who is owed them; deliveries",
            format!("{}; {}", bytes(ledger::REQUEST_BYTES), number(ledger::REQUEST_OWED)),
        ),
        (
            "feedback on an interview or on an application itself, tags of a candidate, as webhooks tell them",
            pair(number(core::MAX_FEEDBACK), number(core::MAX_TAGS_TOLD)),
        ),
        ("names that lead to one thing: what accounts call it, and addresses", number(core::MAX_NAMES)),
        ("such tokens remembered, so that none is taken twice", number(server::SKYPE_TOKENS)),
        ("a file that is kept", bytes(server::FILE_BYTES)),
        ("a name or description of what is configured", format!("{} characters", number(server::TEXT_CHARS))),
        ("stages of a company's own pipeline", number(server::PIPELINE_STAGES)),
        ("the URL of an endpoint", format!("{} bytes", number(MAX_URL_BYTES))),
        ("versions named in an `If-Match`", number(server::IF_MATCH_TAGS)),
        ("credentials, as JSON", bytes(server::CREDENTIALS_BYTES)),
        ("event patterns, sources of an endpoint", format!("{} each", number(server::NAMED_BY_ENDPOINT))),
        ("endpoints of a company", number(server::ENDPOINTS_PER_COMPANY)),
        ("sources of a company", number(server::SOURCES_PER_COMPANY)),
        ("API keys of a company", number(server::KEYS_PER_COMPANY)),
        ("a change's wait for others of what the company has configured", time(server::CONFIGURING_TIME)),
        (
            "looking up the name of a new endpoint, so many at once",
            pair(time(server::LOOK_UP_TIME), number(server::NEW_NAMES_LOOKED_UP)),
        ),
        (
            "names looked up at once for deliveries, and for fetches; those not known to be answered soon",
            format!("{} each; {} of them", sender::LOOK_UPS_AT_ONCE, sender::UNKNOWN_LOOK_UPS_AT_ONCE),
        ),
        (
            "refusals kept for each source, in memory; of each, names of headers",
            format!("{}; {}", server::REJECTIONS_KEPT, bytes(server::REJECTED_HEADERS_BYTES)),
        ),
        ("headers kept with a receipt", bytes(server::KEPT_HEADER_BYTES)),
        (
            "external ids of a thing",
            format!("{}, of {} characters each", core::MAX_EXTERNAL_IDS, core::MAX_EXTERNAL_ID_CHARS),
        ),
        (
            "tags of a candidate, attendees and reviewers of an interview",
            format!("{}, {}, {}", core::MAX_TAGS, core::MAX_ATTENDEES, core::MAX_REVIEWERS),
        ),
        (
            "applications of a candidate, interviews of an application",
            pair(number(core::MAX_APPLICATIONS), number(core::MAX_INTERVIEWS)),
        ),
        ("ratings, and answers, in one feedback", format!("{} each", core::MAX_ANSWERS)),
        ("jobs waiting for the writer", number(ledger::WRITER_QUEUE)),
        ("bytes of bodies and files among them", bytes(ledger::WRITER_QUEUE_BYTES)),
        (
            "SQLite's own log, and how long those who read from it are waited for to empty it",
            pair(bytes(ledger::sqlite::LOG_BYTES as usize), time(ledger::sqlite::LOG_WAIT)),
        ),
        ("what a removed endpoint was owed, called off at once", number(ledger::CALLED_OFF_AT_ONCE)),
        ("rows let go in one transaction for their age", number(ledger::LET_GO_AT_ONCE)),
        ("findings told of one check of the store", number(ledger::FINDINGS_TOLD)),
        ("notices waiting for the outbox", format!("{} transactions", ledger::NOTICE_QUEUE)),
        ("events that a live stream may lag behind", number(ledger::LIVE_QUEUE)),
        ("how long a live stream may stand without its key", time(server::LIVE_KEY_CHECKED_EVERY)),
        ("jobs in one transaction", number(ledger::BATCH_JOBS)),
        (
            "deliveries owed by one transaction, and its bodies, before it takes no more jobs",
            pair(number(ledger::BATCH_OWED), bytes(ledger::BATCH_BYTES)),
        ),
        (
            "what else it says to the outbox, such as a retry or a change of an endpoint, likewise",
            ledger::BATCH_NOTICES.to_string(),
        ),
        ("questions to the store at once", number(ledger::READERS)),
        ("those about what is owed, beside them", number(ledger::OUTBOX_READERS)),
        ("how long a question waits for its turn", time(ledger::ASKED_WITHIN)),
        ("attempt: connection, in all", pair(time(sender::CONNECT_LIMIT), time(sender::ANSWER_LIMIT))),
        ("head of an endpoint's answer", format!("{}, 100 headers", bytes(sender::ANSWER_HEAD_BYTES))),
        ("attempts under way at a stop", time(outbox::LANDING)),
        ("response kept", bytes(sender::KEPT_BODY_BYTES)),
    ]
}

fn limits_of_telling_and_fetching() -> Vec<(&'static str, String)> {
    let pair = |one: String, other: String| format!("{one}, {other}");
    vec![
        (
            "attempts at once, to one endpoint",
            pair(number(outbox::IN_FLIGHT_TOTAL), number(outbox::IN_FLIGHT_PER_ENDPOINT)),
        ),
        ("how soon an endpoint answers to count as prompt", time(outbox::PROMPT)),
        (
            "bodies in memory over all endpoints, with 256 bytes for each delivery",
            bytes(outbox::BODIES_IN_MEMORY_BYTES),
        ),
        (
            "deliveries with their bodies in memory for one endpoint",
            number(outbox::OWED_IN_MEMORY_PER_ENDPOINT),
        ),
        (
            "deliveries known in memory over all endpoints, for one",
            pair(number(outbox::KNOWN_TOTAL), number(outbox::KNOWN_PER_ENDPOINT)),
        ),
        (
            "of both, what each endpoint may have whatever is left",
            pair(
                bytes(outbox::OutboxLimits::default().floor_bytes()),
                number(outbox::OutboxLimits::default().floor_known()),
            ),
        ),
        ("deliveries of one interview with their bodies in memory", number(outbox::LANE_AHEAD)),
        (
            "read from the store at once",
            format!("{} deliveries, {}", number(outbox::PAGE), bytes(outbox::PAGE_BYTES)),
        ),
        (
            "failures in a row that speak of the endpoint, of any kind, before it is only probed",
            format!("{}, {}", outbox::FAILURES_IN_A_ROW, outbox::REFUSALS_IN_A_ROW),
        ),
        ("how long a `Retry-After` holds the whole endpoint", time(outbox::LONGEST_HOLD)),
        (
            "wait between two probes",
            format!(
                "{}, doubling to {} min",
                time(outbox::FIRST_PROBE_AFTER),
                outbox::LONGEST_PROBE_WAIT.as_secs() / 60
            ),
        ),
        ("how long an endpoint may fail", days(outbox::FAILING_LIMIT)),
        ("connections kept open to endpoints, over all", number(sender::IDLE_CONNECTIONS)),
        ("how long they are kept without being used", time(sender::IDLE_LIMIT)),
        ("attempts written down together", number(outbox::SETTLE_BATCH)),
        ("overtaken deliveries named on a record", format!("{}, the oldest", outbox::OVERTOOK_NAMED)),
        ("attempts not yet durable", number(outbox::UNSETTLED)),
        (
            "attempts that became durable while what is owed is read from the store",
            number(outbox::SETTLED_MEANWHILE),
        ),
        ("retries", format!("{}, each up to a week", retry::MAX_RETRIES)),
        ("`Retry-After`", time(retry::MAX_RETRY_AFTER)),
        (
            "fetches at once, at one source",
            pair(number(fetch::IN_FLIGHT_TOTAL), number(fetch::IN_FLIGHT_PER_SOURCE)),
        ),
        (
            "fetches at once at sources that do not answer promptly; at one that did not answer the last time",
            format!("{}; 1", fetch::IN_FLIGHT_SLOW),
        ),
        ("how soon a platform answers to count as prompt", time(fetch::PROMPT)),
        ("an answer that is fetched", pair(bytes(fetch::ANSWER_BYTES), time(fetch::ANSWER_TIME))),
        ("`Retry-After` of a platform's API", time(fetch::LONGEST_WAIT)),
        ("other resources fetched along with one", number(fetch::REFERENCES)),
        ("resources of which the last answer is remembered, by a hash", number(fetch::REMEMBERED)),
        ("fetches under way at a stop", time(fetch::STOP_TIME)),
        (
            "how far a platform's clock may be ahead for a fetch to wait for it",
            time(server::FETCH_CLOCK_AHEAD),
        ),
    ]
}

/// Rows whose constants are not to be seen from here.
const HELD_ELSEWHERE: [&str; 4] = [
    "what a page of a replay sees to: deliveries or events; requests",
    "replays kept, of a company",
    "bytes in either half of the journal",
    "how long what is in the journal waits to be folded",
];

#[test]
fn the_table_in_the_documentation_says_what_the_program_does() {
    let page = include_str!("../../../docs/operating.md");
    let (_, section) = page.split_once("\n## Limits\n").expect("the page has the table");
    let table: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert_eq!(outbox::DELIVERY_BYTES, 256, "the table says so");
    assert_eq!(server::SKYPE_TOKEN_TIME.as_hours(), 1, "the table says so");
    assert_eq!(server::VIASTO_PAGE_ITEMS, server::HIREHIVE_PAGE_ITEMS, "the table says so of both");
    let mut held: BTreeSet<&str> = HELD_ELSEWHERE.into();
    let all = [of_lists(), of_things(), limits(), limits_of_telling_and_fetching(), shared()];
    for (what, limit) in all.into_iter().flatten() {
        let row = format!("| {what} | {limit} | ");
        assert!(table.iter().any(|it| it.starts_with(&row)), "docs/operating.md lacks: {row}");
        held.insert(what);
    }
    let said: BTreeSet<&str> =
        table.iter().filter_map(|row| row.split(" | ").next()?.strip_prefix("| ")).collect();
    let differing: Vec<_> = said.symmetric_difference(&held).collect();
    assert!(differing.is_empty(), "held against nothing, or no row of docs/operating.md: {differing:?}");
}
