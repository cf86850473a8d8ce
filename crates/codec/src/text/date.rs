//! Dates of mail headers (RFC 5322 §3.3), as mail programs write them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};

/// Parses the date of a header field: RFC 5322 with its obsolete forms, full names of days and
/// months, and dots in the time. A missing or unknown zone means UTC, as the RFC specifies.
///
/// ```
/// use imapclient_codec::text::parse_date;
///
/// let date = parse_date(b"Sun, 24 Mar 2013 22:06:10 +0200 (EET)").unwrap();
/// assert_eq!(date.to_rfc3339(), "2013-03-24T22:06:10+02:00");
/// assert_eq!(parse_date(b"wtf"), None);
/// ```
#[must_use]
pub fn parse_date(raw: &[u8]) -> Option<DateTime<FixedOffset>> {
    let text = without_comments(std::str::from_utf8(raw.get(..raw.len().min(MOST))?).ok()?);
    let mut words = text
        .split(|c: char| c.is_ascii_whitespace() || c == ',')
        .filter(|word| !word.is_empty());
    let mut word = words.next()?;
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        word = words.next()?;
    }
    // `24-Mar-2013` is one word.
    let (day, month, year) = match word.splitn(3, '-').collect::<Vec<_>>()[..] {
        [day, month, year] => (day, month, year),
        _ => (word, words.next()?, words.next()?),
    };
    let date = NaiveDate::from_ymd_opt(full_year(year)?, month_of(month)?, number(day)?)?;
    let time = time_of(words.next()?)?;
    let zone = offset(words.next().unwrap_or_default())?;
    date.and_time(time).and_local_timezone(zone).single()
}

/// The maximum number of bytes that are examined. No date is longer.
const MOST: usize = 256;

fn without_comments(text: &str) -> String {
    let mut depth = 0_usize;
    let keep = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    text.chars().filter(keep).collect()
}

fn month_of(name: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let found = MONTHS
        .iter()
        .position(|month| name.len() >= 3 && month.starts_with(&name))?;
    u32::try_from(found + 1).ok()
}

/// RFC 5322 §4.3: two digits are a year from 1950 to 2049, three count from 1900.
fn full_year(year: &str) -> Option<i32> {
    let n = i32::try_from(number(year)?).ok()?;
    match year.len() {
        2 if n < 50 => Some(n + 2000),
        2 | 3 => Some(n + 1900),
        4 => Some(n),
        _ => None,
    }
}

fn time_of(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split([':', '.']);
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let second = parts.next().map_or(Some(0), number)?;
    if parts.next().is_some() {
        return None;
    }
    // `chrono` represents a leap second as 59 seconds and over 1000 milliseconds.
    let (second, milli) = if second == 60 {
        (59, 1000)
    } else {
        (second, 0)
    };
    NaiveTime::from_hms_milli_opt(hour, minute, second, milli)
}

fn offset(zone: &str) -> Option<FixedOffset> {
    let (sign, digits) = match zone.split_at_checked(1) {
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        _ => return FixedOffset::east_opt(named(zone) * 3600),
    };
    let digits = digits.replace(':', "");
    if digits.len() != 4 {
        return FixedOffset::east_opt(0);
    }
    let n = i32::try_from(number(&digits)?).ok()?;
    let (hours, minutes) = (n / 100, n % 100);
    if minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * (hours * 60 + minutes) * 60)
}

/// Returns the offset in hours of a zone that RFC 5322 §4.3 names.
fn named(zone: &str) -> i32 {
    match zone.to_ascii_uppercase().as_str() {
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => 0,
    }
}

fn number(digits: &str) -> Option<u32> {
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        for (raw, expected) in [
            (
                "Sun, 24 Mar 2013 22:06:10 +0200",
                Some("2013-03-24T22:06:10+02:00"),
            ),
            ("24 Mar 2013 22:06 -0430", Some("2013-03-24T22:06:00-04:30")),
            (
                "Sat, 8 May 2010 16.03.09 +0200",
                Some("2010-05-08T16:03:09+02:00"),
            ),
            (
                "Wednesday,18 August 2010 16.03.09 -0200",
                Some("2010-08-18T16:03:09-02:00"),
            ),
            (
                "Wed, 17 Jul 1996 02:23:25 -0700 (PDT)",
                Some("1996-07-17T02:23:25-07:00"),
            ),
            (
                "Wed, 17 Jul (a (b) c) 1996 02:23:25 GMT",
                Some("1996-07-17T02:23:25+00:00"),
            ),
            ("17 Jul 96 02:23:25 EST", Some("1996-07-17T02:23:25-05:00")),
            (
                "17 Jul 20 02:23:25 -0000",
                Some("2020-07-17T02:23:25+00:00"),
            ),
            ("17 Jul 120 02:23:25 XYZ", Some("2020-07-17T02:23:25+00:00")),
            ("17 Jul 1996 02:23:25", Some("1996-07-17T02:23:25+00:00")),
            (
                "17-Jul-1996 02:23:25 +02:00",
                Some("1996-07-17T02:23:25+02:00"),
            ),
            (
                "Sat, 31 Dec 2016 23:59:60 +0000",
                Some("2016-12-31T23:59:60+00:00"),
            ),
            ("30 Feb 2010 10:00:00 +0000", None),
            ("1 Foo 2010 10:00:00 +0000", None),
            ("1 Jan 2010 25:00:00 +0000", None),
            ("1 Jan 2010 10:00:00 +9999", None),
            ("1 Jan 12010 10:00:00 +0000", None),
            ("1 Jan 2010", None),
            ("wtf", None),
            ("((((", None),
            ("", None),
        ] {
            let date = parse_date(raw.as_bytes()).map(|date| date.to_rfc3339());
            assert_eq!(date.as_deref(), expected, "{raw}");
        }
        assert_eq!(parse_date(b"\xff"), None);
    }
}
