//! The codes of the server's own problems, each with its status and what to do about it. What the rules of the core
//! refuse has codes in [`RefusalCode::ALL`]; together they are every code that the API answers with.

use callboard_core::{RefusalCode, RefusalKind};

/// A kind of problem: its code never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code {
    name: &'static str,
    /// The HTTP status that goes with it.
    status: u16,
    /// What it means, and what to do about it.
    meaning: &'static str,
}

impl From<RefusalCode> for Code {
    fn from(refusal: RefusalCode) -> Self {
        Self { name: refusal.code, status: status(refusal.kind), meaning: refusal.meaning }
    }
}

/// The HTTP status for a kind of refusal.
pub(crate) fn status(kind: RefusalKind) -> u16 {
    match kind {
        RefusalKind::Invalid => 422,
        RefusalKind::NotFound => 404,
        RefusalKind::Conflict => 409,
        RefusalKind::Outdated => 412,
    }
}

/// Only this table makes one: a code that is not in it does not compile.
impl Code {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Every code there is, in the order of its status, then of its name.
    pub(crate) fn all() -> Vec<Self> {
        let refusals = RefusalCode::ALL.iter().copied().map(Self::from);
        let mut all: Vec<Self> = Self::OWN.iter().copied().chain(refusals).collect();
        all.sort_by_key(|code| (code.status, code.name));
        all
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal $status:literal: $meaning:literal;)*) => {
        $(#[doc = $meaning] pub(crate) const $name: Code =
            Code { name: $code, status: $status, meaning: $meaning };)*

        impl Code {
            /// The server's own codes.
            const OWN: &'static [Self] = &[$($name,)*];
        }
    };
}

