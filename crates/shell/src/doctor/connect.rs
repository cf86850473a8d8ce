//! Connects as the client does, and explains a failure.

use imapclient::{
    Awaited, Builder, Compress, Error, Misbehaviour, Security, TlsProblem, tokio::Client,
    transport::Handshake,
};
use imapclient_config::ConnectOptions;
use imapclient_escape::escaped;

use super::{
    GREETING, TLS, limit, look,
    report::{Report, Step, short},
    tls,
};
use crate::failure::{Delay, Result};

/// Connects and receives the greeting, without logging in. Returns `None` if the examination ends
/// here.
pub(super) async fn connect(
    options: &ConnectOptions,
    report: &mut Report,
) -> Result<Option<Client>> {
    if let Err(error) = options.builder::<Client>() {
        report.add(Step::bad(TLS, text_of(&error)).advice("correct the account's settings"));
        return Ok(None);
    }
    match builder(options)?.connect().await {
        Ok(client) => {
            report.add(tls::trusted(options, client.tls()));
            Ok(Some(client))
        }
        Err(error) => {
            for step in explain(options, error).await? {
                report.add(step);
            }
            Ok(None)
        }
    }
}

/// Returns the account's settings for the connection, but always checks the certificate: no
/// password may be sent to an unknown server.
pub(super) fn builder(options: &ConnectOptions) -> Result<Builder<Client>> {
    let mut options = options.clone();
    options.tls.dangerous_accept_invalid_certs = false;
    options.tls.dangerous_accept_invalid_hostname = false;
    // It is tried by itself after the login.
    options.compress = Compress::Never;
    let limit = Some(limit(&options));
    let builder = options.builder()?;
    Ok(builder.timeout(limit).connect_timeout(limit))
}

async fn explain(options: &ConnectOptions, error: Error) -> Result<Vec<Step>> {
    Ok(match error {
        Error::Tls(failure) if failure.problem == TlsProblem::ExpectsTls => {
            let handshake = look::unchecked(options).await;
            vec![speaks_tls(options, handshake.as_ref())]
        }
        Error::Tls(failure) => vec![tls::failed(options, &failure).await?],
        Error::Timeout {
            awaited: Awaited::Handshake,
            ..
        } => vec![tls::silent(options)],
        Error::Closed { ref end, .. }
            if end.bye.is_none()
                && end.said.is_none()
                && matches!(
                    options.server.security(),
                    Some(Security::StartTls | Security::Plain)
                ) =>
        {
            match look::unchecked(options).await {
                Some(handshake) => vec![speaks_tls(options, Some(&handshake))],
                None => vec![no_greeting(options, &error)],
            }
        }
        Error::Protocol(violation) if leaves_no_tls(&violation.misbehaviour) => vec![
            Step::bad(
                TLS,
                format!(
                    "the server violates the protocol: {}",
                    violation.misbehaviour
                ),
            )
            .advice("do not log in here: the server is faulty, or an attacker is in between"),
        ],
        Error::Missing { .. } => vec![no_starttls(options)],
        Error::Refused(_) => vec![Step::bad(TLS, text_of(&error)).advice(
            "use TLS from the first byte, without --starttls (starttls = false, port 993)",
        )],
        error => {
            let mut steps = Vec::new();
            // TLS worked, and its details are reported too.
            if options.server.security() == Some(Security::Tls)
                && let Some(handshake) = look::checked(options).await
            {
                steps.push(tls::trusted(options, Some(handshake)));
            }
            steps.push(no_greeting(options, &error));
            steps
        }
    })
}

/// Returns whether the server prevents STARTTLS, as an attacker on the network would do.
fn leaves_no_tls(misbehaviour: &Misbehaviour) -> bool {
    matches!(
        misbehaviour,
        Misbehaviour::PreAuthBeforeTls | Misbehaviour::DataBeforeTls
    )
}

fn no_greeting(options: &ConnectOptions, error: &Error) -> Step {
    let here = here(options);
    match error {
        Error::Timeout { .. } => Step::bad(
            GREETING,
            format!("{here} is silent: no greeting within {:?}", limit(options)),
        )
        .advice("check that the port is one for IMAP; if so, the server is overloaded or broken"),
        Error::Closed { end, .. } if end.bye.is_some() || end.said.is_some() => {
            let said = end.bye.as_ref().or(end.said.as_ref());
            let said = said.map(|said| short(said)).unwrap_or_default();
            Step::bad(
                GREETING,
                format!(
                    "the server accepts no connections now; it says \"{}\"",
                    escaped(&said)
                ),
            )
            .advice(format!(
                "do as it says, or {} and ask its operator",
                again(error)
            ))
        }
        Error::Closed { source, .. } => {
            let why = source.as_ref().map(|error| format!(" ({error})"));
            Step::bad(
                GREETING,
                format!(
                    "{here} closes the connection without a greeting{}",
                    why.unwrap_or_default()
                ),
            )
            .advice(
                "check the port; servers also do this to an address that is blocked or has too \
                 many connections",
            )
        }
        Error::Protocol(violation) => {
            let summary = match &violation.misbehaviour {
                Misbehaviour::OtherService(service) => format!("{here} speaks {service}, not IMAP"),
                misbehaviour => format!("{here} does not speak valid IMAP: {misbehaviour}"),
            };
            let step = Step::bad(GREETING, summary).advice(match error.is_transient() {
                true => again(error),
                false => {
                    "check host and port: IMAP is usually on port 993 with TLS, on 143 without"
                        .to_owned()
                }
            });
            match &violation.line {
                Some(line) => step.detail("it says", short(line)),
                None => step,
            }
        }
        other => Step::bad(GREETING, text_of(other)).advice("check host and port"),
    }
}

fn speaks_tls(options: &ConnectOptions, handshake: Option<&Handshake>) -> Step {
    let advice = match options.server.security() {
        Some(Security::StartTls) => {
            "leave out --starttls (starttls = true): TLS from the first byte is the default"
        }
        _ => "leave out --insecure (ssl = false): TLS is the default, and safe",
    };
    let step = Step::bad(
        TLS,
        format!("{} speaks TLS from the first byte", here(options)),
    )
    .advice(advice);
    match handshake {
        Some(handshake) => tls::tell(handshake, step),
        // The server may have only old versions of TLS, or require a client certificate.
        None => step,
    }
}

fn no_starttls(options: &ConnectOptions) -> Step {
    Step::bad(TLS, format!("{} does not offer STARTTLS", here(options))).advice(
        "use TLS from the first byte, without --starttls (starttls = false, port 993 usually); if \
         it offered STARTTLS before, an attacker on the network may have removed it",
    )
}

/// Describes the endpoint, for example `port 993 of imap.example.org`.
pub(super) fn here(options: &ConnectOptions) -> String {
    match options.server.address() {
        None => "the command".to_owned(),
        Some(address) => format!("port {} of {}", address.port, short(&address.host)),
    }
}

/// Returns the advice for a temporary error, for example "try again in 30 s".
pub(super) fn again(error: &Error) -> String {
    match error.retry_after() {
        Some(delay) => format!("try again in {}", Delay(delay)),
        None => "try later".to_owned(),
    }
}

/// Formats an error with its causes.
pub(super) fn text_of(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    short(&text)
}
