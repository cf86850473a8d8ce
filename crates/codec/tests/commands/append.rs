//! APPEND and REPLACE.

use bytes::Bytes;
use chrono::{DateTime, FixedOffset};
use imap_codec::imap_types::{command::CommandBody, extensions::binary::LiteralOrLiteral8};
use imapclient_codec::{
    Flag, MailboxName, UidSet,
    command::{self, Append, AppendStream, CatenatePart, MessageSet},
};

use super::{read, refused, seqs, uids, written};

fn to() -> MailboxName {
    "saved".into()
}

fn date() -> DateTime<FixedOffset> {
    "2024-02-01T03:04:05+05:30".parse().unwrap()
}

#[test]
fn messages() {
    let append = |message: Append| command::append(&to(), &message);
    written([
        // RFC 9051 §6.3.12
        (append("x".into()), "APPEND \"saved\" {1+}\r\nx"),
        (
            append(Append::from("x").flags([Flag::Seen])),
            "APPEND \"saved\" (\\Seen) {1+}\r\nx",
        ),
        (
            append(Append::from("x").flags("$a").internal_date(date())),
            "APPEND \"saved\" ($a) \" 1-Feb-2024 03:04:05 +0530\" {1+}\r\nx",
        ),
        // As in the flags of a fetched message, although only servers can set it.
        (
            append(Append::from("x").flags([Flag::Recent, Flag::Draft])),
            "APPEND \"saved\" (\\Draft) {1+}\r\nx",
        ),
        // RFC 3516 §4.4
        (
            append(Append::from("a\0b").binary()),
            "APPEND \"saved\" ~{3+}\r\na\0b",
        ),
        // RFC 6855 §4
        (
            append(Append::from("ü\0").utf8().flags([Flag::Draft])),
            "APPEND \"saved\" (\\Draft) UTF8 (~{3+}\r\nü\0)",
        ),
    ]);
    refused([
        (
            append("a\0b".into()),
            "invalid message: it must not contain NUL",
        ),
        (append(Append::from("x").flags([Flag::Any])), "servers only"),
        (command::append(&"".into(), &"x".into()), "empty"),
        (
            append(Append::from("x").internal_date("+12024-01-01T00:00:00Z".parse().unwrap())),
            "4 digits",
        ),
    ]);
}

#[test]
fn messages_whose_bytes_follow() {
    let append = |message: AppendStream| command::append_stream(&to(), &message);
    let most = AppendStream::new(i64::MAX as u64)
        .flags([Flag::Recent, Flag::Seen])
        .internal_date(date());
    written([
        (append(AppendStream::new(0)), "APPEND \"saved\" {0+}\r\n"),
        (
            append(most),
            "APPEND \"saved\" (\\Seen) \" 1-Feb-2024 03:04:05 +0530\" {9223372036854775807+}\r\n",
        ),
        (
            append(AppendStream::new(3).binary()),
            "APPEND \"saved\" ~{3+}\r\n",
        ),
        (
            append(AppendStream::new(3).utf8()),
            "APPEND \"saved\" UTF8 (~{3+}\r\n)",
        ),
    ]);
    refused([
        (
            append(AppendStream::new(i64::MAX as u64 + 1)),
            "invalid message: 9223372036854775808 bytes are more than a literal can have",
        ),
        (
            append(AppendStream::new(1).flags([Flag::Any])),
            "servers only",
        ),
        (
            command::append_stream(&"".into(), &AppendStream::new(1)),
            "empty",
        ),
    ]);
    let shown = append(AppendStream::new(5).binary()).unwrap();
    assert!(format!("{shown:?}").contains("~{5 bytes}"), "{shown:?}");
}

#[test]
fn bytes_that_follow_are_checked() {
    let error = AppendStream::new(9).check(b"a\0b").unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid message: it must not contain NUL"
    );
    assert!(AppendStream::new(9).check("ü\r\n".as_bytes()).is_ok());
    assert!(AppendStream::new(9).binary().check(b"a\0b").is_ok());
    assert!(AppendStream::new(9).utf8().check(b"a\0b").is_ok());
}

