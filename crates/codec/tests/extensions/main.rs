//! Responses of extensions, as real servers send them. Each row has the server, the bytes, and the
//! expected value, as `Debug` output unless there is a better form.

use imapclient_codec::{Decoder, Esearch, Limits, NameEncoding, RawResponse, Response};

mod access;
mod account;
mod annotations;

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
}

fn check<T>(
    rows: &[(&str, &[u8], &str)],
    pick: impl Fn(Response) -> Option<T>,
    words: impl Fn(&T) -> String,
) {
    for (name, wire, expected) in rows {
        let response = decode(wire);
        let shown = format!("{name}: {}: {response:?}", wire.escape_ascii());
        let value = pick(response).unwrap_or_else(|| panic!("{shown}"));
        assert_eq!(words(&value), *expected, "{shown}");
    }
}

fn check_malformed(rows: &[(&[u8], &str)]) {
    for (wire, why) in rows {
        match decode(wire) {
            Response::Malformed(malformed) => {
                assert_eq!(malformed.why, *why, "{}", wire.escape_ascii());
                assert_eq!(&*malformed.raw, *wire);
            }
            other => panic!("{}: {other:?}", wire.escape_ascii()),
        }
    }
}

#[test]
fn languages_and_others() {
    let rows: [(&str, &[u8], &str); 10] = [
        (
            "all languages",
            b"* LANGUAGE (EN DE IT i-default)\r\n",
            "[\"EN\", \"DE\", \"IT\", \"i-default\"]",
        ),
        ("one, quoted", b"* language ( \"DE\" ) \r\n", "[\"DE\"]"),
        ("bare", b"* LANGUAGE DE\r\n", "[\"DE\"]"),
        ("none", b"* LANGUAGE ()\r\n", "[]"),
        (
            "comparator",
            b"* COMPARATOR \"i;unicode-casemap\"\r\n",
            "Some(\"i;unicode-casemap\") []",
        ),
        (
            "comparators",
            b"* COMPARATOR i;basic (\"i;basic\" i;octet)\r\n",
            "Some(\"i;basic\") [\"i;basic\", \"i;octet\"]",
        ),
        ("no comparator", b"* COMPARATOR NIL\r\n", "None []"),
        (
            "JMAP",
            b"* JMAPACCESS \"https://example.com/.s/[jmap]\"\r\n",
            "https://example.com/.s/[jmap]",
        ),
        (
            "vanished",
            b"* VANISHED 405,407,410:415 \r\n",
            "false 405,407,410:415",
        ),
        (
            "vanished earlier",
            b"* vanished ( earlier ) 300:310,405\r\n",
            "true 300:310,405",
        ),
    ];
    check(&rows, Some, |response| match response {
        Response::Language(tags) => format!("{tags:?}"),
        Response::Comparator(found) => format!("{:?} {:?}", found.active, found.matching),
        Response::JmapAccess(url) => url.clone(),
        Response::Vanished(gone) => format!("{} {}", gone.earlier, gone.uids),
        other => format!("{other:?}"),
    });
    assert!(matches!(
        decode(b"* VANISHED (EARLIER)\r\n"),
        Response::Vanished(gone) if gone.uids.is_empty() && gone.earlier
    ));
    check_malformed(&[
        (b"* LANGUAGE (EN\r\n", "a list does not end"),
        (b"* LANGUAGE (EN) x\r\n", "something follows the response"),
        (b"* COMPARATOR\r\n", "a string is missing"),
        (b"* COMPARATOR a b\r\n", "a list is missing"),
        (b"* JMAPACCESS\r\n", "a string is missing"),
        (b"* JMAPACCESS a b\r\n", "something follows the response"),
        (b"* VANISHED\r\n", "the set is empty"),
        (b"* VANISHED 1:*\r\n", "a `*` among UIDs that are gone"),
        (b"* VANISHED (LATER) 1\r\n", "EARLIER was expected"),
        (b"* VANISHED 1 2\r\n", "a number or `*` was expected"),
    ]);
}

#[test]
fn names_follow_the_mode() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.set_names(NameEncoding::Utf8);
    let mut decode = |wire: &str| decoder.decode(&RawResponse::from(wire.as_bytes()));
    let Response::MyRights(mine) = decode("* MYRIGHTS \"Tom & ü\" lr\r\n") else {
        panic!()
    };
    assert_eq!(mine.mailbox, "Tom & ü");
    let Response::Esearch(found) =
        decode("* ESEARCH (TAG A1 MAILBOX \"ü & b\" UIDVALIDITY 1) UID\r\n")
    else {
        panic!()
    };
    assert!(matches!(&*found, Esearch { mailbox: Some(name), uid: true, .. } if *name == "ü & b"));
}

#[cfg(feature = "serde")]
#[test]
fn values_as_json() {
    let rows: [(&[u8], &str); 6] = [
        (
            b"* THREAD (1 2)((3)(4))\r\n",
            r#"{"Thread":[{"number":1,"parent":null},{"number":2,"parent":0},{"number":null,"parent":null},{"number":3,"parent":2},{"number":4,"parent":2}]}"#,
        ),
        (
            b"* MYRIGHTS \"&AOQ-\" lr\r\n",
            r#"{"MyRights":{"mailbox":"\u00e4","rights":"lr"}}"#,
        ),
        (
            b"* METADATA \"\" (/a \"\xff\" /b NIL)\r\n",
            r#"{"Metadata":{"mailbox":null,"entries":[{"name":"/a","value":"hex:ff"},{"name":"/b","value":null}],"changed":[],"malformed":[]}}"#,
        ),
        (
            b"* VANISHED 5:7,9\r\n",
            r#"{"Vanished":{"earlier":false,"uids":"5:7,9","malformed":[]}}"#,
        ),
        (
            b"* LIST (\\Sent \\X) \"/\" a\r\n",
            r#"{"List":{"attributes":["\\Sent","\\X"],"delimiter":"/","name":"a","extended":null}}"#,
        ),
        (
            b"* OK [METADATA MAXSIZE 5] x\r\n",
            r#"{"Status":{"kind":"OK","code":{"Metadata":{"MaxSize":5}},"text":"x"}}"#,
        ),
    ];
    for (wire, expected) in rows {
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        let json = serde_json::to_value(decode(wire)).unwrap();
        assert_eq!(json, expected, "{}", wire.escape_ascii());
    }
}
