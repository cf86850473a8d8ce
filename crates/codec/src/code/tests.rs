//! Tests of response codes.

use std::{fmt::Debug, str::FromStr};

use bytes::Bytes;

use super::*;
use crate::Limits;

fn read(inside: &str) -> Option<Code> {
    Code::read(inside.as_bytes(), &Limits::default())
}

fn other(name: &str, arguments: Option<&'static str>) -> Code {
    let arguments = arguments.map(|text| Bytes::from_static(text.as_bytes()));
    Code::Other {
        name: name.to_owned(),
        arguments,
    }
}

fn set<S: FromStr<Err: Debug>>(text: &str) -> S {
    text.parse().unwrap()
}

#[test]
fn codes_with_arguments() {
    for (inside, expected) in [
        (
            "APPENDUID 38505 3955",
            Code::AppendUid(AppendUid {
                uid_validity: 38505,
                uids: set("3955"),
            }),
        ),
        (
            "appenduid  1  2:4 ",
            Code::AppendUid(AppendUid {
                uid_validity: 1,
                uids: set("2:4"),
            }),
        ),
        (
            "COPYUID 9 304,319:320 3956:3958",
            Code::CopyUid(CopyUid {
                uid_validity: 9,
                source: set("304,319:320"),
                destination: set("3956:3958"),
            }),
        ),
        ("BADCHARSET", Code::BadCharset(Vec::new())),
        (
            "BADCHARSET (UTF-8 \"US-ASCII\")",
            Code::BadCharset(vec!["UTF-8".to_owned(), "US-ASCII".to_owned()]),
        ),
        (
            "HIGHESTMODSEQ 9223372036854775807",
            Code::HighestModSeq(9_223_372_036_854_775_807),
        ),
        ("UIDNEXT 4294967295", Code::UidNext(Uid::MAX)),
        ("UIDNEXT 0", other("UIDNEXT", Some("0"))),
        ("UidValidity 4294967295", Code::UidValidity(u32::MAX)),
        ("UNSEEN 1", Code::Unseen(Seq::MIN)),
        ("UNSEEN 0", other("UNSEEN", Some("0"))),
        ("MODIFIED 7,9", Code::Modified(set("7,9"))),
        (
            "MAILBOXID (F2212ea87-6097)",
            Code::MailboxId("F2212ea87-6097".to_owned()),
        ),
        ("PERMANENTFLAGS ()", Code::PermanentFlags(Flags::new())),
        (
            r"PERMANENTFLAGS (\Flagged abc [foo]/bar \*)",
            Code::PermanentFlags(Flags::from(["\\Flagged", "abc", "[foo]/bar", "\\*"])),
        ),
        (
            "CAPABILITY IMAP4rev1  IDLE ",
            Code::Capability(Capabilities::from_iter(["IMAP4rev1", "IDLE"])),
        ),
        ("READ-WRITE ", Code::ReadWrite),
    ] {
        let code = read(inside).unwrap();
        assert_eq!(code, expected);
        assert_eq!(
            code.name(),
            inside.split(' ').next().unwrap().to_ascii_uppercase()
        );
    }
}

fn tag(name: &str) -> Tag {
    Tag::new(name)
}

