//! Which failures pass, and when: the words that providers have for it, in one table.

use std::time::Duration;

use imapclient_codec::Code;
use imapclient_engine::Excess;
use imapclient_transport::Error as Transport;

use super::Error;
use crate::outcome::Outcome;

/// Words of a refusal that passes, in lower case, and who uses them. They count where the response
/// code does not say what is the matter.
const PASSING: &[(&str, &str)] = &[
    ("Exchange", "request is throttled"),
    ("Exchange", "authenticated but not connected"),
    ("Exchange", "server unavailable"),
    ("Exchange", "connection is closed. 13"),
    ("Gmail", "simultaneous connections"),
    ("Gmail", BANDWIDTH),
    ("Gmail", "system error"),
    ("Yahoo", "rate limit hit"),
    ("Yandex", "backend error"),
    ("Courier", "temporary problem"),
    ("Dovecot", "maximum number of connections"),
    ("Dovecot", "internal error occurred"),
    ("Cyrus", "too many open connections"),
    ("IceWarp", "server is busy"),
    ("several", "too many connections"),
    ("several", "try again later"),
    ("several", "temporarily unavailable"),
    ("several", "temporary failure"),
    ("several", "temporary authentication failure"),
];

/// What tells an allowance of traffic, which is there again tomorrow, from a full mailbox: Gmail
/// has the code `OVERQUOTA` for both.
const BANDWIDTH: &str = "bandwidth limits";

/// Words, in lower case, after which a server says how long to wait.
const BEFORE_DELAY: &[&str] = &["backoff time:", "try again in", "retry after", "retry in"];

/// Units of time in milliseconds, by how their names begin.
const UNITS: &[(&str, u64)] = &[
    ("ms", 1),
    ("millisecond", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
];

/// The longest delay that is believed.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How many characters of a server's text are looked at.
const LOOKED_AT: usize = 1024;

impl Error {
    /// Returns whether the same call may succeed later, on a new connection if this one is gone.
    ///
    /// That is so after a lost connection and a time-out, after a response that came too slowly,
    /// and after a refusal that passes: by the response codes `UNAVAILABLE`, `INUSE`, `LIMIT` and
    /// `SERVERBUG` (RFC 5530), or by words of the big providers for throttling, too many
    /// connections and broken back ends. It is not so for a wrong password, a mailbox that does not
    /// exist, a full mailbox, or a certificate that is not trusted: these stay as they are until
    /// somebody changes something. Nor is it so if the call would do a second time what is
    /// [`done`](Self::done), or might do so since its [`outcome`](Self::outcome) is unknown.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        if self.done().is_some() || self.outcome() == Outcome::Unknown {
            return false;
        }
        match self {
            Self::Connect(error) => !matches!(error, Transport::Command { .. }),
            Self::Tls(error) => matches!(error, Transport::HandshakeClosed),
            Self::Timeout { .. } | Self::Interrupted => true,
            Self::Closed { end, .. } => !end.code.as_ref().is_some_and(shuts_out),
            Self::Refused(refused) => passes(refused.code.as_ref(), &refused.text),
            Self::Limit(overrun) => matches!(overrun.excess, Excess::Slow { .. }),
            Self::Protocol(violation) => {
                let line = violation.line.as_deref();
                line.is_some_and(|line| passes(None, line))
            }
            // A server that hangs up after a refusal and another attempt means the password.
            Self::Login { first, source, .. } => {
                let hung_up = first.is_some() && matches!(**source, Self::Closed { .. });
                source.is_transient() && !hung_up
            }
            Self::Unfinished { source, .. } => source.is_transient(),
            Self::Token(error) => error.is_transient(),
            _ => false,
        }
    }

    /// Returns how long the server asks to wait before the next try, as Exchange does when it
    /// throttles: `Suggested Backoff Time: 30000 milliseconds`.
    ///
    /// `None` if the error is not [transient](Self::is_transient), or the server named no time. A
    /// time of more than a day is told as a day.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use imapclient::Error;
    ///
    /// /// Returns how long to wait before the next try, or the error if another one is no use.
    /// fn pause(error: Error, tries: u32) -> Result<Duration, Error> {
    ///     if !error.is_transient() || tries >= 5 {
    ///         return Err(error);
    ///     }
    ///     Ok(error.retry_after().unwrap_or(Duration::from_secs(1 << tries)))
    /// }
    /// # let error = Error::Missing { capability: "SORT".to_owned() };
    /// # assert!(pause(error, 0).is_err());
    /// # assert_eq!(pause(Error::Interrupted, 2).unwrap(), Duration::from_secs(4));
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        if !self.is_transient() {
            return None;
        }
        let text = match self {
            Self::Refused(refused) => &refused.text,
            Self::Closed { end, .. } => end.bye.as_ref().or(end.said.as_ref())?,
            Self::Protocol(violation) => violation.line.as_ref()?,
            Self::Login { source, .. } | Self::Unfinished { source, .. } => {
                return source.retry_after();
            }
            _ => return None,
        };
        delay(&lower(text))
    }
}

