//! The commands that the Python original writes in its own tests, and our equivalents.

use chrono::NaiveDate;
use imapclient_codec::{
    Flag, UidSet,
    command::{self, Append, Charset, FetchItems, FlagChange, SearchKey, SearchQuery, SortKey},
};

use super::{refused, text, uids, written, written_in_utf8};

/// Row 75, encoding: mailbox names. Names that cannot be decoded are tested with the readers.
#[test]
fn mailbox_names() {
    for (name, expected) in [
        ("Stuff & Things", r#"CREATE "Stuff &- Things""#),
        ("Hello\u{ff}world", "CREATE \"Hello&AP8-world\""),
        ("\u{ff}\u{fe}\u{fd}\u{fc}", "CREATE \"&AP8A,gD9APw-\""),
        (
            "~peter/mail/日本語/台北",
            "CREATE \"~peter/mail/&ZeVnLIqe-/&U,BTFw-\"",
        ),
        ("\0foo", "CREATE \"&AAA-foo\""),
        ("foo\r\n\nbar\n", "CREATE \"foo&AA0ACgAK-bar&AAo-\""),
    ] {
        assert_eq!(text(command::create(&name.into()).unwrap()), expected);
    }
}

/// Row 76. The original joins its arguments. We sort and merge them, since some servers refuse sets
/// that do not ascend, and the meaning is the same.
#[test]
fn message_ids() {
    for (ids, expected) in [
        (UidSet::from(123).into(), "UID FETCH 123 (UID)"),
        (uids("2:*"), "UID FETCH 2:* (UID)"),
        (UidSet::from([123, 99]).into(), "UID FETCH 99,123 (UID)"),
        (uids("2:3,123,44"), "UID FETCH 2:3,44,123 (UID)"),
        (
            UidSet::from((5..8).collect::<Vec<u32>>()).into(),
            "UID FETCH 5:7 (UID)",
        ),
    ] {
        let outgoing = command::fetch(&ids, &FetchItems::new()).unwrap();
        assert_eq!(text(outgoing), expected);
    }
    // The original sends all of these unchanged.
    for wrong in ["", "foo", "1 2", "1\r\nA2 LOGOUT", "0", "1:2:3"] {
        assert!(wrong.parse::<UidSet>().is_err(), "{wrong:?}");
    }
}

/// Row 77: flags keep their case, and so do items, which the original converts to upper case.
#[test]
fn flags_and_items() {
    let store = |flag: &str| command::store(&uids("1"), &FlagChange::replace(Flag::from(flag)));
    let fetch = |item: &str| command::fetch(&uids("1"), &FetchItems::new().item(item));
    written([
        (store("foO"), "UID STORE 1 FLAGS (foO)"),
        (fetch("foO"), "UID FETCH 1 (UID foO)"),
    ]);
    // The original treats `foO bar` as one flag and writes two.
    assert!(store("foO bar").is_err());
}

/// Row 78. Where the original leaves text unquoted if possible, we quote it: all servers read
/// quoted strings alike, and text like `NIL` or `ALL` stays text.
#[test]
fn criteria() {
    let search = |key: SearchKey| command::search(key);
    let subject = SearchKey::Subject("topic".into());
    let to = SearchKey::To("some@email.com".into());
    let ab = SearchKey::from("A x") & SearchKey::from("B y");
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    written([
        (
            search(!(subject & to)),
            r#"UID SEARCH NOT (SUBJECT "topic" TO "some@email.com")"#,
        ),
        (
            search(!(ab | "C z".into())),
            "UID SEARCH NOT OR ((A x) (B y)) (C z)",
        ),
        (
            search("NOT (OR (A x B y) (C z))".into()),
            "UID SEARCH NOT (OR (A x B y) (C z))",
        ),
        (
            search(SearchKey::Header("List-Id".into(), String::new())),
            r#"UID SEARCH HEADER List-Id """#,
        ),
        // One digit is enough for the day (RFC 9051 §9, `date-day`).
        (
            search(SearchKey::Since(day(2005, 4, 3))),
            "UID SEARCH SINCE 3-Apr-2005",
        ),
        // The original writes `01-Jan-20`, which is invalid.
        (
            search(SearchKey::On(day(20, 1, 1))),
            "UID SEARCH ON 1-Jan-0020",
        ),
        (
            search(SearchKey::Text("foo bar".into())),
            r#"UID SEARCH TEXT "foo bar""#,
        ),
        // No key at all means every message; the original refuses it.
        (search(SearchKey::And(vec![])), "UID SEARCH ALL"),
    ]);
    refused([(search("".into()), "empty")]);
}

/// Row 79: literals. The tests of the engine cover literals that wait or are refused.
#[test]
fn literals() {
    let latin = Charset::Named("windows-1252".into());
    let query = SearchQuery::new(SearchKey::Text("þÿ".into()) & SearchKey::Deleted).charset(latin);
    let two = SearchKey::Text("þÿ".into()) & SearchKey::Text("☞".into());
    written([
        (
            command::search(query),
            r"UID SEARCH CHARSET windows-1252 TEXT {2+}\r\n\xfe\xff DELETED",
        ),
        (
            command::search(two),
            "UID SEARCH CHARSET UTF-8 TEXT {4+}\r\nþÿ TEXT {3+}\r\n☞",
        ),
    ]);
    // One space after a literal; the original writes two.
    written_in_utf8([(
        command::append(&"ÿ".into(), &Append::from("hello")),
        "APPEND {2+}\r\nÿ {5+}\r\nhello",
    )]);
}

/// Row 80.
#[test]
fn sorting() {
    let keys = [SortKey::Arrival, SortKey::Subject];
    let hand = SearchQuery::new(SearchKey::Subject("☞".into()));
    written([
        (
            command::sort(keys, "ALL"),
            "UID SORT (ARRIVAL SUBJECT) UTF-8 ALL",
        ),
        (
            command::sort(
                [SortKey::Arrival],
                hand.charset(Charset::Named("UTF-7".into())),
            ),
            r#"UID SORT (ARRIVAL) UTF-7 SUBJECT "+Jh4-""#,
        ),
    ]);
}
