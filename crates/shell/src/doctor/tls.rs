//! Examines TLS, and explains why a certificate is or is not trusted.

use chrono::{DateTime, Utc};
use imapclient::{CertificateProblem, Security, TlsFailure, TlsProblem, transport::Handshake};
use imapclient_config::{ConnectOptions, Server};

use super::{
    TLS,
    certificate::{Certificate, date},
    connect::{here, text_of},
    limit, look,
    report::{Step, short},
};
use crate::failure::Result;

/// The number of days before expiry from which renewal is advised.
const SOON: i64 = 14;

/// Upper bound on the names of a certificate in an advice.
const NAMES: usize = 3;

/// Reports a trusted connection, or one without TLS by the account's own setting.
pub(super) fn trusted(options: &ConnectOptions, handshake: Option<Handshake>) -> Step {
    if matches!(options.server, Server::Command(_)) {
        return Step::skipped(
            TLS,
            "the command is used without TLS; protecting the connection is its own task",
        );
    }
    let Some(handshake) = handshake else {
        return Step::warning(
            TLS,
            "there is no TLS: anyone on the network path can read the password and the mail",
        )
        .advice("leave out --insecure (ssl = false) if the server has TLS, or use --starttls");
    };
    let step = match own(&handshake) {
        Some(certificate) => judged(&certificate, Utc::now()),
        None => Step::good(TLS, "the certificate is trusted"),
    };
    tell(&handshake, step)
}

/// Adds the negotiated parameters and the server's certificate to a step.
pub(super) fn tell(handshake: &Handshake, step: Step) -> Step {
    let (version, suite) = (handshake.version, handshake.cipher_suite);
    let both = vec![("version".to_owned(), format!("{version} with {suite}"))];
    let step = step
        .rows("version", version, both)
        .rows("cipher suite", suite, Vec::new());
    match own(handshake) {
        Some(certificate) => certificate.tell(step),
        None => step.detail("certificate", "it cannot be read"),
    }
}

fn own(handshake: &Handshake) -> Option<Certificate> {
    let own = handshake.certificates.first();
    own.and_then(|der| Certificate::read(der))
}

/// Reports a trusted certificate, with a warning if it expires soon.
fn judged(certificate: &Certificate, now: DateTime<Utc>) -> Step {
    let until = date(certificate.until);
    let days = certificate.days_left(now).unwrap_or(i64::MAX);
    if days < SOON {
        let summary = format!("the certificate expires in {days} days, on {until}");
        return Step::warning(TLS, summary).advice("renew it on the server before that");
    }
    Step::good(
        TLS,
        format!("the certificate is trusted, and valid until {until}"),
    )
}

/// Reports that there is no trusted TLS, or that its settings are wrong.
pub(super) async fn failed(options: &ConnectOptions, failure: &TlsFailure) -> Result<Step> {
    let here = here(options);
    Ok(match &failure.problem {
        TlsProblem::Certificate(problem) => untrusted(options, problem).await?,
        TlsProblem::NotTls { said } => match look::in_clear(options).await? {
            Some(true) => Step::bad(TLS, format!("{here} speaks IMAP without TLS"))
                .advice(
                    "use STARTTLS, which it offers: --starttls (starttls = true; its usual port \
                     is 143)",
                ),
            Some(false) => Step::bad(TLS, format!("{here} speaks IMAP without TLS"))
                .advice(
                    "use the server's port for TLS, usually 993; this one does not even offer \
                     STARTTLS (--starttls, usually on port 143)",
                ),
            None => {
                let step = Step::bad(TLS, format!("{here} speaks neither TLS nor unencrypted IMAP"))
                    .advice("check host and port: IMAP is usually on port 993 with TLS, on 143 without");
                match said {
                    Some(said) => step.detail("it says", short(said)),
                    None => step,
                }
            }
        },
        TlsProblem::OldTls => Step::bad(
            TLS,
            format!("{here} has only TLS 1.1 or older, which is not safe"),
        )
        .advice("have the server updated: it needs TLS 1.2 or later"),
        TlsProblem::Closed => Step::bad(
            TLS,
            format!("{here} closes the connection in the TLS handshake"),
        )
        .advice(
            "check that the port is one for TLS; servers also do this to an address that is blocked",
        ),
        TlsProblem::NoAuthorities => Step::bad(TLS, text_of(failure))
            .advice("install the package ca-certificates, or give the authority with --ca-file"),
        TlsProblem::CaCertificates => Step::bad(TLS, text_of(failure))
            .advice("give a PEM file with certificates with --ca-file (ssl_ca_file)"),
        TlsProblem::ClientCertificate => {
            Step::bad(TLS, text_of(failure)).advice("check ssl_client_cert and ssl_client_key")
        }
        TlsProblem::HostName => {
            Step::bad(TLS, text_of(failure)).advice("give the name that the certificate is for")
        }
        TlsProblem::DataBeforeTls => Step::bad(TLS, text_of(failure))
            .advice("do not log in here: the server is faulty, or an attacker is in between"),
        _ => Step::bad(TLS, text_of(failure)).advice(
            "the server may have no cipher suite that is safe: have it updated; or it may require \
             a client certificate (ssl_client_cert)",
        ),
    })
}

/// Reports that the server sends nothing in the handshake.
pub(super) fn silent(options: &ConnectOptions) -> Step {
    Step::bad(
        TLS,
        format!(
            "{} is silent: no TLS handshake within {:?}",
            here(options),
            limit(options)
        ),
    )
    .advice(match options.server.security() {
        Some(Security::StartTls) => "the server is overloaded or broken: try later",
        _ => {
            "check that the port is one for TLS (993 usually); if so, the server is overloaded or \
             broken"
        }
    })
}