#[test]
fn messages_are_understood() {
    let message = Append::from("Subject: x\r\n\r\nhi\r\n")
        .flags([Flag::Seen, Flag::Other("$Junk".into())])
        .internal_date(date());
    let body = read(command::append(&to(), &message).unwrap());
    let CommandBody::Append {
        flags,
        date: read_date,
        message: LiteralOrLiteral8::Literal(literal),
        ..
    } = body
    else {
        panic!("{body:?}")
    };
    assert_eq!(flags.len(), 2);
    assert_eq!(read_date.unwrap().as_ref(), &date());
    assert_eq!(literal.as_ref(), b"Subject: x\r\n\r\nhi\r\n");

    let binary = Append::from("a\0\r\n)").binary();
    let body = read(command::append(&to(), &binary).unwrap());
    let CommandBody::Append {
        message: LiteralOrLiteral8::Literal8(literal),
        ..
    } = body
    else {
        panic!("{body:?}")
    };
    assert_eq!(literal.data.as_ref(), b"a\0\r\n)");
}

#[test]
fn several_messages() {
    let first = Append::from("abc")
        .flags([Flag::Seen])
        .internal_date(date());
    let messages = [first, Append::from("d"), Append::from("\0").binary()];
    // RFC 3502 §6.3.11
    written([(
        command::append_all(&to(), &messages),
        "APPEND \"saved\" (\\Seen) \" 1-Feb-2024 03:04:05 +0530\" {3+}\r\nabc {1+}\r\nd ~{1+}\r\n\0",
    )]);
    refused([(command::append_all(&to(), []), "at least one")]);
}

#[test]
fn messages_from_pieces() {
    let append = |message: Append| command::append(&to(), &message);
    let url = || CatenatePart::Url("/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER".into());
    let text = |text: &'static str| CatenatePart::Text(Bytes::from(text));
    written([
        // RFC 4469 §3
        (
            append(Append::catenate([url(), text("\r\nhi\r\n")]).flags([Flag::Seen])),
            "APPEND \"saved\" (\\Seen) CATENATE (URL \
             \"/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER\" TEXT {6+}\r\n\r\nhi\r\n)",
        ),
        // RFC 6855 §4
        (
            append(Append::catenate([text("ü"), CatenatePart::Url("/a\"b".into())]).utf8()),
            "APPEND \"saved\" CATENATE (UTF8 (~{2+}\r\nü) URL \"/a\\\"b\")",
        ),
    ]);
    refused([
        (append(Append::catenate([])), "at least one"),
        (append(Append::catenate([text("x")]).binary()), "no binary"),
        (append(Append::catenate([text("\0")])), "NUL"),
        (
            append(Append::catenate([CatenatePart::Url("\0".into())])),
            "NUL",
        ),
    ]);
    // An authorised URL is as sensitive as a password.
    let message = Append::catenate([url()]);
    for shown in [
        format!("{message:?}"),
        format!("{:?}", append(message).unwrap()),
    ] {
        assert!(!shown.contains("UIDVALIDITY"), "{shown}");
    }
}

#[test]
fn replacements() {
    let replace = |old: &MessageSet| {
        let message = Append::from("x").flags([Flag::Seen, Flag::Draft]);
        command::replace(old, &"Drafts".into(), &message)
    };
    written([
        // RFC 8508 §3
        (
            replace(&seqs("4")),
            "REPLACE 4 \"Drafts\" (\\Seen \\Draft) {1+}\r\nx",
        ),
        (
            replace(&uids("2000")),
            "UID REPLACE 2000 \"Drafts\" (\\Seen \\Draft) {1+}\r\nx",
        ),
    ]);
    refused([
        (replace(&uids("1:2")), "exactly one"),
        (replace(&uids("*")), "exactly one"),
        (replace(&MessageSet::Uids(UidSet::new())), "exactly one"),
        (replace(&MessageSet::Saved), "exactly one"),
    ]);
}
