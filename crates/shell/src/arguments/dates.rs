//! Parses and formats dates, times and sizes.

use imapclient::chrono::{DateTime, Days, FixedOffset, Local, NaiveDate};

use crate::failure::{Failure, Result};

/// Parses a day: `1-Jan-2026`, `2026-01-31`, `today`, `yesterday`, or `7d` for seven days ago.
pub(crate) fn day(word: &str) -> Result<NaiveDate> {
    let today = Local::now().date_naive();
    let ago = |days: u64| today.checked_sub_days(Days::new(days));
    let found = match word.to_ascii_lowercase().as_str() {
        "today" => ago(0),
        "yesterday" => ago(1),
        word => match word.strip_suffix('d').map(str::parse) {
            Some(Ok(days)) => ago(days),
            _ => NaiveDate::parse_from_str(word, "%Y-%m-%d")
                .or_else(|_| NaiveDate::parse_from_str(word, "%d-%b-%Y"))
                .ok(),
        },
    };
    found.ok_or_else(|| {
        Failure::Usage(format!(
            "{word:?} is not a day; write 1-Jan-2026, 2026-01-31, today, yesterday, or 7d for seven days ago"
        ))
    })
}

/// Parses a time in the format of RFC 3339, such as `2026-01-31T12:00:00+01:00`, or of
/// INTERNALDATE.
pub(crate) fn time(word: &str) -> Result<DateTime<FixedOffset>, String> {
    DateTime::parse_from_rfc3339(word)
        .or_else(|_| DateTime::parse_from_str(word.trim(), "%d-%b-%Y %H:%M:%S %z"))
        .map_err(|_| "write 2026-01-31T12:00:00+01:00 or \"31-Jan-2026 12:00:00 +0100\"".to_owned())
}

/// Formats a time in its own offset.
pub(crate) fn shown(time: DateTime<FixedOffset>) -> String {
    time.format("%Y-%m-%d %H:%M").to_string()
}

/// Parses a size: `1000`, `10K`, `5M`, `1G`.
pub(crate) fn size(word: &str) -> Result<u64> {
    let (digits, unit) = match word.char_indices().last() {
        Some((at, 'k' | 'K')) => (&word[..at], 1 << 10),
        Some((at, 'm' | 'M')) => (&word[..at], 1 << 20),
        Some((at, 'g' | 'G')) => (&word[..at], 1 << 30),
        _ => (word, 1),
    };
    let size = digits.parse::<u64>().ok();
    size.and_then(|size| size.checked_mul(unit)).ok_or_else(|| {
        Failure::Usage(format!(
            "{word:?} is not a size; write bytes as in 1000, 10K, 5M or 1G"
        ))
    })
}

/// Formats a size.
pub(crate) fn shown_size(bytes: u64) -> String {
    let scaled = |unit: u64, name: &str| {
        let tenths = u128::from(bytes) * 10 / u128::from(unit);
        match tenths >= 100 {
            true => format!("{}{name}", tenths / 10),
            false => format!("{}.{}{name}", tenths / 10, tenths % 10),
        }
    };
    match bytes {
        0..1024 => bytes.to_string(),
        1024..1_048_576 => scaled(1 << 10, "K"),
        1_048_576..1_073_741_824 => scaled(1 << 20, "M"),
        _ => scaled(1 << 30, "G"),
    }
}

/// Parses a time span and returns its seconds: `3600`, `90s`, `15m`, `2h`, `7d`.
pub(crate) fn seconds(word: &str) -> Result<u32> {
    let lower = word.to_ascii_lowercase();
    let (digits, unit) = match lower.char_indices().last() {
        Some((at, 's')) => (&lower[..at], 1),
        Some((at, 'm')) => (&lower[..at], 60),
        Some((at, 'h')) => (&lower[..at], 3600),
        Some((at, 'd')) => (&lower[..at], 86_400),
        _ => (lower.as_str(), 1),
    };
    let span = digits.parse::<u32>().ok();
    span.and_then(|span| span.checked_mul(unit)).ok_or_else(|| {
        Failure::Usage(format!(
            "{word:?} is not a time span; write seconds, or 15m, 2h, 7d"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read() {
        let first = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
        for word in ["31-Jan-2026", "31-jan-2026", "2026-01-31"] {
            assert_eq!(day(word).unwrap(), first, "{word}");
        }
        assert_eq!(day("1-Jan-2026").unwrap(), day("2026-01-01").unwrap());
        assert_eq!(day("7d").unwrap() + Days::new(6), day("yesterday").unwrap());
        for word in [
            "",
            "d",
            "soon",
            "2026-13-01",
            "31-Feb-2026",
            "99999999999999d",
        ] {
            assert!(
                day(word).unwrap_err().to_string().contains("is not a day"),
                "{word}"
            );
        }
    }

    #[test]
    fn sizes_and_spans_are_read_and_shown() {
        assert_eq!(size("10K").unwrap(), 10_240);
        assert_eq!(size("1g").unwrap(), 1 << 30);
        for word in ["99999999999999G", "K", "-1", "10KK", ""] {
            assert!(size(word).is_err(), "{word}");
        }
        assert_eq!(seconds("2h").unwrap(), 7200);
        assert!(seconds("h").is_err() && seconds("4000000000d").is_err());
        for (bytes, shown) in [
            (0, "0"),
            (1023, "1023"),
            (1536, "1.5K"),
            (104_857, "102K"),
            (5 << 20, "5.0M"),
            (u64::MAX, "17179869183G"),
        ] {
            assert_eq!(shown_size(bytes), shown, "{bytes}");
        }
    }

    #[test]
    fn times_are_read() {
        for word in ["2026-01-31T12:00:00+01:00", "31-Jan-2026 12:00:00 +0100"] {
            assert_eq!(
                time(word).unwrap().to_rfc3339(),
                "2026-01-31T12:00:00+01:00"
            );
        }
        assert!(time("noon").is_err());
    }
}
