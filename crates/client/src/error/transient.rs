//! Classifies failures as transient by response codes and by the texts of providers.

use std::time::Duration;

use imapclient_codec::Code;
use imapclient_engine::Excess;

use super::{ConnectProblem, Error, TlsProblem};
use crate::outcome::Outcome;

/// Texts of transient refusals in lower case, and the servers that use them. They count if the
/// response code does not give the reason.
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

/// Distinguishes an exhausted allowance of traffic, which is renewed daily, from a full mailbox:
/// Gmail uses the code `OVERQUOTA` for both.
const BANDWIDTH: &str = "bandwidth limits";

/// Texts, in lower case, that precede the time for which a server asks to wait.
const BEFORE_DELAY: &[&str] = &["backoff time:", "try again in", "retry after", "retry in"];

/// The beginnings of the names of units of time, with their length in milliseconds.
const UNITS: &[(&str, u64)] = &[
    ("ms", 1),
    ("millisecond", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
];

/// The longest delay that is accepted.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The number of characters of a server's text that are examined.
const LOOKED_AT: usize = 1024;

impl Error {
    /// Returns whether the same call may succeed later, on a new connection if this one is gone.
    ///
    /// This is the case after a lost connection, a time-out or a response that arrived too slowly,
    /// and after a transient refusal: one with the response code `UNAVAILABLE`, `INUSE`, `LIMIT` or
    /// `SERVERBUG` (RFC 5530), or with a text of the big providers for throttling, too many
    /// connections or broken back ends. It is not the case for a wrong password, a mailbox that
    /// does not exist, a full mailbox, or a certificate that is not trusted: these persist until
    /// the cause is removed. Nor is it the case if the call would repeat something that is
    /// [`done`](Self::done), or might do so because its [`outcome`](Self::outcome) is unknown.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        if self.done().is_some() || self.outcome() == Outcome::Unknown {
            return false;
        }
        match self {
            Self::Connect(failure) => failure.problem != ConnectProblem::Command,
            Self::Tls(failure) => failure.problem == TlsProblem::Closed,
            Self::Timeout { .. } | Self::Interrupted => true,
            Self::Closed { end, .. } => !end.code.as_ref().is_some_and(shuts_out),
            Self::Refused(refused) => passes(refused.code.as_ref(), &refused.text),
            Self::Limit(overrun) => matches!(overrun.excess, Excess::Slow { .. }),
            Self::Protocol(violation) => {
                let line = violation.line.as_deref();
                line.is_some_and(|line| passes(None, line))
            }
            // A server that closes the connection after a refusal and a second attempt rejects the
            // password.
            Self::Login { first, source, .. } => {
                let hung_up = first.is_some() && matches!(**source, Self::Closed { .. });
                source.is_transient() && !hung_up
            }
            Self::Unfinished { source, .. } | Self::PartialBody { source, .. } => {
                source.is_transient()
            }
            Self::Token(error) => error.is_transient(),
            _ => false,
        }
    }

    /// Returns how long the server asks to wait before the next attempt, as Exchange does when it
    /// throttles: `Suggested Backoff Time: 30000 milliseconds`.
    ///
    /// Returns `None` if the error is not [transient](Self::is_transient), or if the server named
    /// no time. A time of more than a day is returned as a day.
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
    /// # let error = Error::Missing { capability: "SORT".to_owned(), disabled: false };
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
            Self::Login { source, .. }
            | Self::PartialBody { source, .. }
            | Self::Unfinished { source, .. } => {
                return source.retry_after();
            }
            _ => return None,
        };
        delay(&lower(text))
    }
}

/// Returns what a text means for another attempt in the words of the [table](PASSING), so that it
/// can be shown where the text itself is withheld. A delay is rounded up, because a password may be
/// a number.
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

/// Returns whether a refusal is transient.
fn passes(code: Option<&Code>, text: &str) -> bool {
    let words = lower(text);
    match code {
        Some(Code::Unavailable | Code::InUse | Code::Limit | Code::ServerBug | Code::TempFail) => {
            true
        }
        Some(Code::OverQuota) => words.contains(BANDWIDTH),
        // These codes give no reason.
        None | Some(Code::Alert | Code::Other { .. }) => {
            PASSING.iter().any(|(_, passing)| words.contains(passing)) || delay(&words).is_some()
        }
        // Any other code gives a permanent reason.
        Some(_) => false,
    }
}

/// Returns whether a BYE with this code means that a new connection will fail as well.
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

/// Returns the delay that the text names, limited to [`LONGEST`].
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
        // A number that overflows exceeds any limit.
        let number: u64 = number.parse().unwrap_or(u64::MAX);
        Some(Duration::from_millis(number.saturating_mul(*unit)).min(LONGEST))
    })
}

/// Returns the beginning of a text, with ASCII letters in lower case.
fn lower(text: &str) -> String {
    let start: String = text.chars().take(LOOKED_AT).collect();
    start.to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
