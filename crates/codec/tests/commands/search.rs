//! SEARCH and its keys.

use std::num::NonZeroU32;

use chrono::NaiveDate;
use imap_codec::imap_types::{
    command::CommandBody,
    core::{Charset as WireCharset, Vec1},
    extensions::condstore_qresync::{AttributeFlag, EntryTypeReq},
    search::SearchKey as Key,
};
use imapclient_codec::{
    Flag, InvalidArgument, Outgoing, SeqSet, UidSet,
    command::{self, Charset, EntryType, Scope, SearchKey, SearchQuery, SearchReturn},
};

use super::{read, refused, text, written, written_in_utf8};

fn search(query: impl Into<SearchQuery>) -> Result<Outgoing, InvalidArgument> {
    command::search(query)
}

#[test]
fn keys() {
    let day = NaiveDate::from_ymd_opt(2024, 2, 1).unwrap();
    let on = |make: fn(NaiveDate) -> SearchKey| search(make(day));
    written([
        // RFC 9051 §6.4.4, RFC 3501 §6.4.4
        (search(SearchKey::All), "UID SEARCH ALL"),
        (
            search(SearchKey::Answered & SearchKey::Unanswered),
            "UID SEARCH ANSWERED UNANSWERED",
        ),
        (
            search(SearchKey::Deleted & SearchKey::Undeleted),
            "UID SEARCH DELETED UNDELETED",
        ),
        (
            search(SearchKey::Draft & SearchKey::Undraft),
            "UID SEARCH DRAFT UNDRAFT",
        ),
        (
            search(SearchKey::Flagged & SearchKey::Unflagged),
            "UID SEARCH FLAGGED UNFLAGGED",
        ),
        (
            search(SearchKey::Seen & SearchKey::Unseen),
            "UID SEARCH SEEN UNSEEN",
        ),
        (
            search(SearchKey::New & SearchKey::Old & SearchKey::Recent),
            "UID SEARCH NEW OLD RECENT",
        ),
        (
            search(SearchKey::Keyword("$Junk".into())),
            "UID SEARCH KEYWORD $Junk",
        ),
        (
            search(SearchKey::Unkeyword("$Junk".into())),
            "UID SEARCH UNKEYWORD $Junk",
        ),
        (search(SearchKey::Bcc("a".into())), r#"UID SEARCH BCC "a""#),
        (
            search(SearchKey::Body("a".into())),
            r#"UID SEARCH BODY "a""#,
        ),
        (search(SearchKey::Cc("a".into())), r#"UID SEARCH CC "a""#),
        (
            search(SearchKey::From("a".into())),
            r#"UID SEARCH FROM "a""#,
        ),
        (search(SearchKey::To("a".into())), r#"UID SEARCH TO "a""#),
        (
            search(SearchKey::Subject("a \"b\" (c)".into())),
            r#"UID SEARCH SUBJECT "a \"b\" (c)""#,
        ),
        (
            search(SearchKey::Header("List-Id".into(), String::new())),
            r#"UID SEARCH HEADER List-Id """#,
        ),
        (on(SearchKey::Before), "UID SEARCH BEFORE 1-Feb-2024"),
        (on(SearchKey::On), "UID SEARCH ON 1-Feb-2024"),
        (on(SearchKey::Since), "UID SEARCH SINCE 1-Feb-2024"),
        (
            on(SearchKey::SentBefore),
            "UID SEARCH SENTBEFORE 1-Feb-2024",
        ),
        (on(SearchKey::SentOn), "UID SEARCH SENTON 1-Feb-2024"),
        (on(SearchKey::SentSince), "UID SEARCH SENTSINCE 1-Feb-2024"),
        (
            search(SearchKey::Larger(5) & SearchKey::Smaller(1 << 40)),
            "UID SEARCH LARGER 5 SMALLER 1099511627776",
        ),
        (search(SearchKey::Uid(UidSet::all())), "UID SEARCH UID 1:*"),
        (search(SearchKey::Seq(SeqSet::last())), "UID SEARCH *"),
        // RFC 5032 §2
        (
            search(SearchKey::Older(86_400) & SearchKey::Younger(1)),
            "UID SEARCH OLDER 86400 YOUNGER 1",
        ),
        // RFC 5182 §2.1
        (
            search(SearchKey::Saved & SearchKey::Seen),
            "UID SEARCH $ SEEN",
        ),
        // RFC 5466 §3.1
        (
            search(SearchKey::Filter("on-the-road".into())),
            "UID SEARCH FILTER on-the-road",
        ),
        // RFC 6203 §3
        (
            search(SearchKey::Fuzzy(Box::new(SearchKey::Subject(
                "IMAP break".into(),
            )))),
            r#"UID SEARCH FUZZY SUBJECT "IMAP break""#,
        ),
        (
            search(SearchKey::Fuzzy(Box::new("SEEN DELETED".into()))),
            "UID SEARCH FUZZY (SEEN DELETED)",
        ),
        // RFC 7162 §3.1.5
        (
            search(SearchKey::ModSeq(620_162_338)),
            "UID SEARCH MODSEQ 620162338",
        ),
        (
            search(SearchKey::FlagModSeq(
                Flag::Draft,
                EntryType::All,
                620_162_338,
            )),
            r#"UID SEARCH MODSEQ "/flags/\\Draft" all 620162338"#,
        ),
        (
            search(SearchKey::FlagModSeq("$Junk".into(), EntryType::Shared, 0)),
            r#"UID SEARCH MODSEQ "/flags/$Junk" shared 0"#,
        ),
        // RFC 8474 §6
        (
            search(SearchKey::EmailId("M6d99ac3275bb4e".into())),
            "UID SEARCH EMAILID M6d99ac3275bb4e",
        ),
        (
            search(SearchKey::ThreadId("T64b478a75b7ea9".into())),
            "UID SEARCH THREADID T64b478a75b7ea9",
        ),
        // RFC 8514 §4.3
        (
            on(SearchKey::SavedBefore),
            "UID SEARCH SAVEDBEFORE 1-Feb-2024",
        ),
        (on(SearchKey::SavedOn), "UID SEARCH SAVEDON 1-Feb-2024"),
        (
            on(SearchKey::SavedSince),
            "UID SEARCH SAVEDSINCE 1-Feb-2024",
        ),
        (
            search(SearchKey::SaveDateSupported),
            "UID SEARCH SAVEDATESUPPORTED",
        ),
        // Gmail's keys
        (
            search(SearchKey::GmailRaw("has:attachment in:unread".into())),
            r#"UID SEARCH X-GM-RAW "has:attachment in:unread""#,
        ),
        (
            search(SearchKey::GmailMessageId(1_278_455_344_230_334_865)),
            "UID SEARCH X-GM-MSGID 1278455344230334865",
        ),
        (
            search(SearchKey::GmailThreadId(u64::MAX)),
            "UID SEARCH X-GM-THRID 18446744073709551615",
        ),
        (
            search(SearchKey::GmailLabel("Müll & mehr".into())),
            r#"UID SEARCH X-GM-LABELS "M&APw-ll &- mehr""#,
        ),
        (
            search(SearchKey::GmailLabel("\\Inbox".into())),
            r"UID SEARCH X-GM-LABELS \Inbox",
        ),
    ]);
}

#[test]
fn trees() {
    let key = |text: &str| SearchKey::from(text);
    written([
        (
            search("UNSEEN SINCE 1-Feb-2024"),
            "UID SEARCH UNSEEN SINCE 1-Feb-2024",
        ),
        (
            search(!key("SEEN DELETED")),
            "UID SEARCH NOT (SEEN DELETED)",
        ),
        (
            search(SearchKey::Seen | (SearchKey::Draft & SearchKey::Flagged)),
            "UID SEARCH OR SEEN (DRAFT FLAGGED)",
        ),
        (search(SearchKey::And(vec![])), "UID SEARCH ALL"),
        (search(!SearchKey::And(vec![])), "UID SEARCH NOT ALL"),
        (
            search(SearchKey::Seen & key("OR DRAFT FLAGGED") & !!SearchKey::New),
            "UID SEARCH SEEN (OR DRAFT FLAGGED) NOT NOT NEW",
        ),
    ]);
    let nested = |depth: usize| search((0..depth).fold(SearchKey::All, |key, _| !key));
    assert!(nested(100).is_ok());
    refused([(nested(101), "100 levels")]);
}

/// imap-codec reads the keys that it knows with the intended meaning.
#[test]
fn keys_are_understood() {
    let day = NaiveDate::from_ymd_opt(2024, 2, 1).unwrap();
    let date = || imap_codec::imap_types::datetime::NaiveDate::try_from(day).unwrap();
    for (key, expected) in [
        (SearchKey::All, Key::All),
        (SearchKey::Answered, Key::Answered),
        (SearchKey::New, Key::New),
        (SearchKey::Old, Key::Old),
        (SearchKey::Recent, Key::Recent),
        (SearchKey::Undraft, Key::Undraft),
        (
            SearchKey::Cc("x y".into()),
            Key::Cc("x y".try_into().unwrap()),
        ),
        (
            SearchKey::Header("X-a".into(), "b c".into()),
            Key::Header("X-a".try_into().unwrap(), "b c".try_into().unwrap()),
        ),
        (
            SearchKey::Keyword("$x".into()),
            Key::Keyword("$x".try_into().unwrap()),
        ),
        (SearchKey::SentOn(day), Key::SentOn(date())),
        (SearchKey::Before(day), Key::Before(date())),
        (SearchKey::Larger(7), Key::Larger(7)),
        (
            SearchKey::Uid([1, 2, 3, 9].into()),
            Key::Uid("1:3,9".try_into().unwrap()),
        ),
        (
            SearchKey::Seq([7].into()),
            Key::SequenceSet("7".try_into().unwrap()),
        ),
        (SearchKey::Older(9), Key::Older(NonZeroU32::new(9).unwrap())),
        (
            SearchKey::Younger(9),
            Key::Younger(NonZeroU32::new(9).unwrap()),
        ),
        (
            SearchKey::ModSeq(77),
            Key::ModSequence {
                entry: None,
                modseq: 77,
            },
        ),
        (
            SearchKey::FlagModSeq("$x".into(), EntryType::Private, 77),
            Key::ModSequence {
                entry: Some((
                    AttributeFlag::keyword("$x".try_into().unwrap()),
                    EntryTypeReq::Private,
                )),
                modseq: 77,
            },
        ),
        (
            !(SearchKey::Seen | SearchKey::Draft),
            Key::Not(Box::new(Key::Or(Box::new(Key::Seen), Box::new(Key::Draft)))),
        ),
        (
            !(SearchKey::Seen & SearchKey::Draft),
            Key::Not(Box::new(Key::And(
                Vec1::try_from(vec![Key::Seen, Key::Draft]).unwrap(),
            ))),
        ),
    ] {
        assert_eq!(
            read(search(&key).unwrap()),
            CommandBody::search(None, Vec1::from(expected), true),
            "{key:?}"
        );
    }
}

#[test]
fn keys_that_cannot_be_sent() {
    let far = NaiveDate::from_ymd_opt(12_024, 1, 1).unwrap();
    refused([
        (search(""), "empty"),
        (search("  "), "empty"),
        (search("SUBJECT ü"), "not printable ASCII"),
        (search("ALL\r\nA2 LOGOUT"), "not printable ASCII"),
        (search("SUBJECT {5}"), "like a literal"),
        (search("SUBJECT {5+}"), "like a literal"),
        (search("SUBJECT \"a"), "does not end"),
        (search("ALL) (SEEN"), "do not match"),
        (search("(ALL"), "do not match"),
        (search("TEXT {5} SEEN"), "brace"),
        (search(SearchKey::Uid(UidSet::new())), "empty"),
        (search(SearchKey::Body("a\0b".into())), "NUL"),
        (
            search(SearchKey::Header("a:b".into(), "".into())),
            "List-Id",
        ),
        (search(SearchKey::Header("".into(), "".into())), "List-Id"),
        (
            search(SearchKey::Header("Grüße".into(), "".into())),
            "List-Id",
        ),
        (search(SearchKey::Keyword(Flag::Seen)), "key of its own"),
        (search(SearchKey::Unkeyword("a b".into())), "without blanks"),
        (search(SearchKey::Since(far)), "4 digits"),
        (search(SearchKey::Older(0)), "one second"),
        (search(SearchKey::Larger(1 << 63)), "2^63"),
        (search(SearchKey::ModSeq(1 << 63)), "2^63"),
        (search(SearchKey::EmailId("a b".into())), "letters"),
        (search(SearchKey::EmailId("x".repeat(256))), "255"),
        (search(SearchKey::ThreadId(String::new())), "letters"),
        (search(SearchKey::Filter("a/b".into())), "slash"),
        (search(SearchKey::Filter("a b".into())), "without blanks"),
        (search(SearchKey::GmailLabel("".into())), "empty"),
    ]);
}

#[test]
fn charsets() {
    let smile = || SearchKey::Text("☺".into());
    let query = |charset| SearchQuery::new(SearchKey::Subject("für".into())).charset(charset);
    let named = |name: &str| Charset::Named(name.into());
    written([
        (search(smile()), "UID SEARCH CHARSET UTF-8 TEXT {3+}\r\n☺"),
        // Each text in the form that it needs.
        (
            search(SearchKey::From("bob".into()) & !smile() & SearchKey::Seen),
            "UID SEARCH CHARSET UTF-8 FROM \"bob\" NOT TEXT {3+}\r\n☺ SEEN",
        ),
        (
            search(SearchKey::Text("a\r\nb".into())),
            "UID SEARCH TEXT {4+}\r\na\r\nb",
        ),
        (
            search(SearchKey::GmailRaw("größe".into())),
            "UID SEARCH CHARSET UTF-8 X-GM-RAW {7+}\r\ngröße",
        ),
        (
            search(query(Charset::Utf8)),
            "UID SEARCH CHARSET UTF-8 SUBJECT {4+}\r\nfür",
        ),
        (
            search(SearchQuery::new(SearchKey::All).charset(named("US-ASCII"))),
            "UID SEARCH CHARSET US-ASCII ALL",
        ),
        (
            search(query(named("ISO-8859-1"))),
            r"UID SEARCH CHARSET ISO-8859-1 SUBJECT {3+}\r\nf\xfcr",
        ),
        (
            search(query(named("UTF-7"))),
            r#"UID SEARCH CHARSET UTF-7 SUBJECT "f+APw-r""#,
        ),
        (
            command::multi_search([Scope::Personal], smile()),
            "ESEARCH IN (PERSONAL) CHARSET UTF-8 TEXT {3+}\r\n☺",
        ),
    ]);
    // RFC 6855 §3: no charset once names are in UTF-8, unless the user insists.
    written_in_utf8([
        (search(smile()), "UID SEARCH TEXT {3+}\r\n☺"),
        (
            command::multi_search([Scope::Personal], smile()),
            "ESEARCH IN (PERSONAL) TEXT {3+}\r\n☺",
        ),
        (
            search(SearchQuery::new(smile()).returning([SearchReturn::Count])),
            "UID SEARCH RETURN (COUNT) TEXT {3+}\r\n☺",
        ),
        (
            search(query(Charset::Utf8)),
            "UID SEARCH CHARSET UTF-8 SUBJECT {4+}\r\nfür",
        ),
    ]);
    refused([
        (search(query(named("US-ASCII"))), "cannot be written"),
        (search(query(named("KOI8-R"))), "cannot be written"),
        (search(query(named("x-nowhere"))), "unknown"),
        (
            search(SearchQuery::new("ALL").charset(named("a b"))),
            "without blanks",
        ),
        (
            search(SearchQuery::new("ALL").charset(named("a\r\nb"))),
            "without blanks",
        ),
    ]);
    let CommandBody::Search { charset, .. } = read(search(query(named("ISO-8859-1"))).unwrap())
    else {
        panic!()
    };
    assert_eq!(charset, Some(WireCharset::try_from("ISO-8859-1").unwrap()));
}

#[test]
fn queries_come_from_keys() {
    let key = SearchKey::Seen;
    let by_reference = text(search(&key).unwrap());
    assert_eq!(by_reference, text(search(key).unwrap()));
    let query = SearchQuery::new("ALL").returning([SearchReturn::Count]);
    assert_eq!(text(search(&query).unwrap()), text(search(query).unwrap()));
}