#[test]
fn codes_of_extensions() {
    let progress = |tag: Option<&str>, done, goal| {
        Code::InProgress(Progress {
            tag: tag.map(Tag::new),
            done,
            goal,
        })
    };
    let annotations = |most, read_only, no_private| {
        Code::Annotations(Annotations {
            most,
            read_only,
            no_private,
        })
    };
    let strings = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    for (inside, expected) in [
        // RFC 9585
        ("INPROGRESS", progress(None, None, None)),
        (
            "INPROGRESS (\"A001\" 454 1000)",
            progress(Some("A001"), Some(454), Some(1000)),
        ),
        ("INPROGRESS (NIL 175 NIL)", progress(None, Some(175), None)),
        (
            "inprogress ( \"A\"  NIL  nil )",
            progress(Some("A"), None, None),
        ),
        // RFC 9738, RFC 9586
        (
            "MESSAGELIMIT 1000",
            Code::MessageLimit {
                limit: 1000,
                lowest: None,
            },
        ),
        (
            "MESSAGELIMIT 1000 23221",
            Code::MessageLimit {
                limit: 1000,
                lowest: Uid::new(23221),
            },
        ),
        ("MESSAGELIMIT 1000 0", other("MESSAGELIMIT", Some("1000 0"))),
        ("UIDREQUIRED", Code::UidRequired),
        // RFC 5464
        (
            "METADATA LONGENTRIES 2199",
            Code::Metadata(MetadataCode::LongEntries(2199)),
        ),
        (
            "METADATA MAXSIZE 1024",
            Code::Metadata(MetadataCode::MaxSize(1024)),
        ),
        ("metadata toomany", Code::Metadata(MetadataCode::TooMany)),
        (
            "METADATA NOPRIVATE",
            Code::Metadata(MetadataCode::NoPrivate),
        ),
        // RFC 5257
        ("ANNOTATE TOOBIG", Code::AnnotateTooBig),
        ("ANNOTATE toomany", Code::AnnotateTooMany),
        ("ANNOTATIONS NONE", annotations(None, false, false)),
        ("ANNOTATIONS READ-ONLY", annotations(None, true, false)),
        (
            "ANNOTATIONS 20480 NOPRIVATE",
            annotations(Some(20480), false, true),
        ),
        // RFC 2221, RFC 2193
        (
            "REFERRAL IMAP://MATTHEW@SERVER2/",
            Code::Referral(strings(&["IMAP://MATTHEW@SERVER2/"])),
        ),
        (
            "REFERRAL imap://a;AUTH=*@b/ imap://c/d%20e",
            Code::Referral(strings(&["imap://a;AUTH=*@b/", "imap://c/d%20e"])),
        ),
        // RFC 4467, RFC 4469
        ("URLMECH INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==", {
            Code::UrlMech(strings(&["INTERNAL", "XSAMPLE=P34OKhO7VEkCbsiYY8rGEg=="]))
        }),
        (
            "BADURL \"/INBOX;UIDVALIDITY=785799047/;UID=113330;section=1.5.9\"",
            Code::BadUrl("/INBOX;UIDVALIDITY=785799047/;UID=113330;section=1.5.9".to_owned()),
        ),
        ("BADURL /INBOX a", Code::BadUrl("/INBOX a".to_owned())),
        // RFC 5267, RFC 5182, RFC 5465, RFC 5466
        ("NOUPDATE \"B02\"", Code::NoUpdate(tag("B02"))),
        ("NOTSAVED", Code::NotSaved),
        ("NOTIFICATIONOVERFLOW", Code::NotificationOverflow),
        (
            "BADEVENT (MessageNew MessageExpunge)",
            Code::BadEvent(strings(&["MessageNew", "MessageExpunge"])),
        ),
        (
            "UNDEFINED-FILTER on-the-road",
            Code::UndefinedFilter("on-the-road".to_owned()),
        ),
        // RFC 5255, RFC 5259, RFC 4978, RFC 6154, RFC 3516
        ("BADCOMPARATOR", Code::BadComparator),
        ("TEMPFAIL", Code::TempFail),
        ("MAXCONVERTMESSAGES 5", Code::MaxConvertMessages(5)),
        ("MAXCONVERTPARTS 6", Code::MaxConvertParts(6)),
        ("COMPRESSIONACTIVE", Code::CompressionActive),
        ("USEATTR", Code::UseAttr),
        ("UNKNOWN-CTE", Code::UnknownCte),
        // RFC 2060, Gmail
        (
            "NEWNAME Old \"New name\"",
            Code::NewName("Old".to_owned(), "New name".to_owned()),
        ),
        (
            "WEBALERT https://accounts.google.com/signin/continue?sarp=1&scc=1",
            Code::WebAlert("https://accounts.google.com/signin/continue?sarp=1&scc=1".to_owned()),
        ),
        // Tolerated
        (
            "BADCHARSET UTF-8 US-ASCII",
            Code::BadCharset(strings(&["UTF-8", "US-ASCII"])),
        ),
        ("MAILBOXID F1", Code::MailboxId("F1".to_owned())),
    ] {
        let code = read(inside).unwrap();
        assert_eq!(code, expected, "{inside}");
        let name = inside.split(' ').next().unwrap();
        assert_eq!(code.name(), name.to_ascii_uppercase());
    }
}