async fn untrusted(options: &ConnectOptions, problem: &CertificateProblem) -> Result<Step> {
    let looked = look::untrusted(options).await?;
    let (handshake, for_host) = match &looked {
        Some((handshake, for_host)) => (Some(handshake), *for_host),
        None => (None, true),
    };
    let certificate = handshake.and_then(own);
    let sent = handshake.map_or(0, |handshake| handshake.certificates.len());
    let mut step = told(options, problem, certificate.as_ref(), sent);
    let about_names = matches!(
        problem,
        CertificateProblem::WrongName { .. } | CertificateProblem::CommonNameOnly { .. }
    );
    if !for_host && !about_names {
        let also = format!("it is not for {} either", short(options.server.host()));
        step = step.detail("also wrong", also);
    }
    let tls = &options.tls;
    if tls.dangerous_accept_invalid_certs || tls.dangerous_accept_invalid_hostname {
        step = step.detail(
            "checks",
            "the account turns them off: other commands send the password nevertheless, and an \
             attacker can impersonate the server",
        );
    }
    Ok(match handshake {
        Some(handshake) => tell(handshake, step),
        None => step,
    })
}

/// Reports a problem with a certificate, and what to do.
fn told(
    options: &ConnectOptions,
    problem: &CertificateProblem,
    certificate: Option<&Certificate>,
    sent: usize,
) -> Step {
    let host = short(options.server.host());
    let day = |seconds: Option<u64>| {
        let seconds = seconds.and_then(|seconds| i64::try_from(seconds).ok());
        date(seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)))
    };
    let today = date(Some(Utc::now()));
    let self_signed = certificate.is_some_and(|certificate| certificate.self_signed);
    match problem {
        CertificateProblem::WrongName { names } if names.is_empty() => {
            Step::bad(TLS, format!("the certificate of {host} names no host")).advice(
                "replace it on the server with one that has the host as an alternative name",
            )
        }
        CertificateProblem::CommonNameOnly { name } => Step::bad(
            TLS,
            format!(
                "the certificate of {host} names its host only by the common name {}, which is no \
                 longer sufficient",
                short(name)
            ),
        )
        .advice("replace it on the server with one that has the host as an alternative name"),
        CertificateProblem::WrongName { names } => Step::bad(
            TLS,
            format!(
                "the certificate is for {}, and not for {host}",
                listed(names)
            ),
        )
        .advice(
            "use one of its names as the host, or replace the certificate with one for this host",
        ),
        CertificateProblem::Expired { on } => Step::bad(
            TLS,
            format!("the certificate of {host} has expired on {}", day(*on)),
        )
        .advice(format!(
            "renew it on the server (this machine's clock says {today})"
        )),
        CertificateProblem::NotYetValid { from } => Step::bad(
            TLS,
            format!(
                "the certificate of {host} is not valid before {}",
                day(*from)
            ),
        )
        .advice(format!(
            "check this machine's clock (it says {today}), or replace the certificate on the server"
        )),
        CertificateProblem::UnknownAuthority | CertificateProblem::Authority if self_signed => {
            Step::bad(
                TLS,
                format!("the certificate of {host} is self-signed: no authority confirms it"),
            )
            .advice(
                "if its SHA-256 matches what the server's operator says, trust it with --ca-file \
                 (ssl_ca_file), in PEM",
            )
        }
        CertificateProblem::UnknownAuthority => {
            let issuer = certificate.map_or("?", |certificate| &certificate.issuer);
            Step::bad(
                TLS,
                format!("the certificate of {host} is signed by an unknown issuer, {issuer}"),
            )
            .advice(format!(
                "give the certificate of this authority with --ca-file (ssl_ca_file); if it is a \
                 public one, the server lacks an intermediate certificate (it sent {sent})"
            ))
        }
        other => Step::bad(
            TLS,
            format!("the certificate of {host} {}", short(&other.to_string())),
        )
        .advice("install a valid one on the server"),
    }
}

/// Formats the first names.
fn listed(names: &[String]) -> String {
    let first: Vec<_> = names.iter().take(NAMES).map(|name| short(name)).collect();
    match names.len().saturating_sub(NAMES) {
        0 => first.join(" and "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use imapclient_testkit::{Authority, Certificate as Wanted};

    use super::*;
    use crate::doctor::report::{Outcome, Report};

    #[test]
    fn what_there_is_to_say_of_a_good_certificate() {
        let identity = Authority::new().issue(Wanted::new(&["localhost"]));
        let pem = x509_parser::pem::parse_x509_pem(identity.cert_pem.as_bytes());
        let certificate = Certificate::read(&pem.unwrap().1.contents).unwrap();
        for (now, outcome, words) in [
            ("2119-12-01", Outcome::Good, "valid until 2120-01-01"),
            ("2119-12-25", Outcome::Warning, "expires in 7 days"),
        ] {
            let now = format!("{now}T00:00:00Z").parse().unwrap();
            let mut report = Report::default();
            report.add(judged(&certificate, now));
            assert_eq!(report.verdict(), outcome, "{now}");
            let json = report.json();
            let summary = json["steps"][0]["summary"].as_str().unwrap();
            assert!(summary.contains(words), "{summary}");
        }
    }

    #[test]
    fn a_few_names_are_enough() {
        let names = ["a", "b", "c", "d", "e"].map(str::to_owned);
        assert_eq!(listed(&names[..1]), "a");
        assert_eq!(listed(&names[..2]), "a and b");
        assert_eq!(listed(&names), "a, b, c and 2 more");
    }
}
