//! Describes a certificate. Whether it is trusted is decided by the connection, not here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::report::{Step, short};

/// Upper bound on the names of a certificate that are shown.
const NAMES: usize = 20;

/// The data of a server's certificate that is shown. All of it was chosen by the creator of the
/// certificate.
#[derive(Debug, PartialEq)]
pub(super) struct Certificate {
    pub(super) subject: String,
    pub(super) issuer: String,
    /// The hosts it is for.
    pub(super) names: Vec<String>,
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) until: Option<DateTime<Utc>>,
    /// `true` if it names itself as its issuer.
    pub(super) self_signed: bool,
    /// Its SHA-256 fingerprint, in the format of other programs.
    pub(super) fingerprint: String,
}

impl Certificate {
    /// Parses a certificate, or returns `None` if it is invalid.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (_, read) = X509Certificate::from_der(der).ok()?;
        let validity = read.validity();
        Some(Self {
            subject: short(&read.subject().to_string()),
            issuer: short(&read.issuer().to_string()),
            names: names(&read),
            from: DateTime::from_timestamp(validity.not_before.timestamp(), 0),
            until: DateTime::from_timestamp(validity.not_after.timestamp(), 0),
            self_signed: read.subject().as_raw() == read.issuer().as_raw(),
            fingerprint: fingerprint(der),
        })
    }

    /// Returns the days until it expires.
    pub(super) fn days_left(&self, now: DateTime<Utc>) -> Option<i64> {
        self.until.map(|until| (until - now).num_days())
    }

    /// Adds all data to a step.
    pub(super) fn tell(&self, step: Step) -> Step {
        let issuer = match self.self_signed {
            true => "itself (self-signed)".to_owned(),
            false => self.issuer.clone(),
        };
        step.detail("subject", &self.subject)
            .list("names", self.names.clone())
            .rows(
                "issuer",
                self.issuer.as_str(),
                vec![("issuer".to_owned(), issuer)],
            )
            .rows("valid from", date(self.from), Vec::new())
            .rows(
                "valid until",
                date(self.until),
                vec![(
                    "valid".to_owned(),
                    format!("{} to {}", date(self.from), date(self.until)),
                )],
            )
            .rows("self signed", self.self_signed, Vec::new())
            .rows(
                "sha256",
                self.fingerprint.as_str(),
                halves(&self.fingerprint),
            )
    }
}

fn names(read: &X509Certificate<'_>) -> Vec<String> {
    let extension = read.subject_alternative_name().ok().flatten();
    let all = extension.map(|extension| extension.value.general_names.as_slice());
    let hosts = all
        .unwrap_or_default()
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(short(name)),
            GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
            _ => None,
        });
    let mut hosts: Vec<String> = hosts.collect();
    if hosts.len() > NAMES {
        let more = hosts.len() - NAMES;
        hosts.truncate(NAMES);
        hosts.push(format!("({more} more)"));
    }
    hosts
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(|four| Ipv4Addr::from(four).into());
    let sixteen = || <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).into());
    four.or_else(|_| sixteen()).ok()
}

/// Formats a fingerprint as `AB:CD:...`.
fn fingerprint(der: &[u8]) -> String {
    let bytes = Sha256::digest(der);
    let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(":")
}

/// Splits a fingerprint into two lines, which fit any terminal.
fn halves(fingerprint: &str) -> Vec<(String, String)> {
    let (first, second) = fingerprint.split_at(fingerprint.len().div_ceil(2));
    vec![
        ("SHA-256".to_owned(), first.to_owned()),
        (String::new(), second.to_owned()),
    ]
}

/// Formats a date.
pub(super) fn date(time: Option<DateTime<Utc>>) -> String {
    match time {
        Some(time) => time.format("%Y-%m-%d").to_string(),
        None => "a date that no calendar has".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use imapclient_testkit::{Authority, Certificate as Wanted, Identity};

    fn read(identity: &Identity) -> Certificate {
        let (_, pem) = x509_parser::pem::parse_x509_pem(identity.cert_pem.as_bytes()).unwrap();
        Certificate::read(&pem.contents).unwrap()
    }

    #[test]
    fn what_an_authority_signed() {
        let wanted = Wanted::new(&["imap.example.org", "10.0.0.1", "::1"]).expired();
        let certificate = read(&Authority::new().issue(wanted));
        assert_eq!(certificate.subject, "CN=Testkit Server");
        assert_eq!(certificate.issuer, "CN=Testkit Authority");
        assert_eq!(certificate.names, ["imap.example.org", "10.0.0.1", "::1"]);
        assert_eq!(date(certificate.from), "2020-01-01");
        assert_eq!(date(certificate.until), "2021-01-01");
        assert!(!certificate.self_signed);
        let before = Utc.with_ymd_and_hms(2020, 12, 22, 0, 0, 0).unwrap();
        assert_eq!(certificate.days_left(before), Some(10));
        assert_eq!(certificate.fingerprint.len(), 32 * 3 - 1);
        let halves = halves(&certificate.fingerprint);
        assert!(halves[0].1.ends_with(':') && halves[1].1.len() == 16 * 3 - 1);
    }

    #[test]
    fn what_nobody_signed() {
        let certificate = read(&Identity::self_signed(&["localhost"], true, false));
        assert!(certificate.self_signed);
    }

    #[test]
    fn nonsense_is_no_certificate() {
        assert_eq!(Certificate::read(b"nonsense"), None);
        assert_eq!(Certificate::read(&[]), None);
    }

    #[test]
    fn long_names_are_cut_and_many_are_counted() {
        let many: Vec<String> = (0..30).map(|i| format!("{i}.example.org")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let wanted = Wanted::new(&many).common_name(&"x".repeat(5000));
        let certificate = read(&Authority::new().issue(wanted));
        assert_eq!(certificate.names.len(), NAMES + 1);
        assert_eq!(certificate.names.last().unwrap(), "(10 more)");
        assert!(certificate.subject.len() < 300);
    }
}