#[test]
fn every_code_of_a_name_only_is_read() {
    for name in [
        "ALERT",
        "ALREADYEXISTS",
        "AUTHENTICATIONFAILED",
        "AUTHORIZATIONFAILED",
        "CANNOT",
        "CLIENTBUG",
        "CLOSED",
        "CONTACTADMIN",
        "CORRUPTION",
        "EXPIRED",
        "EXPUNGEISSUED",
        "HASCHILDREN",
        "INUSE",
        "LIMIT",
        "NOMODSEQ",
        "NONEXISTENT",
        "NOPERM",
        "OVERQUOTA",
        "PARSE",
        "PRIVACYREQUIRED",
        "READ-ONLY",
        "READ-WRITE",
        "SERVERBUG",
        "TOOBIG",
        "TRYCREATE",
        "UIDNOTSTICKY",
        "UNAVAILABLE",
    ] {
        let code = read(name).unwrap();
        assert!(!matches!(code, Code::Other { .. }), "{name}");
        assert_eq!(
            (code.name(), read(&name.to_lowercase())),
            (name, Some(code.clone()))
        );
    }
}

#[test]
fn broken_and_unknown_codes_are_kept_as_sent() {
    for (inside, expected) in [
        ("X-Odd", other("X-ODD", None)),
        ("X-Odd  a (b ", other("X-ODD", Some("a (b"))),
        ("UIDNEXT", other("UIDNEXT", None)),
        ("UIDNEXT x", other("UIDNEXT", Some("x"))),
        (
            "UIDVALIDITY 99999999999",
            other("UIDVALIDITY", Some("99999999999")),
        ),
        ("COPYUID 1", other("COPYUID", Some("1"))),
        ("COPYUID 1 2 0", other("COPYUID", Some("1 2 0"))),
        ("COPYUID 1 2:* 3:*", other("COPYUID", Some("1 2:* 3:*"))),
        ("APPENDUID 1 2 3", other("APPENDUID", Some("1 2 3"))),
        ("MODIFIED 1,x", other("MODIFIED", Some("1,x"))),
        ("BADCHARSET (a", other("BADCHARSET", Some("(a"))),
        ("ALERT now", other("ALERT", Some("now"))),
        ("COPYUID 1 \"\" \"\"", other("COPYUID", Some("1 \"\" \"\""))),
        ("METADATA", other("METADATA", None)),
        ("METADATA MAXSIZE x", other("METADATA", Some("MAXSIZE x"))),
        ("METADATA TOOMANY 5", other("METADATA", Some("TOOMANY 5"))),
        ("INPROGRESS (A 1)", other("INPROGRESS", Some("(A 1)"))),
        ("INPROGRESS 5", other("INPROGRESS", Some("5"))),
        ("MESSAGELIMIT 1 x", other("MESSAGELIMIT", Some("1 x"))),
        ("ANNOTATE MUCH", other("ANNOTATE", Some("MUCH"))),
        ("ANNOTATIONS 5 x", other("ANNOTATIONS", Some("5 x"))),
        ("NEWNAME a", other("NEWNAME", Some("a"))),
        ("NEWNAME a b c", other("NEWNAME", Some("a b c"))),
        ("NOUPDATE \"a b\"", other("NOUPDATE", Some("\"a b\""))),
        ("BADEVENT (a", other("BADEVENT", Some("(a"))),
        ("REFERRAL (a", other("REFERRAL", Some("(a"))),
    ] {
        assert_eq!(read(inside), Some(expected), "{inside}");
    }
    for inside in ["", " ", "(a)", "\"a\"", "Готов"] {
        assert_eq!(read(inside), None, "{inside}");
    }
}

#[test]
fn pairs_are_bounded_and_lazy() {
    let huge = CopyUid {
        uid_validity: 1,
        source: set("1:4294967295"),
        destination: set("5:6"),
    };
    let numbers = |(old, new): (Uid, Uid)| (old.get(), new.get());
    let pairs: Vec<_> = huge.pairs().map(numbers).collect();
    assert_eq!(pairs, [(1, 5), (2, 6)]);
    let both = CopyUid {
        destination: set("1:4294967295"),
        ..huge
    };
    assert_eq!(both.pairs().nth(2).map(numbers), Some((3, 3)));
}

#[test]
fn lists_in_codes_are_limited() {
    let limits = Limits {
        items: 2,
        ..Limits::default()
    };
    let read = |inside: &str| Code::read(inside.as_bytes(), &limits).unwrap();
    for name in ["BADCHARSET", "BADEVENT", "REFERRAL", "URLMECH"] {
        for (words, good) in [("a", true), ("a b", true), ("a b c", false)] {
            for inside in [format!("{name} {words}"), format!("{name} ({words})")] {
                let code = read(&inside);
                assert_eq!(!matches!(code, Code::Other { .. }), good, "{inside}");
                assert_eq!(code.name(), name);
            }
        }
    }
}
