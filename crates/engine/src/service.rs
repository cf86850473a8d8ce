//! Recognises servers of other protocols than IMAP.

use std::fmt;

/// A protocol other than IMAP, recognised by the first line of its servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// SMTP or FTP, whose greetings begin alike.
    SmtpOrFtp,
    /// SMTP.
    Smtp,
    /// POP3.
    Pop3,
    /// HTTP.
    Http,
    /// SSH.
    Ssh,
    /// `ManageSieve` (RFC 5804).
    ManageSieve,
}

/// The beginnings of the first lines of other services.
const SERVICES: &[(&str, Service)] = &[
    ("220 ", Service::SmtpOrFtp),
    ("220-", Service::SmtpOrFtp),
    ("554 ", Service::Smtp),
    ("554-", Service::Smtp),
    ("+OK", Service::Pop3),
    ("-ERR", Service::Pop3),
    ("HTTP/", Service::Http),
    ("SSH-", Service::Ssh),
    ("\"IMPLEMENTATION\"", Service::ManageSieve),
];

/// Returns the protocol of a server whose first line is this, if it is recognised.
pub(crate) fn service(line: &str) -> Option<Service> {
    let known = SERVICES.iter().find(|(begin, _)| line.starts_with(begin));
    known.map(|(_, service)| *service)
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SmtpOrFtp => "SMTP or FTP",
            Self::Smtp => "SMTP",
            Self::Pop3 => "POP3",
            Self::Http => "HTTP",
            Self::Ssh => "SSH",
            Self::ManageSieve => "ManageSieve",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines() {
        for (line, spoken) in [
            ("220 mail.example.com ESMTP", Some(Service::SmtpOrFtp)),
            ("220-welcome", Some(Service::SmtpOrFtp)),
            ("554 no SMTP service here", Some(Service::Smtp)),
            ("+OK POP3 ready <1@example.com>", Some(Service::Pop3)),
            ("-ERR too many connections", Some(Service::Pop3)),
            ("HTTP/1.1 400 Bad Request", Some(Service::Http)),
            ("SSH-2.0-OpenSSH_9.6", Some(Service::Ssh)),
            (
                "\"IMPLEMENTATION\" \"Pigeonhole\"",
                Some(Service::ManageSieve),
            ),
            // IMAP servers send these too.
            ("421 Server is busy, try again later.", None),
            ("* NO no", None),
            ("+ OK", None),
            ("2200", None),
            ("", None),
        ] {
            assert_eq!(service(line), spoken, "{line}");
        }
    }
}