codes! {
    BAD_BODY = "bad_body" 400: "The body is not the JSON that this address takes: it does not parse, a member is missing, is of the wrong type, or has a name that is not known here. The detail says where. Compare the body with the operation's schema.";
    BAD_QUERY = "bad_query" 400: "A query parameter is not known here, is given twice, or cannot be read. The detail says which. Compare with the operation's parameters.";
    BAD_LIMIT = "bad_limit" 400: "`limit` is outside of what a page may hold. Ask for 1 to 200 items.";
    BAD_CURSOR = "bad_cursor" 400: "`cursor` is not one that this list has given out. Take `next` of the page before as it is, or leave it out to start again.";
    BAD_EXTERNAL_ID = "bad_external_id" 400: "The filter `external_id` is empty or too long. Write `platform:value`, or the value alone.";
    BAD_EVENT_ID = "bad_event_id" 400: "`Last-Event-ID` is not the id of an event. Send the id of the last event that was read, or leave the header out.";
    BAD_IDEMPOTENCY_KEY = "bad_idempotency_key" 400: "The header `Idempotency-Key` is given once and has 1 to 255 visible ASCII characters, in quotes or not.";
    BAD_IF_MATCH = "bad_if_match" 400: "The header `If-Match` is `*`, or a list of entity tags as an `ETag` gives them, in quotes: `\"3\"`.";
    BAD_CREDENTIALS = "bad_credentials" 400: "The credentials are not what this platform or dialect works with, or are too large. The detail says what is missing.";
    BAD_URL = "bad_url" 400: "The URL cannot be called: it is no `https` URL, or it leads to an address inside of a network. `--allow-http` and `--allow-network` open this up for development.";
    BAD_HOLD_FOR = "bad_hold_for" 400: "`hold_for` is a time such as `90s`, `30m` or `4d`.";
    BAD_OVERLAP = "bad_overlap" 400: "`overlap` is a time such as `90s`, `30m` or `24h`, within the limit that the detail names, or `0`.";
    BAD_RETRY = "bad_retry" 400: "`retry.schedule` is a list of waits such as `5s` and `30m`, within the limits that the detail names.";
    BAD_RATE_LIMIT = "bad_rate_limit" 400: "`rate_limit.per_second` is a number above 0, within the limit that the detail names.";
    BAD_TEXT = "bad_text" 400: "A text has a control character in it, or is empty where it cannot be. The detail says which.";
    TOO_LONG = "too_long" 400: "A text is longer than its limit, which the detail names. Shorten it.";
    LIST_TOO_LONG = "list_too_long" 400: "A list has more members than its limit, which the detail names. Shorten it.";
    UNKNOWN_PLATFORM = "unknown_platform" 400: "There is no platform of this name. The detail lists those that there are.";
    UNKNOWN_DIALECT = "unknown_dialect" 400: "There is no dialect of this name. The detail lists those that there are.";
    UNKNOWN_EVENT = "unknown_event" 400: "A pattern matches no event. Name one, or the beginning of some with a `*`, such as `interview.*`.";
    UNKNOWN_SOURCE = "unknown_source" 400: "An endpoint names a source that is not there. List the sources for their ids.";
    BROKEN_OFF = "broken_off" 400: "The connection ended in the middle of the body. Send the request again.";
    UNAUTHORIZED = "unauthorized" 401: "The request has no key, or one that is not known here. Send `Authorization: Bearer <key>`.";
    NOT_AUTHENTIC = "not_authentic" 401: "An incoming webhook could not be verified. Those who may see the source find the reason under `/v1/sources/{id}/rejections`.";
    SCOPE_TOO_SMALL = "scope_too_small" 403: "The key may not do this. Use one with the scope that the detail names.";
    OPERATOR_ONLY = "operator_only" 403: "Only the company that operates the hub may do this: the one that was there first. Use one of its admin keys.";
    METHOD_NOT_ALLOWED = "method_not_allowed" 405: "The address does not take that method. The header `Allow` says which it takes.";
    TOO_SLOW = "too_slow" 408: "The body took too long to arrive. Send the request again.";
    CHANGED_MEANWHILE = "changed_meanwhile" 409: "Somebody else changed the same thing at another hub on the same store, at the same time. Nothing was changed by this request: look at the thing again, and decide.";
    ENDPOINT_DISABLED = "endpoint_disabled" 409: "The endpoint is switched off: nothing is sent to it. Switch it on first, with `POST /v1/endpoints/{id}/enable`.";
    ENDPOINT_GONE = "endpoint_gone" 409: "The endpoint has been removed: there is no one to tell. Make a new one.";
    TOO_MANY_ENDPOINTS = "too_many_endpoints" 409: "The company has as many endpoints as one may have; the detail says how many. Remove one that is not used any more.";
    TOO_MANY_SOURCES = "too_many_sources" 409: "The company has as many sources as one may have; the detail says how many. Remove one that is not used any more.";
    TOO_MANY_KEYS = "too_many_keys" 409: "The company has as many API keys as one may have; the detail says how many. Withdraw one that is not used any more.";
    NOT_PENDING = "not_pending" 409: "Only a delivery that is still owed can be called off. This one has ended.";
    STAGE_NOT_REACHED = "stage_not_reached" 409: "The interview cannot be put into that stage from the one it is in. The message says what it follows from.";
    NOT_QUARANTINED = "not_quarantined" 409: "Only a request that could not be understood is read again. This one was understood.";
    STILL_UNREADABLE = "still_unreadable" 409: "The kept request still cannot be understood, for the reason in the detail. It stays kept.";
    REPLAY_RUNNING = "replay_running" 409: "An endpoint or a source has one replay at a time, and a company a few. The detail names the one to wait for, or to cancel.";
    REPLAY_ENDED = "replay_ended" 409: "The replay has ended already: there is nothing to call off.";
    LAST_ADMIN_KEY = "last_admin_key" 409: "This is the company's last key that may make keys. Make another first.";
    TOO_LARGE = "too_large" 413: "The body is larger than its limit, which the detail names.";
    NOT_JSON = "not_json" 415: "The body is not said to be JSON. Send `Content-Type: application/json`.";
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused" 422: "This `Idempotency-Key` was used within the last 24 hours, for another request. Make up a new key for each new request.";
    UNKNOWN_REVIEWER = "unknown_reviewer" 422: "A reviewer is none of the company's users. Make them one first, with `POST /v1/users`.";
    BAD_TIME_ZONE = "bad_time_zone" 422: "The time zone is neither an IANA name, such as `Europe/Berlin`, nor one of Windows, such as `W. Europe Standard Time`.";
    BAD_TIME = "bad_time" 422: "A time cannot be read. Write it as RFC 3339 does, with its offset from UTC: `2026-12-01T14:00:00+01:00`. When an interview is scheduled, the offset may be left out if a time zone goes with it.";
    AMBIGUOUS_TIME = "ambiguous_time" 422: "Clocks in the time zone skip that time, or show it twice, because summer time begins or ends. Give the time with its offset from UTC.";
    NOTHING_TO_FETCH = "nothing_to_fetch" 422: "The platform's webhooks tell everything themselves, so there is nothing to be fetched. Leave `fetch` out; viasto and Skype take it.";
    BAD_REPLAY = "bad_replay" 422: "The replay cannot be as it is asked for: its window ends before it begins, or a filter does not go with what is to be told again. The detail says which.";
    NOTHING_TO_ROTATE = "nothing_to_rotate" 422: "The credentials would stay what they are, or there are none: nothing is signed. Give others, or, where the URL itself is the secret, change that.";
    NO_OVERLAP = "no_overlap" 422: "A request in this dialect has room for one signature only, so that credentials change over at once. Ask for the overlap `0`, or leave it out.";
    BAD_STAGES = "bad_stages" 422: "The stages of a pipeline do not go together: each has an id of its own, and is part of one of the stages that every company has.";
    TOO_MANY_LISTENERS = "too_many_listeners" 429: "As many listen to the live stream as may of one company; the detail says how many. Let programs that listen to the same share one stream, or come again after `Retry-After`.";
    DAMAGED = "damaged" 500: "What is stored cannot be read back. `callboard check` says what is wrong with the store.";
    BROKE = "broke" 500: "Callboard itself broke on the request: a fault of ours. Nothing of it was kept; please report it, with the hub's log.";
    BUSY = "busy" 503: "Too much is waiting to be written. Come again after `Retry-After`.";
    STOPPING = "stopping" 503: "The hub is stopping. Come again after `Retry-After`, when it has started again.";
    STORE_FULL = "store_full" 503: "The disk that the store is on is full. Nothing of the request was kept.";
    STORE_FAILED = "store_failed" 503: "The store did not take it. Nothing of the request was kept; the hub's log says why.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_for_two_things() {
        let all = Code::all();
        for code in &all {
            assert_eq!(all.iter().filter(|other| other.name == code.name).count(), 1, "{}", code.name);
        }
    }
}
