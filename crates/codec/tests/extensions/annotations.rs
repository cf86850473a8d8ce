//! METADATA.

use imapclient_codec::{Metadata, Response};

use super::{check, check_malformed, decode};

#[test]
fn metadata() {
    let rows: [(&str, &[u8], &str); 12] = [
        (
            "RFC 5464",
            b"* METADATA \"INBOX\" (/private/comment \"My own comment\")\r\n",
            "Some(\"INBOX\") /private/comment=My own comment []",
        ),
        (
            "the server",
            b"* METADATA \"\" (/shared/comment \"Shared comment\" /private/x NIL)\r\n",
            "None /shared/comment=Shared comment /private/x=NIL []",
        ),
        (
            "literal",
            b"* METADATA \"INBOX\" (/private/comment {3}\r\na\"b /shared/comment {2}\r\nxy)\r\n",
            "Some(\"INBOX\") /private/comment=a\"b /shared/comment=xy []",
        ),
        (
            "NUL in a literal8",
            b"* METADATA x (/a ~{3}\r\na\0b)\r\n",
            "Some(\"x\") /a=a\0b []",
        ),
        (
            "Cyrus, quoted names and NIL",
            b"* METADATA INBOX (\"/shared/vendor/cmu/cyrus-imapd/lastpop\" NIL)\r\n",
            "Some(\"INBOX\") /shared/vendor/cmu/cyrus-imapd/lastpop=NIL []",
        ),
        (
            "lower case nil",
            b"* metadata x (/a nil)\r\n",
            "Some(\"x\") /a=NIL []",
        ),
        ("empty", b"* METADATA \"\" ()\r\n", "None []"),
        (
            "unasked, server",
            b"* METADATA \"\" /shared/comment\r\n",
            "None [\"/shared/comment\"]",
        ),
        (
            "unasked, mailbox",
            b"* METADATA \"INBOX\" /shared/comment \"/private/comment\" \r\n",
            "Some(\"INBOX\") [\"/shared/comment\", \"/private/comment\"]",
        ),
        (
            "odd spacing",
            b"* METADATA  x  ( /a  \"b\" ) \r\n",
            "Some(\"x\") /a=b []",
        ),
        (
            "8-bit",
            b"* METADATA x (/a \"\xff\")\r\n",
            "Some(\"x\") /a=\\xff []",
        ),
        (
            "modified UTF-7",
            b"* METADATA \"&AOQ-\" (/a \"\")\r\n",
            "Some(\"ä\") /a= []",
        ),
    ];
    let words = |found: &Metadata| {
        let entries = found.entries.iter().map(|entry| {
            let value = match &entry.value {
                Some(value) => String::from_utf8(value.to_vec())
                    .unwrap_or_else(|_| value.escape_ascii().to_string()),
                None => "NIL".to_owned(),
            };
            format!("{}={value} ", entry.name)
        });
        format!(
            "{:?} {}{:?}",
            found.mailbox,
            entries.collect::<String>(),
            found.changed
        )
    };
    let metadata = |response| match response {
        Response::Metadata(metadata) => Some(metadata),
        _ => None,
    };
    check(&rows, metadata, words);
    let found = metadata(decode(b"* METADATA x (/A \"1\" /b NIL)\r\n")).unwrap();
    assert_eq!((found.get("/a"), found.get("/b")), (Some(&b"1"[..]), None));
    check_malformed(&[
        (b"* METADATA\r\n", "a string is missing"),
        (b"* METADATA x (/a \"b\"\r\n", "a list does not end"),
        (
            b"* METADATA x (/a \"b\") y\r\n",
            "something follows the response",
        ),
    ]);
}
