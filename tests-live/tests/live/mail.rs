//! Messages for the trials.

use chrono::{DateTime, FixedOffset};

/// Returns a small message in UTF-8.
pub(crate) fn mail(subject: &str, body: &str) -> String {
    format!(
        "From: Ann Example <ann@example.org>\r\n\
         To: Bob <bob@example.net>\r\n\
         Subject: {subject}\r\n\
         Date: Wed, 14 Feb 2024 10:20:30 +0100\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\
         \r\n\
         {body}\r\n"
    )
}

/// A message with all fields of an envelope.
pub(crate) const LETTER: &str = "Date: Sat, 3 Jan 2009 04:05:06 +0230\r\n\
    From: =?utf-8?Q?J=C3=B6rg?= <joerg@example.org>\r\n\
    Sender: Office <office@example.org>\r\n\
    Reply-To: replies@example.org\r\n\
    To: \"Example, Ann\" <ann@example.org>, bob@example.net\r\n\
    Cc: carol@example.com\r\n\
    Bcc: dan@example.com\r\n\
    Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= and \"quotes\"\r\n\
    In-Reply-To: <first@example.net>\r\n\
    Message-ID: <second@example.org>\r\n\
    \r\n\
    Hello\r\n";

/// A message of two parts: text, and an attachment in base64.
pub(crate) const TWO_PARTS: &str = "From: Ann Example <ann@example.org>\r\n\
    Subject: with an attachment\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=frontier\r\n\
    \r\n\
    Nobody reads this.\r\n\
    --frontier\r\n\
    Content-Type: text/plain; charset=us-ascii\r\n\
    Content-Transfer-Encoding: 7bit\r\n\
    \r\n\
    See what I found.\r\n\
    --frontier\r\n\
    Content-Type: application/octet-stream\r\n\
    Content-Transfer-Encoding: base64\r\n\
    \r\n\
    AAECAwQFBgc=\r\n\
    --frontier--\r\n";

/// Returns a message of exactly `size` bytes. It contains every byte except NUL; CR and LF occur
/// only as line ends.
pub(crate) fn every_byte(size: usize) -> Vec<u8> {
    let head = b"Subject: every byte\r\n\
        Content-Type: application/octet-stream\r\n\
        Content-Transfer-Encoding: 8bit\r\n\
        \r\n";
    let others = (1..=u8::MAX).filter(|byte| !b"\r\n".contains(byte));
    let line: Vec<u8> = others.chain(*b"\r\n").collect();
    let mut message = head.to_vec();
    while message.len() + line.len() <= size {
        message.extend_from_slice(&line);
    }
    // Fills up to the size, with a line end.
    message.resize(size - 2, b'x');
    message.extend_from_slice(b"\r\n");
    message
}

/// Parses a time such as `2024-02-14T12:00:00+00:00`.
pub(crate) fn date(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).expect("a date in a test is right")
}
