//! Recognises servers of other protocols than IMAP.

/// The beginnings of the first lines of other services.
const SERVICES: &[(&str, &str)] = &[
    ("220 ", "SMTP or FTP"),
    ("220-", "SMTP or FTP"),
    ("554 ", "SMTP"),
    ("554-", "SMTP"),
    ("+OK", "POP3"),
    ("-ERR", "POP3"),
    ("HTTP/", "HTTP"),
    ("SSH-", "SSH"),
    ("\"IMPLEMENTATION\"", "ManageSieve"),
];

/// Returns the protocol of a server whose first line is this, if it is recognised.
pub(crate) fn service(line: &str) -> Option<&'static str> {
    let known = SERVICES.iter().find(|(begin, _)| line.starts_with(begin));
    known.map(|(_, service)| *service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines() {
        for (line, spoken) in [
            ("220 mail.example.com ESMTP", Some("SMTP or FTP")),
            ("220-welcome", Some("SMTP or FTP")),
            ("554 no SMTP service here", Some("SMTP")),
            ("+OK POP3 ready <1@example.com>", Some("POP3")),
            ("-ERR too many connections", Some("POP3")),
            ("HTTP/1.1 400 Bad Request", Some("HTTP")),
            ("SSH-2.0-OpenSSH_9.6", Some("SSH")),
            ("\"IMPLEMENTATION\" \"Pigeonhole\"", Some("ManageSieve")),
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
