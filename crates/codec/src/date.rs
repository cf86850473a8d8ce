//! INTERNALDATE: the time at which a message arrived (RFC 9051 §2.3.3).

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeZone, Timelike};

use crate::token::lossy;

/// The time at which a message arrived, as recorded by the server.
///
/// ```
/// use imapclient_codec::InternalDate;
///
/// let date = InternalDate::from_wire(b" 9-Feb-2007 17:08:08 -0430");
/// assert_eq!(date.date().unwrap().to_rfc3339(), "2007-02-09T17:08:08-04:30");
/// assert_eq!(date.to_string(), " 9-Feb-2007 17:08:08 -0430");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InternalDate {
    raw: Box<str>,
    date: Option<DateTime<FixedOffset>>,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl InternalDate {
    /// Parses the text between the quotes.
    #[must_use]
    pub fn from_wire(wire: &[u8]) -> Self {
        Self {
            raw: lossy(wire).into(),
            date: parse(wire),
        }
    }

    /// Returns the text that the server sent.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Returns the date; `None` if the server sent none, or one that does not exist.
    #[must_use]
    pub fn date(&self) -> Option<DateTime<FixedOffset>> {
        self.date
    }

    /// Returns the form to send, without quotes; `None` without a date between the years 0 and
    /// 9999.
    #[must_use]
    pub fn wire(&self) -> Option<String> {
        self.date.and_then(|date| write(&date))
    }
}

impl<Z: TimeZone> From<DateTime<Z>> for InternalDate {
    fn from(date: DateTime<Z>) -> Self {
        let date = date.fixed_offset();
        let raw = write(&date).unwrap_or_else(|| date.to_string());
        Self {
            raw: raw.into(),
            date: Some(date),
        }
    }
}

impl fmt::Display for InternalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.raw)
    }
}

fn write(date: &DateTime<FixedOffset>) -> Option<String> {
    // Offsets on the wire have no seconds; the same instant is written with whole minutes.
    let minutes = date.offset().local_minus_utc() / 60;
    let date = date.with_timezone(&FixedOffset::east_opt(minutes * 60)?);
    let month = MONTHS.get(date.month0() as usize)?;
    if !(0..=9999).contains(&date.year()) {
        return None;
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    Some(format!(
        "{:2}-{month}-{:04} {:02}:{:02}:{:02} {sign}{hours:02}{minutes:02}",
        date.day(),
        date.year(),
        date.hour(),
        date.minute(),
        date.second(),
    ))
}

/// Parses `d-Mon-yyyy hh:mm:ss zone`. Extra spaces and a zone without a sign are tolerated.
fn parse(wire: &[u8]) -> Option<DateTime<FixedOffset>> {
    let text = std::str::from_utf8(wire).ok()?;
    let mut words = text.split_ascii_whitespace();
    let (date, time, zone) = (words.next()?, words.next()?, words.next()?);
    let mut date = date.splitn(3, '-');
    let (day, month, year) = (date.next()?, date.next()?, date.next()?);
    let month = MONTHS
        .iter()
        .zip(1..)
        .find(|(name, _)| name.eq_ignore_ascii_case(month))?
        .1;
    let mut time = time.split(':');
    let (hour, minute, second) = (time.next()?, time.next()?, time.next()?);
    if words.next().is_some() || time.next().is_some() || year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(digits(year)?).ok()?, month, digits(day)?)?
        .and_hms_opt(digits(hour)?, digits(minute)?, digits(second)?)?
        .and_local_timezone(offset(zone)?)
        .single()
}

fn offset(zone: &str) -> Option<FixedOffset> {
    let (sign, hhmm) = match zone.as_bytes().first()? {
        b'-' => (-1, zone.get(1..)?),
        b'+' => (1, zone.get(1..)?),
        _ => (1, zone),
    };
    if hhmm.len() != 4 {
        return None;
    }
    let number = i32::try_from(digits(hhmm)?).ok()?;
    let (hours, minutes) = (number / 100, number % 100);
    if minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * (hours * 60 + minutes) * 60)
}

fn digits(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        for (wire, expected) in [
            (
                " 9-Feb-2007 17:08:08 -0430",
                Some("2007-02-09T17:08:08-04:30"),
            ),
            (
                "9-Feb-2007 17:08:08 +0000",
                Some("2007-02-09T17:08:08+00:00"),
            ),
            (
                "09-fEB-2007  17:08:08  -0000 ",
                Some("2007-02-09T17:08:08+00:00"),
            ),
            (
                "19-Feb-2007 17:08:08 0400",
                Some("2007-02-19T17:08:08+04:00"),
            ),
            (
                "29-Feb-2024 00:00:00 +1400",
                Some("2024-02-29T00:00:00+14:00"),
            ),
            ("19-Feb-2007 17:08:08", None),
            ("00-Jan-0000 00:00:00 +0000", None),
            ("30-Feb-2007 17:08:08 +0000", None),
            ("1-Jan-2007 17:08:60 +0000", None),
            ("1-Jan-2007 17:08:08 +9999", None),
            ("1-Jan-2007 17:08:08 +0060", None),
            ("1-Jan-2007 17:08:08 EST", None),
            ("1-Foo-2007 17:08:08 +0000", None),
            ("1-Jan-07 17:08:08 +0000", None),
            ("+1-Jan-2007 17:08:08 +0000", None),
            ("1-Jan-2007 17:08:08 +0000 x", None),
            ("wtf", None),
            ("", None),
        ] {
            let date = InternalDate::from_wire(wire.as_bytes());
            assert_eq!(date.raw(), wire);
            assert_eq!(
                date.date().map(|date| date.to_rfc3339()).as_deref(),
                expected,
                "{wire}"
            );
        }
        assert_eq!(InternalDate::from_wire(b"\xff").raw(), "\u{fffd}");
    }

    #[test]
    fn dates_are_written() {
        for (date, expected) in [
            (
                "2009-01-02T03:04:05+02:30",
                Some(" 2-Jan-2009 03:04:05 +0230"),
            ),
            (
                "2009-12-31T23:59:59-11:59",
                Some("31-Dec-2009 23:59:59 -1159"),
            ),
            ("0020-01-01T00:00:00Z", Some(" 1-Jan-0020 00:00:00 +0000")),
            ("+12020-01-01T00:00:00Z", None),
        ] {
            let date: DateTime<FixedOffset> = date.parse().unwrap();
            assert_eq!(InternalDate::from(date).wire().as_deref(), expected);
        }
        let odd = FixedOffset::east_opt(3601).unwrap();
        let date = odd.with_ymd_and_hms(2009, 1, 2, 3, 4, 5).unwrap();
        assert_eq!(
            InternalDate::from(date).wire().unwrap(),
            " 2-Jan-2009 03:04:04 +0100"
        );
    }
}