/// Returns what a text means for another try, in words that the [table](PASSING) has, so that it can
/// be told where the text itself is withheld. Of a delay only its magnitude is told: a password may
/// be a number.
pub(crate) fn verdict(text: &str) -> Option<String> {
    let words = lower(text);
    let delay = delay(&words);
    if words.contains(BANDWIDTH) {
        return Some(format!("{BANDWIDTH} are exceeded"));
    }
    if let Some(delay) = delay {
        let longest = LONGEST.as_secs();
        let seconds = MAGNITUDES
            .iter()
            .find(|seconds| delay <= Duration::from_secs(**seconds));
        return Some(format!("try again in {} s", seconds.unwrap_or(&longest)));
    }
    let passes = PASSING.iter().any(|(_, passing)| words.contains(passing));
    passes.then(|| "try again later".to_owned())
}

/// The delays in seconds to which a delay in a withheld text is rounded up.
const MAGNITUDES: &[u64] = &[1, 10, 30, 60, 300, 900, 3600, 21_600];

/// Whether a refusal passes by itself.
fn passes(code: Option<&Code>, text: &str) -> bool {
    let words = lower(text);
    match code {
        Some(Code::Unavailable | Code::InUse | Code::Limit | Code::ServerBug | Code::TempFail) => {
            true
        }
        Some(Code::OverQuota) => words.contains(BANDWIDTH),
        // These say nothing of how it will be later.
        None | Some(Code::Alert | Code::Other { .. }) => {
            PASSING.iter().any(|(_, passing)| words.contains(passing)) || delay(&words).is_some()
        }
        // Any other says what is wrong, and that stays so.
        Some(_) => false,
    }
}

/// Whether a BYE with this code means that a new connection will fare no better.
fn shuts_out(code: &Code) -> bool {
    matches!(
        code,
        Code::AuthenticationFailed
            | Code::AuthorizationFailed
            | Code::Expired
            | Code::PrivacyRequired
            | Code::ContactAdmin
            | Code::NoPerm
            | Code::ClientBug
    )
}

/// The delay that the text names, at most the longest.
fn delay(words: &str) -> Option<Duration> {
    BEFORE_DELAY.iter().find_map(|before| {
        let (_, rest) = words.split_once(before)?;
        let rest = rest.trim_start();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = rest.split_at(digits);
        let unit = unit.trim_start();
        let (_, unit) = UNITS.iter().find(|(name, _)| unit.starts_with(name))?;
        if number.is_empty() {
            return None;
        }
        // What overflows is above any limit.
        let number: u64 = number.parse().unwrap_or(u64::MAX);
        Some(Duration::from_millis(number.saturating_mul(*unit)).min(LONGEST))
    })
}

/// The beginning of a text, in lower case as far as ASCII goes.
fn lower(text: &str) -> String {
    let start: String = text.chars().take(LOOKED_AT).collect();
    start.to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
