//! Time zones as people name them: by IANA's names, or by those of Windows (seed 004 has both).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use windows_timezones::WindowsTimezone;

use crate::limits::ZONE_BYTES;
use crate::problem::{Problem, codes};

/// The IANA name of a zone in its usual spelling. A Windows name stands for the zone that Unicode's CLDR gives for it.
pub(crate) fn iana_name(given: &str) -> Result<String, Problem> {
    let zone = find(given)?;
    Ok(zone.iana_name().unwrap_or(given).to_owned())
}

fn find(given: &str) -> Result<TimeZone, Problem> {
    let unknown = || {
        let shown: String = given.chars().take(ZONE_BYTES).collect();
        let detail = format!(
            "`{shown}` is no time zone; name it as IANA does (`Europe/Berlin`) or as Windows does \
             (`W. Europe Standard Time`)"
        );
        Problem::new(codes::BAD_TIME_ZONE, detail)
    };
    if given.len() > ZONE_BYTES {
        return Err(unknown());
    }
    let iana = given.parse::<WindowsTimezone>().map_or(given, |windows| windows.tzdb_id());
    TimeZone::get(iana).ok().filter(|zone| zone.iana_name().is_some()).ok_or_else(unknown)
}

/// The moment at which clocks in a zone show a time. A time that they skip, or show twice, is refused rather than guessed.
pub(crate) fn moment_in(zone: &str, clock: DateTime) -> Result<Timestamp, Problem> {
    let moment = find(zone)?.to_ambiguous_timestamp(clock);
    let trouble = match moment.offset() {
        AmbiguousOffset::Gap { .. } => "do not show that time: they skip it when summer begins",
        AmbiguousOffset::Fold { .. } => "show that time twice, when summer ends",
        AmbiguousOffset::Unambiguous { .. } => "do not reach that far",
    };
    moment.unambiguous().map_err(|_| {
        let detail = format!("clocks in {zone} {trouble}; give `{clock}` with its offset from UTC");
        Problem::new(codes::AMBIGUOUS_TIME, detail)
    })
}

/// The first moment of the first year that RFC 3339 can write: it has four digits for it, and no sign.
const YEAR_0: Timestamp = Timestamp::constant(-62_167_219_200, 0);

/// Can the time be written as RFC 3339 does, and so as others read it?
pub(crate) fn is_writable(at: Timestamp) -> bool {
    at >= YEAR_0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(problem: &Problem) -> String {
        let json: serde_json::Value = serde_json::from_str(&problem.to_json()).unwrap();
        json["code"].as_str().unwrap().to_owned()
    }

    #[test]
    fn iana_and_windows_names_lead_to_iana_s_own_spelling() {
        for (given, name) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("europe/berlin", "Europe/Berlin"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("Pacific Standard Time", "America/Los_Angeles"),
            ("India Standard Time", "Asia/Calcutta"),
            ("UTC", "Etc/UTC"),
        ] {
            assert_eq!(iana_name(given).unwrap(), name, "{given}");
        }
    }

    #[test]
    fn every_windows_name_leads_to_a_zone_that_is_known() {
        for name in [
            "Dateline Standard Time",
            "UTC-11",
            "UTC+13",
            "Tokyo Standard Time",
            "Line Islands Standard Time",
        ] {
            assert!(iana_name(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        for bad in
            ["", "Mars/Olympus", "+02:00", "../etc/passwd", "/etc/localtime", "Etc/Unknown", &"x".repeat(101)]
        {
            assert_eq!(code(&iana_name(bad).unwrap_err()), "bad_time_zone", "{bad}");
        }
    }

    #[test]
    fn a_time_before_the_year_0_cannot_be_written() {
        for (time, can_be) in [
            ("0000-01-01T00:00:00Z", true),
            ("0000-01-01T00:00:00+00:01", false),
            ("-000001-12-31T23:59:59Z", false),
        ] {
            assert_eq!(is_writable(time.parse().unwrap()), can_be, "{time}");
        }
        assert!(is_writable(Timestamp::MAX));
    }

    #[test]
    fn a_time_on_the_clock_is_a_moment_unless_it_is_skipped_or_comes_twice() {
        let at = |clock: &str| moment_in("W. Europe Standard Time", clock.parse().unwrap());
        assert_eq!(at("2026-12-01T14:00:00").unwrap().to_string(), "2026-12-01T13:00:00Z");
        assert_eq!(at("2026-07-01T14:00:00").unwrap().to_string(), "2026-07-01T12:00:00Z");
        assert_eq!(code(&at("2026-03-29T02:30:00").unwrap_err()), "ambiguous_time", "skipped");
        assert_eq!(code(&at("2026-10-25T02:30:00").unwrap_err()), "ambiguous_time", "twice");
    }
}
