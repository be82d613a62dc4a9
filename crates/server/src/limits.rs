//! What a stranger may ask of the doors (invariant I7).

use std::time::Duration;

use jiff::SignedDuration;

/// The largest request body, in bytes. Beyond it: 413.
pub const BODY_BYTES: usize = 1024 * 1024;
/// So many bytes of the bodies that arrive on one connection have room of their own: the beginning of the one, or of the several
/// that there may be at once over HTTP/2.
pub const BEGINNING_BYTES: usize = 16 * 1024;
/// The room for what arrives beside that, on all connections at once, in bytes. Beyond it: 503.
pub const ARRIVING_BYTES: usize = 64 * 1024 * 1024;
/// The largest request head, in bytes. Beyond it: 431.
pub const HEADER_BYTES: usize = 64 * 1024;
/// The same over HTTP/2, where each header counts for 32 bytes more.
pub const HTTP2_HEADER_BYTES: u32 = 64 * 1024;
/// Requests at once on one HTTP/2 connection.
pub const HTTP2_REQUESTS: u32 = 32;
/// The most headers in a request, which is hyper's own limit. Beyond it: 431.
pub const HEADERS: usize = 100;
/// How long a sender may take over a request's head; then the connection is closed.
pub const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a connection may be open with nothing sent on it in either direction. The live stream sends more often.
pub const IDLE_TIME: Duration = Duration::from_secs(60);
/// How long a sender may take over a request's body. Beyond it: 408.
pub const BODY_TIME: Duration = Duration::from_secs(20);
/// How long a TLS handshake may take.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// The most connections open at once; further ones wait to be accepted.
pub const CONNECTIONS: usize = 4_096;
/// The longest explanation of what is wrong with a request, in bytes.
pub const DETAIL_BYTES: usize = 600;
/// The longest name or description, in characters.
pub const TEXT_CHARS: usize = 1_000;
/// The most that credentials may take as JSON, in bytes.
pub const CREDENTIALS_BYTES: usize = 8 * 1024;
/// How long replaced credentials count beside the new ones unless something else is asked for.
pub const ROTATION_OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest that they may.
pub const ROTATION_OVERLAP_MOST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The most event patterns, and the most sources, that an endpoint names.
pub const NAMED_BY_ENDPOINT: usize = 1_000;
/// The most endpoints of a company: each event may be owed to every one of them. Beyond it: 409.
pub const ENDPOINTS_PER_COMPANY: usize = 1_000;
/// The most sources of a company. Beyond it: 409.
pub const SOURCES_PER_COMPANY: usize = 1_000;
/// The most API keys of a company. Beyond it: 409.
pub const KEYS_PER_COMPANY: usize = 1_000;
/// How long whoever changes what is configured waits for others of the company who do. Beyond it: 503.
pub const CONFIGURING_TIME: Duration = Duration::from_secs(30);
/// The most stages in a company's own pipeline.
pub const PIPELINE_STAGES: usize = 100;
/// The longest `Idempotency-Key`, in bytes.
pub const IDEMPOTENCY_KEY_BYTES: usize = 255;
/// The most entity tags in an `If-Match`.
pub const IF_MATCH_TAGS: usize = 16;
/// How often it is looked, at the least, whether the key is still there with which a live stream was opened.
pub const LIVE_KEY_CHECKED_EVERY: Duration = Duration::from_secs(5);
/// The most who listen to the live stream at once, of a company. Beyond it: 429.
pub const LIVE_LISTENERS: usize = 200;
/// How long the name of a new endpoint may take to be looked up; then it is let through, and looked up at each attempt.
pub const LOOK_UP_TIME: Duration = Duration::from_secs(3);
/// How many of them are looked up at once.
pub const NEW_NAMES_LOOKED_UP: usize = 32;
/// The longest cursor, in bytes.
pub const CURSOR_BYTES: usize = 100;
/// The most items on a page of a list.
pub const PAGE_ITEMS: usize = 200;
/// The items on a page when nothing else is asked for.
pub const PAGE_ITEMS_DEFAULT: usize = 50;
/// The most deliveries that are shown with an event of an interview's timeline; and with those of one page of it, but for
/// what the last one has.
pub const TIMELINE_DELIVERIES: usize = 1_000;
/// The most recent refusals kept for each source, in memory.
pub const REJECTIONS_KEPT: usize = 20;
/// The bytes of a refused request's header names that are kept with it.
pub const REJECTED_HEADERS_BYTES: usize = 2 * 1024;
/// The bytes of a request's headers that are kept with it.
pub const KEPT_HEADER_BYTES: usize = 8 * 1024;
/// How long the requests under way may take to end when the hub stops.
pub const STOP_TIME: Duration = Duration::from_secs(10);
/// How often it is tried, at the most, whether the store has room for something new.
pub const ROOM_TRIED_EVERY: SignedDuration = SignedDuration::from_secs(1);
/// How long to wait before coming again when the writer's queue is full, in seconds.
pub const BUSY_RETRY_S: u64 = 1;
/// The most things of one kind that the lists of platforms' own APIs count and page through: they go by page number.
pub const LISTED_THINGS: usize = 10_000;
/// How many of them are read from the store at once.
pub(crate) const LISTING_ROWS: usize = 1_000;
/// How often the store is asked for one such list, whatever it holds that does not match, and however much its things say.
pub const LISTING_READS: usize = 100;
/// The most notes that are shown with a page of viasto's results.
pub const VIASTO_NOTES: usize = 1_000;
/// The most objects on a page of viasto's lists.
pub const VIASTO_PAGE_ITEMS: usize = 100;
/// The objects on such a page when nothing else is asked for.
pub const VIASTO_PAGE_ITEMS_DEFAULT: usize = 20;
/// The most items on a page of HireHive's lists (platforms.md 1.6).
pub const HIREHIVE_PAGE_ITEMS: usize = 100;
/// The items on such a page when nothing else is asked for (platforms.md 1.6).
pub const HIREHIVE_PAGE_ITEMS_DEFAULT: usize = 30;
/// The most that the members of a body which there is no word for may take as JSON, in bytes.
pub const EXTRA_BYTES: usize = 64 * 1024;
/// The longest title or name of a thing, in characters.
pub const LINE_CHARS: usize = 1_000;
/// The longest description, cover letter, note, comment or answer, in characters.
pub const LONG_TEXT_CHARS: usize = 100_000;
/// The longest e-mail address, in bytes.
pub const EMAIL_BYTES: usize = 320;
/// The longest link, in bytes.
pub const LINK_BYTES: usize = 4_096;
/// The longest name of a time zone, in bytes.
pub const ZONE_BYTES: usize = 100;
/// The longest time as a text, in bytes.
pub const MOMENT_BYTES: usize = 64;
/// The longest media type, in bytes.
pub const MEDIA_TYPE_BYTES: usize = 255;
/// The longest interview that is said by its duration, in minutes.
pub const DURATION_MIN: i64 = 1_440;
/// The longest text in a filter of a list, in bytes.
pub const FILTER_BYTES: usize = 400;
/// The most candidates, and as many interviews, that one page of a search looks at: there is no index for parts of names.
pub const SEARCHED_ROWS: usize = 5_000;
/// How many of them are read from the store at once.
pub(crate) const SEARCHED_AT_ONCE: usize = 500;
/// The most interviews that are shown with a candidate who was found.
pub const FOUND_INTERVIEWS: usize = 10;
/// The most states that a list is asked for at once.
pub const FILTER_STATES: usize = 20;
/// The largest file whose bytes are kept, in bytes. Beyond it: 413.
pub const FILE_BYTES: usize = 8 * 1024 * 1024;
/// The most of Skype's tokens that are remembered, so that none is taken twice. Beyond it: 503.
pub const SKYPE_TOKENS: usize = 100_000;
/// How far in the future the end of such a token may lie.
pub const SKYPE_TOKEN_TIME: SignedDuration = SignedDuration::from_hours(1);
/// How long after its end such a token is still taken, as its maker's clock may be behind.
pub const SKYPE_SKEW: SignedDuration = SignedDuration::from_secs(60);
/// The most notes that are shown with an interview in Skype's form.
pub const SKYPE_NOTES: usize = 200;
/// The most replays of one company that run at once. Beyond it: 409.
pub const REPLAYS_RUNNING: usize = 4;
/// The most requests that a replay reads again at once: others wait meanwhile.
pub(crate) const REREAD_AT_ONCE: usize = 100;
/// How long a replay waits when the store does not take it; and how often one is looked for that was asked for at another
/// hub.
pub(crate) const REPLAY_PAUSE: Duration = Duration::from_secs(1);
/// How far a platform's clock may be ahead for a fetch to wait until its webhook's time has come.
pub const FETCH_CLOCK_AHEAD: Duration = Duration::from_secs(60);
/// The most events that a translated webhook is shown to come to.
pub const TRANSLATED_EVENTS: usize = 50;
/// The bytes that they may take in all dialects together; beyond them only the first event is shown.
pub const TRANSLATED_BYTES: usize = 4 * 1024 * 1024;
