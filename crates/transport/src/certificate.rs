//! The reasons for which a certificate is rejected.

use std::fmt;

use imapclient_escape::escaped;
use rustls::CertificateError;

mod common_name;

pub(crate) use common_name::CommonNameOnly;

/// The reason for rejecting a server's certificate. The text continues "the certificate of ...".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// The certificate is for other hosts.
    WrongName {
        /// The host names and IP addresses that it is for. Chosen by the server.
        names: Vec<String>,
    },
    /// The certificate names its host only by its common name, which is no longer sufficient (RFC
    /// 9525 §2): a subject alternative name is required.
    CommonNameOnly {
        /// The common name. Chosen by the server.
        name: String,
    },
    /// The certificate has expired.
    Expired {
        /// The end of its validity, in seconds since 1970 (UTC), if known.
        on: Option<u64>,
    },
    /// The certificate is not valid yet.
    NotYetValid {
        /// The start of its validity, in seconds since 1970 (UTC), if known.
        from: Option<u64>,
    },
    /// No trusted authority has signed the certificate.
    UnknownAuthority,
    /// The certificate is that of an authority, which is trusted as a server's own certificate only
    /// if exactly this one was given.
    Authority,
    /// Another reason, as reported by the verifier.
    Other(String),
}

/// The number of names of a certificate that an error shows.
const NAMES: usize = 5;

impl CertificateProblem {
    pub(crate) fn new(error: CertificateError) -> Self {
        match error {
            CertificateError::NotValidForName => Self::WrongName { names: Vec::new() },
            CertificateError::NotValidForNameContext { presented, .. } => Self::WrongName {
                names: presented.iter().filter_map(|name| host(name)).collect(),
            },
            CertificateError::Expired => Self::Expired { on: None },
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired {
                on: Some(not_after.as_secs()),
            },
            CertificateError::NotValidYet => Self::NotYetValid { from: None },
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotYetValid {
                from: Some(not_before.as_secs()),
            },
            CertificateError::UnknownIssuer => Self::UnknownAuthority,
            CertificateError::Other(other) if other.0.to_string() == "CaUsedAsEndEntity" => {
                Self::Authority
            }
            CertificateError::Other(other) => match other.0.downcast_ref::<CommonNameOnly>() {
                Some(CommonNameOnly(name)) => Self::CommonNameOnly { name: name.clone() },
                None => Self::Other(CertificateError::Other(other).to_string()),
            },
            other => Self::Other(other.to_string()),
        }
    }
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongName { names } => wrong_name(f, names),
            Self::CommonNameOnly { name } => write!(
                f,
                "names its host only by the common name {name:?}, which is no longer sufficient (replace it with one that has a subjectAltName)"
            ),
            Self::Expired { on: Some(on) } => write!(f, "has expired on {}", Date(*on)),
            Self::Expired { on: None } => write!(f, "has expired"),
            Self::NotYetValid { from: Some(from) } => {
                write!(f, "is valid only from {}", Date(*from))
            }
            Self::NotYetValid { from: None } => write!(f, "is not valid yet"),
            Self::UnknownAuthority => write!(
                f,
                "is signed by an unknown authority (give its certificate as ssl_ca_file)"
            ),
            Self::Authority => write!(
                f,
                "is that of an authority and not trusted as a server's (give it as ssl_ca_file to trust it)"
            ),
            Self::Other(text) => write!(f, "is not accepted: {}", escaped(text)),
        }
    }
}

fn wrong_name(f: &mut fmt::Formatter<'_>, names: &[String]) -> fmt::Result {
    if names.is_empty() {
        return write!(f, "names no host");
    }
    for (i, name) in names.iter().take(NAMES).enumerate() {
        write!(f, "{}{name:?}", if i == 0 { "is for " } else { ", " })?;
    }
    match names.len().saturating_sub(NAMES) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

/// Extracts the host from a name as the verifier formats it, such as `DnsName("other.test")`.
/// Returns `None` for names that are not hosts.
fn host(name: &str) -> Option<String> {
    let inner = |kind| name.strip_prefix(kind)?.strip_suffix(')');
    let dns = inner("DnsName(").map(|name| name.trim_matches('"'));
    dns.or_else(|| inner("IpAddress(")).map(str::to_owned)
}

/// A day in the Gregorian calendar, from seconds since 1970.
struct Date(u64);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut days = self.0 / 86_400;
        let mut year = 1970_u64;
        // Certificates end before the year 10000; the bound ends the loop for any value.
        while days >= days_in_year(year) && year < 10_000 {
            days -= days_in_year(year);
            year += 1;
        }
        let february = days_in_year(year) - 337;
        let mut month = 1;
        for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
            if days < length {
                break;
            }
            days -= length;
            month += 1;
        }
        write!(f, "{year:04}-{month:02}-{:02}", days + 1)
    }
}

fn days_in_year(year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if leap { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (seconds, text) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_704_067_199, "2023-12-31"),
            (1_704_067_200, "2024-01-01"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(Date(seconds).to_string(), text);
        }
    }

    #[test]
    fn names_are_escaped_and_few() {
        let names: Vec<String> = (0..7)
            .map(|i| format!("DnsName(\"h{i}\x1b[2J\")"))
            .collect();
        let problem = CertificateProblem::new(CertificateError::NotValidForNameContext {
            expected: "localhost".try_into().unwrap(),
            presented: names,
        });
        let text = problem.to_string();
        assert!(text.starts_with(r#"is for "h0\u{1b}[2J", "h1"#), "{text}");
        assert!(text.ends_with(r#", "h4\u{1b}[2J" and 2 more"#), "{text}");
    }

    #[test]
    fn only_hosts_count_as_names() {
        let problem = CertificateProblem::new(CertificateError::NotValidForNameContext {
            expected: "localhost".try_into().unwrap(),
            presented: vec!["DirectoryName".to_owned()],
        });
        assert_eq!(problem.to_string(), "names no host");
        assert_eq!(host("IpAddress(127.0.0.1)").unwrap(), "127.0.0.1");
    }

    #[test]
    fn a_date_that_no_calendar_has() {
        assert!(Date(u64::MAX).to_string().starts_with("10000-"));
    }
}
